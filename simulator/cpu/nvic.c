/* SPDX-License-Identifier: MIT */
/* nvic.c - which exception is next. Source: DDI 0403, B1.5 and B3.4; DDI 0419, B3.4. */
#include "simulator/cpu/core.h"

#include <string.h>

enum { FIRST_IRQ_WORD_SHIFT = EXC_IRQ, NOTHING_RUNS = 256 };

void nvic_reset(struct cpu *cpu)
{
	struct nvic *nvic = &cpu->nvic;
	uint32_t level[EXC_WORDS];
	unsigned i;

	memcpy(level, nvic->level, sizeof level); /* lines are the peripherals' */
	*nvic = (struct nvic){ 0 };
	memcpy(nvic->level, level, sizeof level);
	memcpy(nvic->pending, level, sizeof level);
	for (i = 0; i < EXC_IRQ; i++)
		bit_put(nvic->enabled, i, true);
}

int nvic_priority(const struct cpu *cpu, unsigned n)
{
	switch (n) {
	case EXC_RESET:
		return -3;
	case EXC_NMI:
		return -2;
	case EXC_HARD:
		return -1;
	default:
		return cpu->nvic.priority[n];
	}
}

/* Without the bits that only order what pends. */
static int group_of(const struct cpu *cpu, int priority)
{
	if (priority < 0 || core_is_v6(cpu))
		return priority;
	return priority & ~((2 << cpu->nvic.prigroup) - 1);
}

int nvic_running(const struct cpu *cpu, struct engine_masks masks)
{
	int running = NOTHING_RUNS;
	unsigned i;

	for (i = 0; i < EXC_WORDS; i++) {
		uint32_t active = cpu->nvic.active[i];

		for (; active; active &= active - 1) {
			unsigned n = i * 32 + (unsigned)__builtin_ctz(active);
			int priority = group_of(cpu, nvic_priority(cpu, n));

			running = priority < running ? priority : running;
		}
	}
	if (masks.basepri) {
		int priority = group_of(cpu, masks.basepri);

		running = priority < running ? priority : running;
	}
	if (masks.primask && running > 0)
		running = 0;
	if (masks.faultmask && running > -1)
		running = -1;
	return running;
}

/* The most urgent of what pends and is enabled; 0: none. */
static unsigned best_pending(const struct cpu *cpu)
{
	unsigned i, best = 0;

	for (i = 0; i < EXC_WORDS; i++) {
		uint32_t ready = cpu->nvic.pending[i] & cpu->nvic.enabled[i];

		for (; ready; ready &= ready - 1) {
			unsigned n = i * 32 + (unsigned)__builtin_ctz(ready);

			if (!best || nvic_priority(cpu, n) < nvic_priority(cpu, best))
				best = n;
		}
	}
	return best;
}

unsigned nvic_next(const struct cpu *cpu, struct engine_masks masks)
{
	unsigned best = best_pending(cpu);

	if (!best || group_of(cpu, nvic_priority(cpu, best)) >= nvic_running(cpu, masks))
		return 0;
	return best;
}

void nvic_pend(struct cpu *cpu, unsigned n)
{
	bool was_pending = bit_of(cpu->nvic.pending, n);

	bit_put(cpu->nvic.pending, n, true);
	cpu->must_look = true;
	if (!was_pending && cpu->scb.scr & SCR_SEVONPEND)
		cpu->has_event = true;
}

void nvic_unpend(struct cpu *cpu, unsigned n)
{
	bit_put(cpu->nvic.pending, n, bit_of(cpu->nvic.level, n));
	cpu->must_look = true;
}

void nvic_enter(struct cpu *cpu, unsigned n)
{
	bit_put(cpu->nvic.pending, n, false);
	bit_put(cpu->nvic.active, n, true);
	cpu->must_look = true;
}

/* A line that is still high pends again. */
void nvic_leave(struct cpu *cpu, unsigned n)
{
	bit_put(cpu->nvic.active, n, false);
	if (bit_of(cpu->nvic.level, n))
		nvic_pend(cpu, n);
	cpu->must_look = true;
}

/* --- registers: banks of one bit for each interrupt, and the priorities --- */

enum { BANK_ISER = 0x000, BANK_ICER = 0x080, BANK_ISPR = 0x100, BANK_ICPR = 0x180 };
enum { BANK_IABR = 0x200, BANK_IPR = 0x300, BANK = 0x80 };

static uint32_t irq_word(const uint32_t *words, unsigned i)
{
	uint32_t low = words[i] >> FIRST_IRQ_WORD_SHIFT;

	return i + 1 < EXC_WORDS ? low | words[i + 1] << (32 - FIRST_IRQ_WORD_SHIFT) : low;
}

static uint8_t priority_mask(const struct cpu *cpu)
{
	return (uint8_t)(0xFF00u >> cpu->options.priority_bits);
}

static void put_priorities(struct cpu *cpu, unsigned first, uint32_t value)
{
	unsigned i;

	for (i = first; i < first + 4 && i < EXC_IRQ + cpu->options.irqs && i < EXC_COUNT; i++)
		cpu->nvic.priority[i] = value >> (i - first) * 8 & priority_mask(cpu);
	cpu->must_look = true;
}

uint32_t nvic_load(struct cpu *cpu, uint32_t offset)
{
	const struct nvic *nvic = &cpu->nvic;
	unsigned word = offset % BANK / 4, first, i;
	uint32_t value = 0;

	if (offset >= BANK_IPR) {
		first = EXC_IRQ + (offset - BANK_IPR);
		for (i = first; i < first + 4 && i < EXC_COUNT; i++)
			value |= (uint32_t)nvic->priority[i] << (i - first) * 8;
		return value;
	}
	if (word >= EXC_WORDS)
		return 0;
	switch (offset / BANK * BANK) {
	case BANK_ISER:
	case BANK_ICER:
		return irq_word(nvic->enabled, word);
	case BANK_ISPR:
	case BANK_ICPR:
		return irq_word(nvic->pending, word);
	default:
		return irq_word(nvic->active, word);
	}
}

static void put_bit(struct cpu *cpu, uint32_t bank, unsigned n)
{
	switch (bank) {
	case BANK_ISER:
		bit_put(cpu->nvic.enabled, n, true);
		break;
	case BANK_ICER:
		bit_put(cpu->nvic.enabled, n, false);
		break;
	case BANK_ISPR:
		nvic_pend(cpu, n);
		break;
	case BANK_ICPR:
		nvic_unpend(cpu, n);
		break;
	default:
		break; /* IABR is read-only */
	}
	cpu->must_look = true;
}

void nvic_store(struct cpu *cpu, uint32_t offset, uint32_t value)
{
	unsigned first;

	if (offset >= BANK_IPR) {
		put_priorities(cpu, EXC_IRQ + (offset - BANK_IPR), value);
		return;
	}
	first = EXC_IRQ + offset % BANK / 4 * 32;
	for (; value; value &= value - 1) {
		unsigned n = first + (unsigned)__builtin_ctz(value);

		if (n < EXC_IRQ + cpu->options.irqs && n < EXC_COUNT)
			put_bit(cpu, offset / BANK * BANK, n);
	}
}
