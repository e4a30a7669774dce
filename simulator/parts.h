/* SPDX-License-Identifier: MIT */
/*
 * parts.h - the parts that the simulator can be: what distinguishes one STM32 from another, seen
 * from its serial bootloader. A table of its own, read from the documents a second time: the
 * host's table (protocol/chip.h) must agree with it without being used by it.
 * Constant data; any thread.
 */
#ifndef BENCHD_SIMULATOR_PARTS_H
#define BENCHD_SIMULATOR_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What may be done with an area follows from its kind (docs/facts/an3155.md 6). */
enum area_kind {
	AREA_NONE,
	AREA_RAM,       /* the part of it that the ROM leaves to the host */
	AREA_SYSTEM,    /* the ROM itself */
	AREA_REGISTERS, /* flash size, unique id: read only, short reads refused on some parts */
	AREA_OPTIONS,   /* written from its base only; the part resets afterwards */
	AREA_OTP,
	AREA_EEPROM,
	AREA_SPEED, /* 0xFFFF0000: how flash is programmed (section 4, 0x31) */
};

struct area {
	enum area_kind kind;
	uint32_t base, size;
};

/* count sectors of this many bytes, in the order of their numbers. */
struct sector_run {
	uint32_t count, bytes;
};

struct ram {
	uint32_t base, bytes;
};

/* How a family keeps its protection in its option bytes (options.c). */
enum option_layout {
	OPTIONS_REGISTERS,
	OPTIONS_F1,
	OPTIONS_F0,
	OPTIONS_F4,
	OPTIONS_L1,
	OPTIONS_L4
};

/* Typical times, in microseconds. */
struct part_times {
	uint32_t startup;
	uint32_t startup_no_crystal; /* 0: it makes no difference */
	uint32_t erase_small;        /* a sector of up to 16 KB */
	uint32_t erase_medium;       /* up to 64 KB */
	uint32_t erase_large;        /* more */
	uint32_t erase_mass;
	uint32_t program; /* per program_bytes */
	uint32_t program_bytes;
	uint32_t slow_factor; /* until the speed register says otherwise; 0: no such register */
};

enum { PART_SECTOR_RUNS = 6, PART_AREAS = 9, PART_COMMANDS = 13, PART_RAMS = 3 };

struct part {
	const char *name;  /* "f103rb" */
	const char *title; /* "STM32F103RB" */
	uint16_t product_id;
	uint8_t mask_set[2];   /* Get ID says these before one byte of id; both 0: it has two */
	bool id_has_tail;      /* and 1F after it (WB09: section 4, 0x02) */
	uint32_t vendor_id;    /* what 06 F9 answers: section 4, 0x02; 0: no such command */
	uint16_t longest;      /* bytes that one Read or Write takes; 0: 256 */
	uint8_t version;       /* of the protocol, BCD */
	uint8_t bootloader_id; /* 0: this ROM has none */
	uint32_t bootloader_id_addr;
	uint8_t commands[PART_COMMANDS]; /* as Get lists them, from 0x00 to the last non-zero one */
	uint32_t flash_base, flash_bytes;
	struct sector_run sectors[PART_SECTOR_RUNS];
	uint32_t bank2_sector; /* the first of bank 2; 0: one bank */
	uint32_t bank2_number; /* what the ROM calls it; 0: the same */
	uint32_t gap_at, gap;  /* so many bytes of flash_bytes are none: between the banks (Q26) */
	uint8_t write_align;   /* the hardware's program word */
	uint8_t erased;        /* 0xFF, 0x00 on L1 */
	uint8_t protect_sectors; /* sectors in a write protection unit */
	bool words_once;         /* ECC: a word that is not blank cannot be programmed */
	bool boots_rom_when_empty;
	bool without_parity;               /* 8N1: BlueNRG, WB0, WL3, STM32W (section 1) */
	uint32_t size_register, unique_id; /* each in an area; 0: none */
	struct ram rams[PART_RAMS];
	struct area areas[PART_AREAS];
	enum option_layout options;
	struct part_times times;
	unsigned quirks; /* enum sim_quirk */
};

size_t part_count(void);
const struct part *part_at(size_t index);
/* NULL: no such part. */
const struct part *part_find(const char *name);

uint32_t part_sector_count(const struct part *part);
/* Where a sector lies, as offsets into the flash; false: no such sector. */
bool part_sector(const struct part *part, uint32_t sector, uint32_t *offset, uint32_t *bytes);
/* The sector that holds offset, which must lie in the flash. */
uint32_t part_sector_of(const struct part *part, uint32_t offset);
/* How many codes commands[] holds. */
size_t part_command_count(const struct part *part);
bool part_has_command(const struct part *part, uint8_t command);

#endif /* BENCHD_SIMULATOR_PARTS_H */
