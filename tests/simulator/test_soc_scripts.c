/* SPDX-License-Identifier: MIT */
/*
 * test_soc_scripts.c - what firmware does to registers, step by step, and what it must find: the
 * start-up of clocks as CubeMX and libopencm3 write it, flash controllers with their errors.
 */
#include "tests/simulator/soc_bench.h"

#include "tests/cmocka_all.h"

enum {
	F1_RCC = 0x40021000,
	F1_FLASH = 0x40022000,
	F1_GPIOA = 0x40010800,
	F1_USART1 = 0x40013800,
	F4_RCC = 0x40023800,
	F4_FLASH = 0x40023C00,
	F4_USART1 = 0x40011000,
	KEY1 = 0x45670123,
};
#define KEY2 0xCDEF89ABu
#define BIT31 0x80000000u

/* 8 MHz crystal, PLL to 72 MHz. */
static const struct step f1_clock[] = {
	{ READ, F1_RCC + 0x00, 0x83, 0 },
	{ READ, F1_RCC + 0x24, 0x0C000000, 0 },
	{ WRITE, F1_FLASH, 0x32, 0 },
	{ SET, F1_RCC + 0x00, 1 << 16, 0 },
	{ READ, F1_RCC + 0x00, 0, 1 << 17 },
	{ WAIT, 2000, 0, 0 },
	{ READ, F1_RCC + 0x00, 1 << 17, 1 << 17 },
	{ WRITE, F1_RCC + 0x04, 0x001D0400, 0 },
	{ SET, F1_RCC + 0x00, 1 << 24, 0 },
	{ READ, F1_RCC + 0x00, 0, 1 << 25 },
	{ SET, F1_RCC + 0x04, 2, 0 }, /* too early: the switch waits */
	{ READ, F1_RCC + 0x04, 0, 0xC },
	{ WAIT, 200, 0, 0 },
	{ READ, F1_RCC + 0x04, 0x8, 0xC },
	{ CLEAR, F1_RCC + 0x00, 1 << 24, 0 }, /* in use: stays */
	{ READ, F1_RCC + 0x00, 3 << 24, 3 << 24 },
	{ STEP_END, 0, 0, 0 },
};

/* 8 MHz crystal, PLL 8/4*168/2 to 168 MHz; RCC_CR.PLLON through its bit-band alias, as HAL does. */
static const struct step f4_clock[] = {
	{ READ, F4_RCC + 0x04, 0x24003010, 0 },
	{ SET, F4_RCC + 0x00, 1 << 16, 0 },
	{ WAIT, 2000, 0, 0 },
	{ READ, F4_RCC + 0x00, 3 << 16, 3 << 16 },
	{ WRITE, F4_RCC + 0x04, 0x07402A04, 0 },
	{ WRITE, 0x42470060, 1, 0 },
	{ READ, 0x42470060, 1, 0 },
	{ READ, 0x42470064, 0, 0 },
	{ WAIT, 100, 0, 0 },
	{ READ, 0x42470064, 1, 0 },
	{ WRITE, F4_FLASH, 0x705, 0 },
	{ READ, F4_FLASH, 5, 0xF },
	{ WRITE, F4_RCC + 0x08, 0x00009400, 0 },
	{ SET, F4_RCC + 0x08, 2, 0 },
	{ READ, F4_RCC + 0x08, 0x8, 0xC },
	{ STEP_END, 0, 0, 0 },
};

static const struct step unclocked[] = {
	{ WRITE, F1_USART1 + 0x08, 0x45, 0 },
	{ READ, F1_USART1 + 0x08, 0, 0 },
	{ SET, F1_RCC + 0x18, 1 << 14, 0 },
	{ READ, F1_USART1 + 0x00, 0xC0, 0 },
	{ WRITE16, F1_USART1 + 0x08, 0x45, 0 },
	{ READ16, F1_USART1 + 0x08, 0x45, 0 },
	{ SET, F1_RCC + 0x0C, 1 << 14, 0 }, /* reset it */
	{ CLEAR, F1_RCC + 0x0C, 1 << 14, 0 },
	{ READ, F1_USART1 + 0x08, 0, 0 },
	{ STEP_END, 0, 0, 0 },
};

