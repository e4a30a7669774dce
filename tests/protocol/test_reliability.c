/* SPDX-License-Identifier: MIT */
/*
 * test_reliability.c - each fault at each stage of a job, on several parts and at several moments:
 * the job ends done with the right content, or for a reason that is final, in bounded virtual time.
 * What was seen is the table of docs/reliability.md, which must say the same; `--write` makes it
 * so.
 */
#include "tests/protocol/bench.h"
#include "tests/protocol/reliability_table.h"
#include "tests/protocol/swap.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))
#define BIT(e) (1ull << (e))

enum { SEED = 7, IMAGE_BYTES = 2400, BAUD = 115200 };

/* Beyond what the job takes without a fault. */
#define LONGEST_US 180000000ull

static const struct {
	const char *name;
	uint32_t product_id;
} parts[] = { { "f103rb", 0x410 }, { "f407vg", 0x413 }, { "l476rg", 0x415 } };

enum moments { AT_ONCE, AT_BYTES, AT_COMMANDS, AT_ACKS };

static const struct {
	unsigned at[6];
	size_t count;
} moments[] = {
	[AT_ONCE] = { { 0 }, 1 },
	[AT_BYTES] = { { 1, 2, 4, 9, 12, 200 }, 6 },
	[AT_COMMANDS] = { { 1, 2 }, 2 },
	[AT_ACKS] = { { 1, 2, 3 }, 3 },
};

enum {
	CONNECT = 1 << 0,
	ERASE = 1 << 1,
	WRITE = 1 << 2,
	VERIFY = 1 << 3,
	RUN = 1 << 4,
	READ = 1 << 5,
	TALK = CONNECT | ERASE | WRITE | VERIFY | RUN | READ,
};

/* Where in the table. */
struct cell {
	size_t row, column, part;
	enum plan_start start;
};

/* One job on one board. */
struct play {
	struct bench bench;
	struct swap swap;
	struct sim *other; /* that it is swapped for */
	enum stage stage;
	struct plan_options options;
	bool is_misread; /* what was read is not what is there, and nothing told it */
};

static void protect_sector(struct play *p)
{
	sim_set_write_protected(p->bench.sim, 0, true);
}

static void protect_readout(struct play *p)
{
	sim_set_readout_protected(p->bench.sim, true);
}

static void inject_junk(struct play *p)
{
	static const uint8_t junk[] = { 0x1F, 0x79, 0x00, 0x55, 0x79 };

	sim_inject(p->bench.sim, (struct span){ junk, sizeof(junk) });
}

static void spoil_cable(struct play *p)
{
	sim_set_max_baud(p->bench.sim, BAUD - 1);
}

static void swap_boards(struct play *p)
{
	p->swap.next = p->other;
	assert_true(sim_fault(p->bench.sim, "silence any nth=1"));
}

