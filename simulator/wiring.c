/* SPDX-License-Identifier: MIT */
/* wiring.c - DTR and RTS to reset and BOOT0. */
#include "simulator/wiring.h"

#include <string.h>

bool wiring_parse(const char *text, struct wiring_pin *pin)
{
	struct wiring_pin parsed = { .is_wired = text != NULL };

	if (text && *text == '!') {
		parsed.is_inverted = true;
		text++;
	}
	if (text && !strcmp(text, "rts"))
		parsed.line = WIRE_RTS;
	else if (text && !strcmp(text, "dtr"))
		parsed.line = WIRE_DTR;
	else if (text)
		return false;
	*pin = parsed;
	return true;
}

static bool is_active(const struct wiring *wiring, const struct wiring_pin *pin)
{
	return wiring->is_set[pin->line] != pin->is_inverted;
}

void wiring_set(struct wiring *wiring, struct machine *machine, bool dtr, bool rts, uint64_t now_ns)
{
	wiring->is_set[WIRE_DTR] = dtr;
	wiring->is_set[WIRE_RTS] = rts;
	/* BOOT0 first: it is sampled when reset is released. */
	if (wiring->boot0.is_wired)
		machine_set_boot0(machine, is_active(wiring, &wiring->boot0));
	if (wiring->reset.is_wired)
		machine_set_reset(machine, is_active(wiring, &wiring->reset), now_ns);
}

void wiring_set_line(struct wiring *wiring, struct machine *machine, enum wire_line line, bool set,
	uint64_t now_ns)
{
	wiring_set(wiring, machine, line == WIRE_DTR ? set : wiring->is_set[WIRE_DTR],
		line == WIRE_RTS ? set : wiring->is_set[WIRE_RTS], now_ns);
}
