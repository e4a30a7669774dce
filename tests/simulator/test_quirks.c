/* SPDX-License-Identifier: MIT */
/*
 * test_quirks.c - each bad habit of a ROM, byte by byte, with it and without it; and that each has
 * a part that has it by itself (docs/facts/an3155.md 3, 8.3, 9).
 */
#include "simulator/quirk.h"
#include "tests/simulator/rom_script.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define SYNC "H 7F D 79 "
#define ID_STILL(hi, lo) "H 02 FD D 79 01 " #hi " " #lo " 79"
#define ERASE_PAGES_0_1 "H 44 BB D 79 H 00 01 00 00 00 01 00 "
#define WRITE_8 "H 31 CE D 79 H 08 00 00 00 08 D 79 H 07 11*8 ^ D 79 "
#define READ_2(a, b) "H 11 EE D 79 H 08 00 00 00 08 D 79 H 01 FE D 79 " #a " " #b " "
/* A vector table: the stack at 20002000, the program at 08000008. */
#define WRITE_VECTORS                                                                              \
	"H 31 CE D 79 H 08 00 00 00 08 D 79 H 0F 00 20 00 20 09 00 00 08 00 BF FE E7 00*4 ^ D 79 "

static const struct row {
	unsigned quirk;
	const char *part, *with, *without;
} rows[] = {
	{ SIM_DOUBLE_ACK_AT_SYNC, "l412kb", "H 7F D 79 79", "H 7F D 79" },
	{ SIM_WRONG_GET_COUNT, "h743zi-v90",
		SYNC "H 00 FF D 79 0D 31 00 01 02 11 21 31 44 63 73 82 92 79",
		SYNC "H 00 FF D 79 0B 31 00 01 02 11 21 31 44 63 73 82 92 79" },
	{ SIM_NO_FIRST_GO_ACK, "h743zi-v90", SYNC "H 21 DE D H 1F F0 00 00 EF D 1F",
		SYNC "H 21 DE D 79 H 1F F0 00 00 EF D 1F" },
	{ SIM_DEAD_GO, "h743zi-v132", SYNC "H 21 DE D 79 H 08 00 00 00 08 D 79 H 02 FD D H 7F D",
		SYNC "H 21 DE D 79 H 08 00 00 00 08 D 79" },
	{ SIM_GO_STACK_LIMIT, "h743zi-v90",
		SYNC "H 31 CE D 79 H 24 00 50 00 74 D 79 H 07 00 00 02 20 01 50 00 24 ^ D 79 "
		     "H 21 DE D H 24 00 50 00 74 D 79 H 02 FD D",
		SYNC "H 31 CE D 79 H 24 00 50 00 74 D 79 H 07 00 00 02 20 01 50 00 24 ^ D 79 "
		     "H 21 DE D H 24 00 50 00 74 D 79" },
	{ SIM_DOUBLE_NACK_PROTECTED, "f030r8",
		"P " SYNC "H 11 EE D 1F 1F H 31 CE D 1F 1F "
		"H 21 DE D 1F 1F H 44 BB D 1F",
		"P " SYNC "H 11 EE D 1F H 31 CE D 1F H 21 DE D 1F H 44 BB D 1F" },
	{ SIM_NO_NACK_BAD_ADDRESS, "f205rg-v2",
		SYNC "H 11 EE D 79 H 60 00 00 00 60 D H 00 FF D 79 0B 30 00 01 02 11 21 31 44 63 "
		     "73 82 92 79",
		SYNC "H 11 EE D 79 H 60 00 00 00 60 D 1F" },
	{ SIM_REFUSE_SHORT_SYSTEM_READS, "f429zi",
		SYNC "H 11 EE D 79 H 1F FF 7A 22 B8 D 79 H 01 FE D 1F " ID_STILL(04, 19),
		SYNC "H 11 EE D 79 H 1F FF 7A 22 B8 D 79 H 01 FE D 79 00 08" },
	{ SIM_NO_MASS_ERASE, "l053r8", SYNC "H 44 BB D 79 H FF FF 00 D 1F",
		SYNC "H 44 BB D 79 H FF FF 00 D 79" },
	{ SIM_ERASE_LIMIT, "l152rb", SYNC "H 44 BB D 79 H 02 00 00*1026 02 D 1F",
		SYNC "H 44 BB D 79 H 02 00 00*1026 02 W D 79" },
	{ SIM_EARLY_BANK2_ACK, "h743zi-v91",
		SYNC "H 44 BB D 79 H FF FD 02 D 79 H 02 FD D W H 02 FD D 79 01 04 50 79",
		SYNC "H 44 BB D 79 H FF FD 02 D H W D 79 " ID_STILL(04, 50) },
	{ SIM_EARLY_ERASE_ACK, "g071rb-v113",
		/* the two bytes that follow at once are lost */
		SYNC ERASE_PAGES_0_1 "00 02 FD D 79 " ID_STILL(04, 60),
		SYNC ERASE_PAGES_0_1 "00 D 79 " ID_STILL(04, 60) },
	{ SIM_NO_OPTION_LAUNCH, "g071rb-v112",
		SYNC "H 82 7D D 79 79 H 11 EE D 79 H 02 D H 02*4 D 1F",
		SYNC "H 82 7D D 79 79 " SYNC "H 11 EE D 1F" },
	{ SIM_NO_BANK_ERASE, "l496zg",
		SYNC "H 44 BB D 79 H FF FE 01 D 1F H 44 BB D 79 H FF FD 02 D 1F",
		SYNC "H 44 BB D 79 H FF FE 01 D 79 H 44 BB D 79 H FF FD 02 D 79" },
	{ SIM_OLD_VERSION_NUMBER, "f107vc", SYNC "H 01 FE D 79 20 00 00 79",
		SYNC "H 01 FE D 79 22 00 00 79" },
	{ SIM_UNPROTECT_NEEDS_POWER, "wb55rg",
		"P " SYNC "H 92 6D D 79 79 " SYNC "H 11 EE D 1F R " SYNC "H 11 EE D 1F O R " SYNC
		"H 11 EE D 79",
		"P " SYNC "H 92 6D D 79 79 " SYNC "H 11 EE D 79" },
	{ SIM_FATAL_OVERRUN, "wb55rg", SYNC ERASE_PAGES_0_1 "00 02*9 D 79 H 02 FD D H 7F D R " SYNC,
		SYNC ERASE_PAGES_0_1 "00 02*9 D 79 " ID_STILL(04, 95) },
	{ SIM_EMPTY_LATCH, "f030cc", "O " SYNC WRITE_VECTORS "B " SYNC "O H 7F D",
		"O " SYNC WRITE_VECTORS "B H 7F D" },
	{ SIM_EMPTY_CLEARED, "c051c8", "O " SYNC "B H 7F D O " SYNC, "O " SYNC "B " SYNC },
	{ SIM_LENIENT_SYNC, NULL, "H 0D D H 55 D " SYNC, "H 0D D H 7F D H 7F D R " SYNC },
	{ SIM_BUSY_BYTES, NULL, SYNC "H 43 BC D 79 H 00 00 00 D 76 79 " ID_STILL(04, 10),
		SYNC "H 43 BC D 79 H 00 00 00 D 79" },
	{ SIM_SILENT_WRITE_FAILURE, NULL, SYNC WRITE_8 READ_2(FF, FF),
		SYNC WRITE_8 READ_2(11, 11) },
	{ SIM_MISALIGNED_POISON, "g431rb",
		SYNC "H 31 CE D 79 H 08 00 00 04 0C D 79 H 07 11*8 ^ D 1F "
		     "H 31 CE D 79 H 08 00 00 00 08 D 79 H 07 11*8 ^ D 1F R " SYNC WRITE_8,
		SYNC "H 31 CE D 79 H 08 00 00 04 0C D 79 H 07 11*8 ^ D 1F " WRITE_8 },
	{ SIM_FF_NONZERO_ACK, "f103rb", SYNC WRITE_8 "H 43 BC D 79 H FF 01 D 79 " READ_2(11, 11),
		SYNC "H 43 BC D 79 H FF 01 D 1F" },
	{ SIM_EARLY_UNPROTECT_ACK, NULL, "P " SYNC "H 92 6D 7F D 79 79 " SYNC,
		"P " SYNC "H 92 6D D 79 79 " SYNC },
	/* of the address that follows at once the first byte is lost, and one waits for it */
	{ SIM_NO_BURST, NULL,
		SYNC "H 31 CE 08 00 00 00 08 D 79 H 03 D 1F H 31 CE D 79 H 08 00 00 00 08 D 79 "
		     "H 03 11*4 03 D 79",
		SYNC "H 31 CE 08 00 00 00 08 03 11*4 03 D 79 79 79" },
	{ SIM_DEAF, NULL, "H 7F D H 7F D", SYNC },
};

