/* SPDX-License-Identifier: MIT */
/*
 * rom_internal.h - what the stages of the ROM's commands share. Each stage is a function that gets
 * a whole block and says how long the next one is. For rom*.c only.
 */
#ifndef BENCHD_SIMULATOR_ROM_INTERNAL_H
#define BENCHD_SIMULATOR_ROM_INTERNAL_H

#include "simulator/quirk.h"
#include "simulator/rom.h"

enum { SYNC = 0x7F, ACK = 0x79, NACK = 0x1F, BUSY = 0x76 };
enum { VENDOR_ID = 0x06 };

typedef void stage_fn(struct rom *rom, struct rom_reply *reply);

bool rom_has(const struct rom *rom, enum sim_quirk quirk);
/* As many bytes as one Read or Write may have. */
bool rom_takes(const struct rom *rom, size_t len);
void rom_say(struct rom_reply *reply, uint8_t byte);
/* The next block: need bytes, then stage. */
void rom_expect(struct rom *rom, size_t need, stage_fn *stage);
/* The same block goes on for more bytes. */
void rom_extend(struct rom *rom, size_t more, stage_fn *stage);
/* The command's last answer. */
void rom_finish(struct rom *rom, struct rom_reply *reply, uint8_t answer);
/* ACK or NACK after the flash has been at work; or before, where the ROM does not wait. */
void rom_finish_busy(struct rom *rom, struct rom_reply *reply, uint32_t busy_us, bool ok);
void rom_finish_early(struct rom *rom, struct rom_reply *reply, uint32_t busy_us);
/* The command ends in silence. */
void rom_finish_silently(struct rom *rom);
/* Nothing is heard any more until reset. */
void rom_die(struct rom *rom);

/* The first answer of a command that takes no arguments. false: refused, and finished. */
bool rom_begin(struct rom *rom, struct rom_reply *reply);
/* The same for commands that say one ACK for the code and one when they are done. */
bool rom_begin_simple(struct rom *rom, struct rom_reply *reply);
/* Four bytes and their XOR. A bad address is refused, or on old ROMs met with silence (Q6). */
bool rom_take_address(struct rom *rom, struct rom_reply *reply, enum memory_use use);
/*
 * A fault that resets the part or takes its power while it works: how long it worked until then.
 * UINT32_MAX: as long as it takes.
 */
uint32_t rom_work_us(const struct rom *rom);

stage_fn rom_on_get, rom_on_get_version, rom_on_get_id, rom_on_vendor_id;
stage_fn rom_on_read_address, rom_on_go_address, rom_on_write_address, rom_on_checksum_address;
stage_fn rom_on_erase_count, rom_on_extended_count;
stage_fn rom_on_protect_count, rom_on_write_unprotect, rom_on_readout_protect,
	rom_on_readout_unprotect, rom_on_special_code;

#endif /* BENCHD_SIMULATOR_ROM_INTERNAL_H */