static const struct step f1_gpio[] = {
	{ SET, F1_RCC + 0x18, 1 << 2, 0 },
	{ READ, F1_GPIOA, 0x44444444, 0 },
	{ WRITE, F1_GPIOA, 0x44844484, 0 }, /* PA1 and PA5 pulled */
	{ WRITE, F1_GPIOA + 0x10, 1 << 5, 0 },
	{ READ, F1_GPIOA + 0x08, 1 << 5, 0 },
	{ WRITE, F1_GPIOA, 0x44144484, 0 }, /* PA5 drives */
	{ READ, F1_GPIOA + 0x08, 1 << 5, 0 },
	{ WRITE, F1_GPIOA + 0x14, 1 << 5, 0 },
	{ READ, F1_GPIOA + 0x08, 0, 0 },
	{ WRITE, F1_GPIOA + 0x10, 0x00200020, 0 }, /* set wins over reset */
	{ READ, F1_GPIOA + 0x0C, 1 << 5, 0 },
	{ WRITE, F1_GPIOA + 0x18, 0x10020, 0 }, /* locks PA5 */
	{ WRITE, F1_GPIOA + 0x18, 0x00020, 0 },
	{ WRITE, F1_GPIOA + 0x18, 0x10020, 0 },
	{ READ, F1_GPIOA + 0x18, 0x10020, 0 },
	{ WRITE, F1_GPIOA, 0x44444444, 0 },
	{ READ, F1_GPIOA, 0x44144444, 0 },
	{ STEP_END, 0, 0, 0 },
};

static const struct step f1_flash[] = {
	{ READ, F1_FLASH + 0x10, 0x80, 0 },
	{ FAIL16, 0x08000400, 0x1234, 0 },
	{ WRITE, F1_FLASH + 0x10, 1, 0 }, /* locked: no effect */
	{ READ, F1_FLASH + 0x10, 0x80, 0 },
	{ WRITE, F1_FLASH + 0x04, KEY1, 0 },
	{ WRITE, F1_FLASH + 0x04, KEY2, 0 },
	{ READ, F1_FLASH + 0x10, 0, 0 },
	{ WRITE, F1_FLASH + 0x10, 1, 0 },
	{ WRITE16, 0x08000400, 0x1234, 0 },
	{ READ, F1_FLASH + 0x0C, 1, 0x21 },
	{ WAIT, 53, 0, 0 },
	{ READ, F1_FLASH + 0x0C, 0x20, 0 },
	{ WRITE, F1_FLASH + 0x0C, 0x20, 0 },
	{ READ, F1_FLASH + 0x0C, 0, 0 },
	{ READ16, 0x08000400, 0x1234, 0 },
	{ WRITE16, 0x08000400, 0x0204, 0 }, /* not erased */
	{ READ, F1_FLASH + 0x0C, 0x04, 0 },
	{ READ16, 0x08000400, 0x1234, 0 },
	{ WRITE16, 0x08000400, 0, 0 },
	{ WAIT, 53, 0, 0 },
	{ READ16, 0x08000400, 0, 0 },
	{ FAIL32, 0x08000404, 0, 0 },
	{ WRITE, F1_FLASH + 0x0C, 0x34, 0 },
	{ WRITE16, 0x402, 0x5678, 0 }, /* by the alias */
	{ WAIT, 53, 0, 0 },
	{ READ16, 0x08000402, 0x5678, 0 },
	{ WRITE, F1_FLASH + 0x10, 2, 0 },
	{ WRITE, F1_FLASH + 0x14, 0x08000400, 0 },
	{ WRITE, F1_FLASH + 0x10, 0x42, 0 },
	{ READ, F1_FLASH + 0x0C, 1, 1 },
	{ WAIT, 29999, 0, 0 },
	{ READ, F1_FLASH + 0x0C, 1, 1 },
	{ WAIT, 1, 0, 0 },
	{ READ, F1_FLASH + 0x0C, 0x20, 0 },
	{ READ, 0x08000400, 0xFFFFFFFF, 0 },
	{ WRITE, F1_FLASH + 0x10, 0x80, 0 },
	{ WRITE, F1_FLASH + 0x04, KEY1, 0 },
	{ WRITE, F1_FLASH + 0x04, 1, 0 }, /* broken until reset */
	{ WRITE, F1_FLASH + 0x04, KEY1, 0 },
	{ WRITE, F1_FLASH + 0x04, KEY2, 0 },
	{ READ, F1_FLASH + 0x10, 0x80, 0 },
	{ STEP_END, 0, 0, 0 },
};

