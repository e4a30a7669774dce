/* SPDX-License-Identifier: MIT */
/*
 * parts.c - the table of parts. Sources: docs/facts/stm32-devices.csv and docs/facts/an3155.md
 * (2.2 start-up, 4 commands, 5 versions, 6 areas, 9 quirks); times are the typical ones of the
 * data sheets.
 */
#include "simulator/parts.h"

#include "protocol/bytes.h"
#include "simulator/quirk.h"

#include <string.h>

#define COMMANDS_PAGE_ERASE                                                                        \
	{                                                                                          \
		0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x43, 0x63, 0x73, 0x82, 0x92                   \
	}
#define COMMANDS_EXTENDED_ERASE                                                                    \
	{                                                                                          \
		0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92                   \
	}

/* What no ROM is without. */
#define USUAL (SIM_NEEDS_PARITY | SIM_MISALIGNED_POISON)

static const struct part parts[] = {
	{
		.name = "f103rb",
		.title = "STM32F103RB",
		.product_id = 0x410,
		.version = 0x22,
		.commands = COMMANDS_PAGE_ERASE,
		.flash_base = 0x08000000,
		.flash_bytes = 128 * KIB,
		.sectors = { { 128, 1 * KIB } },
		.write_align = 4,
		.erased = 0xFF,
		.protect_sectors = 4,
		.size_register = 0x1FFFF7E0,
		.unique_id = 0x1FFFF7E8,
		.rams = { { 0x20000000, 20 * KIB } },
		.areas = {
			{ AREA_RAM, 0x20000200, 0x4E00 },
			{ AREA_SYSTEM, 0x1FFFF000, 0x7E0 },
			{ AREA_REGISTERS, 0x1FFFF7E0, 0x20 },
			{ AREA_OPTIONS, 0x1FFFF800, 16 },
		},
		.times = { .startup = 1200,
			.erase_small = 30000,
			.erase_mass = 30000,
			.program = 53,
			.program_bytes = 2 },
		.quirks = USUAL | SIM_FF_NONZERO_ACK,
	},
	{
		.name = "f072rb",
		.title = "STM32F072RB",
		.product_id = 0x448,
		.version = 0x31,
		.bootloader_id = 0xA1,
		.bootloader_id_addr = 0x1FFFF6A6,
		.commands = COMMANDS_EXTENDED_ERASE,
		.flash_base = 0x08000000,
		.flash_bytes = 128 * KIB,
		.sectors = { { 64, 2 * KIB } },
		.write_align = 4,
		.erased = 0xFF,
		.protect_sectors = 2,
		.size_register = 0x1FFFF7CC,
		.unique_id = 0x1FFFF7AC,
		.rams = { { 0x20000000, 16 * KIB } },
		.areas = {
			{ AREA_RAM, 0x20001800, 0x2800 },
			{ AREA_SYSTEM, 0x1FFFC800, 0x2F00 },
			{ AREA_REGISTERS, 0x1FFFF700, 0x100 },
			{ AREA_OPTIONS, 0x1FFFF800, 16 },
		},
		.times = { .startup = 60,
			.erase_small = 30000,
			.erase_mass = 30000,
			.program = 54,
			.program_bytes = 2 },
		.quirks = USUAL,
	},
	{
		.name = "f407vg",
		.title = "STM32F407VG",
		.product_id = 0x413,
		.version = 0x31,
		.bootloader_id = 0x91,
		.bootloader_id_addr = 0x1FFF77DE,
		.commands = COMMANDS_EXTENDED_ERASE,
		.flash_base = 0x08000000,
		.flash_bytes = 1024 * KIB,
		.sectors = { { 4, 16 * KIB }, { 1, 64 * KIB }, { 7, 128 * KIB } },
		.write_align = 4,
		.erased = 0xFF,
		.protect_sectors = 1,
		.size_register = 0x1FFF7A22,
		.unique_id = 0x1FFF7A10,
		.rams = { { 0x20000000, 128 * KIB }, { 0x10000000, 64 * KIB } },
		.areas = {
			{ AREA_RAM, 0x20003000, 0x1D000 },
			{ AREA_SYSTEM, 0x1FFF0000, 0x7800 },
			{ AREA_OTP, 0x1FFF7800, 0x210 },
			{ AREA_REGISTERS, 0x1FFF7A10, 0xF0 },
			{ AREA_OPTIONS, 0x1FFFC000, 16 },
			{ AREA_SPEED, 0xFFFF0000, 4 },
		},
		.times = { .startup = 80000,
			.erase_small = 250000,
			.erase_medium = 550000,
			.erase_large = 1000000,
			.erase_mass = 8000000,
			.program = 16,
			.program_bytes = 4,
			.slow_factor = 2 },
		.quirks = USUAL | SIM_REFUSE_SHORT_SYSTEM_READS,
	},
	{
		.name = "l152re",
		.title = "STM32L152RE",
		.product_id = 0x437,
		.version = 0x31,
		.bootloader_id = 0x40,
		.bootloader_id_addr = 0x1FF01FFE,
		.commands = COMMANDS_EXTENDED_ERASE,
		.flash_base = 0x08000000,
		.flash_bytes = 512 * KIB,
		.sectors = { { 2048, 256 } },
		.write_align = 8,
		.erased = 0x00,
		.protect_sectors = 16,
		.size_register = 0x1FF800CC,
		.unique_id = 0x1FF800D0,
		.rams = { { 0x20000000, 80 * KIB } },
		.areas = {
			{ AREA_RAM, 0x20001000, 0x13000 },
			{ AREA_SYSTEM, 0x1FF00000, 0x2000 },
			{ AREA_OPTIONS, 0x1FF80000, 32 },
			{ AREA_REGISTERS, 0x1FF80020, 0xE0 },
			{ AREA_EEPROM, 0x08080000, 16 * KIB },
		},
		.times = { .startup = 600,
			.erase_small = 3280,
			.erase_mass = 10000,
			.program = 3280,
			.program_bytes = 128 },
		.quirks = USUAL | SIM_DOUBLE_NACK_PROTECTED | SIM_NO_MASS_ERASE |
			SIM_ERASE_LIMIT,
	},
	{
		.name = "l476rg",
		.title = "STM32L476RG",
		.product_id = 0x415,
		.version = 0x31,
		.bootloader_id = 0x92,
		.bootloader_id_addr = 0x1FFF6FFE,
		.commands = COMMANDS_EXTENDED_ERASE,
		.flash_base = 0x08000000,
		.flash_bytes = 1024 * KIB,
		.sectors = { { 512, 2 * KIB } },
		.bank2_sector = 256,
		.write_align = 8,
		.erased = 0xFF,
		.protect_sectors = 1,
		.words_once = true,
		.size_register = 0x1FFF75E0,
		.unique_id = 0x1FFF7590,
		.rams = { { 0x20000000, 96 * KIB }, { 0x10000000, 32 * KIB } },
		.areas = {
			{ AREA_RAM, 0x20003100, 0x14F00 },
			{ AREA_SYSTEM, 0x1FFF0000, 0x7000 },
			{ AREA_OTP, 0x1FFF7000, 0x400 },
			{ AREA_REGISTERS, 0x1FFF7500, 0x100 },
			{ AREA_OPTIONS, 0x1FFF7800, 40 },
		},
		.times = { .startup = 55000,
			.erase_small = 22000,
			.erase_mass = 22000,
			.program = 82,
			.program_bytes = 8 },
		.quirks = USUAL,
	},
	{
		.name = "g071rb",
		.title = "STM32G071RB",
		.product_id = 0x460,
		.version = 0x31,
		.bootloader_id = 0xB4,
		.bootloader_id_addr = 0x1FFF6FFE,
		.commands = COMMANDS_EXTENDED_ERASE,
		.flash_base = 0x08000000,
		.flash_bytes = 128 * KIB,
		.sectors = { { 64, 2 * KIB } },
		.write_align = 8,
		.erased = 0xFF,
		.protect_sectors = 1,
		.words_once = true,
		.boots_rom_when_empty = true,
		.size_register = 0x1FFF75E0,
		.unique_id = 0x1FFF7590,
		.rams = { { 0x20000000, 36 * KIB } },
		.areas = {
			{ AREA_RAM, 0x20002700, 0x6900 },
			{ AREA_SYSTEM, 0x1FFF0000, 0x7000 },
			{ AREA_OTP, 0x1FFF7000, 0x400 },
			{ AREA_REGISTERS, 0x1FFF7500, 0x100 },
			{ AREA_OPTIONS, 0x1FFF7800, 116 },
		},
		.times = { .startup = 400,
			.erase_small = 22000,
			.erase_mass = 22000,
			.program = 85,
			.program_bytes = 8 },
		.quirks = USUAL,
	},
	{
		.name = "h743zi",
		.title = "STM32H743ZI",
		.product_id = 0x450,
		.version = 0x31,
		.bootloader_id = 0x92,
		.bootloader_id_addr = 0x1FF1E7FE,
		.commands = COMMANDS_EXTENDED_ERASE,
		.flash_base = 0x08000000,
		.flash_bytes = 2048 * KIB,
		.sectors = { { 16, 128 * KIB } },
		.bank2_sector = 8,
		.write_align = 32,
		.erased = 0xFF,
		.protect_sectors = 1,
		.words_once = true,
		.size_register = 0x1FF1E880,
		.unique_id = 0x1FF1E800,
		.rams = { { 0x20000000, 128 * KIB },
			{ 0x24000000, 512 * KIB },
			{ 0x30000000, 288 * KIB } },
		.areas = {
			{ AREA_RAM, 0x20004100, 0x1BF00 },
			{ AREA_RAM, 0x24005000, 0x7B000 },
			{ AREA_SYSTEM, 0x1FF00000, 0x1E800 },
			{ AREA_REGISTERS, 0x1FF1E800, 0x100 },
			{ AREA_OPTIONS, 0x5200201C, 308 },
		},
		.times = { .startup = 54000,
			.erase_large = 1000000,
			.erase_mass = 8000000,
			.program = 100,
			.program_bytes = 32 },
		.quirks = USUAL,
	},
};

