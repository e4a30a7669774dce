/* SPDX-License-Identifier: MIT */
/* test_soc_usart.c - USARTs of both generations: times, flags, what clears them, DMA. */
#include "tests/simulator/soc_bench.h"

#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

enum { PE = 1, FE = 2, NF = 4, ORE = 8, IDLE = 16, RXNE = 32, TC = 64, TXE = 128 };
enum { UE_V1 = 1 << 13, TE = 8, RE = 4, RXNEIE = 32, TXEIE = 128, PCE = 1 << 10, M = 1 << 12 };

/* A family's USART1, and how its clock is switched on; baud is 115200 of its reset clock. */
static const struct usart {
	const char *part;
	uint32_t base, enable, bit, brr;
	bool is_v2;
	unsigned irq;
} usarts[] = {
	{ "f103rb", 0x40013800, 0x40021018, 14, 69, false, 37 },
	{ "f407vg", 0x40011000, 0x40023844, 4, 139, false, 37 },
	{ "f072rb", 0x40013800, 0x40021018, 14, 69, true, 27 },
	{ "l476rg", 0x40013800, 0x40021060, 14, 35, true, 37 },
	{ "g071rb", 0x40013800, 0x40021040, 14, 139, true, 27 },
};
enum { USARTS = sizeof(usarts) / sizeof(*usarts) };

static const struct wire_settings host = { 115200, WIRE_8N1 };

enum place { STATUS, RECEIVED, SENT, BRR, CR1, CR3, PLACES };

static uint32_t at(const struct usart *usart, enum place place)
{
	static const uint8_t v1[PLACES] = { 0x00, 0x04, 0x04, 0x08, 0x0C, 0x14 };
	static const uint8_t v2[PLACES] = { 0x1C, 0x24, 0x28, 0x0C, 0x00, 0x08 };

	return usart->base + (usart->is_v2 ? v2 : v1)[place];
}

/* Switched on with these bits of CR1; the preamble is over. */
static void open_usart(struct bench *bench, const struct usart *usart, uint32_t cr1)
{
	bench_open(bench, usart->part);
	bench_put(bench, usart->enable, bench_get(bench, usart->enable) | 1u << usart->bit);
	bench_put(bench, at(usart, BRR), usart->brr);
	bench_put(bench, at(usart, CR1), cr1 | TE | RE | (usart->is_v2 ? 1 : UE_V1));
	bench_wait_us(bench, 100);
}

static uint32_t flags(struct bench *bench, const struct usart *usart)
{
	return bench_get(bench, at(usart, STATUS)) & 0xFF;
}

static void receive(struct bench *bench, uint8_t byte)
{
	soc_receive(bench->soc, byte, &host, bench->now_ns);
}

static void check(const struct usart *usart, const char *what, uint32_t got, uint32_t want)
{
	if (got != want)
		fail_msg("%s: %s: 0x%X, not 0x%X", usart->part, what, got, want);
}

static void two_bytes_leave_in_their_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < USARTS; i++) {
		const struct usart *row = &usarts[i];
		struct bench bench;

		open_usart(&bench, row, 0);
		check(row, "quiet", flags(&bench, row), TC | TXE);
		bench_put(&bench, at(row, SENT), 'a');
		check(row, "one shifts", flags(&bench, row), TXE);
		bench_put(&bench, at(row, SENT), 'b');
		check(row, "one waits", flags(&bench, row), 0);
		bench_wait_us(&bench, 85);
		check(row, "before the first ends", flags(&bench, row), 0);
		bench_wait_us(&bench, 3);
		check(row, "the second shifts", flags(&bench, row), TXE);
		bench_wait_us(&bench, 84);
		check(row, "before the second ends", flags(&bench, row), TXE);
		bench_wait_us(&bench, 4);
		check(row, "all out", flags(&bench, row), TC | TXE);
		check(row, "count", (uint32_t)bench.sent_count, 2);
		assert_memory_equal(bench.sent, "ab", 2);
		assert_in_range(bench.sent_line.baud, 114000, 116500);
		assert_int_equal(bench.sent_line.frame, WIRE_8N1);
		bench_close(&bench);
	}
}

/* v1 forgets errors when SR, then DR is read; v2 when ICR is written. */
static void overrun_keeps_the_first_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < USARTS; i++) {
		const struct usart *row = &usarts[i];
		struct bench bench;

		open_usart(&bench, row, RXNEIE);
		receive(&bench, 'x');
		check(row, "first", flags(&bench, row), RXNE | TC | TXE);
		check(row, "interrupt", bench.irqs[row->irq], 1);
		receive(&bench, 'y');
		check(row, "overrun", flags(&bench, row), RXNE | ORE | TC | TXE);
		check(row, "byte", bench_get(&bench, at(row, RECEIVED)), 'x');
		if (row->is_v2) {
			check(row, "ORE stays", flags(&bench, row), ORE | TC | TXE);
			check(row, "interrupt stays", bench.irqs[row->irq], 1);
			bench_put(&bench, row->base + 0x20, ORE);
		}
		check(row, "clear", flags(&bench, row), TC | TXE);
		check(row, "no interrupt", bench.irqs[row->irq], 0);
		bench_close(&bench);
	}
}

