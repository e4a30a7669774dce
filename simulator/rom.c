/* SPDX-License-Identifier: MIT */
/*
 * rom.c - the bootloader's state machine (docs/facts/an3155.md sections 2.1, 3 and 4). Each stage
 * of a command is a function that gets a whole block and says how long the next one is.
 */
#include "simulator/rom.h"

#include "simulator/sim.h"

#include <string.h>

enum { SYNC = 0x7F, ACK = 0x79, NACK = 0x1F };

/* Q7: what a short read of the registers is, here. */
enum { SHORT_READ = 128 };

typedef void stage_fn(struct rom *rom, struct rom_reply *reply);

static stage_fn on_command;

static void say(struct rom_reply *reply, uint8_t byte)
{
	if (reply->len < ROM_REPLY_MAX)
		reply->bytes[reply->len++] = byte;
}

/* The next block: need bytes, then stage. */
static void expect(struct rom *rom, size_t need, stage_fn *stage)
{
	rom->have = 0;
	rom->check = 0;
	rom->need = need;
	rom->stage = stage;
}

/* The same block goes on for more bytes. */
static void extend(struct rom *rom, size_t more, stage_fn *stage)
{
	rom->need += more;
	rom->stage = stage;
}

static void finish(struct rom *rom, struct rom_reply *reply, uint8_t answer)
{
	say(reply, answer);
	expect(rom, 2, on_command);
}

/* ACK or NACK after the flash has been at work. */
static void finish_busy(struct rom *rom, struct rom_reply *reply, uint32_t busy_us, bool ok)
{
	reply->busy_at = reply->len;
	reply->busy_us = busy_us;
	finish(rom, reply, ok ? ACK : NACK);
}

/* A command that has but one stage. */
static bool begin(struct rom *rom, struct rom_reply *reply)
{
	if (rom->is_refusing)
		finish(rom, reply, NACK);
	else
		say(reply, ACK);
	return !rom->is_refusing;
}

/* Four bytes and their XOR. A bad address is refused, or on old ROMs met with silence (Q6). */
static bool take_address(struct rom *rom, struct rom_reply *reply, enum memory_use use)
{
	rom->addr = get_be32(rom->block);
	if (rom->check == 0 && memory_allows(rom->memory, rom->addr, use))
		return true;
	if (rom->check == 0 && rom->quirks & SIM_NO_NACK_BAD_ADDRESS)
		expect(rom, 2, on_command);
	else
		finish(rom, reply, NACK);
	return false;
}

/* 0x00 */
static void on_get(struct rom *rom, struct rom_reply *reply)
{
	const struct part *part = rom->memory->part;
	const size_t count = part_command_count(part);

	if (!begin(rom, reply))
		return;
	say(reply, (uint8_t)(count + (rom->quirks & SIM_WRONG_GET_COUNT ? 2 : 0)));
	say(reply, part->version);
	for (size_t i = 0; i < count; i++)
		say(reply, part->commands[i]);
	finish(rom, reply, ACK);
}

/* 0x01 */
static void on_get_version(struct rom *rom, struct rom_reply *reply)
{
	if (!begin(rom, reply))
		return;
	say(reply, rom->memory->part->version);
	say(reply, 0x00);
	say(reply, 0x00);
	finish(rom, reply, ACK);
}

/* 0x02 */
static void on_get_id(struct rom *rom, struct rom_reply *reply)
{
	if (!begin(rom, reply))
		return;
	say(reply, 1);
	say(reply, (uint8_t)(rom->product_id >> 8));
	say(reply, (uint8_t)rom->product_id);
	finish(rom, reply, ACK);
}

/* 0x11 */
static bool is_refused_short_read(const struct rom *rom, size_t len)
{
	if (!(rom->quirks & SIM_REFUSE_SHORT_SYSTEM_READS) || len >= SHORT_READ)
		return false;
	return memory_kind(rom->memory, rom->addr) == AREA_REGISTERS ||
		memory_kind(rom->memory, rom->addr + (uint32_t)len - 1) == AREA_REGISTERS;
}

