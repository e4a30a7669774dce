/* SPDX-License-Identifier: MIT */
/* test_boot.c - the session, byte by byte, against a scripted ROM. */
#include "protocol/boot.h"
#include "tests/protocol/scripted_wire.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

#define SYNC "> 7F < 79"
#define GET_F1 "> 00 FF < 79 0B 22 00 01 02 11 21 31 43 63 73 82 92 79"
#define GET_31 "> 00 FF < 79 0B 31 00 01 02 11 21 31 44 63 73 82 92 79"
#define VERSION_F1 "> 01 FE < 79 22 00 00 79"
#define VERSION_31 "> 01 FE < 79 31 00 00 79"
#define ID_F1 "> 02 FD < 79 01 04 10 79"
#define ID_F4 "> 02 FD < 79 01 04 13 79"
#define PROBE "> 11 EE < 79 > 08 00 00 00 08 < 79 > 03 FC < 79 FF FF FF FF"
#define ZEROS_14 " 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
#define ZEROS_84 ZEROS_14 ZEROS_14 ZEROS_14 ZEROS_14 ZEROS_14 ZEROS_14
#define ZEROS_252 ZEROS_84 ZEROS_84 ZEROS_84
#define UID "01 02 03 04 05 06 07 08 09 0A 0B 0C"
#define READ_F1(kib) "> 11 EE < 79 > 1F FF F7 E0 F7 < 79 > 13 EC < 79" kib " 00 00 00 00 00 00" UID
#define REGISTERS_F1(kib) READ_F1(kib) READ_F1(kib)
#define WHO_F1 GET_F1 VERSION_F1 ID_F1 ID_F1 PROBE REGISTERS_F1("80 00")
#define CONNECT_F1 SYNC WHO_F1
#define NO_ID "> 02 FD < 1F > 06 F9 < 1F"
#define GET_Q2 "> 00 FF < 79 0D 22 00 01 02 11 21 31 43 63 73 82 92 79"
#define GET_GD "> 00 FF < 79 09 30 00 11 21 31 44 63 73 82 92 79"

static const struct boot_options options_115200 = { .settings = { 115200, WIRE_8E1 } };

static void begin(struct boot *boot, struct scripted *s, const char *script)
{
	scripted_init(s, script);
	boot_init(boot, scripted_wire(s), scripted_control(s, 3500), &options_115200);
}

