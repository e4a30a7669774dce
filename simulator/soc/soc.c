/* SPDX-License-Identifier: MIT */
/* soc.c - the frame: blocks and their resets, what is due, which interrupt lines are high. */
#include "simulator/soc/families.h"
#include "simulator/soc/kinds.h"
#include "simulator/options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void soc_find_due(struct soc *soc)
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
	soc_find_due(soc);
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

void soc_receive(struct soc *soc, uint8_t byte, const struct wire_settings *from, uint64_t now_ns)
{
	soc_advance(soc, now_ns);
	if (soc->console && block_is_clocked(soc->console))
		usart_receive(soc->console, byte, from);
	soc_find_due(soc);
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
	soc_find_due(soc);
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
