/* SPDX-License-Identifier: MIT */
/* test_http.c - requests to a whole server: what is answered, refused, streamed and left. */
#include "tests/server/house.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define HOST "Host: 127.0.0.1\r\n"
#define END "Connection: close\r\n\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" HOST END
#define SENT(method, path, headers, length, body)                                                  \
	method " " path " HTTP/1.1\r\n" HOST headers "Content-Length: " length "\r\n" END body

static const struct {
	const char *name, *request;
	unsigned status;
	const char *says;
} rows[] = {
	{ "alive", GET("/healthz"), 200, "\"status\":\"ok\"" },
	{ "boards", GET("/api/v1/boards"), 200, "\"id\":\"mouse\"" },
	{ "absolute form", GET("http://127.0.0.1/api/v1/boards/mouse"), 200,
		"\"label\":\"Mouse\"" },
	{ "no such board", GET("/api/v1/boards/cat"), 404, "no_such_board" },
	{ "never identified", GET("/api/v1/boards/mouse/device"), 404, "never_identified" },
	{ "ports", GET("/api/v1/ports"), 200, "\"ports\":[" },
	{ "jobs", GET("/api/v1/jobs?limit=3"), 200, "\"jobs\":[]" },
	{ "jobs of a wrong state", GET("/api/v1/jobs?state=happy"), 422, "interrupted" },
	{ "no such job", GET("/api/v1/jobs/01ARZ3NDEKTSV4RRFFQ69G5FAV"), 404, "no_such_job" },
	{ "shelf", GET("/api/v1/firmware"), 200, "\"firmware\":[]" },
	{ "session", GET("/api/v1/session"), 200, "\"required\":false" },
	{ "reference", GET("/api/"), 200, "/api/v1/boards/:id/flash" },
	{ "a problem's page", GET("/problems/verify_failed"), 200, "../reference.css" },
	{ "no such problem", GET("/problems/nothing"), 404, "not_found" },
	{ "the page", GET("/"), 200, "<!doctype html>" },
	{ "its policy", GET("/"), 200, "Content-Security-Policy: default-src 'none'" },
	{ "no such file", GET("/nothing.js"), 404, "not_found" },
	{ "unknown parameter", GET("/api/v1/boards?x=1"), 422, "\\\"x\\\" is no parameter" },
	{ "wrong escape", GET("/api/v1/boards/%zz"), 400, "bad_request" },
	{ "wrong method", SENT("PUT", "/api/v1/boards", "", "0", ""), 405, "Allow: GET, HEAD" },
	{ "HEAD", "HEAD /api/v1/boards HTTP/1.1\r\n" HOST END, 200, "application/json" },
	{ "flash with a name behind it",
		SENT("PUT", "/api/v1/boards/mouse/flash/fw.hex", "", "1", "x"), 404,
		"/api/v1/boards/mouse/flash" },
	{ "flash of nothing", SENT("POST", "/api/v1/boards/mouse/flash", "", "0", ""), 400,
		"empty_body" },
	{ "flash with a typing error",
		SENT("POST", "/api/v1/boards/mouse/flash?rnu=true", "", "1", "x"), 422,
		"unknown_parameter" },
	{ "flash with a wrong choice",
		SENT("POST", "/api/v1/boards/mouse/flash?write=some", "", "1", "x"), 422,
		"auto, changed, all" },
	{ "flash that contradicts itself",
		SENT("POST", "/api/v1/boards/mouse/flash?keep_neighbours=true&erase=mass", "", "1",
			"x"),
		422, "keep_neighbours" },
	{ "expect a bad pattern", SENT("POST", "/api/v1/boards/mouse/flash?expect=(", "", "1", "x"),
		422, "is no regular expression" },
	{ "address of a hex file",
		SENT("POST", "/api/v1/boards/mouse/flash?address=0&format=hex", "", "1", "x"), 422,
		"bad_parameter" },
	{ "unknown firmware",
		SENT("POST",
			"/api/v1/boards/mouse/"
			"flash?firmware="
			"0123456789012345678901234567890123456789012345678901234567890123",
			"", "0", ""),
		404, "no_such_firmware" },
	{ "a form",
		SENT("POST", "/api/v1/boards/mouse/flash",
			"Content-Type: multipart/form-data; boundary=x\r\n", "1", "x"),
		415, "--data-binary" },
	{ "encoded",
		SENT("POST", "/api/v1/boards/mouse/flash", "Content-Encoding: gzip\r\n", "1", "x"),
		415, "unsupported_encoding" },
	{ "too large by its word",
		SENT("POST", "/api/v1/boards/mouse/flash", "Expect: 100-continue\r\n", "999999999",
			""),
		413, "too_large" },
	{ "two lengths",
		SENT("POST", "/api/v1/boards/mouse/flash", "Transfer-Encoding: chunked\r\n", "1",
			"0\r\n\r\n"),
		400, "bad_request" },
	{ "a coding of transfer that is none of ours",
		"POST /api/v1/boards/mouse/flash HTTP/1.1\r\n" HOST
		"Transfer-Encoding: gzip\r\n\r\nabc",
		400, "Connection: close" },
	{ "compressed", "GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n" HOST END, 200,
		"Content-Encoding: gzip" },
	{ "anything but compressed",
		"GET / HTTP/1.1\r\nAccept-Encoding: br, gzip; q=0.0\r\n" HOST END, 200,
		"<!doctype html>" },
	{ "a list in two lines",
		"GET /api/v1/boards/mouse/console HTTP/1.1\r\nAccept: text/plain\r\n"
		"Accept: application/x-ndjson;q=0.5\r\n" HOST END,
		200, "Content-Type: application/x-ndjson" },
	{ "erase of nothing", SENT("POST", "/api/v1/boards/mouse/erase", "", "2", "{}"), 422,
		"\\\"mass\\\":true" },
	{ "erase twice over",
		SENT("POST", "/api/v1/boards/mouse/erase", "", "29",
			"{\"mass\":true,\"sectors\":[1,2]}"),
		422, "in one way" },
	{ "erase of an unknown member",
		SENT("POST", "/api/v1/boards/mouse/erase", "", "12", "{\"mas\":true}"), 422,
		"unknown_parameter" },
	{ "broken JSON", SENT("POST", "/api/v1/boards/mouse/erase", "", "1", "{"), 400, "line 1" },
	{ "JSON but no object", SENT("POST", "/api/v1/boards/mouse/erase", "", "2", "[]"), 400,
		"not an object" },
	{ "reset into space",
		SENT("POST", "/api/v1/boards/mouse/reset", "", "16", "{\"into\":\"space\"}"), 422,
		"bootloader" },
	{ "go nowhere", SENT("POST", "/api/v1/boards/mouse/go", "", "2", "{}"), 422, "address" },
	{ "read of length 0",
		SENT("POST", "/api/v1/boards/mouse/read?address=0&length=0", "", "0", ""), 422,
		"length=0" },
	{ "console from ahead", GET("/api/v1/boards/mouse/console?from=99999"), 422, "ahead" },
	{ "console from nonsense", GET("/api/v1/boards/mouse/console?from=x"), 422,
		"bad_parameter" },
	{ "console, all of it", GET("/api/v1/boards/mouse/console"), 200, "Console-Offset: 0" },
	{ "typing nothing", SENT("POST", "/api/v1/boards/mouse/console", "", "0", ""), 400,
		"empty_body" },
	{ "a foreign host", "GET / HTTP/1.1\r\nHost: evil.example\r\n" END, 421, "wrong_host" },
	{ "two hosts", "GET / HTTP/1.1\r\n" HOST HOST END, 400, "more than once" },
	{ "a foreign page that changes",
		SENT("POST", "/api/v1/boards/mouse/identify", "Origin: http://evil.example\r\n",
			"0", ""),
		403, "cross_site" },
	{ "a foreign page that looks",
		"GET /api/v1/boards HTTP/1.1\r\nOrigin: http://evil.example\r\n" HOST END, 200,
		"mouse" },
	{ "no upgrade", GET("/ws/v1/events"), 426, "Upgrade: websocket" },
	{ "no such socket", GET("/ws/v1/boards/cat"), 404, "no_such_board" },
	{ "a socket's wrong parameter", GET("/ws/v1/events?from=1"), 422, "unknown_parameter" },
};

