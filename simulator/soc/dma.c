/* SPDX-License-Identifier: MIT */
/*
 * dma.c - DMA for USARTs and from memory to memory: channels of F1, F0, L4, G0 (RM0008 13) and
 * streams of F4 (RM0090 10). A request goes to the enabled channel whose peripheral address is
 * the requesting data register: the tables of request numbers are not looked at.
 */
#include "simulator/soc/kinds.h"

enum { CHANNELS_ISR = 0x00, CHANNELS_IFCR = 0x04, CHANNELS_FIRST = 0x08, CHANNEL_BYTES = 0x14 };
enum { STREAMS_IFCR = 0x08, STREAMS_FIRST = 0x10, STREAM_BYTES = 0x18 };
enum { CHANNEL_COUNT = 7, STREAM_COUNT = 8, NDTR = 0x04, PAR = 0x08, M0AR = 0x0C };

/* Events, as channels have them: GIF, TCIF, HTIF, TEIF. */
#define TC BIT(1)
#define HT BIT(2)
#define TE BIT(3)

const struct dma_map dma_channels = { .has_streams = false };
const struct dma_map dma_streams = { .has_streams = true };

struct dma_state {
	uint32_t count[STREAM_COUNT]; /* items of a whole turn */
	uint8_t events[STREAM_COUNT];
};

struct settings {
	bool is_on, to_peripheral, is_circular, moves_memory, p_grows, m_grows;
	unsigned p_size, m_size, enables; /* sizes in bytes; enables: TC, HT, TE */
};

static bool has_streams(const struct block *block)
{
	const struct dma_map *map = block->row->variant;

	return map->has_streams;
}

static unsigned channel_count(const struct block *block)
{
	return has_streams(block) ? STREAM_COUNT : CHANNEL_COUNT;
}

static uint32_t base_of(const struct block *block, unsigned channel)
{
	return has_streams(block) ? STREAMS_FIRST + channel * STREAM_BYTES
				  : CHANNELS_FIRST + channel * CHANNEL_BYTES;
}

/* CCR: EN TCIE HTIE TEIE DIR CIRC PINC MINC PSIZE MSIZE PL MEM2MEM. */
static struct settings of_ccr(uint32_t ccr)
{
	return (struct settings){
		.is_on = ccr & BIT(0),
		.enables = ccr & (TC | HT | TE),
		.to_peripheral = ccr & BIT(4),
		.is_circular = ccr & BIT(5),
		.p_grows = ccr & BIT(6),
		.m_grows = ccr & BIT(7),
		.p_size = 1u << (ccr >> 8 & 3),
		.m_size = 1u << (ccr >> 10 & 3),
		.moves_memory = ccr & BIT(14),
	};
}

/* SxCR: EN DMEIE TEIE HTIE TCIE PFCTRL DIR CIRC PINC MINC PSIZE MSIZE. */
static struct settings of_scr(uint32_t scr)
{
	const uint32_t way = scr >> 6 & 3;

	return (struct settings){
		.is_on = scr & BIT(0),
		.enables =
			(scr & BIT(4) ? TC : 0) | (scr & BIT(3) ? HT : 0) | (scr & BIT(2) ? TE : 0),
		.to_peripheral = way == 1,
		.moves_memory = way == 2,
		.is_circular = scr & BIT(8),
		.p_grows = scr & BIT(9),
		.m_grows = scr & BIT(10),
		.p_size = 1u << (scr >> 11 & 3),
		.m_size = 1u << (scr >> 13 & 3),
	};
}

static struct settings settings_of(const struct block *block, unsigned channel)
{
	const uint32_t cr = block_get(block, base_of(block, channel));

	return has_streams(block) ? of_scr(cr) : of_ccr(cr);
}

static void raise_event(struct block *block, unsigned channel, unsigned events)
{
	struct dma_state *const state = block->state;
	const struct settings set = settings_of(block, channel);

	state->events[channel] |= (uint8_t)events;
	block_irq(block, channel, state->events[channel] & set.enables);
}

static bool move(struct soc *soc, uint32_t from, unsigned from_size, uint32_t to, unsigned to_size)
{
	uint32_t value;

	return dma_access(soc, from, from_size, &value, false) &&
		dma_access(soc, to, to_size, &value, true);
}

static void stop(struct block *block, unsigned channel)
{
	*block_reg(block, base_of(block, channel)) &= ~BIT(0);
}

/* One item; the flags that come with it. */
static void transfer(struct block *block, unsigned channel, const struct settings *set)
{
	struct dma_state *const state = block->state;
	const uint32_t base = base_of(block, channel);
	uint32_t *const left = block_reg(block, base + NDTR);
	const uint32_t done = state->count[channel] - *left;
	const uint32_t peripheral =
		block_get(block, base + PAR) + (set->p_grows ? done * set->p_size : 0);
	const uint32_t memory =
		block_get(block, base + M0AR) + (set->m_grows ? done * set->m_size : 0);
	/* Memory to memory goes from PAR on streams, and on channels as DIR says. */
	const bool from_memory = set->to_peripheral;

	--*left;
	const bool ok = from_memory
		? move(block->soc, memory, set->m_size, peripheral, set->p_size)
		: move(block->soc, peripheral, set->p_size, memory, set->m_size);

	if (!ok) {
		stop(block, channel);
		raise_event(block, channel, TE);
		return;
	}
	if (*left == state->count[channel] / 2)
		raise_event(block, channel, HT);
	if (*left)
		return;
	if (set->is_circular)
		*left = state->count[channel];
	else if (has_streams(block))
		stop(block, channel);
	raise_event(block, channel, TC);
}

