/* SPDX-License-Identifier: MIT */
/* soc.c - the frame: which block an access meets, what is due, which interrupt lines are high. */
#include "simulator/soc/families.h"
#include "simulator/soc/kinds.h"
#include "simulator/options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bit-band regions (DDI 0403, B3.1; DDI 0337, 3.7): a word for each bit of the first megabyte. */
#define BAND_RAM 0x22000000u
#define BAND_PERIPHERAL 0x42000000u
#define BAND_BYTES 0x02000000u
#define RAM_BASE 0x20000000u
#define PERIPHERAL_BASE 0x40000000u

void soc_report(struct soc *soc, const char *format, ...)
{
	char line[160];
	va_list args;

	if (!soc->hooks.report)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	soc->hooks.report(soc->hooks.ctx, line);
}

uint64_t soc_random(struct soc *soc)
{
	uint64_t z = soc->random += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

void soc_ask_reset(struct soc *soc, enum soc_by by)
{
	static const char *const causes[] = { [SOC_BY_NONE] = "",
		[SOC_BY_IWDG] = "independent watchdog",
		[SOC_BY_WWDG] = "window watchdog",
		[SOC_BY_OPTIONS] = "option bytes loaded" };

	soc->reset_by = by;
	if (by == SOC_BY_OPTIONS)
		options_load(soc->memory, false);
	if (soc->hooks.reset)
		soc->hooks.reset(soc->hooks.ctx, causes[by]);
}

struct block *soc_block(struct soc *soc, const char *name)
{
	for (size_t i = 0; i < soc->family->count; i++) {
		if (!strcmp(soc->blocks[i].row->name, name))
			return &soc->blocks[i];
	}
	return NULL;
}

static const struct reg *known_reg(const struct block_row *row, uint32_t offset)
{
	for (size_t i = 0; i < row->reg_count; i++) {
		if (row->regs[i].offset == offset)
			return &row->regs[i];
	}
	return NULL;
}

void block_store(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	const struct reg *known = known_reg(block->row, offset);
	const uint32_t mask = known ? lanes & known->writable : lanes;
	uint32_t *const reg = block_reg(block, offset);

	*reg = (*reg & ~mask) | (value & mask);
}

void block_irq(struct block *block, unsigned line, bool is_high)
{
	struct soc *const soc = block->soc;
	const uint8_t bit = (uint8_t)(1u << line);

	if (line >= block->row->irq_count || !!(block->irqs_high & bit) == is_high)
		return;
	const unsigned irq = block->row->irqs[line];
	const unsigned before = soc->irq_sources[irq];

	block->irqs_high ^= bit;
	soc->irq_sources[irq] = (uint8_t)(is_high ? before + 1 : before - 1);
	if (!before != !soc->irq_sources[irq] && soc->hooks.irq)
		soc->hooks.irq(soc->hooks.ctx, irq, is_high);
}

void block_reset(struct block *block)
{
	const struct block_row *row = block->row;

	memset(block->regs, 0, row->size);
	for (size_t i = 0; i < row->reg_count; i++)
		*block_reg(block, row->regs[i].offset) = row->regs[i].reset;
	for (unsigned line = 0; line < row->irq_count; line++)
		block_irq(block, line, false);
	block->due_ns = SOC_NEVER;
	if (!row->kind)
		return;
	if (row->kind->state_bytes)
		memset(block->state, 0, row->kind->state_bytes);
	if (row->kind->reset)
		row->kind->reset(block);
}

bool block_is_clocked(const struct block *block)
{
	const struct block_row *row = block->row;

	return !row->clock_reg || block_get(block->soc->rcc, row->clock_reg) & BIT(row->clock_bit);
}

uint32_t block_clock(const struct block *block)
{
	const struct clocks *clocks = &block->soc->clocks;

	return block->row->bus == 2 ? clocks->pclk2 : clocks->pclk1;
}

static void find_earliest(struct soc *soc)
{
	soc->due_ns = SOC_NEVER;
	for (size_t i = 0; i < soc->family->count; i++) {
		if (soc->blocks[i].due_ns < soc->due_ns)
			soc->due_ns = soc->blocks[i].due_ns;
	}
}

/* The blocks that are due at soc->due_ns. */
static void run_due(struct soc *soc)
{
	const uint64_t due_ns = soc->due_ns;

	if (due_ns > soc->now_ns)
		soc->now_ns = due_ns;
	for (size_t i = 0; i < soc->family->count; i++) {
		struct block *const block = &soc->blocks[i];

		if (block->due_ns > due_ns)
			continue;
		block->due_ns = SOC_NEVER;
		block->row->kind->advance(block);
	}
	find_earliest(soc);
}

void soc_advance(struct soc *soc, uint64_t now_ns)
{
	while (soc->due_ns <= now_ns)
		run_due(soc);
	if (now_ns > soc->now_ns)
		soc->now_ns = now_ns;
}

uint64_t soc_next_ns(const struct soc *soc)
{
	return soc->due_ns;
}

static struct block *block_at(struct soc *soc, uint32_t addr)
{
	const struct block_row *row = soc->last->row;

	if (addr - row->base < row->size)
		return soc->last;
	for (size_t i = 0; i < soc->family->count; i++) {
		row = soc->blocks[i].row;
		if (addr - row->base < row->size)
			return soc->last = &soc->blocks[i];
	}
	return NULL;
}

/* A line for a register that is not modelled, and for a block without its clock; each once. */
static void report_unknown(struct block *block, uint32_t offset, const char *verb)
{
	uint8_t *const byte = &block->reported[offset / 4 / 8];
	const uint8_t bit = (uint8_t)(1u << (offset / 4 % 8));

	if (*byte & bit || known_reg(block->row, offset))
		return;
	*byte |= bit;
	soc_report(block->soc, "%s+0x%02X (0x%08X) %s: not modelled, keeps what is written",
		block->row->name, (unsigned)offset, (unsigned)(block->row->base + offset), verb);
}

static bool is_dead(struct block *block)
{
	if (block_is_clocked(block))
		return false;
	if (!block->said_unclocked)
		soc_report(block->soc, "%s is accessed while its clock is off", block->row->name);
	block->said_unclocked = true;
	return true;
}

static uint32_t block_read(struct block *block, uint32_t offset)
{
	const struct kind *kind = block->row->kind;

	if (is_dead(block))
		return 0;
	report_unknown(block, offset, "read");
	return kind && kind->read ? kind->read(block, offset) : block_get(block, offset);
}

static void block_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	const struct kind *kind = block->row->kind;

	if (is_dead(block))
		return;
	report_unknown(block, offset, "written");
	if (kind && kind->write)
		kind->write(block, offset, value, lanes);
	else
		block_store(block, offset, value, lanes);
	find_earliest(block->soc);
}

