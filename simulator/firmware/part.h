/* SPDX-License-Identifier: MIT */
/*
 * part.h - what the programs need to know of the chip: part_f103.c and part_f407.c, of which one
 * is linked.
 */
#ifndef BENCHD_FIRMWARE_PART_H
#define BENCHD_FIRMWARE_PART_H

#include <stdbool.h>
#include <stdint.h>

#define REG(addr) (*(volatile uint32_t *)(addr))

/* The USART of F1 and F4 (RM0008 section 27.6, RM0090 section 30.6). */
struct usart_registers {
	volatile uint32_t sr, dr, brr, cr1, cr2, cr3;
};

struct part {
	struct usart_registers *usart; /* USART1, PA9 and PA10 */
	uint32_t clock_hz, usart_hz;   /* of the core, and of USART1's bus */
	const volatile uint32_t *unique_id;
	const volatile uint16_t *flash_kib;
	volatile uint32_t *led_set_reset; /* GPIOx_BSRR */
	uint32_t led_pin;
	bool has_fpu;
	uint32_t system_memory; /* where the ROM lies */
	uint32_t keep_addr;     /* the last page or sector: nothing of the program lies there */
};

extern const struct part part;

/*
 * Brings the clock to clock_hz, by the PLL of the internal oscillator, whatever ran before (the ROM
 * starts a PLL), and sets up the pins.
 */
void part_init(void);
/* Clocks, pins and USART1 as reset leaves them, for the ROM. */
void part_stop(void);
/* Erases what begins at keep_addr, then programs words there; what they hold may be cut short. */
void part_keep(const uint32_t *words, uint32_t count);

/* What the parts share. */
struct clock {
	volatile uint32_t *cr, *cfgr, *acr; /* RCC_CR, RCC_CFGR, FLASH_ACR */
	uint32_t latency, reset_latency;    /* of FLASH_ACR */
	uint32_t prescalers;                /* of RCC_CFGR, with what else it holds of the PLL */
};

/* The internal oscillator first, then its PLL as set_pll() sets it up: the same bits in F1 and F4.
 */
void clock_use_pll(const struct clock *clock, void (*set_pll)(void));
/* Back to the internal oscillator alone, without prescalers or wait states. */
void clock_stop_pll(const struct clock *clock);

#endif /* BENCHD_FIRMWARE_PART_H */
