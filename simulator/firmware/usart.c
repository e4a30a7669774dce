/* SPDX-License-Identifier: MIT */
/* usart.c - USART1 (RM0008 section 27, RM0090 section 30). */
#include "usart.h"
#include "part.h"

#define SR_RXNE (1u << 5)
#define SR_TC (1u << 6)
#define SR_TXE (1u << 7)
#define CR1_RE (1u << 2)
#define CR1_TE (1u << 3)
#define CR1_RXNEIE (1u << 5)
#define CR1_UE (1u << 13)

#define USART1_IRQ 37
#define NVIC_ISER(irq) REG(0xE000E100 + 4 * ((irq) / 32))

#define RING_SIZE 64u /* a power of two */

/* The handler moves head, usart_get() moves tail. */
static volatile uint8_t ring[RING_SIZE];
static volatile uint32_t head, tail;

void usart_init(uint32_t baud)
{
	part.usart->cr1 = 0; /* the ROM may have left it at 8E1 */
	part.usart->cr2 = 0;
	part.usart->cr3 = 0;
	part.usart->brr = (part.usart_hz + baud / 2) / baud;
	part.usart->cr1 = CR1_UE | CR1_TE | CR1_RE | CR1_RXNEIE;
	NVIC_ISER(USART1_IRQ) = 1u << (USART1_IRQ % 32);
}

/* Reading SR, then DR, also clears an overrun. What does not fit in the ring is lost. */
void usart1_handler(void)
{
	if (!(part.usart->sr & SR_RXNE))
		return;
	const uint8_t byte = (uint8_t)part.usart->dr;

	if (head - tail < RING_SIZE) {
		ring[head % RING_SIZE] = byte;
		head++;
	}
}

int usart_get(void)
{
	if (head == tail)
		return -1;
	const uint8_t byte = ring[tail % RING_SIZE];

	tail++;
	return byte;
}

void usart_put(char c)
{
	while (!(part.usart->sr & SR_TXE))
		;
	part.usart->dr = (uint8_t)c;
}

void usart_print(const char *text)
{
	while (*text)
		usart_put(*text++);
}

void usart_number(uint32_t value, unsigned width)
{
	char digits[10];
	unsigned count = 0;

	do {
		digits[count++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	for (; width > count; width--)
		usart_put('0');
	while (count)
		usart_put(digits[--count]);
}

void usart_hex(uint32_t value)
{
	for (int shift = 28; shift >= 0; shift -= 4) {
		const uint32_t digit = value >> shift & 15;

		usart_put((char)(digit < 10 ? '0' + digit : 'A' + digit - 10));
	}
}

void usart_drain(void)
{
	while (!(part.usart->sr & SR_TC))
		;
}

void usart_stop(void)
{
	usart_drain();
	part.usart->cr1 = 0;
	part.usart->brr = 0;
}
