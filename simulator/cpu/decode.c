/* SPDX-License-Identifier: MIT */
#include "simulator/cpu/decode.h"

enum { SP = 13, PC = 15 };

/* What a load or store touches: from addr on, len bytes. */
struct reach {
	uint32_t addr, len;
	bool is_write;
};

unsigned decode_size(uint16_t first)
{
	return (first & 0xF800) >= 0xE800 ? 4 : 2;
}

bool decode_is_float(uint16_t first, uint16_t second)
{
	/* Coprocessors 10 and 11: loads, stores, moves and arithmetic (A6.4). */
	return (first & 0xEC00) == 0xEC00 && (first & 0x0300) != 0x0300 &&
		(second & 0x0E00) == 0x0A00;
}

static uint32_t value_of(const uint32_t *registers, uint32_t pc, unsigned n)
{
	return n == PC ? (pc + 4) & ~3u : registers[n];
}

/* LDR and STR with a register, an immediate, SP or PC (A5.2.4). */
static bool reach_single(uint16_t op, uint32_t pc, const uint32_t *r, struct reach *reach)
{
	static const uint8_t sizes[] = { 4, 2, 1, 1, 4, 2, 1, 2 };
	uint32_t base = r[op >> 3 & 7], low = op >> 6 & 31;

	switch (op >> 12) {
	case 4:
		*reach = (struct reach){ value_of(r, pc, PC) + (op & 0xFF) * 4, 4, false };
		return op >> 11 & 1;
	case 5:
		*reach = (struct reach){ base + r[op >> 6 & 7], sizes[op >> 9 & 7],
			(op >> 9 & 7) < 3 };
		return true;
	case 6:
		*reach = (struct reach){ base + low * 4, 4, !(op >> 11 & 1) };
		break;
	case 7:
		*reach = (struct reach){ base + low, 1, !(op >> 11 & 1) };
		break;
	case 8:
		*reach = (struct reach){ base + low * 2, 2, !(op >> 11 & 1) };
		break;
	default:
		*reach = (struct reach){ r[SP] + (op & 0xFF) * 4, 4, !(op >> 11 & 1) };
		return op >> 12 == 9;
	}
	if (op >> 12 == 7)
		reach->len = 1;
	return true;
}

static unsigned bits_in(uint32_t list)
{
	return (unsigned)__builtin_popcount(list);
}

/* PUSH, POP, LDM and STM. */
static bool reach_many(uint16_t op, const uint32_t *r, struct reach *reach)
{
	uint32_t len = bits_in(op & 0xFF) * 4;

	if ((op & 0xF000) == 0xC000) {
		*reach = (struct reach){ r[op >> 8 & 7], len, !(op >> 11 & 1) };
		return true;
	}
	len += (op >> 8 & 1) * 4;
	if ((op & 0xFE00) == 0xB400)
		*reach = (struct reach){ r[SP] - len, len, true };
	else
		*reach = (struct reach){ r[SP], len, false };
	return (op & 0xF600) == 0xB400;
}

/* LDRD, STRD, exclusives and table branches; LDM and STM (A5.3.5, A5.3.6). */
static bool reach_wide_many(uint16_t first, uint16_t second, uint32_t base, struct reach *reach)
{
	uint32_t offset = (second & 0xFF) * 4, len = bits_in(second) * 4;
	bool is_load = first >> 4 & 1, is_up = first >> 7 & 1;

	if (first & 0x0040) {
		bool is_indexed = first >> 8 & 1;

		offset = is_indexed ? offset : 0;
		*reach = (struct reach){ is_up ? base + offset : base - offset, 8, !is_load };
		return true;
	}
	*reach = (struct reach){ is_up ? base : base - len, len, !is_load };
	return true;
}

