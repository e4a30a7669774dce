/* SPDX-License-Identifier: MIT */
/*
 * rom.c - the bootloader's state machine (docs/facts/an3155.md sections 2.1, 3 and 4): sync,
 * blocks, the table of commands, and the commands that only tell.
 */
#include "simulator/rom_internal.h"

#include <string.h>

static stage_fn on_command;

bool rom_has(const struct rom *rom, enum sim_quirk quirk)
{
	return rom->quirks & (unsigned)quirk;
}

bool rom_takes(const struct rom *rom, size_t len)
{
	const size_t longest = rom->memory->part->longest;

	return !longest || len <= longest;
}

void rom_say(struct rom_reply *reply, uint8_t byte)
{
	if (reply->len < ROM_REPLY_MAX)
		reply->bytes[reply->len++] = byte;
}

void rom_expect(struct rom *rom, size_t need, stage_fn *stage)
{
	rom->have = 0;
	rom->check = 0;
	rom->need = need;
	rom->stage = stage;
}

void rom_extend(struct rom *rom, size_t more, stage_fn *stage)
{
	rom->need += more;
	rom->stage = stage;
}

void rom_finish_silently(struct rom *rom)
{
	rom_expect(rom, 2, on_command);
}

void rom_finish(struct rom *rom, struct rom_reply *reply, uint8_t answer)
{
	rom_say(reply, answer);
	rom_finish_silently(rom);
}

void rom_finish_busy(struct rom *rom, struct rom_reply *reply, uint32_t busy_us, bool ok)
{
	if (busy_us && rom_has(rom, SIM_BUSY_BYTES))
		rom_say(reply, BUSY);
	reply->busy_at = reply->len;
	reply->busy_us = busy_us;
	rom_finish(rom, reply, ok ? ACK : NACK);
}

void rom_finish_early(struct rom *rom, struct rom_reply *reply, uint32_t busy_us)
{
	rom_finish(rom, reply, ACK);
	reply->busy_at = reply->len;
	reply->busy_us = busy_us;
}

void rom_die(struct rom *rom)
{
	rom->is_deaf = true;
	rom_finish_silently(rom);
}

void rom_overrun(struct rom *rom)
{
	if (rom_has(rom, SIM_FATAL_OVERRUN))
		rom_die(rom);
}

bool rom_begin(struct rom *rom, struct rom_reply *reply)
{
	if (rom->hit.is_refused)
		rom_finish(rom, reply, NACK);
	else
		rom_say(reply, ACK);
	return !rom->hit.is_refused;
}

bool rom_begin_simple(struct rom *rom, struct rom_reply *reply)
{
	rom_say(reply, ACK);
	if (!rom->hit.is_refused)
		return true;
	rom_finish(rom, reply, NACK);
	return false;
}

bool rom_take_address(struct rom *rom, struct rom_reply *reply, enum memory_use use)
{
	rom->addr = get_be32(rom->block);
	if (rom->check == 0 && memory_allows(rom->memory, rom->addr, use))
		return true;
	if (rom->check == 0 && rom_has(rom, SIM_NO_NACK_BAD_ADDRESS))
		rom_finish_silently(rom);
	else
		rom_finish(rom, reply, NACK);
	return false;
}

uint32_t rom_work_us(const struct rom *rom)
{
	const struct chaos_strike *strike = &rom->hit.strike;

	if (strike->kind == CHAOS_RESET || strike->kind == CHAOS_BROWNOUT)
		return strike->us;
	return UINT32_MAX;
}

/* Q19: 2.0 where 2.2 is meant. */
static uint8_t version_of(const struct rom *rom)
{
	const uint8_t version = rom->memory->part->version;

	return rom_has(rom, SIM_OLD_VERSION_NUMBER) ? version & 0xF0 : version;
}

/* 0x00 */
void rom_on_get(struct rom *rom, struct rom_reply *reply)
{
	const struct part *part = rom->memory->part;
	const size_t count = part_command_count(part);

	if (!rom_begin(rom, reply))
		return;
	rom_say(reply, (uint8_t)(count + (rom_has(rom, SIM_WRONG_GET_COUNT) ? 2 : 0)));
	rom_say(reply, version_of(rom));
	for (size_t i = 0; i < count; i++)
		rom_say(reply, part->commands[i]);
	rom_finish(rom, reply, ACK);
}

/* 0x01 */
void rom_on_get_version(struct rom *rom, struct rom_reply *reply)
{
	if (!rom_begin(rom, reply))
		return;
	rom_say(reply, version_of(rom));
	rom_say(reply, 0x00);
	rom_say(reply, 0x00);
	rom_finish(rom, reply, ACK);
}

/* 0x02 */
void rom_on_get_id(struct rom *rom, struct rom_reply *reply)
{
	const struct part *part = rom->memory->part;
	const bool is_masked = part->mask_set[0] || part->mask_set[1];

	if (!rom_begin(rom, reply))
		return;
	rom_say(reply, is_masked ? 2 : 1);
	for (size_t i = 0; is_masked && i < sizeof(part->mask_set); i++)
		rom_say(reply, part->mask_set[i]);
	if (!is_masked)
		rom_say(reply, (uint8_t)(rom->product_id >> 8));
	rom_say(reply, (uint8_t)rom->product_id);
	if (part->id_has_tail)
		rom_say(reply, NACK);
	rom_finish(rom, reply, ACK);
}