static uint32_t lanes_of(uint32_t addr, unsigned size)
{
	const uint32_t ones = size >= 4 ? UINT32_MAX : BIT(8 * size) - 1;

	return ones << 8 * (addr & 3);
}

static bool is_band(const struct soc *soc, uint32_t addr)
{
	return soc->family->has_bit_band &&
		(addr - BAND_RAM < BAND_BYTES || addr - BAND_PERIPHERAL < BAND_BYTES);
}

/* The word that holds the bit of a bit-band address, and the bit's number in it. */
static uint32_t band_word(uint32_t addr, unsigned *bit)
{
	const bool is_ram = addr < BAND_PERIPHERAL;
	const uint32_t number = (addr - (is_ram ? BAND_RAM : BAND_PERIPHERAL)) / 4;

	*bit = number % 32;
	return (is_ram ? RAM_BASE : PERIPHERAL_BASE) + number / 32 * 4;
}

static bool load_word(struct soc *soc, uint32_t addr, uint32_t *value)
{
	if (addr >= PERIPHERAL_BASE)
		return soc_read(soc, addr, 4, value, soc->now_ns);
	return soc->hooks.load && soc->hooks.load(soc->hooks.ctx, addr, 4, value);
}

static bool write_band(struct soc *soc, uint32_t addr, uint32_t value)
{
	unsigned bit;
	uint32_t word;
	const uint32_t at = band_word(addr, &bit);

	if (!load_word(soc, at, &word))
		return false;
	word = (word & ~BIT(bit)) | (value & 1) << bit;
	if (at >= PERIPHERAL_BASE)
		return soc_write(soc, at, 4, word, soc->now_ns);
	return soc->hooks.store && soc->hooks.store(soc->hooks.ctx, at, 4, word);
}