size_t part_count(void)
{
	return sizeof(parts) / sizeof(*parts);
}

const struct part *part_at(size_t index)
{
	return &parts[index];
}

const struct part *part_find(const char *name)
{
	for (size_t i = 0; name && i < part_count(); i++) {
		if (!strcmp(parts[i].name, name))
			return &parts[i];
	}
	return NULL;
}

uint32_t part_sector_count(const struct part *part)
{
	uint32_t count = 0;

	for (size_t i = 0; i < PART_SECTOR_RUNS; i++)
		count += part->sectors[i].count;
	return count;
}

bool part_sector(const struct part *part, uint32_t sector, uint32_t *offset, uint32_t *bytes)
{
	uint32_t at = 0;

	for (size_t i = 0; i < PART_SECTOR_RUNS; i++) {
		const struct sector_run *run = &part->sectors[i];

		if (sector < run->count) {
			*offset = at + sector * run->bytes;
			*bytes = run->bytes;
			return true;
		}
		sector -= run->count;
		at += run->count * run->bytes;
	}
	return false;
}

uint32_t part_sector_of(const struct part *part, uint32_t offset)
{
	uint32_t first = 0;

	for (size_t i = 0; i < PART_SECTOR_RUNS; i++) {
		const struct sector_run *run = &part->sectors[i];

		if (run->bytes && offset < run->count * run->bytes)
			return first + offset / run->bytes;
		first += run->count;
		offset -= run->count * run->bytes;
	}
	return first;
}

size_t part_command_count(const struct part *part)
{
	size_t count = PART_COMMANDS;

	while (count > 1 && !part->commands[count - 1])
		count--;
	return count;
}

bool part_has_command(const struct part *part, uint8_t command)
{
	return memchr(part->commands, command, part_command_count(part)) != NULL;
}
