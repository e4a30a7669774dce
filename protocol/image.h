/* SPDX-License-Identifier: MIT */
/*
 * image.h - a firmware file as segments: addresses and bytes, whatever the format was.
 * Pure: no I/O, no clock. Any thread may call it on objects it owns. The bytes of a raw, ELF or
 * DfuSe image are borrowed from the file, which must outlive the image, unless pieces had to be
 * joined; those of a text format are owned by the image. Memory is bounded by IMAGE_MAX_BYTES, not
 * by the file. Rules: docs/facts/an3155.md section 10.
 */
#ifndef BENCHD_PROTOCOL_IMAGE_H
#define BENCHD_PROTOCOL_IMAGE_H

#include "protocol/bytes.h"
#include "protocol/err.h"

/* More than the largest internal flash of any part (4 MiB) with what may lie beside it. */
#define IMAGE_MAX_BYTES (8 * MIB)
#define IMAGE_MAX_SEGMENTS 65536u

enum image_format {
	FORMAT_AUTO, /* asks image_parse to tell by content */
	FORMAT_BIN,
	FORMAT_HEX,
	FORMAT_SREC,
	FORMAT_ELF,
	FORMAT_DFUSE,
	FORMAT_COUNT
};

struct segment {
	uint32_t addr;
	struct span data; /* never empty; addr + len never passes 2^32 */
};

/* What is worth telling, but no reason to refuse. */
enum image_note {
	IMAGE_NOTE_AFTER_END = 1 << 0,    /* records after the end record were not used */
	IMAGE_NOTE_RECORD_COUNT = 1 << 1, /* an S5/S6 count does not match */
	IMAGE_NOTE_RAM_SEGMENT = 1 << 2,  /* an ELF segment for RAM was left out */
	IMAGE_NOTE_DFU_TARGET = 1 << 3,  /* a DfuSe target other than internal flash was left out */
	IMAGE_NOTE_DFU_SUFFIX = 1 << 4,  /* a DFU suffix was taken off a raw image */
	IMAGE_NOTE_ASSUMED_RAW = 1 << 5, /* no known format: taken as raw binary */
};

struct image {
	enum image_format format;
	struct segment *segments; /* sorted by address; they neither overlap nor touch */
	size_t count;
	uint32_t bytes; /* of all segments */
	uint32_t entry; /* as the file says; informational, never the Go address */
	bool has_entry;
	unsigned notes;  /* enum image_note bits */
	struct buf pool; /* owned bytes that segments point into */
};

/* "auto", "bin", "hex", "srec", "elf", "dfuse". */
const char *image_format_name(enum image_format format);
/* false: no such format, *format unchanged. */
bool image_format_parse(const char *name, enum image_format *format);

/*
 * Tells the format by content (section 10, detection order), FORMAT_BIN when nothing else fits.
 */
enum image_format image_detect(struct span file);

/*
 * Fills *image from a file, borrowed as the head of this header says.
 * format: FORMAT_AUTO or the one to insist on. bin_addr: where a raw image goes (ignored by
 * formats that carry addresses).
 * ERR_EMPTY: no byte to program. ERR_FORMAT: not of the format insisted on, or plainly not
 * firmware (HTML, JSON, other text, archives, PDF: a download page saved by mistake; only
 * FORMAT_AUTO asks that). ERR_IMAGE: checksum,
 * truncation, missing end record, conflicting overlap, an ELF that points outside itself...; why
 * has line or offset, addr where known, and what. ERR_TOO_LARGE: over IMAGE_MAX_BYTES or
 * IMAGE_MAX_SEGMENTS. ERR_NO_MEMORY.
 * On error *image is empty and needs no release.
 */
enum err image_parse(struct image *image, struct span file, enum image_format format,
	uint32_t bin_addr, struct why *why);
void image_release(struct image *image);

/* Copies the image's bytes in [addr, addr+len) into out; others are left as they are. */
void image_copy(const struct image *image, uint32_t addr, uint8_t *out, size_t len);

/*
 * Writes memory content as a file: appends to out. FORMAT_BIN, FORMAT_HEX and FORMAT_SREC only.
 * image_write_begin/_data/_end stream it: data may come in pieces of any length, in order.
 */
struct image_writer {
	enum image_format format;
	uint32_t addr;  /* of the next byte */
	uint32_t upper; /* last extended address sent, HEX */
	bool has_upper;
	uint8_t line[32]; /* bytes that wait for a full record */
	size_t line_len;
};
/* false from any: no memory, out unchanged by the failed piece. */
bool image_write_begin(
	struct image_writer *w, enum image_format format, uint32_t addr, struct buf *out);
bool image_write_data(struct image_writer *w, struct span data, struct buf *out);
/* Goes on at addr; a raw image has no gaps, so not of FORMAT_BIN. */
bool image_write_seek(struct image_writer *w, uint32_t addr, struct buf *out);
bool image_write_end(struct image_writer *w, struct buf *out);

#endif /* BENCHD_PROTOCOL_IMAGE_H */
