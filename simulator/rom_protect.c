/* SPDX-License-Identifier: MIT */
/* rom_protect.c - the commands that protect, and those that undo it (docs/facts/an3155.md 4). */
#include "simulator/options.h"
#include "simulator/rom_internal.h"

/* The option bytes were changed: where the ROM launches them, the part resets. */
static void finish_launch(struct rom *rom, struct rom_reply *reply)
{
	if (!rom_has(rom, SIM_NO_OPTION_LAUNCH))
		reply->after = ROM_LAUNCHES;
	rom_finish(rom, reply, ACK);
}

/* 0x63: the new set of units replaces the old; wrong numbers are ACKed too. */
static void on_protect_units(struct rom *rom, struct rom_reply *reply)
{
	if (rom->check || rom->hit.is_refused) {
		rom_finish(rom, reply, NACK);
		return;
	}
	options_protect_units(rom->memory, rom->block + 1, rom->block[0] + 1u);
	finish_launch(rom, reply);
}

void rom_on_protect_count(struct rom *rom, struct rom_reply *reply)
{
	(void)reply;
	rom_extend(rom, rom->block[0] + 2u, on_protect_units);
}

/* 0x73, 0x82, 0x92 take no arguments: one ACK for the command, one when it is done. */
void rom_on_write_unprotect(struct rom *rom, struct rom_reply *reply)
{
	if (!rom_begin_simple(rom, reply))
		return;
	options_protect_units(rom->memory, NULL, 0);
	finish_launch(rom, reply);
}

void rom_on_readout_protect(struct rom *rom, struct rom_reply *reply)
{
	if (!rom_begin_simple(rom, reply))
		return;
	options_protect_readout(rom->memory, true);
	finish_launch(rom, reply);
}

/* The flash and the RAM go before the protection does: cut short, it stays. */
void rom_on_readout_unprotect(struct rom *rom, struct rom_reply *reply)
{
	struct flash *flash = &rom->memory->flash;
	const uint32_t whole_us = flash_erase_bank_us(flash);

	if (!rom_begin_simple(rom, reply))
		return;
	flash_erase_whole(flash);
	memory_clear_ram(rom->memory);
	rom->erases++;
	if (rom_work_us(rom) < whole_us) {
		flash_tear(flash, 0, flash->part->flash_bytes, &rom->hit.random);
	} else {
		options_protect_readout(rom->memory, false);
		flash->is_unprotecting = rom_has(rom, SIM_UNPROTECT_NEEDS_POWER);
	}
	reply->after = ROM_LAUNCHES;
	if (rom_has(rom, SIM_EARLY_UNPROTECT_ACK))
		rom_finish_early(rom, reply, whole_us);
	else
		rom_finish_busy(rom, reply, whole_us, true);
}

/* 0x50, Special: of its operations the reset alone (AN2606, H5: 0x02), which takes no data. */
static void on_special_data(struct rom *rom, struct rom_reply *reply)
{
	if (rom->check || get_be16(rom->block) || rom->hit.is_refused) {
		rom_finish(rom, reply, NACK);
		return;
	}
	rom_say(reply, ACK);
	for (int zero = 0; zero < 4; zero++) /* no data, no status */
		rom_say(reply, 0x00);
	reply->after = ROM_RESETS;
	rom_finish(rom, reply, ACK);
}

void rom_on_special_code(struct rom *rom, struct rom_reply *reply)
{
	if (rom->check || get_be16(rom->block) != 0x0002) {
		rom_finish(rom, reply, NACK);
		return;
	}
	rom_say(reply, ACK);
	rom_expect(rom, 3, on_special_data);
}
