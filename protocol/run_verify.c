/* SPDX-License-Identifier: MIT */
/* run_verify.c - what was written, compared. */
#include "protocol/crc.h"
#include "protocol/run_internal.h"

#include <string.h>

/* One piece of a step: chunks that leave room for progress and for a cancel. */
#define CHECKSUM_CHUNK (16 * KIB)
#define SAMPLE_CHUNK (4 * KIB)

static const char not_the_image[] = "the flash holds something else than the image";

static enum err mismatch(struct run *run, uint32_t addr, uint8_t expected, uint8_t found,
	const char *what, struct why *why)
{
	run->has_mismatch = true;
	run->mismatch_addr = addr;
	run->expected = expected;
	run->found = found;
	if (run->tolerate_mismatch)
		return ERR_OK;
	if (why) {
		why->expected = expected;
		why->found = found;
	}
	return why_at(why, ERR_VERIFY, addr, what);
}

/* The first byte that differs; len: none. */
static uint32_t first_difference(const uint8_t *want, const uint8_t *have, uint32_t len)
{
	uint32_t i = 0;

	while (i < len && want[i] == have[i])
		i++;
	return i;
}

/*
 * Compares [addr, addr+len), at most a block: *differs says at which byte, len: nowhere. Read data
 * carry no checksum (section 4, 0x11): what differs is read again before it is told. ERR_REPLY: it
 * differs in another way each time, so nothing is known of the flash.
 */
struct comparison {
	uint8_t want[FRAME_MAX_DATA], have[FRAME_MAX_DATA];
	uint32_t differs;
};

static enum err compare(
	struct run *run, uint32_t addr, uint32_t len, struct comparison *c, struct why *why)
{
	uint8_t first[FRAME_MAX_DATA];
	enum err e = boot_read(run->boot, addr, c->have, len, why);

	plan_content(run->plan, addr, c->want, len);
	c->differs = e ? 0 : first_difference(c->want, c->have, len);
	if (e || c->differs == len)
		return e;
	run->boot->retries++;
	memcpy(first, c->have, len);
	e = boot_read(run->boot, addr, c->have, len, why);
	if (e)
		return e;
	c->differs = first_difference(c->want, c->have, len);
	return c->differs == len || !memcmp(first, c->have, len) ? ERR_OK
								 : run_cannot_tell(addr, why);
}

static enum err tell(struct run *run, uint32_t addr, const struct comparison *c, const char *what,
	struct why *why)
{
	return mismatch(
		run, addr + c->differs, c->want[c->differs], c->have[c->differs], what, why);
}

/* As many bytes as are best read at once, to the step's end. */
static uint32_t part_len(const struct run *run, const struct step *step)
{
	const uint32_t left = step->len - run->offset, most = (uint32_t)boot_read_size(run->boot);

	return left < most ? left : most;
}

enum err run_verify(struct run *run, const struct step *step, struct why *why)
{
	struct comparison c;
	enum err e;

	run->addr = step->addr + run->offset;
	run->len = part_len(run, step);
	e = compare(run, run->addr, run->len, &c, why);
	if (!e && c.differs < run->len)
		return tell(run, run->addr, &c, not_the_image, why);
	if (!e)
		run->offset += run->len;
	return e;
}

/* From at to the next multiple of size, or to end. */
static uint32_t to_border(uint32_t at, uint32_t end, uint32_t size)
{
	const uint32_t len = size - at % size;

	return len < end - at ? len : end - at;
}

static uint32_t expected_crc(const struct plan *plan, uint32_t addr, uint32_t len)
{
	uint32_t crc = CRC_STM32_START;
	uint8_t block[FRAME_MAX_DATA];

	for (uint32_t done = 0, part; done < len; done += part) {
		part = len - done < sizeof(block) ? len - done : (uint32_t)sizeof(block);
		plan_content(plan, addr + done, block, part);
		crc = crc_stm32(crc, (struct span){ block, part });
	}
	return crc;
}

/* A wrong checksum says that something differs, not where. *at is the piece's end: nothing does. */
static enum err locate(struct run *run, uint32_t *at, struct comparison *c, struct why *why)
{
	const uint32_t end = run->addr + run->len;
	enum err e = ERR_OK;

	for (*at = run->addr; !e && *at != end;) {
		const uint32_t len = to_border(*at, end, FRAME_MAX_DATA);

		e = compare(run, *at, len, c, why);
		if (!e && c->differs < len)
			break;
		*at += len;
	}
	return e;
}

/* Read byte by byte and the same, it is good whatever the checksum says. */
enum err run_checksum(struct run *run, const struct step *step, struct why *why)
{
	struct comparison c;
	uint32_t crc = 0, at = 0;
	enum err e;

	run->addr = step->addr + run->offset;
	run->len = to_border(run->addr, step->addr + step->len, CHECKSUM_CHUNK);
	e = boot_checksum(run->boot, run->addr, run->len, &crc, why);
	if (!e && crc != expected_crc(run->plan, run->addr, run->len)) {
		run->boot->retries++;
		e = locate(run, &at, &c, why);
		if (!e && at != run->addr + run->len)
			return tell(run, at, &c, not_the_image, why);
	}
	if (!e)
		run->offset += run->len;
	return e;
}

/* A page shorter than a block is erased by itself, and may have lied by itself. */
static uint32_t stride_of(const struct chip *chip)
{
	const uint32_t page = chip->runs[0].size;

	return page < FRAME_MAX_DATA ? page : FRAME_MAX_DATA;
}

/* Another word in each block, so that what a program keeps blank at its edges hides nothing. */
static uint32_t pick(uint32_t at, uint32_t len)
{
	return at + (at / FRAME_MAX_DATA * 2654435761u >> 16) % (len / 4) * 4;
}

/* A sample says that the piece is not blank, not from where on. */
static enum err tell_first(struct run *run, struct why *why)
{
	struct comparison c;
	uint32_t at = 0;
	const enum err e = locate(run, &at, &c, why);

	if (e)
		return e;
	return at == run->addr + run->len
		? run_cannot_tell(run->addr, why)
		: tell(run, at, &c, "it was erased, and is not blank", why);
}

enum err run_sample(struct run *run, const struct step *step, struct why *why)
{
	const uint32_t stride = stride_of(run->plan->chip);
	struct comparison c;
	enum err e = ERR_OK;

	run->addr = step->addr + run->offset;
	run->len = to_border(run->addr, step->addr + step->len, SAMPLE_CHUNK);
	for (uint32_t at = run->addr, end = at + run->len, len; !e && at != end; at += len) {
		len = to_border(at, end, stride);
		e = compare(run, pick(at, len), 4, &c, why);
		if (!e && c.differs < 4)
			return tell_first(run, why);
	}
	if (!e)
		run->offset += run->len;
	return e;
}
