/* SPDX-License-Identifier: MIT */
/*
 * control.h - how a board's reset and BOOT0 are driven: a row of a table per kind
 * (control_lines.c, control_command.c, control_manual.c). Used by the board's thread only.
 */
#ifndef BENCHD_SERVER_CONTROL_H
#define BENCHD_SERVER_CONTROL_H

#include "server/config.h"
#include "server/port.h"

/*
 * The control of a board whose port is open. Borrows config and wire for as long as it is used.
 * ctx points into *memory, which the caller owns.
 */
struct control_memory {
	const struct config_control *config;
	struct wire wire;
	char said[160]; /* command: its first line of complaint; why->what may point here */
};
struct control control_make(
	struct control_memory *memory, const struct config_control *config, struct wire wire);
/* Puts the lines to their idle levels, BOOT0 first; ports and kinds without lines are left alone.
 */
void control_rest(const struct config_control *config, struct wire wire);
/* The lines' idle levels (reset released, BOOT0 low) for opening the port. */
void control_idle(const struct config_control *config, struct port_options *options);

#endif /* BENCHD_SERVER_CONTROL_H */