/* 0x06 of GD32VW553: four letters, the last one of its name first. */
void rom_on_vendor_id(struct rom *rom, struct rom_reply *reply)
{
	const uint32_t id = rom->memory->part->vendor_id;

	if (!rom_begin(rom, reply))
		return;
	rom_say(reply, 3);
	for (int shift = 0; shift < 32; shift += 8)
		rom_say(reply, (uint8_t)(id >> shift));
	rom_finish(rom, reply, ACK);
}

static const struct command {
	uint8_t code;
	bool when_protected; /* allowed under readout protection */
	bool two_nacks;      /* refused twice under it, where the quirk is */
	uint8_t need;        /* after ACK, before the first stage; 0: it answers itself */
	enum sim_quirk lacks_first_ack; /* 0: none */
	stage_fn *stage;
} commands[] = {
	{ 0x00, true, false, 0, 0, rom_on_get },
	{ 0x01, true, false, 0, 0, rom_on_get_version },
	{ 0x02, true, false, 0, 0, rom_on_get_id },
	{ VENDOR_ID, true, false, 0, 0, rom_on_vendor_id },
	{ 0x11, false, true, 5, 0, rom_on_read_address },
	{ 0x21, false, true, 5, SIM_NO_FIRST_GO_ACK, rom_on_go_address },
	{ 0x31, false, true, 5, 0, rom_on_write_address },
	{ 0x43, false, false, 1, 0, rom_on_erase_count },
	{ 0x44, false, false, 2, 0, rom_on_extended_count },
	{ 0x50, true, false, 3, 0, rom_on_special_code },
	{ 0x63, false, false, 1, 0, rom_on_protect_count },
	{ 0x73, false, false, 0, 0, rom_on_write_unprotect },
	{ 0x82, false, false, 0, 0, rom_on_readout_protect },
	{ 0x92, true, false, 0, 0, rom_on_readout_unprotect },
	{ 0xA1, false, false, 5, 0, rom_on_checksum_address },
};

/* What Get lists, and what it keeps to itself. */
static bool is_taken(const struct part *part, uint8_t code)
{
	return part_has_command(part, code) || (code == VENDOR_ID && part->vendor_id);
}

static const struct command *find_command(const struct rom *rom)
{
	const uint8_t code = rom->block[0];

	if (rom->check != 0xFF || !is_taken(rom->memory->part, code))
		return NULL;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (commands[i].code == code)
			return &commands[i];
	}
	return NULL;
}

static void on_command(struct rom *rom, struct rom_reply *reply)
{
	const struct command *command = find_command(rom);

	rom->hit = (struct chaos_hit){ 0 };
	if (!command) {
		rom_finish(rom, reply, NACK);
		return;
	}
	if (rom->chaos)
		rom->hit = chaos_command(rom->chaos, command->code);
	rom->is_hung |= rom->hit.hangs;
	if (rom->hit.is_silent) {
		rom_die(rom);
		return;
	}
	if (rom->memory->flash.is_readout_protected && !command->when_protected) {
		if (command->two_nacks && rom_has(rom, SIM_DOUBLE_NACK_PROTECTED))
			rom_say(reply, NACK);
		rom_finish(rom, reply, NACK);
		return;
	}
	if (!command->need) {
		command->stage(rom, reply);
		return;
	}
	if (!command->lacks_first_ack || !rom_has(rom, command->lacks_first_ack))
		rom_say(reply, ACK);
	rom_expect(rom, command->need, command->stage);
}

/* Anything but 7F makes the ROM learn a wrong rate: it stays deaf until reset (2.1). */
static void synchronise(struct rom *rom, uint8_t byte, struct rom_reply *reply)
{
	if (byte != SYNC) {
		rom->is_deaf = !rom_has(rom, SIM_LENIENT_SYNC);
		return;
	}
	rom->is_synced = true;
	if (rom_has(rom, SIM_DOUBLE_ACK_AT_SYNC))
		rom_say(reply, ACK);
	rom_finish(rom, reply, ACK);
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
	rom->hit = (struct chaos_hit){ 0 };
	rom_expect(rom, 2, on_command);
}

/* The command's last answer is known: what befell it comes on top. */
static void end_command(struct rom *rom, struct rom_reply *reply)
{
	const struct chaos_strike strike = rom->hit.strike;

	if (rom->hit.slow_ms && !reply->busy_us)
		reply->busy_at = 0;
	reply->slow_ms = rom->hit.slow_ms;
	reply->down_ms = strike.ms;
	if (strike.kind == CHAOS_UNPLUG) {
		reply->unplugs = true;
		reply->unplug_us = strike.us;
	} else if (strike.kind) {
		reply->len = reply->busy_at = 0;
		reply->busy_us = strike.us;
		reply->after = strike.kind == CHAOS_RESET ? ROM_RESETS : ROM_LOSES_POWER;
	}
	rom->hit = (struct chaos_hit){ 0 };
}

void rom_receive(struct rom *rom, uint8_t byte, struct rom_reply *reply)
{
	*reply = (struct rom_reply){ .after = ROM_STAYS };
	if (rom->is_deaf || rom->is_hung || rom_has(rom, SIM_DEAF))
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
	if (rom->stage == on_command && rom->have == 0)
		end_command(rom, reply);
}
