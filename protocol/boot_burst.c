/* SPDX-License-Identifier: MIT */
/*
 * boot_burst.c - command, address and data of a block in one send, where the ROM takes that.
 * AN3155 has the host wait for each ACK (docs/facts/an3155.md section 3, rule 7): with an adapter
 * that holds each reply for 16 ms that costs more than the bytes. No document says whether a ROM
 * listens while it sends an ACK: it is tried with reads, and given up at the first sign of trouble.
 */
#include "protocol/boot_burst.h"

#include "protocol/quirk.h"

#include <string.h>

enum {
	PROBES = 4,
	PROBE_BYTES = 20,
	PROBE_MS = 200, /* for an ACK: no work is waited for */
	PAIR = 2,
	HEAD = PAIR + 5, /* pair and address */
	ACKS = 3,        /* for the pair, the address, the length or data */
};

static const struct meaning meaning_burst = { "the ROM refused a block that was sent at once",
	"the ROM did not confirm a block that was sent at once" };

static size_t put(uint8_t *out, const uint8_t *frame, size_t len)
{
	memcpy(out, frame, len);
	return len;
}

static size_t burst_begin(uint8_t out[BURST_MAX], uint8_t command, uint32_t addr)
{
	uint8_t frame[FRAME_MAX];
	size_t len = put(out, frame, frame_command(frame, command));

	len += put(out + len, frame, frame_address(frame, addr));
	return len;
}

size_t burst_read_frame(uint8_t out[BURST_MAX], uint32_t addr, size_t len)
{
	const size_t begin = burst_begin(out, COMMAND_READ_MEMORY, addr);
	uint8_t frame[FRAME_MAX];

	return begin + put(out + begin, frame, frame_length(frame, len));
}

size_t burst_write_frame(uint8_t out[BURST_MAX], uint32_t addr, struct span data)
{
	const size_t begin = burst_begin(out, COMMAND_WRITE_MEMORY, addr);
	uint8_t frame[FRAME_MAX];

	return begin + put(out + begin, frame, frame_payload(frame, data));
}

static bool is_address(const uint8_t block[5])
{
	return frame_xor((struct span){ block, 5 }) == 0;
}

/* A code that changes or starts something; the others only tell. */
static bool is_grave(uint8_t code)
{
	static const uint8_t grave[] = { COMMAND_GO, COMMAND_WRITE_MEMORY, COMMAND_ERASE,
		COMMAND_EXTENDED_ERASE, COMMAND_SPECIAL, COMMAND_EXTENDED_SPECIAL,
		COMMAND_WRITE_PROTECT, COMMAND_WRITE_UNPROTECT, COMMAND_READOUT_PROTECT,
		COMMAND_READOUT_UNPROTECT };

	return memchr(grave, code, sizeof(grave)) != NULL;
}

size_t burst_grave_pair(struct span stream, size_t from)
{
	for (size_t i = from; i + 1 < stream.len; i++) {
		if (is_grave(stream.ptr[i]) && (stream.ptr[i] ^ stream.ptr[i + 1]) == 0xFF)
			return i;
	}
	return stream.len;
}

/*
 * heard is what became of the stream of a Write. Would a ROM that hears it write, or wait for the
 * rest of, anything beyond the place that was meant? A block whose checksum fails is refused; what
 * is heard as other commands is harmless: see burst_grave_pair().
 */
static bool writes_elsewhere(struct span stream, struct span heard)
{
	const uint8_t *const block = heard.ptr + HEAD;
	const size_t len = 1u + block[0] + 1u + 1u;
	const bool is_there = !memcmp(heard.ptr, stream.ptr, HEAD) && block[0] <= stream.ptr[HEAD];

	if (is_there || memcmp(heard.ptr, stream.ptr, PAIR) != 0 || !is_address(heard.ptr + PAIR))
		return false;
	return HEAD + len > heard.len || !frame_xor((struct span){ block, len });
}

/*
 * Any one byte of the pair, the address or the count lost, or heard twice, or a checksum too many
 * heard before it. A byte that is only spoilt fails its complement or its checksum; one of the data
 * lost or doubled leaves the place as it is, and does no more harm than step by step.
 */
static bool may_slip(struct span stream)
{
	enum { LOST, TWICE, CHECKSUM, FAULTS };
	uint8_t heard[BURST_MAX + 1];

	for (size_t at = 0; at <= HEAD; at++) {
		const struct span rest = { stream.ptr + at, stream.len - at };
		const uint8_t instead[FAULTS] = { 0, stream.ptr[at], stream.ptr[HEAD - 1] };

		for (unsigned fault = LOST; fault < FAULTS; fault++) {
			size_t len = put(heard, stream.ptr, at);

			if (fault != LOST)
				heard[len++] = instead[fault];
			len += put(heard + len, rest.ptr + (fault == LOST),
				rest.len - (fault == LOST));
			if (writes_elsewhere(stream, (struct span){ heard, len }))
				return true;
		}
	}
	return false;
}

bool burst_is_safe(struct span stream)
{
	if (burst_grave_pair(stream, 1) < stream.len)
		return false;
	return stream.ptr[0] != COMMAND_WRITE_MEMORY || !may_slip(stream);
}

