/* SPDX-License-Identifier: MIT */
/* device_table.c - the table of parts, as text with commas and quotes, to simulated parts. */
#include "tests/protocol/device_table.h"

#include "protocol/bytes.h"
#include "simulator/quirk.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 4096, FIELDS = 25 };

/* Columns that are looked at (docs/facts/an3155.md section 12). */
enum column {
	PRODUCT_ID = 0,
	FAMILY = 1,
	NAME = 2,
	RAM_BASE = 3,
	RAM_BYTES = 4,
	RAM_RESERVED = 5,
	FLASH_BASE = 6,
	FLASH_BYTES = 7,
	LAYOUT = 8,
	PROTECT = 9,
	ALIGN = 10,
	ERASED = 11,
	SIZE_REGISTER = 12,
	UNIQUE_ID = 13,
	NOTES = 19,
	VERSION = 22,
};

/* Cuts a line into its fields, in place. */
static void split(char *line, char *fields[FIELDS])
{
	char *in = line, *out = line;

	for (size_t i = 0; i < FIELDS; i++) {
		const bool is_quoted = *in == '"';

		fields[i] = out;
		in += is_quoted;
		while (*in && *in != (is_quoted ? '"' : ','))
			*out++ = *in++;
		in += is_quoted;
		assert_true(*in == ',' || i + 1 == FIELDS);
		in++;
		*out++ = '\0';
	}
}

/* The first of several alternatives; nothing is 0. */
static uint32_t number(const char *field)
{
	return (uint32_t)strtoul(field, NULL, 0);
}

/* "4x16K,1x64K": false for "none". */
static bool read_layout(const char *text, struct part *part)
{
	uint32_t bytes = 0;
	size_t runs = 0;

	for (const char *at = text; *at >= '0' && *at <= '9';) {
		unsigned count, size;
		char unit = 0;
		int used = 0;

		assert_true(runs < PART_SECTOR_RUNS);
		assert_int_equal(sscanf(at, "%ux%u%n", &count, &size, &used), 2);
		at += used;
		unit = *at;
		at += unit == 'K' || unit == 'M';
		size *= unit == 'K' ? KIB : unit == 'M' ? MIB : 1;
		part->sectors[runs++] = (struct sector_run){ count, size };
		bytes += count * size;
		at += *at == ',';
	}
	part->flash_bytes = bytes;
	return bytes > 0;
}

/* The 256 bytes around a register, unless an area has them already. */
static void add_registers(struct part *part, uint32_t addr)
{
	const uint32_t base = addr & ~0xFFu;
	size_t i = 0;

	for (; i < PART_AREAS && part->areas[i].kind; i++) {
		if (part->areas[i].base == base)
			return;
	}
	assert_true(i < PART_AREAS);
	if (addr)
		part->areas[i] = (struct area){ AREA_REGISTERS, base, 0x100 };
}

/* Erase below protocol 3.0, Extended Erase from there on (section 5). */
static void add_commands(struct part *part, const char *version)
{
	static const uint8_t codes[] = { 0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82,
		0x92 };
	const double is = atof(version);

	part->version = (uint8_t)((unsigned)is << 4 | (unsigned)(is * 10 + 0.5) % 10);
	memcpy(part->commands, codes, sizeof(codes));
	if (*version && is < 3.0)
		part->commands[6] = 0x43;
}

/* Those whose ROM is not ST's of every day, by what their notes say (section 4, 0x02). */
static void add_ways(struct device_row *row, const char *notes)
{
	static const uint8_t nrg[PART_COMMANDS] = { 0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x43, 0x82,
		0x92 };
	static const uint8_t gd[PART_COMMANDS] = { 0x00, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82,
		0x92 };
	struct part *part = &row->part;

	if (strstr(notes, "GetID returns 3 data bytes")) {
		part->mask_set[0] = 0x11;
		part->mask_set[1] = 0x20;
		part->id_has_tail = strstr(notes, "extra trailing byte 0x1F") != NULL;
		memcpy(part->commands, nrg, sizeof(nrg));
	}
	if (strstr(notes, "vendor command 0x06")) {
		part->vendor_id = row->product_id;
		part->longest = 240;
		memcpy(part->commands, gd, sizeof(gd));
	}
}

static void set_habits(struct device_row *row)
{
	struct part *part = &row->part;
	const bool is_low_power = !strcmp(row->family, "L0") || !strcmp(row->family, "L1");

	part->quirks = SIM_MISALIGNED_POISON | SIM_NEEDS_PARITY;
	part->without_parity = !row->has_parity;
	if (is_low_power)
		part->quirks |= SIM_NO_MASS_ERASE;
	if (!strcmp(row->family, "F4") || !strcmp(row->family, "L0"))
		part->quirks |= SIM_REFUSE_SHORT_SYSTEM_READS;
	part->words_once = part->write_align >= 8 && part->erased == 0xFF;
	part->times = (struct part_times){ .startup = 1000,
		.erase_small = 4000,
		.erase_medium = 20000,
		.erase_large = 40000,
		.erase_mass = 40000,
		.program = 50,
		.program_bytes = part->write_align };
}

static void read_row(struct device_row *row, char *fields[FIELDS])
{
	struct part *part = &row->part;
	const uint32_t ram = number(fields[RAM_BASE]);
	const uint32_t reserved = number(fields[RAM_RESERVED]);

	*row = (struct device_row){ .product_id = number(fields[PRODUCT_ID]) };
	snprintf(row->family, sizeof(row->family), "%s", fields[FAMILY]);
	snprintf(row->title, sizeof(row->title), "%s", fields[NAME]);
	row->has_parity = !strstr(fields[NOTES], "parity NONE") && !strstr(fields[NOTES], "8N1");
	part->name = part->title = row->title;
	part->product_id = (uint16_t)row->product_id;
	part->flash_base = number(fields[FLASH_BASE]);
	row->has_flash = read_layout(fields[LAYOUT], part);
	part->write_align = (uint8_t)number(fields[ALIGN]);
	part->erased = (uint8_t)number(fields[ERASED]);
	part->protect_sectors = (uint8_t)(number(fields[PROTECT]) ? number(fields[PROTECT]) : 1);
	part->rams[0] = (struct ram){ ram, number(fields[RAM_BYTES]) };
	if (part->rams[0].bytes > reserved)
		part->areas[0] =
			(struct area){ AREA_RAM, ram + reserved, part->rams[0].bytes - reserved };
	part->size_register = number(fields[SIZE_REGISTER]);
	part->unique_id = number(fields[UNIQUE_ID]);
	add_registers(part, part->size_register);
	add_registers(part, part->unique_id);
	add_commands(part, fields[VERSION]);
	add_ways(row, fields[NOTES]);
	set_habits(row);
}

size_t device_table_read(const char *path, struct device_row rows[DEVICE_MAX])
{
	char line[LINE_BYTES], *fields[FIELDS];
	FILE *file = fopen(path, "re");
	size_t count = 0;

	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	while (fgets(line, sizeof(line), file)) {
		assert_non_null(strchr(line, '\n'));
		*strchr(line, '\n') = '\0';
		assert_true(count < DEVICE_MAX);
		split(line, fields);
		read_row(&rows[count++], fields);
	}
	fclose(file);
	return count;
}
