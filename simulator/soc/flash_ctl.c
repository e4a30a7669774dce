/* SPDX-License-Identifier: MIT */
/*
 * flash_ctl.c - what all flash controllers share: key registers and locks, busy times, flags
 * (PM0075, RM0090 3, RM0091 3, RM0351 3, RM0444 3).
 */
#include "simulator/soc/flash_ctl.h"
#include "simulator/soc/kinds.h"

#include <string.h>

static const struct flash_map *map_of(const struct block *block)
{
	return block->row->variant;
}

static void update_irq(struct block *block)
{
	const struct flash_map *map = map_of(block);
	const uint32_t sr = block_get(block, map->sr), cr = block_get(block, map->cr);
	const uint32_t errors = map->w1c & ~map->eop;

	block_irq(block, 0, (sr & map->eop && cr & map->eopie) || (sr & errors && cr & map->errie));
}

void flash_raise(struct block *block, uint32_t flags)
{
	const struct flash_map *map = map_of(block);

	if (map->eop_needs_ie && !(block_get(block, map->cr) & map->eopie))
		flags &= ~map->eop;
	*block_reg(block, map->sr) |= flags;
	update_irq(block);
}

bool flash_is_busy(const struct block *block)
{
	const struct flash_state *state = block->state;

	return state->busy_until_ns > block->soc->now_ns;
}

void flash_begin(struct block *block, uint64_t us, uint32_t flags)
{
	struct flash_state *const state = block->state;
	struct soc *const soc = block->soc;
	const uint64_t start_ns = flash_is_busy(block) ? state->busy_until_ns : soc->now_ns;

	state->busy_until_ns = start_ns + us * 10 * soc->flash_percent;
	state->done |= flags;
	block->due_ns = state->busy_until_ns;
	if (soc->hooks.stall && flash_is_busy(block))
		soc->hooks.stall(soc->hooks.ctx, state->busy_until_ns);
}

static void flash_advance(struct block *block)
{
	struct flash_state *const state = block->state;
	const uint32_t done = state->done;

	state->done = 0;
	flash_raise(block, done);
}

void flash_burn(struct block *block, uint32_t addr, const uint8_t *bytes, uint32_t len)
{
	struct soc *const soc = block->soc;
	struct flash *const flash = &soc->memory->flash;

	flash_cells_program(flash, addr - flash->part->flash_base, bytes, len);
	if (soc->hooks.flash_changed)
		soc->hooks.flash_changed(soc->hooks.ctx, addr, len);
}

bool flash_wipe(struct block *block, uint32_t sector, uint32_t count)
{
	struct soc *const soc = block->soc;
	struct flash *const flash = &soc->memory->flash;
	uint32_t first, last, bytes;

	if (!part_sector(flash->part, sector, &first, &bytes) ||
		!part_sector(flash->part, sector + count - 1, &last, &bytes) ||
		!flash_erase_bank(flash, sector, count))
		return false;
	if (soc->hooks.flash_changed)
		soc->hooks.flash_changed(
			soc->hooks.ctx, flash->part->flash_base + first, last + bytes - first);
	return true;
}

bool flash_is_blank(const struct block *block, uint32_t addr, uint32_t len)
{
	const struct flash *flash = &block->soc->memory->flash;

	for (uint32_t i = 0; i < len; i++) {
		if (flash->cells[addr - flash->part->flash_base + i] != flash->part->erased)
			return false;
	}
	return true;
}

uint8_t *flash_area_byte(struct block *block, uint32_t addr, enum area_kind kind)
{
	struct memory *const memory = block->soc->memory;

	for (int i = 0; i < PART_AREAS; i++) {
		const struct area *area = &memory->part->areas[i];

		if (area->kind == kind && addr - area->base < area->size)
			return memory->bytes[i] + (addr - area->base);
	}
	return NULL;
}

uint8_t *flash_option_byte(struct block *block, uint32_t addr)
{
	return flash_area_byte(block, addr, AREA_OPTIONS);
}

static void try_key(struct flash_lock *lock, const uint32_t keys[2], uint32_t value)
{
	if (lock->is_broken || lock->is_open)
		return;
	if (value != keys[lock->step]) {
		lock->is_broken = true; /* "locked until the next reset" */
		return;
	}
	if (++lock->step == 2)
		*lock = (struct flash_lock){ .is_open = true };
}

