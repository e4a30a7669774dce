/* SPDX-License-Identifier: MIT */
/*
 * test_rom.c - byte exchanges with the ROM, straight from docs/facts/an3155.md section 4.
 * A row's script reads: H the host sends, D the ROM answers all of this and nothing more, R reset,
 * P the part gets readout protection.
 * `AA*256` repeats a byte, `^` is the XOR of the bytes since H.
 */
#include "simulator/options.h"
#include "simulator/quirk.h"
#include "simulator/rom.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYNC "H 7F D 79 "
#define ERASED_READ "H 11 EE D 79 H 08 00 00 00 08 D 79 H 03 FC D 79 FF FF FF FF "
#define WRITE_4 "H 31 CE D 79 H 08 00 00 00 08 D 79 H 03 11 22 33 44 ^ D 79 "
#define WRITTEN_READ "H 11 EE D 79 H 08 00 00 00 08 D 79 H 03 FC D 79 11 22 33 44 "

static const struct row {
	const char *name, *part;
	unsigned quirks;
	const char *script;
} rows[] = {
	/* 2.1 */
	{ "sync", "f103rb", 0, "H 7F D 79" },
	{ "sync twice is a bad pair", "f103rb", 0, SYNC "H 7F D H 7F D 1F" },
	{ "junk before sync makes it deaf", "f103rb", 0, "H 0D D H 7F D H 7F D" },
	{ "deaf until reset", "f103rb", 0, "H 0D D H 7F D R " SYNC },
	{ "two ACKs at sync (Q1)", "f072rb", SIM_DOUBLE_ACK_AT_SYNC, "H 7F D 79 79" },
	{ "a board that is not there", "f072rb", SIM_DEAF, "H 7F D" },
	/* 3 */
	{ "unknown command", "f103rb", 0, SYNC "H 03 FC D 1F H 02 FD D 79 01 04 10 79" },
	{ "wrong complement", "f103rb", 0,
		SYNC "H 00 FE D 1F H 00 00 D 1F H 00 FF D 79 0B 22 "
		     "00 01 02 11 21 31 43 63 73 82 92 79" },
	/* 0x00, 0x01, 0x02 */
	{ "Get of a 2.2 ROM", "f103rb", 0,
		SYNC "H 00 FF D 79 0B 22 00 01 02 11 21 31 43 63 73 82 92 79" },
	{ "Get of a 3.1 ROM", "f407vg", 0,
		SYNC "H 00 FF D 79 0B 31 00 01 02 11 21 31 44 63 73 82 92 79" },
	{ "Get with a wrong count (Q2)", "h743zi", SIM_WRONG_GET_COUNT,
		SYNC "H 00 FF D 79 0D 31 00 01 02 11 21 31 44 63 73 82 92 79" },
	{ "Get Version", "f103rb", 0, SYNC "H 01 FE D 79 22 00 00 79" },
	{ "Get ID", "f407vg", 0, SYNC "H 02 FD D 79 01 04 13 79" },
	{ "Get ID of L4", "l476rg", 0, SYNC "H 02 FD D 79 01 04 15 79" },
	/* 0x11 */
	{ "Read erased flash", "f103rb", 0, SYNC ERASED_READ },
	{ "Read erased flash of L1", "l152re", 0,
		SYNC "H 11 EE D 79 H 08 00 00 00 08 D 79 H 03 FC D 79 00 00 00 00" },
	{ "Read a whole block", "f103rb", 0,
		SYNC "H 11 EE D 79 H 08 00 00 00 08 D 79 H FF 00 D 79 FF*256" },
	{ "Read: bad address checksum", "f103rb", 0,
		SYNC "H 11 EE D 79 H 08 00 00 00 09 D 1F " ERASED_READ },
	{ "Read: nothing there", "f103rb", 0,
		SYNC "H 11 EE D 79 H 08 02 00 00 0A D 1F " ERASED_READ },
	{ "Read: reserved RAM", "f103rb", 0,
		SYNC "H 11 EE D 79 H 20 00 00 00 20 D 1F " ERASED_READ },
	{ "Read: bad length checksum", "f103rb", 0,
		SYNC "H 11 EE D 79 H 08 00 00 00 08 D 79 H 03 03 D 1F " ERASED_READ },
	{ "Read past the end of flash", "f103rb", 0,
		SYNC "H 11 EE D 79 H 08 01 FF FF 09 D 79 H 01 FE D 1F " ERASED_READ },
	{ "Read the flash size", "f103rb", 0,
		SYNC "H 11 EE D 79 H 1F FF F7 E0 F7 D 79 H 01 FE D 79 80 00" },
	{ "Short read of registers refused (Q7)", "f407vg", 0,
		SYNC "H 11 EE D 79 H 1F FF 7A 22 B8 D 79 H 01 FE D 1F" },
	{ "Bad address met with silence (Q6)", "f103rb", SIM_NO_NACK_BAD_ADDRESS,
		SYNC "H 11 EE D 79 H 08 02 00 00 0A D H 03 FC D 1F " ERASED_READ },
	/* 0x21 */
	{ "Go", "f103rb", 0, SYNC "H 21 DE D 79 H 08 00 00 00 08 D 79" },
	{ "Go to system memory", "f103rb", 0, SYNC "H 21 DE D 79 H 1F FF F0 00 10 D 1F" },
	{ "Go: bad checksum", "f103rb", 0, SYNC "H 21 DE D 79 H 08 00 00 00 00 D 1F" },
	/* 0x31 */
	{ "Write and read back", "f103rb", 0, SYNC WRITE_4 WRITTEN_READ },
	{ "Write a whole block", "f103rb", 0,
		SYNC "H 31 CE D 79 H 08 00 01 00 09 D 79 H FF 5A*256 ^ D 79 "
		     "H 11 EE D 79 H 08 00 01 00 09 D 79 H FF 00 D 79 5A*256" },
	{ "Write: bad data checksum changes nothing", "f103rb", 0,
		SYNC "H 31 CE D 79 H 08 00 00 00 08 D 79 H 03 11 22 33 44 46 D 1F " ERASED_READ },
	{ "Write to system memory", "f103rb", 0, SYNC "H 31 CE D 79 H 1F FF F0 00 10 D 1F" },
	{ "Write only clears bits", "f103rb", 0,
		SYNC WRITE_4 "H 31 CE D 79 H 08 00 00 00 08 D 79 H 03 0F FF FF F0 ^ D 79 "
			     "H 11 EE D 79 H 08 00 00 00 08 D 79 H 03 FC D 79 01 22 33 40" },
	{ "Write sets bits on L1", "l152re", 0,
		SYNC "H 31 CE D 79 H 08 00 00 00 08 D 79 H 07 0F 00*7 ^ D 79 "
		     "H 31 CE D 79 H 08 00 00 00 08 D 79 H 07 F0 01 00*6 ^ D 79 "
		     "H 11 EE D 79 H 08 00 00 00 08 D 79 H 01 FE D 79 FF 01" },
	{ "Write an ECC word twice", "g071rb", 0,
		SYNC "H 31 CE D 79 H 08 00 00 00 08 D 79 H 07 11*8 ^ D 79 "
		     "H 31 CE D 79 H 08 00 00 00 08 D 79 H 07 01*8 ^ D 1F "
		     "H 11 EE D 79 H 08 00 00 00 08 D 79 H 01 FE D 79 11 11" },
	{ "A misaligned write poisons the next", "l476rg", 0,
		SYNC "H 31 CE D 79 H 08 00 00 04 0C D 79 H 07 11*8 ^ D 1F "
		     "H 31 CE D 79 H 08 00 00 00 08 D 79 H 07 11*8 ^ D 1F " ERASED_READ },
	{ "... until reset", "l476rg", 0,
		SYNC
		"H 31 CE D 79 H 08 00 00 04 0C D 79 H 07 11*8 ^ D 1F R " SYNC
		"H 31 CE D 79 H 08 00 00 00 08 D 79 H 07 11 22 33 44 11*4 ^ D 79 " WRITTEN_READ },
	{ "A write that changes nothing", "f103rb", SIM_SILENT_WRITE_FAILURE,
		SYNC WRITE_4 ERASED_READ },
	{ "Write RAM", "f103rb", 0,
		SYNC "H 31 CE D 79 H 20 00 02 00 22 D 79 H 00 A5 A5 D 79 "
		     "H 11 EE D 79 H 20 00 02 00 22 D 79 H 00 FF D 79 A5" },
	{ "Option bytes from their base, then reset", "f103rb", 0,
		SYNC "H 31 CE D 79 H 1F FF F8 00 18 D 79 H 03 A5 5A FF 00 ^ D 79 " SYNC
		     "H 11 EE D 79 H 1F FF F8 00 18 D 79 H 04 FB D 79 A5 5A FF 00 FF" },
	{ "Option bytes not from their base", "f103rb", 0,
		SYNC "H 31 CE D 79 H 1F FF F8 04 1C D 1F" },
	{ "The speed register", "f407vg", 0,
		SYNC "H 31 CE D 79 H FF FF 00 00 00 D 79 H 03 03 FF FF FF ^ D 79 "
		     "H 11 EE D 79 H FF FF 00 00 00 D 79 H 03 FC D 79 03 FF FF FF" },
	{ "The speed register: no such speed", "f407vg", 0,
		SYNC "H 31 CE D 79 H FF FF 00 00 00 D 79 H 03 05 FF FF FF ^ D 1F" },
	/* 0x43 */
	{ "Erase a page", "f103rb", 0, SYNC WRITE_4 "H 43 BC D 79 H 00 00 00 D 79 " ERASED_READ },
	{ "Erase another page", "f103rb", 0,
		SYNC WRITE_4 "H 43 BC D 79 H 00 01 01 D 79 " WRITTEN_READ },
	{ "Erase two pages", "f103rb", 0,
		SYNC WRITE_4 "H 43 BC D 79 H 01 05 00 04 D 79 " ERASED_READ },
	{ "Erase: bad checksum", "f103rb", 0,
		SYNC WRITE_4 "H 43 BC D 79 H 00 00 01 D 1F " WRITTEN_READ },
	{ "Erase all", "f103rb", 0, SYNC WRITE_4 "H 43 BC D 79 H FF 00 D 79 " ERASED_READ },
	{ "FF and not 00: ACK without erase", "f103rb", 0,
		SYNC WRITE_4 "H 43 BC D 79 H FF 01 D 79 " WRITTEN_READ },
	{ "Erase on a ROM without it", "f407vg", 0, SYNC "H 43 BC D 1F" },
	/* 0x44 */
	{ "Extended Erase on a ROM without it", "f103rb", 0, SYNC "H 44 BB D 1F" },
	{ "Extended Erase of a sector", "f407vg", 0,
		SYNC WRITE_4 "H 44 BB D 79 H 00 00 00 00 00 D 79 " ERASED_READ },
	{ "Extended Erase of another", "f407vg", 0,
		SYNC WRITE_4 "H 44 BB D 79 H 00 01 00 02 00 0B 08 D 79 " WRITTEN_READ },
	{ "Extended Erase: bad checksum", "f407vg", 0,
		SYNC WRITE_4 "H 44 BB D 79 H 00 00 00 00 01 D 1F " WRITTEN_READ },
	{ "Mass erase", "f407vg", 0, SYNC WRITE_4 "H 44 BB D 79 H FF FF 00 D 79 " ERASED_READ },
	{ "Mass erase: bad checksum", "f407vg", 0,
		SYNC WRITE_4 "H 44 BB D 79 H FF FF FF D 1F " WRITTEN_READ },
	{ "No mass erase on L1", "l152re", 0, SYNC "H 44 BB D 79 H FF FF 00 D 1F" },
	{ "Bank erase on one bank", "f407vg", 0, SYNC "H 44 BB D 79 H FF FE 01 D 1F" },
	{ "Bank 2", "l476rg", 0,
		SYNC "H 31 CE D 79 H 08 00 00 00 08 D 79 H 07 11 22 33 44 00*4 ^ D 79 "
		     "H 44 BB D 79 H FF FD 02 D 79 " WRITTEN_READ
		     "H 44 BB D 79 H FF FE 01 D 79 " ERASED_READ },
	{ "Reserved codes", "l476rg", 0,
		SYNC "H 44 BB D 79 H FF F0 0F D 1F H 44 BB D 79 H FF FC 03 D 1F" },
	{ "Too many pages for L1", "l152re", 0, SYNC "H 44 BB D 79 H 02 00 00*1026 02 D 1F" },
	{ "512 pages on L1", "l152re", 0, SYNC "H 44 BB D 79 H 01 FF 00*1024 FE D 79" },
	{ "The longest list is swallowed", "l476rg", 0,
		SYNC "H 44 BB D 79 H FF EF 00*131040 10 D 79" },
	/* protection */
	{ "Write Protect, then a write has no effect", "f103rb", 0,
		SYNC "H 63 9C D 79 H 00 00 00 D 79 " SYNC WRITE_4 ERASED_READ },
	{ "Write Protect replaces the set", "f103rb", 0,
		SYNC "H 63 9C D 79 H 00 00 00 D 79 " SYNC
		     "H 63 9C D 79 H 00 01 01 D 79 " SYNC WRITE_4 WRITTEN_READ },
	{ "Write Protect: bad checksum", "f103rb", 0,
		SYNC "H 63 9C D 79 H 00 00 01 D 1F " WRITE_4 WRITTEN_READ },
	{ "Erase has no effect on a protected page", "f103rb", 0,
		SYNC WRITE_4 "H 63 9C D 79 H 00 00 00 D 79 " SYNC
			     "H 43 BC D 79 H 00 00 00 D 79 " WRITTEN_READ },
	{ "Write Unprotect", "f103rb", 0,
		SYNC "H 63 9C D 79 H 00 00 00 D 79 " SYNC
		     "H 73 8C D 79 79 " SYNC WRITE_4 WRITTEN_READ },
	{ "Mass erase of a protected part fails", "f407vg", 0,
		SYNC "H 63 9C D 79 H 00 05 05 D 79 " SYNC "H 44 BB D 79 H FF FF 00 D 1F" },
	{ "Readout Protect", "f103rb", 0, SYNC "H 82 7D D 79 79 " SYNC "H 11 EE D 1F" },
	{ "Protected: what is refused", "f103rb", 0,
		"P " SYNC
		"H 11 EE D 1F H 21 DE D 1F H 31 CE D 1F H 43 BC D 1F H 63 9C D 1F H 73 8C D 1F "
		"H 82 7D D 1F" },
	{ "Protected: what is not", "f103rb", 0,
		"P " SYNC
		"H 00 FF D 79 0B 22 00 01 02 11 21 31 43 63 73 82 92 79 H 01 FE D 79 22 00 00 79 "
		"H 02 FD D 79 01 04 10 79" },
	{ "Protected: two NACKs (Q5)", "l152re", 0,
		"P " SYNC "H 11 EE D 1F 1F H 31 CE D 1F 1F H 44 BB D 1F" },
	{ "Readout Unprotect erases", "f103rb", 0,
		SYNC WRITE_4 "H 82 7D D 79 79 " SYNC "H 92 6D D 79 79 " SYNC ERASED_READ },
};

