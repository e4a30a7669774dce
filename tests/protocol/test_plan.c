/* SPDX-License-Identifier: MIT */
/* test_plan.c - which sectors, which blocks, which refusals. */
#include "protocol/plan.h"
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))
#define MAX_SEGMENTS 5

/* A device as boot_connect() leaves it, with every command that its row's part may have. */
static struct device device_of(const struct chip *chip)
{
	static const uint8_t listed[] = { COMMAND_READ_MEMORY, COMMAND_WRITE_MEMORY, COMMAND_GO,
		COMMAND_EXTENDED_ERASE };
	struct device device = { .product_id = chip ? chip->product_id : 0,
		.chip = chip,
		.flash_bytes = chip ? chip->flash_bytes : 0,
		.flash_size_is_read = true };

	for (size_t i = 0; i < ARRAY_LEN(listed); i++)
		device.commands[listed[i] / 8] |= (uint8_t)(1u << listed[i] % 8);
	return device;
}

static void give_command(struct device *device, uint8_t command)
{
	device->commands[command / 8] |= (uint8_t)(1u << command % 8);
}

static void forget_command(struct device *device, uint8_t command)
{
	device->commands[command / 8] &= (uint8_t) ~(1u << command % 8);
}

/* Segments as address and length; all bytes are 0x5A, or the erased value where BLANK is set. */
#define BLANK 0x80000000u
#define READ .force = true, .verify = PLAN_VERIFY_READ
#define AUTO .force = true, .verify = PLAN_VERIFY_AUTO
#define CRC .force = true, .verify = PLAN_VERIFY_CRC
struct piece {
	uint32_t addr, len;
};

