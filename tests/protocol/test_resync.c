/* SPDX-License-Identifier: MIT */
/*
 * test_resync.c - whatever request the ROM has half received, at every byte of it, no way back into
 * step erases anything, programs anything but the block that was to be written, or protects
 * anything (docs/facts/an3155.md section 8.2).
 */
#include "protocol/mend.h"
#include "simulator/sim.h"
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

enum { MAX_STAGES = 8, MAX_BYTES = 700, OPTION_BYTES = 16, BLOCK = 256, RANDOM_WRITES = 400 };

/* A command's whole stream, stage by stage: the ROM answers between them. */
struct stream {
	const char *name;
	uint8_t command;
	bool is_fillable; /* mend_session() may bring the ROM in step with fillers */
	uint8_t bytes[MAX_BYTES];
	size_t ends[MAX_STAGES]; /* of each stage */
	size_t stages;
};

static const struct {
	const char *name;
	uint32_t product_id;
	uint32_t options; /* where option bytes can be read; 0: nowhere */
} parts[] = {
	{ "f103rb", 0x410, 0x1FFFF800 }, /* Erase */
	{ "f072rb", 0x448, 0x1FFFF800 }, /* Extended Erase */
	{ "l152rb", 0x416, 0x1FF80000 }, /* erased is 00 */
	{ "c051c8", 0x44C, 0 },          /* Get Checksum */
	{ "h563zi", 0x484, 0 },          /* Special */
};

static void add(struct stream *s, const uint8_t *bytes, size_t len)
{
	const size_t at = s->stages ? s->ends[s->stages - 1] : 0;

	assert_true(s->stages < MAX_STAGES && at + len <= MAX_BYTES);
	memcpy(s->bytes + at, bytes, len);
	s->ends[s->stages++] = at + len;
}

static size_t length_of(const struct stream *s)
{
	return s->ends[s->stages - 1];
}

static struct stream begin(const char *name, uint8_t command, bool is_fillable)
{
	struct stream s = { .name = name, .command = command, .is_fillable = is_fillable };

	add(&s, (const uint8_t[]){ command, (uint8_t)~command }, 2);
	return s;
}

/* Bytes and their XOR. */
static void add_checked(struct stream *s, const uint8_t *bytes, size_t len)
{
	uint8_t block[MAX_BYTES];

	memcpy(block, bytes, len);
	block[len] = frame_xor((struct span){ bytes, len });
	add(s, block, len + 1);
}

static void add_word(struct stream *s, uint32_t word)
{
	add_checked(s,
		(const uint8_t[]){ (uint8_t)(word >> 24), (uint8_t)(word >> 16),
			(uint8_t)(word >> 8), (uint8_t)word },
		4);
}

/* N-1 and the numbers from first on, in one byte or two. */
static void add_list(struct stream *s, uint32_t first, size_t count, size_t width)
{
	uint8_t block[MAX_BYTES] = { 0 };

	block[width - 1] = (uint8_t)(count - 1);
	for (size_t i = 0; i < count; i++) {
		block[width * (i + 1)] = (uint8_t)((first + i) >> 8);
		block[width * (i + 2) - 1] = (uint8_t)(first + i);
	}
	add_checked(s, block, width * (count + 1));
}

static void add_block(struct stream *s, uint32_t addr, size_t len, uint64_t seed)
{
	uint8_t block[1 + BLOCK];

	add_word(s, addr);
	block[0] = (uint8_t)(len - 1);
	for (size_t i = 0; i < len; i++)
		block[1 + i] = (uint8_t)bench_random(&seed);
	add_checked(s, block, 1 + len);
}

#define AT 0x08002000u /* the block that is written: erased before */

enum { STREAMS = 15 };

