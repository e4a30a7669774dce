/* SPDX-License-Identifier: MIT */
/* test_soc_units.c - watchdogs, timers, pins, interrupts, resets: what hooks and flags say. */
#include "tests/simulator/soc_bench.h"

#include "tests/cmocka_all.h"

#include <string.h>

enum {
	RCC = 0x40021000,
	TIM1 = 0x40012C00,
	TIM2 = 0x40000000,
	IWDG = 0x40003000,
	WWDG = 0x40002C00,
	GPIOA = 0x40010800,
	AFIO = 0x40010000,
	EXTI = 0x40010400,
	CSR_FLAGS = RCC + 0x24,
};

/* An F103 with the clocks of all that is used here. */
static void open_f1(struct bench *bench)
{
	bench_open(bench, "f103rb");
	bench_put(bench, RCC + 0x18, 0xFFFF);
	bench_put(bench, RCC + 0x1C, 0x3FFFFFFF);
	bench_put(bench, RCC + 0x14, 0x55);
}

/* 40 kHz / 4, 100 counts: 10 ms. */
static void the_independent_watchdog_bites(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "f103rb");
	bench_put(&bench, IWDG + 8, 99); /* not open */
	assert_int_equal(bench_get(&bench, IWDG + 8), 0xFFF);
	bench_put(&bench, IWDG, 0x5555);
	bench_put(&bench, IWDG + 8, 99);
	bench_put(&bench, IWDG, 0xCCCC);
	bench_wait_us(&bench, 9900);
	bench_put(&bench, IWDG, 0xAAAA);
	bench_wait_us(&bench, 9999);
	assert_int_equal(bench.resets, 0);
	bench_wait_us(&bench, 1);
	assert_int_equal(bench.resets, 1);
	soc_reset(bench.soc, SOC_PIN, bench.now_ns);
	assert_int_equal(bench_get(&bench, CSR_FLAGS), 0x2C000000);
	bench_wait_us(&bench, 1000000); /* and stopped with the reset */
	assert_int_equal(bench.resets, 1);
	bench_put(&bench, CSR_FLAGS, 1 << 24);
	assert_int_equal(bench_get(&bench, CSR_FLAGS), 0);
	soc_reset(bench.soc, SOC_SOFTWARE, bench.now_ns);
	assert_int_equal(bench_get(&bench, CSR_FLAGS), 0x14000000);
	soc_reset(bench.soc, SOC_POWER_ON, bench.now_ns);
	assert_int_equal(bench_get(&bench, CSR_FLAGS), 0x0C000000);
	bench_close(&bench);
}

/* 8 MHz / 4096: 512 us a count. */
static void the_window_watchdog_warns_and_bites(void **state)
{
	struct bench bench;

	(void)state;
	open_f1(&bench);
	bench_put(&bench, WWDG + 4, 0x250); /* EWI, window 0x50 */
	bench_put(&bench, WWDG, 0xFF);
	bench_wait_us(&bench, 63 * 512 - 1);
	assert_false(bench.irqs[0]);
	bench_wait_us(&bench, 1);
	assert_true(bench.irqs[0]);
	bench_put(&bench, WWDG + 8, 0);
	assert_false(bench.irqs[0]);
	bench_put(&bench, WWDG, 0xFF);
	assert_int_equal(bench.resets, 0);
	bench_wait_us(&bench, 64 * 512);
	assert_int_equal(bench.resets, 1);
	soc_reset(bench.soc, SOC_PIN, bench.now_ns);
	assert_int_equal(bench_get(&bench, CSR_FLAGS) >> 29, 2);

	bench_put(&bench, RCC + 0x1C, 1 << 11);
	bench_put(&bench, WWDG + 4, 0x50);
	bench_put(&bench, WWDG, 0xFF);
	bench_put(&bench, WWDG, 0xFF); /* before the window opens */
	assert_int_equal(bench.resets, 2);
	bench_close(&bench);
}

