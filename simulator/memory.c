/* SPDX-License-Identifier: MIT */
/* memory.c - the address map: areas, their content and their rights. */
#include "simulator/memory.h"

#include "simulator/options.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096 };
/* The ROM's first stack, above what it keeps in RAM, and where it begins. */
enum { ROM_STACK = 0x800, ROM_ENTRY = 0x100 };

static const unsigned rights[] = {
	[AREA_NONE] = 0,
	[AREA_RAM] = MEMORY_READ | MEMORY_WRITE | MEMORY_GO,
	[AREA_SYSTEM] = MEMORY_READ,
	[AREA_REGISTERS] = MEMORY_READ,
	[AREA_OPTIONS] = MEMORY_READ | MEMORY_WRITE,
	[AREA_OTP] = MEMORY_READ | MEMORY_WRITE,
	[AREA_EEPROM] = MEMORY_READ | MEMORY_WRITE,
	[AREA_SPEED] = MEMORY_READ | MEMORY_WRITE,
};

/* What an area holds in a fresh part. */
static const uint8_t fresh[] = {
	[AREA_NONE] = 0,
	[AREA_RAM] = 0,
	[AREA_SYSTEM] = 0xFF,
	[AREA_REGISTERS] = 0xFF,
	[AREA_OPTIONS] = 0xFF,
	[AREA_OTP] = 0xFF,
	[AREA_EEPROM] = 0,
	[AREA_SPEED] = 0xFF,
};

/* An area's index, or -1. */
static int area_of(const struct memory *memory, uint32_t addr)
{
	for (int i = 0; i < PART_AREAS; i++) {
		const struct area *area = &memory->part->areas[i];

		if (area->kind && addr >= area->base && addr - area->base < area->size)
			return i;
	}
	return -1;
}

/* The byte behind an area's address; NULL outside every area. */
static uint8_t *area_byte(const struct memory *memory, uint32_t addr)
{
	const int i = area_of(memory, addr);

	return i < 0 ? NULL : &memory->bytes[i][addr - memory->part->areas[i].base];
}

/* splitmix64: one seed gives one board's identity. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static void put_word(struct memory *memory, uint32_t addr, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		*area_byte(memory, addr + (uint32_t)i) = (uint8_t)(value >> 8 * i);
}

/* What a program that jumps there looks for; of the code behind it nothing is there. */
static void fill_rom_vectors(struct memory *memory)
{
	for (int i = 0; i < PART_AREAS; i++) {
		const struct area *area = &memory->part->areas[i];

		if (area->kind != AREA_SYSTEM)
			continue;
		put_word(memory, area->base, memory->part->rams[0].base + ROM_STACK);
		put_word(memory, area->base + 4, area->base + ROM_ENTRY + 1);
		return;
	}
}

static void fill_registers(struct memory *memory, uint64_t seed)
{
	const struct part *part = memory->part;
	const uint32_t kib = (part->flash_bytes - part->gap) / KIB;

	if (part->size_register) {
		*area_byte(memory, part->size_register) = (uint8_t)kib;
		*area_byte(memory, part->size_register + 1) = (uint8_t)(kib >> 8);
	}
	for (uint32_t i = 0; part->unique_id && i < 12; i++)
		*area_byte(memory, part->unique_id + i) = (uint8_t)next_random(&seed);
	fill_rom_vectors(memory);
	if (part->bootloader_id)
		*area_byte(memory, part->bootloader_id_addr) = part->bootloader_id;
}

/* At a page's start, so that a processor can map it; the rest of its last page is there too. */
static uint8_t *new_pages(uint32_t bytes, uint8_t fill)
{
	const size_t all = ((size_t)bytes + PAGE - 1) / PAGE * PAGE;
	uint8_t *pages = aligned_alloc(PAGE, all);

	if (pages)
		memset(pages, fill, all);
	return pages;
}

static bool init_cells(struct memory *memory, uint8_t *cells)
{
	if (!cells) {
		cells = memory->owned_cells =
			new_pages(memory->part->flash_bytes, memory->part->erased);
		if (!cells)
			return false;
	}
	flash_init(&memory->flash, memory->part, cells);
	return true;
}

static bool init_rams(struct memory *memory)
{
	bool ok = true;

	for (int i = 0; i < PART_RAMS; i++) {
		const uint32_t bytes = memory->part->rams[i].bytes;

		memory->rams[i] = bytes ? new_pages(bytes, 0) : NULL;
		ok &= !bytes || memory->rams[i];
	}
	return ok;
}

/* The bytes of an area that lies in RAM. */
static uint8_t *ram_of(const struct memory *memory, const struct area *area)
{
	for (int i = 0; i < PART_RAMS; i++) {
		const struct ram *ram = &memory->part->rams[i];

		if (area->base >= ram->base && area->base - ram->base < ram->bytes)
			return memory->rams[i] + (area->base - ram->base);
	}
	return NULL;
}

bool memory_init(struct memory *memory, const struct part *part, uint64_t seed, uint8_t *cells)
{
	bool ok = true;

	*memory = (struct memory){ .part = part };
	ok = init_cells(memory, cells) && init_rams(memory);
	for (int i = 0; ok && i < PART_AREAS; i++) {
		const struct area *area = &part->areas[i];

		if (!area->kind)
			continue;
		memory->bytes[i] =
			area->kind == AREA_RAM ? ram_of(memory, area) : malloc(area->size);
		ok = memory->bytes[i] != NULL;
		if (ok && area->kind != AREA_RAM)
			memset(memory->bytes[i], fresh[area->kind], area->size);
	}
	if (!ok) {
		memory_release(memory);
		return false;
	}
	fill_registers(memory, seed);
	options_init(memory);
	return true;
}

