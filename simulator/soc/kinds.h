/* SPDX-License-Identifier: MIT */
/* kinds.h - the sorts of peripherals, and what they ask of one another. */
#ifndef BENCHD_SIMULATOR_SOC_KINDS_H
#define BENCHD_SIMULATOR_SOC_KINDS_H

#include "simulator/soc/block.h"

extern const struct kind kind_rcc;   /* variant: struct rcc_map */
extern const struct kind kind_gpio;  /* variant: struct gpio_map */
extern const struct kind kind_usart; /* variant: struct usart_map */
extern const struct kind kind_flash; /* variant: struct flash_map */
extern const struct kind
	kind_timer; /* number: 32 if its counter is so wide; irqs: all, or UP, CC */
extern const struct kind kind_iwdg, kind_wwdg, kind_crc, kind_rng, kind_dbgmcu;
extern const struct kind kind_syscfg; /* MEMRMP at 0, EXTICR at 8 */
extern const struct kind kind_exti;   /* irqs: seven, or three */
extern const struct kind kind_dma;    /* variant: dma_channels or dma_streams */

enum {
	TIMER_REGS = 20,
	IWDG_REGS = 5,
	WWDG_REGS = 3,
	CRC_REGS = 5,
	RNG_REGS = 3,
	EXTI_REGS = 12,
	DMA_CHANNEL_REGS = 3 + 7 * 4,
	DMA_STREAM_REGS = 4 + 8 * 6
};
extern const struct reg timer_regs[TIMER_REGS], iwdg_regs[IWDG_REGS], wwdg_regs[WWDG_REGS],
	crc_regs[CRC_REGS], rng_regs[RNG_REGS], exti_regs[EXTI_REGS],
	dma_channel_regs[DMA_CHANNEL_REGS], dma_stream_regs[DMA_STREAM_REGS];

struct dma_map {
	bool has_streams;
};
extern const struct dma_map dma_channels, dma_streams;

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
/* The pin of a port changed its level. */
void exti_pin(struct soc *soc, char port, unsigned pin, bool is_high);
/* Clocks are about to change, and have changed. */
void timer_settle(struct block *block);
void timer_clock_changed(struct block *block);
/* A data register has something, or room. false: no channel was there to move it. */
bool dma_request(struct soc *soc, uint32_t data_register, bool to_peripheral);
/* What DMA does on the bus. false: nothing is there. */
bool dma_access(struct soc *soc, uint32_t addr, unsigned size, uint32_t *value, bool is_write);
/* A channel was enabled: USARTs look whether it is theirs. */
void usarts_ask_dma(struct soc *soc);
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
