/* SPDX-License-Identifier: MIT */
/* systick.c - the 24-bit timer, counted when someone looks. Source: DDI 0403, B3.3. */
#include "simulator/cpu/core.h"

enum { CSR_ENABLE = 1, CSR_TICKINT = 2, CSR_CLKSOURCE = 4, CSR_COUNTFLAG = 1 << 16 };
enum { REG_CSR, REG_RVR = 4, REG_CVR = 8, REG_CALIB = 12, WIDTH = 0xFFFFFF };
enum { EXTERNAL_CLOCK = 8 }; /* STM32: HCLK / 8 */

void systick_reset(struct cpu *cpu)
{
	cpu->systick = (struct systick){ .stamp = cpu->cycles };
}

bool systick_is_on(const struct cpu *cpu)
{
	return cpu->systick.control & CSR_ENABLE;
}

static uint64_t divider(const struct systick *s)
{
	return s->control & CSR_CLKSOURCE ? 1 : EXTERNAL_CLOCK;
}

/* Counts ticks down; true: it reached 0 on the way. */
static bool count(struct systick *s, uint64_t ticks)
{
	bool is_zero;

	if (ticks < s->value) {
		s->value -= (uint32_t)ticks;
		return false;
	}
	is_zero = s->value > 0;
	ticks -= s->value;
	s->value = 0;
	if (!ticks || !s->reload)
		return is_zero;
	ticks--; /* the tick that reloads */
	is_zero |= ticks >= s->reload;
	s->value = s->reload - (uint32_t)(ticks % (s->reload + 1));
	return is_zero;
}

void systick_advance(struct cpu *cpu)
{
	struct systick *s = &cpu->systick;
	uint64_t ticks = (cpu->cycles - s->stamp) / divider(s);

	if (!(s->control & CSR_ENABLE)) {
		s->stamp = cpu->cycles;
		return;
	}
	s->stamp += ticks * divider(s);
	if (!ticks || !count(s, ticks))
		return;
	s->control |= CSR_COUNTFLAG;
	if (s->control & CSR_TICKINT)
		nvic_pend(cpu, EXC_SYSTICK);
}

uint64_t systick_due(const struct cpu *cpu)
{
	const struct systick *s = &cpu->systick;
	uint64_t ticks = s->value ? s->value : (uint64_t)s->reload + 1;

	if (!(s->control & CSR_ENABLE) || !(s->control & CSR_TICKINT) || (!s->value && !s->reload))
		return UINT64_MAX;
	return s->stamp + ticks * divider(s);
}

uint32_t systick_load(struct cpu *cpu, uint32_t offset)
{
	struct systick *s = &cpu->systick;
	uint32_t value;

	systick_advance(cpu);
	switch (offset) {
	case REG_CSR:
		value = s->control;
		s->control &= ~(uint32_t)CSR_COUNTFLAG;
		return value;
	case REG_RVR:
		return s->reload;
	case REG_CVR:
		return s->value;
	default:
		/* CALIB of STM32F1: no skew, TENMS 9000 (RM0008). */
		return offset == REG_CALIB ? 9000 : 0;
	}
}

void systick_store(struct cpu *cpu, uint32_t offset, uint32_t value)
{
	struct systick *s = &cpu->systick;

	systick_advance(cpu);
	switch (offset) {
	case REG_CSR:
		s->control = (s->control & CSR_COUNTFLAG) |
			(value & (CSR_ENABLE | CSR_TICKINT | CSR_CLKSOURCE));
		break;
	case REG_RVR:
		s->reload = value & WIDTH;
		break;
	case REG_CVR:
		s->value = 0;
		s->control &= ~(uint32_t)CSR_COUNTFLAG;
		s->stamp = cpu->cycles;
		break;
	default:
		break; /* CALIB is read-only */
	}
	cpu->must_look = true; /* it may be due at another time */
}
