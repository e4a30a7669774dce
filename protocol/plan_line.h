/* SPDX-License-Identifier: MIT */
/*
 * plan_line.h - how long exchanges take, for plan_estimate.c: bytes on the line, and an adapter
 * that holds what it receives until a packet is full or its timer ends. Pure; any thread.
 */
#ifndef BENCHD_PROTOCOL_PLAN_LINE_H
#define BENCHD_PROTOCOL_PLAN_LINE_H

#include "protocol/boot.h"

struct plan_line {
	uint64_t byte_ns, turnaround_ns;
	bool bursts;
};

struct plan_line plan_line_of(uint32_t baud, bool has_parity, uint32_t turnaround_us, bool bursts);
/* So many bytes sent, work done, so many answered at once: until the last one is here. */
uint64_t plan_line_exchange_us(
	const struct plan_line *line, size_t sent, uint64_t work_us, size_t answer);
/* A Read or Write Memory of len bytes, 1..256, by burst or step by step. */
uint64_t plan_line_read_us(const struct plan_line *line, size_t len);
uint64_t plan_line_write_us(const struct plan_line *line, size_t len, uint64_t program_us);

#endif /* BENCHD_PROTOCOL_PLAN_LINE_H */