static void check_row(const char *name, const char *answer, unsigned status, const char *says)
{
	unsigned got = 0;

	if (sscanf(answer, "HTTP/1.1 %u", &got) != 1 || got != status || !strstr(answer, says))
		fail_msg("%s: wanted %u and \"%s\", got: %s", name, status, says, answer);
	if (!strstr(answer, "X-Content-Type-Options: nosniff"))
		fail_msg("%s: without the headers that all replies have: %s", name, answer);
	if (status >= 400 && !strstr(answer, "application/problem+json"))
		fail_msg("%s: an error that is no problem: %s", name, answer);
}

static void requests_are_answered(void **state)
{
	struct house *house = house_open(false);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *answer = house_ask(house, rows[i].request, NULL);

		check_row(rows[i].name, answer, rows[i].status, rows[i].says);
		free(answer);
	}
	house_close(house);
}

#define BEARER "Authorization: Bearer " HOUSE_TOKEN "\r\n"

static const struct {
	const char *name, *request;
	unsigned status;
	const char *says;
} token_rows[] = {
	{ "nobody", GET("/api/v1/boards"), 401, "WWW-Authenticate: Bearer" },
	{ "nobody, nowhere", GET("/api/v1/nothing"), 401, "unauthorized" },
	{ "the page", GET("/"), 200, "<!doctype html>" },
	{ "health", GET("/healthz"), 200, "ok" },
	{ "who am I", GET("/api/v1/session"), 200, "\"role\":null" },
	{ "a viewer looks", "GET /api/v1/boards HTTP/1.1\r\n" HOST BEARER END, 200, "mouse" },
	{ "a viewer changes", SENT("POST", "/api/v1/boards/mouse/identify", BEARER, "0", ""), 403,
		"forbidden" },
	{ "a wrong log-in", SENT("POST", "/api/v1/session", "", "13", "{\"token\":\"x\"}"), 401,
		"unauthorized" },
	{ "no log-in at all", SENT("POST", "/api/v1/session", "", "2", "{}"), 401, "unauthorized" },
	{ "a log-in", SENT("POST", "/api/v1/session", "", "48", "{\"token\":\"" HOUSE_TOKEN "\"}"),
		200, "HttpOnly; SameSite=Strict" },
	{ "a socket for nobody", GET("/ws/v1/events"), 401, "unauthorized" },
};