/* After a NACK the rest was taken for commands: where the ROM stands, nobody knows. */
static enum err trouble(struct exchange *x, enum err e)
{
	x->boot->bursts = false;
	return e == ERR_NACK ? exchange_fail(x, ERR_REPLY, meaning_burst.nack) : e;
}

static enum err send_all(struct exchange *x, struct span stream)
{
	const struct wire *wire = &x->boot->wire;
	const enum err e = wire->ops->flush(wire->ctx);

	return e ? exchange_fail(x, e, NULL) : exchange_send(x, stream, meaning_burst.silence);
}

static enum err check_acks(struct exchange *x, struct span answer)
{
	for (size_t i = 0; i < answer.len && i < ACKS; i++) {
		if (answer.ptr[i] == FRAME_NACK)
			return exchange_fail(x, ERR_REPLY, meaning_burst.nack);
		if (answer.ptr[i] != FRAME_ACK)
			return exchange_fail(
				x, ERR_REPLY, "the answer to a block sent at once is no ACK");
	}
	return ERR_OK;
}

/* Three ACKs and the data as they come: in one receive. */
static enum err receive_read(struct exchange *x, uint8_t *in, size_t want, uint32_t wait_ms)
{
	const struct wire *wire = &x->boot->wire;
	size_t got = 0;
	const enum err e = wire->ops->recv(wire->ctx, in, want, wait_ms, &got);
	const enum err answer = check_acks(x, (struct span){ in, got });

	if (answer)
		return answer;
	return e ? exchange_fail(x, e, meaning_burst.silence) : ERR_OK;
}

enum err burst_read(struct exchange *x, uint8_t *out, size_t len, uint32_t ack_ms)
{
	uint8_t stream[BURST_MAX], in[ACKS + FRAME_MAX_DATA];
	const size_t bytes = burst_read_frame(stream, x->addr, len);
	const uint32_t wait_ms = ack_ms + boot_wire_ms(x->boot, bytes + 2 * (ACKS + len));
	enum err e;

	if (!burst_is_safe((struct span){ stream, bytes }))
		return ERR_UNSUPPORTED;
	e = send_all(x, (struct span){ stream, bytes });
	if (!e)
		e = receive_read(x, in, ACKS + len, wait_ms);
	if (e)
		return trouble(x, e);
	memcpy(out, in + ACKS, len);
	return ERR_OK;
}

enum err burst_write(struct exchange *x, struct span data, uint32_t write_ms)
{
	uint8_t stream[BURST_MAX];
	const size_t bytes = burst_write_frame(stream, x->addr, data);
	const uint32_t wait_ms = write_ms + boot_wire_ms(x->boot, bytes + ACKS);
	enum err e;

	if (!burst_is_safe((struct span){ stream, bytes }))
		return ERR_UNSUPPORTED;
	x->boot->has_changed = true;
	e = send_all(x, (struct span){ stream, bytes });
	for (unsigned i = 0; !e && i < ACKS; i++)
		e = exchange_ack(x, wait_ms, &meaning_burst);
	return e ? trouble(x, e) : ERR_OK;
}

/*
 * Not where a byte too early is fatal (Q20), nor for the ROMs without parity, which are others
 * (section 5). One that meets a bad address with silence (Q6) is no worse than one that refuses it:
 * what follows is taken for commands either way, and burst_is_safe() has looked at that.
 */
static bool may_probe(const struct boot *boot)
{
	const struct device *device = &boot->device;

	return boot->options.may_burst && device->chip && !device->readout_protected &&
		device_has(device, COMMAND_READ_MEMORY) &&
		!(device->quirks & QUIRK_FATAL_OVERRUN) && !(device->chip->traits & CHIP_NO_PARITY);
}

/* The same bytes by burst as they came step by step. */
static enum err probe(struct boot *boot, const uint8_t want[PROBE_BYTES])
{
	uint8_t have[PROBE_BYTES];
	struct exchange x = { boot, NULL, COMMAND_READ_MEMORY, true,
		boot->device.chip->flash_base };
	enum err e = ERR_OK;

	for (unsigned i = 0; !e && i < PROBES; i++) {
		e = burst_read(&x, have, sizeof(have), PROBE_MS);
		if (!e && memcmp(want, have, sizeof(have)) != 0)
			e = ERR_REPLY;
	}
	return e;
}

enum err boot_probe_burst(struct boot *boot, struct why *why)
{
	uint8_t want[PROBE_BYTES];
	enum err e;

	boot->bursts = false;
	if (!may_probe(boot))
		return ERR_OK;
	e = boot_read_raw(boot, boot->device.chip->flash_base, want, sizeof(want), why);
	if (e)
		return e == ERR_NACK || e == ERR_READ_PROTECTED ? ERR_OK : e;
	e = probe(boot, want);
	boot->bursts = !e;
	if (!e)
		return ERR_OK;
	boot->options.may_burst = false;
	if (e == ERR_TIMEOUT || e == ERR_REPLY)
		e = boot_resync_within(boot, FILLERS_IDLE, why);
	return e;
}
