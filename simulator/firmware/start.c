/* SPDX-License-Identifier: MIT */
/* start.c - the vector table and what runs before main(). */
#include "core.h"
#include "usart.h"

#include <stdint.h>

/* From sections.ld. */
extern uint32_t stack_end[], data_start[], data_end[], data_load[], bss_start[], bss_end[];

int main(void);
void reset_handler(void);

/* An exception that nobody expects: stop where a debugger finds it. */
static void stop_handler(void)
{
	for (;;)
		;
}

void reset_handler(void)
{
	const uint32_t *from = data_load;

	for (uint32_t *to = data_start; to < data_end; to++)
		*to = *from++;
	for (uint32_t *to = bss_start; to < bss_end; to++)
		*to = 0;
	main();
	stop_handler();
}

#define USART1_VECTOR (16 + 37)

union vector {
	uint32_t *stack;
	void (*handler)(void);
};

extern const union vector vectors[];
__attribute__((section(".vectors"), used)) const union vector vectors[] = {
	[0] = { .stack = stack_end },
	[1] = { .handler = reset_handler },
	[2] = { .handler = stop_handler },  /* NMI */
	[3] = { .handler = stop_handler },  /* HardFault */
	[4] = { .handler = stop_handler },  /* MemManage */
	[5] = { .handler = stop_handler },  /* BusFault */
	[6] = { .handler = stop_handler },  /* UsageFault */
	[11] = { .handler = stop_handler }, /* SVCall */
	[12] = { .handler = stop_handler }, /* DebugMonitor */
	[14] = { .handler = stop_handler }, /* PendSV */
	[15] = { .handler = systick_handler },
	[USART1_VECTOR] = { .handler = usart1_handler }, /* no other interrupt is enabled */
};