/* Connecting: what the ROM says, and what becomes of it. */
static const struct connect_case {
	const char *name, *script;
	enum err want;
	uint32_t product_id, flash_bytes;
	bool is_size_read, has_unique_id, is_protected, was_resumed;
	const char *what; /* part of it */
} connects[] = {
	{ "a fresh F103", CONNECT_F1, ERR_OK, 0x410, 128 * KIB, true, true, false, false, NULL },
	{ "already in sync: the second 7F is refused", "> 7F > 7F < 1F" WHO_F1, ERR_OK, 0x410,
		128 * KIB, true, true, false, true, NULL },
	{ "already in sync with a stray byte: NACK at once", "> 7F < 1F" WHO_F1, ERR_OK, 0x410,
		128 * KIB, true, true, false, true, NULL },
	{ "two ACKs (Q1)", "> 7F < 79 79" WHO_F1, ERR_OK, 0x410, 128 * KIB, true, true, false,
		false, NULL },
	{ "junk before the ACK", "> 7F < 00 FF 41 42 43 79" WHO_F1, ERR_OK, 0x410, 128 * KIB, true,
		true, false, false, NULL },
	{ "junk from before is dropped", "< 41 79 1F > 7F < 79" WHO_F1, ERR_OK, 0x410, 128 * KIB,
		true, true, false, false, NULL },
	{ "BUSY before an ACK",
		SYNC "> 00 FF < 76 76 79 0B 22 00 01 02 11 21 31 43 63 73 82 92 79" VERSION_F1 ID_F1
			ID_F1 PROBE REGISTERS_F1("80 00"),
		ERR_OK, 0x410, 128 * KIB, true, true, false, false, NULL },
	{ "Get counts two too many (Q2)",
		SYNC GET_Q2 GET_Q2 GET_Q2 VERSION_F1 ID_F1 ID_F1 PROBE REGISTERS_F1("80 00"),
		ERR_OK, 0x410, 128 * KIB, true, true, false, false, NULL },
	{ "Get loses a code on the way, and is asked again",
		SYNC "> 00 FF < 79 0B 22 00 01 02 11 21 31 63 73 82 92 79" WHO_F1, ERR_OK, 0x410,
		128 * KIB, true, true, false, false, NULL },
	{ "a code of Get was spoilt",
		SYNC "> 00 FF < 79 0B 22 00 01 02 11 31 31 43 63 73 82 92 79" WHO_F1, ERR_OK, 0x410,
		128 * KIB, true, true, false, false, NULL },
	{ "the product id was spoilt",
		SYNC GET_F1 VERSION_F1 ID_F4 ID_F1
		"> 02 > 02 < 1F" ID_F1 ID_F1 ID_F1 PROBE REGISTERS_F1("80 00"),
		ERR_OK, 0x410, 128 * KIB, true, true, false, false, NULL },
	{ "a register was spoilt",
		SYNC GET_F1 VERSION_F1 ID_F1 ID_F1 PROBE READ_F1("80 00") READ_F1("90 00")
			REGISTERS_F1("80 00"),
		ERR_OK, 0x410, 128 * KIB, true, true, false, false, NULL },
	{ "a ROM without Get Version and Get ID",
		SYNC "> 00 FF < 79 03 40 00 11 31 79" NO_ID NO_ID NO_ID PROBE, ERR_OK, 0, 0, false,
		false, false, false, NULL },
	{ "neither, but the vendor's own id, counted as Get ID does (GD32VW553)",
		SYNC GET_GD "> 02 FD < 1F > 06 F9 < 79 03 37 48 4D 50 79"
			    "> 02 FD < 1F > 06 F9 < 79 03 37 48 4D 50 79" PROBE,
		ERR_OK, 0x504D4837, 4 * MIB, false, false, false, false, NULL },
	{ "the vendor's own id, its letters counted",
		SYNC GET_GD "> 02 FD < 1F > 06 F9 < 79 04 37 48 4D 50 79"
			    "> 02 FD < 1F > 06 F9 < 79 04 37 48 4D 50 79" PROBE,
		ERR_OK, 0x504D4837, 4 * MIB, false, false, false, false, NULL },
	{ "Get Version is refused: no matter",
		SYNC GET_F1
		"> 01 FE < 1F > 01 FE < 1F > 01 FE < 1F" ID_F1 ID_F1 PROBE REGISTERS_F1("80 00"),
		ERR_OK, 0x410, 128 * KIB, true, true, false, false, NULL },
	{ "one byte of id",
		SYNC GET_F1 VERSION_F1 "> 02 FD < 79 00 41 79 > 02 FD < 79 00 41 79" PROBE, ERR_OK,
		0x41, 0, false, false, false, false, NULL },
	{ "three bytes of id: the third",
		SYNC GET_F1 VERSION_F1
		"> 02 FD < 79 02 01 02 77 79 > 02 FD < 79 02 01 02 77 79" PROBE,
		ERR_OK, 0x77, 0, false, false, false, false, NULL },
	{ "1F before the last ACK (WB09)",
		SYNC GET_F1 VERSION_F1
		"> 02 FD < 79 02 01 02 77 1F 79 > 02 FD < 79 02 01 02 77 1F 79" PROBE,
		ERR_OK, 0x77, 0, false, false, false, false, NULL },
	{ "five bytes of id (a clone)",
		SYNC GET_F1 VERSION_F1
		"> 02 FD < 79 04 70 05 02 40 08 79 > 02 FD < 79 04 70 05 02 40 08 79" PROBE,
		ERR_OK, 0x70050240, 0, false, false, false, false, NULL },
	{ "size register says 0", SYNC GET_F1 VERSION_F1 ID_F1 ID_F1 PROBE REGISTERS_F1("00 00"),
		ERR_OK, 0x410, 128 * KIB, false, true, false, false, NULL },
	{ "size register says FFFF", SYNC GET_F1 VERSION_F1 ID_F1 ID_F1 PROBE REGISTERS_F1("FF FF"),
		ERR_OK, 0x410, 128 * KIB, false, true, false, false, NULL },
	{ "size register says more than the row",
		SYNC GET_F1 VERSION_F1 ID_F1 ID_F1 PROBE REGISTERS_F1("00 01"), ERR_OK, 0x410,
		128 * KIB, false, true, false, false, NULL },
	{ "a smaller part of the row",
		SYNC GET_F1 VERSION_F1 ID_F1 ID_F1 PROBE REGISTERS_F1("40 00"), ERR_OK, 0x410,
		64 * KIB, true, true, false, false, NULL },
	{ "read protection",
		SYNC GET_F1 VERSION_F1 ID_F1 ID_F1 "> 11 EE < 1F > 11 EE < 1F > 11 EE < 1F" ID_F1,
		ERR_OK, 0x410, 128 * KIB, false, false, true, false, NULL },
	{ "read protection, two NACKs (Q5)",
		SYNC GET_F1 VERSION_F1 ID_F1 ID_F1
		"> 11 EE < 1F 1F > 11 EE < 1F 1F > 11 EE < 1F 1F" ID_F1,
		ERR_OK, 0x410, 128 * KIB, false, false, true, false, NULL },
	{ "silence", "...", ERR_TIMEOUT, 0, 0, false, false, false, false, "did not answer 7F" },
	{ "the parity trap", "> 7F < 79 ...", ERR_TIMEOUT, 0, 0, false, false, false, false,
		"even parity" },
	{ "an application's text", "> 7F < 48 65 6C 6C 6F 2C 20 77 6F 72 6C 64 0D 0A ...",
		ERR_REPLY, 0, 0, false, false, false, false, "not as the bootloader" },
	{ "text with a 'y' (79) in it", "> 7F < 72 65 61 64 79 2E 0D 0A ...", ERR_REPLY, 0, 0,
		false, false, false, false, "not as the bootloader" },
	{ "an application that says 'y' over and over",
		"> 7F < 74 72 79 20 79 0D 0A > 7F < 74 72 79 20 79 0D 0A ...", ERR_REPLY, 0, 0,
		false, false, false, false, "not as the bootloader" },
	{ "text until the reset, then the ROM", "> 7F < 62 79 65 2E 0D 0A > 7F < 79" WHO_F1, ERR_OK,
		0x410, 128 * KIB, true, true, false, false, NULL },
	{ "noise", "> 7F < E0 F8 80 ...", ERR_REPLY, 0, 0, false, false, false, false,
		"not the bootloader's" },
};