static bool is_key(const struct block *block, uint32_t offset)
{
	const struct flash_map *map = map_of(block);

	return offset == map->key || offset == map->option_key ||
		(map->program_key && offset == map->program_key);
}

/* What the locks make of the bits that show them. */
static void show_locks(struct block *block)
{
	const struct flash_map *map = map_of(block);
	const struct flash_state *state = block->state;
	uint32_t *const cr = block_reg(block, map->cr);
	uint32_t *const option = block_reg(block, map->option_reg);

	*cr = (*cr & ~map->lock) | (state->main.is_open ? 0 : map->lock);
	*cr = (*cr & ~map->program_lock) | (state->program.is_open ? 0 : map->program_lock);
	*option &= ~map->option_bit;
	*option |= state->option.is_open == map->option_bit_is_open ? map->option_bit : 0;
}

static void write_key(struct block *block, uint32_t offset, uint32_t value)
{
	static const uint32_t main_keys[2] = { FLASH_KEY1, FLASH_KEY2 };
	const struct flash_map *map = map_of(block);
	struct flash_state *const state = block->state;

	if (offset == map->key)
		try_key(&state->main, map->keys[0] ? map->keys : main_keys, value);
	else if (map->program_key && offset == map->program_key)
		try_key(&state->program, map->program_keys, value);
	else
		try_key(&state->option, map->option_keys, value);
	show_locks(block);
}

/* The bit that shows the option lock also closes it. */
static void close_option(struct block *block, uint32_t value, uint32_t lanes)
{
	const struct flash_map *map = map_of(block);
	struct flash_state *const state = block->state;
	const bool says_open = !!(value & map->option_bit) == map->option_bit_is_open;

	if (lanes & map->option_bit && !says_open)
		state->option.is_open = false;
}

/* A closed controller takes no commands, and a busy one neither. */
static void write_cr(struct block *block, uint32_t value, uint32_t lanes)
{
	const struct flash_map *map = map_of(block);
	struct flash_state *const state = block->state;
	const uint32_t before = block_get(block, map->cr);

	if (!state->main.is_open || flash_is_busy(block))
		return;
	block_store(block, map->cr, value, lanes);
	if (map->option_reg == map->cr)
		close_option(block, value, lanes);
	if (value & map->program_lock)
		state->program.is_open = false;
	if (value & map->lock)
		state->main.is_open = state->option.is_open = state->program.is_open = false;
	show_locks(block);
	if (!(value & map->lock))
		map->command(block, before);
}

static void write_option(struct block *block, uint32_t value, uint32_t lanes)
{
	const struct flash_map *map = map_of(block);
	const struct flash_state *state = block->state;

	if (!state->option.is_open || flash_is_busy(block))
		return;
	block_store(block, map->option_reg, value, lanes);
	map->option(block);
	close_option(block, value, lanes);
	show_locks(block);
}

static uint32_t flash_read(struct block *block, uint32_t offset)
{
	const struct flash_map *map = map_of(block);
	const uint32_t value = block_get(block, offset);

	if (is_key(block, offset))
		return 0;
	return offset == map->sr && flash_is_busy(block) ? value | map->busy : value;
}

static void flash_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	const struct flash_map *map = map_of(block);

	if (is_key(block, offset))
		write_key(block, offset, value);
	else if (offset == map->cr)
		write_cr(block, value, lanes);
	else if (map->option && offset == map->option_reg)
		write_option(block, value, lanes);
	else if (offset == map->sr)
		*block_reg(block, offset) &= ~(value & map->w1c);
	else
		block_store(block, offset, value, lanes);
	update_irq(block);
}

static void flash_reset_block(struct block *block)
{
	if (map_of(block)->load)
		map_of(block)->load(block);
	show_locks(block);
}

const struct kind kind_flash = {
	.state_bytes = sizeof(struct flash_state),
	.reset = flash_reset_block,
	.read = flash_read,
	.write = flash_write,
	.advance = flash_advance,
};

bool flash_ctl_write(struct soc *soc, uint32_t addr, unsigned size, uint32_t value)
{
	struct block *const block = soc->flash;

	if (addr % size ||
		(!flash_holds(&soc->memory->flash, addr) && !flash_option_byte(block, addr) &&
			!flash_area_byte(block, addr, AREA_EEPROM)))
		return false;
	return map_of(block)->program(block, addr, size, value);
}
