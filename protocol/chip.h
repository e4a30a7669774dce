/* SPDX-License-Identifier: MIT */
/*
 * chip.h - what is known of each part: rows of chips.inc, generated from
 * docs/facts/stm32-devices.csv by scripts/generate-chips (columns: docs/facts/an3155.md
 * section 12).
 * Constant data; any thread.
 */
#ifndef BENCHD_PROTOCOL_CHIP_H
#define BENCHD_PROTOCOL_CHIP_H

#include "protocol/bytes.h"
#include "protocol/err.h"
#include "protocol/image.h"

/* count erase units ("sectors" here, "pages" on some families) of size bytes each. */
struct chip_run {
	uint32_t count, size;
};
#define CHIP_MAX_RUNS 8
#define CHIP_MAX_SECTORS 2048u /* the most that a row has; the self-check test holds it */
#define CHIP_UNIQUE_ID_BYTES 12

/* Traits that change what the host does; each cites its line in docs/facts/an3155.md. */
enum chip_trait {
	CHIP_NO_MASS_ERASE = 1 << 0,       /* L0, L1: section 4, 0x44; Q8 */
	CHIP_WHOLE_BLOCK_READS = 1 << 1,   /* F4, L0: short reads of system registers refused; Q7 */
	CHIP_SPEED_REGISTER = 1 << 2,      /* F2, F4, F7: 0xFFFF0000; section 4, 0x31 */
	CHIP_NO_PARITY = 1 << 3,           /* BlueNRG, WB0, WL3, STM32W: section 1; Q25 */
	CHIP_DOUBLE_NACK = 1 << 4,         /* two NACKs under read protection: section 3; Q5 */
	CHIP_NO_BAD_ADDRESS_NACK = 1 << 5, /* pre-3.1 ROM: Q6 */
	CHIP_OPTION_REGISTERS = 1 << 6,    /* option bytes are FLASH registers, not memory */
	CHIP_EMPTY_CHECK = 1 << 7,         /* boots ROM while flash is blank: section 2.3; Q23 */
	CHIP_SHORT_TRANSFERS = 1 << 8, /* GD32VW553: at most 240 bytes at once; section 4, 0x31 */
	CHIP_NO_FLASH = 1 << 9, /* N6, MP1, MP2: none of its own, and another protocol in ROM */
	CHIP_LAYOUT_UNREAD = 1 << 10, /* L552: the bit that sizes its pages is in a register; Q27 */
};

struct chip {
	uint32_t product_id;
	const char *family, *name;
	uint32_t ram_base, ram_bytes, ram_reserved; /* reserved: from the base, used by the ROM */
	uint32_t ram_end_rom;             /* exclusive end that the ROM accepts; 0: not known */
	uint32_t flash_base, flash_bytes; /* of the largest variant; 0: no flash that we program */
	struct chip_run runs[CHIP_MAX_RUNS]; /* ends at count 0 */
	uint32_t sectors_per_protection;     /* erase units per write-protection unit */
	uint32_t write_align;         /* bytes; a write starts and ends on a multiple of it */
	uint8_t erased;               /* 0xFF, or 0x00 on L0 and L1 */
	uint32_t flash_size_register; /* 16 bits, KiB; 0: not known */
	uint32_t unique_id_register;  /* 96 bits; 0: not known */
	uint32_t option_bytes;        /* the first address that ST's tool uses; 0: not known */
	uint32_t option_bytes_len;
	uint32_t system_memory; /* base; 0: not known */
	uint32_t banks;
	/* Of a layout that an option bit chooses (chip_layout.h); 0: none. */
	uint32_t skip_from,
		skip; /* to the ROM sectors have numbers that are skip higher from there on */
	uint32_t hole_at,
		hole; /* so many bytes from this offset on are no flash: between the banks */
	uint32_t bootloader_id_address; /* 0: none or not known */
	unsigned traits;                /* enum chip_trait bits */
};

/* NULL: unknown. */
const struct chip *chip_find(uint32_t product_id);
/* Row i, or NULL past the last. */
const struct chip *chip_at(size_t i);
/* false: nothing of it can be programmed by this protocol (flash_bytes 0). */
bool chip_is_programmable(const struct chip *chip);

struct sector {
	uint32_t number, addr, len;
};
/*
 * How many erase units the first flash_bytes bytes of the layout touch: smaller variants truncate
 * it, and more bytes than it has give no more units.
 */
uint32_t chip_sector_count(const struct chip *chip, uint32_t flash_bytes);
/* false: it lies in the hole between the banks. number as below. */
bool chip_has_sector(const struct chip *chip, uint32_t number);
/* What the ROM calls a sector. */
uint32_t chip_rom_number(const struct chip *chip, uint32_t number);
/* Does [addr, addr+len) touch the hole between the banks? */
bool chip_touches_hole(const struct chip *chip, uint32_t addr, uint64_t len);
/* number must be less than the count for chip->flash_bytes. */
struct sector chip_sector(const struct chip *chip, uint32_t number);
/* false: addr lies outside [flash_base, flash_base + flash_bytes), beyond the layout or in its
 * hole. */
bool chip_sector_at(
	const struct chip *chip, uint32_t flash_bytes, uint32_t addr, struct sector *sector);

/*
 * Does the image look like a program for this part (docs/facts/an3155.md section 11)? Looks at the
 * lowest flash segment.
 * ERR_NOT_APPLICATION: it does not; what says why, addr where.
 */
enum err chip_check_application(
	const struct chip *chip, uint32_t flash_bytes, const struct image *image, struct why *why);

#endif /* BENCHD_PROTOCOL_CHIP_H */
