/* SPDX-License-Identifier: MIT */
/* boot_memory.c - Read Memory, Write Memory, Go (docs/facts/an3155.md sections 4 and 6). */
#include "protocol/boot_burst.h"

#include <string.h>

enum {
	WRITE_MS = 2000,      /* programming 256 bytes: section 7 ... */
	WARY_MS = 3,          /* beside the adapter's turnaround, to hear an early answer */
	SLOW_WRITE_MS = 5000, /* ... and where it goes byte by byte, or as slow as an EEPROM */
};

static const struct meaning meaning_length = { "the ROM refused the length",
	"the ROM did not answer the length" };

static bool is_inside(uint32_t addr, uint64_t len, uint32_t base, uint64_t size)
{
	return addr >= base && addr + len <= base + size;
}

/* Main flash, as far as this part has it. */
static enum err check_flash_end(
	const struct device *device, uint32_t addr, size_t len, struct why *why)
{
	const struct chip *chip = device->chip;
	const uint64_t end = addr + (uint64_t)len;
	const uint64_t window_end = chip->flash_base + (uint64_t)chip->flash_bytes;
	const uint64_t flash_end = chip->flash_base + (uint64_t)device->flash_bytes;

	if (end <= chip->flash_base || addr >= window_end)
		return ERR_OK;
	if (addr < chip->flash_base)
		return why_at(why, ERR_RANGE, addr, "it begins before the flash");
	if (end > flash_end)
		return why_at(why, ERR_RANGE, addr > flash_end ? addr : (uint32_t)flash_end,
			"it lies beyond the flash");
	return ERR_OK;
}

/* System memory, option bytes and OTP lie together; a short read of them may be refused (Q7). */
static bool is_system_area(const struct chip *chip, uint32_t addr)
{
	return chip && chip->system_memory && addr >> 20 == chip->system_memory >> 20;
}

/* Where a ROM of Q6 may be sent: it answers a bad address with silence. */
static bool is_known_area(const struct device *device, uint32_t addr, size_t len)
{
	const struct chip *chip = device->chip;
	const uint32_t ram = chip->ram_base + chip->ram_reserved;
	const uint32_t ram_end =
		chip->ram_end_rom ? chip->ram_end_rom : chip->ram_base + chip->ram_bytes;

	return is_inside(addr, len, chip->flash_base, device->flash_bytes) ||
		is_inside(addr, len, ram, ram_end - ram) ||
		is_inside(addr, len, chip->option_bytes, chip->option_bytes_len) ||
		is_system_area(chip, addr);
}

static enum err check_range(const struct device *device, uint32_t addr, size_t len, struct why *why)
{
	enum err e = ERR_OK;

	if (addr + (uint64_t)len > 1ull << 32)
		return why_at(why, ERR_RANGE, addr, "it passes the end of the address space");
	if (device->chip)
		e = check_flash_end(device, addr, len, why);
	if (!e && device->chip && device->chip->traits & CHIP_NO_BAD_ADDRESS_NACK &&
		!is_known_area(device, addr, len))
		return why_at(why, ERR_RANGE, addr, "no memory of this part is there");
	return e;
}

/* A NACK to the pair itself: protection is on (section 3). Q5: a second NACK may follow. */
static enum err refused_by_protection(struct exchange *x)
{
	const struct chip *chip = x->boot->device.chip;
	const bool is_double = chip && chip->traits & CHIP_DOUBLE_NACK;
	const enum err e = boot_drain(x->boot, is_double ? SECOND_NACK_MS : DRAIN_MS);

	if (e)
		return exchange_fail(x, e, NULL);
	exchange_fail(x, ERR_NACK, NULL);
	return why_set(x->why, ERR_READ_PROTECTED, "the ROM refused the command: read protection");
}

/* A NACK leaves both sides in step; silence at the address ends it (Q6). */
static enum err read_by_steps(struct exchange *x, uint8_t *out, size_t len)
{
	uint8_t frame[FRAME_MAX];
	enum err e = exchange_command(x);

