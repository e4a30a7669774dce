/* SPDX-License-Identifier: MIT */
/* test_control.c - commands that restart a board: what they may say, and that they end. */
#include "server/control.h"

#include "server/clock.h"
#include "tests/cmocka_all.h"

#include <string.h>

#define SH(script)                                                                                 \
	{                                                                                          \
		"/bin/sh", "-c", script, NULL                                                      \
	}

static const struct {
	const char *name;
	char *argv[4];
	enum err want;
	const char *what; /* NULL: nothing to say */
} cases[] = {
	{ "succeeds", SH("exit 0"), ERR_OK, NULL },
	{ "fails in silence", SH("exit 3"), ERR_CONTROL,
		"the control command failed without saying why" },
	{ "says why", SH("echo relay 4 is stuck >&2; echo more >&2; exit 1"), ERR_CONTROL,
		"relay 4 is stuck" },
	{ "talks, but succeeds", SH("echo fine >&2"), ERR_OK, NULL },
	{ "says control characters", SH("printf 'a\\033[2Jb\\n' >&2; exit 1"), ERR_CONTROL,
		"a [2Jb" },
	{ "dies of a signal", SH("kill -9 $$"), ERR_CONTROL,
		"the control command failed without saying why" },
	{ "never ends", SH("exec sleep 60"), ERR_CONTROL,
		"the control command did not end in time" },
	{ "talks without end", SH("exec yes >&2"), ERR_CONTROL,
		"the control command did not end in time" },
	{ "is not there", { "/there/is/no/such/program", NULL }, ERR_CONTROL,
		"the control command can't be run: No such file or directory" },
	{ "is not given", { NULL }, ERR_UNSUPPORTED, "no control command is given for this" },
	{ "inherits nothing", SH("test -z \"$(ls /proc/self/fd | grep -v '^[0123]$')\""), ERR_OK,
		NULL },
};

static void test_commands(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct config_control config = { .kind = CONTROL_COMMAND,
			.application_argv = (char **)cases[i].argv,
			.timeout_ms = 1000 };
		struct control_memory memory;
		const struct control control = control_make(&memory, &config, (struct wire){ 0 });
		struct why why = { 0 };

		print_message("%s\n", cases[i].name);
		assert_int_equal(
			control.restart(control.ctx, INTO_APPLICATION, &why), cases[i].want);
		if (cases[i].what)
			assert_string_equal(why.what, cases[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_commands) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
