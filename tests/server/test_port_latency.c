/* SPDX-License-Identifier: MIT */
/* test_port_latency.c - the timer of an adapter, in a folder that stands for sysfs. */
#include "server/port_latency.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NO_PORT = -1 }; /* what is asked of the driver is refused, and that is no error */

struct place {
	char root[32], timer[160];
};

static void make(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

static void open_place(struct place *place, const char *timer)
{
	static const char *const folders[] = { "class", "class/tty", "class/tty/ttyUSB7",
		"class/tty/ttyUSB7/device" };
	char path[128];

	strcpy(place->root, "/tmp/benchd-sysfs-XXXXXX");
	assert_non_null(mkdtemp(place->root));
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", place->root, folders[i]);
		make(path);
	}
	snprintf(place->timer, sizeof(place->timer), "%s/latency_timer", path);
	if (!timer)
		return;
	FILE *file = fopen(place->timer, "w");

	assert_non_null(file);
	fputs(timer, file);
	assert_int_equal(fclose(file), 0);
}

static void close_place(const struct place *place)
{
	static const char *const names[] = { "class/tty/ttyUSB7/device/latency_timer",
		"class/tty/ttyUSB7/device", "class/tty/ttyUSB7", "class/tty", "class", "" };
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", place->root, names[i]);
		(void)remove(path);
	}
	assert_int_not_equal(access(place->root, F_OK), 0);
}

static void read_timer(const struct place *place, char text[16])
{
	FILE *file = fopen(place->timer, "r");

	assert_non_null(file);
	assert_non_null(fgets(text, 16, file));
	fclose(file);
}

static const struct {
	const char *name, *timer, *after;
} timers[] = {
	{ "FTDI's own", "16\n", "1\n" },
	{ "already low", "1\n", "1\n" },
	{ "the longest", "255\n", "1\n" },
	{ "no number", "abc\n", "abc\n" },
	{ "none that there can be", "99999\n", "99999\n" },
};

static void a_timer_is_lowered(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(timers) / sizeof(*timers); i++) {
		struct place place;
		char text[16];

		print_message("%s\n", timers[i].name);
		open_place(&place, timers[i].timer);
		assert_null(port_latency_lower(NO_PORT, place.root, "ttyUSB7"));
		read_timer(&place, text);
		assert_string_equal(text, timers[i].after);
		close_place(&place);
	}
}

static void a_port_without_one(void **state)
{
	struct place place;

	(void)state;
	open_place(&place, NULL);
	assert_null(port_latency_lower(NO_PORT, place.root, "ttyUSB7"));
	assert_null(port_latency_lower(NO_PORT, place.root, "ttyACM0"));
	assert_int_not_equal(access(place.timer, F_OK), 0);
	close_place(&place);
}

/* It stays as it is, and it is said why. */
static void one_that_stays(void **state)
{
	struct place place;
	char text[16];

	(void)state;
	if (!geteuid())
		skip(); /* no file is closed to root */
	open_place(&place, "16\n");
	assert_int_equal(chmod(place.timer, 0400), 0);
	assert_non_null(
		strstr(port_latency_lower(NO_PORT, place.root, "ttyUSB7"), "may not be set"));
	read_timer(&place, text);
	assert_string_equal(text, "16\n");
	close_place(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_timer_is_lowered),
		cmocka_unit_test(a_port_without_one),
		cmocka_unit_test(one_that_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
