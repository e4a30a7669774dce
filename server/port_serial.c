/* SPDX-License-Identifier: MIT */
/* port_serial.c - the fence around libserialport: real serial ports, and the list of them. */
#include "server/port_backend.h"

#include <dirent.h>
#include <errno.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum err serial_err(enum sp_return result, struct why *why)
{
	switch (result) {
	case SP_OK:
		return ERR_OK;
	case SP_ERR_FAIL:
		return port_errno(sp_last_error_code(), why);
	case SP_ERR_MEM:
		return why_set(why, ERR_NO_MEMORY, NULL);
	default:
		return why_set(why, ERR_UNSUPPORTED, "this port can't be set so");
	}
}

static void serial_close(struct port *port)
{
	sp_close(port->handle);
	sp_free_port(port->handle);
	port->handle = NULL;
	port->fd = -1;
}

static enum err serial_open(struct port *port, const char *path, struct why *why)
{
	struct sp_port *sp = NULL;

	if (sp_get_port_by_name(path, &sp) != SP_OK)
		return why_set(why, ERR_UNSUPPORTED, NULL);
	enum err e = serial_err(sp_open(sp, SP_MODE_READ_WRITE), why);

	if (e) {
		sp_free_port(sp);
		return e;
	}
	port->handle = sp;
	e = serial_err(sp_get_port_handle(sp, &port->fd), why);
	if (e)
		serial_close(port);
	return e;
}

static enum sp_parity parity_of(char parity)
{
	return parity == 'N' ? SP_PARITY_NONE : parity == 'E' ? SP_PARITY_EVEN : SP_PARITY_ODD;
}

/* What the driver says it has: a parity that did not stick is the trap of an3155.md section 1. */
static bool has_stuck(struct port *port, struct port_frame frame, uint32_t baud)
{
	struct sp_port_config *have;
	enum sp_parity parity = SP_PARITY_INVALID;
	int stop_bits = 0, rate = 0;

	if (sp_new_config(&have) != SP_OK)
		return false;
	const bool known = sp_get_config(port->handle, have) == SP_OK &&
		sp_get_config_parity(have, &parity) == SP_OK &&
		sp_get_config_stopbits(have, &stop_bits) == SP_OK &&
		sp_get_config_baudrate(have, &rate) == SP_OK;

	sp_free_config(have);
	return known && parity == parity_of(frame.parity) && stop_bits == frame.stop_bits &&
		rate == (int)baud;
}

static enum err serial_configure(struct port *port, const struct wire_settings *settings)
{
	const struct port_frame frame = port_frame(settings->frame);
	struct sp_port_config *want;

	if (settings->baud > INT_MAX)
		return ERR_UNSUPPORTED;
	if (sp_new_config(&want) != SP_OK)
		return ERR_NO_MEMORY;
	sp_set_config_baudrate(want, (int)settings->baud);
	sp_set_config_bits(want, 8);
	sp_set_config_parity(want, parity_of(frame.parity));
	sp_set_config_stopbits(want, frame.stop_bits);
	sp_set_config_xon_xoff(want, SP_XONXOFF_DISABLED);
	/* CTS and DSR only: a setting for RTS or DTR would move the lines. */
	sp_set_config_cts(want, SP_CTS_IGNORE);
	sp_set_config_dsr(want, SP_DSR_IGNORE);
	enum err e = serial_err(sp_set_config(port->handle, want), NULL);

	sp_free_config(want);
	if (!e && !has_stuck(port, frame, settings->baud))
		e = ERR_UNSUPPORTED;
	return e;
}

static enum err serial_line(struct port *port, enum wire_line line, bool set)
{
	if (line == WIRE_DTR)
		return serial_err(sp_set_dtr(port->handle, set ? SP_DTR_ON : SP_DTR_OFF), NULL);
	return serial_err(sp_set_rts(port->handle, set ? SP_RTS_ON : SP_RTS_OFF), NULL);
}

const struct port_backend port_serial = {
	.open = serial_open,
	.close = serial_close,
	.configure = serial_configure,
	.line = serial_line,
};

/* The link of folder that leads to the device name; false: none. */
static bool find_link(const char *folder, const char *name, char out[PATH_MAX])
{
	DIR *dir = opendir(folder);
	bool found = false;

	if (!dir)
		return false;
	for (struct dirent *entry; !found && (entry = readdir(dir));) {
		char target[PATH_MAX];

		if (snprintf(out, PATH_MAX, "%s/%s", folder, entry->d_name) >= PATH_MAX)
			continue;
		found = entry->d_name[0] != '.' && realpath(out, target) && !strcmp(target, name);
	}
	closedir(dir);
	return found;
}

static const char *stable_path(const char *name, char out[PATH_MAX])
{
	return find_link("/dev/serial/by-id", name, out) ||
			find_link("/dev/serial/by-path", name, out)
		? out
		: NULL;
}

bool port_list(void (*each)(void *ctx, const struct port_info *info), void *ctx)
{
	struct sp_port **ports;

	if (sp_list_ports(&ports) != SP_OK)
		return false;
	for (size_t i = 0; ports[i]; i++) {
		char link[PATH_MAX];
		struct port_info info = {
			.name = sp_get_port_name(ports[i]),
			.description = sp_get_port_description(ports[i]),
			.stable_path = stable_path(sp_get_port_name(ports[i]), link),
			.usb_serial = sp_get_port_usb_serial(ports[i]),
			.usb_manufacturer = sp_get_port_usb_manufacturer(ports[i]),
			.usb_product = sp_get_port_usb_product(ports[i]),
			.usb_vid = -1,
			.usb_pid = -1,
		};

		if (sp_get_port_usb_vid_pid(ports[i], &info.usb_vid, &info.usb_pid) != SP_OK)
			info.usb_vid = info.usb_pid = -1;
		each(ctx, &info);
	}
	sp_free_port_list(ports);
	return true;
}
