/* SPDX-License-Identifier: MIT */
/* soc_bench.h - a soc on a bench: what it told its hooks, and scripts of register accesses. */
#ifndef BENCHD_TESTS_SIMULATOR_SOC_BENCH_H
#define BENCHD_TESTS_SIMULATOR_SOC_BENCH_H

#include "simulator/soc/soc.h"

enum { BENCH_BYTES = 64, BENCH_RAM = 256 };

struct bench {
	struct memory memory;
	struct soc *soc;
	uint64_t now_ns;
	uint8_t sent[BENCH_BYTES];
	uint64_t sent_ns[BENCH_BYTES];
	struct wire_settings sent_line;
	size_t sent_count;
	bool irqs[160];
	uint64_t stall_ns;
	uint32_t changed, changed_len; /* flash_changed's last */
	unsigned resets, reports;
	char report[160], pin[8]; /* the last ones: "A5=1" */
	uint8_t ram[BENCH_RAM];   /* at 0x20000000, for DMA */
};

/* Stops the test when it cannot. */
void bench_open(struct bench *bench, const char *part);
void bench_close(struct bench *bench);

/* Accesses at bench->now_ns; that no bus error comes is asserted. */
uint32_t bench_get(struct bench *bench, uint32_t addr);
void bench_put(struct bench *bench, uint32_t addr, uint32_t value);
void bench_wait_us(struct bench *bench, uint64_t us);

enum step_kind {
	STEP_END,
	WRITE,
	WRITE16,
	WRITE8,
	READ,
	READ16,
	READ8,
	SET,
	CLEAR,
	WAIT,
	FAIL16,
	FAIL32
};

/* One line of a script. READ compares the bits of mask, all of them if it is 0. */
struct step {
	enum step_kind kind;
	uint32_t addr, value, mask; /* WAIT: addr microseconds; SET, CLEAR: bits of value */
};

/* Plays steps up to STEP_END; fails the test at the first one that differs, by its number. */
void bench_play(struct bench *bench, const char *name, const struct step *steps);

#endif /* BENCHD_TESTS_SIMULATOR_SOC_BENCH_H */