/* 8 MHz / 8000: a tick a millisecond; ten to an update. */
static const struct step timer_script[] = {
	{ WRITE, TIM2 + 0x28, 7999, 0 },
	{ WRITE, TIM2 + 0x2C, 9, 0 },
	{ WRITE, TIM2 + 0x34, 4, 0 },
	{ WRITE, TIM2 + 0x14, 1, 0 }, /* UG */
	{ READ, TIM2 + 0x10, 1, 0 },
	{ WRITE, TIM2 + 0x10, 0, 0 },
	{ WRITE, TIM2 + 0x0C, 1, 0 },
	{ WRITE, TIM2 + 0x00, 1, 0 },
	{ WAIT, 3999, 0, 0 },
	{ READ, TIM2 + 0x24, 3, 0 },
	{ READ, TIM2 + 0x10, 0, 2 },
	{ WAIT, 1, 0, 0 },
	{ READ, TIM2 + 0x24, 4, 0 },
	{ READ, TIM2 + 0x10, 2, 2 },
	{ WAIT, 5999, 0, 0 },
	{ READ, TIM2 + 0x10, 0, 1 },
	{ WAIT, 1, 0, 0 },
	{ READ, TIM2 + 0x10, 1, 1 },
	{ WAIT, 25000, 0, 0 },
	{ READ, TIM2 + 0x24, 5, 0 },
	{ STEP_END, 0, 0, 0 },
};

static void timers_count_and_interrupt(void **state)
{
	struct bench bench;

	(void)state;
	open_f1(&bench);
	bench_play(&bench, "TIM2", timer_script);
	assert_true(bench.irqs[28]);
	bench_put(&bench, TIM2 + 0x10, 0);
	assert_false(bench.irqs[28]);
	assert_int_equal(soc_next_ns(bench.soc), bench.now_ns + 5000000);
	/* Half the clock from here on: the fifth tick comes after 10 ms. */
	bench_put(&bench, RCC + 0x04, 8 << 4);
	bench_wait_us(&bench, 9999);
	assert_false(bench.irqs[28]);
	bench_wait_us(&bench, 1);
	assert_true(bench.irqs[28]);

	/* One pulse, on a timer with interrupts of its own for update and compare. */
	bench_put(&bench, TIM1 + 0x2C, 3999);
	bench_put(&bench, TIM1 + 0x34, 1999);
	bench_put(&bench, TIM1 + 0x0C, 3);
	bench_put(&bench, TIM1 + 0x00, 9);
	bench_wait_us(&bench, 600);
	assert_true(bench.irqs[27]);
	assert_false(bench.irqs[25]);
	bench_wait_us(&bench, 400);
	assert_true(bench.irqs[25]);
	assert_int_equal(bench_get(&bench, TIM1), 8);
	bench_close(&bench);
}

static void pins_are_told_and_interrupt(void **state)
{
	struct bench bench;
	uint16_t levels, is_output;

	(void)state;
	open_f1(&bench);
	bench_put(&bench, EXTI + 0x00, 1 << 5);
	bench_put(&bench, EXTI + 0x08, 1 << 5);
	bench_put(&bench, GPIOA + 0x00, 0x44144444);
	bench_put(&bench, GPIOA + 0x10, 1 << 5);
	assert_string_equal(bench.pin, "A5=1");
	assert_true(bench.irqs[23]);
	bench_put(&bench, EXTI + 0x14, 1 << 5);
	assert_false(bench.irqs[23]);
	bench_put(&bench, GPIOA + 0x14, 1 << 5); /* falling: not asked for */
	assert_string_equal(bench.pin, "A5=0");
	assert_false(bench.irqs[23]);
	bench_put(&bench, AFIO + 0x0C, 1 << 4); /* line 5 listens to port B */
	bench_put(&bench, GPIOA + 0x10, 1 << 5);
	assert_false(bench.irqs[23]);
	bench_put(&bench, EXTI + 0x10, 1 << 5); /* by software */
	assert_true(bench.irqs[23]);
	assert_true(soc_port(bench.soc, 'A', &levels, &is_output));
	assert_int_equal(levels, 1 << 5);
	assert_int_equal(is_output, 1 << 5);
	assert_false(soc_port(bench.soc, 'K', &levels, &is_output));
	bench_close(&bench);
}

