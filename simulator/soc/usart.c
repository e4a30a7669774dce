/* SPDX-License-Identifier: MIT */
/*
 * usart.c - USART and LPUART: RM0008 27.6 and RM0090 30.6 (v1: SR, DR), RM0091 27.8 and RM0444
 * 33.8 (v2: ISR, RDR, TDR). Flags and control bits have the same places in both; they are cleared
 * in different ways.
 */
#include "simulator/soc/kinds.h"
#include "simulator/line.h"

enum { V1_SR = 0x00, V1_DR = 0x04, V1_BRR = 0x08, V1_CR1 = 0x0C, V1_CR2 = 0x10, V1_CR3 = 0x14 };
enum {
	V2_CR1 = 0x00,
	V2_CR2 = 0x04,
	V2_CR3 = 0x08,
	V2_BRR = 0x0C,
	V2_RQR = 0x18,
	V2_ISR = 0x1C,
	V2_ICR = 0x20,
	V2_RDR = 0x24,
	V2_TDR = 0x28,
	V2_PRESC = 0x2C
};

#define PE BIT(0)
#define FE BIT(1)
#define NF BIT(2)
#define ORE BIT(3)
#define IDLE BIT(4)
#define RXNE BIT(5)
#define TC BIT(6)
#define TXE BIT(7)
#define SEQUENCE (PE | FE | NF | ORE | IDLE) /* v1: cleared by reading SR, then DR */
#define TEACK BIT(21)
#define REACK BIT(22)
#define TXFE BIT(23)
#define RXFF BIT(24)

#define CR1_SBK BIT(0) /* v1 */
#define CR1_RE BIT(2)
#define CR1_TE BIT(3)
#define CR1_PS BIT(9)
#define CR1_PCE BIT(10)
#define CR1_M0 BIT(12)
#define CR1_OVER8 BIT(15)
#define CR1_M1 BIT(28)
#define CR1_FIFOEN BIT(29)
#define CR3_EIE BIT(0)
#define CR3_DMAR BIT(6)
#define CR3_DMAT BIT(7)
#define CR3_OVRDIS BIT(12)
#define RQR_RXFRQ BIT(3)
#define RQR_TXFRQ BIT(4)

enum { FIFO_MAX = 8 };

const struct usart_map usart_v1 = { .layout = USART_V1 };
const struct usart_map usart_v2 = { .layout = USART_V2 };
const struct usart_map usart_v2_fifo = { .layout = USART_V2, .fifo = 8 };
const struct usart_map lpuart = { .layout = USART_V2, .is_lpuart = true };
const struct usart_map lpuart_fifo = { .layout = USART_V2, .is_lpuart = true, .fifo = 8 };

struct fifo {
	uint16_t words[FIFO_MAX];
	unsigned count;
};

struct usart_state {
	struct fifo rx, tx;
	uint32_t flags; /* PE to IDLE, TC */
	uint32_t seen;  /* v1: flags of the last read of SR */
	bool is_shifting;
	uint64_t tx_free_ns; /* when the frame in the shift register, or the preamble, is over */
	uint64_t idle_ns;    /* when the receiving line has been idle for a frame */
};

static const struct usart_map *map_of(const struct block *block)
{
	return block->row->variant;
}

static bool is_v2(const struct block *block)
{
	return map_of(block)->layout == USART_V2;
}

static uint32_t cr1(const struct block *block)
{
	return block_get(block, is_v2(block) ? V2_CR1 : V1_CR1);
}

static uint32_t cr2(const struct block *block)
{
	return block_get(block, is_v2(block) ? V2_CR2 : V1_CR2);
}

static uint32_t cr3(const struct block *block)
{
	return block_get(block, is_v2(block) ? V2_CR3 : V1_CR3);
}

static bool is_enabled(const struct block *block, uint32_t what)
{
	const uint32_t both = what | (is_v2(block) ? BIT(0) : BIT(13));

	return (cr1(block) & both) == both;
}

static unsigned depth(const struct block *block)
{
	const unsigned fifo = map_of(block)->fifo;

	return fifo && cr1(block) & CR1_FIFOEN ? fifo : 1;
}