static void idle_comes_once_after_a_frame(void **state)
{
	(void)state;
	for (size_t i = 0; i < USARTS; i++) {
		const struct usart *row = &usarts[i];
		struct bench bench;

		open_usart(&bench, row, 0);
		receive(&bench, 'x');
		bench_wait_us(&bench, 87);
		receive(&bench, 'y'); /* at once: not idle, but overrun */
		check(row, "no idle", flags(&bench, row) & IDLE, 0);
		bench_wait_us(&bench, 120);
		check(row, "idle", flags(&bench, row) & IDLE, IDLE);
		bench_get(&bench, at(row, RECEIVED));
		if (row->is_v2)
			bench_put(&bench, row->base + 0x20, IDLE);
		check(row, "gone", flags(&bench, row) & IDLE, 0);
		bench_wait_us(&bench, 1000);
		check(row, "not again", flags(&bench, row) & IDLE, 0);
		bench_close(&bench);
	}
}

static void another_rate_or_parity_is_noticed(void **state)
{
	static const struct {
		const char *name;
		uint32_t cr1;
		struct wire_settings from;
		uint8_t byte;
		uint32_t errors, data;
	} rows[] = {
		{ "as agreed", 0, { 115200, WIRE_8N1 }, 0x31, 0, 0x31 },
		{ "2 % off", 0, { 117500, WIRE_8N1 }, 0x31, 0, 0x31 },
		{ "another rate", 0, { 57600, WIRE_8N1 }, 0x31, FE | NF, 0x94 },
		{ "even parity", PCE | M, { 115200, WIRE_8E1 }, 0x31, 0, 0x131 },
		{ "even, host has none", PCE | M, { 115200, WIRE_8N1 }, 0x30, PE, 0x130 },
		{ "none, host has even", 0, { 115200, WIRE_8E1 }, 0x30, FE, 0x30 },
		{ "seven and even", PCE, { 115200, WIRE_8N1 }, 0xB1, 0, 0xB1 },
		{ "seven and even, wrong", PCE, { 115200, WIRE_8N1 }, 0x31, PE, 0x31 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bench bench;

		open_usart(&bench, &usarts[0], rows[i].cr1);
		soc_receive(bench.soc, rows[i].byte, &rows[i].from, bench.now_ns);
		const uint32_t errors = flags(&bench, &usarts[0]) & (PE | FE | NF);
		const uint32_t data = bench_get(&bench, at(&usarts[0], RECEIVED));

		if (errors != rows[i].errors || data != rows[i].data)
			fail_msg("%s: 0x%X 0x%X", rows[i].name, errors, data);
		bench_close(&bench);
	}
}

static void frames_go_out_as_set(void **state)
{
	static const struct {
		uint32_t cr1, cr2;
		uint16_t word;
		enum wire_frame frame;
		uint8_t byte;
	} rows[] = {
		{ 0, 0, 0x41, WIRE_8N1, 0x41 },
		{ 0, 2 << 12, 0x41, WIRE_8N2, 0x41 },
		{ PCE | M, 0, 0x41, WIRE_8E1, 0x41 },
		{ PCE | M | 1 << 9, 0, 0x41, WIRE_8O1, 0x41 },
		{ PCE, 0, 0x43, WIRE_8N1, 0xC3 }, /* seven bits and even parity */
		{ M, 0, 0x143, WIRE_8N2, 0x43 },  /* nine bits */
		{ M, 0, 0x043, WIRE_8O1, 0x43 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bench bench;

		open_usart(&bench, &usarts[0], rows[i].cr1);
		bench_put(&bench, usarts[0].base + 0x10, rows[i].cr2);
		bench_put(&bench, at(&usarts[0], SENT), rows[i].word);
		assert_int_equal(bench.sent_line.frame, rows[i].frame);
		assert_int_equal(bench.sent[0], rows[i].byte);
		bench_close(&bench);
	}
}

static void disabled_and_unclocked_hear_nothing(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "f103rb");
	receive(&bench, 'x');
	bench_put(&bench, 0x40021018, 1 << 14);
	bench_put(&bench, 0x40013808, 69);
	receive(&bench, 'x');
	bench_put(&bench, 0x4001380C, UE_V1 | TE);
	receive(&bench, 'x');
	check(&usarts[0], "nothing", flags(&bench, &usarts[0]), TC | TXE);
	assert_int_equal(bench.reports, 0);
	bench_close(&bench);
}

/* Other USARTs are not the host's unless chosen. */
static void only_the_console_is_wired(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "f407vg");
	assert_false(soc_set_console(bench.soc, 9));
	bench_put(&bench, 0x40023840, 1 << 17);
	bench_put(&bench, 0x40004408, 139);
	bench_put(&bench, 0x4000440C, UE_V1 | TE | RE);
	bench_put(&bench, 0x40004404, 'a');
	assert_int_equal(bench.sent_count, 0);
	bench_wait_us(&bench, 1000);
	assert_true(soc_set_console(bench.soc, 2));
	bench_put(&bench, 0x40004404, 'b');
	assert_int_equal(bench.sent_count, 1);
	bench_close(&bench);
}

