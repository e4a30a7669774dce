/* SPDX-License-Identifier: MIT */
/*
 * test_burst.c - blocks that are sent at once: which may be, that they are, and that no single byte
 * lost, spoilt, doubled or added makes the ROM do anything but write the block.
 */
#include "protocol/boot_burst.h"
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

#define FULL FRAME_MAX_DATA

static const struct guard_case {
	const char *name;
	uint32_t addr;
	const char *data; /* the block begins so, and goes on with 05 */
	size_t data_len, len;
	bool is_safe;
} guards[] = {
	{ "plain data", 0x08000000, "\x01\x02\x03\x04", 4, FULL, true },
	{ "mass erase", 0x08000000, "\x44\xBB\xFF\xFF\x00", 5, FULL, false },
	{ "erase, at an odd place", 0x08000000, "\x00\x43\xBC\xFF\x00", 5, FULL, false },
	{ "readout unprotect", 0x08000000, "\x00\x00\x92\x6D", 4, FULL, false },
	{ "readout protect", 0x08000000, "\x82\x7D", 2, FULL, false },
	{ "write protect", 0x08000000, "\x63\x9C", 2, FULL, false },
	{ "write unprotect", 0x08000000, "\x73\x8C", 2, FULL, false },
	{ "go", 0x08000000, "\x21\xDE\x08\x00\x00\x00\x08", 7, FULL, false },
	{ "a write in a write", 0x08000000, "\x31\xCE\x08\x00\x00\x00\x08", 7, FULL, false },
	{ "special", 0x08000000, "\x50\xAF", 2, FULL, false },
	{ "extended special", 0x08000000, "\x51\xAE", 2, FULL, false },
	{ "a read is harmless", 0x08000000, "\x11\xEE", 2, FULL, true },
	{ "get id is harmless", 0x08000000, "\x02\xFD", 2, FULL, true },
	{ "not quite a pair in the address", 0x080044B8, "\x00", 1, FULL, true },
	{ "an address that erases, whole", 0x0844BB00, "\x00", 1, FULL, false },
	{ "the end of the pair and the address", 0xCE000000, "\x00\x01", 2, FULL, true },
	{ "few bytes: the checksum heard twice is more than their count", 0x08000000, "\x01", 1, 4,
		false },
	{ "few bytes: a count above the checksum", 0x08000100, "\x01", 1, 16, true },
	{ "few bytes: without the count the first of them is one", 0x08000100, "\xF0", 1, 16,
		false },
	/* 08 08 00 00 00, then 08 as the count: FF 00 .. 08 are nine bytes, the next their XOR */
	{ "the first of the address heard twice is another address", 0x08000000,
		"\x00\x00\x00\x00\x00\x00\x00\x00\xF7", 9, FULL, false },
	/* 08 00 00 F7 FF: the FF of the address lost, and the count taken for the checksum */
	{ "one of the address lost gives another", 0x0800FF00, "\x01\x00\x00\x01", 4, FULL, false },
	{ "the same, but the block that it gives is refused", 0x0800FF00, "\x01\x00\x00\x02", 4,
		FULL, true },
};

static bool is_safe(const struct guard_case *c)
{
	uint8_t stream[BURST_MAX], data[FULL];

	memset(data, 0x05, sizeof(data));
	memcpy(data, c->data, c->data_len);
	const size_t len = burst_write_frame(stream, c->addr, (struct span){ data, c->len });

	return burst_is_safe((struct span){ stream, len });
}

static void what_may_leave_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(guards); i++) {
		if (is_safe(&guards[i]) != guards[i].is_safe)
			fail_msg("%s", guards[i].name);
	}
}

enum { BLOCK_AT = 0x2300, SEED = 11 };

/* What a ROM that lost its place would love to hear; each fills the block to its end. */
static const struct hostile {
	const char *bytes;
	size_t len;
} hostile[] = {
	{ "\x44\xBB\xFF\xFF\x00", 5 },
	{ "\x43\xBC\xFF\x00", 4 },
	{ "\x92\x6D", 2 },
	{ "\x82\x7D", 2 },
	{ "\x63\x9C\x00\x00\x00", 5 },
	{ "\x73\x8C", 2 },
	{ "\x21\xDE\x08\x00\x00\x00\x08", 7 },
	{ "\x31\xCE\x08\x00\x00\x00\x08\x03\x00\x00\x00\x00\x03", 13 },
	{ "\x44\xBA\xBB\xFF\xFF\x00", 6 },
	{ "\x08\x00\x01\x00\x09\x03\x00\x00\x00\x00\x03", 11 },
	{ "\x11\xEE\x08\x00\x00\x00\x08\xFF\x00", 9 },
	{ "\x00\x00\x00\x00", 4 },
	{ "\x02\x02\x02\x02", 4 },
	{ "\xFF\x00\xFE\x01", 4 },
};