static uint32_t kernel_clock(const struct block *block)
{
	static const uint16_t prescalers[] = { 1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256 };
	const uint32_t hz = rcc_usart_clock(block);

	if (!map_of(block)->fifo)
		return hz;
	const uint32_t presc = block_get(block, V2_PRESC) & 15;

	return hz / prescalers[presc < 12 ? presc : 11];
}

/* Bits per second; 0: BRR says nothing of use. */
static uint32_t baud_of(const struct block *block)
{
	const uint64_t hz = kernel_clock(block);
	const uint32_t brr = block_get(block, is_v2(block) ? V2_BRR : V1_BRR);

	if (map_of(block)->is_lpuart)
		return brr ? (uint32_t)((256 * hz + brr / 2) / brr) : 0;
	/* With OVER8 the fraction has three bits: 8 * mantissa + fraction divides. */
	const uint32_t divisor =
		cr1(block) & CR1_OVER8 ? (brr >> 4 & 0xFFF) * 8 + (brr & 7) : brr & 0xFFFF;

	return divisor ? (uint32_t)((hz + divisor / 2) / divisor) : 0;
}

static bool has_nine_bits(const struct block *block)
{
	return (cr1(block) & (CR1_M0 | CR1_M1)) == CR1_M0;
}

/* The frame as the wire sees it, for data with this ninth bit. */
static enum wire_frame frame_of(const struct block *block, uint16_t word)
{
	const bool odd = __builtin_popcount(word & 0xFF) & 1;

	if (!has_nine_bits(block))
		return (cr2(block) >> 12 & 3) >= 2 ? WIRE_8N2 : WIRE_8N1;
	if (cr1(block) & CR1_PCE)
		return cr1(block) & CR1_PS ? WIRE_8O1 : WIRE_8E1;
	/* Nine data bits: a parity that comes out as the ninth; 1 is as good as a stop bit. */
	if (word & 0x100)
		return WIRE_8N2;
	return odd ? WIRE_8O1 : WIRE_8E1;
}

static bool parity_bit(const struct block *block, unsigned data)
{
	const bool is_odd_wanted = cr1(block) & CR1_PS;

	return (__builtin_popcount(data) & 1) != is_odd_wanted;
}

/* What leaves on the wire for a word of the data register: eight bits and a frame. */
static uint8_t wire_byte(const struct block *block, uint16_t word)
{
	const bool is_short = cr1(block) & CR1_M1;

	if (is_short)
		return (uint8_t)(word | 0x80); /* the eighth is the stop bit */
	if (cr1(block) & CR1_PCE && !has_nine_bits(block))
		return (uint8_t)((word & 0x7F) | (parity_bit(block, word & 0x7F) ? 0x80 : 0));
	return (uint8_t)word;
}

static uint64_t frame_ns(const struct block *block)
{
	const struct wire_settings line = { baud_of(block), frame_of(block, 0) };

	return line_byte_ns(&line);
}

static uint32_t status(const struct block *block)
{
	const struct usart_state *state = block->state;
	uint32_t value = state->flags;

	value |= state->rx.count ? RXNE : 0;
	value |= state->tx.count < depth(block) ? TXE : 0;
	if (!is_v2(block))
		return value;
	value |= is_enabled(block, CR1_TE) ? TEACK : 0;
	value |= is_enabled(block, CR1_RE) ? REACK : 0;
	if (depth(block) > 1) {
		value |= state->tx.count ? 0 : TXFE;
		value |= state->rx.count == depth(block) ? RXFF : 0;
	}
	return value;
}

static void update_irq(struct block *block)
{
	const uint32_t flags = status(block), enable = cr1(block);
	/* PEIE is bit 8; TXEIE, TCIE, RXNEIE, IDLEIE lie where their flags do. */
	bool is_high = flags & enable & (TXE | TC | RXNE | IDLE);

	is_high |= flags & ORE && enable & RXNE;
	is_high |= flags & PE && enable & BIT(8);
	/* Without DMA, v1 tells of errors by RXNE alone (RM0008 table 195). */
	if (cr3(block) & CR3_EIE && (is_v2(block) || cr3(block) & CR3_DMAR))
		is_high |= (flags & (FE | NF | ORE)) != 0;
	block_irq(block, 0, is_high);
}