static const struct step f4_flash[] = {
	{ WRITE8, 0x08004000, 0x12, 0 }, /* no PG */
	{ READ, F4_FLASH + 0x0C, 0x80, 0 },
	{ WRITE, F4_FLASH + 0x0C, 0x80, 0 },
	{ WRITE, F4_FLASH + 0x04, KEY1, 0 },
	{ WRITE, F4_FLASH + 0x04, KEY2, 0 },
	{ READ, F4_FLASH + 0x10, 0, 0 },
	{ WRITE, F4_FLASH + 0x10, 0x201, 0 },
	{ WRITE, 0x08004000, 0x12345678, 0 },
	{ READ, F4_FLASH + 0x0C, 0x10000, 0 },
	{ WAIT, 16, 0, 0 },
	{ READ, F4_FLASH + 0x0C, 0, 0 }, /* no EOP without EOPIE */
	{ READ, 0x08004000, 0x12345678, 0 },
	{ WRITE16, 0x08004004, 0x1234, 0 }, /* PSIZE says words */
	{ READ, F4_FLASH + 0x0C, 0x40, 0 },
	{ WRITE, F4_FLASH + 0x0C, 0x40, 0 },
	{ WRITE, F4_FLASH + 0x10, 0x001, 0 },
	{ WRITE8, 0x08004004, 0xA5, 0 },
	{ WAIT, 16, 0, 0 },
	{ READ, 0x08004004, 0xFFFFFFA5, 0 },
	{ WRITE, F4_FLASH + 0x10, 0x0100020A, 0 }, /* sector 1, EOPIE */
	{ SET, F4_FLASH + 0x10, 0x10000, 0 },
	{ WAIT, 249999, 0, 0 },
	{ READ, F4_FLASH + 0x0C, 0x10000, 0 },
	{ WAIT, 1, 0, 0 },
	{ READ, F4_FLASH + 0x0C, 1, 0 },
	{ READ, 0x08004000, 0xFFFFFFFF, 0 },
	{ WRITE, F4_FLASH + 0x10, BIT31, 0 },
	{ READ, F4_FLASH + 0x10, BIT31, BIT31 },
	{ WRITE, F4_FLASH + 0x08, 0x08192A3B, 0 },
	{ WRITE, F4_FLASH + 0x08, 0x4C5D6E7F, 0 },
	{ READ, F4_FLASH + 0x14, 0, 1 },
	{ WRITE, F4_FLASH + 0x14, 0x0FFEAAEC, 0 }, /* protects sector 0 */
	{ SET, F4_FLASH + 0x14, 2, 0 },
	{ WAIT, 600000, 0, 0 },
	{ WRITE, F4_FLASH + 0x04, KEY1, 0 },
	{ WRITE, F4_FLASH + 0x04, KEY2, 0 },
	{ WRITE, F4_FLASH + 0x0C, 1, 0 },
	{ WRITE, F4_FLASH + 0x10, 0x10202, 0 },
	{ READ, F4_FLASH + 0x0C, 0x10, 0 },
	{ STEP_END, 0, 0, 0 },
};

static const struct script {
	const char *name, *part;
	const struct step *steps;
	uint32_t hclk; /* at the end; 0: does not matter */
} scripts[] = {
	{ "F1 clock", "f103rb", f1_clock, 72000000 },
	{ "F4 clock", "f407vg", f4_clock, 168000000 },
	{ "no clock, no USART", "f103rb", unclocked, 8000000 },
	{ "F1 GPIO", "f103rb", f1_gpio, 0 },
	{ "F1 flash", "f103rb", f1_flash, 0 },
	{ "F4 flash", "f407vg", f4_flash, 0 },
};

static void scripts_find_what_they_expect(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		const struct script *row = &scripts[i];
		struct bench bench;

		bench_open(&bench, row->part);
		bench_play(&bench, row->name, row->steps);
		if (row->hclk && soc_hclk(bench.soc) != row->hclk)
			fail_msg("%s: %u Hz", row->name, (unsigned)soc_hclk(bench.soc));
		bench_close(&bench);
	}
}

/* A part either has a map, whole enough to reset and to name itself, or none. */
static void every_part_with_a_map_resets(void **state)
{
	unsigned maps = 0;

	(void)state;
	for (size_t i = 0; i < part_count(); i++) {
		struct memory memory;
		uint32_t size;

		assert_true(memory_init(&memory, part_at(i), 1, NULL));
		struct soc *const soc = soc_new(&memory, &(struct soc_hooks){ 0 });

		if (soc) {
			maps++;
			soc_reset(soc, SOC_SOFTWARE, 1000);
			assert_in_range(soc_hclk(soc), 4000000, 16000000);
			assert_int_equal(soc_boot_alias(soc), part_at(i)->flash_base);
			assert_int_equal(soc_next_ns(soc), UINT64_MAX);
			assert_true(soc_read(soc, part_at(i)->size_register, 2, &size, 2000));
			assert_int_equal(size, part_at(i)->flash_bytes / KIB);
		}
		soc_free(soc);
		memory_release(&memory);
	}
	assert_in_range(maps, 14, part_count());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts_find_what_they_expect),
		cmocka_unit_test(every_part_with_a_map_resets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