static void check_connect(const struct connect_case *c)
{
	struct scripted s;
	struct boot boot;
	struct why why = { 0 };
	enum err e;

	begin(&boot, &s, c->script);
	e = boot_connect(&boot, &why);
	if (e != c->want || !scripted_is_finished(&s))
		fail_msg("%s: %s (%s), script at %zu of %zu", c->name, err_name(e),
			why.what ? why.what : "", s.is_broken ? s.broken_at : s.sent, s.count);
	assert_int_equal(boot.is_connected, !e);
	assert_int_equal(boot.device.product_id, c->product_id);
	if (e) {
		assert_int_equal(why.err, e);
		assert_true(!c->what || strstr(why.what, c->what));
		return;
	}
	assert_int_equal(boot.device.flash_bytes, c->flash_bytes);
	assert_int_equal(boot.device.flash_size_is_read, c->is_size_read);
	assert_int_equal(boot.device.has_unique_id, c->has_unique_id);
	assert_int_equal(boot.device.readout_protected, c->is_protected);
	assert_int_equal(boot.was_resumed, c->was_resumed);
}

static void connecting(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(connects); i++)
		check_connect(&connects[i]);
}

/* One request after connecting. */
enum op {
	OP_READ,
	OP_WRITE,
	OP_ERASE,
	OP_MASS,
	OP_GO,
	OP_RESYNC,
	OP_RECONNECT,
	OP_PROTECT,
	OP_UNPROTECT,
	OP_READOUT_PROTECT,
	OP_READOUT_UNPROTECT
};