/* DMA1 channels 4 and 5 of F1: TX from RAM, RX into a ring. */
static void dma_moves_both_ways_on_f1(void **state)
{
	enum { DMA = 0x40020000, TX = DMA + 0x44, RX = DMA + 0x58, RAM = 0x20000000 };
	struct bench bench;

	(void)state;
	open_usart(&bench, &usarts[0], 0);
	memcpy(bench.ram, "hello", 5);
	bench_put(&bench, 0x40021014, 0x15);
	bench_put(&bench, at(&usarts[0], CR3), 3 << 6);
	bench_put(&bench, TX + 4, 5);
	bench_put(&bench, TX + 8, at(&usarts[0], SENT));
	bench_put(&bench, TX + 12, RAM);
	bench_put(&bench, TX, 0x93); /* MINC, DIR, TCIE, EN */
	bench_wait_us(&bench, 600);
	assert_int_equal(bench.sent_count, 5);
	assert_memory_equal(bench.sent, "hello", 5);
	assert_in_range(bench.sent_ns[4] - bench.sent_ns[0], 340000, 350000);
	assert_true(bench.irqs[14]);
	assert_int_equal(bench_get(&bench, DMA), 0x7000);
	bench_put(&bench, DMA + 4, 0x1000);
	assert_false(bench.irqs[14]);

	bench_put(&bench, RX + 4, 4);
	bench_put(&bench, RX + 8, at(&usarts[0], RECEIVED));
	bench_put(&bench, RX + 12, RAM + 16);
	bench_put(&bench, RX, 0xA5); /* MINC, CIRC, HTIE, EN */
	for (const char *c = "abcdef"; *c; c++) {
		receive(&bench, (uint8_t)*c);
		bench_wait_us(&bench, 90);
	}
	assert_memory_equal(bench.ram + 16, "efcd", 4);
	assert_int_equal(bench_get(&bench, RX + 4), 2);
	assert_int_equal(bench_get(&bench, DMA), 0x70000);
	assert_true(bench.irqs[15]);
	bench_close(&bench);
}

/* DMA2 streams 7 and 5 of F4, and memory to memory. */
static void dma_moves_both_ways_on_f4(void **state)
{
	enum {
		DMA = 0x40026400,
		TX = DMA + 0xB8,
		RX = DMA + 0x88,
		MEM = DMA + 0x10,
		RAM = 0x20000000
	};
	struct bench bench;

	(void)state;
	open_usart(&bench, &usarts[1], 0);
	memcpy(bench.ram, "hello!!!", 8);
	bench_put(&bench, 0x40023830, 1 << 22);
	bench_put(&bench, at(&usarts[1], CR3), 3 << 6);
	bench_put(&bench, TX + 4, 5);
	bench_put(&bench, TX + 8, at(&usarts[1], SENT));
	bench_put(&bench, TX + 12, RAM);
	bench_put(&bench, TX, 4 << 25 | 1 << 10 | 1 << 6 | 1 << 4 | 1);
	bench_wait_us(&bench, 600);
	assert_memory_equal(bench.sent, "hello", 5);
	assert_true(bench.irqs[70]);
	assert_int_equal(bench_get(&bench, TX) & 1, 0);
	assert_int_equal(bench_get(&bench, DMA + 4), 0x30 << 22);
	bench_put(&bench, DMA + 12, 0x3F << 22);
	assert_int_equal(bench_get(&bench, DMA + 4), 0);

	bench_put(&bench, RX + 4, 4);
	bench_put(&bench, RX + 8, at(&usarts[1], RECEIVED));
	bench_put(&bench, RX + 12, RAM + 16);
	bench_put(&bench, RX, 4 << 25 | 1 << 10 | 1 << 8 | 1);
	for (const char *c = "abcde"; *c; c++)
		receive(&bench, (uint8_t)*c);
	assert_memory_equal(bench.ram + 16, "ebcd", 4);
	assert_int_equal(bench_get(&bench, RX + 4), 3);

	bench_put(&bench, MEM + 4, 2);
	bench_put(&bench, MEM + 8, RAM);
	bench_put(&bench, MEM + 12, RAM + 32);
	bench_put(&bench, MEM, 2 << 13 | 2 << 11 | 3 << 9 | 2 << 6 | 1);
	assert_memory_equal(bench.ram + 32, "hello!!!", 8);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_bytes_leave_in_their_time),
		cmocka_unit_test(overrun_keeps_the_first_byte),
		cmocka_unit_test(idle_comes_once_after_a_frame),
		cmocka_unit_test(another_rate_or_parity_is_noticed),
		cmocka_unit_test(frames_go_out_as_set),
		cmocka_unit_test(disabled_and_unclocked_hear_nothing),
		cmocka_unit_test(only_the_console_is_wired),
		cmocka_unit_test(dma_moves_both_ways_on_f1),
		cmocka_unit_test(dma_moves_both_ways_on_f4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