static void fill_hostile(struct bench *bench, size_t which, uint32_t len)
{
	struct segment *s = &bench->segments[0];

	for (uint32_t i = 0; i < len; i++)
		bench->bytes[BLOCK_AT + i] = (uint8_t)hostile[which].bytes[i % hostile[which].len];
	*s = (struct segment){ 0x08000000 + BLOCK_AT, { bench->bytes + BLOCK_AT, len } };
	bench->image.count = 1;
	bench->image.bytes = len;
}

static const struct plan_options options = { .verify = PLAN_VERIFY_READ, .force = true };

/* To the first block that is written, with bursts on. */
static void go_to_write(struct bench *bench, const char *part, size_t which, uint32_t len)
{
	bench_open(bench, &(struct sim_options){ .part = part, .seed = SEED });
	bench->boot.options.may_burst = true;
	fill_hostile(bench, which, len);
	bench_mends(bench);
	assert_int_equal(bench_plan(bench, &options), ERR_OK);
	assert_true(bench->boot.bursts);
	while (run_next_stage(&bench->run) != STAGE_WRITE)
		assert_int_equal(run_piece(&bench->run, NULL), ERR_OK);
}

static void read_options(struct bench *bench, uint8_t out[16])
{
	const struct chip *chip = bench_chip(bench);

	assert_int_equal(boot_read(&bench->boot, chip->option_bytes, out, 16, NULL), ERR_OK);
}

/*
 * A byte of the data too many that is what the checksum is: the block ends one early and seems
 * right. No one can know before it is read back, and a sector is not erased for that then.
 */
static bool fools_checksum(const struct bench *bench, const char *format, unsigned at)
{
	const struct span data = bench->segments[0].data;
	uint8_t stream[BURST_MAX];
	const size_t len = burst_write_frame(stream, bench->segments[0].addr, data);
	unsigned byte = stream[at - 1];

	if (strncmp(format, "duplicate", 9) != 0 &&
		sscanf(format, "insert to-board nth=%%u byte=%x", &byte) != 1)
		return false;
	return at <= len && byte == stream[len - 1];
}

static void play(const char *part, size_t which, uint32_t len, const char *format, unsigned at)
{
	uint8_t before[16], after[16];
	struct bench bench;
	unsigned resets;
	enum err e = ERR_OK;

	go_to_write(&bench, part, which, len);
	read_options(&bench, before);
	resets = sim_resets(bench.sim);
	assert_true(sim_fault(bench.sim, format, at));
	while (!e && !run_is_done(&bench.run))
		e = run_piece(&bench.run, &bench.why);
	if (e && !(e == ERR_VERIFY && fools_checksum(&bench, format, at))) {
		print_message(format, at);
		fail_msg(": %s, hostile %zu, %u bytes: %s at %X: %s", part, which, len, err_name(e),
			bench.why.addr, bench.why.what);
	}
	sim_heal(bench.sim);
	if (!e)
		bench_assert_flashed(&bench);
	bench_assert_rest_untouched(&bench);
	read_options(&bench, after);
	assert_memory_equal(before, after, sizeof(before));
	assert_false(sim_runs_application(bench.sim));
	assert_int_equal(sim_resets(bench.sim) - resets,
		bench.mend.counts[MEND_RESTART] + bench.mend.counts[MEND_SLOWER]);
	bench_close(&bench);
}

static const char *const faults[] = {
	"drop to-board nth=%u",
	"duplicate to-board nth=%u",
	"corrupt to-board nth=%u xor=0x01",
	"corrupt to-board nth=%u xor=0xFF",
	"insert to-board nth=%u byte=0x00",
	"insert to-board nth=%u byte=0xFF",
	"insert to-board nth=%u byte=0x31",
	"insert to-board nth=%u byte=0x2B",
};