/* LDR, STR and their narrower kinds (A5.3.7 to A5.3.10). */
static bool reach_wide_single(
	uint16_t first, uint16_t second, uint32_t base, const uint32_t *r, struct reach *reach)
{
	uint32_t len = 1u << (first >> 5 & 3), offset = second & 0xFF;
	bool is_load = first >> 4 & 1, is_literal = (first & 15) == PC;

	*reach = (struct reach){ base, len, !is_load };
	if (first & 0x0080)
		reach->addr = base + (second & 0xFFF);
	else if (is_literal)
		reach->addr = base - (second & 0xFFF);
	else if (!(second & 0x0800))
		reach->addr = base + (r[(second & 15) % PC] << (second >> 4 & 3));
	else if (second & 0x0400)
		reach->addr = second & 0x0200 ? base + offset : base - offset;
	return len < 8;
}

/* VLDR, VSTR, VLDM, VSTM. */
static bool reach_float(uint16_t first, uint16_t second, uint32_t base, struct reach *reach)
{
	uint32_t offset = (second & 0xFF) * 4;
	bool is_load = first >> 4 & 1, is_up = first >> 7 & 1, is_single = !(first >> 5 & 1);

	if ((first & 0x0F00) == 0x0D00 && is_single)
		*reach = (struct reach){ is_up ? base + offset : base - offset, 8, !is_load };
	else
		*reach = (struct reach){ is_up ? base : base - offset, offset, !is_load };
	return (first & 0x0E00) == 0x0C00;
}

static bool reach_of(
	uint16_t first, uint16_t second, uint32_t pc, const uint32_t *r, struct reach *reach)
{
	uint32_t base = value_of(r, pc, first & 15);

	if (decode_size(first) == 2) {
		if (first >> 12 >= 4 && first >> 12 <= 9)
			return reach_single(first, pc, r, reach);
		return (first >> 12 == 11 || first >> 12 == 12) && reach_many(first, r, reach);
	}
	if ((first & 0xFE00) == 0xE800)
		return reach_wide_many(first, second, base, reach);
	if ((first & 0xFE00) == 0xF800)
		return reach_wide_single(first, second, base, r, reach);
	return decode_is_float(first, second) && reach_float(first, second, base, reach);
}

static uint16_t half(struct span code, size_t at)
{
	return at + 2 <= code.len ? (uint16_t)(code.ptr[at] | code.ptr[at + 1] << 8) : 0;
}

int decode_find(struct span code, uint32_t pc, const struct decode_access *access)
{
	size_t at;

	for (at = 0; at + 2 <= code.len; at += decode_size(half(code, at))) {
		struct reach reach;

		if (!reach_of(half(code, at), half(code, at + 2), pc + (uint32_t)at,
			    access->registers, &reach))
			continue;
		if (reach.is_write == access->is_write && access->addr - reach.addr < reach.len)
			return (int)at;
	}
	return -1;
}

static bool is_division(uint16_t first, uint16_t second)
{
	return ((first & 0xFFF0) == 0xFB90 || (first & 0xFFF0) == 0xFBB0) &&
		(second & 0xF0F0) == 0xF0F0;
}

int decode_trap(struct span code, struct decode_traps traps)
{
	size_t at;

	for (at = 0; at + 4 <= code.len; at += decode_size(half(code, at))) {
		uint16_t first = half(code, at), second = half(code, at + 2);

		if (decode_size(first) == 2)
			continue;
		if ((traps.floats && decode_is_float(first, second)) ||
			(traps.divisions && is_division(first, second)))
			return (int)at;
	}
	return -1;
}

/* CPS, and MSR to a special register. */
static bool is_for_masks(uint16_t first)
{
	return (first & 0xFFE8) == 0xB660 || (first & 0xFFE0) == 0xF380;
}

bool decode_changes(struct span code)
{
	static const uint32_t registers[PC];
	size_t at;

	for (at = 0; at + 2 <= code.len; at += decode_size(half(code, at))) {
		uint16_t first = half(code, at), second = half(code, at + 2);
		struct reach reach;

		if (is_for_masks(first) ||
			(decode_size(first) == 4 && decode_is_float(first, second)))
			return true;
		if (reach_of(first, second, 0, registers, &reach) && reach.is_write)
			return true;
	}
	return false;
}
