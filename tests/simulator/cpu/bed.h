/* SPDX-License-Identifier: MIT */
/* bed.h - a core with flash (at 0x08000000 and at 0), RAM and the device of device.inc. */
#ifndef BENCHD_TESTS_SIMULATOR_CPU_BED_H
#define BENCHD_TESTS_SIMULATOR_CPU_BED_H

#include "simulator/cpu/cpu.h"

enum { BED_FLASH = 64 * 1024, BED_RAM = 16 * 1024, BED_LOG = 64, BED_REPORTS = 8 };

struct bed {
	struct cpu *cpu;
	uint8_t *flash, *ram;
	uint32_t log[BED_LOG];
	unsigned count;
	bool is_done;
	uint64_t pulse_at; /* a line pulses then; UINT64_MAX */
	unsigned pulse_line;
	unsigned reports;
	char report[BED_REPORTS][96];
	uint64_t slept; /* cycles passed by cpu_skip() */
};

/* A program in flash, out of reset; NULL: no memory. */
struct bed *bed_new(enum cpu_model model, const uint8_t *program, size_t len);
void bed_free(struct bed *bed);
/* Until it is done, sleeps for ever, resets or locks up; at most 10,000,000 cycles. */
enum cpu_state bed_run(struct bed *bed);

#endif /* BENCHD_TESTS_SIMULATOR_CPU_BED_H */