static void on_read_length(struct rom *rom, struct rom_reply *reply)
{
	const size_t len = rom->block[0] + 1u;
	uint8_t data[256];

	if (rom->check != 0xFF || rom->is_refusing || is_refused_short_read(rom, len) ||
		!memory_read(rom->memory, rom->addr, data, len)) {
		finish(rom, reply, NACK);
		return;
	}
	say(reply, ACK);
	for (size_t i = 0; i < len; i++)
		say(reply, data[i]);
	expect(rom, 2, on_command);
}

static void on_read_address(struct rom *rom, struct rom_reply *reply)
{
	if (!take_address(rom, reply, MEMORY_READ))
		return;
	say(reply, ACK);
	expect(rom, 2, on_read_length);
}

/* 0x21 */
static void on_go_address(struct rom *rom, struct rom_reply *reply)
{
	if (!take_address(rom, reply, MEMORY_GO))
		return;
	if (rom->is_refusing) {
		finish(rom, reply, NACK);
		return;
	}
	reply->after = ROM_JUMPS;
	reply->jump_to = rom->addr;
	finish(rom, reply, ACK);
}

/* 0x31 */
static void on_write_data(struct rom *rom, struct rom_reply *reply)
{
	const struct span data = { rom->block + 1, rom->block[0] + 1u };
	uint32_t busy_us = 0;
	bool ok = rom->check == 0 && !rom->is_refusing;

	if (ok && rom->quirks & SIM_SILENT_WRITE_FAILURE)
		busy_us = flash_program_us(&rom->memory->flash, data.len);
	else if (ok)
		ok = memory_write(rom->memory, rom->addr, data, &busy_us);
	if (ok) {
		rom->writes++;
		if (memory_kind(rom->memory, rom->addr) == AREA_OPTIONS)
			reply->after = ROM_RESETS;
	}
	finish_busy(rom, reply, busy_us, ok);
}

static void on_write_count(struct rom *rom, struct rom_reply *reply)
{
	(void)reply;
	extend(rom, rom->block[0] + 2u, on_write_data);
}

static void on_write_address(struct rom *rom, struct rom_reply *reply)
{
	if (!take_address(rom, reply, MEMORY_WRITE))
		return;
	say(reply, ACK);
	expect(rom, 1, on_write_count);
}

/* 0x43 and 0x44: all sectors, or one bank's. */
static void erase_bank(struct rom *rom, struct rom_reply *reply, uint32_t first, uint32_t count)
{
	struct flash *flash = &rom->memory->flash;
	const bool ok = !rom->is_refusing && flash_erase_bank(flash, first, count);

	rom->erases += ok;
	finish_busy(rom, reply, ok ? flash_erase_bank_us(flash) : 0, ok);
}

static void erase_one(struct rom *rom, uint32_t sector, uint32_t *busy_us)
{
	struct flash *flash = &rom->memory->flash;

	/* A number that does not exist or a protected sector: "errors are not managed". */
	if (flash_erase(flash, sector) && !flash_is_protected(flash, sector))
		*busy_us += flash_erase_us(flash, sector);
}

static void on_erase_pages(struct rom *rom, struct rom_reply *reply)
{
	const bool ok = rom->check == 0 && !rom->is_refusing;
	uint32_t busy_us = 0;

	for (size_t i = 0; ok && i <= rom->block[0]; i++)
		erase_one(rom, rom->block[1 + i], &busy_us);
	rom->erases += ok;
	finish_busy(rom, reply, busy_us, ok);
}

/* FF 00 erases all; FF and anything else is ACKed and erases nothing. */
static void on_erase_all(struct rom *rom, struct rom_reply *reply)
{
	if (rom->block[1] == 0x00)
		erase_bank(rom, reply, 0, part_sector_count(rom->memory->part));
	else
		finish(rom, reply, ACK);
}

