/* SPDX-License-Identifier: MIT */
/* config_file.c - the configuration file beside its boards. */
#include "server/config_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(type, field) offsetof(struct type, field)

static void read_listen(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = good_text(r, node, (size_t)member->max);
	struct config_listen listen = { 0 };
	const char *what = text ? config_listen_parse(&listen, text) : NULL;

	if (what)
		reading_error(r, "%s", what);
	else if (text && !config_add_listen(slot, &listen))
		reading_error(r, "out of memory");
}

static void read_listens(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct member element = { .read = read_listen, .max = 200 };

	(void)member;
	config_clear_listen(slot);
	read_elements(r, node, &element, slot);
	if (json_type(node) == JSON_ARRAY && !json_first(node))
		reading_error(r, "must name at least one address");
}

static void read_path(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = good_text(r, node, (size_t)member->max);

	if (text && text[0] != '/')
		reading_error(r, "must be an absolute path");
	else if (text)
		set_text(r, slot, text, false);
}

static void read_host(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const char name[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	const char *text = good_text(r, node, (size_t)member->max);

	if (!text)
		return;
	/* an IPv6 address stands in brackets, as it does in the Host header */
	bool is_v6 = text[0] == '[' &&
		strspn(text + 1, "0123456789abcdefABCDEF:.") == strlen(text) - 2 &&
		text[strlen(text) - 1] == ']';

	if (is_v6 || strspn(text, name) == strlen(text))
		push_text(r, slot, text, true);
	else
		reading_error(r, "must be a host name without port, or [IPV6]");
}

static void read_hosts(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct member element = { .read = read_host, .max = 255 };

	(void)member;
	read_elements(r, node, &element, slot);
}

static void read_port_path(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = good_text(r, node, (size_t)member->max);
	const char *what = text ? config_check_port(text) : NULL;

	if (what)
		reading_error(r, "%s", what);
	else if (text)
		push_text(r, slot, text, false);
}

static void read_ports(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct member element = { .read = read_port_path, .max = 4095 };

	(void)member;
	read_elements(r, node, &element, slot);
}

static void read_base_path(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._~-";
	const char *text = good_text(r, node, (size_t)member->max);

	if (!text)
		return;
	if (text[0] == '/' && text[strlen(text) - 1] == '/' && !strstr(text, "//") &&
		!strstr(text, "..") && strspn(text, good) == strlen(text))
		set_text(r, slot, text, false);
	else
		reading_error(
			r, "must start and end with / and hold letters, digits and . _ ~ - only");
}

static void read_token_name(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = good_text(r, node, (size_t)member->max);
	const char *what = text ? config_check_token_name(text) : NULL;

	if (what)
		reading_error(r, "%s", what);
	else if (text)
		set_text(r, slot, text, false);
}

static void read_role(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = json_string(node);

	(void)member;
	for (int role = ROLE_VIEW; text && role <= ROLE_ADMIN; role++) {
		if (!strcmp(role_name((enum role)role), text)) {
			*(enum role *)slot = (enum role)role;
			return;
		}
	}
	reading_error(r, "must be one of \"view\", \"console\", \"flash\", \"admin\"");
}

static void read_sha256(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = json_string(node);

	(void)member;
	if (text && sha256_is_hex(text))
		memcpy(slot, text, SHA256_TEXT);
	else
		reading_error(r,
			"must be 64 lower-case hexadecimal digits; benchd --new-token NAME prints "
			"such a line");
}

static void read_token(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct member members[] = {
		{ "name", read_token_name, AT(config_token, name), 0, 100, true },
		{ "role", read_role, AT(config_token, role), 0, 0, true },
		{ "sha256", read_sha256, AT(config_token, sha256), 0, 0, true },
	};
	struct config *config = slot;
	struct config_token *tokens =
		reallocarray(config->tokens, config->token_count + 1, sizeof(*tokens));

	(void)member;
	if (!tokens) {
		reading_error(r, "out of memory");
		return;
	}
	config->tokens = tokens;
	tokens[config->token_count] = (struct config_token){ 0 };
	read_object(r, node, MEMBERS(members), &tokens[config->token_count++]);
}

static void read_tokens(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct member element = { .read = read_token };

	(void)member;
	read_elements(r, node, &element, slot);
}

static void read_upload_bytes(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	int64_t number;

	if (json_integer(node, member->min, member->max, &number))
		*(uint64_t *)slot = (uint64_t)number;
	else
		reading_error(r, "must be a whole number from %lld to %lld", (long long)member->min,
			(long long)member->max);
}

static void read_limits(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct member members[] = {
		{ "upload_bytes", read_upload_bytes, AT(config_limits, upload_bytes), 1024,
			1024 * MIB, false },
		{ "viewers", read_number, AT(config_limits, viewers), 1, 100000, false },
		{ "queue", read_number, AT(config_limits, queue), 1, 1000, false },
	};

	(void)member;
	read_object(r, node, MEMBERS(members), slot);
}

static void read_boards(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct member element = { .read = read_board };

	(void)member;
	read_elements(r, node, &element, slot);
}

static const struct member root_members[] = {
	{ "listen", read_listens, 0, 0, 0, false },
	{ "state_dir", read_path, AT(config, state_dir), 0, 3000, false },
	{ "allowed_hosts", read_hosts, AT(config, allowed_hosts), 0, 0, false },
	{ "ports", read_ports, AT(config, ports), 0, 0, false },
	{ "base_path", read_base_path, AT(config, base_path), 0, 200, false },
	{ "tokens", read_tokens, 0, 0, 0, false },
	{ "limits", read_limits, AT(config, limits), 0, 0, false },
	{ "boards", read_boards, 0, 0, 0, false },
};

static bool parse(struct config *config, const char *name, struct span text, struct buf *errors)
{
	struct reading r = { .name = name, .errors = errors };
	struct json_error error;
	size_t errors_before = errors->len;
	char where[512];

	if (!config_init(config)) {
		config_error(errors, name, "out of memory");
		return false;
	}
	struct json *root = json_parse(text, true, &error);

	if (!root) {
		snprintf(where, sizeof(where), "%s:%u:%u", name, error.line, error.column);
		config_error(errors, where, "%s", error.what);
		return false;
	}
	read_object(&r, root, MEMBERS(root_members), config);
	json_free(root);
	config_check_whole(config, name, errors);
	return errors->len == errors_before;
}

bool config_parse(struct config *config, const char *name, struct span text, struct buf *errors)
{
	bool ok = parse(config, name, text, errors);

	if (!ok)
		config_release(config);
	return ok;
}
