/* SPDX-License-Identifier: MIT */
/*
 * wiring.h - how an adapter's DTR and RTS reach a board's reset and BOOT0 pins. The words are
 * those of benchd's `lines` control: "dtr" acts while DTR is set, "!dtr" while it is cleared.
 * One thread per wiring.
 */
#ifndef BENCHD_SIMULATOR_WIRING_H
#define BENCHD_SIMULATOR_WIRING_H

#include "simulator/machine.h"

struct wiring_pin {
	bool is_wired, is_inverted;
	enum wire_line line;
};

struct wiring {
	struct wiring_pin reset, boot0;
	bool is_set[2]; /* by enum wire_line */
};

/* NULL: not wired. false: not a line, *pin unchanged. */
bool wiring_parse(const char *text, struct wiring_pin *pin);
/* The lines' levels now: what they are wired to follows. Both may change at once. */
void wiring_set(
	struct wiring *wiring, struct machine *machine, bool dtr, bool rts, uint64_t now_ns);
/* One of them changed. */
void wiring_set_line(struct wiring *wiring, struct machine *machine, enum wire_line line, bool set,
	uint64_t now_ns);

#endif /* BENCHD_SIMULATOR_WIRING_H */
