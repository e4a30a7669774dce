/* SPDX-License-Identifier: MIT */
/* house.c - a whole server for a test. */
#include "tests/server/house.h"
#include "server/digest.h"
#include "server/notify.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 20000

/* What notify() wakes, by a board's thread: one house at a time, and none once it closes. */
static pthread_mutex_t awake_lock = PTHREAD_MUTEX_INITIALIZER;
static struct house *awake;

static void set_awake(struct house *house)
{
	pthread_mutex_lock(&awake_lock);
	awake = house;
	pthread_mutex_unlock(&awake_lock);
}

static void wake(void)
{
	pthread_mutex_lock(&awake_lock);
	if (awake) {
		ws_wake(awake->ws);
		http_wake(awake->http);
	}
	pthread_mutex_unlock(&awake_lock);
}

static char **no_strings(void)
{
	char **list = calloc(1, sizeof(*list));

	assert_non_null(list);
	return list;
}

static void fill_board(struct house *house)
{
	struct config_board *board = &house->board;
	char path[64];
	int other;

	assert_int_equal(openpty(&house->pty, &other, path, NULL, NULL), 0);
	close(other);
	strcpy(board->id, "mouse");
	board->label = strdup("Mouse");
	board->tags = no_strings();
	board->port = strdup(path);
	board->console = (struct wire_settings){ 115200, WIRE_8N1 };
	board->console_log = true;
	board->console_log_bytes = 1 * MIB;
	board->bootloader = (struct wire_settings){ 0, WIRE_8E1 };
	board->control = (struct config_control){ .kind = CONTROL_MANUAL, .wait_s = 60 };
}

static void fill_config(struct house *house, bool with_token)
{
	struct config *config = &house->config;

	house->listen = (struct config_listen){ .kind = LISTEN_TCP, .is_loopback = true };
	house->listen.text = strdup("127.0.0.1:0");
	house->listen.host = strdup("127.0.0.1");
	house->token = (struct config_token){ .role = ROLE_VIEW };
	house->token.name = strdup("viewer");
	sha256_hex(span_of(HOUSE_TOKEN), house->token.sha256);
	config->listen = &house->listen;
	config->listen_count = 1;
	config->state_dir = strdup(house->folder);
	config->allowed_hosts = no_strings();
	config->ports = no_strings();
	config->base_path = strdup("/");
	config->tokens = &house->token;
	config->token_count = with_token;
	config->limits = (struct config_limits){ HOUSE_UPLOAD_MAX, HOUSE_VIEWERS, 2 };
	config->boards = &house->board;
	config->board_count = 1;
}

struct house *house_open(bool with_token)
{
	struct house *house = calloc(1, sizeof(*house));
	char reason[256] = "";

	assert_non_null(house);
	folder_make(house->folder);
	fill_board(house);
	fill_config(house, with_token);
	house->bench.config = &house->config;
	house->bench.auth = auth_new(&house->config);
	house->bench.store = store_open(house->folder, reason, sizeof(reason));
	assert_non_null(house->bench.store);
	house->bench.shelf = shelf_open(house->folder, house->bench.store, reason, sizeof(reason));
	assert_non_null(house->bench.shelf);
	assert_true(bench_open(&house->bench));
	house->ws = ws_start(&house->bench);
	assert_non_null(house->ws);
	house->http = http_start(&house->bench, house->ws, reason, sizeof(reason));
	if (!house->http)
		fail_msg("%s", reason);
	assert_int_equal(sscanf(http_url(house->http, 0), "http://127.0.0.1:%u", &house->port), 1);
	set_awake(house);
	notify_init(wake);
	assert_null(bench_start(&house->bench));
	return house;
}

static void release_config(struct house *house)
{
	free(house->listen.text);
	free(house->listen.host);
	free(house->token.name);
	free(house->config.state_dir);
	free(house->config.allowed_hosts);
	free(house->config.ports);
	free(house->config.base_path);
	free(house->board.label);
	free(house->board.tags);
	free(house->board.port);
}

/* The order of main(): no new requests, boards stop, viewers, requests, boards' memory. */
void house_close(struct house *house)
{
	http_quiesce(house->http);
	bench_stop(&house->bench);
	set_awake(NULL);
	ws_stop(house->ws);
	http_stop(house->http);
	ws_free(house->ws);
	bench_close(&house->bench);
	shelf_close(house->bench.shelf);
	store_close(house->bench.store);
	auth_free(house->bench.auth);
	close(house->pty);
	release_config(house);
	folder_remove(house->folder);
	free(house);
}

int house_connect(const struct house *house)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)house->port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

void house_send(int fd, const char *text)
{
	size_t len = strlen(text);

	assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
}

char *house_read(int fd, const char *enough)
{
	struct pollfd poll_in = { .fd = fd, .events = POLLIN };
	char *text = calloc(1, 1);
	size_t len = 0;
	ssize_t got = 1;

	while (got > 0 && !(enough && memmem(text, len, enough, strlen(enough)))) {
		if (poll(&poll_in, 1, PATIENCE_MS) != 1)
			fail_msg("no more after: %s", text);
		text = realloc(text, len + 4097);
		assert_non_null(text);
		got = recv(fd, text + len, 4096, 0);
		len += got > 0 ? (size_t)got : 0;
		text[len] = 0;
	}
	return text;
}

char *house_ask(const struct house *house, const char *text, const char *enough)
{
	int fd = house_connect(house);

	house_send(fd, text);
	char *answer = house_read(fd, enough);

	close(fd);
	return answer;
}

void house_wait_idle(const struct house *house)
{
	char *answer = NULL;

	while (!answer || !strstr(answer, "\"state\":\"idle\"")) {
		free(answer);
		answer = house_ask(house,
			"GET /api/v1/boards/mouse HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: "
			"close\r\n\r\n",
			NULL);
	}
	free(answer);
}

void house_say(const struct house *house, const char *text)
{
	assert_int_equal(write(house->pty, text, strlen(text)), (ssize_t)strlen(text));
}
