/* SPDX-License-Identifier: MIT */
/* app.c - the canned application. */
#include "simulator/app.h"

static bool is_text(uint8_t c)
{
	return (c >= 0x20 && c < 0x7F) || c == '\r' || c == '\n' || c == '\t';
}

static bool is_end(struct span image, size_t at)
{
	return at >= image.len || image.ptr[at] == 0x00 || image.ptr[at] == 0xFF;
}

static size_t text_length(struct span image)
{
	size_t len = 0;

	while (len < image.len && is_text(image.ptr[len]))
		len++;
	return len;
}

/*
 * Every string of the image, each on a line of its own, up to APP_TEXT_MAX: text that a NUL or the
 * blank rest of the flash ends, for machine code can look like text too.
 */
static bool print_texts(struct span image, struct buf *out)
{
	const size_t end = out->len + APP_TEXT_MAX;

	for (size_t at = 0; at < image.len && out->len < end;) {
		struct span run = { image.ptr + at, image.len - at };

		/* Most of a flash is blank: no run that is long enough begins in these bytes. */
		if (run.len >= APP_TEXT_MIN && !is_text(run.ptr[APP_TEXT_MIN - 1])) {
			at += APP_TEXT_MIN;
			continue;
		}
		run.len = text_length(run);
		at += run.len + 1;
		if (run.len < APP_TEXT_MIN || !is_end(image, at - 1))
			continue;
		const bool has_end = run.ptr[run.len - 1] == '\n';

		if (run.len > end - out->len)
			run.len = end - out->len;
		if (!buf_append(out, run) || (!has_end && !buf_append(out, span_of("\r\n"))))
			return false;
	}
	return true;
}

void app_init(struct app *app, const struct memory *memory)
{
	*app = (struct app){ .memory = memory };
}

bool app_start(struct app *app, uint32_t base, struct buf *out)
{
	app->is_running = memory_is_startable(app->memory, base);
	return !app->is_running || print_texts(memory_from(app->memory, base), out);
}

bool app_receive(struct app *app, uint8_t byte, struct buf *out)
{
	return !app->is_running || buf_append(out, (struct span){ &byte, 1 });
}
