/* SPDX-License-Identifier: MIT */
/* miswire.c - the names of what can be wrong around a board, and what they are. */
#include "simulator/miswire.h"

#include <string.h>

/* Sections of docs/facts/an3155.md in brackets. */
static const struct miswire miswires[] = {
	{ "joined", SIM_JOINED, "TX and RX are joined: the host hears itself" },
	{ "no-tx", SIM_NO_TX, "what the host sends does not arrive" },
	{ "no-rx", SIM_NO_RX, "what the board sends does not arrive" },
	{ "no-parity", SIM_NO_PARITY,
		"the adapter sends and hears without parity, whatever it is told (1)" },
	{ "boot0-low", SIM_BOOT0_LOW, "a jumper holds BOOT0 low" },
	{ "boot0-high", SIM_BOOT0_HIGH, "a jumper holds BOOT0 high" },
	{ "no-reset", SIM_NO_RESET, "nothing reaches the reset pin" },
	{ "other-interface", SIM_OTHER_INTERFACE,
		"another pin of the ROM is not at rest: it listens there, and not here (2.1, "
		"2.4)" },
	{ "bad-clock", SIM_BAD_CLOCK, "the ROM answers at four fifths of the rate (2.1)" },
};

const struct miswire *miswire_at(size_t index)
{
	return index < sizeof(miswires) / sizeof(*miswires) ? &miswires[index] : NULL;
}

unsigned miswire_find(const char *name)
{
	for (size_t i = 0; i < sizeof(miswires) / sizeof(*miswires); i++) {
		if (!strcmp(name, miswires[i].name))
			return miswires[i].bit;
	}
	return 0;
}