/* The bytes of the head one by one, those of the data in strides that meet every remainder. */
static void no_single_byte_does_harm(void **state)
{
	static const uint32_t lengths[] = { 256, 16 };

	(void)state;
	for (size_t which = 0; which < ARRAY_LEN(hostile); which++) {
		for (size_t l = 0; l < ARRAY_LEN(lengths); l++) {
			for (size_t f = 0; f < ARRAY_LEN(faults); f++) {
				const unsigned end = lengths[l] + 9;

				for (unsigned at = 1; at <= end; at += at < 20 ? 1 : 23)
					play("f103rb", which, lengths[l], faults[f], at);
			}
		}
	}
}

/* A wire that counts what is sent at once. */
struct counting {
	struct wire inner;
	struct wire_ops ops;
	unsigned sends, longest;
};

static enum err count_send(void *ctx, struct span out, uint32_t timeout_ms)
{
	struct counting *c = ctx;

	c->sends++;
	if (out.len > c->longest)
		c->longest = (unsigned)out.len;
	return c->inner.ops->send(c->inner.ctx, out, timeout_ms);
}

static enum err count_recv(void *ctx, uint8_t *in, size_t want, uint32_t timeout_ms, size_t *got)
{
	struct counting *c = ctx;

	return c->inner.ops->recv(c->inner.ctx, in, want, timeout_ms, got);
}

static enum err count_flush(void *ctx)
{
	struct counting *c = ctx;

	return c->inner.ops->flush(c->inner.ctx);
}

static enum err count_configure(void *ctx, const struct wire_settings *settings)
{
	struct counting *c = ctx;

	return c->inner.ops->configure(c->inner.ctx, settings);
}

static void count_pause(void *ctx, uint32_t ms)
{
	struct counting *c = ctx;

	c->inner.ops->pause(c->inner.ctx, ms);
}

static uint64_t count_now(void *ctx)
{
	struct counting *c = ctx;

	return c->inner.ops->now_us(c->inner.ctx);
}

static void count(struct counting *c, struct boot *boot)
{
	*c = (struct counting){ .inner = boot->wire,
		.ops = { .send = count_send,
			.recv = count_recv,
			.flush = count_flush,
			.configure = count_configure,
			.pause = count_pause,
			.now_us = count_now } };
	boot->wire = (struct wire){ &c->ops, c };
}

static void a_block_is_one_send(void **state)
{
	struct bench bench;
	struct counting counting;
	uint8_t block[256];

	(void)state;
	go_to_write(&bench, "f103rb", 11, 256);
	count(&counting, &bench.boot);
	assert_int_equal(run_piece(&bench.run, &bench.why), ERR_OK);
	assert_int_equal(counting.sends, 1);
	assert_int_equal(counting.longest, BURST_MAX);
	assert_int_equal(boot_read(&bench.boot, 0x08000100, block, sizeof(block), NULL), ERR_OK);
	assert_int_equal(counting.sends, 2);
	assert_memory_equal(block, bench.cells + 0x100, sizeof(block));
	bench_close(&bench);
}

static const struct {
	const char *part;
	bool may, bursts;
	unsigned quirks;
} allowed[] = {
	{ "f103rb", true, true, 0 },
	{ "f103rb", false, false, 0 },
	{ "f407vg", true, true, 0 },
	{ "f103rb", true, false, SIM_NO_BURST },
	{ "l152re", true, true, 0 },
	{ "l476rg", true, true, 0 },
	{ "h743zi", true, true, 0 },
};

static void only_where_nothing_forbids_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(allowed); i++) {
		struct bench bench;

		bench_open(&bench,
			&(struct sim_options){ .part = allowed[i].part,
				.seed = SEED,
				.add_quirks = allowed[i].quirks });
		bench.boot.options.may_burst = allowed[i].may;
		assert_int_equal(boot_connect(&bench.boot, &bench.why), ERR_OK);
		if (bench.boot.bursts != allowed[i].bursts)
			fail_msg("%s: bursts is %d", allowed[i].part, bench.boot.bursts);
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_leave_at_once),
		cmocka_unit_test(only_where_nothing_forbids_it),
		cmocka_unit_test(a_block_is_one_send),
		cmocka_unit_test(no_single_byte_does_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
