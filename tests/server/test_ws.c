/* SPDX-License-Identifier: MIT */
/* test_ws.c - viewers of a whole server: upgrade, snapshot, console, gaps, input, limits, stop. */
#include "server/ws_internal.h"
#include "tests/server/house.h"

#include <endian.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define PATIENCE_MS 20000
#define HEAD "Host: 127.0.0.1\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define PROTOCOL "Sec-WebSocket-Protocol: benchd.v1\r\n"
#define UPGRADE(path) "GET " path " HTTP/1.1\r\n" HEAD KEY VERSION PROTOCOL "\r\n"

enum opcode { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9 };

static void read_exactly(int fd, void *to, size_t len)
{
	struct pollfd poll_in = { .fd = fd, .events = POLLIN };

	for (size_t have = 0; have < len;) {
		assert_int_equal(poll(&poll_in, 1, PATIENCE_MS), 1);
		ssize_t got = recv(fd, (uint8_t *)to + have, len - have, 0);

		assert_true(got > 0);
		have += (size_t)got;
	}
}

/* One whole frame (the server sends no fragments); NUL-terminated, owned. */
static char *read_frame(int fd, enum opcode *opcode, size_t *len)
{
	uint8_t head[2];
	uint16_t be16;
	uint64_t be64;

	read_exactly(fd, head, sizeof(head));
	assert_true(head[0] & 0x80);
	assert_false(head[1] & 0x80);
	*opcode = (enum opcode)(head[0] & 0x0F);
	*len = head[1];
	if (head[1] == 126) {
		read_exactly(fd, &be16, sizeof(be16));
		*len = be16toh(be16);
	} else if (head[1] == 127) {
		read_exactly(fd, &be64, sizeof(be64));
		*len = (size_t)be64toh(be64);
	}
	char *text = calloc(1, *len + 1);

	assert_non_null(text);
	read_exactly(fd, text, *len);
	return text;
}

/* Reads frames until one of this kind has says in it; owned. */
static char *wait_frame(int fd, enum opcode want, const char *says, size_t *len)
{
	for (;;) {
		enum opcode opcode;
		char *text = read_frame(fd, &opcode, len);

		if (opcode == want && memmem(text, *len, says, strlen(says)))
			return text;
		free(text);
	}
}

static void wait_text(int fd, const char *says)
{
	size_t len;

	free(wait_frame(fd, TEXT, says, &len));
}

static void send_frame(int fd, enum opcode opcode, const char *text)
{
	uint8_t frame[256] = { (uint8_t)(0x80 | opcode), 0x80, 1, 2, 3, 4 };
	size_t len = strlen(text);

	assert_true(len < 126);
	frame[1] |= (uint8_t)len;
	for (size_t i = 0; i < len; i++)
		frame[6 + i] = (uint8_t)text[i] ^ frame[2 + i % 4];
	assert_int_equal(send(fd, frame, 6 + len, MSG_NOSIGNAL), (ssize_t)(6 + len));
}

/* The header of the 101, byte by byte: frames may follow it at once. */
static int view(const struct house *house, const char *request)
{
	int fd = house_connect(house);
	char head[1024] = "";

	house_send(fd, request);
	for (size_t len = 0; !strstr(head, "\r\n\r\n"); len++) {
		assert_true(len < sizeof(head) - 1);
		read_exactly(fd, head + len, 1);
	}
	if (!strstr(head, " 101 "))
		fail_msg("no upgrade: %s", head);
	assert_non_null(strcasestr(head, "sec-websocket-protocol: benchd.v1"));
	return fd;
}

