/* SPDX-License-Identifier: MIT */
/* machine_tx.c - what the board's UART has still to send. */
#include "simulator/machine_tx.h"

#include "simulator/quirk.h"

#include <stdlib.h>

struct machine_tx *machine_tx_at(const struct machine *machine, size_t i)
{
	return &machine->tx[(machine->tx_first + i) % machine->tx_cap];
}

void machine_tx_drop(struct machine *machine, uint64_t now_ns)
{
	while (machine->tx_count && machine_tx_at(machine, machine->tx_count - 1)->end_ns > now_ns)
		machine->tx_count--;
	machine->free_ns = now_ns;
}

static bool grow_tx(struct machine *machine)
{
	const size_t cap = machine->tx_cap ? machine->tx_cap * 2 : 512;
	struct machine_tx *tx = malloc(cap * sizeof(*tx));

	if (!tx)
		return false;
	for (size_t i = 0; i < machine->tx_count; i++)
		tx[i] = *machine_tx_at(machine, i);
	free(machine->tx);
	machine->tx = tx;
	machine->tx_first = 0;
	machine->tx_cap = cap;
	return true;
}

void machine_tx_send(
	struct machine *machine, uint8_t byte, const struct wire_settings *line, uint64_t now_ns)
{
	if (machine->rom.quirks & SIM_DEAF)
		return;
	if (machine->tx_count == machine->tx_cap && !grow_tx(machine))
		return;
	if (machine->free_ns < now_ns)
		machine->free_ns = now_ns;
	machine->free_ns += line_byte_ns(line);
	*machine_tx_at(machine, machine->tx_count++) =
		(struct machine_tx){ machine->free_ns, *line, byte };
}
