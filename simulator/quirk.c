/* SPDX-License-Identifier: MIT */
/* quirk.c - the names of quirks and what they are. */
#include "simulator/quirk.h"

#include <string.h>

/* Q1 and its like: rows of docs/facts/an3155.md 9. */
static const struct quirk quirks[] = {
	{ "double-ack-at-sync", SIM_DOUBLE_ACK_AT_SYNC, "7F is answered by two ACKs (Q1)" },
	{ "wrong-get-count", SIM_WRONG_GET_COUNT, "Get says two commands too many (Q2)" },
	{ "no-first-go-ack", SIM_NO_FIRST_GO_ACK, "Go lacks the ACK to its code (Q2)" },
	{ "dead-go", SIM_DEAD_GO, "Go takes its address and is never heard of again (Q3)" },
	{ "go-stack-limit", SIM_GO_STACK_LIMIT,
		"Go hangs when the stack begins in the last 16 bytes of RAM (Q4)" },
	{ "double-nack-protected", SIM_DOUBLE_NACK_PROTECTED,
		"two NACKs under readout protection (Q5)" },
	{ "no-nack-bad-address", SIM_NO_NACK_BAD_ADDRESS,
		"a bad address is met with silence, as before protocol 3.1 (Q6)" },
	{ "refuse-short-system-reads", SIM_REFUSE_SHORT_SYSTEM_READS,
		"few bytes of the size and id registers are refused (Q7)" },
	{ "no-mass-erase", SIM_NO_MASS_ERASE, "mass erase is refused (Q8)" },
	{ "erase-limit", SIM_ERASE_LIMIT, "more than 512 pages in one erase are refused (Q8)" },
	{ "early-bank2-ack", SIM_EARLY_BANK2_ACK,
		"the erase of bank 2 is acknowledged before it is done (4, 0x44)" },
	{ "early-erase-ack", SIM_EARLY_ERASE_ACK,
		"an erase of several pages is acknowledged before it is done (Q14)" },
	{ "no-option-launch", SIM_NO_OPTION_LAUNCH,
		"option bytes take effect at the next power-on only (Q15)" },
	{ "no-bank-erase", SIM_NO_BANK_ERASE, "bank erase is refused (Q17)" },
	{ "no-crystal", SIM_NO_CRYSTAL, "started without its crystal: late (Q18)" },
	{ "old-version-number", SIM_OLD_VERSION_NUMBER, "says 2.0 and means 2.2 (Q19)" },
	{ "unprotect-needs-power", SIM_UNPROTECT_NEEDS_POWER,
		"readout protection is off after a power cycle only (Q20)" },
	{ "fatal-overrun", SIM_FATAL_OVERRUN, "a byte sent while it is busy kills it (Q20)" },
	{ "empty-latch", SIM_EMPTY_LATCH,
		"\"flash is empty\" is noticed at power-on only: still the ROM after writing "
		"(Q23)" },
	{ "empty-cleared", SIM_EMPTY_CLEARED,
		"the ROM forgets that flash is empty: the next reset runs nothing (Q24)" },
	{ "needs-parity", SIM_NEEDS_PARITY, "drops bytes sent without even parity (1)" },
	{ "lenient-sync", SIM_LENIENT_SYNC,
		"waits for 7F through anything; else a first byte of another kind deafens it "
		"(2.1)" },
	{ "limit-57600", SIM_LIMIT_57600, "cannot measure more than 57600 baud (1)" },
	{ "no-burst", SIM_NO_BURST, "hears nothing while it sends a reply (3, rule 7)" },
	{ "busy-bytes", SIM_BUSY_BYTES, "says BUSY (76) while it erases and programs (1)" },
	{ "silent-write-failure", SIM_SILENT_WRITE_FAILURE, "writes are ACKed and do nothing (4)" },
	{ "misaligned-poison", SIM_MISALIGNED_POISON,
		"after a misaligned write all writes fail until reset (4, 0x31)" },
	{ "ff-nonzero-ack", SIM_FF_NONZERO_ACK,
		"Erase FF and not 00 is ACKed and erases nothing (4, 0x43)" },
	{ "early-unprotect-ack", SIM_EARLY_UNPROTECT_ACK,
		"Readout Unprotect is acknowledged before it erases (4, 0x92)" },
	{ "one-checksum-ack", SIM_ONE_CHECKSUM_ACK,
		"Get Checksum: no second ACK before the result (4, 0xA1)" },
	{ "fixed-polynomial", SIM_FIXED_POLYNOMIAL,
		"Get Checksum takes any polynomial and uses its own (4, 0xA1)" },
	{ "deaf", SIM_DEAF, "never answers: a board that is not there" },
};

const struct quirk *quirk_at(size_t index)
{
	return index < sizeof(quirks) / sizeof(*quirks) ? &quirks[index] : NULL;
}

unsigned quirk_find(const char *name)
{
	for (size_t i = 0; i < sizeof(quirks) / sizeof(*quirks); i++) {
		if (!strcmp(name, quirks[i].name))
			return quirks[i].bit;
	}
	return 0;
}
