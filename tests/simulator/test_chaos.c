/* SPDX-License-Identifier: MIT */
/* test_chaos.c - each fault at byte level; what is refused; the same line and seed, the same fault.
 */
#include "simulator/chaos.h"
#include "tests/simulator/rom_script.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID "79 01 04 10 79 "
#define ASK "H 02 FD D "
#define AT_0 "H 08 00 00 00 08 D 79 "
#define WRITE_8 "H 31 CE D 79 " AT_0 "H 07 11 22 33 44 55 66 77 88 ^ D "
#define READ_8 "H 11 EE D 79 " AT_0 "H 07 F8 D 79 "

/* Played on an F103 that is in sync, the faults set then. */
static const struct row {
	const char *name, *faults[3], *script;
} rows[] = {
	{ "a byte to the host is lost", { "drop to-host nth=2" }, ASK "79 04 10 79 " ASK ID },
	{ "a byte to the board is lost", { "drop to-board nth=2" }, ASK "H 02 D 1F " ASK ID },
	{ "a byte is spoilt", { "corrupt to-host nth=1" }, ASK "69 01 04 10 79" },
	{ "with these bits", { "corrupt to-board nth=2 xor=0x01" }, ASK "1F " ASK ID },
	{ "a byte too many", { "insert to-host nth=3 byte=0x00" }, ASK "79 01 00 04 10 79" },
	{ "to the board", { "insert to-board nth=1 byte=0x00" }, ASK "1F H 02 D 1F" },
	{ "a byte twice", { "duplicate to-host nth=5" }, ASK ID "79" },
	{ "every third", { "drop to-host every=3" }, ASK "79 01 10 79 " ASK "01 04 79" },
	{ "never", { "drop to-host p=0" }, ASK ID },
	{ "always", { "drop to-host p=1" }, ASK ASK },
	{ "both ways are counted together", { "drop wire nth=3" }, ASK "01 04 10 79" },
	{ "two faults on one byte", { "duplicate to-host nth=1", "corrupt to-host nth=1" },
		ASK "79 69 01 04 10 79" },
	{ "what was doubled may be dropped", { "duplicate to-host nth=1", "drop to-host nth=1" },
		ASK ID },
	{ "the second read is refused", { "nack read nth=2" },
		READ_8 "FF*8 H 11 EE D 79 " AT_0 "H 07 F8 D 1F " READ_8 "FF*8" },
	{ "an erase is refused", { "nack erase nth=1" }, "H 43 BC D 79 H 00 00 00 D 1F" },
	{ "any command is", { "nack any nth=1" }, ASK "1F " ASK ID },
	{ "silence until reset", { "silence id nth=1" }, ASK ASK "H 7F D R H 7F D 79 " ASK ID },
	{ "a slow answer", { "slow write nth=1 ms=5000" },
		WRITE_8 "H W D 79 " READ_8 "11 22 33 44 55 66 77 88" },
	{ "a slow command of one stage", { "slow id nth=1 ms=400" }, ASK "H D " ID ASK ID },
	{ "a reset instead of an answer", { "reset id nth=1" }, ASK ASK "R H 7F D 79" },
	{ "a reset between two words", { "reset write nth=1 us=106" },
		WRITE_8 "R H 7F D 79 H 11 EE D 79 " AT_0 "H 03 FC D 79 11 22 33 44" },
	{ "a reset at a byte", { "reset to-board nth=1" }, ASK "R H 7F D 79" },
	{ "a brown-out before the first word", { "brownout write nth=1" },
		WRITE_8 "R H 7F D 79 H 11 EE D 79 H 08 00 00 04 0C D 79 H 03 FC D 79 FF*4" },
	{ "nobody hears while the power is gone", { "brownout id nth=1 ms=8000" },
		ASK "H 7F D W H 7F D 79" },
	{ "the cable for a second, the write is done", { "unplug write nth=1 ms=1000" },
		WRITE_8 ASK "W " READ_8 "11 22 33 44 55 66 77 88" },
	{ "the cable for ever", { "unplug to-host nth=2" }, ASK "79 01 W " ASK "W " ASK },
	{ "a bit that stays 1", { "stuck addr=0x08000001 bit=0 value=1" },
		WRITE_8 "79 " READ_8 "11 23 33 44 55 66 77 88" },
	{ "a bit that stays 0", { "stuck addr=0x08000001 bit=7 value=0" }, READ_8 "FF 7F FF*6" },
	{ "a bit outside the flash", { "stuck addr=0x20000000 bit=7 value=0" }, READ_8 "FF*8" },
	{ "an erase that lies", { "lie sector=0" },
		WRITE_8 "79 H 43 BC D 79 H 00 00 00 D 79 " READ_8 "11 22 33 44 55 66 77 88" },
	{ "another sector's", { "lie sector=1" },
		WRITE_8 "79 H 43 BC D 79 H 00 00 00 D 79 " READ_8 "FF*8" },
};