static const struct fault {
	const char *name, *line; /* of chaos.h, %u is the moment; NULL: strike */
	void (*strike)(struct play *play);
	enum moments moments;
	unsigned stages;  /* 0: TALK */
	uint64_t final;   /* what it always ends with, a bit for each enum err; 0: always done */
	bool may_misread; /* data that was read carries no checksum (section 4, 0x11) */
} faults[] = {
	{ .name = "the ROM says NACK", .line = "nack any nth=%u", .moments = AT_COMMANDS },
	{ .name = "its ACK is lost", .line = "drop to-host nth=%u", .moments = AT_ACKS },
	{ .name = "the ROM falls silent until reset",
		.line = "silence any nth=%u",
		.moments = AT_COMMANDS },
	{ .name = "a byte from the board is lost",
		.line = "drop to-host nth=%u",
		.moments = AT_BYTES },
	{ .name = "a byte to the board is lost",
		.line = "drop to-board nth=%u",
		.moments = AT_BYTES },
	{ .name = "a byte from the board is spoilt (1)",
		.line = "corrupt to-host nth=%u",
		.moments = AT_BYTES,
		.may_misread = true },
	{ .name = "a byte to the board is spoilt",
		.line = "corrupt to-board nth=%u",
		.moments = AT_BYTES },
	{ .name = "a parity error in an ACK, read as 00",
		.line = "corrupt to-host nth=%u xor=0x79",
		.moments = AT_ACKS },
	{ .name = "a byte too many from the board (1)",
		.line = "insert to-host nth=%u byte=0x1F",
		.moments = AT_BYTES,
		.may_misread = true },
	{ .name = "a byte too many to the board",
		.line = "insert to-board nth=%u byte=0x00",
		.moments = AT_BYTES },
	{ .name = "a byte from the board comes twice (1)",
		.line = "duplicate to-host nth=%u",
		.moments = AT_BYTES,
		.may_misread = true },
	{ .name = "a byte to the board comes twice",
		.line = "duplicate to-board nth=%u",
		.moments = AT_BYTES },
	{ .name = "junk is waiting in the port", .strike = inject_junk },
	{ .name = "noise, four bytes a second (1)",
		.line = "noise wire rate=4",
		.may_misread = true },
	{ .name = "one byte in 700 is spoilt (1)",
		.line = "corrupt wire every=700",
		.may_misread = true },
	{ .name = "the cable turns bad at this rate (1)",
		.strike = spoil_cable,
		.may_misread = true },
	{ .name = "an answer comes 0.9 s late",
		.line = "slow any nth=%u ms=900",
		.moments = AT_COMMANDS },
	{ .name = "an answer comes a minute late",
		.line = "slow any nth=%u ms=60000",
		.moments = AT_COMMANDS },
	{ .name = "the part resets", .line = "reset any nth=%u us=300", .moments = AT_COMMANDS },
	{ .name = "the supply dips for 20 ms",
		.line = "brownout any nth=%u us=400 ms=20",
		.moments = AT_COMMANDS },
	{ .name = "the adapter is out for 1.5 s",
		.line = "unplug any nth=%u us=500 ms=1500",
		.moments = AT_COMMANDS },
	{ .name = "the adapter is out for good",
		.line = "unplug any nth=%u us=500",
		.moments = AT_COMMANDS,
		.final = BIT(ERR_GONE) },
	{ .name = "the board falls silent for good",
		.line = "silence any every=1",
		.final = BIT(ERR_TIMEOUT) },
	{ .name = "a bit of the flash is stuck",
		.line = "stuck addr=0x08000100 bit=%u value=0",
		.moments = AT_COMMANDS,
		.stages = ERASE | WRITE | VERIFY,
		.final = BIT(ERR_VERIFY) },
	{ .name = "an erase that does nothing",
		.line = "lie sector=0",
		.stages = ERASE,
		.final = BIT(ERR_VERIFY) },
	{ .name = "the sector is write-protected",
		.strike = protect_sector,
		.stages = CONNECT | ERASE,
		.final = BIT(ERR_WRITE_PROTECTED) | BIT(ERR_VERIFY) },
	{ .name = "the part is read-protected",
		.strike = protect_readout,
		.stages = CONNECT,
		.final = BIT(ERR_READ_PROTECTED) },
	{ .name = "another chip is there after a reset",
		.strike = swap_boards,
		.stages = TALK & ~CONNECT & ~RUN,
		.final = BIT(ERR_WRONG_CHIP) },
};

static struct seen_row seen[ARRAY_LEN(faults)];
static unsigned wrong; /* plays that ended as they must not */

