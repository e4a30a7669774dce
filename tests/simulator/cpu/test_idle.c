/* SPDX-License-Identifier: MIT */
/* test_idle.c - loops that only an interrupt ends are passed, others are run. */
#include "tests/simulator/cpu/bed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define RUN_CYCLES 1000000u

struct row {
	const char *name;
	bool is_idle;
	uint16_t code[8];
};

static const struct row rows[] = {
	{ "branch to itself", true, { 0xE7FE } },
	/* cpsid i; 1: b 1b */
	{ "the same, masked", true, { 0xB672, 0xE7FE } },
	/* movs r1, #0x20; lsls r1, #24; 1: ldr r0, [r1]; cmp r0, #0; beq 1b */
	{ "a flag in memory", true, { 0x2120, 0x0609, 0x6808, 0x2800, 0xD0FC } },
	/* 1: bl f; b 1b; f: bx lr */
	{ "a function that does nothing", true, { 0xF000, 0xF801, 0xE7FC, 0x4770 } },
	/* 1: adds r0, #1; b 1b */
	{ "counts in a register", false, { 0x3001, 0xE7FD } },
	/* movs r1, #0x20; lsls r1, #24; 1: str r0, [r1]; b 1b */
	{ "stores", false, { 0x2120, 0x0609, 0x6008, 0xE7FD } },
	/* 1: push {r0}; pop {r0}; b 1b */
	{ "stores on the stack", false, { 0xB401, 0xBC01, 0xE7FC } },
	/* 1: cpsid i; cpsie i; b 1b */
	{ "masks for a while", false, { 0xB672, 0xB662, 0xE7FC } },
	/* movs r1, #0xE0; lsls r1, #24; 1: ldr r0, [r1]; b 1b */
	{ "polls a register", false, { 0x21E0, 0x0609, 0x6808, 0xE7FD } },
};

static void test_loop(void **state)
{
	const struct row *row = *state;
	uint8_t program[8 + sizeof row->code] = { 0x00, 0x10, 0x00, 0x20, 0x09, 0x00, 0x00, 0x08 };
	struct bed *bed;

	for (size_t i = 0; i < sizeof row->code / 2; i++) {
		program[8 + 2 * i] = (uint8_t)row->code[i];
		program[9 + 2 * i] = (uint8_t)(row->code[i] >> 8);
	}
	bed = bed_new(CPU_M4F, program, sizeof program);
	assert_non_null(bed);
	cpu_run(bed->cpu, RUN_CYCLES);
	assert_in_range(cpu_cycles(bed->cpu), RUN_CYCLES, RUN_CYCLES + 100);
	if (row->is_idle)
		assert_in_range(cpu_idled(bed->cpu), RUN_CYCLES - 1000, RUN_CYCLES);
	else
		assert_int_equal(cpu_idled(bed->cpu), 0);
	bed_free(bed);
}

int main(void)
{
	struct CMUnitTest tests[sizeof rows / sizeof *rows];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_loop,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
