/* SPDX-License-Identifier: MIT */
/* core.h - the Cortex-M's own timer, interrupts and reset, and the LED. */
#ifndef BENCHD_FIRMWARE_CORE_H
#define BENCHD_FIRMWARE_CORE_H

#include <stdbool.h>
#include <stdint.h>

/* Clock, pins, SysTick of 1 ms, the USART; then the banner is printed. */
void core_init(const char *banner);
/* Milliseconds since core_init(); wraps after 49 days. */
uint32_t core_now_ms(void);
/* Called in the interrupt of each millisecond; 0: nothing is. */
void core_each_ms(void (*work)(void));
/* Sleeps until an interrupt: at most 1 ms. */
void core_wait(void);
/* Resets the chip as NRST would; does not come back. */
void core_reset(void);
/* Leaves for the ROM bootloader, as AN2606 wants it left; does not come back. */
void core_enter_rom(void);
void core_led(bool on);

void systick_handler(void);

#endif /* BENCHD_FIRMWARE_CORE_H */
