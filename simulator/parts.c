/* SPDX-License-Identifier: MIT */
/* parts.c - the table of parts, and what follows from a row. */
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

/* Protocol 3.3 and later (5): with Get Checksum. No document says which parts have it. */
#define COMMANDS_CHECKSUM                                                                          \
	{                                                                                          \
		0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92, 0xA1             \
	}
/* The example of H5 (4, Get): Special, and nothing for readout protection. */
#define COMMANDS_H5                                                                                \
	{                                                                                          \
		0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x50, 0x63, 0x73                         \
	}

/* What no ROM is without. */
#define USUAL (SIM_NEEDS_PARITY | SIM_MISALIGNED_POISON)

#include "simulator/parts.inc"

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
