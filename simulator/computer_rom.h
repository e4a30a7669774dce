/* SPDX-License-Identifier: MIT */
/* computer_rom.h - what ST's ROM leaves to the program that its Go starts. One thread per soc. */
#ifndef BENCHD_SIMULATOR_COMPUTER_ROM_H
#define BENCHD_SIMULATOR_COMPUTER_ROM_H

#include "simulator/soc/soc.h"

/* Where the part's system memory begins. */
uint32_t computer_system_memory(const struct part *part);
/* How large it is; 0: the part has none that is known. */
uint32_t computer_system_bytes(const struct part *part);
/*
 * Clocks, pins and the USART as the ROM leaves them, set up after reset_ns: "old parts leave UART,
 * clock and prescaler registers changed" (docs/facts/an3155.md 4, Go).
 */
void computer_leave_rom(struct soc *soc, const struct part *part, uint64_t reset_ns);

#endif /* BENCHD_SIMULATOR_COMPUTER_ROM_H */
