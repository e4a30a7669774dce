/* SPDX-License-Identifier: MIT */
/*
 * test_cpu.c - the core by small programs (the .S files beside it): each writes to a device what
 * it saw, and the rows say what ARM's manuals would have it see.
 */
#include "tests/simulator/cpu/bed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "tests/simulator/cpu/programs.inc"

enum { EXPECT_MAX = 48 };

#define PROGRAM(name) #name, program_##name, sizeof program_##name
struct row {
	const char *name;
	const uint8_t *program;
	size_t len;
	enum cpu_model model;
	unsigned count;
	uint32_t expect[EXPECT_MAX];
};

static const struct row rows[] = {
	{ PROGRAM(nested), CPU_M4F, 11,
		{ 1, 0x10, 0x20, 0xFFFFFFF1, 0x21, 0x30, 0xFFFFFFF1, 19, 0x20003FB8, 0x11, 2 } },
};

static void test_program(void **state)
{
	const struct row *row = *state;
	struct bed *bed = bed_new(row->model, row->program, row->len);
	unsigned i;

	assert_non_null(bed);
	bed_run(bed);
	for (i = 0; i < row->count && i < bed->count; i++)
		if (bed->log[i] != row->expect[i])
			break;
	if (i < row->count || bed->count != row->count) {
		for (i = 0; i < bed->count || i < row->count; i++)
			print_message("%2u: expected %08X, logged %08X\n", i,
				i < row->count ? row->expect[i] : 0,
				i < bed->count ? bed->log[i] : 0);
		print_message("state %d, %s at %08X\n", cpu_state(bed->cpu),
			cpu_fault(bed->cpu).what ? cpu_fault(bed->cpu).what : "no fault",
			cpu_register(bed->cpu, 15));
		fail_msg("%s logged %u values, expected %u", row->name, bed->count, row->count);
	}
	assert_true(bed->is_done);
	bed_free(bed);
}

int main(void)
{
	struct CMUnitTest tests[sizeof rows / sizeof *rows];
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_program,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
