/* SPDX-License-Identifier: MIT */
/* adapter.c - a USB adapter that gathers what it receives, and a cable that spoils it. */
#include "simulator/adapter.h"

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
	adapter->held_len = adapter->given = 0;
	adapter->is_ready = false;
	adapter->due_ns = MACHINE_NEVER;
}

static bool spoils(struct adapter *adapter, const struct wire_settings *host)
{
	return adapter->max_baud && host->baud > adapter->max_baud &&
		!(chaos_random(&adapter->random) % ONE_IN);
}

bool adapter_carry(struct adapter *adapter, uint8_t *byte, const struct wire_settings *host)
{
	const bool has_parity = host->frame != WIRE_8N1 && host->frame != WIRE_8N2;

	if (!spoils(adapter, host))
		return true;
	*byte ^= SPOIL;
	return !has_parity;
}

/* Fills the packet until it leaves: full, or because the time is over. */
static void gather(struct adapter *adapter, struct machine *machine,
	const struct wire_settings *host, uint64_t now_ns)
{
	uint8_t byte;

	/* A host that has not asked for it is not told of parity. */
	while (adapter->held_len < ADAPTER_PACKET && machine_take(machine, host, now_ns, &byte)) {
		if (!adapter->held_len)
			adapter->due_ns = now_ns + adapter->latency_ns;
		adapter->held[adapter->held_len++] = spoils(adapter, host) ? byte ^ SPOIL : byte;
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
	return adapter->held_len ? adapter->due_ns : MACHINE_NEVER;
}