void memory_release(struct memory *memory)
{
	for (int i = 0; memory->part && i < PART_AREAS; i++) {
		if (memory->part->areas[i].kind != AREA_RAM)
			free(memory->bytes[i]);
	}
	for (int i = 0; i < PART_RAMS; i++)
		free(memory->rams[i]);
	free(memory->owned_cells);
	*memory = (struct memory){ 0 };
}

void memory_reset(struct memory *memory)
{
	flash_reset(&memory->flash);
	for (int i = 0; i < PART_AREAS; i++) {
		const struct area *area = &memory->part->areas[i];

		if (area->kind == AREA_SPEED)
			memcpy(memory->bytes[i], "\x00\xFF\xFF\xFF", 4);
	}
}

enum area_kind memory_kind(const struct memory *memory, uint32_t addr)
{
	const int i = area_of(memory, addr);

	return i < 0 ? AREA_NONE : memory->part->areas[i].kind;
}

/* Option bytes: "start address must be the base of the area". */
static bool is_area_base(const struct memory *memory, uint32_t addr)
{
	const int i = area_of(memory, addr);

	return i >= 0 && memory->part->areas[i].base == addr;
}

bool memory_allows(const struct memory *memory, uint32_t addr, enum memory_use use)
{
	const enum area_kind kind = memory_kind(memory, addr);

	if (flash_holds(&memory->flash, addr))
		return true;
	if (use == MEMORY_WRITE && kind == AREA_OPTIONS && !is_area_base(memory, addr))
		return false;
	return rights[kind] & use;
}

bool memory_read(const struct memory *memory, uint32_t addr, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++, addr++) {
		const uint8_t *byte = area_byte(memory, addr);

		if (flash_holds(&memory->flash, addr))
			byte = &memory->flash.cells[addr - memory->part->flash_base];
		if (!byte)
			return false;
		out[i] = *byte;
	}
	return true;
}

struct span memory_from(const struct memory *memory, uint32_t addr)
{
	const struct part *part = memory->part;
	const int i = area_of(memory, addr);

	if (flash_holds(&memory->flash, addr)) {
		const uint32_t offset = addr - part->flash_base;

		return (struct span){ memory->flash.cells + offset, part->flash_bytes - offset };
	}
	if (i < 0)
		return (struct span){ 0 };
	const uint32_t offset = addr - part->areas[i].base;

	return (struct span){ memory->bytes[i] + offset, part->areas[i].size - offset };
}

/* `vv FF FF FF`, vv 0 to 4; 3 and 4 program 32 bits and more at once. */
static bool write_speed(struct memory *memory, int i, struct span data)
{
	if (data.len != 4 || data.ptr[0] > 4 || memcmp(data.ptr + 1, "\xFF\xFF\xFF", 3))
		return false;
	memcpy(memory->bytes[i], data.ptr, 4);
	memory->flash.is_fast = data.ptr[0] >= 3;
	return true;
}

static bool write_area(struct memory *memory, uint32_t addr, struct span data)
{
	const int i = area_of(memory, addr);

	if (i < 0)
		return false;
	const struct area *area = &memory->part->areas[i];
	uint8_t *const at = memory->bytes[i] + (addr - area->base);

	if (data.len > area->size - (addr - area->base) || !(rights[area->kind] & MEMORY_WRITE))
		return false;
	if (area->kind == AREA_SPEED)
		return write_speed(memory, i, data);
	if (area->kind == AREA_OPTIONS)
		memset(memory->bytes[i], fresh[AREA_OPTIONS], area->size);
	for (size_t b = 0; b < data.len; b++)
		at[b] = area->kind == AREA_OTP ? at[b] & data.ptr[b] : data.ptr[b];
	return true;
}

bool memory_write(struct memory *memory, uint32_t addr, struct span data, uint32_t *busy_us)
{
	*busy_us = 0;
	if (memory_kind(memory, addr) == AREA_RAM)
		return write_area(memory, addr, data);
	*busy_us = flash_program_us(&memory->flash, data.len);
	if (flash_holds(&memory->flash, addr))
		return flash_program(&memory->flash, addr, data);
	return write_area(memory, addr, data);
}

void memory_clear_ram(struct memory *memory)
{
	for (int i = 0; i < PART_RAMS; i++) {
		if (memory->rams[i])
			memset(memory->rams[i], 0, memory->part->rams[i].bytes);
	}
}

static bool is_stack(const struct part *part, uint32_t sp)
{
	for (size_t i = 0; i < PART_RAMS; i++) {
		const struct ram *ram = &part->rams[i];

		if (ram->bytes && sp > ram->base && sp <= ram->base + ram->bytes)
			return sp % 4 == 0;
	}
	return false;
}

bool memory_is_startable(const struct memory *memory, uint32_t base)
{
	uint8_t vectors[8];

	if (!memory_allows(memory, base, MEMORY_GO) ||
		!memory_read(memory, base, vectors, sizeof(vectors)))
		return false;
	const uint32_t pc = get_le32(vectors + 4);

	return is_stack(memory->part, get_le32(vectors)) && pc & 1 &&
		memory_allows(memory, pc - 1, MEMORY_GO);
}