static uint16_t take(struct fifo *fifo)
{
	const uint16_t word = fifo->words[0];

	fifo->count--;
	for (unsigned i = 0; i < fifo->count; i++)
		fifo->words[i] = fifo->words[i + 1];
	return word;
}

static void schedule(struct block *block)
{
	const struct usart_state *state = block->state;

	block->due_ns = state->is_shifting ? state->tx_free_ns : SOC_NEVER;
	if (state->idle_ns < block->due_ns)
		block->due_ns = state->idle_ns;
}

/* Moves a word into the shift register if that is free. */
static void shift_out(struct block *block)
{
	struct usart_state *const state = block->state;
	struct soc *const soc = block->soc;
	const uint32_t baud = baud_of(block);

	if (state->is_shifting || !state->tx.count || !is_enabled(block, CR1_TE) || !baud)
		return;
	const uint16_t word = take(&state->tx);
	const struct wire_settings line = { baud, frame_of(block, word) };
	const uint64_t start_ns = state->tx_free_ns > soc->now_ns ? state->tx_free_ns : soc->now_ns;

	state->is_shifting = true;
	state->tx_free_ns = start_ns + line_byte_ns(&line);
	if (block == soc->console && soc->hooks.transmit)
		soc->hooks.transmit(soc->hooks.ctx, wire_byte(block, word), &line, start_ns);
}

/*
 * DMA takes what has come and brings what is to go: each item it moves is an access to the data
 * register, which comes back here for the next one.
 */
static void ask_dma(struct block *block)
{
	const struct usart_state *state = block->state;
	const uint32_t base = block->row->base;
	const bool v2 = is_v2(block);

	if (state->rx.count && cr3(block) & CR3_DMAR)
		dma_request(block->soc, base + (v2 ? V2_RDR : V1_DR), false);
	if (state->tx.count < depth(block) && cr3(block) & CR3_DMAT && is_enabled(block, CR1_TE))
		dma_request(block->soc, base + (v2 ? V2_TDR : V1_DR), true);
}

static void settle(struct block *block)
{
	shift_out(block);
	ask_dma(block);
	update_irq(block);
	schedule(block);
}

void usarts_ask_dma(struct soc *soc)
{
	for (size_t i = 0; i < soc->family->count; i++) {
		if (soc->blocks[i].row->kind == &kind_usart)
			settle(&soc->blocks[i]);
	}
}

static void put_data(struct block *block, uint16_t word)
{
	struct usart_state *const state = block->state;

	/* v1 clears TC only after SR was read; a full register is overwritten. */
	if (is_v2(block) || state->seen & TC)
		state->flags &= ~TC;
	state->seen = 0;
	if (state->tx.count == depth(block))
		state->tx.count--;
	state->tx.words[state->tx.count++] = word & 0x1FF;
}

static uint32_t get_data(struct block *block)
{
	struct usart_state *const state = block->state;
	const uint32_t word = state->rx.words[0];

	if (state->rx.count)
		take(&state->rx);
	state->flags &= ~(state->seen & SEQUENCE);
	state->seen = 0;
	return word;
}

static uint32_t usart_read(struct block *block, uint32_t offset)
{
	struct usart_state *const state = block->state;

	if (offset == (is_v2(block) ? V2_ISR : V1_SR)) {
		const uint32_t value = status(block);

		state->seen = is_v2(block) ? 0 : value;
		return value;
	}
	if (offset != (is_v2(block) ? V2_RDR : V1_DR))
		return block_get(block, offset);
	const uint32_t word = get_data(block);

	settle(block);
	return word;
}

/* TE going high sends a frame of ones before the first byte; v2 forgets its flags with UE. */
static void control_changed(struct block *block, uint32_t before)
{
	struct usart_state *const state = block->state;
	const bool was_on = (before & CR1_TE) && before & (is_v2(block) ? BIT(0) : BIT(13));

	if (!was_on && is_enabled(block, CR1_TE) && baud_of(block) && !state->is_shifting)
		state->tx_free_ns = block->soc->now_ns + frame_ns(block);
	if (!is_v2(block))
		*block_reg(block, V1_CR1) &= ~CR1_SBK;
	if (is_v2(block) && !(cr1(block) & BIT(0))) {
		state->rx.count = state->tx.count = 0;
		state->flags = TC;
		state->idle_ns = SOC_NEVER;
	}
}

