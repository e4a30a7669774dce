/* SPDX-License-Identifier: MIT */
/*
 * format.h - the table of formats: how each is told, read and written. Private to image*.c and
 * format_*.c; the rules are in docs/facts/an3155.md section 10. Pure; any thread.
 */
#ifndef BENCHD_PROTOCOL_FORMAT_H
#define BENCHD_PROTOCOL_FORMAT_H

#include "protocol/draft.h"
#include "protocol/image.h"

struct format {
	const char *name;
	/* Whether the file is of this format, good or damaged. NULL: never told by content. */
	bool (*is)(struct span file);
	/* Adds the file's bytes to the draft; errors as image_parse() says. */
	enum err (*parse)(struct draft *d, struct why *why);
	/* NULL: this format is only read. Each appends to out; false: no memory. */
	bool (*write_begin)(struct image_writer *w, struct buf *out);
	bool (*write_record)(struct image_writer *w, struct span data, struct buf *out);
	bool (*write_end)(struct image_writer *w, struct buf *out);
};

extern const struct format format_bin, format_hex, format_srec, format_elf, format_dfuse;
/* The row of a format; NULL for FORMAT_AUTO. */
const struct format *format_of(enum image_format format);

/*
 * Says what the file plainly is when that is not firmware, e.g. "this is a ZIP archive"; NULL:
 * it may be firmware.
 */
const char *format_foreign(struct span file);

/*
 * The DFU suffix (section 10.5) that ends the file: its length, or 0 when there is none.
 * ERR_IMAGE: there is one, but its checksum or length is wrong.
 */
enum err format_dfu_suffix(struct span file, size_t *len, struct why *why);

/* Fills why with a place in a binary file. */
enum err format_why(struct why *why, enum err e, uint64_t offset, const char *what);

#endif /* BENCHD_PROTOCOL_FORMAT_H */
