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

#define SYST_PENDING_CLEAR (1u << 25)
#define SCB_ICSR REG(0xE000ED04)
#define NVIC_ICER(word) REG(0xE000E180 + 4 * (word))
#define NVIC_ICPR(word) REG(0xE000E280 + 4 * (word))
#define NVIC_WORDS 8

/*
 * AN2606: the ROM wants what a reset leaves. Interrupts are allowed again for it, with none
 * enabled; its own stack and entry are the first words of system memory.
 */
void core_enter_rom(void)
{
	const uint32_t stack = REG(part.system_memory), entry = REG(part.system_memory + 4);

	usart_stop();
	__asm volatile("cpsid i");
	SYST_CSR = 0;
	SCB_ICSR = SYST_PENDING_CLEAR;
	for (int word = 0; word < NVIC_WORDS; word++) {
		NVIC_ICER(word) = ~0u;
		NVIC_ICPR(word) = ~0u;
	}
	part_stop();
	SCB_VTOR = part.system_memory;
	__asm volatile("dsb\n\tisb\n\tmsr msp, %0\n\tcpsie i\n\tbx %1" ::"r"(stack), "r"(entry)
		       : "memory");
	__builtin_unreachable();
}

void core_led(bool on)
{
	*part.led_set_reset = 1u << (part.led_pin + (on ? 0 : 16));
}
