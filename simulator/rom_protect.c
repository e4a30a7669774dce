/* SPDX-License-Identifier: MIT */
/* rom_protect.c - the commands that protect, and those that undo it (docs/facts/an3155.md 4). */
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
	const uint32_t unit = rom->memory->part->protect_sectors;
	struct flash *flash = &rom->memory->flash;

	if (rom->check || rom->hit.is_refused) {
		rom_finish(rom, reply, NACK);
		return;
	}
	flash_unprotect_all(flash);
	for (size_t i = 0; i <= rom->block[0]; i++) {
		for (uint32_t s = 0; s < unit; s++)
			flash_protect(flash, rom->block[1 + i] * unit + s, true);
	}
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
	flash_unprotect_all(&rom->memory->flash);
	finish_launch(rom, reply);
}

void rom_on_readout_protect(struct rom *rom, struct rom_reply *reply)
{
	if (!rom_begin_simple(rom, reply))
		return;
	rom->memory->flash.is_readout_protected = true;
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
	if (rom_work_us(rom) < whole_us)
		flash_tear(flash, 0, flash->part->flash_bytes, &rom->hit.random);
	else if (rom_has(rom, SIM_UNPROTECT_NEEDS_POWER))
		flash->is_unprotecting = true;
	else
		flash->is_readout_protected = false;
	reply->after = ROM_LAUNCHES;
	if (rom_has(rom, SIM_EARLY_UNPROTECT_ACK))
		rom_finish_early(rom, reply, whole_us);
	else
		rom_finish_busy(rom, reply, whole_us, true);
}
