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
	{ WRITE, F1_FLASH + 0x04, KEY1, 0 }, /* a driver that does not look first */
	{ WRITE, F1_FLASH + 0x04, KEY2, 0 },
	{ WRITE, F1_FLASH + 0x10, 1, 0 },
	{ WRITE16, 0x08000400, 0x1234, 0 },
	{ READ, F1_FLASH + 0x0C, 1, 0x21 },
	{ WAIT, 54, 0, 0 },
	{ READ, F1_FLASH + 0x0C, 0x20, 0 },
	{ WRITE, F1_FLASH + 0x0C, 0x20, 0 },
	{ READ, F1_FLASH + 0x0C, 0, 0 },
	{ READ16, 0x08000400, 0x1234, 0 },
	{ WRITE16, 0x08000400, 0x0204, 0 }, /* not erased */
	{ READ, F1_FLASH + 0x0C, 0x04, 0 },
	{ READ16, 0x08000400, 0x1234, 0 },
	{ WRITE16, 0x08000400, 0, 0 },
	{ WAIT, 54, 0, 0 },
	{ READ16, 0x08000400, 0, 0 },
	{ FAIL32, 0x08000404, 0, 0 },
	{ WRITE, F1_FLASH + 0x0C, 0x34, 0 },
	{ WRITE16, 0x402, 0x5678, 0 }, /* by the alias */
	{ WAIT, 54, 0, 0 },
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
	{ WRITE, F1_FLASH + 0x10, 1, 0 },
	{ WRITE16, 0x404, 0x9ABC, 0 },
	{ WAIT, 54, 0, 0 },
	{ WRITE, F1_FLASH + 0x10, 2, 0 },
	{ WRITE, F1_FLASH + 0x14, 0x400, 0 }, /* the page by the alias */
	{ WRITE, F1_FLASH + 0x10, 0x42, 0 },
	{ WAIT, 30000, 0, 0 },
	{ READ, F1_FLASH + 0x0C, 0x20, 0 },
	{ READ, 0x08000404, 0xFFFFFFFF, 0 },
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

/* PLL from HSI/2 to 48 MHz. */
static const struct step f0_clock[] = {
	{ WRITE, F1_RCC + 0x04, 10 << 18, 0 },
	{ SET, F1_RCC + 0x00, 1 << 24, 0 },
	{ WAIT, 200, 0, 0 },
	{ SET, F1_RCC + 0x04, 2, 0 },
	{ READ, F1_RCC + 0x04, 0x8, 0xC },
	{ STEP_END, 0, 0, 0 },
};

/* MSI 4 MHz, PLL *40/2 to 80 MHz; PWR's voltage flag is clear. */
static const struct step l4_clock[] = {
	{ READ, F1_RCC + 0x00, 0x63, 0 },
	{ SET, F1_RCC + 0x58, 1 << 28, 0 },
	{ READ, 0x40007014, 0, 1 << 10 },
	{ WRITE, F1_RCC + 0x0C, 0x01002801, 0 },
	{ SET, F1_RCC + 0x00, 1 << 24, 0 },
	{ WAIT, 40, 0, 0 },
	{ WRITE, F1_FLASH, 0x604, 0 },
	{ READ, F1_FLASH, 4, 7 },
	{ WRITE, F1_RCC + 0x08, 3, 0 },
	{ READ, F1_RCC + 0x08, 0xF, 0 },
	{ STEP_END, 0, 0, 0 },
};

/* HSI16, PLL *8/2 to 64 MHz. */
static const struct step g0_clock[] = {
	{ READ, F1_RCC + 0x00, 0x500, 0 },
	{ WRITE, F1_RCC + 0x0C, 0x30000802, 0 },
	{ SET, F1_RCC + 0x00, 1 << 24, 0 },
	{ WAIT, 40, 0, 0 },
	{ WRITE, F1_RCC + 0x08, 2, 0 },
	{ READ, F1_RCC + 0x08, 0x12, 0 },
	{ STEP_END, 0, 0, 0 },
};

