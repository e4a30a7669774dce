/* SPDX-License-Identifier: MIT */
/*
 * access.c - accesses outside plain memory: the private peripheral bus, bit-bands, the caller's
 * bus. Source: DDI 0403, B3.1 (address map); Cortex-M3 TRM (DDI 0337), bit-banding.
 */
#include "simulator/cpu/core.h"

#include <stdio.h>
#include <string.h>

#define PPB 0xE0000000u
enum { PPB_SIZE = 0x00100000 };
enum { RAM_BAND = 0x22000000, RAM = 0x20000000 };
enum { PERIPHERAL_BAND = 0x42000000, PERIPHERAL = 0x40000000 };

void core_report(struct cpu *cpu, uint32_t addr, const char *what)
{
	char line[96];
	unsigned i;

	for (i = 0; i < cpu->reported_count; i++)
		if (cpu->reported[i] == addr)
			return;
	if (!cpu->options.report || cpu->reported_count == REPORTED_MAX)
		return;
	cpu->reported[cpu->reported_count++] = addr;
	snprintf(line, sizeof line, "core: %s 0x%08X at pc 0x%08X", what, addr,
		engine_block(cpu->engine));
	cpu->options.report(cpu->options.report_ctx, line);
}

static uint32_t little(const uint8_t *p, unsigned size)
{
	uint32_t value = 0;

	while (size--)
		value = value << 8 | p[size];
	return value;
}

static bool load_private(struct cpu *cpu, uint32_t addr, unsigned size, uint32_t *value)
{
	uint32_t word;

	if (!scb_load(cpu, (addr & ~3u) - PPB, &word))
		return false;
	*value = word >> addr % 4 * 8;
	if (size < 4)
		*value &= (1u << size * 8) - 1;
	return true;
}

/* Parts of words: priorities are bytes, CFSR's bits clear by 1, the rest is put together. */
static bool store_private(struct cpu *cpu, uint32_t addr, unsigned size, uint32_t value)
{
	uint32_t word = 0, mask = size < 4 ? ((1u << size * 8) - 1) << addr % 4 * 8 : ~0u;
	uint32_t at = (addr & ~3u) - PPB;
	bool clears_by_one = at >= 0xED28 && at <= 0xED30;

	if (size < 4 && !clears_by_one && !scb_load(cpu, at, &word))
		return false;
	word = (word & ~mask) | (value << addr % 4 * 8 & mask);
	return scb_store(cpu, at, word);
}

static bool is_in(uint32_t addr, uint32_t base, uint32_t size)
{
	return addr - base < size;
}

/* M3 and M4 have bit-bands. */
static bool has_bands(const struct cpu *cpu)
{
	return cpu->options.model == CPU_M3 || cpu->options.model == CPU_M4F;
}

/* The word of an alias, and its bit; false: not an alias. */
static bool band_of(const struct cpu *cpu, uint32_t addr, uint32_t *byte, unsigned *bit)
{
	uint32_t base = addr & 0xFE000000;

	if (!has_bands(cpu) || (base != RAM_BAND && base != PERIPHERAL_BAND))
		return false;
	*byte = (base == RAM_BAND ? RAM : PERIPHERAL) + (addr - base) / 32;
	*bit = (addr - base) / 4 % 8;
	return true;
}

static bool load_plain(struct cpu *cpu, uint32_t addr, unsigned size, uint32_t *value)
{
	const uint8_t *at = core_bytes(cpu, addr, size);
	const struct cpu_bus *bus = &cpu->options.bus;

	if (at) {
		*value = little(at, size);
		return true;
	}
	*value = 0;
	if (is_in(addr, PPB, PPB_SIZE) && load_private(cpu, addr, size, value))
		return true;
	return bus->read && bus->read(bus->ctx, addr, size, value);
}

static bool store_plain(struct cpu *cpu, uint32_t addr, unsigned size, uint32_t value)
{
	const struct cpu_region *region = core_region(cpu, addr, size);
	const struct cpu_bus *bus = &cpu->options.bus;

	if (region && region->is_writable) {
		uint8_t *at = region->bytes + (addr - region->base);

		for (; size--; value >>= 8)
			*at++ = (uint8_t)value;
		return true;
	}
	if (is_in(addr, PPB, PPB_SIZE) && store_private(cpu, addr, size, value))
		return true;
	return bus->write && bus->write(bus->ctx, addr, size, value);
}

/* The word that a bit lies in is read whole, as the bus matrix does. */
static bool load_band(struct cpu *cpu, uint32_t byte, unsigned bit, uint32_t *value)
{
	uint32_t word;

	if (!load_plain(cpu, byte & ~3u, 4, &word))
		return false;
	*value = word >> (byte % 4 * 8 + bit) & 1;
	return true;
}

static bool store_band(struct cpu *cpu, uint32_t byte, unsigned bit, uint32_t value)
{
	uint32_t word, mask = 1u << (byte % 4 * 8 + bit);

	if (!load_plain(cpu, byte & ~3u, 4, &word))
		return false;
	word = value & 1 ? word | mask : word & ~mask;
	return store_plain(cpu, byte & ~3u, 4, word);
}

static void note_fault(struct cpu *cpu, uint32_t addr, bool is_write)
{
	core_report(cpu, addr, is_write ? "nothing to write at" : "nothing to read at");
	if (cpu->is_late_fault)
		return;
	cpu->is_late_fault = true;
	cpu->is_late_write = is_write;
	cpu->late_addr = addr;
	cpu->late_pc = core_find(cpu, addr, is_write);
	cpu->must_look = true;
}

bool core_load(struct cpu *cpu, uint32_t addr, unsigned size, uint32_t *value)
{
	uint32_t byte;
	unsigned bit;
	bool is_found = band_of(cpu, addr, &byte, &bit) ? load_band(cpu, byte, bit, value)
							: load_plain(cpu, addr, size, value);

	idle_spoil(cpu);
	if (!is_found)
		note_fault(cpu, addr, false);
	return is_found;
}

bool core_store(struct cpu *cpu, uint32_t addr, unsigned size, uint32_t value)
{
	uint32_t byte;
	unsigned bit;
	bool is_found = band_of(cpu, addr, &byte, &bit) ? store_band(cpu, byte, bit, value)
							: store_plain(cpu, addr, size, value);

	idle_spoil(cpu);
	if (!is_found)
		note_fault(cpu, addr, true);
	return is_found;
}

bool core_peek(struct cpu *cpu, uint32_t addr, uint32_t *value)
{
	return load_plain(cpu, addr, 4, value);
}

bool core_poke(struct cpu *cpu, uint32_t addr, uint32_t value)
{
	const struct cpu_region *region = core_region(cpu, addr, 4);

	if (!region || !region->is_writable)
		return false;
	return store_plain(cpu, addr, 4, value);
}
