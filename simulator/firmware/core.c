/* SPDX-License-Identifier: MIT */
/* core.c - SysTick, NVIC and SCB (ARMv7-M, B3). */
#include "core.h"
#include "part.h"
#include "usart.h"

#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)
#define SYST_CVR REG(0xE000E018)
#define CSR_ENABLE_TICKINT_CORE 7u
#define SCB_VTOR REG(0xE000ED08)
#define SCB_AIRCR REG(0xE000ED0C)
#define AIRCR_SYSRESETREQ 0x05FA0004u

extern const uint32_t vectors[];

static volatile uint32_t now_ms;

static void (*each_ms)(void);

void systick_handler(void)
{
	now_ms++;
	if (each_ms)
		each_ms();
}

void core_each_ms(void (*work)(void))
{
	each_ms = work;
}

void core_init(const char *banner)
{
	part_init();
	SCB_VTOR = (uint32_t)vectors;
	__asm volatile("cpsie i"); /* a program that the ROM jumps to may find interrupts off */
	SYST_RVR = part.clock_hz / 1000 - 1;
	SYST_CVR = 0;
	SYST_CSR = CSR_ENABLE_TICKINT_CORE;
	usart_init(115200);
	usart_print(banner);
}

uint32_t core_now_ms(void)
{
	return now_ms;
}

void core_wait(void)
{
	__asm volatile("wfi");
}

void core_reset(void)
{
	usart_drain();
	__asm volatile("dsb");
	SCB_AIRCR = AIRCR_SYSRESETREQ;
	for (;;)
		;
}

void core_led(bool on)
{
	*part.led_set_reset = 1u << (part.led_pin + (on ? 0 : 16));
}
