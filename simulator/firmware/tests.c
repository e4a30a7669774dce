/* SPDX-License-Identifier: MIT */
/*
 * tests.c - firmware that tests itself and prints what Unity would: FILE:LINE:NAME:PASS, the
 * counts, OK or FAIL. The few lines that print it are ours, not Unity. TESTS_FAIL: one test fails.
 * TESTS_HANG: one never ends.
 */
#include "core.h"
#include "part.h"
#include "usart.h"

__attribute__((section(".banner"))) static const char banner[] =
	"\r\nbenchd tests on " PART_NAME ", built from simulator/firmware\r\n";

static struct {
	const char *name;
	unsigned line, tests, failures, ignored;
	bool has_ended;
} run;

static void end(unsigned line, const char *state)
{
	usart_print("tests.c:");
	usart_number(line, 1);
	usart_put(':');
	usart_print(run.name);
	usart_print(state);
	run.has_ended = true;
}

static void expect_equal(uint32_t expected, uint32_t actual, unsigned line)
{
	if (expected == actual || run.has_ended)
		return;
	run.failures++;
	end(line, ":FAIL: Expected ");
	usart_number(expected, 1);
	usart_print(" Was ");
	usart_number(actual, 1);
	usart_print("\r\n");
}

#define EXPECT_EQUAL(expected, actual) expect_equal(expected, actual, __LINE__)

static void ignore(const char *why, unsigned line)
{
	run.ignored++;
	end(line, ":IGNORE: ");
	usart_print(why);
	usart_print("\r\n");
}

static void test_sum(void)
{
	volatile uint32_t two = 2;

	EXPECT_EQUAL(4, two + two);
}

static void test_product(void)
{
	volatile uint32_t six = 6;

#ifdef TESTS_FAIL
	EXPECT_EQUAL(41, six * 7);
#else
	EXPECT_EQUAL(42, six * 7);
#endif
}

static void test_clock(void)
{
	const uint32_t began = core_now_ms();

#ifdef TESTS_HANG
	for (;;)
		core_wait();
#endif
	while (core_now_ms() - began < 20)
		core_wait();
	EXPECT_EQUAL(1, core_now_ms() - began >= 20);
}

static void test_sensor(void)
{
	ignore("no sensor on this board", __LINE__);
}

static const struct {
	const char *name;
	unsigned line;
	void (*test)(void);
} tests[] = {
	{ "test_sum", __LINE__, test_sum },
	{ "test_product", __LINE__, test_product },
	{ "test_clock", __LINE__, test_clock },
	{ "test_sensor", __LINE__, test_sensor },
};

static void say_counts(void)
{
	usart_print("\r\n-----------------------\r\n");
	usart_number(run.tests, 1);
	usart_print(" Tests ");
	usart_number(run.failures, 1);
	usart_print(" Failures ");
	usart_number(run.ignored, 1);
	usart_print(" Ignored \r\n");
	usart_print(run.failures ? "FAIL\r\n" : "OK\r\n");
}

int main(void)
{
	core_init(banner);
	for (unsigned i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		run.name = tests[i].name;
		run.has_ended = false;
		run.tests++;
		tests[i].test();
		if (!run.has_ended) {
			end(tests[i].line, ":PASS");
			usart_print("\r\n");
		}
	}
	say_counts();
	for (;;)
		core_wait();
}
