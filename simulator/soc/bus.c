/* SPDX-License-Identifier: MIT */
/* bus.c - which block an access meets, bit-banding, and what lies at address 0. */
#include "simulator/soc/kinds.h"

/* Bit-band regions (DDI 0403, B3.1; DDI 0337, 3.7): a word for each bit of the first megabyte. */
#define BAND_RAM 0x22000000u
#define BAND_PERIPHERAL 0x42000000u
#define BAND_BYTES 0x02000000u
#define RAM_BASE 0x20000000u
#define PERIPHERAL_BASE 0x40000000u

static const struct reg *known_reg(const struct block_row *row, uint32_t offset)
{
	for (size_t i = 0; i < row->reg_count; i++) {
		if (row->regs[i].offset == offset)
			return &row->regs[i];
	}
	return NULL;
}

void block_store(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	const struct reg *known = known_reg(block->row, offset);
	const uint32_t mask = known ? lanes & known->writable : lanes;
	uint32_t *const reg = block_reg(block, offset);

	*reg = (*reg & ~mask) | (value & mask);
}

static struct block *block_at(struct soc *soc, uint32_t addr)
{
	const struct block_row *row = soc->last->row;

	if (addr - row->base < row->size)
		return soc->last;
	for (size_t i = 0; i < soc->family->count; i++) {
		row = soc->blocks[i].row;
		if (addr - row->base < row->size)
			return soc->last = &soc->blocks[i];
	}
	return NULL;
}

/* A line for a register that is not modelled, and for a block without its clock; each once. */
static void report_unknown(struct block *block, uint32_t offset, const char *verb)
{
	uint8_t *const byte = &block->reported[offset / 4 / 8];
	const uint8_t bit = (uint8_t)(1u << (offset / 4 % 8));

	if (*byte & bit || known_reg(block->row, offset))
		return;
	*byte |= bit;
	soc_report(block->soc, "%s+0x%02X (0x%08X) %s: not modelled, keeps what is written",
		block->row->name, (unsigned)offset, (unsigned)(block->row->base + offset), verb);
}

static bool is_dead(struct block *block)
{
	if (block_is_clocked(block))
		return false;
	if (!block->said_unclocked)
		soc_report(block->soc, "%s is accessed while its clock is off", block->row->name);
	block->said_unclocked = true;
	return true;
}

static uint32_t block_read(struct block *block, uint32_t offset)
{
	const struct kind *kind = block->row->kind;

	if (is_dead(block))
		return 0;
	report_unknown(block, offset, "read");
	return kind && kind->read ? kind->read(block, offset) : block_get(block, offset);
}

static void block_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	const struct kind *kind = block->row->kind;

	if (is_dead(block))
		return;
	report_unknown(block, offset, "written");
	if (kind && kind->write)
		kind->write(block, offset, value, lanes);
	else
		block_store(block, offset, value, lanes);
	soc_find_due(block->soc);
}

static uint32_t lanes_of(uint32_t addr, unsigned size)
{
	const uint32_t ones = size >= 4 ? UINT32_MAX : BIT(8 * size) - 1;

	return ones << 8 * (addr & 3);
}

static bool is_band(const struct soc *soc, uint32_t addr)
{
	return soc->family->has_bit_band &&
		(addr - BAND_RAM < BAND_BYTES || addr - BAND_PERIPHERAL < BAND_BYTES);
}

/* The word that holds the bit of a bit-band address, and the bit's number in it. */
static uint32_t band_word(uint32_t addr, unsigned *bit)
{
	const bool is_ram = addr < BAND_PERIPHERAL;
	const uint32_t number = (addr - (is_ram ? BAND_RAM : BAND_PERIPHERAL)) / 4;

	*bit = number % 32;
	return (is_ram ? RAM_BASE : PERIPHERAL_BASE) + number / 32 * 4;
}

static bool load_word(struct soc *soc, uint32_t addr, uint32_t *value)
{
	if (addr >= PERIPHERAL_BASE)
		return soc_read(soc, addr, 4, value, soc->now_ns);
	return soc->hooks.load && soc->hooks.load(soc->hooks.ctx, addr, 4, value);
}

static bool write_band(struct soc *soc, uint32_t addr, uint32_t value)
{
	unsigned bit;
	uint32_t word;
	const uint32_t at = band_word(addr, &bit);

	if (!load_word(soc, at, &word))
		return false;
	word = (word & ~BIT(bit)) | (value & 1) << bit;
	if (at >= PERIPHERAL_BASE)
		return soc_write(soc, at, 4, word, soc->now_ns);
	return soc->hooks.store && soc->hooks.store(soc->hooks.ctx, at, 4, word);
}

static bool read_band(struct soc *soc, uint32_t addr, uint32_t *value)
{
	unsigned bit;

	if (!load_word(soc, band_word(addr, &bit), value))
		return false;
	*value = *value >> bit & 1;
	return true;
}

/* What lies at 0 lies at its own address. */
static uint32_t unaliased(const struct soc *soc, uint32_t addr)
{
	const uint32_t bytes = soc->memory->part->flash_bytes;

	return addr < bytes ? soc->alias + addr : addr;
}

static bool read_memory(struct soc *soc, uint32_t addr, unsigned size, uint32_t *value)
{
	uint8_t bytes[4] = { 0 };

	if (!memory_read(soc->memory, unaliased(soc, addr), bytes, size))
		return false;
	*value = get_le32(bytes);
	return true;
}

bool soc_read(struct soc *soc, uint32_t addr, unsigned size, uint32_t *value, uint64_t now_ns)
{
	soc_advance(soc, now_ns);
	struct block *const block = block_at(soc, addr);

	if (!block)
		return is_band(soc, addr) ? read_band(soc, addr, value)
					  : read_memory(soc, addr, size, value);
	const uint32_t word = block_read(block, (addr - block->row->base) & ~3u);

	*value = (word & lanes_of(addr, size)) >> 8 * (addr & 3);
	soc_find_due(soc);
	return true;
}

bool soc_write(struct soc *soc, uint32_t addr, unsigned size, uint32_t value, uint64_t now_ns)
{
	soc_advance(soc, now_ns);
	struct block *const block = block_at(soc, addr);

	if (!block && is_band(soc, addr))
		return write_band(soc, addr, value);
	if (!block) {
		const bool ok = flash_ctl_write(soc, unaliased(soc, addr), size, value);

		soc_find_due(soc);
		return ok;
	}
	const uint32_t lanes = lanes_of(addr, size);

	block_write(block, (addr - block->row->base) & ~3u, value << 8 * (addr & 3) & lanes, lanes);
	return true;
}

bool dma_access(struct soc *soc, uint32_t addr, unsigned size, uint32_t *value, bool is_write)
{
	const struct soc_hooks *hooks = &soc->hooks;

	if (block_at(soc, addr))
		return is_write ? soc_write(soc, addr, size, *value, soc->now_ns)
				: soc_read(soc, addr, size, value, soc->now_ns);
	if (is_write)
		return hooks->store && hooks->store(hooks->ctx, addr, size, *value);
	return (hooks->load && hooks->load(hooks->ctx, addr, size, value)) ||
		read_memory(soc, addr, size, value);
}