static void open_board(struct play *p, const struct cell *cell, const struct fault *fault)
{
	const char *const part = parts[cell->part].name;
	const struct chip *chip = chip_find(parts[cell->part].product_id);
	struct bench *bench = &p->bench;

	*p = (struct play){ .stage = reliability_stages[cell->column] };
	p->options = (struct plan_options){
		.verify = PLAN_VERIFY_READ, .start = cell->start, .baud = BAUD
	};
	bench_open(bench, &(struct sim_options){ .part = part, .seed = SEED });
	bench_add(bench, chip, 0, IMAGE_BYTES, 1);
	bench_add(bench, chip, IMAGE_BYTES + 900, 700, 2);
	bench_mends(bench);
	bench->bytes[0x100] = 0x5E; /* bits 1 and 2 are to be set, whatever is stuck */
	if (fault->strike == swap_boards) {
		p->other = sim_new(&(struct sim_options){ .part = part, .seed = SEED + 1 });
		assert_non_null(p->other);
		p->swap.now = bench->sim;
		bench->boot.wire = swap_wire(&p->swap);
		bench->boot.control = swap_control(&p->swap);
	}
}

static void close_board(struct play *p)
{
	bench_close(&p->bench);
	sim_free(p->other);
}

/* To just before the stage. */
static void go_to_stage(struct play *p)
{
	struct bench *bench = &p->bench;

	if (p->stage == STAGE_CONNECT)
		return;
	assert_int_equal(bench_plan(bench, &p->options), ERR_OK);
	if (p->stage == STAGE_READ)
		return;
	while (run_next_stage(&bench->run) != p->stage)
		assert_int_equal(run_piece(&bench->run, NULL), ERR_OK);
}

static enum err read_all(struct play *p)
{
	uint8_t *const have = malloc(IMAGE_BYTES);
	enum err e;

	assert_non_null(have);
	e = mend_read(&p->bench.mend, &p->bench.boot, 0x08000000, have, IMAGE_BYTES, &p->bench.why);
	p->is_misread = !e && memcmp(have, p->bench.cells, IMAGE_BYTES) != 0;
	free(have);
	return e;
}

static enum err go_on(struct play *p)
{
	struct bench *bench = &p->bench;
	enum err e = ERR_OK;

	if (p->stage == STAGE_READ)
		return read_all(p);
	if (p->stage == STAGE_CONNECT)
		e = bench_plan(bench, &p->options);
	while (!e && !run_is_done(&bench->run))
		e = run_piece(&bench->run, &bench->why);
	return e;
}

static void strike(struct play *p, const struct fault *fault, unsigned at)
{
	if (fault->strike) {
		fault->strike(p);
		return;
	}
	assert_true(sim_fault(p->bench.sim, fault->line, at));
	if (strncmp(fault->line, "stuck", 5) == 0)
		bench_remember(&p->bench); /* it shows at once */
}

static void tell_wrong(
	const struct play *p, const struct fault *fault, size_t part, unsigned at, enum err e)
{
	print_message(
		"%s, at %u of %s on %s: ", fault->name, at, stage_name(p->stage), parts[part].name);
	wrong++;
	print_message("%s in %s at %X: %s\n", err_name(e), stage_name(p->bench.why.stage),
		p->bench.why.addr, p->bench.why.what);
}

static bool is_other_untouched(const struct play *p)
{
	size_t len;
	const uint8_t *cells;

	if (!p->other)
		return true;
	cells = sim_flash(p->other, &len);
	for (size_t i = 0; i < len; i++) {
		if (cells[i] != p->bench.boot.device.chip->erased)
			return false;
	}
	return sim_erases(p->other) + sim_writes(p->other) == 0;
}

/* Whatever happened, nothing beyond the plan was changed, and what is unsure is known. */
static void check_end(struct play *p, enum err e)
{
	const struct bench *bench = &p->bench;

	/* An ACK that came twice stands for the next: what it is about may be on its way still. */
	bench->boot.wire.ops->pause(bench->boot.wire.ctx, 20);
	assert_true(is_other_untouched(p));
	if (p->stage == STAGE_READ || !bench->plan.count) {
		assert_memory_equal(bench->before, bench->cells, bench->flash_len);
		return;
	}
	bench_assert_rest_untouched(bench);
	if (!e || p->stage == STAGE_RUN) {
		bench_assert_flashed(bench);
		assert_true(e || sim_runs_application(bench->sim));
		assert_int_equal(bench->run.unsure_len, 0);
	} else if (bench->boot.has_changed) {
		assert_int_not_equal(bench->run.unsure_len, 0);
	}
}