static size_t make_streams(struct stream streams[STREAMS])
{
	struct stream *s = streams;

	*s = begin("Get", 0x00, true);
	*++s = begin("Get Version", 0x01, true);
	*++s = begin("Get ID", 0x02, true);
	*++s = begin("Read", 0x11, true);
	add_word(s, AT);
	add(s, (const uint8_t[]){ 0xFF, 0x00 }, 2);
	*++s = begin("Go", 0x21, false);
	add_word(s, 0x08000000);
	*++s = begin("Write", 0x31, true);
	add_block(s, AT, BLOCK, 5);
	*++s = begin("Erase", 0x43, false);
	add_list(s, 3, 20, 1);
	*++s = begin("Erase all", 0x43, false);
	add(s, (const uint8_t[]){ 0xFF, 0x00 }, 2);
	*++s = begin("Extended Erase", 0x44, false);
	add_list(s, 3, 20, 2);
	*++s = begin("Extended Erase all", 0x44, false);
	add(s, (const uint8_t[]){ 0xFF, 0xFF, 0x00 }, 3);
	*++s = begin("Special", 0x50, false);
	add_checked(s, (const uint8_t[]){ 0x00, 0x02 }, 2);
	*++s = begin("Write Protect", 0x63, false);
	add_list(s, 1, 6, 1);
	*++s = begin("Write Unprotect", 0x73, false);
	*++s = begin("Readout Unprotect", 0x92, false);
	*++s = begin("Get Checksum", 0xA1, true);
	add_word(s, 0x08000000);
	add_word(s, 64);
	add_word(s, 0x04C11DB7);
	add_word(s, 0xFFFFFFFF);
	assert_true((size_t)(s - streams) < STREAMS);
	return (size_t)(s - streams) + 1;
}

/* A board with something in its flash, connected; the block at AT is erased. */
struct board {
	struct bench bench;
	uint8_t options[OPTION_BYTES];
	uint32_t options_at;
	unsigned erases, resets;
};

static void connect_board(struct board *b, size_t part, bool is_manual)
{
	struct bench *bench = &b->bench;

	*b = (struct board){ .options_at = parts[part].options };
	bench_open(bench,
		&(struct sim_options){ .part = parts[part].name,
			.seed = 3,
			.no_reset = is_manual,
			.starts_in_bootloader = is_manual });
	memset(bench->cells + (AT - 0x08000000), chip_find(parts[part].product_id)->erased, BLOCK);
	bench_remember(bench);
	assert_int_equal(boot_connect(&bench->boot, NULL), ERR_OK);
	assert_int_equal(bench->boot.device.product_id, parts[part].product_id);
	if (b->options_at)
		assert_int_equal(
			boot_read(&bench->boot, b->options_at, b->options, OPTION_BYTES, NULL),
			ERR_OK);
	b->erases = sim_erases(bench->sim);
	b->resets = sim_resets(bench->sim);
}

/* The first len bytes of the stream; between two stages the ROM has time to answer. */
static void send_part(struct board *b, const struct stream *s, size_t len)
{
	const struct wire wire = sim_wire(b->bench.sim);
	size_t from = 0;

	for (size_t i = 0; from < len; i++) {
		const size_t to = s->ends[i] < len ? s->ends[i] : len;

		assert_int_equal(
			wire.ops->send(wire.ctx, (struct span){ s->bytes + from, to - from }, 1000),
			ERR_OK);
		wire.ops->pause(wire.ctx, 20);
		from = to;
	}
}

/* In step, and nothing is changed but perhaps the block that was to be written. */
static void check_harmless(struct board *b, const struct stream *s, size_t len)
{
	struct bench *bench = &b->bench;
	const size_t at = AT - 0x08000000;
	uint8_t now[OPTION_BYTES];

	if (s->command == COMMAND_WRITE_MEMORY)
		memcpy(bench->before + at, bench->cells + at, BLOCK);
	if (memcmp(bench->before, bench->cells, bench->flash_len) != 0)
		fail_msg("%s, %zu bytes of it: the flash is another", s->name, len);
	if (sim_erases(bench->sim) != b->erases)
		fail_msg("%s, %zu bytes of it: something was erased", s->name, len);
	if (!bench->boot.is_connected || !b->options_at)
		return;
	assert_int_equal(boot_read(&bench->boot, b->options_at, now, OPTION_BYTES, NULL), ERR_OK);
	if (memcmp(now, b->options, OPTION_BYTES) != 0)
		fail_msg("%s, %zu bytes of it: the option bytes are others", s->name, len);
}

static enum err mend_after(struct board *b, const struct stream *s, struct why *why)
{
	struct mend mend = { .may_slow_down = true, .reattach_ms = 1000 };
	const struct why cause = {
		.err = ERR_TIMEOUT, .what = "silence", .command = s->command, .has_command = 1
	};

	b->bench.boot.is_connected = false;
	return mend_session(&mend, &b->bench.boot, &cause, why);
}

