/* SPDX-License-Identifier: MIT */
/*
 * test_lines.c - ports and the lines control as benchd uses them, through libserialport on a
 * simulated board whose pty the preload library makes a serial port. Every role and polarity of
 * DTR and RTS restarts the board into its ROM and back.
 * ctest sets LD_PRELOAD, BENCHD_PRELOAD, STM32SIM, FIRMWARE, FLASH, BENCHD_TTY and
 * BENCHD_SOCKET.
 */
#include "protocol/boot.h"
#include "server/control.h"
#include "server/port_backend.h"

#include "tests/cmocka_all.h"
#include "tests/port/sim_process.h"

#include <stdlib.h>
#include <string.h>

struct wires {
	const char *reset, *boot0; /* as the configuration and stm32sim say it */
};

static const struct wires all_wires[] = {
	{ "dtr", "rts" },
	{ "dtr", "!rts" },
	{ "!dtr", "rts" },
	{ "!dtr", "!rts" },
	{ "rts", "dtr" },
	{ "rts", "!dtr" },
	{ "!rts", "dtr" },
	{ "!rts", "!dtr" },
};

static struct config_line line_of(const char *text)
{
	const bool is_inverted = text[0] == '!';

	return (struct config_line){ .is_wired = true,
		.line = strcmp(text + is_inverted, "dtr") ? WIRE_RTS : WIRE_DTR,
		.active_set = !is_inverted };
}

static struct config_control control_of(const struct wires *wires)
{
	return (struct config_control){ .kind = CONTROL_LINES,
		.reset = line_of(wires->reset),
		.boot0 = line_of(wires->boot0),
		.pulse_ms = 5,
		.settle_ms = 5 };
}

static struct port *open_port(const struct config_control *config)
{
	struct port_options options = { .settings = { 115200, WIRE_8N1 } };
	struct why why = { 0 };

	control_idle(config, &options);
	struct port *port = port_open(getenv("BENCHD_TTY"), &options, &why);

	if (!port)
		fail_msg("%s", why.what);
	assert_ptr_equal(port->backend, &port_serial);
	return port;
}

static void restarts(const struct wires *wires)
{
	const pid_t sim = start_sim(wires->reset, wires->boot0);
	const struct config_control config = control_of(wires);
	struct port *port = open_port(&config);
	const struct boot_options options = { .settings = { 115200, WIRE_8E1 } };
	struct control_memory memory;
	struct boot boot;
	struct why why = { 0 };

	assert_stats("runs=application"); /* at rest it is not held in reset */
	boot_init(
		&boot, port_wire(port), control_make(&memory, &config, port_wire(port)), &options);
	assert_int_equal(boot_connect(&boot, &why), ERR_OK);
	assert_int_equal(boot.device.product_id, 0x410);
	assert_stats("runs=rom");
	assert_stats("frame=8E1"); /* parity has stuck */
	assert_int_equal(boot.control.restart(boot.control.ctx, INTO_APPLICATION, &why), ERR_OK);
	assert_stats("runs=application");
	assert_int_equal(boot.control.restart(boot.control.ctx, INTO_BOOTLOADER, &why), ERR_OK);
	assert_stats("runs=rom");
	control_rest(&memory);
	assert_stats("runs=rom"); /* at rest, but not restarted */
	port_close(port);
	stop_sim(sim);
}

static void test_every_wiring_restarts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(all_wires) / sizeof(*all_wires); i++) {
		print_message("reset %s, boot0 %s\n", all_wires[i].reset, all_wires[i].boot0);
		restarts(&all_wires[i]);
	}
}

static void test_a_port_is_used_once(void **state)
{
	const pid_t sim = start_sim(all_wires[0].reset, all_wires[0].boot0);
	const struct config_control config = control_of(&all_wires[0]);
	struct port_options options = { .settings = { 115200, WIRE_8N1 } };
	struct port *port = open_port(&config);
	struct why why = { 0 };

	(void)state;
	assert_null(port_open(getenv("BENCHD_TTY"), &options, &why));
	assert_ptr_equal(why.what, port_in_use);
	assert_int_equal(why.err, ERR_IO);
	port_close(port);
	port_close(open_port(&config));
	stop_sim(sim);
}

/* libserialport leaves VMIN at 0: a read of nothing must not look like a port that is gone. */
static void test_silence_is_no_end(void **state)
{
	const pid_t sim = start_sim(all_wires[0].reset, all_wires[0].boot0);
	const struct config_control config = control_of(&all_wires[0]);
	struct port *port = open_port(&config);
	const struct wire wire = port_wire(port);
	uint8_t byte;
	size_t got = 1;

	(void)state;
	while (wire.ops->recv(wire.ctx, &byte, 1, 200, &got) == ERR_OK)
		; /* what the application says */
	assert_int_equal(wire.ops->recv(wire.ctx, &byte, 1, 20, &got), ERR_TIMEOUT);
	assert_int_equal(got, 0);
	assert_int_equal(port_read(port, &byte, 1, &got), ERR_OK);
	assert_int_equal(got, 0);
	stop_sim(sim);
	assert_int_equal(wire.ops->recv(wire.ctx, &byte, 1, 5000, &got), ERR_GONE);
	port_close(port);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_wiring_restarts),
		cmocka_unit_test(test_a_port_is_used_once),
		cmocka_unit_test(test_silence_is_no_end),
	};

	return cmocka_run_group_tests(tests, fill_flash, NULL);
}
