/* SPDX-License-Identifier: MIT */
/* test_auth.c - who is let in, and from which site. */
#include "server/auth.h"

#include "tests/cmocka_all.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static void must_parse(struct config *config, const char *text)
{
	struct buf errors = { 0 };

	assert_true(config_parse(config, "f", span_of(text), &errors));
	buf_release(&errors);
}

/* Listening on loopback and one address of the lab; one name is allowed. */
static const char site_config[] =
	"{\"listen\":[\"127.0.0.1:8080\",\"192.168.1.5:80\"],\"allowed_hosts\":[\"bench.lab\"]}";

static const struct {
	const char *host;
	enum auth_verdict verdict;
} hosts[] = {
	{ "127.0.0.1:8080", AUTH_OK },
	{ "127.0.0.1", AUTH_OK },
	{ "127.9.9.9:1", AUTH_OK },
	{ "localhost:8080", AUTH_OK },
	{ "LocalHost", AUTH_OK },
	{ "localhost.", AUTH_OK },
	{ "[::1]:8080", AUTH_OK },
	{ "[::1]", AUTH_OK },
	{ "[::ffff:127.0.0.1]:80", AUTH_OK },
	{ "192.168.1.5", AUTH_OK },
	{ "bench.lab", AUTH_OK },
	{ "Bench.Lab:443", AUTH_OK },
	{ NULL, AUTH_WRONG_HOST },
	{ "", AUTH_WRONG_HOST },
	{ ":80", AUTH_WRONG_HOST },
	{ "evil.example", AUTH_WRONG_HOST },
	{ "localhost.evil.example", AUTH_WRONG_HOST },
	{ "127.0.0.1.evil.example", AUTH_WRONG_HOST },
	{ "evil.bench.lab", AUTH_WRONG_HOST },
	{ "192.168.1.6", AUTH_WRONG_HOST },
	{ "127.0.0.1:", AUTH_WRONG_HOST },
	{ "127.0.0.1:80x", AUTH_WRONG_HOST },
	{ "127.0.0.1:80:80", AUTH_WRONG_HOST },
	{ "localhost@evil.example", AUTH_WRONG_HOST },
	{ "[::1", AUTH_WRONG_HOST },
	{ "[::1]x", AUTH_WRONG_HOST },
	{ "[]", AUTH_WRONG_HOST },
	{ "[", AUTH_WRONG_HOST },
	{ ".", AUTH_WRONG_HOST },
};

static void the_host_must_be_ours(void **state)
{
	struct config config;

	(void)state;
	must_parse(&config, site_config);
	struct auth *auth = auth_new(&config);

	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		struct auth_headers headers = { .host = hosts[i].host };

		if (auth_check_site(auth, &headers, false, false) != hosts[i].verdict)
			fail_msg("host %s", hosts[i].host ? hosts[i].host : "(none)");
		assert_int_equal(auth_check_site(auth, &headers, false, true), AUTH_OK);
	}
	auth_free(auth);
	config_release(&config);
}

static void listening_everywhere_answers_addresses_but_no_names(void **state)
{
	static const char *const everywhere[] = { "{\"listen\":[\"0.0.0.0:80\"]}",
		"{\"listen\":[\"[::]:80\"]}" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct config config;

		must_parse(&config, everywhere[i]);
		struct auth *auth = auth_new(&config);
		struct auth_headers address = { .host = "10.1.2.3:80" }, name = { .host = "x.lab" };

		assert_int_equal(auth_check_site(auth, &address, false, false), AUTH_OK);
		assert_int_equal(auth_check_site(auth, &name, false, false), AUTH_WRONG_HOST);
		auth_free(auth);
		config_release(&config);
	}
}

