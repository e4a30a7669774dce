/* SPDX-License-Identifier: MIT */
/* control_kind.h - what each kind of control can do. Internal to control*.c. */
#ifndef BENCHD_SERVER_CONTROL_KIND_H
#define BENCHD_SERVER_CONTROL_KIND_H

#include "server/control.h"

/* ctx is a struct control_memory; contracts as in protocol/wire.h, struct control. */
enum err control_manual_restart(void *ctx, enum control_into into, struct why *why);
enum err control_lines_restart(void *ctx, enum control_into into, struct why *why);
enum err control_command_restart(void *ctx, enum control_into into, struct why *why);
enum err control_gpio_restart(void *ctx, enum control_into into, struct why *why);
enum err control_console_restart(void *ctx, enum control_into into, struct why *why);

/* Can it really reset the chip into its application? */
bool control_manual_resets(const struct config_control *config);
bool control_lines_resets(const struct config_control *config);
bool control_command_resets(const struct config_control *config);
bool control_gpio_resets(const struct config_control *config);
bool control_console_resets(const struct config_control *config);

/* As in control.h, for those that have something to open or to put at rest. */
enum err control_gpio_open(struct control_memory *m, struct why *why);
void control_gpio_close(struct control_memory *m);
void control_gpio_rest(struct control_memory *m);
void control_lines_rest(struct control_memory *m);

/* The chip's pins, for the kinds that drive them; BOOT0 is put at rest before reset. */
enum control_pin { CONTROL_BOOT0, CONTROL_RESET, CONTROL_PIN_COUNT };
struct control_pins {
	bool has_reset, has_boot0;
	/* active: reset held, BOOT0 high. Called for pins only that there are. */
	enum err (*drive)(
		struct control_memory *m, enum control_pin pin, bool active, struct why *why);
};
/* A pulse of pulse_ms with BOOT0 as into wants it, then settle_ms, by the wire's clock. */
enum err control_pins_restart(struct control_memory *m, const struct control_pins *pins,
	enum control_into into, struct why *why);

#endif /* BENCHD_SERVER_CONTROL_KIND_H */