static const struct step l4_flash[] = {
	{ READ, F1_FLASH + 0x14, 0xC0000000, 0 },
	{ WRITE, 0x08000800, 1, 0 }, /* no PG */
	{ READ, F1_FLASH + 0x10, 0x80, 0 },
	{ WRITE, F1_FLASH + 0x10, 0xC3FB, 0 },
	{ WRITE, F1_FLASH + 0x08, KEY1, 0 },
	{ WRITE, F1_FLASH + 0x08, KEY2, 0 },
	{ WRITE, F1_FLASH + 0x14, 0x40000001, 0 },
	{ WRITE, 0x08000800, 0x11223344, 0 },
	{ READ, 0x08000800, 0xFFFFFFFF, 0 }, /* half of it */
	{ WRITE, 0x08000804, 0x55667788, 0 },
	{ READ, F1_FLASH + 0x10, 1 << 16, 1 << 16 },
	{ WAIT, 85, 0, 0 },
	{ READ, F1_FLASH + 0x10, 0, 0 },
	{ READ, 0x08000800, 0x11223344, 0 },
	{ READ, 0x08000804, 0x55667788, 0 },
	{ WRITE, 0x08000800, 0x11223300, 0 }, /* a second time */
	{ WRITE, 0x08000804, 0x55667788, 0 },
	{ READ, F1_FLASH + 0x10, 0x08, 0 },
	{ WRITE, 0x08000808, 0, 0 }, /* errors are to be cleared first */
	{ READ, F1_FLASH + 0x10, 0x88, 0 },
	{ WRITE, F1_FLASH + 0x10, 0x88, 0 },
	{ WRITE, 0x0800080C, 0, 0 }, /* the upper word first */
	{ READ, F1_FLASH + 0x10, 0x20, 0 },
	{ WRITE, F1_FLASH + 0x10, 0x20, 0 },
	{ WRITE16, 0x08000808, 0, 0 },
	{ READ, F1_FLASH + 0x10, 0x40, 0 },
	{ WRITE, F1_FLASH + 0x10, 0x40, 0 },
	{ WRITE, 0x08000800, 0, 0 }, /* zeros are taken */
	{ WRITE, 0x08000804, 0, 0 },
	{ WAIT, 85, 0, 0 },
	{ READ, 0x08000800, 0, 0 },
	{ WRITE, F1_FLASH + 0x14, 0x4000000A, 0 }, /* page 1 */
	{ SET, F1_FLASH + 0x14, 1 << 16, 0 },
	{ WAIT, 21999, 0, 0 },
	{ READ, F1_FLASH + 0x10, 1 << 16, 1 << 16 },
	{ WAIT, 1, 0, 0 },
	{ READ, F1_FLASH + 0x10, 0, 0 },
	{ READ, 0x08000800, 0xFFFFFFFF, 0 },
	{ WRITE, F1_FLASH + 0x0C, 0x08192A3B, 0 },
	{ WRITE, F1_FLASH + 0x0C, 0x4C5D6E7F, 0 },
	{ READ, F1_FLASH + 0x14, 0, 0xC0000000 },
	{ WRITE, F1_FLASH + 0x2C, 0x00010001, 0 }, /* page 1 protected, once loaded */
	{ WRITE, F1_FLASH + 0x14, 1 << 17, 0 },
	{ WAIT, 22000, 0, 0 },
	{ WRITE, F1_FLASH + 0x14, 1 << 27, 0 },
	{ WRITE, F1_FLASH + 0x14, 0x1000A, 0 },
	{ READ, F1_FLASH + 0x10, 0x10, 0 },
	{ STEP_END, 0, 0, 0 },
};

/* HSI, PLL *6/3 to 32 MHz; the sequence of RM0038 3.3.4 for pages, words and EEPROM. */
static const struct step l1_clock_and_flash[] = {
	{ SET, F4_RCC + 0x00, 1, 0 },
	{ WAIT, 4, 0, 0 },
	{ WRITE, F4_RCC + 0x08, 2 << 18 | 2 << 22, 0 },
	{ SET, F4_RCC + 0x00, 1 << 24, 0 },
	{ WAIT, 100, 0, 0 },
	{ SET, F4_RCC + 0x08, 3, 0 },
	{ READ, F4_RCC + 0x08, 0xC, 0xC },
	{ READ, F4_FLASH + 0x04, 7, 0 },
	{ WRITE, F4_FLASH + 0x0C, 0x89ABCDEF, 0 },
	{ WRITE, F4_FLASH + 0x0C, 0x02030405, 0 },
	{ READ, F4_FLASH + 0x04, 6, 0 },
	{ WRITE, 0x08080000, 0x12345678, 0 },
	{ WAIT, 3280, 0, 0 },
	{ READ, 0x08080000, 0x12345678, 0 },
	{ WRITE, 0x08000100, 1, 0 }, /* programs are still locked */
	{ READ, F4_FLASH + 0x18, 0x100, 0x101 },
	{ WRITE, F4_FLASH + 0x18, 0x102, 0 },
	{ WRITE, F4_FLASH + 0x10, 0x8C9DAEBF, 0 },
	{ WRITE, F4_FLASH + 0x10, 0x13141516, 0 },
	{ READ, F4_FLASH + 0x04, 4, 0 },
	{ WRITE, 0x08000100, 0x12345678, 0 },
	{ READ, F4_FLASH + 0x18, 1, 1 },
	{ WAIT, 3280, 0, 0 },
	{ READ, F4_FLASH + 0x18, 2, 3 },
	{ READ, 0x08000100, 0x12345678, 0 },
	{ WRITE, F4_FLASH + 0x04, 0x208, 0 },
	{ WRITE, 0x08000100, 0, 0 },
	{ WAIT, 3280, 0, 0 },
	{ READ, 0x08000100, 0, 0 },
	{ WRITE, F4_FLASH + 0x04, 1, 0 },
	{ READ, F4_FLASH + 0x04, 7, 7 },
	{ STEP_END, 0, 0, 0 },
};

