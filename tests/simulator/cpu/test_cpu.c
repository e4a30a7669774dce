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

enum { EXPECT_MAX = 64 };

#define PROGRAM(name) #name, program_##name, sizeof program_##name
struct row {
	const char *name;
	const uint8_t *program;
	size_t len;
	enum cpu_model model;
	enum cpu_state end; /* CPU_RUNS: it said that it is done */
	unsigned count;
	uint32_t expect[EXPECT_MAX];
};

static const struct row rows[] = {
	{ PROGRAM(nested), CPU_M4F, CPU_RUNS, 11,
		{ 1, 0x10, 0x20, 0xFFFFFFF1, 0x21, 0x30, 0xFFFFFFF1, 19, 0x20003FB8, 0x11, 2 } },
	{ PROGRAM(grouping), CPU_M4F, CPU_RUNS, 19,
		{ 0xFA050000, 0xFA050500, 0x405060F0, 0x10, 0x20, 0x21, 0x40, 0x11, 2, 0xE, 0x40,
			0x30, 0x20, 0x21, 0x40, 0, 0x20, 0x21, 0x40 } },
	{ PROGRAM(masks), CPU_M3, CPU_RUNS, 16,
		{ 1, 1, 0x10, 2, 0x20, 3, 0x40, 0x10, 4, 5, 1, 0x20, 6, 1, 0, 3 } },
	{ PROGRAM(align), CPU_M3, CPU_RUNS, 12,
		{ 0x20003FFC, 0x20003FD8, 1, 0x11, 0x60000000, 0x11, 0x33, 0x20003FFC, 0x20003FDC,
			0, 0x11, 0x20003FFC } },
	{ PROGRAM(threads), CPU_M3, CPU_RUNS, 12,
		{ 0x2A, 0xFFFFFFF9, 2, 0, 0x10, 0x20, 0x11, 0x21, 0x12, 0x22, 0x20001000,
			0x20003FE0 } },
	{ PROGRAM(float), CPU_M4F, CPU_RUNS, 16,
		{ 0xC0000000, 0, 0xFFFFFFF9, 4, 0x20004000, 0xFFFFFFE9, 0x20003F98, 0, 0x3FC00000,
			0x3FC00000, 0x40600000, 0x40000000, 0x40800000, 0x80000000, 4,
			0x20004000 } },
	{ PROGRAM(sleep), CPU_M3, CPU_RUNS, 11, { 1, 0x10, 2, 0x10, 3, 4, 5, 0x10, 0x10, 6, 2 } },
	{ PROGRAM(tick), CPU_M3, CPU_RUNS, 8, { 0x3E7, 0, 0x10005, 5, 1, 1, 3, 3 } },
	{ PROGRAM(reset), CPU_M3, CPU_RESETS, 2, { 1, 2 } },
	{ PROGRAM(faults), CPU_M3, CPU_RUNS, 50,
		{ 3, 0x8200, 0x40000000, 0, 0x60000014, 3, 0x10000, 0x40000000, 0, 0x60000014, 5,
			0x8200, 0, 0, 0x60000028, 6, 0x10000, 0, 0, 0x60000028, 6, 0x10000, 0, 0,
			0x60000028, 5, 0x8200, 0, 0, 0x40000800, 3, 0, 0x80000000, 0, 0x40000800, 5,
			0x100, 0, 0, 0x40000800, 6, 0x20000, 0, 0, 0x40000800, 3, 0, 0x40000000, 0,
			0x40000800 } },
	{ PROGRAM(traps), CPU_M4F, CPU_RUNS, 11,
		{ 0x80000, 0, 0x3FC00000, 2, 0, 3, 1, 0x2000000, 0, 4, 8 } },
	{ PROGRAM(unprivileged), CPU_M3, CPU_RUNS, 10, { 3, 0, 1, 1, 0, 1, 1, 2, 1, 0x20001000 } },
	{ PROGRAM(lockup), CPU_M3, CPU_LOCKED_UP, 2, { 1, 2 } },
	{ PROGRAM(rewrite), CPU_M3, CPU_RUNS, 10,
		{ 1, 2, 3, 0xFF, 0xFF, 0xF, 0xF, 0x47702000, 0, 0 } },
	{ PROGRAM(loop), CPU_M3, CPU_RUNS, 4, { 1, 2, 3, 4 } },
	{ PROGRAM(registers), CPU_M3, CPU_RUNS, 11,
		{ 0x411FC231, 0x200, 0x20000180, 0xF000, 0xF0, 0xFFFF0000, 0x20000003, 1, 0x800, 1,
			0x800 } },
	{ PROGRAM(m0_base), CPU_M0PLUS, CPU_RUNS, 12,
		{ 0x410CC601, 0xC0C0C0C0, 0x8000100, 0x10, 0x20, 0xFFFFFFF1, 0x11, 0x20003FFC, 0xB,
			0x30, 0, 5 } },
};

static void test_program(void **state)
{
	const struct row *row = *state;
	struct bed *bed = bed_new(row->model, row->program, row->len);
	enum cpu_state end;
	unsigned i;

	assert_non_null(bed);
	end = bed_run(bed);
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
	assert_int_equal(end, row->end);
	assert_int_equal(bed->is_done, row->end == CPU_RUNS);
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
