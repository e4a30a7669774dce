/* SPDX-License-Identifier: MIT */
/* bench.c - a simulated board with a session, an image and a plan. */
#include "tests/protocol/bench.h"

#include "protocol/ladder.h"

#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

const char *const bench_parts[] = { "f103rb", "f072rb", "f407vg", "l152re", "l476rg", "g071rb",
	"h743zi", NULL };

enum { REATTACH_MS = 5000 };

/* splitmix64 */
uint32_t bench_random(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15ull;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
	z = (z ^ z >> 27) * 0x94D049BB133111EBull;
	return (uint32_t)(z >> 32);
}

static void fill(uint8_t *bytes, size_t len, uint64_t seed)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)bench_random(&seed);
}

void bench_open(struct bench *bench, const struct sim_options *options)
{
	static const struct boot_options boot_options = { .settings = { 115200, WIRE_8E1 } };

	*bench = (struct bench){ .sim = sim_new(options) };
	assert_non_null(bench->sim);
	bench->cells = sim_flash(bench->sim, &bench->flash_len);
	bench->before = malloc(bench->flash_len);
	bench->bytes = malloc(bench->flash_len);
	assert_non_null(bench->before);
	assert_non_null(bench->bytes);
	fill(bench->cells, bench->flash_len < 64 * KIB ? bench->flash_len : 64 * KIB,
		options->seed);
	bench_remember(bench);
	boot_init(&bench->boot, sim_wire(bench->sim), sim_control(bench->sim), &boot_options);
	bench->image.segments = bench->segments;
}

void bench_close(struct bench *bench)
{
	plan_release(&bench->plan);
	sim_free(bench->sim);
	free(bench->before);
	free(bench->bytes);
}

const struct chip *bench_chip(const struct bench *bench)
{
	return bench->boot.device.chip;
}

static void put_le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

void bench_add(
	struct bench *bench, const struct chip *chip, uint32_t at, uint32_t len, uint64_t seed)
{
	struct segment *s = &bench->segments[bench->image.count];

	assert_true(bench->image.count < BENCH_MAX_SEGMENTS);
	assert_true(at + (size_t)len <= bench->flash_len);
	*s = (struct segment){ chip->flash_base + at, { bench->bytes + at, len } };
	fill(bench->bytes + at, len, seed);
	if (!bench->image.count++ && len >= 64) {
		memset(bench->bytes + at, 0, 64);
		put_le32(bench->bytes + at, chip->ram_base + chip->ram_bytes);
		put_le32(bench->bytes + at + 4, s->addr + 65);
	}
	bench->image.bytes += len;
}

void bench_remember(struct bench *bench)
{
	memcpy(bench->before, bench->cells, bench->flash_len);
}

void bench_mends(struct bench *bench)
{
	bench->mend = (struct mend){ .may_slow_down = true, .reattach_ms = REATTACH_MS };
	bench->has_mend = true;
}

static enum err connect_board(struct bench *bench)
{
	struct why cause = { 0 };
	/* Where a session is mended its rate is not a fixed one either. */
	const struct ladder ladder = { .known_good = bench->boot.options.settings.baud,
		.may_climb = true };
	enum err e = bench->has_mend ? ladder_connect(&bench->boot, &ladder, &cause)
				     : boot_connect(&bench->boot, &cause);

	if ((e == ERR_GONE || e == ERR_IO) && bench->has_mend) {
		e = mend_session(&bench->mend, &bench->boot, &cause, &cause);
		mend_progress(&bench->mend);
	}
	if (e) {
		bench->why = cause;
		bench->why.stage = STAGE_CONNECT;
	}
	return e;
}

enum err bench_plan(struct bench *bench, const struct plan_options *options)
{
	enum err e = connect_board(bench);

	if (e)
		return e;
	plan_release(&bench->plan);
	e = plan_flash(&bench->plan, &bench->image, &bench->boot.device, options, &bench->why);
	if (e) {
		bench->why.stage = STAGE_PLAN;
		return e;
	}
	run_init(&bench->run, &bench->plan, &bench->boot);
	bench->run.mend = bench->has_mend ? &bench->mend : NULL;
	e = run_prepare(&bench->run, &bench->why);
	if (e) {
		bench->why.err = e;
		bench->why.stage = STAGE_PLAN;
	}
	return e;
}

enum err bench_flash(struct bench *bench, const struct plan_options *options)
{
	enum err e = bench_plan(bench, options);

	while (!e && !run_is_done(&bench->run))
		e = run_piece(&bench->run, &bench->why);
	return e;
}

/* The flash offset of a step, and bytes to draw an expectation over. */
static uint8_t *at(const struct bench *bench, uint8_t *flash, uint32_t addr)
{
	return flash + (addr - bench->plan.chip->flash_base);
}

static void assert_cells(const struct bench *bench, const uint8_t *want, const char *what)
{
	if (!memcmp(want, bench->cells, bench->flash_len))
		return;
	for (size_t i = 0; i < bench->flash_len; i++) {
		if (bench->cells[i] != want[i])
			fail_msg("%s: at %zX is %02X, not %02X", what, i, bench->cells[i], want[i]);
	}
}

void bench_assert_rest_untouched(const struct bench *bench)
{
	uint8_t *want = malloc(bench->flash_len);

	assert_non_null(want);
	memcpy(want, bench->before, bench->flash_len);
	for (size_t i = 0; i < bench->plan.count; i++) {
		const struct step *step = &bench->plan.steps[i];

		if (step->kind <= STEP_WRITE)
			memcpy(at(bench, want, step->addr), at(bench, bench->cells, step->addr),
				step->len);
	}
	assert_cells(bench, want, "not in the plan, but changed");
	free(want);
}

void bench_assert_flashed(const struct bench *bench)
{
	uint8_t *want = malloc(bench->flash_len);

	assert_non_null(want);
	memcpy(want, bench->before, bench->flash_len);
	for (size_t i = 0; i < bench->plan.count; i++) {
		const struct step *step = &bench->plan.steps[i];

		if (step->kind <= STEP_ERASE)
			memset(at(bench, want, step->addr), bench->plan.chip->erased, step->len);
	}
	for (size_t i = 0; i < bench->image.count; i++) {
		const struct segment *s = &bench->image.segments[i];

		memcpy(at(bench, want, s->addr), s->data.ptr, s->data.len);
	}
	assert_cells(bench, want, "not as planned");
	free(want);
}

void bench_assert_connection_is_true(struct bench *bench)
{
	const unsigned resets = sim_resets(bench->sim);
	struct why why = { 0 };

	if (!bench->boot.is_connected)
		return;
	if (boot_reconnect(&bench->boot, &why) || sim_resets(bench->sim) != resets)
		fail_msg("it said that it was connected, but it was not: %s", why.what);
}
