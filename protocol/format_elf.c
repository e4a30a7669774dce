/* SPDX-License-Identifier: MIT */
/*
 * format_elf.c - 32-bit little-endian ARM ELF (docs/facts/an3155.md section 10.3).
 * What counts are the program headers: p_filesz bytes go to p_paddr.
 */
#include "protocol/format.h"

#include <string.h>

#define EHDR_SIZE 52u
#define PHDR_SIZE 32u
#define SHDR_SIZE 40u

#define ET_EXEC 2
#define EM_ARM 40
#define PT_LOAD 1u
#define SHT_NOBITS 8u
#define SHF_ALLOC 2u

struct elf {
	struct draft *draft;
	uint32_t phoff, shoff;
	uint16_t phnum, shnum;
	bool has_clipped; /* the segment that holds the ELF header was met */
};

struct load {
	uint64_t at; /* of its program header in the file */
	uint32_t offset, paddr, filesz, memsz;
};

/* The header's fields that have but one right value. */
static const struct {
	uint8_t offset, size;
	uint16_t value;
	const char *what;
} fixed[] = {
	{ 4, 1, 1, "a 64-bit ELF: no STM32 has such a processor" },
	{ 5, 1, 1, "a big-endian ELF: no STM32 is that" },
	{ 18, 2, EM_ARM, "an ELF for another processor than ARM" },
	{ 16, 2, ET_EXEC, "the ELF is no linked program (an object file or a library?)" },
	{ 42, 2, PHDR_SIZE, "the ELF's program headers have a wrong size" },
};

static bool is_elf(struct span file)
{
	return file.len >= 4 &&
		memcmp(file.ptr,
			"\x7f"
			"ELF",
			4) == 0;
}

static enum err check_header(struct span file, struct why *why)
{
	if (file.len < EHDR_SIZE)
		return format_why(why, ERR_IMAGE, file.len, "the ELF header is cut short");
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
		const uint8_t *p = file.ptr + fixed[i].offset;
		const uint16_t value = fixed[i].size == 1 ? *p : get_le16(p);

		if (value != fixed[i].value)
			return format_why(why, ERR_IMAGE, fixed[i].offset, fixed[i].what);
	}
	return ERR_OK;
}

/* count entries of size bytes at offset lie within the file. */
static bool is_inside(struct span file, uint64_t offset, uint64_t count, uint64_t size)
{
	return offset + count * size <= file.len;
}

static enum err read_header(struct elf *elf, struct why *why)
{
	const struct span file = elf->draft->file;
	enum err e = check_header(file, why);

	if (e)
		return e;
	elf->phoff = get_le32(file.ptr + 28);
	elf->shoff = get_le32(file.ptr + 32);
	elf->phnum = get_le16(file.ptr + 44);
	elf->shnum = elf->shoff ? get_le16(file.ptr + 48) : 0;
	if (!is_inside(file, elf->phoff, elf->phnum, PHDR_SIZE))
		return format_why(
			why, ERR_IMAGE, 28, "the ELF's program headers lie outside the file");
	if (elf->shnum && get_le16(file.ptr + 46) != SHDR_SIZE)
		return format_why(
			why, ERR_IMAGE, 46, "the ELF's section headers have a wrong size");
	if (!is_inside(file, elf->shoff, elf->shnum, SHDR_SIZE))
		return format_why(
			why, ERR_IMAGE, 32, "the ELF's section headers lie outside the file");
	draft_entry(elf->draft, get_le32(file.ptr + 24));
	return ERR_OK;
}

/*
 * Where no flash is: the SRAM region of the ARMv7-M map, and CCM or SRAM2 at 0x10000000 (from
 * 0x10040000 on BlueNRG and WB0 have their flash).
 */
static bool is_ram(uint32_t addr)
{
	return (addr >= 0x20000000 && addr < 0x40000000) ||
		(addr >= 0x10000000 && addr < 0x10040000);
}