static bool read_band(struct soc *soc, uint32_t addr, uint32_t *value)
{
	unsigned bit;

	if (!load_word(soc, band_word(addr, &bit), value))
		return false;
	*value = *value >> bit & 1;
	return true;
}

/* What lies at 0 lies at its own address. */
static uint32_t unaliased(const struct soc *soc, uint32_t addr)
{
	const uint32_t bytes = soc->memory->part->flash_bytes;

	return addr < bytes ? soc->alias + addr : addr;
}

static bool read_memory(struct soc *soc, uint32_t addr, unsigned size, uint32_t *value)
{
	uint8_t bytes[4] = { 0 };

	if (!memory_read(soc->memory, unaliased(soc, addr), bytes, size))
		return false;
	*value = get_le32(bytes);
	return true;
}

bool soc_read(struct soc *soc, uint32_t addr, unsigned size, uint32_t *value, uint64_t now_ns)
{
	soc_advance(soc, now_ns);
	struct block *const block = block_at(soc, addr);

	if (!block)
		return is_band(soc, addr) ? read_band(soc, addr, value)
					  : read_memory(soc, addr, size, value);
	const uint32_t word = block_read(block, (addr - block->row->base) & ~3u);

	*value = (word & lanes_of(addr, size)) >> 8 * (addr & 3);
	find_earliest(soc);
	return true;
}

bool soc_write(struct soc *soc, uint32_t addr, unsigned size, uint32_t value, uint64_t now_ns)
{
	soc_advance(soc, now_ns);
	struct block *const block = block_at(soc, addr);

	if (!block && is_band(soc, addr))
		return write_band(soc, addr, value);
	if (!block) {
		const bool ok = flash_ctl_write(soc, unaliased(soc, addr), size, value);

		find_earliest(soc);
		return ok;
	}
	const uint32_t lanes = lanes_of(addr, size);

	block_write(block, (addr - block->row->base) & ~3u, value << 8 * (addr & 3) & lanes, lanes);
	return true;
}

void soc_receive(struct soc *soc, uint8_t byte, const struct wire_settings *from, uint64_t now_ns)
{
	soc_advance(soc, now_ns);
	if (soc->console && block_is_clocked(soc->console))
		usart_receive(soc->console, byte, from);
	find_earliest(soc);
}

bool dma_access(struct soc *soc, uint32_t addr, unsigned size, uint32_t *value, bool is_write)
{
	const struct soc_hooks *hooks = &soc->hooks;

	if (block_at(soc, addr))
		return is_write ? soc_write(soc, addr, size, *value, soc->now_ns)
				: soc_read(soc, addr, size, value, soc->now_ns);
	if (is_write)
		return hooks->store && hooks->store(hooks->ctx, addr, size, *value);
	return (hooks->load && hooks->load(hooks->ctx, addr, size, value)) ||
		read_memory(soc, addr, size, value);
}

uint32_t soc_hclk(const struct soc *soc)
{
	return soc->clocks.hclk;
}

uint32_t soc_boot_alias(const struct soc *soc)
{
	return soc->alias;
}

void soc_set_boot(struct soc *soc, uint32_t base)
{
	soc->boot_base = base;
}

void soc_set_flash_percent(struct soc *soc, uint32_t percent)
{
	soc->flash_percent = percent;
}

bool soc_set_console(struct soc *soc, unsigned usart)
{
	for (size_t i = 0; i < soc->family->count; i++) {
		const struct block_row *row = soc->blocks[i].row;

		if (row->kind == &kind_usart && row->number == usart) {
			soc->console = &soc->blocks[i];
			return true;
		}
	}
	return false;
}

