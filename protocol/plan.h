/* SPDX-License-Identifier: MIT */
/*
 * plan.h - what will be done to the chip, decided before a byte is sent.
 * Pure: no I/O, no clock. Any thread may call it on objects it owns. A plan borrows its image and
 * its chip: both must outlive it.
 */
#ifndef BENCHD_PROTOCOL_PLAN_H
#define BENCHD_PROTOCOL_PLAN_H

#include "protocol/boot.h"
#include "protocol/chip.h"
#include "protocol/image.h"

enum plan_erase { PLAN_ERASE_NEEDED, PLAN_ERASE_MASS, PLAN_ERASE_NONE };
enum plan_verify { PLAN_VERIFY_AUTO, PLAN_VERIFY_CRC, PLAN_VERIFY_READ, PLAN_VERIFY_NONE };
enum plan_write { PLAN_WRITE_AUTO, PLAN_WRITE_CHANGED, PLAN_WRITE_ALL };
enum plan_start { PLAN_START_NONE, PLAN_START_RESET, PLAN_START_GO };

struct plan_options {
	enum plan_erase erase;
	enum plan_verify verify;
	bool skip_outside; /* outside=skip: leave out segments beyond main flash, with a warning */
	bool force;        /* do not ask whether it looks like an application */
	enum plan_start start;
	enum plan_write write;       /* which sectors a survey is made of (survey.h) */
	const struct survey *survey; /* what the part holds already; NULL: nothing is known of it */
	/* for the estimate */
	uint32_t baud;
	uint32_t turnaround_us; /* of the adapter, as boot has measured it */
	bool bursts;
	bool resumes;        /* a session is open: the ROM is only asked who it is */
	uint32_t restart_us; /* of the control, as boot has measured it; 0: not known */
	uint32_t sync_us;    /* until a 7F is answered after that, likewise */
	uint32_t supply_mv;  /* as boot_set_supply() was given; 0: not */
	uint32_t beside_reads, beside_bytes; /* of what stands beside the image (neighbours.h) */
};

enum step_kind {
	STEP_MASS_ERASE,
	STEP_ERASE,
	STEP_WRITE,
	STEP_VERIFY,   /* read back and compare */
	STEP_CHECKSUM, /* the same by Get Checksum */
	STEP_SAMPLE,   /* only erased: a word in each 256 bytes (and sector) is looked at */
	STEP_START
};

struct step {
	enum step_kind kind;
	uint32_t addr, len;     /* the range; STEP_START: addr of the vector table */
	uint32_t sector, count; /* STEP_ERASE: the first sector and how many */
};

/* Why a plan deserves a second look. */
enum plan_note {
	PLAN_NOTE_OUTSIDE_SKIPPED = 1 << 0,   /* segments outside main flash are left out */
	PLAN_NOTE_NOT_APPLICATION = 1 << 1,   /* it does not look like one, and force was given */
	PLAN_NOTE_NOT_VERIFIED = 1 << 2,      /* verify=none */
	PLAN_NOTE_SIZE_ASSUMED = 1 << 3,      /* the size register could not be read */
	PLAN_NOTE_ERASE_ALL_SECTORS = 1 << 4, /* mass erase is not to be had: all sectors instead */
	PLAN_NOTE_LAYOUT_ASSUMED = 1 << 5,    /* the option bit of its layout was not read */
};

struct plan {
	const struct image *image;
	const struct chip *chip;
	uint32_t flash_bytes;
	struct step *steps; /* erases, then writes, then verifies, then the start */
	size_t count;
	uint32_t erase_bytes, erase_sectors, write_bytes;
	uint32_t verify_bytes, sample_bytes; /* compared; sample_bytes of them here and there */
	/* of the image, not written: outside, blank after the erase, or there already */
	uint32_t skipped_bytes;
	/* How it is known that the content is right: PLAN_VERIFY_CRC, _READ or _NONE. */
	enum plan_verify verified;
	uint32_t estimated_ms; /* from connecting to the end, where nothing goes wrong */
	unsigned notes;        /* enum plan_note bits */
	enum plan_start start;
	uint32_t start_addr; /* the lowest flash segment */
};

/*
 * Fills *plan. The image's bytes are aligned to the part's write_align: a write step is padded
 * with the erased value and never covers another segment's bytes with padding (fact 4, 0x31).
 * ERR_RANGE: a byte lies outside the flash, addr is the first one. ERR_EMPTY: nothing is left to
 * program. ERR_NOT_APPLICATION. ERR_ALIGNMENT: erase=none and a write would tear a flash word
 * that is not whole. ERR_UNKNOWN_PART: device has no chip or no flash size. ERR_READ_PROTECTED: the
 * device is. ERR_UNSUPPORTED: the ROM has no command that is needed. ERR_NO_MEMORY.
 * After an erase, whole blocks that hold nothing but the erased value are not written; and where
 * all sectors must go, one mass erase is planned if the part is quick at it. A survey spares
 * sectors that hold what they should, and the erase of blank ones. verify=auto compares by Get
 * Checksum where the ROM has it, all of the sectors that were erased; else it reads what was
 * written, and samples what was only erased. verify=read reads all that the image names. verify=crc
 * is refused where the ROM has no Get Checksum.
 * On error *plan is empty and needs no release.
 */
enum err plan_flash(struct plan *plan, const struct image *image, const struct device *device,
	const struct plan_options *options, struct why *why);
/* Only verify steps, of all that the image names: what POST verify does. */
enum err plan_verify(struct plan *plan, const struct image *image, const struct device *device,
	const struct plan_options *options, struct why *why);
/*
 * Only erase steps: [addr, addr+len) must lie in flash; whole sectors that it touches. len 0
 * means all (mass), the only erase of a part that is not known. image is NULL in the plan.
 */
enum err plan_erase(struct plan *plan, const struct device *device, uint32_t addr, uint32_t len,
	struct why *why);
void plan_release(struct plan *plan);

/*
 * What a write of [addr, addr+len) sends: the erased value, with the image's bytes copied over.
 */
void plan_content(const struct plan *plan, uint32_t addr, uint8_t *out, size_t len);

#endif /* BENCHD_PROTOCOL_PLAN_H */
