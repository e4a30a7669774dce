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
#include "simulator/listen.h"

#include "tests/cmocka_all.h"
#include "tests/port/sim_process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

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

/* flock, TIOCEXCL (which root passes by), and who it is. */
static void assert_is_claimed(const struct port *port)
{
	char holder[HOLDER_TEXT], ours[32];
	int other, is_exclusive = 0;

	assert_int_equal(ioctl(port->fd, TIOCGEXCL, &is_exclusive), 0);
	assert_true(is_exclusive);
	other = open(getenv("BENCHD_TTY"), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (other < 0) {
		assert_int_equal(errno, EBUSY);
	} else {
		assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1);
		assert_int_equal(errno, EWOULDBLOCK);
		close(other);
	}
	assert_true(port_holder(getenv("BENCHD_TTY"), holder));
	snprintf(ours, sizeof(ours), "test_lines (pid %d)", (int)getpid());
	assert_string_equal(holder, ours);
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
	assert_is_claimed(port);
	port_close(port);
	port_close(open_port(&config));
	stop_sim(sim);
}

static unsigned resets(void)
{
	char answer[REMOTE_ANSWER_MAX];
	unsigned count = 0;

	assert_true(listen_ask(getenv("BENCHD_SOCKET"), "stats", answer));
	assert_int_equal(sscanf(strstr(answer, "resets="), "resets=%u", &count), 1);
	return count;
}

/*
 * The kernel sets both lines at each open. Where a set line holds the chip in reset that restarts
 * it, once; nowhere else does opening or closing, for the last close leaves the lines as they are.
 */
static void opens_and_closes(const struct wires *wires)
{
	const pid_t sim = start_sim(wires->reset, wires->boot0);
	const struct config_control config = control_of(wires);
	const unsigned forced = config.reset.active_set ? 1 : 0;

	port_close(open_port(&config));
	for (unsigned times = 0; times < 2; times++) {
		const unsigned before = resets();
		struct port *port = open_port(&config);
		struct termios t;

		assert_int_equal(resets(), before + forced);
		assert_stats("runs=application");
		assert_int_equal(tcgetattr(port->fd, &t), 0);
		assert_false(t.c_cflag & HUPCL);
		port_close(port);
		assert_int_equal(resets(), before + forced);
		assert_stats("runs=application");
	}
	stop_sim(sim);
}

static void test_opening_does_no_more_than_the_kernel(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(all_wires) / sizeof(*all_wires); i++) {
		print_message("reset %s, boot0 %s\n", all_wires[i].reset, all_wires[i].boot0);
		opens_and_closes(&all_wires[i]);
	}
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
		cmocka_unit_test(test_opening_does_no_more_than_the_kernel),
		cmocka_unit_test(test_silence_is_no_end),
	};

	return cmocka_run_group_tests(tests, fill_flash, NULL);
}
