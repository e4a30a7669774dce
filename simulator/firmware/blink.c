/* SPDX-License-Identifier: MIT */
/* blink.c - another program to tell from the first: a light, and a line a second. */
#include "core.h"
#include "usart.h"

__attribute__((section(".banner"))) static const char banner[] =
	"\r\nbenchd blink on " PART_NAME ", built from simulator/firmware\r\n"
	"the light changes twice a second; whatever comes in is echoed\r\n";

static uint32_t period_ms = 500;

static void echo(void)
{
	for (int c; (c = usart_get()) >= 0;)
		usart_put((char)c);
}

int main(void)
{
	uint32_t blinks = 0;

	core_init(banner);
	for (uint32_t next = period_ms;; next += period_ms) {
		while ((int32_t)(core_now_ms() - next) < 0) {
			echo();
			core_wait();
		}
		blinks++;
		core_led(blinks % 2 != 0);
		if (blinks % 2 == 0) {
			usart_print("blink ");
			usart_number(blinks / 2, 1);
			usart_print("\r\n");
		}
	}
}