/* By fillers or by a restart. */
static void mend_driven(size_t part, const struct stream *s, size_t len)
{
	struct board b;
	struct why why = { 0 };

	connect_board(&b, part, false);
	send_part(&b, s, len);
	if (mend_after(&b, s, &why))
		fail_msg("%s, %zu bytes of it: %s", s->name, len, why.what);
	assert_true(b.bench.boot.is_connected);
	if (!s->is_fillable)
		assert_true(sim_resets(b.bench.sim) > b.resets);
	check_harmless(&b, s, len);
	bench_close(&b.bench);
}

/* Nothing restarts it: where fillers could do harm, nothing at all is sent. */
static void mend_by_hand(size_t part, const struct stream *s, size_t len)
{
	struct board b;
	struct why why = { 0 };
	uint64_t bytes;
	enum err e;

	connect_board(&b, part, true);
	send_part(&b, s, len);
	bytes = sim_wire_bytes(b.bench.sim);
	e = mend_after(&b, s, &why);
	if (s->is_fillable && e)
		fail_msg("%s, %zu bytes of it: %s", s->name, len, why.what);
	if (!s->is_fillable) {
		assert_int_equal(e, ERR_TIMEOUT);
		assert_non_null(why.what);
		assert_true(sim_wire_bytes(b.bench.sim) == bytes);
	}
	check_harmless(&b, s, len);
	bench_close(&b.bench);
}

static void every_half_request_on_the_way_back(void **state)
{
	static struct stream streams[STREAMS];
	const size_t count = make_streams(streams);
	unsigned states = 0;

	(void)state;
	for (size_t part = 0; part < ARRAY_LEN(parts); part++) {
		for (size_t i = 0; i < count; i++) {
			for (size_t len = 1; len < length_of(&streams[i]); len++, states++) {
				mend_driven(part, &streams[i], len);
				mend_by_hand(part, &streams[i], len);
			}
		}
	}
	print_message("%u wait states, each left by a restart or fillers, and by hand\n", states);
}

/* The filler's own claim: no state that a command has just entered is harmed by it. */
static void fillers_into_every_fresh_state(void **state)
{
	static struct stream streams[STREAMS];
	const size_t count = make_streams(streams);

	(void)state;
	for (size_t part = 0; part < ARRAY_LEN(parts); part++) {
		for (size_t i = 0; i < count; i++) {
			for (size_t stage = 0; stage + 1 < streams[i].stages; stage++) {
				struct board b;

				connect_board(&b, part, true);
				send_part(&b, &streams[i], streams[i].ends[stage]);
				/* ERR_TIMEOUT: a list so long that it swallows all of them. */
				(void)boot_resync(&b.bench.boot, NULL);
				streams[i].command = COMMAND_READ_MEMORY; /* nothing is written */
				check_harmless(&b, &streams[i], streams[i].ends[stage]);
				bench_close(&b.bench);
			}
		}
	}
}

/* Blocks of any content and length that lose one byte anywhere, or end anywhere. */
static void write_that_loses_bytes(uint64_t seed, bool is_manual, bool is_cut)
{
	const size_t part = seed % ARRAY_LEN(parts);
	const size_t lens[] = { 16, 32, 64, 128, 256 };
	struct stream s = begin("Write", 0x31, true);
	struct board b;
	struct why why = { 0 };
	uint64_t random = seed;
	size_t at, keep;

	add_block(&s, AT, lens[bench_random(&random) % ARRAY_LEN(lens)], random);
	at = s.ends[1] + bench_random(&random) % (s.ends[2] - s.ends[1]);
	keep = is_cut ? 0 : s.ends[2] - at - 1;
	memmove(s.bytes + at, s.bytes + at + 1, keep);
	s.ends[2] = at + keep;
	connect_board(&b, part, is_manual);
	send_part(&b, &s, s.ends[2]);
	if (mend_after(&b, &s, &why))
		fail_msg("seed %llu: %s", (unsigned long long)seed, why.what);
	check_harmless(&b, &s, s.ends[2]);
	bench_close(&b.bench);
}

static void any_write_that_loses_bytes(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= RANDOM_WRITES; seed++)
		write_that_loses_bytes(seed, seed & 1, seed & 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_half_request_on_the_way_back),
		cmocka_unit_test(fillers_into_every_fresh_state),
		cmocka_unit_test(any_write_that_loses_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
