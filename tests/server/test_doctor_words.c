/* SPDX-License-Identifier: MIT */
/*
 * test_doctor_words.c - every verdict has words, docs/wiring.md has the same ones, and a port that
 * can't be opened says who may.
 */
#include "server/doctor_words.h"
#include "server/job_doctor.h"
#include "server/port.h"

#include "tests/cmocka_all.h"

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void every_verdict_is_told(void **state)
{
	(void)state;
	for (int i = 0; i < DOCTOR_VERDICTS; i++) {
		const struct doctor_words *words = doctor_words((enum doctor_verdict)i);

		assert_non_null(words->title);
		assert_non_null(words->detail);
		assert_non_null(words->try[0]);
		assert_int_not_equal(words->title[strlen(words->title) - 1], '.');
		assert_int_equal(words->detail[strlen(words->detail) - 1], '.');
		for (size_t t = 0; t < DOCTOR_MAX_TRY && words->try[t]; t++)
			assert_non_null(strchr(".?", words->try[t][strlen(words->try[t]) - 1]));
	}
}

static char *read_guide(void)
{
	FILE *file = fopen(WIRING_FILE, "rb");
	char *text = calloc(1, 65536);

	assert_non_null(file);
	assert_non_null(text);
	assert_in_range(fread(text, 1, 65535, file), 1, 65534);
	fclose(file);
	return text;
}

/* A row each, in the order of the enum: to see what is missing, look at the first that fails. */
static void the_guide_has_every_verdict(void **state)
{
	char *const guide = read_guide();
	const char *at = guide;

	(void)state;
	for (int i = 0; i < DOCTOR_VERDICTS; i++) {
		const struct doctor_words *words = doctor_words((enum doctor_verdict)i);
		char row[512];

		snprintf(row, sizeof(row), "| `%s` | %s | %s |\n",
			doctor_verdict_name((enum doctor_verdict)i), words->title, words->try[0]);
		at = strstr(at, row);
		if (!at)
			fail_msg("docs/wiring.md lacks, or has elsewhere: %s", row);
	}
	free(guide);
}

static void an_absence_is_a_sign(void **state)
{
	static const struct {
		struct why absence;
		unsigned sign;
	} rows[] = {
		{ { .err = ERR_GONE, .what = "there is no such port" }, SIGN_NO_PORT },
		{ { .err = ERR_IO, .what = port_in_use }, SIGN_PORT_BUSY },
		{ { .err = ERR_IO, .what = port_no_permission }, SIGN_NO_PERMISSION },
		{ { .err = ERR_IO, .what = "this is no serial port" }, SIGN_PORT_FAILED },
		{ { .err = ERR_CONTROL, .what = "no such chip" }, SIGN_CONTROL_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(doctor_absence_sign(&rows[i].absence), rows[i].sign);
}

/* Of a file that belongs to one of our own groups: root's own gives no hint. */
static void the_group_is_named(void **state)
{
	char path[] = "doctor-access-XXXXXX", text[ACCESS_TEXT];
	const struct group *tty = getgrnam("tty");
	const int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0600), 0);
	doctor_access(path, text);
	assert_non_null(strstr(text, "MODE=\"0660\""));
	if (tty && !fchown(fd, (uid_t)-1, tty->gr_gid)) { /* only root may give it away */
		assert_int_equal(fchmod(fd, 0660), 0);
		doctor_access(path, text);
		assert_non_null(strstr(text, "usermod -aG tty "));
	}
	close(fd);
	assert_int_equal(unlink(path), 0);
	doctor_access(path, text);
	assert_non_null(strstr(text, "folder"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict_is_told),
		cmocka_unit_test(the_guide_has_every_verdict),
		cmocka_unit_test(an_absence_is_a_sign),
		cmocka_unit_test(the_group_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
