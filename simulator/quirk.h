/* SPDX-License-Identifier: MIT */
/*
 * quirk.h - what distinguishes one ROM from what the document says of all, as named bits
 * (docs/facts/an3155.md 2, 3, 8.3 and 9). A part's own are on by default. Constant data; any
 * thread.
 */
#ifndef BENCHD_SIMULATOR_QUIRK_H
#define BENCHD_SIMULATOR_QUIRK_H

#include <stddef.h>

enum sim_quirk {
	SIM_DOUBLE_ACK_AT_SYNC = 1 << 0,
	SIM_WRONG_GET_COUNT = 1 << 1,
	SIM_DOUBLE_NACK_PROTECTED = 1 << 2,
	SIM_NO_NACK_BAD_ADDRESS = 1 << 3,
	SIM_REFUSE_SHORT_SYSTEM_READS = 1 << 4,
	SIM_SILENT_WRITE_FAILURE = 1 << 5,
	SIM_DEAF = 1 << 6,
	SIM_NEEDS_PARITY = 1 << 7,
	SIM_EARLY_ERASE_ACK = 1 << 8,
	SIM_EARLY_BANK2_ACK = 1 << 9,
	SIM_NO_MASS_ERASE = 1 << 10,
	SIM_NO_BANK_ERASE = 1 << 11,
	SIM_ERASE_LIMIT = 1 << 12,
	SIM_LENIENT_SYNC = 1 << 13,
	SIM_LIMIT_57600 = 1 << 14,
	SIM_NO_FIRST_GO_ACK = 1 << 15,
	SIM_DEAD_GO = 1 << 16,
	SIM_GO_STACK_LIMIT = 1 << 17,
	SIM_BUSY_BYTES = 1 << 18,
	SIM_MISALIGNED_POISON = 1 << 19,
	SIM_FF_NONZERO_ACK = 1 << 20,
	SIM_EMPTY_LATCH = 1 << 21,
	SIM_EMPTY_CLEARED = 1 << 22,
	SIM_NO_CRYSTAL = 1 << 23,
	SIM_NO_OPTION_LAUNCH = 1 << 24,
	SIM_UNPROTECT_NEEDS_POWER = 1 << 25,
	SIM_FATAL_OVERRUN = 1 << 26,
	SIM_EARLY_UNPROTECT_ACK = 1 << 27,
	SIM_OLD_VERSION_NUMBER = 1 << 28,
	SIM_ONE_CHECKSUM_ACK = 1 << 29,
	SIM_FIXED_POLYNOMIAL = 1 << 30,
};
/* The last of 32: an enumerator is an int, which has no such bit. Sets of them are unsigned. */
#define SIM_NO_BURST (1u << 31)

struct quirk {
	const char *name;
	unsigned bit;
	const char *what; /* one line, for people */
};

/* From 0 on; NULL after the last. */
const struct quirk *quirk_at(size_t index);
/* A quirk's bit by its name, as "double-ack-at-sync"; 0: no such quirk. */
unsigned quirk_find(const char *name);

#endif /* BENCHD_SIMULATOR_QUIRK_H */
