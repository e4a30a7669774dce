/* SPDX-License-Identifier: MIT */
/* control_kind.h - one restart function per kind of control. Internal to control*.c. */
#ifndef BENCHD_SERVER_CONTROL_KIND_H
#define BENCHD_SERVER_CONTROL_KIND_H

#include "server/control.h"

/* ctx is a struct control_memory; contracts as in protocol/wire.h, struct control. */
enum err control_manual_restart(void *ctx, enum control_into into, struct why *why);
enum err control_lines_restart(void *ctx, enum control_into into, struct why *why);
enum err control_command_restart(void *ctx, enum control_into into, struct why *why);

/* Can it really reset the chip into its application? */
bool control_manual_resets(const struct config_control *config);
bool control_lines_resets(const struct config_control *config);
bool control_command_resets(const struct config_control *config);

#endif /* BENCHD_SERVER_CONTROL_KIND_H */
