/* SPDX-License-Identifier: MIT */
/*
 * exti.c - external interrupts of pins and by software (RM0008 10.3, RM0090 12.3): IMR, EMR, RTSR,
 * FTSR, SWIER, PR. Lines above 15 are registers, set by software only.
 */
#include "simulator/soc/kinds.h"

enum { IMR = 0x00, RTSR = 0x08, FTSR = 0x0C, SWIER = 0x10, PR = 0x14, EXTICR = 0x08 };

const struct reg exti_regs[EXTI_REGS] = {
	{ 0x00, 0, ALL },
	{ 0x04, 0, ALL },
	{ 0x08, 0, ALL },
	{ 0x0C, 0, ALL }, /* IMR to FTSR */
	{ 0x10, 0, ALL },
	{ 0x14, 0, 0 }, /* SWIER, PR */
	{ 0x20, 0, ALL },
	{ 0x24, 0, ALL },
	{ 0x28, 0, ALL },
	{ 0x2C, 0, ALL }, /* L4: line 32 on */
	{ 0x30, 0, ALL },
	{ 0x34, 0, 0 },
};

/* The pins' lines of seven interrupts, or of three (F0). */
static const uint32_t lines_of_7[] = { BIT(0), BIT(1), BIT(2), BIT(3), BIT(4), 0x3E0, 0xFC00 };
static const uint32_t lines_of_3[] = { 0x3, 0xC, 0xFFF0 };

static void update_irq(struct block *block)
{
	const uint32_t pending = block_get(block, PR) & block_get(block, IMR);
	const uint32_t *lines = block->row->irq_count == 7 ? lines_of_7 : lines_of_3;

	for (unsigned i = 0; i < block->row->irq_count; i++)
		block_irq(block, i, pending & lines[i]);
}

static void exti_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	if (offset == PR) {
		*block_reg(block, PR) &= ~value;
		*block_reg(block, SWIER) &= ~value;
	} else {
		const uint32_t before = block_get(block, SWIER);

		block_store(block, offset, value, lanes);
		if (offset == SWIER)
			*block_reg(block, PR) |=
				block_get(block, SWIER) & ~before & block_get(block, IMR);
	}
	update_irq(block);
}

void exti_pin(struct soc *soc, char port, unsigned pin, bool is_high)
{
	struct block *const block = soc->exti;

	if (!block || !soc->exti_select)
		return;
	const uint32_t select = block_get(soc->exti_select, EXTICR + pin / 4 * 4);
	const uint32_t edge = block_get(block, is_high ? RTSR : FTSR);

	if ((select >> pin % 4 * 4 & 15) != (uint32_t)(port - 'A') || !(edge & BIT(pin)))
		return;
	*block_reg(block, PR) |= BIT(pin);
	update_irq(block);
}

const struct kind kind_exti = { .write = exti_write };