static void open_in_sync(struct player *player, uint64_t seed)
{
	const struct machine_options options = {
		.part = "f103rb", .seed = seed, .time_percent = 100
	};

	player_open(player, &options);
	player_play(player, "sync", "H 7F D 79");
}

static void add(struct player *player, const char *line)
{
	char why[512];

	if (!machine_add_fault(&player->machine, line, player->now_ns, why, sizeof(why)))
		fail_msg("%s: %s", line, why);
}

static void each_does_what_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct player player;

		open_in_sync(&player, 1);
		for (size_t f = 0; f < 3 && rows[i].faults[f]; f++)
			add(&player, rows[i].faults[f]);
		player_play(&player, rows[i].name, rows[i].script);
		player_close(&player);
	}
}

static void wrong_lines_are_refused(void **state)
{
	static const struct {
		const char *line, *why;
	} lines[] = {
		{ "", "expected drop, corrupt" },
		{ "explode", "not explode" },
		{ "drop", "expected WAY" },
		{ "drop sideways nth=1", "to-host, to-board, wire" },
		{ "drop to-host", "expected drop WAY WHEN" },
		{ "drop to-host nth=0", "nth= takes a number from 1" },
		{ "drop to-host nth=x", "nth= takes" },
		{ "drop to-host nth=1 nth=2", "nth= is there twice" },
		{ "drop to-host nth=1 p=0.5", "one of nth=, every= and p=" },
		{ "drop to-host p=1.5", "p= takes a number from 0 to 1" },
		{ "drop to-host nth=1 ms=5", "unexpected ms" },
		{ "drop to-host 5", "unexpected 5" },
		{ "nack to-host nth=1", "expected COMMAND" },
		{ "nack reboot nth=1", "readout-unprotect" },
		{ "slow write nth=1", "expected slow COMMAND WHEN ms=N" },
		{ "reset nth=1", "expected COMMAND or WAY" },
		{ "noise to-host", "rate=PER-SECOND" },
		{ "stuck addr=0x08000000 bit=8 value=0", "bit= takes a number from 0 to 7" },
		{ "stuck addr=0x100000000 bit=1 value=0", "addr= takes" },
		{ "lie sector=2048", "sector= takes" },
		{ "corrupt to-host nth=1 xor=0", "xor= takes" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct chaos_fault fault;
		char why[512] = "";

		assert_false(chaos_parse(lines[i].line, &fault, why, sizeof(why)));
		if (!strstr(why, lines[i].why))
			fail_msg("%s: %s", lines[i].line, why);
	}
}

static void there_is_room_for_so_many(void **state)
{
	struct chaos chaos;
	char why[64];

	(void)state;
	chaos_init(&chaos, 1);
	for (int i = 0; i < CHAOS_MAX; i++)
		assert_true(chaos_add(&chaos, "drop to-host p=0.1", 0, why, sizeof(why)));
	assert_false(chaos_add(&chaos, "drop to-host p=0.1", 0, why, sizeof(why)));
	assert_string_equal(why, "there are 32 faults already");
	chaos_clear(&chaos);
	assert_true(chaos_add(&chaos, "drop to-host p=0.1", 0, why, sizeof(why)));
}

/* What comes out of a long conversation with these faults. */
static uint64_t outcome(uint64_t seed, const char *line, const char *other)
{
	struct player player;
	uint64_t hash = 0xCBF29CE484222325u;

	open_in_sync(&player, seed);
	add(&player, line);
	if (other)
		add(&player, other);
	for (int i = 0; i < 200; i++) {
		player.answered = 0;
		player_send(&player, 0x02);
		player_send(&player, 0xFD);
		player_wait(&player, 20000000);
		for (size_t b = 0; b < player.answered; b++)
			hash = (hash ^ player.answer[b]) * 0x100000001B3u;
	}
	player_close(&player);
	return hash;
}

static void a_line_and_a_seed_give_the_same(void **state)
{
	static const char *const lines[] = { "drop wire p=0.02", "noise wire rate=200",
		"corrupt to-host p=0.1", "reset id p=0.05" };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const uint64_t first = outcome(7, lines[i], NULL);

		assert_true(first == outcome(7, lines[i], NULL));
		assert_true(first != outcome(8, lines[i], NULL));
		/* A fault that never strikes takes no luck away. */
		assert_true(first == outcome(7, lines[i], "drop to-host p=0"));
	}
}

