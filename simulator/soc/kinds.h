/* SPDX-License-Identifier: MIT */
/* kinds.h - the sorts of peripherals, and what they ask of one another. */
#ifndef BENCHD_SIMULATOR_SOC_KINDS_H
#define BENCHD_SIMULATOR_SOC_KINDS_H

#include "simulator/soc/block.h"

extern const struct kind kind_rcc;   /* variant: struct rcc_map */
extern const struct kind kind_gpio;  /* variant: struct gpio_map */
extern const struct kind kind_usart; /* variant: struct usart_map */
extern const struct kind kind_flash; /* variant: struct flash_map */

/* Where a port's registers lie; NONE: it has no such one. */
struct gpio_map {
	bool is_f1; /* CRL and CRH instead of MODER and its company */
	uint8_t idr, odr, bsrr, lckr, brr;
};
extern const struct gpio_map gpio_f1, gpio_f4, gpio_brr;

enum usart_layout { USART_V1, USART_V2 };
struct usart_map {
	enum usart_layout layout;
	bool is_lpuart;
	uint8_t fifo; /* bytes with FIFOEN; 0: it has none */
};
extern const struct usart_map usart_v1, usart_v2, usart_v2_fifo, lpuart, lpuart_fifo;

/* Output levels and directions of a port's pins. */
void gpio_levels(const struct block *block, uint16_t *levels, uint16_t *is_output);
void usart_receive(struct block *block, uint8_t byte, const struct wire_settings *from);
/* What outlives a reset: flags of its cause, backup domain. rcc_restore() follows the reset. */
struct rcc_kept {
	uint32_t flags, bdcr;
};
struct rcc_kept rcc_keep(const struct block *rcc, enum soc_cause cause);
void rcc_restore(struct block *rcc, const struct rcc_kept *kept);
/* Recomputes soc->clocks. */
void rcc_update(struct block *rcc);
/* The kernel clock of a USART, Hz: its bus clock, unless RCC has a selector for it. */
uint32_t rcc_usart_clock(const struct block *usart);
/* A write to flash or option bytes. false: bus error. */
bool flash_ctl_write(struct soc *soc, uint32_t addr, unsigned size, uint32_t value);

#endif /* BENCHD_SIMULATOR_SOC_KINDS_H */
