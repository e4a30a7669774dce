/* SPDX-License-Identifier: MIT */
/*
 * soc.h - the peripherals of an STM32 around a core: register maps by family as the reference
 * manuals have them (RM0008 F1, RM0090 F4, RM0091 F0, RM0351 L4, RM0444 G0). What is not known
 * stores and reads back, and is reported once per register. It knows nothing of the core: it is
 * given accesses and time, and says which interrupt lines are high.
 * One thread per soc.
 */
#ifndef BENCHD_SIMULATOR_SOC_SOC_H
#define BENCHD_SIMULATOR_SOC_SOC_H

#include "protocol/wire.h"
#include "simulator/memory.h"

struct soc;

/* What it calls, from within soc_read/write/advance/receive. Any may be NULL. */
struct soc_hooks {
	/* An interrupt line's level changed. */
	void (*irq)(void *ctx, unsigned irq, bool is_high);
	/* A USART that is wired to the host began to send a byte with these settings at now_ns. */
	void (*transmit)(
		void *ctx, uint8_t byte, const struct wire_settings *line, uint64_t now_ns);
	/* Flash content was changed by the program itself. */
	void (*flash_changed)(void *ctx, uint32_t addr, uint32_t len);
	/* The core is to be stalled until then (flash busy and code runs from flash). */
	void (*stall)(void *ctx, uint64_t until_ns);
	/*
	 * The watchdog, or option bytes loaded: system reset. cause is static. soc_reset() follows
	 * when the call that led here has returned, not from within the hook.
	 */
	void (*reset)(void *ctx, const char *cause);
	/* A pin of a port changed its output; port 'A'.. */
	void (*pin)(void *ctx, char port, unsigned pin, bool is_high);
	/* DMA and RAM bit-banding reach memory. false: nothing is there. NULL: DMA moves nothing.
	 */
	bool (*load)(void *ctx, uint32_t addr, unsigned size, uint32_t *value);
	bool (*store)(void *ctx, uint32_t addr, unsigned size, uint32_t value);
	/* One line of text for what is not known. */
	void (*report)(void *ctx, const char *line);
	void *ctx;
};

/* Borrows memory (its flash and option bytes are the part's). NULL: no memory, or no register map
 * of the part. */
struct soc *soc_new(struct memory *memory, const struct soc_hooks *hooks);
void soc_free(struct soc *soc);
/* Who asked for a reset, for RCC's flags; that hooks.reset did is remembered. */
enum soc_cause { SOC_PIN, SOC_POWER_ON, SOC_SOFTWARE };
/* System reset: registers to their reset values; power-on also clears what survives others. */
void soc_reset(struct soc *soc, enum soc_cause cause, uint64_t now_ns);
/* What the BOOT pins chose to lie at address 0, from the next soc_reset() on; flash at first. */
void soc_set_boot(struct soc *soc, uint32_t base);
/* Erase and program times in per cent of the typical ones; 0: they take none; 100 at first. */
void soc_set_flash_percent(struct soc *soc, uint32_t percent);
/* Which USART the host is wired to: 1 at first, as on PA9 and PA10. false: no such USART. */
bool soc_set_console(struct soc *soc, unsigned usart);

/*
 * The address of an access lies outside memory regions, or is a write to flash (at its own address
 * or at 0), which the flash controller judges. Bit-banding is understood. false: bus error.
 */
bool soc_read(struct soc *soc, uint32_t addr, unsigned size, uint32_t *value, uint64_t now_ns);
bool soc_write(struct soc *soc, uint32_t addr, unsigned size, uint32_t value, uint64_t now_ns);

/* Lets what is due happen: bytes sent, watchdog, flash no longer busy. */
void soc_advance(struct soc *soc, uint64_t now_ns);
/* UINT64_MAX: nothing is due by itself. */
uint64_t soc_next_ns(const struct soc *soc);
/* A byte came in on the host's USART, sent with these settings, its last bit at now_ns. */
void soc_receive(struct soc *soc, uint8_t byte, const struct wire_settings *from, uint64_t now_ns);

/* The core clock as RCC has it now, Hz. */
uint32_t soc_hclk(const struct soc *soc);
/* What lies at address 0 (flash, system memory, RAM by BOOT0 and SYSCFG/AFIO remap): its base. */
uint32_t soc_boot_alias(const struct soc *soc);
/* Output levels and directions of a port, for those who look at LEDs. false: no such port. */
bool soc_port(const struct soc *soc, char port, uint16_t *levels, uint16_t *is_output);

/* Interrupt lines of the family. */
unsigned soc_irqs(const struct soc *soc);

#endif /* BENCHD_SIMULATOR_SOC_SOC_H */