static const struct op_case {
	const char *name;
	enum op op;
	uint32_t addr, len;
	const char *script; /* after CONNECT_F1 */
	enum err want;
	bool is_connected, has_changed;
	uint8_t command;
	unsigned retries;
} ops[] = {
	{ "read", OP_READ, 0x08000100, 4,
		"> 11 EE < 79 > 08 00 01 00 09 < 79 > 03 FC < 79 DE AD BE EF", ERR_OK, true, false,
		0, 0 },
	{ "read, the address refused thrice", OP_READ, 0x40000000, 4,
		"> 11 EE < 79 > 40 00 00 00 40 < 1F > 11 EE < 79 > 40 00 00 00 40 < 1F"
		"> 11 EE < 79 > 40 00 00 00 40 < 1F",
		ERR_NACK, true, false, 0x11, 2 },
	{ "read, refused as a command", OP_READ, 0x08000000, 4,
		"> 11 EE < 1F > 11 EE < 1F > 11 EE < 1F", ERR_READ_PROTECTED, true, false, 0x11,
		2 },
	{ "read, silent at the address: the length is never sent, fillers are", OP_READ, 0x20000400,
		4,
		"> 11 EE < 79 > 20 00 04 00 24 > 02 > 02 < 1F > 02 FD < 79 01 04 10 79"
		"> 11 EE < 79 > 20 00 04 00 24 < 79 > 03 FC < 79 DE AD BE EF",
		ERR_OK, true, false, 0, 1 },
	{ "read, a byte of data lost", OP_READ, 0x08000000, 4,
		"> 11 EE < 79 > 08 00 00 00 08 < 79 > 03 FC < 79 DE AD EF > 02 > 02 < 1F"
		"> 02 FD < 79 01 04 10 79"
		"> 11 EE < 79 > 08 00 00 00 08 < 79 > 03 FC < 79 DE AD BE EF",
		ERR_OK, true, false, 0, 1 },
	{ "read, the ROM is gone", OP_READ, 0x08000000, 4, "> 11 EE ...", ERR_TIMEOUT, false, false,
		0x11, 0 },
	{ "read beyond the flash", OP_READ, 0x0801FFFE, 4, "", ERR_RANGE, true, false, 0, 0 },
	{ "read past the address space", OP_READ, 0xFFFFFFFE, 4, "", ERR_RANGE, true, false, 0, 0 },
	{ "read nothing", OP_READ, 0x08000000, 0, "", ERR_ARGUMENT, true, false, 0, 0 },
	{ "read too much", OP_READ, 0x08000000, 257, "", ERR_ARGUMENT, true, false, 0, 0 },
	{ "write", OP_WRITE, 0x08000000, 4,
		"> 31 CE < 79 > 08 00 00 00 08 < 79 > 03 DE AD BE EF 21 < 79", ERR_OK, true, true,
		0, 0 },
	{ "write refused as a command: nothing has changed", OP_WRITE, 0x08000000, 4,
		"> 31 CE < 1F", ERR_NACK, true, false, 0x31, 0 },
	{ "write, the address refused", OP_WRITE, 0x08000000, 4,
		"> 31 CE < 79 > 08 00 00 00 08 < 1F", ERR_NACK, true, false, 0x31, 0 },
	{ "write, silent at the address: no data is sent", OP_WRITE, 0x08000000, 4,
		"> 31 CE < 79 > 08 00 00 00 08", ERR_TIMEOUT, false, false, 0x31, 0 },
	{ "write, the data refused", OP_WRITE, 0x08000000, 4,
		"> 31 CE < 79 > 08 00 00 00 08 < 79 > 03 DE AD BE EF 21 < 1F", ERR_NACK, true, true,
		0x31, 0 },
	{ "write, no word of the end: never repeated", OP_WRITE, 0x08000000, 4,
		"> 31 CE < 79 > 08 00 00 00 08 < 79 > 03 DE AD BE EF 21", ERR_TIMEOUT, false, true,
		0x31, 0 },
	{ "write, answered with nonsense", OP_WRITE, 0x08000000, 4,
		"> 31 CE < 79 > 08 00 00 00 08 < 79 > 03 DE AD BE EF 21 < 55", ERR_REPLY, false,
		true, 0x31, 0 },
	{ "write at an odd address", OP_WRITE, 0x08000002, 4, "", ERR_ALIGNMENT, true, false, 0,
		0 },
	{ "write an odd length", OP_WRITE, 0x08000000, 3, "", ERR_ALIGNMENT, true, false, 0, 0 },
	{ "write beyond the flash", OP_WRITE, 0x08020000 - 4, 8, "", ERR_RANGE, true, false, 0, 0 },
	{ "write into the ROM's own RAM", OP_WRITE, 0x20000000, 4, "", ERR_RANGE, true, false, 0,
		0 },
	{ "erase two pages", OP_ERASE, 3, 2, "> 43 BC < 79 > 01 03 04 06 < 79", ERR_OK, true, true,
		0, 0 },
	{ "erase refused as a command", OP_ERASE, 3, 2, "> 43 BC < 1F", ERR_NACK, true, false, 0x43,
		0 },
	{ "erase, refused", OP_ERASE, 3, 2, "> 43 BC < 79 > 01 03 04 06 < 1F", ERR_NACK, true, true,
		0x43, 0 },
	{ "erase, silence", OP_ERASE, 3, 2, "> 43 BC < 79 > 01 03 04 06", ERR_TIMEOUT, false, true,
		0x43, 0 },
	{ "erase what is not there", OP_ERASE, 127, 2, "", ERR_RANGE, true, false, 0, 0 },
	{ "mass erase", OP_MASS, 0, 0, "> 43 BC < 79 > FF 00 < 79", ERR_OK, true, true, 0, 0 },
	{ "go", OP_GO, 0x08000000, 0, "> 21 DE < 79 > 08 00 00 00 08 < 79", ERR_OK, false, false, 0,
		0 },
	{ "go to an entry point in place of a vector table", OP_GO, 0x08000001, 0, "", ERR_ARGUMENT,
		true, false, 0, 0 },
	{ "option bytes that are read in whole blocks only (Q7)", OP_READ, 0x1FFFF800, 4,
		"> 11 EE < 79 > 1F FF F8 00 18 < 79 > 03 FC < 1F"
		"> 11 EE < 79 > 1F FF F8 00 18 < 79 > 03 FC < 1F"
		"> 11 EE < 79 > 1F FF F8 00 18 < 79 > 03 FC < 1F"
		"> 11 EE < 79 > 1F FF F8 00 18 < 79 > FF 00 < 79 DE AD BE EF" ZEROS_252,
		ERR_OK, true, false, 0, 2 },
	{ "go, refused", OP_GO, 0x40000000, 0, "> 21 DE < 79 > 40 00 00 00 40 < 1F", ERR_NACK, true,
		false, 0x21, 0 },
	{ "resync when idle: two fillers", OP_RESYNC, 0, 0, "> 02 > 02 < 1F" ID_F1, ERR_OK, true,
		false, 0, 0 },
	{ "resync in the middle of an address", OP_RESYNC, 0, 0, "> 02 > 02 > 02 < 1F" ID_F1,
		ERR_OK, true, false, 0, 0 },
	{ "resync: a late NACK left a filler behind", OP_RESYNC, 0, 0,
		"> 02 < 1F > 02 FD < 1F > 02 < 1F" ID_F1, ERR_OK, true, false, 0, 0 },
	{ "resync: another part answers", OP_RESYNC, 0, 0, "> 02 > 02 < 1F" ID_F4, ERR_REPLY, false,
		false, 0, 0 },
	{ "resync: nobody there", OP_RESYNC, 0, 0, "...", ERR_TIMEOUT, false, false, 0, 0 },
	{ "reconnect in step", OP_RECONNECT, 0, 0, ID_F1, ERR_OK, true, false, 0, 0 },
	{ "reconnect out of step", OP_RECONNECT, 0, 0, "> 02 FD" CONNECT_F1, ERR_OK, true, false, 0,
		0 },
	{ "write protect", OP_PROTECT, 0, 0, "> 63 9C < 79 > 01 02 03 00 < 79", ERR_OK, false,
		false, 0, 0 },
	{ "write unprotect", OP_UNPROTECT, 0, 0, "> 73 8C < 79 79", ERR_OK, false, false, 0, 0 },
	{ "write unprotect, no end", OP_UNPROTECT, 0, 0, "> 73 8C < 79", ERR_TIMEOUT, false, false,
		0x73, 0 },
	{ "readout protect", OP_READOUT_PROTECT, 0, 0, "> 82 7D < 79 79", ERR_OK, false, false, 0,
		0 },
	{ "readout unprotect", OP_READOUT_UNPROTECT, 0, 0, "> 92 6D < 79 79", ERR_OK, false, true,
		0, 0 },
	{ "readout unprotect, the erase failed", OP_READOUT_UNPROTECT, 0, 0, "> 92 6D < 79 1F",
		ERR_NACK, true, true, 0x92, 0 },
};

