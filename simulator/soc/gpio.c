/* SPDX-License-Identifier: MIT */
/*
 * gpio.c - ports: RM0008 9.2 (CRL, CRH), RM0090 8.4 (MODER). An input without anything on its pin
 * reads its pull resistor, and 0 without one.
 */
#include "simulator/soc/kinds.h"

enum { F1_CRL = 0x00, MODER = 0x00, PUPDR = 0x0C };
#define LCKK BIT(16)

const struct gpio_map gpio_f1 = {
	.is_f1 = true, .idr = 0x08, .odr = 0x0C, .bsrr = 0x10, .brr = 0x14, .lckr = 0x18
};
const struct gpio_map gpio_f4 = { .idr = 0x10, .odr = 0x14, .bsrr = 0x18, .lckr = 0x1C };
const struct gpio_map gpio_brr = {
	.idr = 0x10, .odr = 0x14, .bsrr = 0x18, .lckr = 0x1C, .brr = 0x28
};

struct gpio_state {
	unsigned lock_step; /* of the sequence that sets LCKK */
	bool is_locked;
};

enum pin_mode { PIN_FLOATS, PIN_PULLED_UP, PIN_PULLED_DOWN, PIN_DRIVEN };

/* CNF and MODE of F1: MODE 0 is input, CNF 2 then pulls as ODR says. */
static enum pin_mode f1_mode(const struct block *block, unsigned pin, bool odr)
{
	const uint32_t bits = block_get(block, F1_CRL + pin / 8 * 4) >> pin % 8 * 4 & 15;

	if (bits & 3)
		return PIN_DRIVEN;
	if (bits >> 2 != 2)
		return PIN_FLOATS;
	return odr ? PIN_PULLED_UP : PIN_PULLED_DOWN;
}

static enum pin_mode moder_mode(const struct block *block, unsigned pin)
{
	static const enum pin_mode pulls[] = { PIN_FLOATS, PIN_PULLED_UP, PIN_PULLED_DOWN,
		PIN_FLOATS };

	if ((block_get(block, MODER) >> 2 * pin & 3) == 1)
		return PIN_DRIVEN;
	return pulls[block_get(block, PUPDR) >> 2 * pin & 3];
}

void gpio_levels(const struct block *block, uint16_t *levels, uint16_t *is_output)
{
	const struct gpio_map *map = block->row->variant;
	const uint32_t odr = block_get(block, map->odr);

	*levels = *is_output = 0;
	for (unsigned pin = 0; pin < 16; pin++) {
		const bool out = odr >> pin & 1;
		const enum pin_mode mode =
			map->is_f1 ? f1_mode(block, pin, out) : moder_mode(block, pin);

		if (mode == PIN_PULLED_UP || (mode == PIN_DRIVEN && out))
			*levels |= (uint16_t)BIT(pin);
		if (mode == PIN_DRIVEN)
			*is_output |= (uint16_t)BIT(pin);
	}
}

static uint32_t gpio_read(struct block *block, uint32_t offset)
{
	const struct gpio_map *map = block->row->variant;
	uint16_t levels, is_output;

	if (offset == map->bsrr || (map->brr && offset == map->brr))
		return 0;
	if (offset != map->idr)
		return block_get(block, offset);
	gpio_levels(block, &levels, &is_output);
	return levels;
}

/* LCKK is set by writing 1, 0, 1 to it with the same pins, then reading (RM0008 9.2.7). */
static void write_lock(struct block *block, uint32_t offset, uint32_t value)
{
	struct gpio_state *const state = block->state;
	uint32_t *const lckr = block_reg(block, offset);
	const bool wants_set = state->lock_step != 1;

	if (state->is_locked)
		return;
	if (!!(value & LCKK) != wants_set || (state->lock_step && (value ^ *lckr) & 0xFFFF))
		state->lock_step = 0;
	else
		state->lock_step++;
	*lckr = value & 0xFFFF;
	if (state->lock_step < 3)
		return;
	state->is_locked = true;
	*lckr |= LCKK;
}

/* The bits of a configuration register that belong to locked pins. */
static uint32_t locked_bits(const struct block *block, uint32_t offset)
{
	const struct gpio_map *map = block->row->variant;
	const struct gpio_state *state = block->state;
	const bool is_half = map->is_f1 || offset >= 0x20; /* CRL, CRH, AFRL, AFRH: 4 bits a pin */
	const unsigned width = is_half ? 4 : offset == 0x04 ? 1 : 2;
	const unsigned first = is_half ? (offset & 4) * 2 : 0;
	uint32_t bits = 0;

	if (!state->is_locked || offset == map->odr)
		return 0;
	for (unsigned i = 0; i < 32 / width && first + i < 16; i++) {
		if (block_get(block, map->lckr) & BIT(first + i))
			bits |= (BIT(width) - 1) << i * width;
	}
	return bits;
}

/* Those who look at pins: EXTI at all levels, the hook at those that are driven. */
static void tell_pins(struct block *block, uint16_t before, uint16_t was_output)
{
	struct soc *const soc = block->soc;
	const char port = (char)block->row->number;
	uint16_t levels, is_output;

	gpio_levels(block, &levels, &is_output);
	const uint16_t edges = before ^ levels;
	const uint16_t driven = (before & was_output) ^ (levels & is_output);

	for (unsigned pin = 0; (edges | driven) && pin < 16; pin++) {
		const bool is_high = levels & BIT(pin);

		if (edges & BIT(pin))
			exti_pin(soc, port, pin, is_high);
		if (driven & BIT(pin) && soc->hooks.pin)
			soc->hooks.pin(soc->hooks.ctx, port, pin, is_high && is_output & BIT(pin));
	}
}

static void gpio_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	const struct gpio_map *map = block->row->variant;
	uint32_t *const odr = block_reg(block, map->odr);
	uint16_t before, is_output;

	gpio_levels(block, &before, &is_output);
	if (offset == map->bsrr)
		*odr = (*odr & ~(value >> 16)) | (value & 0xFFFF); /* set wins */
	else if (map->brr && offset == map->brr)
		*odr &= ~(value & 0xFFFF);
	else if (offset == map->lckr)
		write_lock(block, offset, value);
	else if (offset != map->idr)
		block_store(block, offset, value, lanes & ~locked_bits(block, offset));
	tell_pins(block, before, is_output);
}

const struct kind kind_gpio = {
	.state_bytes = sizeof(struct gpio_state),
	.read = gpio_read,
	.write = gpio_write,
};