static void a_board_viewer_sees_all(void **state)
{
	struct house *house = house_open(false);
	int fd = view(house, UPGRADE("/ws/v1/boards/mouse"));
	size_t len;

	(void)state;
	char *first = wait_frame(fd, TEXT, "\"type\":\"snapshot\"", &len);

	assert_non_null(strstr(first, "\"board\":\"mouse\""));
	assert_non_null(strstr(first, "\"seq\":0"));
	assert_non_null(strstr(first, "\"label\":\"Mouse\""));
	free(first);
	house_wait_idle(house);
	house_say(house, "hello");
	char *bytes = wait_frame(fd, BINARY, "", &len);

	assert_memory_equal(bytes, "\0\0\0\0\0\0\0\0", 8);
	assert_true(len > 8 && !memcmp(bytes + 8, "hello", len - 8));
	free(bytes);
	send_frame(fd, TEXT, "{\"type\":\"hello\"}");
	wait_text(fd, "\"role\":\"admin\"");
	send_frame(fd, TEXT, "{\"type\":\"dance\"}");
	wait_text(fd, "\"type\":\"refused\"");
	send_frame(fd, TEXT, "dance");
	wait_text(fd, "not JSON");
	send_frame(fd, BINARY, "typed");
	char typed[6] = "";

	for (size_t have = 0; have < 5;)
		have += (size_t)read(house->pty, typed + have, 5 - have);
	assert_string_equal(typed, "typed");
	close(fd);
	house_close(house);
}

static void an_offset_that_is_not_held_is_one_gap(void **state)
{
	struct house *house = house_open(false);
	int ahead = view(house, UPGRADE("/ws/v1/boards/mouse?from=1000"));
	int other;

	(void)state;
	wait_text(ahead, "\"type\":\"gap\"");
	house_wait_idle(house);
	house_say(house, "0123456789");
	size_t len, have = 0;

	while (have < 10) { /* from offset 0 on */
		free(wait_frame(ahead, BINARY, "", &len));
		have += len - 8;
	}
	close(ahead);
	other = view(house, UPGRADE("/ws/v1/boards/mouse?from=4&stream=another"));
	wait_text(other, "\"lost\":null");
	close(other);
	other = view(house, UPGRADE("/ws/v1/boards/mouse?from=4"));
	char *bytes = wait_frame(other, BINARY, "", &len);

	assert_int_equal(len, 8 + 6);
	assert_int_equal(bytes[7], 4);
	assert_memory_equal(bytes + 8, "456789", 6);
	free(bytes);
	close(other);
	house_close(house);
}

static const struct {
	const char *name, *request;
	unsigned status;
} refusals[] = {
	{ "no key", "GET /ws/v1/events HTTP/1.1\r\n" HEAD VERSION "\r\n", 400 },
	{ "a short key",
		"GET /ws/v1/events HTTP/1.1\r\n" HEAD VERSION "Sec-WebSocket-Key: x\r\n\r\n", 400 },
	{ "version 12",
		"GET /ws/v1/events HTTP/1.1\r\n" HEAD KEY "Sec-WebSocket-Version: 12\r\n\r\n",
		426 },
	{ "no version", "GET /ws/v1/events HTTP/1.1\r\n" HEAD KEY "\r\n", 426 },
	{ "another protocol",
		"GET /ws/v1/events HTTP/1.1\r\n" HEAD KEY VERSION
		"Sec-WebSocket-Protocol: chat\r\n\r\n",
		400 },
	{ "an offset that no console can have",
		"GET /ws/v1/boards/mouse?from=9223372036854775808 HTTP/1.1\r\n" HEAD KEY VERSION
		"\r\n",
		422 },
	{ "a foreign page",
		"GET /ws/v1/events HTTP/1.1\r\nOrigin: http://evil.example\r\n" HEAD KEY VERSION
		"\r\n",
		403 },
	{ "POST", "POST /ws/v1/events HTTP/1.1\r\n" HEAD KEY VERSION "Content-Length: 0\r\n\r\n",
		405 },
};

static void what_is_not_right_is_refused_before(void **state)
{
	struct house *house = house_open(false);

	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		char *answer = house_ask(house, refusals[i].request, "\"code\"");
		unsigned status = 0;

		if (sscanf(answer, "HTTP/1.1 %u", &status) != 1 || status != refusals[i].status)
			fail_msg("%s: %s", refusals[i].name, answer);
		free(answer);
	}
	house_close(house);
}