static enum err do_op(struct boot *boot, const struct op_case *c, struct why *why)
{
	static const uint8_t data[FRAME_MAX_DATA + 1] = { 0xDE, 0xAD, 0xBE, 0xEF };
	static const uint8_t units[] = { 2, 3 };
	uint8_t in[FRAME_MAX_DATA + 1] = { 0 };
	enum err e;

	switch (c->op) {
	case OP_READ:
		e = boot_read(boot, c->addr, in, c->len, why);
		if (!e)
			assert_memory_equal(in, data, c->len);
		return e;
	case OP_WRITE:
		return boot_write(boot, c->addr, (struct span){ data, c->len }, why);
	case OP_ERASE:
		return boot_erase(boot, c->addr, c->len, why);
	case OP_MASS:
		return boot_mass_erase(boot, why);
	case OP_GO:
		return boot_go(boot, c->addr, why);
	case OP_RESYNC:
		return boot_resync(boot, why);
	case OP_RECONNECT:
		return boot_reconnect(boot, why);
	case OP_PROTECT:
		return boot_write_protect(boot, (struct span){ units, sizeof(units) }, why);
	case OP_UNPROTECT:
		return boot_write_unprotect(boot, why);
	case OP_READOUT_PROTECT:
		return boot_readout_protect(boot, why);
	default:
		return boot_readout_unprotect(boot, why);
	}
}

