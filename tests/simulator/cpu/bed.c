/* SPDX-License-Identifier: MIT */
#include "tests/simulator/cpu/bed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICE 0x40000000u
#define FLASH 0x08000000u
enum { LOG = 0, RAISE = 4, LOWER = 8, DONE = 12, PULSE = 16, LATER = 20 };
enum { LIMIT = 10 * 1000 * 1000, SLICE = 5000 };

static void pulse(struct bed *bed, unsigned line)
{
	cpu_set_irq(bed->cpu, line, true);
	cpu_set_irq(bed->cpu, line, false);
}

static bool device_read(void *ctx, uint32_t addr, unsigned size, uint32_t *value)
{
	(void)ctx;
	(void)size;
	*value = 0;
	return addr >= DEVICE && addr < DEVICE + 0x400;
}

/* Flash keeps what it has where bits would have to be set, as the real one. */
static bool flash_write(struct bed *bed, uint32_t offset, unsigned size, uint32_t value)
{
	unsigned i;

	for (i = 0; i < size; i++)
		bed->flash[offset + i] &= (uint8_t)(value >> i * 8);
	cpu_memory_changed(bed->cpu, FLASH + offset, size);
	return true;
}

static bool device_write(void *ctx, uint32_t addr, unsigned size, uint32_t value)
{
	struct bed *bed = ctx;

	if (addr - FLASH < BED_FLASH)
		return flash_write(bed, addr - FLASH, size, value);
	switch (addr - DEVICE) {
	case LOG:
		if (bed->count < BED_LOG)
			bed->log[bed->count++] = value;
		return true;
	case RAISE:
	case LOWER:
		cpu_set_irq(bed->cpu, value, addr - DEVICE == RAISE);
		return true;
	case PULSE:
		pulse(bed, value);
		return true;
	case LATER:
		bed->pulse_line = value >> 16;
		bed->pulse_at = cpu_cycles(bed->cpu) + (value & 0xFFFF);
		cpu_break(bed->cpu);
		return true;
	case DONE:
		bed->is_done = true;
		cpu_break(bed->cpu);
		return true;
	default:
		return false;
	}
}

static void keep_report(void *ctx, const char *line)
{
	struct bed *bed = ctx;

	if (bed->reports < BED_REPORTS)
		snprintf(bed->report[bed->reports++], sizeof bed->report[0], "%s", line);
}

struct bed *bed_new(enum cpu_model model, const uint8_t *program, size_t len)
{
	struct bed *bed = calloc(1, sizeof *bed);
	bool is_v6 = model == CPU_M0 || model == CPU_M0PLUS;
	struct cpu_options options = {
		.model = model,
		.irqs = is_v6 ? 32 : 82,
		.priority_bits = is_v6 ? 2 : 4,
		.bus = { device_read, device_write, bed },
		.report = keep_report,
		.report_ctx = bed,
	};

	if (!bed)
		return NULL;
	bed->pulse_at = UINT64_MAX;
	bed->flash = aligned_alloc(4096, BED_FLASH);
	bed->ram = aligned_alloc(4096, BED_RAM);
	if (bed->flash && bed->ram) {
		memset(bed->flash, 0xFF, BED_FLASH);
		memcpy(bed->flash, program, len);
		memset(bed->ram, 0, BED_RAM);
		options.regions[0] = (struct cpu_region){ FLASH, BED_FLASH, bed->flash, false };
		options.regions[1] = (struct cpu_region){ 0, BED_FLASH, bed->flash, false };
		options.regions[2] = (struct cpu_region){ 0x20000000, BED_RAM, bed->ram, true };
		bed->cpu = cpu_new(&options);
	}
	if (!bed->cpu) {
		bed_free(bed);
		return NULL;
	}
	cpu_reset(bed->cpu, FLASH, 0);
	return bed;
}

void bed_free(struct bed *bed)
{
	cpu_free(bed->cpu);
	free(bed->flash);
	free(bed->ram);
	free(bed);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Time passes: to the next pulse or tick; false: nothing would ever wake it. */
static bool pass_sleep(struct bed *bed)
{
	uint64_t now = cpu_cycles(bed->cpu);
	uint64_t wait = bed->pulse_at == UINT64_MAX ? UINT64_MAX : bed->pulse_at - now;

	wait = least(wait, cpu_next_systick(bed->cpu));
	if (wait == UINT64_MAX)
		return false;
	bed->slept += wait;
	cpu_skip(bed->cpu, wait);
	return true;
}

enum cpu_state bed_run(struct bed *bed)
{
	enum cpu_state state = cpu_state(bed->cpu);

	while (!bed->is_done && cpu_cycles(bed->cpu) < LIMIT) {
		uint64_t now = cpu_cycles(bed->cpu);

		if (now >= bed->pulse_at) {
			bed->pulse_at = UINT64_MAX;
			pulse(bed, bed->pulse_line);
		}
		state = cpu_run(bed->cpu, least(SLICE, bed->pulse_at - now));
		if (state == CPU_RESETS || state == CPU_LOCKED_UP)
			break;
		if (state == CPU_SLEEPS && !pass_sleep(bed))
			break;
		state = cpu_state(bed->cpu);
	}
	return state;
}