static void credentials_are_asked_for(void **state)
{
	struct house *house = house_open(true);

	(void)state;
	for (size_t i = 0; i < COUNT(token_rows); i++) {
		char *answer = house_ask(house, token_rows[i].request, NULL);

		check_row(token_rows[i].name, answer, token_rows[i].status, token_rows[i].says);
		free(answer);
	}
	house_close(house);
}

static void a_chunked_body_over_the_limit_meets_413(void **state)
{
	struct house *house = house_open(false);
	int fd = house_connect(house);
	char chunk[4096 + 1];

	(void)state;
	memset(chunk, 'x', 4096);
	chunk[4096] = 0;
	house_send(fd,
		"PUT /api/v1/boards/mouse/flash HTTP/1.1\r\n" HOST
		"Transfer-Encoding: chunked\r\n" END);
	for (int i = 0; i < 64; i++) {
		house_send(fd, "1000\r\n");
		house_send(fd, chunk);
		house_send(fd, "\r\n");
	}
	house_send(fd, "0\r\n\r\n");
	char *answer = house_read(fd, NULL);

	check_row("chunked", answer, 413, "too_large");
	free(answer);
	close(fd);
	house_close(house);
}

/* Who does not ask first sends it all, and reads then. */
static void a_large_body_over_the_limit_meets_413(void **state)
{
	struct house *house = house_open(false);
	int fd = house_connect(house);
	char chunk[65536 + 1];

	(void)state;
	memset(chunk, 'x', 65536);
	chunk[65536] = 0;
	house_send(fd,
		"PUT /api/v1/boards/mouse/flash HTTP/1.1\r\n" HOST
		"Content-Length: 16777216\r\n" END);
	for (int i = 0; i < 256; i++)
		house_send(fd, chunk);
	char *answer = house_read(fd, NULL);

	check_row("announced", answer, 413, "too_large");
	free(answer);
	close(fd);
	house_close(house);
}

