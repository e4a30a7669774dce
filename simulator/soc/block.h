/* SPDX-License-Identifier: MIT */
/*
 * block.h - inside a soc: register blocks, their kinds, and what kinds may ask of the frame.
 * A family is a table of blocks (families.h), a block is an instance of a kind (kinds.h).
 */
#ifndef BENCHD_SIMULATOR_SOC_BLOCK_H
#define BENCHD_SIMULATOR_SOC_BLOCK_H

#include "simulator/soc/soc.h"

#define SOC_NEVER UINT64_MAX
#define BIT(n) (UINT32_C(1) << (n))
#define ALL UINT32_MAX

enum { BLOCK_IRQS = 8, SOC_IRQS = 160, SOC_PORTS = 11 };
/* An LPUART's number among the USARTs. */
enum { LPUART1 = 101 };

/* A register that is known: its reset value and the bits that a write changes. */
struct reg {
	uint16_t offset;
	uint32_t reset, writable;
};

struct block;

/* How a sort of peripheral behaves. Without read or write it stores, as its registers say. */
struct kind {
	size_t state_bytes; /* of block->state, cleared by reset */
	/* Registers have their reset values already. */
	void (*reset)(struct block *block);
	/* A whole register, with what reading it does. */
	uint32_t (*read)(struct block *block, uint32_t offset);
	/* lanes: ones in the bytes that are written; value is zero elsewhere. */
	void (*write)(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes);
	/* block->due_ns has come; set it anew. */
	void (*advance)(struct block *block);
};

/* One peripheral of a family. */
struct block_row {
	const char *name;
	uint32_t base, size;
	const struct kind *kind; /* NULL: not modelled, stores and reads back */
	const struct reg *regs;  /* reg_count known ones */
	size_t reg_count;
	uint8_t clock_reg, clock_bit; /* in RCC; clock_reg 0: always clocked */
	uint8_t bus;                  /* APB1 or APB2, for its clock */
	uint8_t irq_count;
	uint8_t irqs[BLOCK_IRQS];
	uint8_t number;      /* USART1 is 1, port A is 'A' */
	bool holds_exticr;   /* EXTICR1 at 8: which port a line of EXTI listens to */
	const void *variant; /* what its kind wants to know */
};

struct block {
	const struct block_row *row;
	struct soc *soc;
	uint32_t *regs;    /* row->size / 4 */
	uint8_t *reported; /* a bit for each register */
	void *state;
	uint64_t due_ns; /* when kind->advance is to be called; SOC_NEVER */
	uint8_t irqs_high;
	bool said_unclocked;
};

/* What lies behind an AHB or APB, Hz. */
struct clocks {
	uint32_t sysclk, hclk, pclk1, pclk2, timer1, timer2, hsi, lse, lsi;
};

struct family {
	const struct block_row *rows;
	size_t count;
	unsigned irqs;
	bool has_bit_band;
};

/* Which peripheral asked for the reset that is to come. */
enum soc_by { SOC_BY_NONE, SOC_BY_IWDG, SOC_BY_WWDG, SOC_BY_OPTIONS };

struct soc {
	struct memory *memory;
	struct soc_hooks hooks;
	const struct family *family;
	struct block *blocks; /* family->count */
	struct block *last;   /* the last one found */
	struct block *rcc, *flash, *console, *exti, *exti_select, *dma[2];
	struct block *ports[SOC_PORTS];
	struct clocks clocks;
	uint64_t now_ns, due_ns; /* due_ns: no block's is earlier */
	uint32_t boot_base, alias, system_base;
	uint32_t flash_percent;
	uint8_t irq_sources[SOC_IRQS];
	enum soc_by reset_by;
	uint64_t random;
};

static inline uint32_t *block_reg(struct block *block, uint32_t offset)
{
	return &block->regs[offset / 4];
}

static inline uint32_t block_get(const struct block *block, uint32_t offset)
{
	return block->regs[offset / 4];
}

/* Changes the bits that may be: what a write does by default. */
void block_store(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes);
/* Registers and state to their reset values, interrupt lines low. */
void block_reset(struct block *block);
/* One of the block's interrupt lines goes high or low. */
void block_irq(struct block *block, unsigned line, bool is_high);
/* Peripheral clock enabled in RCC. */
bool block_is_clocked(const struct block *block);
/* The clock of the bus it is on, Hz. */
uint32_t block_clock(const struct block *block);
/* Looks for the block that is due first: after due_ns of any may have changed. */
void soc_find_due(struct soc *soc);
void soc_report(struct soc *soc, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The next number of a seeded row. */
uint64_t soc_random(struct soc *soc);
/* A peripheral resets the chip. */
void soc_ask_reset(struct soc *soc, enum soc_by by);

#endif /* BENCHD_SIMULATOR_SOC_BLOCK_H */
