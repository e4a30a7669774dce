/* SPDX-License-Identifier: MIT */
/*
 * control.h - how a board's reset and BOOT0 are driven: a row of a table per kind
 * (control_lines.c, control_gpio.c ...). Used by the board's thread only.
 */
#ifndef BENCHD_SERVER_CONTROL_H
#define BENCHD_SERVER_CONTROL_H

#include "server/command.h"
#include "server/config.h"
#include "server/port.h"

struct control_gpio;

struct control_memory {
	const struct config_control *config;
	struct wire wire;
	struct control_gpio *gpio; /* NULL: no lines are held */
	char said[COMMAND_TEXT];   /* command: its first line of complaint; gpio: what is wrong;
			     why->what may   point here */
};
/*
 * The control of a board whose port is open. Borrows config and wire for as long as it is used.
 * ctx points into *memory, which the caller owns.
 */
struct control control_make(
	struct control_memory *memory, const struct config_control *config, struct wire wire);
/*
 * Takes what this kind needs beside the port, after control_make(): gpio requests its lines, at
 * their idle levels (reset released, BOOT0 low). ERR_CONTROL: what says what to do about it;
 * nothing is held then, and restart() tries again.
 */
enum err control_open(struct control_memory *memory, struct why *why);
/* Gives it back; memory that was only zeroed is fine. */
void control_close(struct control_memory *memory);
/*
 * Puts reset and BOOT0 to their idle levels, BOOT0 first, without a restart; kinds that drive no
 * pins leave all alone.
 */
void control_rest(struct control_memory *memory);
/* The lines' idle levels (reset released, BOOT0 low) for opening the port. */
void control_idle(const struct config_control *config, struct port_options *options);

#endif /* BENCHD_SERVER_CONTROL_H */
