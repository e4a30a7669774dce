/* SPDX-License-Identifier: MIT */
/* chip_layout.c - layouts that a bit of the option bytes chooses. */
#include "protocol/chip_layout.h"

static const struct layout {
	uint8_t at, mask; /* the byte in the option bytes, the bit in it */
	bool when_set;
	uint32_t flash_bytes; /* only parts of this size; 0: all */
	struct chip chip;
} layouts[] = {
#include "protocol/chip_layouts.inc"
};

bool chip_layout_option(const struct chip *chip, uint32_t *addr)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
		if (layouts[i].chip.product_id != chip->product_id)
			continue;
		*addr = chip->option_bytes + layouts[i].at;
		return true;
	}
	return false;
}

const struct chip *chip_with_layout(const struct chip *chip, uint32_t flash_bytes, uint8_t option)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
		const struct layout *l = &layouts[i];

		if (l->chip.product_id == chip->product_id && !!(option & l->mask) == l->when_set &&
			(!l->flash_bytes || l->flash_bytes == flash_bytes))
			return &l->chip;
	}
	return chip;
}