bool soc_port(const struct soc *soc, char port, uint16_t *levels, uint16_t *is_output)
{
	const unsigned index = (unsigned)(port - 'A');

	if (index >= SOC_PORTS || !soc->ports[index])
		return false;
	gpio_levels(soc->ports[index], levels, is_output);
	return true;
}

unsigned soc_irqs(const struct soc *soc)
{
	return soc->family->irqs;
}

void soc_reset(struct soc *soc, enum soc_cause cause, uint64_t now_ns)
{
	const struct rcc_kept kept = rcc_keep(soc->rcc, cause);

	if (now_ns > soc->now_ns)
		soc->now_ns = now_ns;
	soc->alias = soc->boot_base;
	block_reset(soc->rcc);
	for (size_t i = 0; i < soc->family->count; i++) {
		if (&soc->blocks[i] != soc->rcc)
			block_reset(&soc->blocks[i]);
	}
	rcc_restore(soc->rcc, &kept);
	soc->reset_by = SOC_BY_NONE;
	find_earliest(soc);
}

static bool block_init(struct block *block, struct soc *soc, const struct block_row *row)
{
	*block = (struct block){ .row = row, .soc = soc, .due_ns = SOC_NEVER };
	block->regs = calloc(1, row->size);
	block->reported = calloc(1, row->size / 32 + 1);
	if (row->kind && row->kind->state_bytes)
		block->state = calloc(1, row->kind->state_bytes);
	if (row->kind == &kind_gpio)
		soc->ports[row->number - 'A'] = block;
	if (row->kind == &kind_rcc)
		soc->rcc = block;
	if (row->kind == &kind_flash)
		soc->flash = block;
	if (row->kind == &kind_exti)
		soc->exti = block;
	if (row->kind == &kind_dma)
		soc->dma[soc->dma[0] ? 1 : 0] = block;
	if (row->holds_exticr)
		soc->exti_select = block;
	return block->regs && block->reported &&
		(block->state || !row->kind || !row->kind->state_bytes);
}

/* A board's random numbers follow from its unique id, as that does from the board's seed. */
static uint64_t seed_of(const struct memory *memory)
{
	uint8_t id[8] = { 0 };

	memory_read(memory, memory->part->unique_id, id, sizeof(id));
	return (uint64_t)get_le32(id + 4) << 32 | get_le32(id);
}

static uint32_t system_base_of(const struct part *part)
{
	for (int i = 0; i < PART_AREAS; i++) {
		if (part->areas[i].kind == AREA_SYSTEM)
			return part->areas[i].base;
	}
	return part->flash_base;
}

struct soc *soc_new(struct memory *memory, const struct soc_hooks *hooks)
{
	const struct family *family = family_of(memory->part);
	struct soc *soc = family ? calloc(1, sizeof(*soc)) : NULL;
	bool ok = soc != NULL;

	if (ok) {
		soc->memory = memory;
		soc->hooks = *hooks;
		soc->family = family;
		soc->boot_base = memory->part->flash_base;
		soc->flash_percent = 100;
		soc->random = seed_of(memory);
		soc->system_base = system_base_of(memory->part);
		soc->blocks = calloc(family->count, sizeof(*soc->blocks));
		soc->last = soc->blocks;
		ok = soc->blocks != NULL;
	}
	for (size_t i = 0; ok && i < family->count; i++)
		ok = block_init(&soc->blocks[i], soc, &family->rows[i]);
	if (!ok) {
		soc_free(soc);
		return NULL;
	}
	soc_set_console(soc, 1);
	soc_reset(soc, SOC_POWER_ON, 0);
	return soc;
}

void soc_free(struct soc *soc)
{
	if (!soc)
		return;
	for (size_t i = 0; soc->blocks && i < soc->family->count; i++) {
		free(soc->blocks[i].regs);
		free(soc->blocks[i].reported);
		free(soc->blocks[i].state);
	}
	free(soc->blocks);
	free(soc);
}