struct device {
	struct memory memory;
	struct rom rom;
	uint8_t answer[1024];
	size_t answered;
	uint8_t check;
};

static void send_byte(struct device *device, uint8_t byte)
{
	struct rom_reply reply;

	rom_receive(&device->rom, byte, &reply);
	device->check ^= byte;
	assert_true(device->answered + reply.len <= sizeof(device->answer));
	memcpy(device->answer + device->answered, reply.bytes, reply.len);
	device->answered += reply.len;
	if (reply.after == ROM_LAUNCHES) {
		rom_reset(&device->rom);
		memory_reset(&device->memory);
		options_load(&device->memory, false);
	}
}

/* One token of a script: a byte, perhaps repeated, or `^`. */
static void play_byte(
	struct device *device, const char *row, bool is_host, const char *token, size_t *compared)
{
	const char *times = strchr(token, '*');
	size_t count = times ? strtoul(times + 1, NULL, 10) : 1;
	const uint8_t byte = *token == '^' ? device->check : (uint8_t)strtoul(token, NULL, 16);

	while (count--) {
		if (is_host) {
			send_byte(device, byte);
		} else if (*compared >= device->answered || device->answer[*compared] != byte) {
			fail_msg("%s: answer %zu: want %02X, %zu answered", row, *compared, byte,
				device->answered);
		} else {
			++*compared;
		}
	}
}