static void check_op(const struct op_case *c)
{
	char script[4096] = CONNECT_F1;
	struct scripted s;
	struct boot boot;
	struct why why = { 0 };
	enum err e;

	strcat(script, c->script);
	begin(&boot, &s, script);
	assert_int_equal(boot_connect(&boot, NULL), ERR_OK);
	e = do_op(&boot, c, &why);
	if (e != c->want || !scripted_is_finished(&s))
		fail_msg("%s: %s (%s), script at %zu of %zu", c->name, err_name(e),
			why.what ? why.what : "", s.is_broken ? s.broken_at : s.sent, s.count);
	if (boot.is_connected != c->is_connected || boot.has_changed != c->has_changed)
		fail_msg("%s: connected %d, changed %d", c->name, boot.is_connected,
			boot.has_changed);
	assert_int_equal(boot.retries, c->retries);
	assert_int_equal(why.err, e);
	if (c->command) {
		assert_true(why.has_command);
		assert_int_equal(why.command, c->command);
	}
	if (e)
		assert_non_null(why.what);
}

static void requests(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ops); i++)
		check_op(&ops[i]);
}

static void restarts_come_in_groups_until_the_wait_is_over(void **state)
{
	struct scripted s;
	struct boot boot;

	(void)state;
	begin(&boot, &s, "...");
	assert_int_equal(boot_connect(&boot, NULL), ERR_TIMEOUT);
	assert_in_range(s.restarts, 2, 5);
	assert_in_range(s.now_ms, 3500, 4200);
	assert_int_equal(s.into, INTO_BOOTLOADER);
}

