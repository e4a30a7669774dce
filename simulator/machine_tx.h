/* SPDX-License-Identifier: MIT */
/* machine_tx.h - the queue of bytes that leave a machine, for machine.c. One thread per machine. */
#ifndef BENCHD_SIMULATOR_MACHINE_TX_H
#define BENCHD_SIMULATOR_MACHINE_TX_H

#include "simulator/machine.h"

/* From 0, the next to be there, to tx_count - 1. */
struct machine_tx *machine_tx_at(const struct machine *machine, size_t i);
/* The bytes not yet sent are gone. */
void machine_tx_drop(struct machine *machine, uint64_t now_ns);
/* Sends a byte as soon as the line is free. Without memory it is lost, as a UART would lose it. */
void machine_tx_send(
	struct machine *machine, uint8_t byte, const struct wire_settings *line, uint64_t now_ns);

#endif /* BENCHD_SIMULATOR_MACHINE_TX_H */