static void play(struct device *device, const struct row *row)
{
	char *const script = strdup(row->script);
	char *rest = NULL;
	bool is_host = false;
	size_t compared = 0;

	assert_non_null(script);
	for (char *token = strtok_r(script, " ", &rest); token;
		token = strtok_r(NULL, " ", &rest)) {
		if (!strcmp(token, "D")) {
			is_host = false;
		} else if (!strcmp(token, "P")) {
			device->memory.flash.is_readout_protected = true;
		} else if (!strcmp(token, "R")) {
			rom_reset(&device->rom);
			memory_reset(&device->memory);
		} else if (!strcmp(token, "H")) {
			if (compared != device->answered)
				fail_msg("%s: %zu bytes too many", row->name,
					device->answered - compared);
			is_host = true;
			device->answered = compared = 0;
			device->check = 0;
		} else {
			play_byte(device, row->name, is_host, token, &compared);
		}
	}
	if (compared != device->answered)
		fail_msg("%s: %zu bytes too many", row->name, device->answered - compared);
	free(script);
}

static void exchanges_are_as_documented(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct device device = { 0 };

		assert_true(memory_init(&device.memory, part_find(rows[i].part), 1, NULL));
		rom_init(&device.rom, &device.memory);
		memory_reset(&device.memory);
		device.rom.quirks |= rows[i].quirks;
		play(&device, &rows[i]);
		memory_release(&device.memory);
	}
}

