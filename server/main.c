/* SPDX-License-Identifier: MIT */
/* main.c - builds the house, waits for signals, takes it down in order (docs: architecture). */
#include "server/demo.h"
#include "server/http.h"
#include "server/log.h"
#include "server/notify.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define REASON_TEXT 512
#define DESCRIPTORS_PER_VIEWER 4
#define DESCRIPTORS_PER_BOARD 8
#define DESCRIPTORS_BESIDE 1024

/* All that main() makes, in the order in which it is made. */
struct house {
	struct config config;
	struct demo *demo;
	struct bench bench; /* its parts are ours */
	struct ws *ws;
	struct http *http;
};

/* Who is woken when something changed; lock guards both, and that they live while they are woken.
 */
static struct {
	pthread_mutex_t lock;
	struct ws *ws;
	struct http *http;
} woken = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void wake_viewers(void)
{
	pthread_mutex_lock(&woken.lock);
	if (woken.ws)
		ws_wake(woken.ws);
	if (woken.http)
		http_wake(woken.http);
	pthread_mutex_unlock(&woken.lock);
}

static void set_woken(struct ws *ws, struct http *http)
{
	pthread_mutex_lock(&woken.lock);
	woken.ws = ws;
	woken.http = http;
	pthread_mutex_unlock(&woken.lock);
}

/* As many descriptors as the limits need, and no more: libwebsockets has a table of that size. */
static void limit_descriptors(const struct config *config)
{
	rlim_t want = (rlim_t)config->limits.viewers * DESCRIPTORS_PER_VIEWER +
		(rlim_t)BENCH_BOARDS_MAX * DESCRIPTORS_PER_BOARD + DESCRIPTORS_BESIDE;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit)) {
		log_line(LOG_WARNING, "the limit of descriptors: %s", strerror(errno));
		return;
	}
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < want)
		log_line(LOG_WARNING,
			"%llu descriptors are allowed, limits.viewers may need %llu: LimitNOFILE "
			"of systemd, ulimit -n",
			(unsigned long long)limit.rlim_max, (unsigned long long)want);
	limit.rlim_cur =
		limit.rlim_max != RLIM_INFINITY && limit.rlim_max < want ? limit.rlim_max : want;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		log_line(LOG_WARNING, "the limit of descriptors: %s", strerror(errno));
}

static bool furnish(struct house *house, char reason[REASON_TEXT])
{
	struct bench *bench = &house->bench;

	bench->config = &house->config;
	if (house->config.is_demo &&
		!(house->demo = demo_start(&house->config, reason, REASON_TEXT)))
		return false;
	limit_descriptors(&house->config);
	bench->store = store_open(house->config.state_dir, reason, REASON_TEXT);
	if (!bench->store)
		return false;
	bench->shelf = shelf_open(house->config.state_dir, bench->store, reason, REASON_TEXT);
	if (!bench->shelf)
		return false;
	snprintf(reason, REASON_TEXT, "out of memory, or the store failed");
	if (house->demo && !demo_fill_shelf(house->demo, bench->shelf))
		log_line(LOG_WARNING, "the demo's firmware is not on the shelf");
	bench->auth = auth_new(&house->config);
	return bench->auth && bench_open(bench);
}

/* Boards last: a server that can't listen must not have touched a port. */
static bool open_doors(struct house *house, char reason[REASON_TEXT])
{
	struct bench *bench = &house->bench;

	notify_init(wake_viewers);
	house->ws = ws_start(bench);
	if (!house->ws) {
		snprintf(reason, REASON_TEXT, "the thread of the viewers could not be started");
		return false;
	}
	house->http = http_start(bench, house->ws, reason, REASON_TEXT);
	if (!house->http)
		return false;
	set_woken(house->ws, house->http);
	const char *failed = bench_start(bench);

	if (failed)
		snprintf(
			reason, REASON_TEXT, "the thread of board %s could not be started", failed);
	return !failed;
}

/* What is not there is skipped: it also takes down a house half built. */
static void take_down(struct house *house)
{
	struct bench *bench = &house->bench;

	if (house->http)
		http_quiesce(house->http);
	bench_stop(bench);
	set_woken(NULL, house->http);
	if (house->ws)
		ws_stop(house->ws);
	set_woken(NULL, NULL);
	if (house->http)
		http_stop(house->http);
	if (house->ws)
		ws_free(house->ws);
	bench_close(bench);
	auth_free(bench->auth);
	shelf_close(bench->shelf);
	store_close(bench->store);
	demo_stop(house->demo);
	config_release(&house->config);
}

/* Before any thread starts, so that none of them is ever interrupted. -1: no descriptor. */
static int block_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error of write(), not our end */
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Running boards are not changed under their feet: the file is checked, and that is all. */
static void check_again(int argc, char **argv)
{
	struct config config;

	if (config_read(&config, argc, argv) == CONFIG_RUN)
		log_line(LOG_INFO, "the configuration is good; a restart is needed to apply it");
	else
		log_line(LOG_ERROR,
			"the configuration has errors (above); benchd goes on with the one it has");
	config_release(&config);
}

static void wait_for_stop(int signals, int argc, char **argv)
{
	struct signalfd_siginfo info;
	sigset_t set;

	for (;;) {
		ssize_t n = read(signals, &info, sizeof(info));

		if (n < 0 && errno == EINTR)
			continue;
		if (n != sizeof(info) || info.ssi_signo != SIGHUP)
			break;
		check_again(argc, argv);
	}
	log_line(LOG_INFO, "stopping; a second signal does not wait for running jobs");
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void announce(const struct house *house)
{
	const char *url;

	/* Below a prefix the page is only there: the address is to be opened as it stands. */
	for (size_t i = 0; (url = http_url(house->http, i)); i++)
		printf("listening on %s%s\n", url,
			house->config.base_path[1] && !strncmp(url, "http", 4)
				? house->config.base_path
				: "");
	fflush(stdout);
	struct board_list *boards = bench_list(&house->bench);

	if (!boards->count)
		log_line(LOG_INFO,
			"there is no board yet: add one on the page, or by --board ID=PORT or "
			"--config FILE; --demo has simulated ones");
	board_list_unref(boards);
}

int main(int argc, char **argv)
{
	struct house house = { 0 };
	char reason[REASON_TEXT] = "";
	enum config_verdict verdict = config_read(&house.config, argc, argv);

	if (verdict != CONFIG_RUN)
		return verdict == CONFIG_WRONG ? 2 : 0;
	int signals = block_signals();
	bool ok = signals >= 0 && furnish(&house, reason) && open_doors(&house, reason);

	if (ok) {
		announce(&house);
		wait_for_stop(signals, argc, argv);
	} else {
		fprintf(stderr, "benchd: %s\n", *reason ? reason : "no descriptor for signals");
	}
	take_down(&house);
	if (signals >= 0)
		close(signals);
	return ok ? 0 : 1;
}