/* The bits of "123456789" as zip has them: reflected in and out. */
static const struct step f0_crc[] = {
	{ SET, F1_RCC + 0x14, 1 << 6, 0 },
	{ WRITE, 0x40023000, 0x12345678, 0 },
	{ READ, 0x40023000, 0xDF8A8A2B, 0 },
	{ WRITE, 0x40023008, 0xA1, 0 },
	{ WRITE8, 0x40023000, '1', 0 },
	{ WRITE8, 0x40023000, '2', 0 },
	{ WRITE8, 0x40023000, '3', 0 },
	{ WRITE8, 0x40023000, '4', 0 },
	{ WRITE8, 0x40023000, '5', 0 },
	{ WRITE8, 0x40023000, '6', 0 },
	{ WRITE8, 0x40023000, '7', 0 },
	{ WRITE8, 0x40023000, '8', 0 },
	{ WRITE8, 0x40023000, '9', 0 },
	{ READ, 0x40023000, ~0xCBF43926u, 0 },
	{ STEP_END, 0, 0, 0 },
};

/* SPI sends and hears ones; I2C finds nobody; ADC calibrates and converts. */
static const struct step f1_quiet_buses[] = {
	{ WRITE, F1_RCC + 0x18, 0xFFFF, 0 },
	{ WRITE, F1_RCC + 0x1C, 0x3FFFFFFF, 0 },
	{ READ, 0x40013008, 2, 0 },
	{ WRITE16, 0x4001300C, 0x9F, 0 },
	{ READ, 0x40013008, 3, 0 },
	{ READ16, 0x4001300C, 0xFFFF, 0 },
	{ READ, 0x40013008, 2, 0 },
	{ WRITE, 0x40005400, 0x101, 0 }, /* START */
	{ READ, 0x40005414, 1, 0 },
	{ WRITE, 0x40005410, 0xA0, 0 },
	{ READ, 0x40005414, 1 << 10, 0 },
	{ WRITE, 0x40005414, 0, 0 },
	{ WRITE, 0x40005400, 0x201, 0 }, /* STOP */
	{ READ, 0x40005414, 0, 0 },
	{ READ, 0x40005418, 0, 0 },
	{ READ, 0x40005400, 1, 0 },
	{ WRITE, 0x40012408, 0xD, 0 }, /* CAL, RSTCAL */
	{ READ, 0x40012408, 1, 0 },
	{ WRITE, 0x40012408, 0x00500001, 0 },
	{ READ, 0x40012400, 2, 2 },
	{ READ, 0x4001244C, 0x800, 0 },
	{ READ, 0x40012400, 0, 2 },
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
	{ "F0 clock", "f072rb", f0_clock, 48000000 },
	{ "L4 clock", "l476rg", l4_clock, 80000000 },
	{ "G0 clock", "g071rb", g0_clock, 64000000 },
	{ "F0 flash", "f072rb", f1_flash, 0 },
	{ "L4 flash", "l476rg", l4_flash, 0 },
	{ "G0 flash", "g071rb", l4_flash, 0 },
	{ "L1 clock and flash", "l152re", l1_clock_and_flash, 32000000 },
	{ "CRC", "f072rb", f0_crc, 0 },
	{ "F1 SPI, I2C, ADC", "f103rb", f1_quiet_buses, 0 },
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
			assert_in_range(soc_hclk(soc), 2000000, 16000000);
			assert_int_equal(soc_boot_alias(soc), part_at(i)->flash_base);
			assert_int_equal(soc_next_ns(soc), UINT64_MAX);
			assert_true(soc_read(soc, part_at(i)->size_register, 2, &size, 2000));
			assert_int_equal(size, part_at(i)->flash_bytes / KIB);
		}
		soc_free(soc);
		memory_release(&memory);
	}
	assert_in_range(maps, 16, part_count());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts_find_what_they_expect),
		cmocka_unit_test(every_part_with_a_map_resets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