static void unknown_is_reported_once_and_nothing_faults(void **state)
{
	struct bench bench;
	uint32_t value;

	(void)state;
	open_f1(&bench);
	assert_int_equal(bench.reports, 0);
	bench_put(&bench, 0x40006400, 0x12345678);
	assert_int_equal(bench_get(&bench, 0x40006400), 0x12345678);
	assert_int_equal(bench.reports, 1);
	assert_non_null(strstr(bench.report, "CAN1+0x00 (0x40006400) written"));
	bench_get(&bench, 0x40006404);
	assert_int_equal(bench.reports, 2);
	assert_false(soc_read(bench.soc, 0x40030000, 4, &value, bench.now_ns));
	assert_false(soc_write(bench.soc, 0x60000000, 4, 0, bench.now_ns));
	assert_false(soc_write(bench.soc, 0x1FFFF7E8, 4, 0, bench.now_ns));
	assert_int_equal(bench_get(&bench, 0xE0042000), 0x20030410);
	/* Bit-banding reaches RAM through the hooks. */
	bench_put(&bench, 0x22000000 + 4 * 8 * 4 + 3 * 4, 1);
	assert_int_equal(bench.ram[4], 8);
	assert_int_equal(bench_get(&bench, 0x22000000 + 4 * 8 * 4 + 3 * 4), 1);
	bench_close(&bench);
}

static void remapping_moves_address_zero(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "f407vg");
	soc_set_boot(bench.soc, 0x1FFF0000);
	soc_reset(bench.soc, SOC_PIN, 0);
	assert_int_equal(soc_boot_alias(bench.soc), 0x1FFF0000);
	bench_put(&bench, 0x40023844, 1 << 14);
	assert_int_equal(bench_get(&bench, 0x40013800), 1);
	bench_put(&bench, 0x40013800, 3);
	assert_int_equal(soc_boot_alias(bench.soc), 0x20000000);
	bench_put(&bench, 0x40013800, 0);
	assert_int_equal(soc_boot_alias(bench.soc), 0x08000000);
	bench_close(&bench);
}

/* While flash is busy, code in it waits; the program's own writes are told. */
static void flash_stalls_and_tells(void **state)
{
	enum { FLASH = 0x40022000 };
	struct bench bench;

	(void)state;
	bench_open(&bench, "f103rb");
	bench_put(&bench, FLASH + 4, 0x45670123);
	bench_put(&bench, FLASH + 4, 0xCDEF89AB);
	bench_put(&bench, FLASH + 0x10, 1 | 1 << 12);
	assert_true(soc_write(bench.soc, 0x08000402, 2, 0x1234, bench.now_ns));
	assert_int_equal(bench.stall_ns, 53000);
	assert_int_equal(bench.changed, 0x08000402);
	assert_int_equal(bench.changed_len, 2);
	assert_true(soc_write(bench.soc, 0x08000404, 2, 0x1234, bench.now_ns));
	assert_int_equal(bench.stall_ns, 106000); /* one after the other */
	bench_wait_us(&bench, 106);
	assert_true(bench.irqs[4]);
	soc_set_flash_percent(bench.soc, 0);
	bench_put(&bench, FLASH + 0x10, 0x42);
	assert_int_equal(bench_get(&bench, FLASH + 0x0C) & 1, 0);
	assert_int_equal(bench.stall_ns, 106000);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_independent_watchdog_bites),
		cmocka_unit_test(the_window_watchdog_warns_and_bites),
		cmocka_unit_test(timers_count_and_interrupt),
		cmocka_unit_test(pins_are_told_and_interrupt),
		cmocka_unit_test(unknown_is_reported_once_and_nothing_faults),
		cmocka_unit_test(remapping_moves_address_zero),
		cmocka_unit_test(flash_stalls_and_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