bool dma_request(struct soc *soc, uint32_t data_register, bool to_peripheral)
{
	for (unsigned i = 0; i < 2 && soc->dma[i]; i++) {
		struct block *const block = soc->dma[i];

		for (unsigned channel = 0; channel < channel_count(block); channel++) {
			const struct settings set = settings_of(block, channel);
			const uint32_t base = base_of(block, channel);

			if (!set.is_on || set.moves_memory || !block_get(block, base + NDTR) ||
				set.to_peripheral != to_peripheral ||
				block_get(block, base + PAR) != data_register)
				continue;
			transfer(block, channel, &set);
			return true;
		}
	}
	return false;
}

/* A channel was enabled: its turn begins, and who waits for it asks again. */
static void start(struct block *block, unsigned channel)
{
	struct dma_state *const state = block->state;
	const struct settings set = settings_of(block, channel);
	const uint32_t ndtr = base_of(block, channel) + NDTR;

	state->count[channel] = block_get(block, ndtr);
	if (!set.moves_memory) {
		usarts_ask_dma(block->soc);
		return;
	}
	while (block_get(block, ndtr) && settings_of(block, channel).is_on && !set.is_circular)
		transfer(block, channel, &set);
}

/* Flags of a channel within ISR: four bits each; of a stream: six, at these places. */
static const uint8_t stream_shifts[] = { 0, 6, 16, 22 };

static uint32_t stream_flags(unsigned events)
{
	return (events & TC ? BIT(5) : 0) | (events & HT ? BIT(4) : 0) | (events & TE ? BIT(3) : 0);
}

static uint32_t status(const struct block *block, uint32_t offset)
{
	const struct dma_state *state = block->state;
	uint32_t value = 0;

	for (unsigned i = 0; i < channel_count(block); i++) {
		const unsigned events = state->events[i];

		if (!has_streams(block))
			value |= (events | (events ? 1u : 0)) << 4 * i;
		else if (i / 4 == offset / 4)
			value |= stream_flags(events) << stream_shifts[i % 4];
	}
	return value;
}

static void clear(struct block *block, uint32_t offset, uint32_t value)
{
	struct dma_state *const state = block->state;

	for (unsigned i = 0; i < channel_count(block); i++) {
		unsigned events = 0;

		if (!has_streams(block)) {
			events = value >> 4 * i & 15;
			events = events & 1 ? 15 : events;
		} else if (i / 4 == (offset - STREAMS_IFCR) / 4) {
			const uint32_t bits = value >> stream_shifts[i % 4];

			events = (bits & BIT(5) ? TC : 0) | (bits & BIT(4) ? HT : 0) |
				(bits & BIT(3) ? TE : 0);
		}
		state->events[i] &= (uint8_t)~events;
		raise_event(block, i, 0);
	}
}

static uint32_t dma_read(struct block *block, uint32_t offset)
{
	const uint32_t status_end = has_streams(block) ? STREAMS_IFCR : CHANNELS_IFCR;

	return offset < status_end ? status(block, offset) : block_get(block, offset);
}

static void dma_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	const uint32_t first = has_streams(block) ? STREAMS_FIRST : CHANNELS_FIRST;
	const uint32_t bytes = has_streams(block) ? STREAM_BYTES : CHANNEL_BYTES;
	const uint32_t status_end = has_streams(block) ? STREAMS_IFCR : CHANNELS_IFCR;
	const uint32_t before = block_get(block, offset);

	if (offset < status_end)
		return;
	if (offset < first) {
		clear(block, offset, value);
		return;
	}
	block_store(block, offset, value, lanes);
	const unsigned channel = (offset - first) / bytes;

	if (channel >= channel_count(block) || (offset - first) % bytes)
		return;
	raise_event(block, channel, 0);
	if (block_get(block, offset) & ~before & BIT(0))
		start(block, channel);
}

const struct kind kind_dma = {
	.state_bytes = sizeof(struct dma_state),
	.read = dma_read,
	.write = dma_write,
};

#define CHANNEL_REGS(at)                                                                           \
	{ at, 0, 0x7FFF }, { at + 4, 0, 0xFFFF }, { at + 8, 0, ALL },                              \
	{                                                                                          \
		at + 12, 0, ALL                                                                    \
	}
#define STREAM_REGS(at)                                                                            \
	{ at, 0, 0x0FEFFFFF }, { at + 4, 0, 0xFFFF }, { at + 8, 0, ALL }, { at + 12, 0, ALL },     \
		{ at + 16, 0, ALL },                                                               \
	{                                                                                          \
		at + 20, 0x21, 0x87                                                                \
	}

const struct reg dma_channel_regs[DMA_CHANNEL_REGS] = {
	{ 0x00, 0, 0 },
	{ 0x04, 0, 0 },
	{ 0xA8, 0, ALL }, /* ISR, IFCR, CSELR of L4 */
	CHANNEL_REGS(0x08),
	CHANNEL_REGS(0x1C),
	CHANNEL_REGS(0x30),
	CHANNEL_REGS(0x44),
	CHANNEL_REGS(0x58),
	CHANNEL_REGS(0x6C),
	CHANNEL_REGS(0x80),
};
const struct reg dma_stream_regs[DMA_STREAM_REGS] = {
	{ 0x00, 0, 0 },
	{ 0x04, 0, 0 },
	{ 0x08, 0, 0 },
	{ 0x0C, 0, 0 },
	STREAM_REGS(0x10),
	STREAM_REGS(0x28),
	STREAM_REGS(0x40),
	STREAM_REGS(0x58),
	STREAM_REGS(0x70),
	STREAM_REGS(0x88),
	STREAM_REGS(0xA0),
	STREAM_REGS(0xB8),
};
