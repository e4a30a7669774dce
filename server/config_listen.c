/* SPDX-License-Identifier: MIT */
/* config_listen.c - listen addresses, and the small checks of names and paths. */
#include "server/config_parts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#define PATH_TEXT 4096

static const char form[] =
	"not an address: ADDRESS:PORT, [IPV6]:PORT or unix:/PATH, with a number for the port";

const char *config_check_id(const char *id)
{
	size_t len = strlen(id);

	if (len < 1 || len >= BOARD_ID_TEXT ||
		strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return "an id has 1 to 32 of a-z, 0-9 and -";
	return NULL;
}

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7F)
			return true;
	return false;
}

const char *config_check_port(const char *path)
{
	if (path[0] != '/' || strlen(path) >= PATH_TEXT || has_control(path))
		return "a port is an absolute path, such as /dev/serial/by-id/...";
	return NULL;
}

const char *config_check_token_name(const char *name)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	size_t len = strlen(name);

	return len < 1 || len > 32 || strspn(name, good) != len
		? "a name has 1 to 32 of letters, digits and . _ -"
		: NULL;
}

/* IPv6 with an IPv4 address in it counts as that. */
static bool is_loopback(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, host, &v4) == 1)
		return (ntohl(v4.s_addr) >> 24) == 127;
	if (inet_pton(AF_INET6, host, &v6) != 1)
		return false;
	return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

static bool is_numeric(const char *host, bool is_v6)
{
	uint8_t address[sizeof(struct in6_addr)];

	return inet_pton(is_v6 ? AF_INET6 : AF_INET, host, address) == 1;
}

static bool parse_port(const char *text, uint16_t *port)
{
	unsigned value = 0;

	if (!*text || strlen(text) > 5)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (unsigned)(*text - '0');
	}
	*port = (uint16_t)value;
	return value <= UINT16_MAX;
}

/* Fills host and port of "HOST:PORT" or "[HOST]:PORT". */
static const char *parse_tcp(struct config_listen *listen, const char *text)
{
	bool is_v6 = text[0] == '[';
	const char *host = text + is_v6;
	const char *end = is_v6 ? strchr(host, ']') : strrchr(host, ':');

	if (!end || (is_v6 && end[1] != ':') || !parse_port(end + 1 + is_v6, &listen->port))
		return form;
	listen->host = strndup(host, (size_t)(end - host));
	if (!listen->host)
		return "out of memory";
	if (!is_v6 && !strcmp(listen->host, "localhost"))
		strcpy(listen->host, "127.0.0.1"); /* of the same length */
	if (!is_numeric(listen->host, is_v6))
		return !strcmp(listen->host, "*")
			? "for every address of this machine say 0.0.0.0:PORT or [::]:PORT"
			: form;
	listen->is_loopback = is_loopback(listen->host);
	return NULL;
}

static const char *parse_unix(struct config_listen *listen, const char *path)
{
	if (path[0] != '/' || has_control(path))
		return "a Unix socket is given as unix:/PATH";
	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return "the path of a Unix socket has at most 107 bytes";
	listen->kind = LISTEN_UNIX;
	listen->is_loopback = true;
	listen->host = strdup(path);
	return listen->host ? NULL : "out of memory";
}

const char *config_listen_parse(struct config_listen *listen, const char *text)
{
	*listen = (struct config_listen){ .text = strdup(text) };
	const char *wrong = !listen->text    ? "out of memory"
		: !strncmp(text, "unix:", 5) ? parse_unix(listen, text + 5)
					     : parse_tcp(listen, text);

	if (wrong)
		config_listen_release(listen);
	return wrong;
}

void config_listen_release(struct config_listen *listen)
{
	free(listen->text);
	free(listen->host);
	*listen = (struct config_listen){ 0 };
}

void config_clear_listen(struct config *config)
{
	for (size_t i = 0; i < config->listen_count; i++)
		config_listen_release(&config->listen[i]);
	free(config->listen);
	config->listen = NULL;
	config->listen_count = 0;
}

bool config_add_listen(struct config *config, struct config_listen *listen)
{
	struct config_listen *list =
		reallocarray(config->listen, config->listen_count + 1, sizeof(*list));

	if (!list) {
		config_listen_release(listen);
		return false;
	}
	config->listen = list;
	list[config->listen_count++] = *listen;
	*listen = (struct config_listen){ 0 };
	return true;
}
