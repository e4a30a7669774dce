/* SPDX-License-Identifier: MIT */
/*
 * part.h - what the programs need to know of the chip: part_f103.c and part_f407.c, of which one
 * is linked.
 */
#ifndef BENCHD_FIRMWARE_PART_H
#define BENCHD_FIRMWARE_PART_H

#include <stdint.h>

#define REG(addr) (*(volatile uint32_t *)(addr))

/* The USART of F1 and F4 (RM0008 section 27.6, RM0090 section 30.6). */
struct usart_registers {
	volatile uint32_t sr, dr, brr, cr1, cr2, cr3;
};

struct part {
	struct usart_registers *usart; /* USART1, PA9 and PA10 */
	uint32_t clock_hz;             /* of core, buses and USART */
	const volatile uint32_t *unique_id;
	const volatile uint16_t *flash_kib;
	volatile uint32_t *reset_status;  /* RCC_CSR */
	volatile uint32_t *led_set_reset; /* GPIOx_BSRR */
	uint32_t led_pin;
};

extern const struct part part;

/*
 * Makes the internal oscillator the clock of everything, without prescalers, and stops the PLL:
 * RCC_CR and RCC_CFGR have these bits in both families.
 */
void clock_use_hsi(volatile uint32_t *cr, volatile uint32_t *cfgr);
/* Brings the clock to clock_hz, whatever ran before (the ROM starts a PLL), and sets up the pins.
 */
void part_init(void);

#endif /* BENCHD_FIRMWARE_PART_H */
