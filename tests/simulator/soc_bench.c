/* SPDX-License-Identifier: MIT */
/* soc_bench.c - a soc on a bench. */
#include "tests/simulator/soc_bench.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <string.h>

enum { RAM = 0x20000000 };

static void on_irq(void *ctx, unsigned irq, bool is_high)
{
	struct bench *const bench = ctx;

	assert_true(irq < soc_irqs(bench->soc));
	bench->irqs[irq] = is_high;
}

static void on_transmit(void *ctx, uint8_t byte, const struct wire_settings *line, uint64_t now_ns)
{
	struct bench *const bench = ctx;

	assert_true(bench->sent_count < BENCH_BYTES);
	bench->sent_line = *line;
	bench->sent_ns[bench->sent_count] = now_ns;
	bench->sent[bench->sent_count++] = byte;
}

static void on_flash_changed(void *ctx, uint32_t addr, uint32_t len)
{
	struct bench *const bench = ctx;

	bench->changed = addr;
	bench->changed_len = len;
}

static void on_stall(void *ctx, uint64_t until_ns)
{
	struct bench *const bench = ctx;

	bench->stall_ns = until_ns;
}

static void on_reset(void *ctx, const char *cause)
{
	struct bench *const bench = ctx;

	assert_non_null(cause);
	bench->resets++;
}

static void on_pin(void *ctx, char port, unsigned pin, bool is_high)
{
	struct bench *const bench = ctx;

	snprintf(bench->pin, sizeof(bench->pin), "%c%u=%d", port, pin, is_high);
}

static bool on_load(void *ctx, uint32_t addr, unsigned size, uint32_t *value)
{
	struct bench *const bench = ctx;

	if (addr < RAM || addr - RAM > BENCH_RAM - size)
		return false;
	*value = 0;
	for (unsigned i = 0; i < size; i++)
		*value |= (uint32_t)bench->ram[addr - RAM + i] << 8 * i;
	return true;
}

static bool on_store(void *ctx, uint32_t addr, unsigned size, uint32_t value)
{
	struct bench *const bench = ctx;

	if (addr < RAM || addr - RAM > BENCH_RAM - size)
		return false;
	for (unsigned i = 0; i < size; i++)
		bench->ram[addr - RAM + i] = (uint8_t)(value >> 8 * i);
	return true;
}

static void on_report(void *ctx, const char *line)
{
	struct bench *const bench = ctx;

	bench->reports++;
	snprintf(bench->report, sizeof(bench->report), "%s", line);
}

void bench_open(struct bench *bench, const char *part)
{
	const struct soc_hooks hooks = {
		.irq = on_irq,
		.transmit = on_transmit,
		.flash_changed = on_flash_changed,
		.stall = on_stall,
		.reset = on_reset,
		.pin = on_pin,
		.load = on_load,
		.store = on_store,
		.report = on_report,
		.ctx = bench,
	};

	*bench = (struct bench){ 0 };
	assert_true(memory_init(&bench->memory, part_find(part), 1, NULL));
	bench->soc = soc_new(&bench->memory, &hooks);
	assert_non_null(bench->soc);
}

void bench_close(struct bench *bench)
{
	soc_free(bench->soc);
	memory_release(&bench->memory);
}

uint32_t bench_get(struct bench *bench, uint32_t addr)
{
	uint32_t value;

	assert_true(soc_read(bench->soc, addr, 4, &value, bench->now_ns));
	return value;
}

void bench_put(struct bench *bench, uint32_t addr, uint32_t value)
{
	assert_true(soc_write(bench->soc, addr, 4, value, bench->now_ns));
}

void bench_wait_us(struct bench *bench, uint64_t us)
{
	bench->now_ns += us * 1000;
	soc_advance(bench->soc, bench->now_ns);
}

static unsigned size_of(enum step_kind kind)
{
	static const unsigned sizes[] = {
		[WRITE16] = 2, [READ16] = 2, [FAIL16] = 2, [WRITE8] = 1, [READ8] = 1, [FAIL32] = 4
	};

	return sizes[kind] ? sizes[kind] : 4;
}

/* false: it differs; *got says what was read. */
static bool play_read(struct bench *bench, const struct step *step, uint32_t *got)
{
	const uint32_t mask = step->mask ? step->mask : UINT32_MAX;

	return soc_read(bench->soc, step->addr, size_of(step->kind), got, bench->now_ns) &&
		(*got & mask) == step->value;
}

static bool play_change(struct bench *bench, const struct step *step, uint32_t *got)
{
	if (!soc_read(bench->soc, step->addr, 4, got, bench->now_ns))
		return false;
	const uint32_t value = step->kind == SET ? *got | step->value : *got & ~step->value;

	return soc_write(bench->soc, step->addr, 4, value, bench->now_ns);
}

static bool play_step(struct bench *bench, const struct step *step, uint32_t *got)
{
	switch (step->kind) {
	case READ:
	case READ16:
	case READ8:
		return play_read(bench, step, got);
	case SET:
	case CLEAR:
		return play_change(bench, step, got);
	case WAIT:
		bench_wait_us(bench, step->addr);
		return true;
	case FAIL16:
	case FAIL32:
		return !soc_write(
			bench->soc, step->addr, size_of(step->kind), step->value, bench->now_ns);
	default:
		return soc_write(
			bench->soc, step->addr, size_of(step->kind), step->value, bench->now_ns);
	}
}

void bench_play(struct bench *bench, const char *name, const struct step *steps)
{
	for (unsigned i = 0; steps[i].kind != STEP_END; i++) {
		uint32_t got = 0;

		if (!play_step(bench, &steps[i], &got))
			fail_msg("%s, step %u (0x%08X): 0x%08X", name, i, (unsigned)steps[i].addr,
				(unsigned)got);
	}
}