static void noise_has_its_rate(void **state)
{
	struct player player;
	unsigned heard = 0;

	(void)state;
	open_in_sync(&player, 3);
	add(&player, "noise to-host rate=500");
	for (int i = 0; i < 100; i++) {
		player.answered = 0;
		player_wait(&player, 100000000);
		heard += (unsigned)player.answered;
	}
	assert_in_range(heard, 4500, 5500);
	machine_clear_faults(&player.machine);
	player.answered = 0;
	player_wait(&player, 1000000000);
	assert_int_equal(player.answered, 0);
	player_close(&player);
}

/* An erase cut short: what was before it is done, what was in work is garbage, the rest is whole.
 */
static void an_erase_is_cut_short(void **state)
{
	struct player player;
	uint8_t *cells;
	size_t torn = 0;

	(void)state;
	open_in_sync(&player, 4);
	cells = player.machine.memory.flash.cells;
	memset(cells, 0x5A, 8 * KIB);
	add(&player, "brownout erase nth=1 us=75000 ms=10");
	player_play(&player, "erase", "H 43 BC D 79 H 03 00 01 02 03 ^ D R H 7F D 79");
	for (size_t i = 0; i < 2 * KIB; i++)
		assert_int_equal(cells[i], 0xFF);
	for (size_t i = 2 * KIB; i < 3 * KIB; i++)
		torn += cells[i] != 0xFF;
	assert_in_range(torn, 100, KIB);
	for (size_t i = 3 * KIB; i < 8 * KIB; i++)
		assert_int_equal(cells[i], 0x5A);
	player_close(&player);
}

/* A word in work when the power goes is garbage; those after it are as they were. */
static void a_write_is_cut_short(void **state)
{
	struct player player;
	uint8_t *cells;

	(void)state;
	open_in_sync(&player, 4);
	cells = player.machine.memory.flash.cells;
	/* 106 us a word: two are done. */
	add(&player, "brownout write nth=1 us=250 ms=10");
	player_play(&player, "write", "H 31 CE D 79 " AT_0 "H 0F 00*16 ^ D R H 7F D 79");
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(cells[i], 0x00);
	assert_int_not_equal(get_le32(cells + 8), 0x00000000);
	assert_int_equal(get_le32(cells + 12), 0xFFFFFFFF);
	assert_int_equal(player.machine.rom.writes, 1);
	player_close(&player);
}

/* Removing the protection is cut short: it stays, and nothing can be read. */
static void an_unprotect_is_cut_short(void **state)
{
	struct player player;

	(void)state;
	open_in_sync(&player, 4);
	add(&player, "brownout readout-unprotect nth=1 us=1000 ms=10");
	player_play(&player, "unprotect",
		"P H 92 6D D R H 7F D 79 H 11 EE D 1F H 92 6D D 79 79 H 7F D 79 " READ_8 "FF*8");
	player_close(&player);
}

static void what_is_listed_can_be_replayed(void **state)
{
	static const char *const lines[] = { "corrupt to-board nth=12 xor=0x1", "noise wire rate=5",
		"brownout erase every=2 us=100 ms=3", "drop to-host p=0.001000",
		"stuck addr=0x8000004 bit=1 value=0", "silence any nth=4", "lie sector=7" };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct chaos_fault fault;
		char why[256], again[CHAOS_LINE_MAX];

		assert_true(chaos_parse(lines[i], &fault, why, sizeof(why)));
		chaos_print(&fault, again, sizeof(again));
		assert_string_equal(again, lines[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_does_what_it_says),
		cmocka_unit_test(wrong_lines_are_refused),
		cmocka_unit_test(there_is_room_for_so_many),
		cmocka_unit_test(a_line_and_a_seed_give_the_same),
		cmocka_unit_test(noise_has_its_rate),
		cmocka_unit_test(an_erase_is_cut_short),
		cmocka_unit_test(a_write_is_cut_short),
		cmocka_unit_test(an_unprotect_is_cut_short),
		cmocka_unit_test(what_is_listed_can_be_replayed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