static enum err add_range(
	struct elf *elf, const struct load *load, uint32_t offset, uint32_t len, struct why *why)
{
	const uint8_t *ptr = elf->draft->file.ptr + offset;
	const uint32_t paddr = load->paddr + (offset - load->offset);
	enum err e = draft_add(elf->draft, paddr, (struct span){ ptr, len }, why);

	if (e && why)
		why->offset = load->at;
	return e;
}

/* The sections that the segment holds say which of its bytes are firmware. */
static enum err add_sections(struct elf *elf, const struct load *load, struct why *why)
{
	const struct span file = elf->draft->file;
	uint32_t found = 0;
	enum err e = ERR_OK;

	for (uint32_t i = 0; !e && i < elf->shnum; i++) {
		const uint8_t *sh = file.ptr + elf->shoff + i * SHDR_SIZE;
		const uint32_t offset = get_le32(sh + 16), size = get_le32(sh + 20);
		const bool is_loaded =
			(get_le32(sh + 8) & SHF_ALLOC) && get_le32(sh + 4) != SHT_NOBITS && size;

		if (!is_loaded || offset < load->offset || offset - load->offset > load->filesz ||
			size > load->filesz - (offset - load->offset))
			continue;
		e = add_range(elf, load, offset, size, why);
		found++;
	}
	if (!e && !found)
		return format_why(why, ERR_IMAGE, load->at,
			"a segment holds the ELF header, and no section says what is firmware");
	return e;
}

/*
 * Page alignment can put the ELF header into the first segment, below the firmware. It is there
 * once, so that a second such segment is a trap.
 */
static enum err add_load(struct elf *elf, const struct load *load, struct why *why)
{
	const bool holds_header = load->offset < EHDR_SIZE;

	if (!holds_header)
		return add_range(elf, load, load->offset, load->filesz, why);
	if (elf->has_clipped)
		return format_why(why, ERR_IMAGE, load->at, "two segments hold the ELF header");
	elf->has_clipped = true;
	return add_sections(elf, load, why);
}

static enum err take_load(struct elf *elf, const struct load *load, struct why *why)
{
	const struct span file = elf->draft->file;

	if (!is_inside(file, load->offset, 1, load->filesz)) {
		why_at(why, ERR_IMAGE, load->paddr, NULL);
		return format_why(why, ERR_IMAGE, load->at, "a segment points outside the file");
	}
	if ((uint64_t)load->paddr + load->filesz > UINT64_C(1) << 32)
		return format_why(
			why, ERR_IMAGE, load->at, "a segment passes the end of the address space");
	if (load->memsz < load->filesz)
		return format_why(why, ERR_IMAGE, load->at,
			"a segment has more bytes in the file than in memory");
	if (is_ram(load->paddr)) {
		elf->draft->image->notes |= IMAGE_NOTE_RAM_SEGMENT;
		return ERR_OK;
	}
	return add_load(elf, load, why);
}

static enum err parse(struct draft *d, struct why *why)
{
	struct elf elf = { .draft = d };
	enum err e = read_header(&elf, why);

	for (uint32_t i = 0; !e && i < elf.phnum; i++) {
		const uint64_t at = elf.phoff + (uint64_t)i * PHDR_SIZE;
		const uint8_t *ph = d->file.ptr + at;
		const struct load load = { .at = at,
			.offset = get_le32(ph + 4),
			.paddr = get_le32(ph + 12),
			.filesz = get_le32(ph + 16),
			.memsz = get_le32(ph + 20) };

		if (get_le32(ph) == PT_LOAD && load.filesz)
			e = take_load(&elf, &load, why);
	}
	if (!e && !d->count && (d->image->notes & IMAGE_NOTE_RAM_SEGMENT))
		return why_set(why, ERR_EMPTY, "all of the program is for RAM");
	return e;
}

const struct format format_elf = { .name = "elf", .is = is_elf, .parse = parse };
