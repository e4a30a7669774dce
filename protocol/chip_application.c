/* SPDX-License-Identifier: MIT */
/* chip_application.c - does an image look like a program (docs/facts/an3155.md section 11)? */
#include "protocol/chip.h"

#include <string.h>

#define VECTORS 16u /* the initial stack pointer, reset, and the system exceptions */

/* RAM besides the contiguous one of the row; 0 bytes: as much as the row has. */
static const struct {
	const char *family;
	uint32_t base, bytes;
} more_ram[] = {
	{ "F3", 0x10000000, 64 * KIB }, /* CCM */
	{ "F4", 0x10000000, 64 * KIB },
	{ "G4", 0x10000000, 64 * KIB },
	{ "L4", 0x10000000, 64 * KIB }, /* SRAM2 */
	{ "L4+", 0x10000000, 64 * KIB },
	{ "H7", 0x24000000, 1 * MIB }, /* AXI */
	{ "H7", 0x30000000, 512 * KIB },
	{ "L5", 0x30000000, 0 }, /* secure alias */
	{ "U5", 0x30000000, 0 },
	{ "H5", 0x30000000, 0 },
};

/* Full-descending: a stack that starts at the end of RAM has the end as its pointer. */
static bool is_stack_in(uint32_t sp, uint32_t base, uint32_t bytes)
{
	return sp > base && sp - base <= bytes;
}

static bool is_stack(const struct chip *chip, uint32_t sp)
{
	if (sp % 4)
		return false;
	if (!chip->ram_bytes) /* not known: anything in the architecture's SRAM region */
		return is_stack_in(sp, 0x20000000, 0x20000000);
	if (is_stack_in(sp, chip->ram_base, chip->ram_bytes))
		return true;
	for (size_t i = 0; i < sizeof(more_ram) / sizeof(*more_ram); i++) {
		const uint32_t bytes = more_ram[i].bytes ? more_ram[i].bytes : chip->ram_bytes;

		if (strcmp(chip->family, more_ram[i].family) == 0 &&
			is_stack_in(sp, more_ram[i].base, bytes))
			return true;
	}
	return false;
}

/* The start of an image: as many whole vectors as its segment has. */
struct vectors {
	uint32_t addr, count;
	uint32_t word[VECTORS];
};

static enum err refuse(struct why *why, uint32_t addr, const char *what)
{
	return why_at(why, ERR_NOT_APPLICATION, addr, what);
}

/* false: no segment lies in flash. */
static bool read_vectors(
	struct vectors *v, const struct chip *chip, uint32_t flash_bytes, const struct image *image)
{
	const uint64_t base = chip->flash_base, end = base + flash_bytes;

	for (size_t i = 0; i < image->count; i++) {
		const struct segment *s = &image->segments[i];
		const uint64_t segment_end = (uint64_t)s->addr + s->data.len;

		if (segment_end <= base || s->addr >= end)
			continue;
		v->addr = s->addr < base ? chip->flash_base : s->addr;
		const uint64_t words = (segment_end - v->addr) / 4;

		v->count = words < VECTORS ? (uint32_t)words : VECTORS;
		for (uint32_t k = 0; k < v->count; k++)
			v->word[k] = get_le32(s->data.ptr + (v->addr - s->addr) + 4 * k);
		return true;
	}
	return false;
}

static enum err check_reset(
	const struct vectors *v, const struct chip *chip, uint32_t flash_bytes, struct why *why)
{
	const uint32_t at = v->addr + 4, reset = v->word[1];

	if (reset % 2 == 0)
		return refuse(why, at, "the reset vector is even: not Thumb code");
	if (reset - chip->flash_base >= flash_bytes)
		return refuse(why, at,
			reset < flash_bytes
				? "the reset vector lies at address 0: linked for the alias?"
				: "the reset vector points outside this part's flash");
	if (reset - 1 < v->addr + 8)
		return refuse(why, at,
			"the reset vector points before the program: "
			"was it linked for another address?");
	return ERR_OK;
}

enum err chip_check_application(
	const struct chip *chip, uint32_t flash_bytes, const struct image *image, struct why *why)
{
	struct vectors v = { 0 };

	if (!read_vectors(&v, chip, flash_bytes, image))
		return refuse(why, chip->flash_base, "no byte of it lies in this part's flash");
	if (strcmp(chip->family, "GD32VW55x") == 0)
		return ERR_OK; /* a RISC-V: it has no vector table that could be judged */
	if (v.count < 2)
		return refuse(why, v.addr, "it is too short for a vector table");
	if (v.word[0] == v.word[1] && (v.word[0] == 0 || v.word[0] == UINT32_MAX))
		return refuse(why, v.addr, "it starts blank");
	if (!is_stack(chip, v.word[0]))
		return refuse(
			why, v.addr, "the first word is no stack pointer into this part's RAM");
	enum err e = check_reset(&v, chip, flash_bytes, why);

	for (uint32_t i = 2; !e && i < v.count; i++) {
		if (v.word[i] &&
			(v.word[i] % 2 == 0 || v.word[i] - chip->flash_base >= flash_bytes))
			e = refuse(why, v.addr + 4 * i,
				"an exception vector does not point to Thumb code in flash");
	}
	return e;
}
