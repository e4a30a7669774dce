/* SPDX-License-Identifier: MIT */
/*
 * test_gpio.c - the gpio control as benchd uses it, through libgpiod on a chip that preload_gpio.c
 * pretends, driving a simulated board's NRST and BOOT0.
 * ctest sets LD_PRELOAD, BENCHD_GPIO, GPIO_CHIP and what sim_process.h needs.
 */
#include "protocol/boot.h"
#include "server/control.h"

#include "tests/cmocka_all.h"
#include "tests/port/sim_process.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	struct config_pin reset, boot0;
} wirings[] = {
	{ "both straight", { true, false, 27 }, { true, false, 17 } },
	{ "reset inverted", { true, true, 22 }, { true, false, 17 } },
	{ "boot0 inverted", { true, false, 27 }, { true, true, 23 } },
	{ "both inverted", { true, true, 22 }, { true, true, 23 } },
};

static struct config_control control_of(
	const struct config_pin *reset, const struct config_pin *boot0)
{
	return (struct config_control){ .kind = CONTROL_GPIO,
		.chip = getenv("GPIO_CHIP"),
		.reset_pin = *reset,
		.boot0_pin = *boot0,
		.pulse_ms = 5,
		.settle_ms = 5 };
}

static struct port *open_port(void)
{
	const struct port_options options = { .settings = { 115200, WIRE_8N1 } };
	struct why why = { 0 };
	struct port *port = port_open(getenv("BENCHD_TTY"), &options, &why);

	if (!port)
		fail_msg("%s", why.what);
	return port;
}

static void restarts(size_t i)
{
	const struct config_control config = control_of(&wirings[i].reset, &wirings[i].boot0);
	const struct boot_options options = { .settings = { 115200, WIRE_8E1 } };
	const pid_t sim = start_sim(NULL, NULL);
	struct port *port = open_port();
	struct control_memory memory;
	struct boot boot;
	struct why why = { 0 };

	boot_init(
		&boot, port_wire(port), control_make(&memory, &config, port_wire(port)), &options);
	assert_int_equal(control_open(&memory, &why), ERR_OK);
	assert_stats("runs=application"); /* at rest it is not held in reset */
	assert_int_equal(boot_connect(&boot, &why), ERR_OK);
	assert_int_equal(boot.device.product_id, 0x410);
	assert_stats("runs=rom");
	assert_int_equal(boot.control.restart(boot.control.ctx, INTO_APPLICATION, &why), ERR_OK);
	assert_stats("runs=application");
	assert_int_equal(boot.control.restart(boot.control.ctx, INTO_BOOTLOADER, &why), ERR_OK);
	control_rest(&memory);
	assert_stats("runs=rom"); /* at rest, but not restarted */
	control_close(&memory);
	port_close(port);
	stop_sim(sim);
}

static void test_every_wiring_restarts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wirings) / sizeof(*wirings); i++) {
		print_message("%s\n", wirings[i].name);
		restarts(i);
	}
}

static const struct {
	const char *chip; /* NULL: the good one */
	uint32_t reset;
	bool is_denied;
	const char *want; /* behind the chip's path, or part of the whole */
} refusals[] = {
	{ "/dev/there-is-no-such-chip", 27, false, "there is no such GPIO chip" },
	{ "/dev/zero", 27, false, "this is no GPIO chip" },
	{ NULL, 27, true, "is the user in the group gpio?" },
	{ NULL, 4, false, "in use by spi0 CS0" },
	{ NULL, 17, false, "in use by benchd" }, /* BOOT0 has it */
	{ NULL, 54, false, "has lines 0 to 53 only" },
};

static void test_refusals_say_what_to_do(void **state)
{
	static const struct config_pin boot0 = { true, false, 17 };

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		const struct config_pin reset = { true, false, refusals[i].reset };
		struct config_control config = control_of(&reset, &boot0);
		struct control_memory memory;
		struct why why = { 0 };

		if (refusals[i].chip)
			config.chip = (char *)refusals[i].chip;
		if (refusals[i].is_denied)
			setenv("BENCHD_GPIO_DENIED", "1", true);
		(void)control_make(&memory, &config, (struct wire){ 0 });
		assert_int_equal(control_open(&memory, &why), ERR_CONTROL);
		unsetenv("BENCHD_GPIO_DENIED");
		assert_null(memory.gpio);
		if (!strstr(why.what, refusals[i].want))
			fail_msg("no \"%s\" in \"%s\"", refusals[i].want, why.what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_wiring_restarts),
		cmocka_unit_test(test_refusals_say_what_to_do),
	};

	return cmocka_run_group_tests(tests, fill_flash, NULL);
}
