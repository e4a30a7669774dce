/* SPDX-License-Identifier: MIT */
/*
 * wire.h - the transport between us and a board: bytes, line settings and time; and the control
 * that restarts the chip. Implemented by server/port* and server/control*, and by the simulator.
 * One wire belongs to one thread. All waiting goes through it, so that a simulated wire can have
 * a virtual clock.
 */
#ifndef BENCHD_PROTOCOL_WIRE_H
#define BENCHD_PROTOCOL_WIRE_H

#include "protocol/bytes.h"
#include "protocol/err.h"

/* Data bits, parity, stop bits, as the field writes them. */
enum wire_frame { WIRE_8N1, WIRE_8E1, WIRE_8O1, WIRE_8N2, WIRE_FRAME_COUNT };

struct wire_settings {
	uint32_t baud; /* bits per second */
	enum wire_frame frame;
};

/* "8N1" ... */
const char *wire_frame_name(enum wire_frame frame);
/* false: no such frame, *frame unchanged. */
bool wire_frame_parse(const char *name, enum wire_frame *frame);

/* The modem lines that a host drives; set means TIOCM bit 1, pin low (docs/facts/an3155.md 2.5). */
enum wire_line { WIRE_DTR, WIRE_RTS };

struct wire_ops {
	/*
	 * Sends all of out and waits until the transport took it. ERR_TIMEOUT: it did not in time;
	 * ERR_GONE, ERR_IO: the port vanished or failed.
	 */
	enum err (*send)(void *ctx, struct span out, uint32_t timeout_ms);
	/*
	 * Receives exactly want bytes into in, or ERR_TIMEOUT when they did not all come within
	 * timeout_ms of the call; *got says how many did, also on error. timeout_ms 0 takes what
	 * is there. ERR_GONE, ERR_IO as above.
	 */
	enum err (*recv)(void *ctx, uint8_t *in, size_t want, uint32_t timeout_ms, size_t *got);
	/* Changes rate and frame; what was sent before has left. ERR_UNSUPPORTED: it did not stick,
	 * and what was before is in force.
	 */
	enum err (*configure)(void *ctx, const struct wire_settings *settings);
	/* Drops what was received and not yet read. */
	enum err (*flush)(void *ctx);
	/* Sets or clears a modem line. ERR_UNSUPPORTED: this port has none. */
	enum err (*line)(void *ctx, enum wire_line line, bool set);
	/* Waits. */
	void (*pause)(void *ctx, uint32_t ms);
	/* Microseconds of a monotonic clock whose zero means nothing. */
	uint64_t (*now_us)(void *ctx);
	/*
	 * After ERR_GONE: waits at most timeout_ms for the port to come back and opens it again,
	 * with the settings it had; ctx stays what it was, and what was in flight is lost.
	 * ERR_TIMEOUT: it is not back yet; ERR_IO: it is, and can't be opened. NULL: it can't wait.
	 */
	enum err (*reattach)(void *ctx, uint32_t timeout_ms);
};

struct wire {
	const struct wire_ops *ops;
	void *ctx;
};

/* Where a restart should land. */
enum control_into { INTO_APPLICATION, INTO_BOOTLOADER };

/*
 * How this board is restarted (architecture: lines, command, manual ...). restart() returns when
 * the chip is out of reset and its settle time is over. For a person at the bench
 * (is_manual) it only announces what is to be done and returns at once.
 * ERR_UNSUPPORTED: this control cannot bring the chip there; ERR_CONTROL: it failed, what says
 * how; ERR_IO, ERR_GONE: the port did.
 */
struct control {
	enum err (*restart)(void *ctx, enum control_into into, struct why *why);
	/*
	 * Switches the supply off and on again and returns when it is on; the port may have
	 * vanished with it. NULL: nothing can. Errors as of restart().
	 */
	enum err (*power_cycle)(void *ctx, struct why *why);
	void *ctx;
	bool resets;      /* restart(INTO_APPLICATION) really resets the chip */
	bool by_firmware; /* restart() asks the running program, at the console's settings */
	bool is_manual;   /* a person moves BOOT0: go on trying for wait_ms */
	uint32_t wait_ms; /* how long to try for the ROM's first answer, e.g. 3500; manual 60000 */
};

#endif /* BENCHD_PROTOCOL_WIRE_H */