static const struct {
	const char *host, *origin, *site;
	enum auth_verdict verdict;
} changes[] = {
	{ "127.0.0.1:8080", NULL, NULL, AUTH_OK },
	{ "127.0.0.1:8080", "http://127.0.0.1:8080", "same-origin", AUTH_OK },
	{ "localhost:8080", "http://localhost:8080", NULL, AUTH_OK },
	{ "bench.lab", "https://bench.lab", "same-origin", AUTH_OK },
	{ "127.0.0.1:8080", "https://bench.lab", "same-origin", AUTH_OK },
	{ "127.0.0.1:8080", NULL, "none", AUTH_OK },
	{ "127.0.0.1:8080", NULL, "cross-site", AUTH_CROSS_SITE },
	{ "127.0.0.1:8080", NULL, "same-site", AUTH_CROSS_SITE },
	{ "127.0.0.1:8080", NULL, "", AUTH_CROSS_SITE },
	{ "127.0.0.1:8080", "http://evil.example", NULL, AUTH_CROSS_SITE },
	{ "127.0.0.1:8080", "http://127.0.0.1:9999", NULL, AUTH_CROSS_SITE },
	{ "127.0.0.1:8080", "http://localhost:8080", NULL, AUTH_CROSS_SITE },
	{ "127.0.0.1:8080", "null", NULL, AUTH_CROSS_SITE },
	{ "127.0.0.1:8080", "", NULL, AUTH_CROSS_SITE },
	{ "127.0.0.1:8080", "file://127.0.0.1:8080", NULL, AUTH_CROSS_SITE },
	{ "127.0.0.1:8080", "http://127.0.0.1:8080", "cross-site", AUTH_CROSS_SITE },
	{ "evil.example", "http://evil.example", "same-origin", AUTH_WRONG_HOST },
};

static void a_change_must_come_from_here(void **state)
{
	struct config config;

	(void)state;
	must_parse(&config, site_config);
	struct auth *auth = auth_new(&config);

	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct auth_headers headers = { .host = changes[i].host,
			.origin = changes[i].origin,
			.sec_fetch_site = changes[i].site };

		if (auth_check_site(auth, &headers, true, false) != changes[i].verdict)
			fail_msg("row %zu", i);
	}
	auth_free(auth);
	config_release(&config);
}

static void without_tokens_everyone_is_admin(void **state)
{
	struct config config;
	struct auth_headers headers = { 0 };

	(void)state;
	must_parse(&config, "{}");
	struct auth *auth = auth_new(&config);
	struct identity identity = auth_identify(auth, &headers);

	assert_false(auth_is_required(auth));
	assert_int_equal(identity.role, ROLE_ADMIN);
	assert_string_equal(identity.who, "local");
	auth_free(auth);
	config_release(&config);
}

/* A configuration with one token of each of two roles. */
struct tokens {
	char view[80], flash[80], text[600];
	struct config config;
	struct auth *auth;
};

static void tokens_make(struct tokens *t)
{
	char view[SHA256_TEXT], flash[SHA256_TEXT];

	assert_true(auth_token_new(t->view, view));
	assert_true(auth_token_new(t->flash, flash));
	assert_string_not_equal(t->view, t->flash);
	assert_int_equal(strncmp(t->view, "benchd_", 7), 0);
	snprintf(t->text, sizeof(t->text),
		"{\"tokens\":[{\"name\":\"tv\",\"role\":\"view\",\"sha256\":\"%s\"},"
		"{\"name\":\"ci\",\"role\":\"flash\",\"sha256\":\"%s\"}]}",
		view, flash);
	must_parse(&t->config, t->text);
	t->auth = auth_new(&t->config);
}

static void tokens_release(struct tokens *t)
{
	auth_free(t->auth);
	config_release(&t->config);
}

