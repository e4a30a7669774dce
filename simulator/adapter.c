/* SPDX-License-Identifier: MIT */
/* adapter.c - a USB adapter that gathers what it receives, and a cable that spoils it. */
#include "simulator/adapter.h"

#include <string.h>

enum { ONE_IN = 16, SPOIL = 0x10 };

void adapter_init(struct adapter *adapter, uint32_t latency_us, uint32_t max_baud, uint64_t seed)
{
	*adapter = (struct adapter){ .latency_ns = latency_us * 1000ull,
		.max_baud = max_baud,
		.random = seed,
		.due_ns = MACHINE_NEVER };
}

void adapter_drop(struct adapter *adapter)
{
	adapter->held_len = adapter->given = adapter->echo_len = 0;
	adapter->is_ready = false;
	adapter->due_ns = MACHINE_NEVER;
}

static bool spoils(struct adapter *adapter, const struct wire_settings *host)
{
	return adapter->max_baud && host->baud > adapter->max_baud &&
		!(chaos_random(&adapter->random) % ONE_IN);
}

/*
 * A byte on its way to the board. false: it is lost: the ROM drops what its parity does not fit
 * (docs/facts/an3155.md 8.3), and one bit that is turned never does.
 */
static bool carry(struct adapter *adapter, uint8_t *byte, const struct wire_settings *host)
{
	const bool has_parity = host->frame != WIRE_8N1 && host->frame != WIRE_8N2;

	if (!spoils(adapter, host))
		return true;
	*byte ^= SPOIL;
	return !has_parity;
}

/* What the adapter's own side of the line is set to. */
static struct wire_settings set_to(const struct machine *machine, const struct wire_settings *host)
{
	const bool can_parity = !(machine->miswires & SIM_NO_PARITY);

	return (struct wire_settings){ host->baud, can_parity ? host->frame : WIRE_8N1 };
}

void adapter_send(struct adapter *adapter, struct machine *machine, uint8_t byte,
	const struct wire_settings *from, uint64_t now_ns)
{
	const struct wire_settings line = set_to(machine, from);
	const bool arrives = carry(adapter, &byte, &line) && !(machine->miswires & SIM_NO_TX);

	if (machine->miswires & SIM_JOINED && adapter->echo_len < ADAPTER_ECHO)
		adapter->echo[adapter->echo_len++] = byte;
	if (arrives)
		machine_receive(machine, byte, &line, now_ns);
}

static bool next_byte(struct adapter *adapter, struct machine *machine,
	const struct wire_settings *host, uint64_t now_ns, uint8_t *byte)
{
	const struct wire_settings line = set_to(machine, host);

	if (adapter->echo_len) {
		*byte = adapter->echo[0];
		memmove(adapter->echo, adapter->echo + 1, --adapter->echo_len);
		return true;
	}
	while (machine_take(machine, &line, now_ns, byte)) {
		if (!(machine->miswires & SIM_NO_RX)) {
			/* A host that has not asked for it is not told of parity. */
			*byte ^= spoils(adapter, &line) ? SPOIL : 0;
			return true;
		}
	}
	return false;
}

/* Fills the packet until it leaves: full, or because the time is over. */
static void gather(struct adapter *adapter, struct machine *machine,
	const struct wire_settings *host, uint64_t now_ns)
{
	uint8_t byte;

	while (adapter->held_len < ADAPTER_PACKET &&
		next_byte(adapter, machine, host, now_ns, &byte)) {
		if (!adapter->held_len)
			adapter->due_ns = now_ns + adapter->latency_ns;
		adapter->held[adapter->held_len++] = byte;
	}
	adapter->is_ready = adapter->held_len == ADAPTER_PACKET ||
		(adapter->held_len && now_ns >= adapter->due_ns);
}

bool adapter_take(struct adapter *adapter, struct machine *machine,
	const struct wire_settings *host, uint64_t now_ns, uint8_t *byte)
{
	if (!adapter->is_ready)
		gather(adapter, machine, host, now_ns);
	if (!adapter->is_ready)
		return false;
	*byte = adapter->held[adapter->given++];
	if (adapter->given == adapter->held_len)
		adapter_drop(adapter);
	return true;
}

uint64_t adapter_next_ns(const struct adapter *adapter)
{
	if (adapter->held_len)
		return adapter->due_ns;
	return adapter->echo_len ? 0 : MACHINE_NEVER;
}
