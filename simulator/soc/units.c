/* SPDX-License-Identifier: MIT */
/* units.c - CRC (RM0008 4, RM0091 12), RNG (RM0090 24), SYSCFG's remapping (RM0090 9), DBGMCU
 * (38.6). */
#include "simulator/soc/kinds.h"

enum { CRC_DR = 0x00, CRC_CR = 0x08, CRC_INIT = 0x10, CRC_POL = 0x14 };
enum { RNG_CR = 0x00, RNG_SR = 0x04, RNG_DR = 0x08 };
enum { MEMRMP = 0x00 };

const struct reg crc_regs[CRC_REGS] = {
	{ 0x00, ALL, 0 },          /* DR */
	{ 0x04, 0, ALL },          /* IDR */
	{ 0x08, 0, 0xF8 },         /* CR */
	{ 0x10, ALL, ALL },        /* INIT */
	{ 0x14, 0x04C11DB7, ALL }, /* POL */
};

const struct reg rng_regs[RNG_REGS] = {
	{ 0x00, 0, ALL }, /* CR */
	{ 0x04, 0, 0 },   /* SR */
	{ 0x08, 0, 0 },   /* DR */
};

static uint32_t reversed(uint32_t value, unsigned bits)
{
	uint32_t out = 0;

	for (unsigned i = 0; i < bits; i++)
		out |= (value >> i & 1) << (bits - 1 - i);
	return out;
}

/* REV_IN turns the bits around within bytes, half-words or the word. */
static uint32_t input(uint32_t value, unsigned bits, uint32_t rev_in)
{
	const unsigned unit = rev_in ? 4u << rev_in : bits;
	uint32_t out = 0;

	if (!rev_in)
		return value;
	for (unsigned at = 0; at < bits; at += unit < bits ? unit : bits) {
		const unsigned n = unit < bits ? unit : bits;
		const uint32_t mask = n == 32 ? UINT32_MAX : BIT(n) - 1;

		out |= reversed(value >> at & mask, n) << at;
	}
	return out;
}

/* POLYSIZE: 32, 16, 8 and 7 bits. */
static unsigned crc_size(const struct block *block)
{
	static const uint8_t sizes[] = { 32, 16, 8, 7 };

	return sizes[block_get(block, CRC_CR) >> 3 & 3];
}

static void crc_add(struct block *block, uint32_t value, unsigned bits)
{
	const unsigned size = crc_size(block);
	const uint32_t top = BIT(size - 1), pol = block_get(block, CRC_POL);
	uint32_t *const crc = block_reg(block, CRC_DR);

	value = input(value, bits, block_get(block, CRC_CR) >> 5 & 3);
	for (unsigned i = bits; i-- > 0;) {
		const bool one = !!(*crc & top) != (value >> i & 1);

		*crc = *crc << 1 ^ (one ? pol : 0);
	}
	*crc &= size == 32 ? UINT32_MAX : BIT(size) - 1;
}

static uint32_t crc_read(struct block *block, uint32_t offset)
{
	const uint32_t value = block_get(block, offset);

	/* REV_OUT */
	if (offset == CRC_DR && block_get(block, CRC_CR) & BIT(7))
		return reversed(value, crc_size(block));
	return value;
}

static void crc_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	if (offset == CRC_DR) {
		const unsigned shift = (unsigned)__builtin_ctz(lanes);

		crc_add(block, value >> shift, (unsigned)__builtin_popcount(lanes));
		return;
	}
	block_store(block, offset, value, lanes);
	if (offset == CRC_CR && value & 1)
		*block_reg(block, CRC_DR) = block_get(block, CRC_INIT);
	if (offset == CRC_INIT)
		*block_reg(block, CRC_DR) = block_get(block, CRC_INIT);
}

const struct kind kind_crc = { .read = crc_read, .write = crc_write };

static uint32_t rng_read(struct block *block, uint32_t offset)
{
	const bool is_on = block_get(block, RNG_CR) & BIT(2);

	if (offset == RNG_SR)
		return is_on;
	if (offset == RNG_DR)
		return is_on ? (uint32_t)soc_random(block->soc) : 0;
	return block_get(block, offset);
}

static void rng_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	if (offset == RNG_SR || offset == RNG_DR)
		return;
	block_store(block, offset, value, lanes);
	/* A number is ready as soon as one was read. */
	block_irq(block, 0, (block_get(block, RNG_CR) & (BIT(2) | BIT(3))) == (BIT(2) | BIT(3)));
}

const struct kind kind_rng = { .read = rng_read, .write = rng_write };

/* MEM_MODE: 0 flash, 1 system memory, 3 RAM; what BOOT chose stands there after a reset. */
static void syscfg_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	struct soc *const soc = block->soc;
	const struct part *part = soc->memory->part;
	const uint32_t bases[] = { part->flash_base, soc->system_base, soc->alias,
		part->rams[0].base };

	block_store(block, offset, value, lanes);
	if (offset == MEMRMP)
		soc->alias = bases[block_get(block, MEMRMP) & 3];
}

static void syscfg_reset(struct block *block)
{
	struct soc *const soc = block->soc;

	soc->alias = soc->boot_base;
	if (soc->alias == soc->system_base)
		*block_reg(block, MEMRMP) |= 1;
	else if (soc->alias != soc->memory->part->flash_base)
		*block_reg(block, MEMRMP) |= 3;
}

const struct kind kind_syscfg = { .reset = syscfg_reset, .write = syscfg_write };

/* IDCODE: the device id that the part has, with the revision of its family's row. */
static void dbgmcu_reset(struct block *block)
{
	*block_reg(block, 0) |= block->soc->memory->part->product_id;
}

const struct kind kind_dbgmcu = { .reset = dbgmcu_reset };