static void a_control_that_cannot_is_an_end(void **state)
{
	struct scripted s;
	struct boot boot;
	struct why why = { 0 };

	(void)state;
	begin(&boot, &s, "");
	s.restart_gives = ERR_UNSUPPORTED;
	assert_int_equal(boot_connect(&boot, &why), ERR_UNSUPPORTED);
	assert_string_equal(why.what, "the script refuses");
	assert_true(scripted_is_finished(&s));
}

static bool cancel_at_third(void *ctx)
{
	return ++*(unsigned *)ctx >= 3;
}

/* A person at the bench: one announcement, then tries; asked between them whether to go on. */
static void manual_control_keeps_trying(void **state)
{
	struct scripted s;
	struct boot boot;
	struct why why = { 0 };
	unsigned asked = 0;

	(void)state;
	begin(&boot, &s, "> 7F > 7F > 7F > 7F > 7F > 7F > 7F > 7F < 79" WHO_F1);
	boot.control.is_manual = true;
	boot.control.wait_ms = 60000;
	assert_int_equal(boot_connect(&boot, &why), ERR_OK);
	assert_int_equal(s.restarts, 1);
	assert_true(scripted_is_finished(&s));
	begin(&boot, &s, "> 7F > 7F");
	boot.control.is_manual = true;
	boot.control.wait_ms = 60000;
	boot.options.cancelled = cancel_at_third;
	boot.options.cancelled_ctx = &asked;
	assert_int_equal(boot_connect(&boot, &why), ERR_CANCELLED);
	assert_true(scripted_is_finished(&s));
	assert_false(boot.is_connected);
}

/* What a slow ROM costs is measured, for estimates. */
static void lost_7f_are_measured(void **state)
{
	struct scripted s;
	struct boot boot;

	(void)state;
	begin(&boot, &s, "> 7F < 79" WHO_F1);
	assert_int_equal(boot_connect(&boot, NULL), ERR_OK);
	assert_int_equal(boot.sync_us, 0);
	begin(&boot, &s, "> 7F > 7F < 79" WHO_F1);
	assert_int_equal(boot_connect(&boot, NULL), ERR_OK);
	assert_in_range(boot.sync_us, 300000, 400000);
}

/*
 * What is typed to firmware must not meet a ROM that it has started already: that would measure its
 * rate from it. So a slow one gets its time before it is asked again, and it is asked again.
 */
static void firmware_is_not_asked_again_too_soon(void **state)
{
	struct scripted s;
	struct boot boot;

	(void)state;
	begin(&boot, &s, "> 7F > 7F > 7F > 7F > 7F < 79" WHO_F1);
	boot.control.by_firmware = true;
	boot.control.resets = false;
	assert_int_equal(boot_connect(&boot, NULL), ERR_OK);
	assert_int_equal(s.restarts, 1);
	begin(&boot, &s, "...");
	boot.control.by_firmware = true;
	boot.control.resets = false;
	assert_int_equal(boot_connect(&boot, NULL), ERR_TIMEOUT);
	assert_int_equal(s.restarts, 2);
}

/* A person may have pressed reset meanwhile: a fresh ROM must hear 7F first, and nobody is asked.
 */
