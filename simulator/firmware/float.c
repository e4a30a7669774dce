/* SPDX-License-Identifier: MIT */
/* float.c - sums of sines, interrupted. */
#include "float.h"
#include "core.h"
#include "part.h"
#include "usart.h"

#define ROUNDS 100u
#define STEPS 500u
#define PI 3.14159265f

#ifdef __ARM_FP

/* Turned by a thousandth of a full turn each millisecond; its length stays 1. */
static volatile float turn_x = 1.0f, turn_y;
static volatile uint32_t turns;

static void turn(void)
{
	const float c = 0.99998026f, s = 0.00628314f;
	const float x = turn_x, y = turn_y;

	turn_x = x * c - y * s;
	turn_y = x * s + y * c;
	turns++;
}

/* The first terms of the series, for 0 to pi. */
static float sine(float x)
{
	float term = x, sum = x;

	for (uint32_t n = 1; n < 9; n++) {
		term *= -x * x / (float)(2 * n * (2 * n + 1));
		sum += term;
	}
	return sum;
}

/* Read anew each time: the compiler is not to know that all sums are one. */
static volatile float limit = PI;

static float integrate(void)
{
	const float step = limit / (float)STEPS;
	float sum = 0;

	for (uint32_t i = 0; i < STEPS; i++)
		sum += sine(((float)i + 0.5f) * step) * step;
	return sum;
}

static void print(float value)
{
	const uint32_t micro = (uint32_t)(value * 1000000.0f + 0.5f);

	usart_number(micro / 1000000, 1);
	usart_put('.');
	usart_number(micro % 1000000, 6);
}

void float_run(void)
{
	const float alone = integrate();
	uint32_t differ = 0;

	turns = 0;
	core_each_ms(turn);
	for (uint32_t i = 0; i < ROUNDS; i++)
		differ += integrate() != alone;
	core_each_ms(0);
	const float length = turn_x * turn_x + turn_y * turn_y;

	usart_print("sin over 0..pi ");
	print(alone);
	usart_print(", ");
	usart_number(differ, 1);
	usart_print(" of ");
	usart_number(ROUNDS, 1);
	usart_print(" differ, ");
	usart_number(turns, 1);
	usart_print(" interrupts turned a vector of length ");
	print(length);
	usart_print("\r\n");
}

#else

void float_run(void)
{
	usart_print("this chip has no floating point unit\r\n");
}

#endif