static const struct plan_case {
	const char *name;
	uint32_t product_id;
	struct piece pieces[MAX_SEGMENTS];
	struct plan_options options;
	/* E sector+count, M, W addr+len, V, c(hecksum), s(ample) as W, S; offsets in flash */
	const char *want;
	uint32_t skipped;
	unsigned notes;
} plans[] = {
	{ "one byte on an F1", 0x410, { { 0x08000000, 1 } }, { READ }, "E0+1 W0+4 V0+1", 0, 0 },
	{ "one byte in the middle of a word of an L4", 0x415, { { 0x0800000B, 1 } }, { READ },
		"E0+1 W8+8 Vb+1", 0, 0 },
	{ "an H7 word is 32 bytes", 0x450, { { 0x08000021, 2 } }, { READ }, "E0+1 W20+20 V21+2", 0,
		0 },
	{ "two segments in one word are one write", 0x415, { { 0x08000000, 3 }, { 0x08000005, 2 } },
		{ READ }, "E0+1 W0+8 V0+3 V5+2", 0, 0 },
	{ "two segments in words that touch are one write", 0x415,
		{ { 0x08000000, 3 }, { 0x0800000D, 2 } }, { READ }, "E0+1 W0+10 V0+3 Vd+2", 0, 0 },
	{ "a hole of a word stays a hole", 0x415, { { 0x08000000, 3 }, { 0x08000015, 2 } },
		{ READ }, "E0+1 W0+8 W10+8 V0+3 V15+2", 0, 0 },
	{ "F4: across its first sectors", 0x413, { { 0x08003FFF, 2 } }, { READ },
		"E0+2 W3ffc+8 V3fff+2", 0, 0 },
	{ "F4: a big sector", 0x413, { { 0x08020000, 4 } }, { READ }, "E5+1 W20000+4 V20000+4", 0,
		0 },
	{ "sectors far apart are two runs", 0x410, { { 0x08000000, 4 }, { 0x08001000, 4 } },
		{ READ }, "E0+1 E4+1 W0+4 W1000+4 V0+4 V1000+4", 0, 0 },
	{ "neighbouring sectors are one", 0x410, { { 0x08000000, 4 }, { 0x08000400, 4 } }, { READ },
		"E0+2 W0+4 W400+4 V0+4 V400+4", 0, 0 },
	{ "blank blocks are not written but verified", 0x410,
		{ { 0x08000000, BLANK | 0x300 }, { 0x08000301, 4 } }, { READ },
		"E0+1 W300+8 V0+300 V301+4", 0x300, 0 },
	{ "blank means 00 on an L1", 0x437, { { 0x08000000, BLANK | 0x100 } }, { READ },
		"E0+1 V0+100", 0x100, 0 },
	{ "without an erase blank blocks are written too", 0x410, { { 0x08000000, BLANK | 0x100 } },
		{ READ, .erase = PLAN_ERASE_NONE }, "W0+100 V0+100", 0, 0 },
	{ "mass erase", 0x410, { { 0x08000000, 4 } }, { READ, .erase = PLAN_ERASE_MASS },
		"M W0+4 V0+4", 0, 0 },
	{ "an L1 has none: all its sectors", 0x437, { { 0x08000000, 8 } },
		{ READ, .erase = PLAN_ERASE_MASS }, "E0+800 W0+8 V0+8", 0,
		PLAN_NOTE_ERASE_ALL_SECTORS },
	{ "no verify", 0x410, { { 0x08000000, 4 } }, { .force = true, .verify = PLAN_VERIFY_NONE },
		"E0+1 W0+4", 0, PLAN_NOTE_NOT_VERIFIED },
	{ "start at the lowest segment", 0x410, { { 0x08000400, 4 }, { 0x08000800, 4 } },
		{ READ, .start = PLAN_START_GO }, "E1+2 W400+4 W800+4 V400+4 V800+4 S400", 0, 0 },
	{ "outside: skipped when asked", 0x410,
		{ { 0x08000000, 4 }, { 0x1FFFF800, 16 }, { 0x20000000, 9 } },
		{ READ, .skip_outside = true }, "E0+1 W0+4 V0+4", 25, PLAN_NOTE_OUTSIDE_SKIPPED },
	{ "not an application, but forced", 0x410, { { 0x08000000, 64 } }, { READ },
		"E0+1 W0+40 V0+40", 0, PLAN_NOTE_NOT_APPLICATION },
	{ "the last word of the part", 0x410, { { 0x0801FFFF, 1 } }, { READ },
		"E7f+1 W1fffc+4 V1ffff+1", 0, 0 },
	/* verify=auto: all that was written, and samples (s) of the rest of what was erased */
	{ "auto: an F1", 0x410, { { 0x08000000, 1 } }, { AUTO }, "E0+1 W0+4 V0+4 s4+3fc", 0, 0 },
	{ "auto: before, between and after", 0x410, { { 0x08000100, 4 }, { 0x08000208, 4 } },
		{ AUTO }, "E0+1 W100+4 W208+4 V100+4 V208+4 s0+100 s104+104 s20c+1f4", 0, 0 },
	{ "auto: runs of sectors far apart", 0x410, { { 0x08000000, 4 }, { 0x08001000, 4 } },
		{ AUTO }, "E0+1 E4+1 W0+4 W1000+4 V0+4 V1000+4 s4+3fc s1004+3fc", 0, 0 },
	{ "auto: what is blank in the image too", 0x410, { { 0x08000000, BLANK | 0x400 } },
		{ AUTO }, "E0+1 s0+400", 0x400, 0 },
	{ "auto: a mass erase is sampled whole", 0x412, { { 0x08000000, 4 } },
		{ AUTO, .erase = PLAN_ERASE_MASS }, "M W0+4 V0+4 s4+7ffc", 0, 0 },
	{ "auto without an erase", 0x410, { { 0x08000000, 8 } }, { AUTO, .erase = PLAN_ERASE_NONE },
		"W0+8 V0+8", 0, 0 },
	/* Get Checksum (c) takes all of it */
	{ "checksum: whole sectors", 0x410, { { 0x08000003, 1 }, { 0x08001000, 4 } }, { CRC },
		"E0+1 E4+1 W0+4 W1000+4 c0+400 c1000+400", 0, 0 },
	{ "checksum without an erase", 0x410, { { 0x08000008, 8 } },
		{ CRC, .erase = PLAN_ERASE_NONE }, "W8+8 c8+8", 0, 0 },
	/* all sectors */
	{ "all of an F1 goes at once", 0x412, { { 0x08000000, 4 }, { 0x08000400, 0x7c00 } },
		{ READ }, "M W0+4 W400+7c00 V0+4 V400+7c00", 0, 0 },
};

struct sketch {
	struct image image;
	struct segment segments[MAX_SEGMENTS];
	uint8_t full[32 * KIB], blank[2048];
};