static void open_with(struct player *player, const char *part, unsigned add, unsigned drop)
{
	const struct machine_options options = {
		.part = part ? part : "f103rb",
		.add_quirks = add,
		.drop_quirks = drop,
		.time_percent = 100,
	};

	player_open(player, &options);
}

static const char *name_of(unsigned bit)
{
	for (size_t i = 0; quirk_at(i); i++) {
		if (quirk_at(i)->bit == bit)
			return quirk_at(i)->name;
	}
	return "?";
}

static void each_does_what_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		struct player player;

		open_with(&player, row->part, row->part ? 0 : row->quirk, 0);
		player_play(&player, name_of(row->quirk), row->with);
		player_close(&player);
		open_with(&player, row->part, 0, row->quirk);
		player_play(&player, name_of(row->quirk), row->without);
		player_close(&player);
	}
}

/* Rates above 57600 are beyond F378; at 115200 all others answer. */
static void f378_is_slow(void **state)
{
	struct player player;

	(void)state;
	open_with(&player, "f378vc", 0, 0);
	player.host.baud = 115200;
	player_play(&player, "limit-57600", "H 7F D H 7F D R");
	player.host.baud = 57600;
	player_play(&player, "limit-57600", SYNC);
	player_close(&player);
	open_with(&player, "f378vc", 0, SIM_LIMIT_57600);
	player.host.baud = 115200;
	player_play(&player, "limit-57600", SYNC);
	player_close(&player);
}