static void on_erase_count(struct rom *rom, struct rom_reply *reply)
{
	(void)reply;
	if (rom->block[0] == 0xFF)
		extend(rom, 1, on_erase_all);
	else
		extend(rom, rom->block[0] + 2u, on_erase_pages);
}

/* 0x44 */
static void on_extended_special(struct rom *rom, struct rom_reply *reply)
{
	const struct part *part = rom->memory->part;
	const uint32_t count = part_sector_count(part);
	const uint16_t code = rom->check == 0 ? get_be16(rom->block) : 0;

	if (code == 0xFFFF && !part->no_mass_erase)
		erase_bank(rom, reply, 0, count);
	else if (code == 0xFFFE && part->bank2_sector)
		erase_bank(rom, reply, 0, part->bank2_sector);
	else if (code == 0xFFFD && part->bank2_sector)
		erase_bank(rom, reply, part->bank2_sector, count - part->bank2_sector);
	else
		finish(rom, reply, NACK);
}

static void on_extended_pages(struct rom *rom, struct rom_reply *reply)
{
	const struct part *part = rom->memory->part;
	const size_t count = get_be16(rom->block) + 1u;
	const bool ok = rom->check == 0 && !rom->is_refusing &&
		(!part->max_erase || count <= part->max_erase);
	uint32_t busy_us = 0;

	/* Beyond its buffer the ROM swallows page numbers in silence. */
	for (size_t i = 0; ok && i < count && 2 * i + 4 < ROM_BLOCK_MAX; i++)
		erase_one(rom, get_be16(rom->block + 2 + 2 * i), &busy_us);
	rom->erases += ok;
	finish_busy(rom, reply, busy_us, ok);
}

static void on_extended_count(struct rom *rom, struct rom_reply *reply)
{
	const uint16_t n = get_be16(rom->block);

	(void)reply;
	if (n >= 0xFFF0)
		extend(rom, 1, on_extended_special);
	else
		extend(rom, 2 * (n + 1u) + 1, on_extended_pages);
}

/* 0x63: the new set of units replaces the old; wrong numbers are ACKed too. */
static void on_protect_units(struct rom *rom, struct rom_reply *reply)
{
	const uint32_t unit = rom->memory->part->protect_sectors;
	struct flash *flash = &rom->memory->flash;

	if (rom->check || rom->is_refusing) {
		finish(rom, reply, NACK);
		return;
	}
	flash_unprotect_all(flash);
	for (size_t i = 0; i <= rom->block[0]; i++) {
		for (uint32_t s = 0; s < unit; s++)
			flash_protect(flash, rom->block[1 + i] * unit + s, true);
	}
	reply->after = ROM_RESETS;
	finish(rom, reply, ACK);
}

static void on_protect_count(struct rom *rom, struct rom_reply *reply)
{
	(void)reply;
	extend(rom, rom->block[0] + 2u, on_protect_units);
}

/* 0x73, 0x82, 0x92 take no arguments: one ACK for the command, one when it is done. */
static bool begin_simple(struct rom *rom, struct rom_reply *reply)
{
	say(reply, ACK);
	if (!rom->is_refusing)
		return true;
	finish(rom, reply, NACK);
	return false;
}

static void on_write_unprotect(struct rom *rom, struct rom_reply *reply)
{
	if (!begin_simple(rom, reply))
		return;
	flash_unprotect_all(&rom->memory->flash);
	reply->after = ROM_RESETS;
	finish(rom, reply, ACK);
}

static void on_readout_protect(struct rom *rom, struct rom_reply *reply)
{
	if (!begin_simple(rom, reply))
		return;
	rom->memory->flash.is_readout_protected = true;
	reply->after = ROM_RESETS;
	finish(rom, reply, ACK);
}

static void on_readout_unprotect(struct rom *rom, struct rom_reply *reply)
{
	struct flash *flash = &rom->memory->flash;

	if (!begin_simple(rom, reply))
		return;
	memset(flash->cells, flash->part->erased, flash->part->flash_bytes);
	memory_clear_ram(rom->memory);
	flash->is_readout_protected = false;
	rom->erases++;
	reply->after = ROM_RESETS;
	finish_busy(rom, reply, flash_erase_bank_us(flash), true);
}