static void sketch_init(struct sketch *s, const struct piece *pieces, uint8_t erased)
{
	memset(s, 0, sizeof(*s));
	memset(s->full, 0x5A, sizeof(s->full));
	memset(s->blank, erased, sizeof(s->blank));
	s->image.segments = s->segments;
	for (size_t i = 0; i < MAX_SEGMENTS && pieces[i].len; i++) {
		const uint32_t len = pieces[i].len & ~BLANK;
		const uint8_t *bytes = pieces[i].len & BLANK ? s->blank : s->full;

		s->segments[s->image.count++] = (struct segment){ pieces[i].addr, { bytes, len } };
		s->image.bytes += len;
	}
}

static void describe(const struct plan *plan, char *text, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct step *s = &plan->steps[i];
		const uint32_t at = s->addr - plan->chip->flash_base;
		const char *gap = i ? " " : "";

		if (s->kind == STEP_MASS_ERASE)
			used += (size_t)snprintf(text + used, size - used, "%sM", gap);
		else if (s->kind == STEP_START)
			used += (size_t)snprintf(text + used, size - used, "%sS%x", gap, at);
		else
			used += (size_t)snprintf(text + used, size - used, "%s%c%x+%x", gap,
				"MEWVcs"[s->kind], s -> kind == STEP_ERASE ? s -> sector : at,
				s -> kind == STEP_ERASE ? s -> count : s -> len);
	}
}

static void plans_are_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(plans); i++) {
		const struct plan_case *c = &plans[i];
		const struct chip *chip = chip_find(c->product_id);
		struct device device = device_of(chip);
		struct sketch s;
		struct plan plan;
		char text[512] = "";
		struct why why = { 0 };

		sketch_init(&s, c->pieces, chip->erased);
		if (c->options.verify == PLAN_VERIFY_CRC)
			give_command(&device, COMMAND_GET_CHECKSUM);
		if (plan_flash(&plan, &s.image, &device, &c->options, &why))
			fail_msg("%s: %s", c->name, why.what);
		describe(&plan, text, sizeof(text));
		if (strcmp(text, c->want))
			fail_msg("%s: %s", c->name, text);
		assert_int_equal(plan.skipped_bytes, c->skipped);
		assert_int_equal(plan.notes & ~(unsigned)PLAN_NOTE_NOT_APPLICATION,
			c->notes & ~(unsigned)PLAN_NOTE_NOT_APPLICATION);
		assert_true(plan.notes & PLAN_NOTE_NOT_APPLICATION); /* 5A5A5A5A is no stack */
		assert_true(plan.estimated_ms > 0);
		plan_release(&plan);
	}
}

enum spoil {
	SPOIL_NONE,
	SPOIL_CHIP,
	SPOIL_SIZE,
	SPOIL_PROTECTED,
	SPOIL_READ,
	SPOIL_WRITE,
	SPOIL_ERASE,
	SPOIL_GO
};