static void a_bearer_is_who_the_token_says(void **state)
{
	struct tokens t;
	char text[128];
	struct auth_headers headers = { .authorization = text };

	(void)state;
	tokens_make(&t);
	assert_true(auth_is_required(t.auth));
	const struct {
		const char *format;
		enum role role;
	} rows[] = {
		{ "Bearer %s", ROLE_FLASH },
		{ "bearer   %s", ROLE_FLASH },
		{ "Basic %s", ROLE_NONE },
		{ "Bearer %sx", ROLE_NONE },
		{ "Bearer x%s", ROLE_NONE },
		{ "%s", ROLE_NONE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(text, sizeof(text), rows[i].format, t.flash);
		struct identity identity = auth_identify(t.auth, &headers);

		assert_int_equal(identity.role, rows[i].role);
		assert_string_equal(identity.who, rows[i].role ? "ci" : "");
	}
	snprintf(text, sizeof(text), "Bearer ");
	assert_int_equal(auth_identify(t.auth, &headers).role, ROLE_NONE);
	headers.authorization = NULL;
	assert_int_equal(auth_identify(t.auth, &headers).role, ROLE_NONE);
	tokens_release(&t);
}

static void a_session_lasts_until_it_is_ended(void **state)
{
	struct tokens t;
	char cookie[SESSION_TEXT], header[256];
	struct auth_headers headers = { .cookie = header };

	(void)state;
	tokens_make(&t);
	assert_int_equal(auth_session_begin(t.auth, "wrong", cookie).role, ROLE_NONE);
	assert_string_equal(cookie, "");
	assert_int_equal(auth_session_begin(t.auth, t.view, cookie).role, ROLE_VIEW);
	assert_int_equal(strlen(cookie), SESSION_TEXT - 1);
	snprintf(header, sizeof(header), "a=b; " SESSION_COOKIE "=%s; c=d", cookie);
	assert_string_equal(auth_identify(t.auth, &headers).who, "tv");
	headers.authorization = "Bearer wrong";
	assert_int_equal(auth_identify(t.auth, &headers).role, ROLE_NONE);
	headers.authorization = NULL;
	snprintf(header, sizeof(header), "x" SESSION_COOKIE "=%s", cookie);
	assert_int_equal(auth_identify(t.auth, &headers).role, ROLE_NONE);
	snprintf(header, sizeof(header), SESSION_COOKIE "=");
	assert_int_equal(auth_identify(t.auth, &headers).role, ROLE_NONE);
	snprintf(header, sizeof(header), SESSION_COOKIE "=%s", cookie);
	auth_session_end(t.auth, &headers);
	assert_int_equal(auth_identify(t.auth, &headers).role, ROLE_NONE);
	tokens_release(&t);
}

/* Threads begin, use and end sessions at once, more than there is room for: for the tsan preset. */
static void *use_sessions(void *ctx)
{
	struct tokens *t = ctx;

	for (int i = 0; i < 100; i++) {
		char cookie[SESSION_TEXT], header[256];
		struct auth_headers headers = { .cookie = header };

		auth_session_begin(t->auth, t->flash, cookie);
		snprintf(header, sizeof(header), SESSION_COOKIE "=%s", cookie);
		auth_identify(t->auth, &headers);
		if (i % 2)
			auth_session_end(t->auth, &headers);
	}
	return NULL;
}

static void sessions_are_bounded_and_shared(void **state)
{
	struct tokens t;
	pthread_t threads[4];
	char first[SESSION_TEXT], cookie[SESSION_TEXT], header[256];
	struct auth_headers headers = { .cookie = header };

	(void)state;
	tokens_make(&t);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use_sessions, &t), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	auth_session_begin(t.auth, t.view, first);
	for (int i = 0; i < 600; i++)
		auth_session_begin(t.auth, t.view, cookie);
	snprintf(header, sizeof(header), SESSION_COOKIE "=%s", cookie);
	assert_int_equal(auth_identify(t.auth, &headers).role, ROLE_VIEW);
	tokens_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_host_must_be_ours),
		cmocka_unit_test(listening_everywhere_answers_addresses_but_no_names),
		cmocka_unit_test(a_change_must_come_from_here),
		cmocka_unit_test(without_tokens_everyone_is_admin),
		cmocka_unit_test(a_bearer_is_who_the_token_says),
		cmocka_unit_test(a_session_lasts_until_it_is_ended),
		cmocka_unit_test(sessions_are_bounded_and_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
