/* SPDX-License-Identifier: MIT */
/* scripted_wire.c - plays a script and watches the host keep to it. */
#include "tests/protocol/scripted_wire.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void scripted_init(struct scripted *s, const char *script)
{
	unsigned direction = 0;

	*s = (struct scripted){ 0 };
	for (const char *p = script; *p;) {
		if (*p == '>' || *p == '<') {
			direction = *p++ == '>' ? SCRIPT_HOST : 0;
		} else if (*p == '.') {
			s->is_open_ended = true;
			p++;
		} else if (isspace((unsigned char)*p)) {
			p++;
		} else {
			const char hex[3] = { p[0], p[1], 0 };

			assert(isxdigit((unsigned char)p[0]) && isxdigit((unsigned char)p[1]));
			assert(s->count < SCRIPT_MAX);
			s->script[s->count++] = (uint16_t)(direction | strtoul(hex, NULL, 16));
			p += 2;
		}
	}
}

/* The next byte that the host has to say. */
static size_t next_host(const struct scripted *s)
{
	size_t i = s->sent;

	while (i < s->count && !(s->script[i] & SCRIPT_HOST))
		i++;
	return i;
}

static enum err scripted_send(void *ctx, struct span out, uint32_t timeout_ms)
{
	struct scripted *s = ctx;

	(void)timeout_ms;
	for (size_t i = 0; i < out.len; i++) {
		const size_t next = next_host(s);

		if (next == s->count && s->is_open_ended)
			return ERR_OK;
		if (next == s->count || (s->script[next] & 0xFF) != out.ptr[i]) {
			if (!s->is_broken)
				s->broken_at = next;
			s->is_broken = true;
			return ERR_OK;
		}
		s->sent = next + 1;
	}
	return ERR_OK;
}

/* Device bytes are there once all host bytes before them were said. */
static enum err scripted_recv(void *ctx, uint8_t *in, size_t want, uint32_t timeout_ms, size_t *got)
{
	struct scripted *s = ctx;
	const size_t ready = next_host(s);

	*got = 0;
	if (s->received < s->sent)
		s->received = s->sent;
	for (; *got < want && s->received < ready; s->received++) {
		if (!(s->script[s->received] & SCRIPT_HOST))
			in[(*got)++] = (uint8_t)s->script[s->received];
	}
	s->now_ms += *got < want ? timeout_ms : 0;
	return *got < want ? ERR_TIMEOUT : ERR_OK;
}

static enum err scripted_configure(void *ctx, const struct wire_settings *settings)
{
	(void)ctx;
	(void)settings;
	return ERR_OK;
}

static enum err scripted_flush(void *ctx)
{
	struct scripted *s = ctx;

	s->received = next_host(s);
	return ERR_OK;
}

static enum err scripted_line(void *ctx, enum wire_line line, bool set)
{
	(void)ctx;
	(void)line;
	(void)set;
	return ERR_UNSUPPORTED;
}

static void scripted_pause(void *ctx, uint32_t ms)
{
	((struct scripted *)ctx)->now_ms += ms;
}

static uint64_t scripted_now_us(void *ctx)
{
	return ((struct scripted *)ctx)->now_ms * 1000ull;
}

struct wire scripted_wire(struct scripted *s)
{
	static const struct wire_ops ops = {
		.send = scripted_send,
		.recv = scripted_recv,
		.configure = scripted_configure,
		.flush = scripted_flush,
		.line = scripted_line,
		.pause = scripted_pause,
		.now_us = scripted_now_us,
	};

	return (struct wire){ &ops, s };
}

static enum err scripted_restart(void *ctx, enum control_into into, struct why *why)
{
	struct scripted *s = ctx;

	s->restarts++;
	s->into = into;
	s->now_ms += 150;
	return s->restart_gives ? why_set(why, s->restart_gives, "the script refuses") : ERR_OK;
}

struct control scripted_control(struct scripted *s, uint32_t wait_ms)
{
	return (struct control){
		.restart = scripted_restart, .ctx = s, .resets = true, .wait_ms = wait_ms
	};
}

bool scripted_is_finished(const struct scripted *s)
{
	return !s->is_broken && next_host(s) == s->count;
}
