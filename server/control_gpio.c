/* SPDX-License-Identifier: MIT */
/*
 * control_gpio.c - reset and BOOT0 on lines of a GPIO chip, by libgpiod: the pins of a single-board
 * computer or of a USB expander. The only file that includes gpiod.h.
 */
#include "server/control_kind.h"

#include <gpiod.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONSUMER "benchd"

struct control_gpio {
	struct gpiod_chip *chip;
	struct gpiod_line *lines[CONTROL_PIN_COUNT]; /* NULL: not wired */
};

static const struct config_pin *pin_of(const struct control_memory *m, enum control_pin pin)
{
	return pin == CONTROL_RESET ? &m->config->reset_pin : &m->config->boot0_pin;
}

/* NRST is active when low, BOOT0 when high; a transistor turns either round. */
static int level_of(const struct control_memory *m, enum control_pin pin, bool active)
{
	const bool is_low_active = pin == CONTROL_RESET;

	return active != (is_low_active != pin_of(m, pin)->is_inverted);
}

/* Of a chip that can't be opened. */
static enum err chip_failed(struct control_memory *m, int error, struct why *why)
{
	static const struct {
		int error;
		const char *what;
	} rows[] = {
		{ ENOENT, "there is no such GPIO chip (gpiodetect lists them)" },
		{ ENXIO, "there is no such GPIO chip (gpiodetect lists them)" },
		{ EACCES, "no permission to open it (is the user in the group gpio?)" },
		{ EPERM, "no permission to open it (is the user in the group gpio?)" },
		{ ENOTTY, "this is no GPIO chip" },
		{ ENODEV, "this is no GPIO chip" },
	};
	const char *what = strerror(error);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].error == error)
			what = rows[i].what;
	snprintf(m->said, sizeof(m->said), "%s: %s", m->config->chip, what);
	return why_set(why, ERR_CONTROL, m->said);
}

/* Of a line that can't be had. */
static enum err line_failed(struct control_memory *m, enum control_pin pin, struct gpiod_line *line,
	int error, struct why *why)
{
	const unsigned offset = pin_of(m, pin)->offset;
	const char *user = line ? gpiod_line_consumer(line) : NULL;

	if (!line && error == EINVAL)
		snprintf(m->said, sizeof(m->said), "GPIO %u: %s has lines 0 to %u only", offset,
			m->config->chip, gpiod_chip_num_lines(m->gpio->chip) - 1);
	else if (error == EBUSY)
		snprintf(m->said, sizeof(m->said),
			"GPIO %u of %s is in use by %s (gpioinfo lists who has what)", offset,
			m->config->chip, user ? user : "the kernel");
	else
		snprintf(m->said, sizeof(m->said), "GPIO %u of %s can't be driven: %s", offset,
			m->config->chip, strerror(error));
	return why_set(why, ERR_CONTROL, m->said);
}

/*
 * A straight reset line is open-drain: the chip, its debugger and a button pull it low too, and
 * none of them may meet a driven high. Whatever else drives a pin needs both levels.
 */
static enum err request(struct control_memory *m, enum control_pin pin, struct why *why)
{
	const struct config_pin *config = pin_of(m, pin);
	const bool is_open_drain = pin == CONTROL_RESET && !config->is_inverted;

	if (!config->is_wired)
		return ERR_OK;
	struct gpiod_line *line = gpiod_chip_get_line(m->gpio->chip, config->offset);

	if (!line ||
		gpiod_line_request_output_flags(line, CONSUMER,
			is_open_drain ? GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN : 0,
			level_of(m, pin, false)))
		return line_failed(m, pin, line, errno, why);
	m->gpio->lines[pin] = line;
	return ERR_OK;
}

enum err control_gpio_open(struct control_memory *m, struct why *why)
{
	m->gpio = calloc(1, sizeof(*m->gpio));
	if (!m->gpio)
		return why_set(why, ERR_NO_MEMORY, NULL);
	m->gpio->chip = gpiod_chip_open(m->config->chip);
	enum err e = m->gpio->chip ? ERR_OK : chip_failed(m, errno, why);

	/* BOOT0 first: reset must not be the only one that is held. */
	if (!e)
		e = request(m, CONTROL_BOOT0, why);
	if (!e)
		e = request(m, CONTROL_RESET, why);
	if (e)
		control_gpio_close(m);
	return e;
}

void control_gpio_close(struct control_memory *m)
{
	if (!m->gpio)
		return;
	if (m->gpio->chip)
		gpiod_chip_close(m->gpio->chip); /* releases its lines */
	free(m->gpio);
	m->gpio = NULL;
}

static enum err drive(struct control_memory *m, enum control_pin pin, bool active, struct why *why)
{
	struct gpiod_line *line = m->gpio->lines[pin];

	return gpiod_line_set_value(line, level_of(m, pin, active))
		? line_failed(m, pin, line, errno, why)
		: ERR_OK;
}

/* An expander that was unplugged is opened anew for the next try. */
enum err control_gpio_restart(void *ctx, enum control_into into, struct why *why)
{
	struct control_memory *m = ctx;
	const struct control_pins pins = { m->config->reset_pin.is_wired,
		m->config->boot0_pin.is_wired, drive };
	enum err e = m->gpio ? ERR_OK : control_gpio_open(m, why);

	if (!e)
		e = control_pins_restart(m, &pins, into, why);
	if (e == ERR_CONTROL)
		control_gpio_close(m);
	return e;
}

void control_gpio_rest(struct control_memory *m)
{
	for (int pin = 0; m->gpio && pin < CONTROL_PIN_COUNT; pin++)
		/* A chip that is gone has no levels to set. */
		if (m->gpio->lines[pin])
			(void)gpiod_line_set_value(
				m->gpio->lines[pin], level_of(m, (enum control_pin)pin, false));
}

bool control_gpio_resets(const struct config_control *config)
{
	return config->reset_pin.is_wired;
}
