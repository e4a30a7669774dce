/* SPDX-License-Identifier: MIT */
/*
 * boot_burst.h - the fast way of an exchange: command, address and data of a block in one send,
 * where the ROM takes that, its ACKs collected together. Included by boot*.c, by
 * plan_estimate.c for what is pure in it, and by tests only. One thread.
 */
#ifndef BENCHD_PROTOCOL_BOOT_BURST_H
#define BENCHD_PROTOCOL_BOOT_BURST_H

#include "protocol/boot_internal.h"

/* Pair, address and payload of the longest Write Memory. */
#define BURST_MAX (2u + 5u + 1u + FRAME_MAX_DATA + 1u)

/* All of a Read or Write Memory request; give the length. */
size_t burst_read_frame(uint8_t out[BURST_MAX], uint32_t addr, size_t len);
size_t burst_write_frame(uint8_t out[BURST_MAX], uint32_t addr, struct span data);
/*
 * Where in stream, from that index on, two bytes follow each other that a ROM would take for a
 * command which changes or starts something, if it came to read them as commands; else stream.len.
 */
size_t burst_grave_pair(struct span stream, size_t from);
/*
 * Whether a request made by these may leave at once: a ROM that refuses a part of it takes the rest
 * for commands, and one that misses a byte may take it for another block. Pure.
 */
bool burst_is_safe(struct span stream);

/*
 * One Read or Write Memory. ERR_UNSUPPORTED: it must go step by step, nothing was sent. Other
 * errors end the bursts of this session, and is_connected is false.
 */
enum err burst_read(struct exchange *x, uint8_t *out, size_t len, uint32_t ack_ms);
enum err burst_write(struct exchange *x, struct span data, uint32_t write_ms);

/*
 * Tries with a few reads whether the ROM takes bursts, if options.may_burst and nothing known of
 * it forbids them: sets boot->bursts. An error only where the ROM could not be brought back in
 * step; then may_burst is false.
 */
enum err boot_probe_burst(struct boot *boot, struct why *why);

#endif /* BENCHD_PROTOCOL_BOOT_BURST_H */