static const struct refusal {
	const char *name;
	uint32_t product_id;
	struct piece pieces[MAX_SEGMENTS];
	struct plan_options options;
	enum spoil spoil;
	enum err want;
	uint32_t addr; /* 0: none */
} refusals[] = {
	{ "not an application", 0x410, { { 0x08000000, 64 } }, { 0 }, SPOIL_NONE,
		ERR_NOT_APPLICATION, 0x08000000 },
	{ "beyond the flash", 0x410, { { 0x0801FFF0, 32 } }, { .force = true }, SPOIL_NONE,
		ERR_RANGE, 0x08020000 },
	{ "before the flash", 0x410, { { 0x00000000, 32 } }, { .force = true }, SPOIL_NONE,
		ERR_RANGE, 0 },
	{ "into the flash from before", 0x410, { { 0x07FFFFF0, 32 } },
		{ .force = true, .skip_outside = true }, SPOIL_NONE, ERR_RANGE, 0x07FFFFF0 },
	{ "a smaller part of the row", 0x410, { { 0x08000000, 4 }, { 0x08010000, 4 } },
		{ .force = true }, SPOIL_SIZE, ERR_RANGE, 0x08010000 },
	{ "too large is not outside", 0x410, { { 0x0801FFF0, 32 } },
		{ .force = true, .skip_outside = true }, SPOIL_NONE, ERR_RANGE, 0x08020000 },
	{ "option bytes", 0x410, { { 0x08000000, 4 }, { 0x1FFFF800, 16 } }, { .force = true },
		SPOIL_NONE, ERR_RANGE, 0x1FFFF800 },
	{ "nothing left", 0x410, { { 0x1FFFF800, 16 } }, { .force = true, .skip_outside = true },
		SPOIL_NONE, ERR_EMPTY, 0 },
	{ "erase=none and half a word", 0x410, { { 0x08000000, 6 } },
		{ .force = true, .erase = PLAN_ERASE_NONE }, SPOIL_NONE, ERR_ALIGNMENT,
		0x08000004 },
	{ "erase=none and a late start", 0x415, { { 0x08000004, 12 } },
		{ .force = true, .erase = PLAN_ERASE_NONE }, SPOIL_NONE, ERR_ALIGNMENT,
		0x08000004 },
	{ "unknown part", 0x410, { { 0x08000000, 4 } }, { .force = true }, SPOIL_CHIP,
		ERR_UNKNOWN_PART, 0 },
	{ "no flash of its own", 0x500, { { 0x08000000, 4 } }, { .force = true }, SPOIL_NONE,
		ERR_UNKNOWN_PART, 0 },
	{ "read protection", 0x410, { { 0x08000000, 4 } }, { .force = true }, SPOIL_PROTECTED,
		ERR_READ_PROTECTED, 0 },
	{ "no Read Memory to verify with", 0x410, { { 0x08000000, 4 } }, { .force = true },
		SPOIL_READ, ERR_UNSUPPORTED, 0 },
	{ "no Write Memory", 0x410, { { 0x08000000, 4 } }, { .force = true }, SPOIL_WRITE,
		ERR_UNSUPPORTED, 0 },
	{ "no erase", 0x410, { { 0x08000000, 4 } }, { .force = true }, SPOIL_ERASE, ERR_UNSUPPORTED,
		0 },
	{ "no Go", 0x410, { { 0x08000000, 4 } }, { .force = true, .start = PLAN_START_GO },
		SPOIL_GO, ERR_UNSUPPORTED, 0 },
	{ "no Get Checksum", 0x410, { { 0x08000000, 4 } },
		{ .force = true, .verify = PLAN_VERIFY_CRC }, SPOIL_NONE, ERR_UNSUPPORTED, 0 },
};

static void spoil(struct device *device, enum spoil how)
{
	static const uint8_t lost[] = { [SPOIL_READ] = COMMAND_READ_MEMORY,
		[SPOIL_WRITE] = COMMAND_WRITE_MEMORY,
		[SPOIL_ERASE] = COMMAND_EXTENDED_ERASE,
		[SPOIL_GO] = COMMAND_GO };

	if (how == SPOIL_CHIP)
		*device = device_of(NULL);
	if (how == SPOIL_SIZE)
		device->flash_bytes = 64 * KIB;
	device->readout_protected = how == SPOIL_PROTECTED;
	if (how >= SPOIL_READ)
		forget_command(device, lost[how]);
}

static void refusals_name_the_first_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		const struct refusal *r = &refusals[i];
		struct device device = device_of(chip_find(r->product_id));
		struct sketch s;
		struct plan plan;
		struct why why = { 0 };
		enum err e;

		sketch_init(&s, r->pieces, 0xFF);
		spoil(&device, r->spoil);
		e = plan_flash(&plan, &s.image, &device, &r->options, &why);
		if (e != r->want || why.addr != r->addr)
			fail_msg("%s: %s at %X", r->name, err_name(e), why.addr);
		assert_int_equal(why.err, e);
		assert_non_null(why.what);
		assert_null(plan.steps);
	}
}

static void unread_size_is_noted(void **state)
{
	static const struct piece pieces[MAX_SEGMENTS] = { { 0x08000000, 4 } };
	static const struct plan_options options = { .force = true };
	struct device device = device_of(chip_find(0x410));
	struct sketch s;
	struct plan plan;

	(void)state;
	device.flash_size_is_read = false;
	sketch_init(&s, pieces, 0xFF);
	assert_int_equal(plan_flash(&plan, &s.image, &device, &options, NULL), ERR_OK);
	assert_true(plan.notes & PLAN_NOTE_SIZE_ASSUMED);
	plan_release(&plan);
}

