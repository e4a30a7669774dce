/* SPDX-License-Identifier: MIT */
/*
 * adapter.h - what a USB adapter and its cable do to a line. An FTDI chip holds what it receives
 * until a packet is full, 62 bytes beside the two of its status, or until its latency timer ends
 * ([memory, unverified]: the timer starts with the first byte held; 16 ms unless told otherwise).
 * What the host sends is not held up. A cable has a rate above which bytes come out wrong.
 * Pure but for its own state: time is handed in. One thread per adapter.
 */
#ifndef BENCHD_SIMULATOR_ADAPTER_H
#define BENCHD_SIMULATOR_ADAPTER_H

#include "simulator/machine.h"

#define ADAPTER_PACKET 62u
#define ADAPTER_ECHO 512u /* more of it is lost */
#define ADAPTER_MAX_LATENCY_MS 1000

struct adapter {
	uint64_t latency_ns; /* 0: each byte is passed on at once */
	uint32_t max_baud;   /* above it one bit of a byte in sixteen is turned; 0: none ever */
	/* the rest is its own */
	uint64_t random, due_ns;
	uint8_t held[ADAPTER_PACKET];
	size_t held_len, given;
	bool is_ready;
	uint8_t echo[ADAPTER_ECHO]; /* of joined wires, not yet taken */
	size_t echo_len;
};

void adapter_init(struct adapter *adapter, uint32_t latency_us, uint32_t max_baud, uint64_t seed);
/* The cable came out: what was held is lost. */
void adapter_drop(struct adapter *adapter);
/* A byte from the host, whose last bit came in at now_ns, to the machine if the cable lets it. */
void adapter_send(struct adapter *adapter, struct machine *machine, uint8_t byte,
	const struct wire_settings *from, uint64_t now_ns);
/*
 * The next byte for the host, which is set to these settings: takes from the machine what has left
 * by now_ns. false: none yet. Call machine_advance() first.
 */
bool adapter_take(struct adapter *adapter, struct machine *machine,
	const struct wire_settings *host, uint64_t now_ns, uint8_t *byte);
/* When a held packet will be passed on, 0 for an echo; MACHINE_NEVER: nothing is held. */
uint64_t adapter_next_ns(const struct adapter *adapter);

#endif /* BENCHD_SIMULATOR_ADAPTER_H */
