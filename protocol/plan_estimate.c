/* SPDX-License-Identifier: MIT */
/*
 * plan_estimate.c - how long a plan will take: the line's time, and typical erase and program
 * times as the families' data sheets give them, rounded. Only an estimate hangs on them: the
 * deadlines of boot*.c do not.
 */
#include "protocol/plan_internal.h"

#include <string.h>

/* Typical: erase_ms for each sector plus erase_ms_per_kib, program_us for 256 bytes. */
struct tempo {
	const char *family;
	uint32_t erase_ms, erase_ms_per_kib, mass_ms, program_us;
};

static const struct tempo tempos[] = {
	{ "F0", 25, 0, 30, 6800 },
	{ "F1", 25, 0, 30, 6800 },
	{ "F3", 25, 0, 30, 6800 },
	{ "F1-clone", 25, 0, 30, 6800 },
	{ "F2", 200, 14, 16000, 4100 }, /* byte mode: section 4, 0x31, speed register */
	{ "F4", 200, 14, 16000, 4100 },
	{ "F7", 200, 14, 16000, 4100 },
	{ "H7", 300, 13, 10000, 1600 },
	{ "L0", 4, 0, 4, 13000 },
	{ "L1", 4, 0, 4, 13000 },
	{ "U5", 2, 0, 500, 2000 },
	{ "H5", 2, 0, 500, 2000 },
};
static const struct tempo tempo_other = { "", 22, 0, 25, 2700 }; /* C0, G0, G4, L4, L5, W.. */

enum {
	BITS_PER_BYTE = 11,
	EXCHANGE_BYTES = 12, /* beside the data of a read or a write: section 1 */
	ERASE_REQUEST_BYTES = 8,
	CONNECT_MS = 400,
	START_MS = 150,
};

static const struct tempo *tempo_of(const struct chip *chip)
{
	for (size_t i = 0; chip && i < sizeof(tempos) / sizeof(*tempos); i++) {
		if (!strcmp(tempos[i].family, chip->family))
			return &tempos[i];
	}
	return &tempo_other;
}

bool plan_has_quick_mass_erase(const struct chip *chip)
{
	static const char *const families[] = { "C0", "F0", "F1", "F3", "G0", "G4", "L4" };

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		if (!strcmp(families[i], chip->family))
			return true;
	}
	return false;
}

static uint64_t blocks_of(const struct step *step)
{
	const uint64_t end = step->addr + (uint64_t)step->len;

	return (end + FRAME_MAX_DATA - 1) / FRAME_MAX_DATA - step->addr / FRAME_MAX_DATA;
}

static uint64_t step_us(const struct step *step, const struct tempo *tempo, uint32_t baud)
{
	const uint64_t blocks = blocks_of(step);
	const uint64_t data_us =
		(step->len + blocks * EXCHANGE_BYTES) * BITS_PER_BYTE * 1000000ull / baud;

	switch (step->kind) {
	case STEP_MASS_ERASE:
		return tempo->mass_ms * 1000ull;
	case STEP_ERASE:
		return (step->count * (uint64_t)tempo->erase_ms +
			       step->len / KIB * (uint64_t)tempo->erase_ms_per_kib) *
			1000 +
			ERASE_REQUEST_BYTES * BITS_PER_BYTE * 1000000ull / baud;
	case STEP_WRITE:
		return data_us + blocks * tempo->program_us;
	case STEP_VERIFY:
		return data_us;
	default:
		return START_MS * 1000;
	}
}

uint32_t plan_estimate(const struct plan *plan, uint32_t baud)
{
	const struct tempo *tempo = tempo_of(plan->chip);
	uint64_t us = CONNECT_MS * 1000;

	for (size_t i = 0; i < plan->count; i++)
		us += step_us(&plan->steps[i], tempo, baud ? baud : 115200);
	return (uint32_t)(us / 1000);
}