	if (e == ERR_NACK)
		return refused_by_protection(x);
	if (!e)
		e = exchange_address(x);
	if (!e)
		e = exchange_block(x, (struct span){ frame, frame_length(frame, len) }, ACK_MS,
			&meaning_length);
	return e ? e : exchange_data(x, out, len);
}

/* One Read Memory. */
static enum err read_once(
	struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why)
{
	struct exchange x = { boot, why, COMMAND_READ_MEMORY, true, addr };
	const enum err e = boot->bursts ? burst_read(&x, out, len, READ_MS) : ERR_UNSUPPORTED;

	return e == ERR_UNSUPPORTED ? read_by_steps(&x, out, len) : e;
}

/* A lost byte of a read does no harm: back in step, and again. */
static enum err read_block(
	struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why)
{
	enum err e;
	unsigned tries = 0;
	struct why last;

	do {
		last = (struct why){ 0 };
		e = read_once(boot, addr, out, len, &last);
	} while (e && boot_may_repeat(boot, e == ERR_READ_PROTECTED ? ERR_NACK : e, ++tries));
	if (e)
		boot_tell(why, &last);
	return e;
}

/* Half a block, so that blocks still end where sectors do. */
enum { SHORT_TRANSFER = FRAME_MAX_DATA / 2 };

static bool has_short_transfers(const struct chip *chip)
{
	return chip && chip->traits & CHIP_SHORT_TRANSFERS;
}

/* L0 gives no more than a page at once (section 4, 0x31; Q7). */
size_t boot_longest_read(const struct boot *boot)
{
	const struct chip *chip = boot->device.chip;
	const bool is_short = chip && chip->traits & CHIP_WHOLE_BLOCK_READS && chip->runs[0].size &&
		chip->runs[0].size < FRAME_MAX_DATA;

	if (has_short_transfers(chip))
		return SHORT_TRANSFER;
	return is_short ? chip->runs[0].size : FRAME_MAX_DATA;
}

size_t boot_longest_write(const struct boot *boot)
{
	return has_short_transfers(boot->device.chip) ? SHORT_TRANSFER : FRAME_MAX_DATA;
}

/* In pieces, none longer than the part gives. */
static enum err read_pieces(
	struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why)
{
	const size_t most = boot_longest_read(boot);
	enum err e = ERR_OK;

	for (size_t done = 0, part; !e && done < len; done += part) {
		part = len - done < most ? len - done : most;
		e = read_block(boot, addr + (uint32_t)done, out + done, part, why);
	}
	return e;
}

enum err boot_read_raw(struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why)
{
	const struct chip *chip = boot->device.chip;
	const uint32_t whole = (uint32_t)boot_longest_read(boot);
	enum err e = ERR_OK;

	if (!is_system_area(chip, addr) || !(chip->traits & CHIP_WHOLE_BLOCK_READS))
		return read_pieces(boot, addr, out, len, why);
	while (!e && len) { /* Q7: the blocks that such parts give without complaint */
		const uint32_t skip = addr % whole;
		const size_t part = len < whole - skip ? len : whole - skip;
		uint8_t block[FRAME_MAX_DATA];

		e = read_block(boot, addr - skip, block, whole, why);
		if (e && why && why->has_addr)
			why->addr = addr; /* what was asked for, not how */
		if (e)
			break;
		memcpy(out, block + skip, part);
		addr += (uint32_t)part;
		out += part;
		len -= part;
	}
	return e;
}

enum err boot_read_register(
	struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why)
{
	const uint32_t skip = addr % FRAME_MAX_DATA;
	uint8_t block[FRAME_MAX_DATA];
	struct why last = { 0 };
	enum err e = boot_read_raw(boot, addr, out, len, &last);

	if (e == ERR_NACK && skip + len <= sizeof(block)) {
		struct why whole = { 0 };

		e = boot_read_raw(boot, addr - skip, block, sizeof(block), &whole);
		if (!e)
			memcpy(out, block + skip, len);
		if (e != ERR_NACK) /* else the first refusal says it: of what was asked for */
			last = whole;
	}
	if (e)
		boot_tell(why, &last);
	return e;
}