static const struct erase_case {
	const char *name;
	uint32_t product_id, addr, len;
	enum err want;
	const char *steps;
	uint32_t why_addr;
} erases[] = {
	{ "all", 0x410, 0, 0, ERR_OK, "M", 0 },
	{ "all of an L0", 0x447, 0, 0, ERR_OK, "E0+600", 0 },
	{ "a byte is a sector", 0x410, 0x08000401, 1, ERR_OK, "E1+1", 0 },
	{ "two sectors", 0x410, 0x080003FF, 2, ERR_OK, "E0+2", 0 },
	{ "to the end", 0x413, 0x080E0000, 0x20000, ERR_OK, "Eb+1", 0 },
	{ "over the end", 0x413, 0x080E0000, 0x20001, ERR_RANGE, "", 0x08100000 },
	{ "before", 0x413, 0x07FFFFFF, 2, ERR_RANGE, "", 0x07FFFFFF },
	{ "around the world", 0x413, 0x08000004, 0xFFFFFFFF, ERR_RANGE, "", 0x08100000 },
};

static void erase_plans(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(erases); i++) {
		const struct erase_case *c = &erases[i];
		const struct device device = device_of(chip_find(c->product_id));
		struct plan plan;
		char text[128] = "";
		struct why why = { 0 };

		assert_int_equal(plan_erase(&plan, &device, c->addr, c->len, &why), c->want);
		describe(&plan, text, sizeof(text));
		if (strcmp(text, c->steps) || why.addr != c->why_addr)
			fail_msg("%s: %s, %X", c->name, text, why.addr);
		plan_release(&plan);
	}
}

static void an_unknown_part_can_only_be_erased_whole(void **state)
{
	const struct device device = device_of(NULL);
	struct plan plan;

	(void)state;
	assert_int_equal(plan_erase(&plan, &device, 0, 0, NULL), ERR_OK);
	assert_int_equal(plan.count, 1);
	assert_int_equal(plan.steps[0].kind, STEP_MASS_ERASE);
	plan_release(&plan);
	assert_int_equal(plan_erase(&plan, &device, 0x08000000, 4, NULL), ERR_UNKNOWN_PART);
}

static void verify_plans_only_verify(void **state)
{
	static const struct piece pieces[MAX_SEGMENTS] = { { 0x08000001, 4 }, { 0x08000100, 7 } };
	static const struct plan_options options = { .erase = PLAN_ERASE_MASS };
	const struct device device = device_of(chip_find(0x410));
	struct sketch s;
	struct plan plan;
	char text[128] = "";

	(void)state;
	sketch_init(&s, pieces, 0xFF);
	assert_int_equal(plan_verify(&plan, &s.image, &device, &options, NULL), ERR_OK);
	describe(&plan, text, sizeof(text));
	assert_string_equal(text, "V1+4 V100+7");
	plan_release(&plan);
}

/*
 * What a plan would leave behind, carried out in memory with the rules of flash: a word is written
 * once after an erase, whole and aligned.
 */
struct flash_model {
	const struct chip *chip;
	uint8_t *cells, *is_fresh; /* per byte: erased and not written since */
};

static void model_erase(struct flash_model *m, const struct step *step)
{
	const uint32_t at = step->addr - m->chip->flash_base;

	memset(m->cells + at, m->chip->erased, step->len);
	memset(m->is_fresh + at, 1, step->len);
}

static void model_write(struct flash_model *m, const struct plan *plan, const struct step *step)
{
	for (uint32_t done = 0; done < step->len;) {
		const uint32_t at = step->addr - m->chip->flash_base + done;
		const uint32_t to_border = FRAME_MAX_DATA - at % FRAME_MAX_DATA;
		const uint32_t len = to_border < step->len - done ? to_border : step->len - done;

		assert_int_equal(at % m->chip->write_align, 0);
		assert_int_equal(len % m->chip->write_align, 0);
		assert_int_equal(len % 4, 0);
		plan_content(plan, m->chip->flash_base + at, m->cells + at, len);
		for (uint32_t i = 0; i < len; i++) {
			assert_true(m->is_fresh[at + i]);
			m->is_fresh[at + i] = 0;
		}
		done += len;
	}
}