static void parity_is_looked_at(void **state)
{
	struct player player;

	(void)state;
	open_with(&player, "f103rb", 0, 0);
	player.host.frame = WIRE_8N1;
	player_play(&player, "needs-parity", SYNC "H 00 FF D");
	player_close(&player);
}

/* How long after reset 7F is heard: 55 ms with the crystal, 2.56 s without (Q18). */
static void a_crystal_makes_it_start(void **state)
{
	static const struct {
		const char *part;
		unsigned quirks;
		uint32_t deaf_ms, hears_ms;
	} starts[] = {
		{ "l476rg", 0, 50, 60 },
		{ "l476rg", SIM_NO_CRYSTAL, 2500, 2600 },
		{ "f107vc", SIM_NO_CRYSTAL, 500, 530 },
		{ "f072rb", SIM_NO_CRYSTAL, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		for (int late = 0; late < 2; late++) {
			struct player player;

			open_with(&player, starts[i].part, starts[i].quirks, 0);
			machine_pulse_reset(&player.machine, player.now_ns);
			player_wait(&player,
				(late ? starts[i].hears_ms : starts[i].deaf_ms) * 1000000ull);
			if (late || starts[i].deaf_ms)
				player_play(&player, starts[i].part, late ? SYNC : "H 7F D");
			player_close(&player);
		}
	}
}

/* Section 4, 0xA1: the vectors, with both readings of its ACKs and another polynomial. */
static void checksums_are_the_document_s(void **state)
{
#define COUNTING "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F"
#define WRITE_16(bytes) "H 31 CE D 79 H 08 00 00 00 08 D 79 H 0F " bytes " ^ D 79 "
#define SUM_OF(words) "H A1 5E D 79 H 08 00 00 00 08 D 79 H 00 00 00 " words " " words " D 79 "
#define POLYNOMIAL "H 04 C1 1D B7 6F D 79 "
#define START "H FF FF FF FF 00 D "
	static const struct {
		const char *name;
		unsigned quirks;
		const char *script;
	} sums[] = {
		{ "00 to 0F", 0,
			SYNC WRITE_16(COUNTING) SUM_OF("04") POLYNOMIAL START
			"79 79 08 1B 46 CA 9F" },
		{ "00 to 0F, one ACK", SIM_ONE_CHECKSUM_ACK,
			SYNC WRITE_16(COUNTING) SUM_OF("04") POLYNOMIAL START "79 08 1B 46 CA 9F" },
		{ "16 times FF", 0, SYNC SUM_OF("04") POLYNOMIAL START "79 79 A7 9C 32 03 0A" },
		{ "4 times 00", 0,
			SYNC WRITE_16("00*16") SUM_OF("01") POLYNOMIAL START
			"79 79 C7 04 DD 7B 65" },
		{ "12345678", 0,
			SYNC WRITE_16("31 32 33 34 35 36 37 38 00*8") SUM_OF("02") POLYNOMIAL START
			"79 79 FE FC 54 F9 AF" },
		{ "another polynomial that is ignored", SIM_FIXED_POLYNOMIAL,
			SYNC SUM_OF("04") "H 00 00 00 00 00 D 79 " START "79 79 A7 9C 32 03 0A" },
		{ "no words", 0, SYNC "H A1 5E D 79 H 08 00 00 00 08 D 79 H 00*5 D 1F" },
		{ "more than the flash", 0,
			SYNC "H A1 5E D 79 H 08 00 00 00 08 D 79 H 00 00 40 01 41 D 1F" },
		{ "all of the flash has a sum", 0,
			SYNC "H A1 5E D 79 H 08 00 00 00 08 D 79 H 00 00 40 00 40 D 79" },
		{ "wrong address", 0, SYNC "H A1 5E D 79 H 08 00 00 00 09 D 1F" },
		{ "wrong polynomial's check", 0, SYNC SUM_OF("04") "H 04 C1 1D B7 6E D 1F" },
		{ "under protection", 0, "P " SYNC "H A1 5E D 1F" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++) {
		struct player player;

		open_with(&player, "c051c8", sums[i].quirks, 0);
		player_play(&player, sums[i].name, sums[i].script);
		player_close(&player);
	}
}

/* Option bytes by family: what the commands leave in them, and what they do when written. */
static void protection_is_in_the_option_bytes(void **state)
{
	static const struct {
		const char *name, *part, *script;
	} options[] = {
		{ "F1: RDP and its complement", "f103rb",
			SYNC "H 82 7D D 79 79 " SYNC "H 11 EE D 1F H 92 6D D 79 79 " SYNC
			     "H 11 EE D 79 H 1F FF F8 00 18 D 79 H 01 FE D 79 A5 5A" },
		{ "F1: WRP of units 0 and 9", "f103rb",
			SYNC
			"H 63 9C D 79 H 01 00 09 08 D 79 " SYNC
			"H 11 EE D 79 H 1F FF F8 08 10 D 79 H 07 F8 D 79 FE 01 FD 02 FF 00 FF 00" },
		{ "F1: an erased RDP protects", "f103rb",
			SYNC "H 31 CE D 79 H 1F FF F8 00 18 D 79 H 03 FF*4 ^ D 79 " SYNC
			     "H 11 EE D 1F" },
		{ "F1: WRP written as option bytes", "f103rb",
			SYNC
			"H 31 CE D 79 H 1F FF F8 00 18 D 79 "
			"H 0F A5 5A FF 00 FF 00 FF 00 FE 01 FF 00 FF 00 FF 00 ^ D 79 " SYNC WRITE_8
				READ_2(FF, FF) },
		{ "F3: another key", "f378vc",
			SYNC "H 11 EE D 79 H 1F FF F8 00 18 D 79 H 01 FE D 79 AA 55" },
		{ "F4: WRP of sector 0", "f407vg",
			SYNC "H 63 9C D 79 H 00 00 00 D 79 W " SYNC WRITE_8 READ_2(
				FF, FF) "H 11 EE D 79 H 1F FF C0 08 28 D 79 H 01 FE D 79 FE 7F" },
		{ "F42x: a sector of bank 2", "f429zi",
			SYNC "H 63 9C D 79 H 00 0D 0D D 79 W " SYNC
			     "H 11 EE D 79 H 1F FE C0 08 29 D 79 H 01 FE D 79 FD FF" },
		{ "L1: WRP is a 1", "l152rb",
			SYNC "H 63 9C D 79 H 00 01 01 D 79 " SYNC
			     "H 11 EE D 79 H 1F F8 00 08 EF D 79 H 03 FC D 79 02 00 FD FF" },
		{ "L4: a range of pages", "l412kb",
			"H 7F D 79 79 H 63 9C D 79 H 02 03 04 05 ^ D 79 H 7F D 79 79 "
			"H 11 EE D 79 H 1F FF 78 18 80 D 79 H 02 FD D 79 03 FF 05" },
		{ "L4: written and undone", "l452re",
			SYNC "H 63 9C D 79 H 00 00 00 D 79 " SYNC WRITE_8 READ_2(
				FF, FF) "H 73 8C D 79 79 " SYNC WRITE_8 READ_2(11, 11) },
		{ "H5 has no readout protection", "h563zi", SYNC "H 82 7D D 1F H 92 6D D 1F" },
		{ "H5: Special resets", "h563zi",
			SYNC "H 50 AF D 79 H 00 02 02 D 79 H 00 00 00 D 79 00 00 00 00 79 " SYNC },
		{ "H5: Special of another kind", "h563zi", SYNC "H 50 AF D 79 H 00 01 01 D 1F" },
		{ "U5 keeps it in registers", "u575zi",
			SYNC "H 82 7D D 79 79 " SYNC "H 11 EE D 1F R " SYNC
			     "H 92 6D D 79 H W D 79 " SYNC "H 11 EE D 79" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		struct player player;

		open_with(&player, options[i].part, 0, 0);
		player_play(&player, options[i].name, options[i].script);
		player_close(&player);
	}
}

/* Byte mode until 3 is written to 0xFFFF0000 (Q10): 256 bytes in 8.2 ms or in 1. */
static void the_speed_register_speeds_up(void **state)
{
	uint64_t took[2];

	(void)state;
	for (int fast = 0; fast < 2; fast++) {
		struct player player;

		open_with(&player, "f407vg", 0, 0);
		player_play(&player, "speed", SYNC);
		if (fast)
			player_play(&player, "speed",
				"H 31 CE D 79 H FF FF 00 00 00 D 79 H 03 03 FF FF FF ^ D 79");
		player_play(&player, "speed", "H 31 CE D 79 H 08 00 00 00 08 D 79");
		player.answered = 0;
		player_send(&player, 0xFF);
		for (int i = 0; i < 256; i++)
			player_send(&player, 0x00);
		player_send(&player, 0xFF);
		const uint64_t from = player.now_ns;

		while (!player.answered)
			player_wait(&player, 100000);
		took[fast] = player.now_ns - from;
		player_close(&player);
	}
	assert_in_range(took[0], 4000000, 5000000);
	assert_in_range(took[1], 1000000, 1500000);
}

static void each_has_a_part_and_a_name(void **state)
{
	/* Those that depend on the board or on luck, or of which no document names a part. */
	const unsigned no_part = SIM_LENIENT_SYNC | SIM_BUSY_BYTES | SIM_SILENT_WRITE_FAILURE |
		SIM_EARLY_UNPROTECT_ACK | SIM_ONE_CHECKSUM_ACK | SIM_FIXED_POLYNOMIAL |
		SIM_NO_CRYSTAL | SIM_NO_BURST | SIM_DEAF;
	unsigned of_parts = 0, all = 0;

	(void)state;
	for (size_t i = 0; i < part_count(); i++)
		of_parts |= part_at(i)->quirks;
	for (size_t i = 0; quirk_at(i); i++) {
		assert_int_equal(quirk_find(quirk_at(i)->name), quirk_at(i)->bit);
		assert_false(all & quirk_at(i)->bit);
		all |= quirk_at(i)->bit;
	}
	assert_int_equal(of_parts, all & ~no_part);
	assert_int_equal(quirk_find("luck"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_does_what_it_says),
		cmocka_unit_test(f378_is_slow),
		cmocka_unit_test(parity_is_looked_at),
		cmocka_unit_test(a_crystal_makes_it_start),
		cmocka_unit_test(checksums_are_the_document_s),
		cmocka_unit_test(protection_is_in_the_option_bytes),
		cmocka_unit_test(the_speed_register_speeds_up),
		cmocka_unit_test(each_has_a_part_and_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
