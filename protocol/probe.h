/* SPDX-License-Identifier: MIT */
/*
 * probe.h - finds out which of DTR and RTS resets a board, which one is its BOOT0, and which level
 * does it (docs/facts/an3155.md 2.5). Restarts the board many times, changes nothing on the part.
 * No I/O of its own: bytes, lines and time come through the wire. One thread.
 */
#ifndef BENCHD_PROTOCOL_PROBE_H
#define BENCHD_PROTOCOL_PROBE_H

#include "protocol/boot.h"

struct probe_pin {
	bool is_wired;
	enum wire_line line;
	bool active_set; /* TIOCM bit 1 holds it in reset, or makes BOOT0 high */
};
struct probe_wiring {
	struct probe_pin reset, boot0;
};
/* Those that are tried, likeliest first; NULL after the last. The last ones have no BOOT0. */
const struct probe_wiring *probe_wiring_at(size_t index);

enum probe_find {
	PROBE_NOTHING,
	PROBE_BOTH,
	PROBE_ONLY_RESET, /* what boots is up to a jumper, or the flash is blank */
	PROBE_NO_RESET,   /* the ROM runs, and no line restarts it */
	PROBE_FINDS
};

struct probe {
	/* given by the caller */
	struct boot *boot; /* initialised: its wire, settings and cancelled() are used */
	struct wire_settings console;
	bool rest_dtr, rest_rts; /* the lines' levels when nothing is found */
	/* A wiring was tried: did the ROM answer, and is it a find? NULL: nobody watches. */
	void (*tried)(void *ctx, size_t index, bool answered);
	void *ctx;
	/* found */
	enum probe_find find;
	struct probe_wiring wiring; /* PROBE_BOTH, PROBE_ONLY_RESET */
	bool is_in_rom;             /* the ROM runs, and is in step */
};

/*
 * Tries all, quickly, then again with patience for a ROM that starts slowly, then reset alone by
 * what the application says after it; in about a minute if nothing is found. A find was confirmed:
 * BOOT0 alone does not restart the ROM, reset without it leads elsewhere, and with it back. The
 * lines are idle afterwards: of a find, with the application running where there is a choice.
 * ERR_UNSUPPORTED: this port has no such lines. ERR_GONE, ERR_IO, ERR_CANCELLED.
 */
enum err probe_run(struct probe *probe, struct why *why);
/* Restarts the board by a wiring that was found. Errors as above. */
enum err probe_restart(
	const struct probe *probe, const struct probe_wiring *wiring, enum control_into into);

#endif /* BENCHD_PROTOCOL_PROBE_H */
