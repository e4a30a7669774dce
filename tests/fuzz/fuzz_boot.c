/* SPDX-License-Identifier: MIT */
/*
 * fuzz_boot.c - a hostile ROM: whatever it answers, the session ends with an error that it tells,
 * and never says that it is connected when it cannot know.
 * Input: a byte of options, OPS bytes that each choose a request, then what the ROM sends. In
 * that, EE 00 is silence, EE 01 a port that vanished, EE 02 one that failed; its end is silence.
 */
#include "protocol/run.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { OPS = 8, HEADER = 1 + OPS, ESCAPE = 0xEE };

struct hostile {
	struct span rest;
	uint64_t now_ms;
};

static bool next(struct hostile *h, uint8_t *byte)
{
	if (!h->rest.len)
		return false;
	*byte = *h->rest.ptr++;
	h->rest.len--;
	return true;
}

static enum err hostile_send(void *ctx, struct span out, uint32_t timeout_ms)
{
	struct hostile *h = ctx;

	(void)timeout_ms;
	FUZZ_CHECK(out.len && out.len <= FRAME_MAX);
	h->now_ms++;
	return ERR_OK;
}

static enum err hostile_recv(void *ctx, uint8_t *in, size_t want, uint32_t timeout_ms, size_t *got)
{
	static const enum err errors[] = { ERR_TIMEOUT, ERR_GONE, ERR_IO };
	struct hostile *h = ctx;

	for (*got = 0; *got < want; (*got)++) {
		uint8_t byte = 0, kind = 0;

		if (!next(h, &byte) || (byte == ESCAPE && next(h, &kind) && kind < 3)) {
			h->now_ms += timeout_ms;
			return errors[kind];
		}
		in[*got] = byte;
	}
	h->now_ms++;
	return ERR_OK;
}

static enum err hostile_configure(void *ctx, const struct wire_settings *settings)
{
	(void)ctx;
	(void)settings;
	return ERR_OK;
}

static enum err hostile_flush(void *ctx)
{
	(void)ctx;
	return ERR_OK;
}

static enum err hostile_line(void *ctx, enum wire_line line, bool set)
{
	(void)ctx;
	(void)line;
	(void)set;
	return ERR_UNSUPPORTED;
}

static void hostile_pause(void *ctx, uint32_t ms)
{
	((struct hostile *)ctx)->now_ms += ms;
}

static uint64_t hostile_now_us(void *ctx)
{
	return ((struct hostile *)ctx)->now_ms * 1000;
}

static enum err hostile_restart(void *ctx, enum control_into into, struct why *why)
{
	(void)into;
	(void)why;
	((struct hostile *)ctx)->now_ms += 150;
	return ERR_OK;
}

/* Any error is told; after silence, nonsense or a lost port nothing is in step. */
static void check(const struct boot *boot, enum err e, const struct why *why)
{
	if (!e)
		return;
	FUZZ_CHECK(why->err == e);
	if (e == ERR_TIMEOUT || e == ERR_REPLY || e == ERR_GONE || e == ERR_IO)
		FUZZ_CHECK(!boot->is_connected);
}

static enum err plan_and_run(struct boot *boot, struct why *why)
{
	static const uint8_t bytes[700] = { 1, 2, 3 };
	static const struct plan_options options = { .force = true, .start = PLAN_START_GO };
	struct segment segment = { 0x08000004, { bytes, sizeof(bytes) } };
	const struct image image = { .segments = &segment, .count = 1, .bytes = sizeof(bytes) };
	struct plan plan;
	struct run run;
	enum err e = plan_flash(&plan, &image, &boot->device, &options, why);

	if (e)
		return e;
	run_init(&run, &plan, boot);
	while (!e && !run_is_done(&run))
		e = run_piece(&run, why);
	plan_release(&plan);
	FUZZ_CHECK(!e || why->stage != STAGE_NONE);
	return e;
}

static enum err request(struct boot *boot, uint8_t op, struct why *why)
{
	static const uint8_t bytes[FRAME_MAX_DATA] = { 0 };
	uint8_t in[FRAME_MAX_DATA];
	const uint32_t at = 0x08000000 + (uint32_t)(op >> 4) * 4;

	switch (op & 0x0F) {
	case 0:
		return boot_read(boot, at, in, 1 + op, why);
	case 1:
		return boot_write(boot, at, (struct span){ bytes, 256 }, why);
	case 2:
		return boot_erase(boot, op >> 4, 1, why);
	case 3:
		return boot_mass_erase(boot, why);
	case 4:
		return boot_go(boot, at, why);
	case 5:
		return boot_resync(boot, why);
	case 6:
		return boot_reconnect(boot, why);
	case 7:
		return boot_write_protect(boot, (struct span){ bytes, 3 }, why);
	case 8:
		return boot_write_unprotect(boot, why);
	case 9:
		return boot_readout_protect(boot, why);
	case 10:
		return boot_readout_unprotect(boot, why);
	default:
		return plan_and_run(boot, why);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct wire_ops ops = {
		.send = hostile_send,
		.recv = hostile_recv,
		.configure = hostile_configure,
		.flush = hostile_flush,
		.line = hostile_line,
		.pause = hostile_pause,
		.now_us = hostile_now_us,
	};
	struct hostile h;
	struct boot boot;
	struct why why = { 0 };

	if (size < HEADER)
		return 0;
	h = (struct hostile){ .rest = { data + HEADER, size - HEADER } };
	boot_init(&boot, (struct wire){ &ops, &h },
		(struct control){ .restart = hostile_restart,
			.ctx = &h,
			.resets = true,
			.is_manual = data[0] & 1,
			.wait_ms = 3500 },
		&(struct boot_options){ .settings = { 115200, WIRE_8E1 },
			.resume_only = data[0] & 2,
			.as_product_id = data[0] & 4 ? 0x410 : 0,
			.flash_bytes = (uint32_t)(data[0] & 0xF0) << 8 });
	check(&boot, boot_connect(&boot, &why), &why);
	for (size_t i = 0; i < OPS; i++) {
		const bool was_connected = boot.is_connected;
		enum err e;

		why = (struct why){ 0 };
		e = request(&boot, data[1 + i], &why);
		if (was_connected || e != ERR_START)
			check(&boot, e, &why);
	}
	return 0;
}
