/* SPDX-License-Identifier: MIT */
/*
 * boot_supply.c - how wide F2, F4 and F7 program (docs/facts/an3155.md section 4, 0x31; Q10): four
 * bytes into a register of the ROM's own. No flash is touched, so it changes nothing of a part.
 */
#include "protocol/boot_internal.h"

#define SPEED_REGISTER 0xFFFF0000u

/* From this supply on, the highest that applies; below the first it is byte by byte, as it was. */
static const struct {
	uint32_t from_mv;
	uint8_t value;
} speeds[] = { { 2700, 3 }, { 2400, 2 }, { 2100, 1 } };

static uint8_t speed_of(uint32_t supply_mv)
{
	for (size_t i = 0; i < sizeof(speeds) / sizeof(*speeds); i++) {
		if (supply_mv >= speeds[i].from_mv)
			return speeds[i].value;
	}
	return 0;
}

enum err boot_set_supply(struct boot *boot, uint32_t supply_mv, struct why *why)
{
	struct exchange x = { boot, why, COMMAND_WRITE_MEMORY, true, SPEED_REGISTER };
	const struct chip *chip = boot->device.chip;
	const uint8_t value[4] = { speed_of(supply_mv), 0xFF, 0xFF, 0xFF };
	uint8_t frame[FRAME_MAX];
	enum err e;

	if (!value[0] || !chip || !(chip->traits & CHIP_SPEED_REGISTER) ||
		boot->device.readout_protected)
		return ERR_OK;
	e = boot_check_command(boot, COMMAND_WRITE_MEMORY, why);
	if (!e)
		e = exchange_command(&x);
	if (!e)
		e = exchange_address(&x);
	if (!e)
		e = exchange_block(&x,
			(struct span){ frame,
				frame_payload(frame, (struct span){ value, sizeof(value) }) },
			ACK_MS, &meaning_data);
	/* Without it the part is only slower. */
	if (e == ERR_NACK)
		return ERR_OK;
	return e == ERR_TIMEOUT || e == ERR_REPLY ? boot_resync(boot, why) : e;
}
