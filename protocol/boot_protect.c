/* SPDX-License-Identifier: MIT */
/*
 * boot_protect.c - the protection commands (docs/facts/an3155.md section 4, 0x63 to 0x92). The
 * part may reset after the last reply, so the session ends with it.
 */
#include "protocol/boot_internal.h"

static const struct meaning meaning_done = { "the ROM could not do it",
	"the ROM did not say that it is done" };

/* A pair, and a second reply when it is done. */
static enum err protect(struct boot *boot, uint8_t command, uint32_t wait_ms, struct why *why)
{
	struct exchange x = { .boot = boot, .why = why, .command = command };
	enum err e = boot_check_command(boot, command, why);

	if (!e)
		e = exchange_command(&x);
	if (e)
		return e;
	e = exchange_ack(&x, wait_ms, &meaning_done);
	if (!e)
		boot->is_connected = false;
	return e;
}

enum err boot_write_protect(struct boot *boot, struct span units, struct why *why)
{
	struct exchange x = { .boot = boot, .why = why, .command = COMMAND_WRITE_PROTECT };
	uint8_t frame[FRAME_MAX];
	enum err e = boot_check_command(boot, COMMAND_WRITE_PROTECT, why);

	if (!e && (units.len < 1 || units.len > FRAME_MAX_DATA))
		e = why_set(why, ERR_ARGUMENT, "1 to 256 units can be protected");
	if (!e)
		e = exchange_command(&x);
	if (!e)
		e = exchange_block(&x, (struct span){ frame, frame_write_protect(frame, units) },
			PROTECT_MS, &meaning_done);
	if (!e)
		boot->is_connected = false;
	return e;
}

enum err boot_write_unprotect(struct boot *boot, struct why *why)
{
	return protect(boot, COMMAND_WRITE_UNPROTECT, PROTECT_MS, why);
}

enum err boot_readout_protect(struct boot *boot, struct why *why)
{
	return protect(boot, COMMAND_READOUT_PROTECT, PROTECT_MS, why);
}

/* The part erases itself as soon as it has taken the pair. */
enum err boot_readout_unprotect(struct boot *boot, struct why *why)
{
	enum err e = boot_check_command(boot, COMMAND_READOUT_UNPROTECT, why);

	if (e)
		return e;
	boot->has_changed = true;
	return protect(boot, COMMAND_READOUT_UNPROTECT, READOUT_UNPROTECT_MS, why);
}

/* Never in a burst: what is lost in the middle of it must not be taken for anything else. */
enum err boot_write_options(struct boot *boot, struct span data, struct why *why)
{
	const struct chip *chip = boot->device.chip;
	enum err e;

	if (!chip || !chip->option_bytes || chip->traits & CHIP_OPTION_REGISTERS)
		return why_set(why, ERR_UNSUPPORTED, "the option bytes are not in memory");
	if (data.len != chip->option_bytes_len)
		return why_set(why, ERR_ARGUMENT, "option bytes are written as a whole");
	boot->bursts = false;
	e = boot_write(boot, chip->option_bytes, data, why);
	if (!e)
		boot->is_connected = false;
	return e;
}