static void write_v1(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	struct usart_state *const state = block->state;
	const uint32_t before = cr1(block);

	if (offset == V1_DR) {
		put_data(block, (uint16_t)value);
	} else if (offset == V1_SR) {
		if (lanes & ~value & TC)
			state->flags &= ~TC;
		if (lanes & ~value & RXNE)
			state->rx.count = 0;
	} else {
		block_store(block, offset, value, lanes);
	}
	if (offset == V1_CR1)
		control_changed(block, before);
}

static void write_v2(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	struct usart_state *const state = block->state;
	const uint32_t before = cr1(block);

	if (offset == V2_TDR)
		put_data(block, (uint16_t)value);
	else if (offset == V2_ICR)
		state->flags &= ~(value & (SEQUENCE | TC));
	else if (offset == V2_RQR && value & RQR_RXFRQ)
		state->rx.count = 0;
	else if (offset == V2_RQR && value & RQR_TXFRQ)
		state->tx.count = 0;
	else if (offset != V2_ISR && offset != V2_RDR && offset != V2_RQR)
		block_store(block, offset, value, lanes);
	if (offset == V2_CR1)
		control_changed(block, before);
}

static void usart_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	if (is_v2(block))
		write_v2(block, offset, value, lanes);
	else
		write_v1(block, offset, value, lanes);
	settle(block);
}

static void usart_advance(struct block *block)
{
	struct usart_state *const state = block->state;
	const uint64_t now_ns = block->soc->now_ns;

	if (state->is_shifting && state->tx_free_ns <= now_ns) {
		state->is_shifting = false;
		if (!state->tx.count)
			state->flags |= TC;
	}
	if (state->idle_ns <= now_ns) {
		state->idle_ns = SOC_NEVER;
		state->flags |= IDLE;
	}
	settle(block);
}

/* What a byte of the wire looks like in the data register, and the error flags it raises. */
static uint16_t received_word(
	const struct block *block, uint8_t byte, const struct wire_settings *from, uint32_t *errors)
{
	const struct wire_settings to = { baud_of(block), frame_of(block, 0x100) };
	const bool has_parity = cr1(block) & CR1_PCE, nine = has_nine_bits(block);
	const enum line_damage damage = line_carry(&byte, from, &to);
	uint16_t word = byte;

	*errors = damage == LINE_GARBAGE ? FE | NF : 0;
	if (damage == LINE_PARITY && nine)
		*errors = has_parity ? PE : 0;
	else if (damage == LINE_PARITY)
		*errors = FE; /* the sender's ninth bit is where the stop bit should be */
	if (has_parity && !nine && parity_bit(block, byte & 0x7Fu) != byte >> 7)
		*errors |= PE;
	if (nine) {
		const bool is_flipped = damage == LINE_PARITY;
		const bool expected = has_parity ? parity_bit(block, byte) : true;

		word |= (uint16_t)((expected != is_flipped) << 8);
	}
	return word;
}

void usart_receive(struct block *block, uint8_t byte, const struct wire_settings *from)
{
	struct usart_state *const state = block->state;
	uint32_t errors;

	if (!is_enabled(block, CR1_RE) || !baud_of(block))
		return;
	const uint16_t word = received_word(block, byte, from, &errors);

	state->flags |= errors;
	if (state->rx.count < depth(block))
		state->rx.words[state->rx.count++] = word;
	else if (is_v2(block) && cr3(block) & CR3_OVRDIS)
		state->rx.words[state->rx.count - 1] = word;
	else
		state->flags |= ORE; /* the data register keeps the older byte */
	/* Somewhat over a frame: a byte that follows at once must not come too late. */
	state->idle_ns = block->soc->now_ns + frame_ns(block) * 5 / 4;
	settle(block);
}

static void usart_reset(struct block *block)
{
	struct usart_state *const state = block->state;

	state->flags = TC;
	state->idle_ns = SOC_NEVER;
}

const struct kind kind_usart = {
	.state_bytes = sizeof(struct usart_state),
	.reset = usart_reset,
	.read = usart_read,
	.write = usart_write,
	.advance = usart_advance,
};