enum err boot_read_exact(
	struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why)
{
	const enum err e = boot_check_command(boot, COMMAND_READ_MEMORY, why);

	return e ? e : read_block(boot, addr, out, len, why);
}

enum err boot_check_read(const struct boot *boot, uint32_t addr, uint32_t len, struct why *why)
{
	return check_range(&boot->device, addr, len, why);
}

enum err boot_read(struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why)
{
	enum err e = boot_check_command(boot, COMMAND_READ_MEMORY, why);

	if (!e && (len < 1 || len > FRAME_MAX_DATA))
		e = why_at(why, ERR_ARGUMENT, addr, "a read has 1 to 256 bytes");
	if (!e)
		e = check_range(&boot->device, addr, len, why);
	if (e)
		return e;
	return is_system_area(boot->device.chip, addr)
		? boot_read_register(boot, addr, out, len, why)
		: boot_read_raw(boot, addr, out, len, why);
}

static bool is_in_flash(const struct chip *chip, uint32_t addr)
{
	return is_inside(addr, 1, chip->flash_base, chip->flash_bytes);
}

static enum err check_write(
	const struct device *device, uint32_t addr, struct span data, struct why *why)
{
	const struct chip *chip = device->chip;
	uint32_t align = 4;

	if (data.len < 1 || data.len > FRAME_MAX_DATA)
		return why_at(why, ERR_ARGUMENT, addr, "a write has 1 to 256 bytes");
	if (chip && is_in_flash(chip, addr) && chip->write_align > align)
		align = chip->write_align;
	if (addr % align || data.len % align)
		return why_at(
			why, ERR_ALIGNMENT, addr, "the part cannot write there or so few bytes");
	if (chip && addr >= chip->ram_base && addr < chip->ram_base + chip->ram_reserved)
		return why_at(why, ERR_RANGE, addr, "the ROM itself uses this memory");
	return check_range(device, addr, data.len, why);
}

static uint32_t write_ms(const struct chip *chip)
{
	const bool is_slow = !chip || chip->traits & CHIP_SPEED_REGISTER || chip->erased != 0xFF;

	return is_slow ? SLOW_WRITE_MS : WRITE_MS;
}

/* Nothing may be heard yet: a ROM that answers took what was sent for the whole block. */
static enum err expect_silence(struct exchange *x)
{
	const struct wire *wire = &x->boot->wire;
	const uint32_t wait_ms =
		WARY_MS + 2 * x->boot->turnaround_us / 1000 + 2 * boot_wire_ms(x->boot, 1);
	uint8_t answer = 0;
	size_t got = 0;
	const enum err e = wire->ops->recv(wire->ctx, &answer, 1, wait_ms, &got);

	if (e == ERR_TIMEOUT)
		return ERR_OK;
	return exchange_fail(x, e ? e : ERR_REPLY, "the ROM answered before it had all the data");
}

/*
 * A ROM that misheard the count takes the rest of the data for commands. It has said something
 * then, so before the second byte of what could be a grave one we listen.
 */
static enum err send_payload(struct exchange *x, struct span payload)
{
	enum err e = ERR_OK;

	for (size_t at = 0, pair; !e && at < payload.len;) {
		pair = burst_grave_pair(payload, at ? at : 1);
		const size_t end = pair < payload.len ? pair + 1 : payload.len;

		e = exchange_send(
			x, (struct span){ payload.ptr + at, end - at }, meaning_data.silence);
		if (!e && end < payload.len)
			e = expect_silence(x);
		at = end;
	}
	return e;
}

static enum err write_by_steps(struct exchange *x, struct span data, uint32_t wait_ms)
{
	uint8_t frame[FRAME_MAX];
	const size_t len = frame_payload(frame, data);
	enum err e = exchange_command(x);