/* More than it takes: the eldest go, the youngest stay, and a new one is answered at once. */
static void idle_connections_make_room(void **state)
{
	enum { FULL = 514, MANY = FULL + 200 };
	struct rlimit limit = { 4096, 4096 };
	struct house *house;
	int fds[MANY];
	char byte;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	house = house_open(false);
	for (int i = 0; i < MANY; i++)
		fds[i] = house_connect(house);
	char *answer = house_ask(house, GET("/healthz"), NULL);

	check_row("one more", answer, 200, "ok");
	free(answer);
	assert_int_equal(recv(fds[0], &byte, 1, 0), 0);
	assert_int_equal(recv(fds[FULL - 1], &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(recv(fds[MANY - 1], &byte, 1, MSG_DONTWAIT), -1);
	for (int i = 0; i < MANY; i++)
		close(fds[i]);
	house_close(house);
}

/* Nobody is idle: those beyond are told so. */
static void busy_connections_make_no_room(void **state)
{
	enum { FULL = 514 - 32 };
	struct house *house = house_open(false);
	int fds[FULL];

	(void)state;
	for (int i = 0; i < FULL; i++) {
		fds[i] = house_connect(house);
		house_send(fds[i], GET("/api/v1/boards/mouse/console?follow=true"));
		free(house_read(fds[i], "\r\n\r\n"));
	}
	for (int i = 0; i < 100; i++) {
		char *answer = house_ask(house, GET("/healthz"), NULL);

		check_row("one too many", answer, 429, "Retry-After");
		free(answer);
	}
	for (int i = 0; i < FULL; i++)
		close(fds[i]);
	house_close(house);
}

static void a_follower_gets_bytes_as_they_come(void **state)
{
	struct house *house = house_open(false);
	int fd = house_connect(house), json = house_connect(house);

	(void)state;
	house_wait_idle(house);
	house_send(fd, GET("/api/v1/boards/mouse/console?follow=true"));
	house_send(json,
		"GET /api/v1/boards/mouse/console?follow=true HTTP/1.1\r\n" HOST
		"Accept: application/x-ndjson\r\n" END);
	free(house_read(fd, "\r\n\r\n"));
	free(house_read(json, "\r\n\r\n"));
	house_say(house, "one\n");
	free(house_read(fd, "one\n"));
	house_say(house, "two \xE2\x82\xAC\n");
	free(house_read(fd, "two \xE2\x82\xAC\n"));
	free(house_read(json, "two \xE2\x82\xAC\\n"));
	house_say(house, "three \xE2\x82");
	free(house_read(fd, "three \xE2\x82"));
	house_say(house, "\xAC\n");
	char *split = house_read(json, "\\n");

	assert_non_null(strstr(split, "\xE2\x82\xAC"));
	assert_null(strstr(split, "base64"));
	free(split);
	house_say(house, "\xFF");
	free(house_read(json, "\"base64\":\"/w==\""));
	close(fd);
	close(json);
	char *all = house_ask(house, GET("/api/v1/boards/mouse/console?from=4&to=7"), NULL);

	check_row("a range", all, 200, "two");
	assert_non_null(strstr(all, "Console-Offset: 4"));
	free(all);
	house_close(house);
}

static void typed_bytes_reach_the_board(void **state)
{
	struct house *house = house_open(false);
	char got[6] = "";
	size_t len = 0;

	(void)state;
	house_wait_idle(house);
	char *answer = house_ask(
		house, SENT("POST", "/api/v1/boards/mouse/console", "", "5", "hello"), NULL);

	check_row("typing", answer, 200, "\"accepted_bytes\":5");
	free(answer);
	while (len < 5) {
		ssize_t n = read(house->pty, got + len, 5 - len);

		assert_true(n > 0);
		len += (size_t)n;
	}
	assert_string_equal(got, "hello");
	house_close(house);
}

/* Waits for the job (its board never answers), is left, and cancels it. */
static void one_that_leaves_cancels_if_it_said_so(void **state)
{
	struct house *house = house_open(false);
	int fd = house_connect(house), events;

	(void)state;
	house_wait_idle(house);
	house_send(fd,
		"POST /api/v1/boards/mouse/identify?on_disconnect=cancel HTTP/1.1\r\n" HOST
		"Accept: application/x-ndjson\r\nContent-Length: 0\r\n\r\n");
	char *begun = house_read(fd, "\"connect\"");
	char *list = house_ask(house, GET("/api/v1/jobs"), NULL);
	const char *id = strstr(list, "\"id\":\"");
	char request[200];

	assert_non_null(id);
	snprintf(request, sizeof(request), "GET /api/v1/jobs/%.26s/events HTTP/1.1\r\n" HOST END,
		id + 6);
	events = house_connect(house);
	house_send(events, request);
	close(fd);
	char *told = house_read(events, NULL);

	assert_non_null(strstr(told, "\"state\":\"cancelled\""));
	free(told);
	free(begun);
	free(list);
	close(events);
	house_close(house);
}

static void a_stop_ends_those_that_wait(void **state)
{
	struct house *house = house_open(false);
	int console = house_connect(house), job = house_connect(house);

	(void)state;
	house_wait_idle(house);
	house_send(console, GET("/api/v1/boards/mouse/console?follow=true"));
	house_send(job, SENT("POST", "/api/v1/boards/mouse/identify", "", "0", ""));
	free(house_read(console, "\r\n\r\n"));
	house_close(house);
	free(house_read(console, NULL));
	free(house_read(job, NULL));
	close(console);
	close(job);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_answered),
		cmocka_unit_test(credentials_are_asked_for),
		cmocka_unit_test(a_chunked_body_over_the_limit_meets_413),
		cmocka_unit_test(a_large_body_over_the_limit_meets_413),
		cmocka_unit_test(idle_connections_make_room),
		cmocka_unit_test(busy_connections_make_no_room),
		cmocka_unit_test(a_follower_gets_bytes_as_they_come),
		cmocka_unit_test(typed_bytes_reach_the_board),
		cmocka_unit_test(one_that_leaves_cancels_if_it_said_so),
		cmocka_unit_test(a_stop_ends_those_that_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