/* As a proxy does it that keeps its connections: requests, then the upgrade, on one. */
static void a_used_connection_upgrades(void **state)
{
	struct house *house = house_open(false);
	int fd = house_connect(house);

	(void)state;
	for (int i = 0; i < 3; i++) {
		house_send(fd, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
		free(house_read(fd, "\"ok\""));
	}
	char rest[64];

	(void)recv(fd, rest, sizeof(rest), MSG_DONTWAIT); /* the body's end, if it came apart */
	house_send(fd, UPGRADE("/ws/v1/events"));
	free(house_read(fd, "\"type\":\"snapshot\""));
	close(fd);
	house_close(house);
}

static void viewers_are_counted(void **state)
{
	struct house *house = house_open(false);
	int fds[HOUSE_VIEWERS];

	(void)state;
	for (int i = 0; i < HOUSE_VIEWERS; i++)
		fds[i] = view(house, UPGRADE("/ws/v1/events"));
	char *answer = house_ask(house, UPGRADE("/ws/v1/events"), "too_many_viewers");

	assert_non_null(strstr(answer, "503"));
	free(answer);
	/* The server closes its side when the viewer no longer counts. */
	for (int i = 0; i < HOUSE_VIEWERS; i++) {
		shutdown(fds[i], SHUT_WR);
		free(house_read(fds[i], NULL));
		close(fds[i]);
	}
	close(view(house, UPGRADE("/ws/v1/events")));
	house_close(house);
}

static void who_logs_out_is_closed(void **state)
{
	struct house *house = house_open(true);
	char cookie[128] = "", request[512];
	size_t len;

	(void)state;
	char *answer = house_ask(house,
		"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
		"Content-Length: 48\r\n\r\n{\"token\":\"" HOUSE_TOKEN "\"}",
		NULL);
	const char *set = strstr(answer, "Set-Cookie: ");

	assert_non_null(set);
	assert_int_equal(sscanf(set, "Set-Cookie: %127[^;]", cookie), 1);
	free(answer);
	snprintf(request, sizeof(request),
		"GET /ws/v1/events HTTP/1.1\r\nCookie: %s\r\n" HEAD KEY VERSION PROTOCOL "\r\n",
		cookie);
	int fd = view(house, request);

	snprintf(request, sizeof(request),
		"DELETE /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
		"Cookie: %s\r\n\r\n",
		cookie);
	free(house_ask(house, request, NULL));
	char *code = wait_frame(fd, CLOSE, "", &len);

	assert_int_equal((uint8_t)code[0] << 8 | (uint8_t)code[1], 1008);
	free(code);
	close(fd);
	house_close(house);
}

/* Asks before it has read all, always: what was read must not be kept. */
static void answers_do_not_pile_up(void **state)
{
	static const char hello[] = "{\"type\":\"hello\"}";
	struct house *house = house_open(false);
	struct ws_loan loan = { 0 };
	struct viewer *v = viewer_new(&house->bench, &loan);
	struct buf out = { 0 };

	(void)state;
	assert_non_null(v);
	for (int i = 0; i < 10000; i++) {
		assert_true(buf_append(&v->in, span_of(hello)));
		assert_true(viewer_take(v));
		out.len = 0;
		if (i > 0) /* one behind */
			assert_int_equal(viewer_next(v, &out), MESSAGE_TEXT);
	}
	assert_true(v->replies.len < 4096);
	buf_release(&out);
	viewer_free(v);
	house_close(house);
}

/* The id in a reply, without its quotes. */
static void copy_id(const char *reply, char id[ID_TEXT])
{
	const char *found = strstr(reply, "\"id\":\"");

	assert_non_null(found);
	memcpy(id, found + strlen("\"id\":\""), ID_TEXT - 1);
	id[ID_TEXT - 1] = '\0';
}

/* The next "job" event must tell of the end of this job. */
static void assert_tells(struct viewer *viewer, const char *id)
{
	const struct json *job = NULL;
	struct json *event;

	while (!job) {
		event = change_of(viewer, &viewer->seen[0]);
		assert_non_null(event);
		job = json_get(event, "job");
		if (!job || json_type(job) != JSON_OBJECT) {
			job = NULL;
			json_free(event);
		}
	}
	assert_string_equal(json_string(json_get(job, "id")), id);
	assert_non_null(json_string(json_get(job, "finished")));
	json_free(event);
}

static void jobs_that_ended_unseen_are_told(void **state)
{
	static const char reset[] = "POST /api/v1/boards/mouse/reset HTTP/1.1\r\n"
				    "Host: 127.0.0.1\r\nConnection: close\r\n"
				    "Content-Length: 22\r\n\r\n{\"into\":\"application\"}";
	struct house *house = house_open(false);
	const struct ws_loan loan = { .fd = -1 };
	char ids[3][ID_TEXT];

	(void)state;
	house_wait_idle(house);
	struct viewer *viewer = viewer_new(&house->bench, &loan);

	json_free(snapshot_all(viewer));
	for (size_t i = 0; i < COUNT(ids); i++) {
		char *reply = house_ask(house, reset, NULL);

		copy_id(reply, ids[i]);
		free(reply);
	}
	for (size_t i = 0; i < COUNT(ids); i++)
		assert_tells(viewer, ids[i]);
	viewer_free(viewer);
	house_close(house);
}

static void assert_closed(int fd, int want)
{
	size_t len;
	char *code = wait_frame(fd, CLOSE, "", &len);

	assert_true(len >= 2);
	assert_int_equal((uint8_t)code[0] << 8 | (uint8_t)code[1], want);
	free(code);
	close(fd);
}

static void boards_come_and_go(void **state)
{
	struct house *house = house_open(false);
	int fd = view(house, UPGRADE("/ws/v1/boards/mouse"));
	int events = view(house, UPGRADE("/ws/v1/events"));
	struct config_board cat = house->board;
	struct problem problem = { 0 };

	(void)state;
	wait_text(fd, "\"type\":\"snapshot\"");
	wait_text(events, "\"type\":\"snapshot\"");
	assert_null(bench_add(&house->bench, &house->board, &problem));
	assert_string_equal(problem.code, "board_exists");
	struct board *board = bench_remove(&house->bench, "mouse", &problem);

	assert_non_null(board);
	board_unref(board);
	assert_closed(fd, 4404);
	wait_text(events, "\"type\":\"removed\"");
	assert_null(bench_find(&house->bench, "mouse"));
	assert_null(bench_remove(&house->bench, "mouse", &problem));
	assert_string_equal(problem.code, "no_such_board");
	strcpy(cat.id, "cat");
	board = bench_add(&house->bench, &cat, &problem);
	assert_non_null(board);
	board_unref(board);
	wait_text(events, "\"id\":\"cat\"");
	close(events);
	house_close(house);
}

static void a_stop_says_goodbye(void **state)
{
	struct house *house = house_open(false);
	int fd = view(house, UPGRADE("/ws/v1/events"));

	(void)state;
	wait_text(fd, "\"type\":\"snapshot\"");
	house_close(house);
	assert_closed(fd, 1001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_board_viewer_sees_all),
		cmocka_unit_test(an_offset_that_is_not_held_is_one_gap),
		cmocka_unit_test(what_is_not_right_is_refused_before),
		cmocka_unit_test(a_used_connection_upgrades),
		cmocka_unit_test(viewers_are_counted),
		cmocka_unit_test(who_logs_out_is_closed),
		cmocka_unit_test(answers_do_not_pile_up),
		cmocka_unit_test(jobs_that_ended_unseen_are_told),
		cmocka_unit_test(boards_come_and_go),
		cmocka_unit_test(a_stop_says_goodbye),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