static void note(struct seen *cell, const struct play *p, enum err e, unsigned retries)
{
	const struct bench *bench = &p->bench;

	cell->played++;
	if (e) {
		cell->failures |= BIT(e);
		return;
	}
	cell->misread |= p->is_misread;
	cell->done++;
	cell->asked_again |= bench->boot.retries != retries;
	for (int kind = 0; kind < MEND_KIND_COUNT; kind++)
		cell->kinds |= bench->mend.counts[kind] ? 1u << kind : 0;
}

/*
 * What it is wrong to end with. A start that failed is told as such; one that hangs on a control,
 * or on a single Go, may be over before the fault strikes.
 */
static bool is_wrong(const struct play *p, const struct fault *fault, enum err e)
{
	if (p->stage == STAGE_RUN)
		return e && !(fault->final && e == ERR_START);
	if (e)
		return !(fault->final & BIT(e));
	return fault->final || (p->is_misread && !fault->may_misread);
}

/* Gives how long it took from the stage on. */
static uint64_t play(const struct cell *cell, unsigned at, bool is_struck)
{
	const struct fault *fault = &faults[cell->row];
	struct play p;

	open_board(&p, cell, fault);
	go_to_stage(&p);

	const unsigned retries = p.bench.boot.retries;
	const uint64_t began = sim_now_us(p.bench.sim);

	if (is_struck)
		strike(&p, fault, at);

	const enum err e = go_on(&p);
	const uint64_t took = sim_now_us(p.swap.now ? p.swap.now : p.bench.sim) - began;

	if (is_struck && is_wrong(&p, fault, e))
		tell_wrong(&p, fault, cell->part, at, e);
	if (!is_struck)
		assert_int_equal(e, ERR_OK);
	check_end(&p, e);
	if (is_struck)
		note(&seen[cell->row].cells[cell->column], &p, e, retries);
	close_board(&p);
	return took;
}

static void play_moments(const struct cell *cell)
{
	const struct fault *fault = &faults[cell->row];
	const uint64_t plain = play(cell, 0, false);

	for (size_t i = 0; i < moments[fault->moments].count; i++) {
		const uint64_t took = play(cell, moments[fault->moments].at[i], true);
		const uint64_t more = took > plain ? took - plain : 0;

		assert_true(more < LONGEST_US);
		if (more > seen[cell->row].longest_us)
			seen[cell->row].longest_us = more;
	}
}

/* Only in the stage that does it does it matter how it is started. */
static void play_cell(size_t row, size_t column)
{
	struct cell cell = { .row = row, .column = column };

	for (cell.part = 0; cell.part < ARRAY_LEN(parts); cell.part++) {
		cell.start = PLAN_START_RESET;
		play_moments(&cell);
		cell.start = PLAN_START_GO;
		if (reliability_stages[column] == STAGE_RUN)
			play_moments(&cell);
	}
}

static void play_all(void)
{
	for (size_t row = 0; row < ARRAY_LEN(faults); row++) {
		seen[row].name = faults[row].name;
		for (size_t column = 0; column < RELIABILITY_STAGES; column++) {
			const unsigned stages = faults[row].stages ? faults[row].stages : TALK;

			if (stages >> column & 1)
				play_cell(row, column);
		}
	}
}

static bool is_writing;

static void each_fault_is_cured_or_final(void **state)
{
	static char text[RELIABILITY_TEXT_MAX];

	(void)state;
	play_all();
	reliability_print(seen, ARRAY_LEN(seen), text, sizeof(text));
	if (is_writing)
		assert_true(reliability_write(RELIABILITY_FILE, "faults", text));
	else if (!wrong && !reliability_check(RELIABILITY_FILE, "faults", text))
		fail_msg("docs/reliability.md says otherwise: test_reliability --write");
	assert_int_equal(wrong, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_is_cured_or_final),
	};

	is_writing = argc > 1 && !strcmp(argv[1], "--write");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
