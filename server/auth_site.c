/* SPDX-License-Identifier: MIT */
/*
 * auth_site.c - Host, Origin and Sec-Fetch-Site. A page of another site can make a browser send
 * requests here, and by rebinding its own name to 127.0.0.1 even read the answers: the Host list
 * stops the second, Origin the first.
 */
#include "server/auth_site.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HOST_TEXT 300

/* The host of "HOST[:PORT]" in lower case, brackets kept. false: not of that form. */
static bool split_host(const char *text, char host[HOST_TEXT])
{
	size_t len = text[0] == '[' ? strcspn(text, "]") + 1 : strcspn(text, ":");
	const char *rest = text + (len <= strlen(text) ? len : strlen(text));

	if (len < 1 || len >= HOST_TEXT || len > strlen(text))
		return false;
	if (*rest && (*rest != ':' || !rest[1] || rest[1 + strspn(rest + 1, "0123456789")]))
		return false;
	for (size_t i = 0; i < len; i++)
		host[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
	host[len] = '\0';
	/* "example." is "example" */
	if (len > 1 && host[len - 1] == '.')
		host[len - 1] = '\0';
	return true;
}

/* The address in "127.0.0.1" or "[::1]" as one of IPv6, IPv4 mapped into it. */
static bool parse_address(const char *host, struct in6_addr *address)
{
	char text[HOST_TEXT];
	struct in_addr v4;
	size_t len = strlen(host);

	if (host[0] == '[') {
		snprintf(text, sizeof(text), "%.*s", (int)(len - 2), host + 1);
		return inet_pton(AF_INET6, text, address) == 1;
	}
	if (inet_pton(AF_INET, host, &v4) != 1)
		return false;
	*address = (struct in6_addr){ .s6_addr = { [10] = 0xFF, [11] = 0xFF } };
	memcpy(&address->s6_addr[12], &v4, sizeof(v4));
	return true;
}

static bool is_loopback(const struct in6_addr *address)
{
	return IN6_IS_ADDR_LOOPBACK(address) ||
		(IN6_IS_ADDR_V4MAPPED(address) && address->s6_addr[12] == 127);
}

static bool is_any(const struct in6_addr *address)
{
	static const uint8_t zero[4];

	return IN6_IS_ADDR_UNSPECIFIED(address) ||
		(IN6_IS_ADDR_V4MAPPED(address) && !memcmp(&address->s6_addr[12], zero, 4));
}

/*
 * A numeric Host is good when it is a listen address; listening on every address makes every
 * numeric Host good, for a rebinding attack needs a name.
 */
static bool is_listen_address(const struct config *config, const struct in6_addr *address)
{
	for (size_t i = 0; i < config->listen_count; i++) {
		const struct config_listen *listen = &config->listen[i];
		char host[HOST_TEXT];
		struct in6_addr own;

		if (listen->kind != LISTEN_TCP)
			continue;
		snprintf(host, sizeof(host), strchr(listen->host, ':') ? "[%s]" : "%s",
			listen->host);
		if (parse_address(host, &own) &&
			(is_any(&own) || !memcmp(&own, address, sizeof(own))))
			return true;
	}
	return false;
}

static bool is_allowed_name(const struct config *config, const char *host)
{
	for (char **allowed = config->allowed_hosts; *allowed; allowed++)
		if (!strcmp(*allowed, host))
			return true;
	return false;
}

static bool is_good_host(const struct config *config, const char *text)
{
	char host[HOST_TEXT];
	struct in6_addr address;

	if (!text || !split_host(text, host))
		return false;
	if (parse_address(host, &address) &&
		(is_loopback(&address) || is_listen_address(config, &address)))
		return true;
	return !strcmp(host, "localhost") || is_allowed_name(config, host);
}

/*
 * Origin is SCHEME://HOST[:PORT]; "null" (a sandbox, a file) is nobody's. It must be that of the
 * Host asked for, port and all, for another port of localhost is another site; or of an allowed
 * host, for a proxy may put its own Host in place.
 */
static bool is_good_origin(const struct config *config, const char *origin, const char *host)
{
	size_t scheme = !strncasecmp(origin, "http://", 7) ? 7
		: !strncasecmp(origin, "https://", 8)      ? 8
							   : 0;
	char name[HOST_TEXT];

	if (!scheme)
		return false;
	if (host && !strcasecmp(origin + scheme, host))
		return true;
	return split_host(origin + scheme, name) && is_allowed_name(config, name);
}

enum auth_verdict site_check(
	const struct config *config, const struct auth_headers *headers, bool changes, bool is_unix)
{
	const char *site = headers->sec_fetch_site;

	if (!is_unix && !is_good_host(config, headers->host))
		return AUTH_WRONG_HOST;
	if (!changes)
		return AUTH_OK;
	if (site && strcmp(site, "same-origin") && strcmp(site, "none"))
		return AUTH_CROSS_SITE;
	if (headers->origin && !is_good_origin(config, headers->origin, headers->host))
		return AUTH_CROSS_SITE;
	return AUTH_OK;
}