static const struct command {
	uint8_t code;
	bool when_protected; /* allowed under readout protection */
	bool two_nacks;      /* refused twice under it, where the quirk is */
	uint8_t need;        /* after ACK, before the first stage; 0: the stage answers itself */
	stage_fn *stage;
} commands[] = {
	{ 0x00, true, false, 0, on_get },
	{ 0x01, true, false, 0, on_get_version },
	{ 0x02, true, false, 0, on_get_id },
	{ 0x11, false, true, 5, on_read_address },
	{ 0x21, false, true, 5, on_go_address },
	{ 0x31, false, true, 5, on_write_address },
	{ 0x43, false, false, 1, on_erase_count },
	{ 0x44, false, false, 2, on_extended_count },
	{ 0x63, false, false, 1, on_protect_count },
	{ 0x73, false, false, 0, on_write_unprotect },
	{ 0x82, false, false, 0, on_readout_protect },
	{ 0x92, true, false, 0, on_readout_unprotect },
};

static const struct command *find_command(const struct rom *rom)
{
	const uint8_t code = rom->block[0];

	if (rom->check != 0xFF || !part_has_command(rom->memory->part, code))
		return NULL;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (commands[i].code == code)
			return &commands[i];
	}
	return NULL;
}

/* Whether this is the command that the fault waits for. */
static bool strikes(struct rom_fault *fault, uint8_t command)
{
	return fault->nth && fault->command == command && --fault->nth == 0;
}

static void on_command(struct rom *rom, struct rom_reply *reply)
{
	const struct command *command = find_command(rom);

	if (!command) {
		finish(rom, reply, NACK);
		return;
	}
	rom->command = command->code;
	rom->is_refusing = strikes(&rom->nack, command->code);
	if (strikes(&rom->mute, command->code)) {
		rom->is_deaf = true;
		return;
	}
	if (rom->memory->flash.is_readout_protected && !command->when_protected) {
		if (command->two_nacks && rom->quirks & SIM_DOUBLE_NACK_PROTECTED)
			say(reply, NACK);
		finish(rom, reply, NACK);
		return;
	}
	if (!command->need) {
		command->stage(rom, reply);
		return;
	}
	say(reply, ACK);
	expect(rom, command->need, command->stage);
}

/* Anything but 7F makes the ROM learn a wrong rate: it stays deaf until reset (2.1). */
static void synchronise(struct rom *rom, uint8_t byte, struct rom_reply *reply)
{
	if (byte != SYNC) {
		rom->is_deaf = true;
		return;
	}
	rom->is_synced = true;
	if (rom->quirks & SIM_DOUBLE_ACK_AT_SYNC)
		say(reply, ACK);
	finish(rom, reply, ACK);
}

void rom_init(struct rom *rom, struct memory *memory)
{
	*rom = (struct rom){
		.memory = memory,
		.quirks = memory->part->quirks,
		.product_id = memory->part->product_id,
	};
	rom_reset(rom);
}

void rom_reset(struct rom *rom)
{
	rom->is_synced = false;
	rom->is_deaf = false;
	rom->is_refusing = false;
	expect(rom, 2, on_command);
}

void rom_receive(struct rom *rom, uint8_t byte, struct rom_reply *reply)
{
	reply->len = reply->busy_at = 0;
	reply->busy_us = 0;
	reply->after = ROM_STAYS;
	if (rom->is_deaf || rom->quirks & SIM_DEAF)
		return;
	if (!rom->is_synced) {
		synchronise(rom, byte, reply);
		return;
	}
	if (rom->have < ROM_BLOCK_MAX)
		rom->block[rom->have] = byte;
	rom->have++;
	rom->check ^= byte;
	if (rom->have == rom->need)
		rom->stage(rom, reply);
}
