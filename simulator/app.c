/* SPDX-License-Identifier: MIT */
/* app.c - the canned application. */
#include "simulator/app.h"

#include "simulator/line.h"

#include <stdlib.h>

enum { APP_TEXT_MIN = 8, APP_TEXT_MAX = 2048 };

struct app {
	const struct memory *memory;
	const struct program_host *host;
	bool is_running;
};

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

static void *open_app(struct memory *memory, const struct program_host *host)
{
	struct app *app = calloc(1, sizeof(*app));

	if (app)
		*app = (struct app){ memory, host, false };
	return app;
}

static void stop(void *ctx, uint64_t now_ns)
{
	struct app *app = ctx;

	(void)now_ns;
	app->is_running = false;
}

static void reset(void *ctx, enum program_reset cause, bool is_rom, uint64_t now_ns)
{
	(void)ctx, (void)cause, (void)is_rom, (void)now_ns;
}

static void transmit(struct app *app, uint8_t byte, uint64_t now_ns)
{
	static const struct wire_settings line = { 115200, WIRE_8N1 };

	app->host->transmit(app->host->ctx, byte, &line, now_ns);
}

static void start(void *ctx, uint32_t base, bool is_go, uint64_t now_ns)
{
	struct app *app = ctx;
	struct buf out = { 0 };

	(void)is_go;
	app->is_running = memory_is_startable(app->memory, base);
	if (app->is_running)
		print_texts(memory_from(app->memory, base), &out);
	for (size_t i = 0; i < out.len; i++)
		transmit(app, out.ptr[i], now_ns);
	buf_release(&out);
}

static void receive(void *ctx, uint8_t byte, const struct wire_settings *from, uint64_t now_ns)
{
	static const struct wire_settings line = { 115200, WIRE_8N1 };
	struct app *app = ctx;

	if (app->is_running && line_carry(&byte, from, &line) != LINE_PARITY)
		transmit(app, byte, now_ns);
}

static void advance(void *ctx, uint64_t now_ns)
{
	(void)ctx, (void)now_ns;
}

static uint64_t next_ns(const void *ctx)
{
	(void)ctx;
	return UINT64_MAX;
}

static bool is_running(const void *ctx)
{
	const struct app *app = ctx;

	return app->is_running;
}

const struct program_ops program_app = { open_app, free, stop, reset, start, receive, advance,
	next_ns, is_running };
