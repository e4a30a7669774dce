/* SPDX-License-Identifier: MIT */
/* region.c - plain memory: where it lies, and the code in it. */
#include "simulator/cpu/core.h"

enum { PAGE = 1024 };

const struct cpu_region *core_region(const struct cpu *cpu, uint32_t addr, uint32_t len)
{
	const struct cpu_region *r = cpu->options.regions;

	for (; r < cpu->options.regions + CPU_MAX_REGIONS && r->size; r++)
		if (addr >= r->base && addr - r->base < r->size &&
			len <= r->size - (addr - r->base))
			return r;
	return NULL;
}

uint8_t *core_bytes(const struct cpu *cpu, uint32_t addr, uint32_t len)
{
	const struct cpu_region *region = core_region(cpu, addr, len);

	return region ? region->bytes + (addr - region->base) : NULL;
}

bool core_is_mapped(const struct cpu_region *region)
{
	return region->size && region->base % PAGE == 0 && region->size % PAGE == 0;
}

static void drop_bytes(const struct cpu *cpu, const uint8_t *from, const uint8_t *to)
{
	const struct cpu_region *r = cpu->options.regions;

	for (; r < cpu->options.regions + CPU_MAX_REGIONS && r->size; r++) {
		const uint8_t *low = from > r->bytes ? from : r->bytes;
		const uint8_t *high = to < r->bytes + r->size ? to : r->bytes + r->size;
		uint64_t base = r->base + (uint64_t)(low - r->bytes);

		if (core_is_mapped(r) && low < high)
			engine_drop(cpu->engine, base, base + (uint64_t)(high - low));
	}
}

static void drop_aliases(const struct cpu *cpu, uint32_t addr, uint32_t len)
{
	const struct cpu_region *r = cpu->options.regions;
	uint64_t from = addr, to = from + len;

	for (; r < cpu->options.regions + CPU_MAX_REGIONS && r->size; r++) {
		uint64_t end = (uint64_t)r->base + r->size;
		uint64_t low = from > r->base ? from : r->base, high = to < end ? to : end;

		if (low < high)
			drop_bytes(cpu, r->bytes + (low - r->base), r->bytes + (high - r->base));
	}
}

void core_forget(struct cpu *cpu, uint32_t addr, uint32_t len)
{
	struct range *last = &cpu->stale[cpu->stale_count ? cpu->stale_count - 1 : 0];
	uint64_t from = addr, to = from + len;

	if (!len)
		return;
	if (cpu->stale_count < STALE_MAX) {
		cpu->stale[cpu->stale_count++] = (struct range){ from, to };
		return;
	}
	last->from = from < last->from ? from : last->from;
	last->to = to > last->to ? to : last->to;
}

void core_forget_now(struct cpu *cpu)
{
	unsigned i;

	for (i = 0; i < cpu->stale_count; i++)
		drop_aliases(cpu, (uint32_t)cpu->stale[i].from,
			(uint32_t)(cpu->stale[i].to - cpu->stale[i].from));
	cpu->stale_count = 0;
}

/* --- the code of the block that runs --- */

static struct span block_of(const struct cpu *cpu)
{
	uint32_t size = engine_block_size(cpu->engine);
	const uint8_t *code = core_bytes(cpu, engine_block(cpu->engine), size);

	return (struct span){ code, code ? size : 0 };
}

uint32_t core_find(const struct cpu *cpu, uint32_t addr, bool is_write)
{
	uint32_t values[ENGINE_LR + 1], block = engine_block(cpu->engine);
	struct decode_access access = { values, addr, is_write };
	unsigned i;
	int at;

	for (i = 0; i <= ENGINE_LR; i++)
		values[i] = engine_get(cpu->engine, (enum engine_register)i);
	at = decode_find(block_of(cpu), block, &access);
	return block + (at > 0 ? (uint32_t)at : 0);
}

int core_find_trap(const struct cpu *cpu)
{
	struct decode_traps traps = core_traps(cpu);

	if (!traps.floats && !traps.divisions)
		return -1;
	return decode_trap(block_of(cpu), traps);
}
