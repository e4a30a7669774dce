/* SPDX-License-Identifier: MIT */
/* usart.h - the console: received by interrupt, sent by waiting. */
#ifndef BENCHD_FIRMWARE_USART_H
#define BENCHD_FIRMWARE_USART_H

#include <stdint.h>

/* 8N1. */
void usart_init(uint32_t baud);
/* The next byte received, or -1. */
int usart_get(void);
void usart_put(char c);
void usart_print(const char *text);
/* In decimal, with at least width digits. */
void usart_number(uint32_t value, unsigned width);
void usart_hex(uint32_t value);
/* Waits until the last bit has left. */
void usart_drain(void);
/* The same, then off, as reset leaves it. */
void usart_stop(void);

void usart1_handler(void);

#endif /* BENCHD_FIRMWARE_USART_H */