	if (!e)
		e = exchange_address(x);
	if (e)
		return e;
	x->boot->has_changed = true;
	e = send_payload(x, (struct span){ frame, len });
	/* A send may return before the last byte is on the line: its time counts here too. */
	return e ? e : exchange_ack(x, wait_ms + boot_wire_ms(x->boot, len + 1), &meaning_data);
}

/* One Write Memory. */
static enum err write_once(struct boot *boot, uint32_t addr, struct span data, struct why *why)
{
	struct exchange x = { boot, why, COMMAND_WRITE_MEMORY, true, addr };
	const uint32_t wait_ms = write_ms(boot->device.chip);
	const enum err e = boot->bursts ? burst_write(&x, data, wait_ms) : ERR_UNSUPPORTED;

	return e == ERR_UNSUPPORTED ? write_by_steps(&x, data, wait_ms) : e;
}

enum err boot_write(struct boot *boot, uint32_t addr, struct span data, struct why *why)
{
	const size_t most = boot_longest_write(boot);
	enum err e = boot_check_command(boot, COMMAND_WRITE_MEMORY, why);

	if (!e)
		e = check_write(&boot->device, addr, data, why);
	for (size_t done = 0, part; !e && done < data.len; done += part) {
		part = data.len - done < most ? data.len - done : most;
		e = write_once(
			boot, addr + (uint32_t)done, (struct span){ data.ptr + done, part }, why);
	}
	return e;
}

/* Q2: a ROM may be silent here and confirm the address. */
static enum err go_command(struct exchange *x)
{
	const enum err e = exchange_command(x);

	if (e != ERR_TIMEOUT || !(x->boot->device.quirks & QUIRK_NO_FIRST_GO_ACK))
		return e;
	x->boot->is_connected = true;
	return ERR_OK;
}

static enum err go_once(struct exchange *x, bool *has_address)
{
	const enum err e = go_command(x);

	*has_address = !e;
	return e ? e : exchange_address(x);
}

static bool is_lost(enum err e)
{
	return e == ERR_TIMEOUT || e == ERR_REPLY;
}

/* A refusal may be of a byte too many: in step again, it is asked once more, too. */
static bool may_ask(const struct exchange *x, enum err e)
{
	const bool can_restart = x->boot->control.resets && !x->boot->options.resume_only;

	return !can_restart && (is_lost(e) || e == ERR_NACK);
}

/*
 * Where nothing can restart the ROM a lost answer must not be the end. One that can be brought in
 * step has not jumped, and is asked again; one that has the address and answers no more has.
 */
static enum err go_surely(struct exchange *x)
{
	struct boot *boot = x->boot;
	bool has_address;
	enum err e = go_once(x, &has_address);

	for (unsigned tries = 1; may_ask(x, e) && tries < EXCHANGE_TRIES; tries++) {
		const enum err back = boot_resync_within(boot, FILLERS_IDLE, NULL);

		if (back) {
			boot->go_is_unconfirmed = has_address && is_lost(e) && is_lost(back);
			return boot->go_is_unconfirmed ? ERR_OK : e;
		}
		boot->retries++;
		e = go_once(x, &has_address);
	}
	return e;
}

enum err boot_go(struct boot *boot, uint32_t addr, struct why *why)
{
	struct exchange x = { boot, why, COMMAND_GO, true, addr };
	enum err e = boot_check_command(boot, COMMAND_GO, why);

	if (!e && addr % 4)
		e = why_at(why, ERR_ARGUMENT, addr,
			"Go takes the address of a vector table, which is a multiple of 4");
	if (!e && boot->device.readout_protected)
		e = why_set(why, ERR_READ_PROTECTED, "the ROM starts nothing under it");
	if (!e)
		e = check_range(&boot->device, addr, 8, why);
	if (!e && boot->device.quirks & QUIRK_DEAD_GO)
		e = why_set(why, ERR_UNSUPPORTED, "this ROM's Go starts nothing: reset the board");
	boot->go_is_unconfirmed = false;
	if (!e)
		e = go_surely(&x);
	if (!e)
		boot->is_connected = false;
	return e;
}
