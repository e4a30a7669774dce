/* SPDX-License-Identifier: MIT */
/* rom_memory.c - Read Memory, Go, Write Memory and Get Checksum (docs/facts/an3155.md 4). */
#include "simulator/rom_internal.h"

/* Q7: what a short read of the registers is, here. */
enum { SHORT_READ = 128 };

/* 0x11 */
static bool is_refused_short_read(const struct rom *rom, size_t len)
{
	if (!rom_has(rom, SIM_REFUSE_SHORT_SYSTEM_READS) || len >= SHORT_READ)
		return false;
	return memory_kind(rom->memory, rom->addr) == AREA_REGISTERS ||
		memory_kind(rom->memory, rom->addr + (uint32_t)len - 1) == AREA_REGISTERS;
}

static void on_read_length(struct rom *rom, struct rom_reply *reply)
{
	const size_t len = rom->block[0] + 1u;
	uint8_t data[256];

	if (rom->check != 0xFF || rom->hit.is_refused || !rom_takes(rom, len) ||
		is_refused_short_read(rom, len) ||
		!memory_read(rom->memory, rom->addr, data, len)) {
		rom_finish(rom, reply, NACK);
		return;
	}
	rom_say(reply, ACK);
	for (size_t i = 0; i < len; i++)
		rom_say(reply, data[i]);
	rom_finish_silently(rom);
}

void rom_on_read_address(struct rom *rom, struct rom_reply *reply)
{
	if (!rom_take_address(rom, reply, MEMORY_READ))
		return;
	rom_say(reply, ACK);
	rom_expect(rom, 2, on_read_length);
}

/* 0x21; Q4: the ROM's own stack needs the last 16 bytes of RAM. */
static bool hangs(const struct rom *rom)
{
	uint8_t word[4];

	if (rom_has(rom, SIM_DEAD_GO))
		return true;
	if (!rom_has(rom, SIM_GO_STACK_LIMIT) || !memory_read(rom->memory, rom->addr, word, 4))
		return false;
	for (size_t i = 0; i < PART_RAMS; i++) {
		const struct ram *ram = &rom->memory->part->rams[i];

		if (ram->bytes && get_le32(word) - ram->base <= ram->bytes)
			return get_le32(word) - ram->base >= ram->bytes - 16;
	}
	return false;
}

void rom_on_go_address(struct rom *rom, struct rom_reply *reply)
{
	if (!rom_take_address(rom, reply, MEMORY_GO))
		return;
	if (rom->hit.is_refused) {
		rom_finish(rom, reply, NACK);
		return;
	}
	rom_finish(rom, reply, ACK);
	if (hangs(rom)) {
		rom_die(rom);
		return;
	}
	reply->after = ROM_JUMPS;
	reply->jump_to = rom->addr;
}

/* 0x31: as much of it as there was time for; what was in work then is torn. */
static bool program(struct rom *rom, struct span data, uint32_t *busy_us)
{
	struct flash *flash = &rom->memory->flash;
	const uint32_t word = flash->part->write_align, work_us = rom_work_us(rom);
	const uint32_t word_us = flash_program_us(flash, word);
	const size_t done = word_us ? (size_t)(work_us / word_us) * word : data.len;

	if (!flash_holds(flash, rom->addr) || done >= data.len)
		return memory_write(rom->memory, rom->addr, data, busy_us);
	const bool ok =
		memory_write(rom->memory, rom->addr, (struct span){ data.ptr, done }, busy_us);
	const uint32_t torn = rom->addr - flash->part->flash_base + (uint32_t)done;

	if (ok && !flash_is_protected(flash, part_sector_of(flash->part, torn)))
		flash_tear(flash, torn, word, &rom->hit.random);
	return ok;
}

static void on_write_data(struct rom *rom, struct rom_reply *reply)
{
	struct flash *flash = &rom->memory->flash;
	const struct span data = { rom->block + 1, rom->block[0] + 1u };
	uint32_t busy_us = 0;
	bool ok = rom->check == 0 && !rom->hit.is_refused && rom_takes(rom, data.len);

	if (ok && rom_has(rom, SIM_SILENT_WRITE_FAILURE))
		busy_us = flash_program_us(flash, data.len);
	else if (ok)
		ok = program(rom, data, &busy_us);
	if (!rom_has(rom, SIM_MISALIGNED_POISON))
		flash->is_poisoned = false;
	rom->writes += ok;
	if (ok && memory_kind(rom->memory, rom->addr) == AREA_OPTIONS &&
		!rom_has(rom, SIM_NO_OPTION_LAUNCH))
		reply->after = ROM_LAUNCHES;
	rom_finish_busy(rom, reply, busy_us, ok);
}

static void on_write_count(struct rom *rom, struct rom_reply *reply)
{
	(void)reply;
	rom_extend(rom, rom->block[0] + 2u, on_write_data);
}

void rom_on_write_address(struct rom *rom, struct rom_reply *reply)
{
	if (!rom_take_address(rom, reply, MEMORY_WRITE))
		return;
	rom_say(reply, ACK);
	rom_expect(rom, 1, on_write_count);
}

/* 0xA1: the CRC unit of the part, fed with words as the processor reads them. */
static uint32_t crc_word(uint32_t crc, uint32_t polynomial, uint32_t word)
{
	crc ^= word;
	for (int bit = 0; bit < 32; bit++)
		crc = crc & 0x80000000u ? crc << 1 ^ polynomial : crc << 1;
	return crc;
}

static void on_checksum_start(struct rom *rom, struct rom_reply *reply)
{
	uint32_t crc = get_be32(rom->block);
	uint8_t word[4], check = 0;

	if (rom->check || rom->hit.is_refused) {
		rom_finish(rom, reply, NACK);
		return;
	}
	for (uint32_t i = 0; i < rom->length; i += 4) {
		memory_read(rom->memory, rom->addr + i, word, 4);
		crc = crc_word(crc, rom->polynomial, get_le32(word));
	}
	rom_say(reply, ACK);
	if (!rom_has(rom, SIM_ONE_CHECKSUM_ACK))
		rom_say(reply, ACK);
	for (int shift = 24; shift >= 0; shift -= 8) {
		rom_say(reply, (uint8_t)(crc >> shift));
		check ^= (uint8_t)(crc >> shift);
	}
	rom_finish(rom, reply, check);
}

static void on_checksum_polynomial(struct rom *rom, struct rom_reply *reply)
{
	if (rom->check) {
		rom_finish(rom, reply, NACK);
		return;
	}
	rom->polynomial = rom_has(rom, SIM_FIXED_POLYNOMIAL) ? 0x04C11DB7 : get_be32(rom->block);
	rom_say(reply, ACK);
	rom_expect(rom, 5, on_checksum_start);
}

/* In words, not zero, within one memory. */
static void on_checksum_length(struct rom *rom, struct rom_reply *reply)
{
	const uint32_t words = get_be32(rom->block);

	if (rom->check || !words || words > memory_from(rom->memory, rom->addr).len / 4) {
		rom_finish(rom, reply, NACK);
		return;
	}
	rom->length = words * 4;
	rom_say(reply, ACK);
	rom_expect(rom, 5, on_checksum_polynomial);
}

void rom_on_checksum_address(struct rom *rom, struct rom_reply *reply)
{
	if (!rom_take_address(rom, reply, MEMORY_READ))
		return;
	rom_say(reply, ACK);
	rom_expect(rom, 5, on_checksum_length);
}