/* Section 8.2: an even, non-zero byte repeated is refused in every freshly entered state. */
static void filler_is_refused_everywhere(void **state)
{
	static const char *const states[] = {
		"H 11 EE",
		"H 11 EE H 08 00 00 00 08",
		"H 21 DE",
		"H 31 CE",
		"H 31 CE H 08 00 00 00 08",
		"H 43 BC",
		"H 63 9C",
		"H 00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		struct device device = { 0 };
		uint8_t last = 0;

		assert_true(memory_init(&device.memory, part_find("f103rb"), 1, NULL));
		rom_init(&device.rom, &device.memory);
		send_byte(&device, 0x7F);
		for (const char *at = states[i]; *at; at += at[1] && at[2] ? 3 : 2) {
			if (*at == 'H') {
				at--;
				device.answered = 0;
			} else {
				send_byte(&device, (uint8_t)strtoul(at, NULL, 16));
			}
		}
		device.answered = 0;
		for (int n = 0; n < 300 && last != 0x1F; n++) {
			send_byte(&device, 0x02);
			last = device.answered ? device.answer[device.answered - 1] : 0;
		}
		assert_int_equal(last, 0x1F);
		assert_int_equal(device.rom.writes + device.rom.erases, 0);
		memory_release(&device.memory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exchanges_are_as_documented),
		cmocka_unit_test(filler_is_refused_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