static void model_run(struct flash_model *m, const struct plan *plan)
{
	enum step_kind last = STEP_MASS_ERASE;

	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		assert_true(step->kind >= last);
		last = step->kind;
		if (step->kind <= STEP_ERASE)
			model_erase(m, step);
		else if (step->kind == STEP_WRITE)
			model_write(m, plan, step);
	}
}

/* Up to five segments anywhere in the first quarter MiB, as near or far as chance has it. */
static void random_image(
	struct image *image, uint8_t *bytes, const struct chip *chip, uint64_t *random)
{
	const uint32_t room = chip->flash_bytes < 256 * KIB ? chip->flash_bytes : 256 * KIB;
	uint32_t at = bench_random(random) % 3 ? 0 : bench_random(random) % 4096;

	image->count = image->bytes = 0;
	while (image->count < MAX_SEGMENTS && at < room) {
		uint32_t len = 1 + bench_random(random) % (bench_random(random) % 2 ? 9 : 1500);

		len = len < room - at ? len : room - at;
		for (uint32_t i = 0; i < len; i++)
			bytes[at + i] = (uint8_t)(bench_random(random) % 4 ? bench_random(random)
									   : chip->erased);
		image->segments[image->count++] =
			(struct segment){ chip->flash_base + at, { bytes + at, len } };
		image->bytes += len;
		at += len + 1 + bench_random(random) % (bench_random(random) % 2 ? 40 : 60000);
	}
}

/* The image is there; sectors that it does not touch are as they were; the rest is erased. */
static void check_result(const struct flash_model *m, const struct plan *plan, uint32_t room)
{
	for (uint32_t at = 0; at < room;) {
		struct sector sector;
		bool is_touched = false;

		assert_true(chip_sector_at(
			m->chip, plan->flash_bytes, m->chip->flash_base + at, &sector));
		for (size_t i = 0; i < plan->image->count; i++) {
			const struct segment *s = &plan->image->segments[i];

			is_touched |= s->addr < sector.addr + sector.len &&
				sector.addr < s->addr + s->data.len;
		}
		for (uint32_t i = 0; i < sector.len && at < room; i++, at++) {
			uint8_t want = is_touched ? m->chip->erased : 0xA7;

			image_copy(plan->image, m->chip->flash_base + at, &want, 1);
			if (m->cells[at] != want)
				fail_msg("%s: %X holds %02X, not %02X", m->chip->name, at,
					m->cells[at], want);
		}
	}
}

static void check_random_plan(const struct chip *chip, uint64_t seed)
{
	static const struct plan_options options = { READ };
	const struct device device = device_of(chip);
	const uint32_t room = chip->flash_bytes < 512 * KIB ? chip->flash_bytes : 512 * KIB;
	struct segment segments[MAX_SEGMENTS];
	struct image image = { .segments = segments };
	struct flash_model m = { chip, malloc(chip->flash_bytes), calloc(1, chip->flash_bytes) };
	uint8_t *bytes = malloc(256 * KIB);
	struct plan plan;

	assert_true(m.cells && m.is_fresh && bytes);
	memset(m.cells, 0xA7, chip->flash_bytes);
	random_image(&image, bytes, chip, &seed);
	assert_int_equal(plan_flash(&plan, &image, &device, &options, NULL), ERR_OK);
	model_run(&m, &plan);
	check_result(&m, &plan, room);
	assert_int_equal(plan.verify_bytes, image.bytes);
	plan_release(&plan);
	free(bytes);
	free(m.cells);
	free(m.is_fresh);
}

static void random_images_end_up_whole_on_every_chip(void **state)
{
	(void)state;
	for (size_t i = 0; chip_at(i); i++) {
		for (uint64_t seed = 1; chip_is_programmable(chip_at(i)) && seed <= 4; seed++)
			check_random_plan(chip_at(i), i * 1000 + seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_are_exact),
		cmocka_unit_test(refusals_name_the_first_byte),
		cmocka_unit_test(unread_size_is_noted),
		cmocka_unit_test(erase_plans),
		cmocka_unit_test(an_unknown_part_can_only_be_erased_whole),
		cmocka_unit_test(verify_plans_only_verify),
		cmocka_unit_test(random_images_end_up_whole_on_every_chip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
