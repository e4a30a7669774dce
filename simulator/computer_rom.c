/* SPDX-License-Identifier: MIT */
/*
 * computer_rom.c - the ROM's own set-up, as AN2606 tells it for F1 ("24 MHz with the PLL, source
 * HSI") and F4 ("60 MHz with the PLL"); USART1 at 8E1. Other families are left as reset leaves
 * them.
 */
#include "simulator/computer_rom.h"

#include <string.h>

/* Between two writes, so that what the first one starts is ready at the second. */
#define PAUSE_NS 200000u

struct leftover {
	uint32_t addr, value;
};

static const struct leftover f1[] = {
	{ 0x4002101C, 0x00000000 }, /* RCC_APB1ENR */
	{ 0x40021018, 0x00004005 }, /* RCC_APB2ENR: AFIO, GPIOA, USART1 */
	{ 0x40021004, 0x00100000 }, /* RCC_CFGR: PLL of HSI / 2, times 6 */
	{ 0x40021000, 0x01000083 }, /* RCC_CR: HSION, PLLON */
	{ 0x40021004, 0x00100002 }, /* the PLL is the clock */
	{ 0x40010804, 0x444444B4 }, /* GPIOA_CRH: PA9 is USART1_TX */
	{ 0x40013808, 0x000000D0 }, /* USART1_BRR: 115200 */
	{ 0x4001380C, 0x0000340C }, /* USART1_CR1: UE, M, PCE, TE, RE */
};

static const struct leftover f4[] = {
	{ 0x40023830, 0x00000001 }, /* RCC_AHB1ENR: GPIOA; the CCM is off */
	{ 0x40023844, 0x00000010 }, /* RCC_APB2ENR: USART1 */
	{ 0x40023C00, 0x00000702 }, /* FLASH_ACR: two wait states, caches on */
	{ 0x40023804, 0x24001E10 }, /* RCC_PLLCFGR: HSI / 16 * 120 / 2 */
	{ 0x40023800, 0x01000083 }, /* RCC_CR: HSION, PLLON */
	{ 0x40023808, 0x00000002 }, /* RCC_CFGR: the PLL is the clock */
	{ 0x40020024, 0x00000770 }, /* GPIOA_AFRH: USART1 on PA9, PA10 */
	{ 0x40020000, 0xA8280000 }, /* GPIOA_MODER */
	{ 0x40011008, 0x00000209 }, /* USART1_BRR: 115200 */
	{ 0x4001100C, 0x0000340C }, /* USART1_CR1: UE, M, PCE, TE, RE */
};

/*
 * The flash is unlocked: stm32flash -R, which on some of these parts sets FLASH_CR.OBL_LAUNCH
 * without a key, resets real ones.
 */
static const struct leftover f0[] = {
	{ 0x40022004, 0x45670123 }, /* FLASH_KEYR */
	{ 0x40022004, 0xCDEF89AB },
};

static const struct {
	const char *family;
	const struct leftover *leftovers;
	size_t count;
} families[] = {
	{ "f0", f0, sizeof(f0) / sizeof(*f0) },
	{ "f1", f1, sizeof(f1) / sizeof(*f1) },
	{ "f4", f4, sizeof(f4) / sizeof(*f4) },
};

static const struct area *system_area(const struct part *part)
{
	for (int i = 0; i < PART_AREAS; i++) {
		if (part->areas[i].kind == AREA_SYSTEM)
			return &part->areas[i];
	}
	return NULL;
}

uint32_t computer_system_memory(const struct part *part)
{
	const struct area *area = system_area(part);

	return area ? area->base : part->flash_base;
}

uint32_t computer_system_bytes(const struct part *part)
{
	const struct area *area = system_area(part);

	return area ? area->size : 0;
}

void computer_leave_rom(struct soc *soc, const struct part *part, uint64_t reset_ns)
{
	for (size_t f = 0; f < sizeof(families) / sizeof(*families); f++) {
		if (strncmp(part->name, families[f].family, 2))
			continue;
		for (size_t i = 0; i < families[f].count; i++)
			soc_write(soc, families[f].leftovers[i].addr, 4,
				families[f].leftovers[i].value, reset_ns += PAUSE_NS);
	}
}