static void manual_control_rejoins_by_7f(void **state)
{
	static const char *const scripts[] = {
		CONNECT_F1 "> 7F < 79" WHO_F1,
		CONNECT_F1 "> 7F > 7F < 1F" WHO_F1,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
		struct scripted s;
		struct boot boot;

		begin(&boot, &s, scripts[i]);
		boot.control.is_manual = true;
		boot.control.wait_ms = 60000;
		assert_int_equal(boot_connect(&boot, NULL), ERR_OK);
		assert_int_equal(boot_reconnect(&boot, NULL), ERR_OK);
		assert_true(scripted_is_finished(&s));
		assert_true(boot.is_connected);
		assert_int_equal(boot.device.product_id, 0x410);
		assert_int_equal(s.restarts, 1);
	}
}

static void resuming_restarts_nothing(void **state)
{
	struct scripted s;
	struct boot boot;

	(void)state;
	begin(&boot, &s, "> 7F > 7F < 1F" WHO_F1);
	boot.options.resume_only = true;
	assert_int_equal(boot_connect(&boot, NULL), ERR_OK);
	assert_true(boot.was_resumed);
	assert_int_equal(s.restarts, 0);
	/* left in the middle of an address: 7F 7F are swallowed, fillers bring it back */
	begin(&boot, &s, "> 7F > 7F > 02 > 02 < 1F" ID_F1 "> 7F > 7F < 1F" WHO_F1);
	boot.options.resume_only = true;
	assert_int_equal(boot_connect(&boot, NULL), ERR_OK);
	assert_true(scripted_is_finished(&s));
}

static void an_unknown_part_is_used_by_what_get_lists(void **state)
{
	static const char unknown[] =
		SYNC GET_31 VERSION_31 "> 02 FD < 79 01 0F 99 79 > 02 FD < 79 01 0F 99 79" PROBE
				       "> 44 BB < 79 > FF FF 00 < 79";
	struct scripted s;
	struct boot boot;
	struct why why = { 0 };

	(void)state;
	begin(&boot, &s, unknown);
	boot.options.flash_bytes = 64 * KIB;
	assert_int_equal(boot_connect(&boot, NULL), ERR_OK);
	assert_null(boot.device.chip);
	assert_int_equal(boot.device.flash_bytes, 64 * KIB);
	assert_int_equal(boot_erase(&boot, 0, 1, &why), ERR_UNKNOWN_PART);
	assert_int_equal(boot_mass_erase(&boot, &why), ERR_OK);
	assert_true(scripted_is_finished(&s));
}

static void an_unknown_part_can_be_used_as_another(void **state)
{
	static const char unknown[] = SYNC GET_F1 VERSION_F1
		"> 02 FD < 79 01 0F 99 79 > 02 FD < 79 01 0F 99 79" PROBE REGISTERS_F1("40 00");
	struct scripted s;
	struct boot boot;

	(void)state;
	begin(&boot, &s, unknown);
	boot.options.as_product_id = 0x410;
	assert_int_equal(boot_connect(&boot, NULL), ERR_OK);
	assert_int_equal(boot.device.product_id, 0xF99);
	assert_non_null(boot.device.chip);
	assert_int_equal(boot.device.flash_bytes, 64 * KIB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connecting),
		cmocka_unit_test(requests),
		cmocka_unit_test(restarts_come_in_groups_until_the_wait_is_over),
		cmocka_unit_test(a_control_that_cannot_is_an_end),
		cmocka_unit_test(manual_control_keeps_trying),
		cmocka_unit_test(manual_control_rejoins_by_7f),
		cmocka_unit_test(firmware_is_not_asked_again_too_soon),
		cmocka_unit_test(lost_7f_are_measured),
		cmocka_unit_test(resuming_restarts_nothing),
		cmocka_unit_test(an_unknown_part_is_used_by_what_get_lists),
		cmocka_unit_test(an_unknown_part_can_be_used_as_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
