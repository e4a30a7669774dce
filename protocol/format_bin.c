/* SPDX-License-Identifier: MIT */
/* format_bin.c - raw binary (docs/facts/an3155.md section 10.4): no address of its own. */
#include "protocol/format.h"

static enum err parse(struct draft *d, struct why *why)
{
	return draft_add(d, d->bin_addr, d->file, why);
}

static bool write_nothing(struct image_writer *w, struct buf *out)
{
	(void)w;
	(void)out;
	return true;
}

static bool write_record(struct image_writer *w, struct span data, struct buf *out)
{
	(void)w;
	return buf_append(out, data);
}

const struct format format_bin = {
	.name = "bin",
	.parse = parse,
	.write_begin = write_nothing,
	.write_record = write_record,
	.write_end = write_nothing,
};
