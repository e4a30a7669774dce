/* SPDX-License-Identifier: MIT */
/*
 * test_control.c - what each kind of control asks of the wire, in its order and by its clock; and
 * commands that restart a board: what they may say, and that they end.
 */
#include "server/control.h"

#include "server/clock.h"
#include "tests/cmocka_all.h"

#include <stdarg.h>
#include <stdio.h>
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

/* What a control asks of the wire, in its order: "dtr=1 pause=50". */
static char asked[256];

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
	const size_t len = strlen(asked);
	va_list args;

	va_start(args, format);
	vsnprintf(asked + len, sizeof(asked) - len, format, args);
	va_end(args);
}

static enum err note_line(void *ctx, enum wire_line line, bool set)
{
	(void)ctx;
	note("%s=%d ", line == WIRE_DTR ? "dtr" : "rts", set);
	return ERR_OK;
}

static enum err note_send(void *ctx, struct span out, uint32_t timeout_ms)
{
	(void)ctx;
	(void)timeout_ms;
	note("send=%.*s ", (int)out.len, (const char *)out.ptr);
	return ERR_OK;
}

static void note_pause(void *ctx, uint32_t ms)
{
	(void)ctx;
	note("pause=%u ", (unsigned)ms);
}

static const struct wire_ops noting = {
	.line = note_line,
	.send = note_send,
	.pause = note_pause,
};

static const struct {
	const char *name;
	struct config_control config;
	enum control_into into;
	enum err want;
	const char *asked;
	bool resets, is_manual, by_firmware;
} sequences[] = {
	{ "lines, straight",
		{ .kind = CONTROL_LINES,
			.reset = { true, WIRE_DTR, true },
			.boot0 = { true, WIRE_RTS, false },
			.pulse_ms = 50,
			.settle_ms = 100 },
		INTO_BOOTLOADER, ERR_OK, "dtr=1 rts=0 pause=50 dtr=0 pause=100 ", true, false,
		false },
	{ "lines, back",
		{ .kind = CONTROL_LINES,
			.reset = { true, WIRE_DTR, true },
			.boot0 = { true, WIRE_RTS, false },
			.pulse_ms = 50,
			.settle_ms = 100 },
		INTO_APPLICATION, ERR_OK, "dtr=1 rts=1 pause=50 dtr=0 pause=100 ", true, false,
		false },
	{ "lines, reset only",
		{ .kind = CONTROL_LINES,
			.reset = { true, WIRE_RTS, false },
			.pulse_ms = 5,
			.settle_ms = 7 },
		INTO_APPLICATION, ERR_OK, "rts=0 pause=5 rts=1 pause=7 ", true, false, false },
	{ "lines, no BOOT0 to move", { .kind = CONTROL_LINES, .reset = { true, WIRE_RTS, false } },
		INTO_BOOTLOADER, ERR_UNSUPPORTED, "", true, false, false },
	{ "console", { .kind = CONTROL_CONSOLE, .send = (char *)"boot\r", .wait_ms = 500 },
		INTO_BOOTLOADER, ERR_OK, "send=boot\r pause=500 ", false, false, true },
	{ "console, back", { .kind = CONTROL_CONSOLE, .send = (char *)"boot\r" }, INTO_APPLICATION,
		ERR_UNSUPPORTED, "", false, false, true },
	{ "manual", { .kind = CONTROL_MANUAL, .wait_s = 60 }, INTO_BOOTLOADER, ERR_OK, "", false,
		true, false },
	{ "gpio, no such chip",
		{ .kind = CONTROL_GPIO,
			.chip = (char *)"/there/is/no/gpiochip",
			.reset_pin = { true, false, 27 } },
		INTO_BOOTLOADER, ERR_CONTROL, "", true, false, false },
};

static void test_sequences(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sequences) / sizeof(*sequences); i++) {
		struct control_memory memory;
		const struct control control =
			control_make(&memory, &sequences[i].config, (struct wire){ &noting, NULL });

		print_message("%s\n", sequences[i].name);
		asked[0] = '\0';
		assert_int_equal(
			control.restart(control.ctx, sequences[i].into, NULL), sequences[i].want);
		assert_string_equal(asked, sequences[i].asked);
		assert_int_equal(control.resets, sequences[i].resets);
		assert_int_equal(control.is_manual, sequences[i].is_manual);
		assert_int_equal(control.by_firmware, sequences[i].by_firmware);
		control_close(&memory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_commands),
		cmocka_unit_test(test_sequences) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
