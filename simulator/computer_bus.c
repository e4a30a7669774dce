/* SPDX-License-Identifier: MIT */
/* computer_bus.c - between core and peripherals: accesses one way, interrupts and events the other.
 */
#include "simulator/computer_state.h"

#include <string.h>

/* What a read or write of a peripheral takes, besides the instruction. */
enum { BUS_CYCLES = 2 };

/* What the peripherals do not know: identity, OTP and the ROM, as the bootloader reads them. */
static bool read_memory(
	const struct computer *computer, uint32_t addr, unsigned size, uint32_t *value)
{
	uint8_t bytes[4] = { 0 };

	/* The ROM at address 0: only its alias is not mapped. */
	if (addr < computer->memory->part->flash_base &&
		computer->alias != computer->memory->part->flash_base)
		addr += computer->alias;
	if (memory_kind(computer->memory, addr) == AREA_SPEED ||
		!memory_read(computer->memory, addr, bytes, size))
		return false;
	*value = get_le32(bytes);
	return true;
}

/* Ends the slice when something is due before its end. */
static void look_ahead(struct computer *computer)
{
	computer_keep_count(computer);
	if (soc_next_ns(computer->soc) < computer->end_ns ||
		computer_now_ns(computer) >= computer->end_ns)
		cpu_break(computer->cpu);
}

static void wait_bus(struct computer *computer, uint32_t ns)
{
	const uint64_t now = computer_now_ns(computer);
	const uint64_t left = computer->end_ns > now ? computer->end_ns - now : 0;

	computer->waited += BUS_CYCLES + (ns < left ? ns : left) * computer->hz / NS_PER_S;
}

static bool bus_read(void *ctx, uint32_t addr, unsigned size, uint32_t *value)
{
	struct computer *computer = ctx;
	const bool ok = soc_read(computer->soc, addr, size, value, computer_now_ns(computer)) ||
		read_memory(computer, addr, size, value);

	if (!ok)
		return false;
	wait_bus(computer, spin_read(&computer->spin, addr, *value));
	look_ahead(computer);
	return true;
}

static bool bus_write(void *ctx, uint32_t addr, unsigned size, uint32_t value)
{
	struct computer *computer = ctx;

	if (!soc_write(computer->soc, addr, size, value, computer_now_ns(computer)))
		return false;
	spin_write(&computer->spin);
	wait_bus(computer, 0);
	look_ahead(computer);
	return true;
}

static void hook_irq(void *ctx, unsigned irq, bool is_high)
{
	struct computer *computer = ctx;

	if (!computer->cpu)
		return;
	cpu_set_irq(computer->cpu, irq, is_high);
	if (is_high)
		cpu_break(computer->cpu);
}

static void hook_transmit(void *ctx, uint8_t byte, const struct wire_settings *line, uint64_t at_ns)
{
	struct computer *computer = ctx;

	computer->event_ns = at_ns;
	computer->host->transmit(computer->host->ctx, byte, line, at_ns);
}

static void hook_flash_changed(void *ctx, uint32_t addr, uint32_t len)
{
	struct computer *computer = ctx;

	cpu_memory_changed(computer->cpu, addr, len);
	if (computer->alias == computer->memory->part->flash_base)
		cpu_memory_changed(computer->cpu, addr - computer->alias, len);
}

static void hook_stall(void *ctx, uint64_t until_ns)
{
	struct computer *computer = ctx;

	computer->stall_ns = until_ns;
	cpu_break(computer->cpu);
}

static void hook_reset(void *ctx, const char *cause)
{
	struct computer *computer = ctx;

	(void)cause;
	computer_ask_reset(computer);
	cpu_break(computer->cpu);
}

static void hook_pin(void *ctx, char port, unsigned pin, bool is_high)
{
	struct computer *computer = ctx;

	(void)is_high;
	if (port >= 'A' && port < 'A' + PORTS && pin < PINS)
		computer->changes[port - 'A'][pin]++;
}

/* DMA's view of memory. */
static uint8_t *plain_memory(const struct computer *computer, uint32_t addr, unsigned size)
{
	const struct part *part = computer->memory->part;

	for (int i = 0; i < PART_RAMS; i++) {
		const struct ram *ram = &part->rams[i];

		if (addr >= ram->base && addr - ram->base + size <= ram->bytes)
			return computer->memory->rams[i] + (addr - ram->base);
	}
	return NULL;
}

static bool hook_load(void *ctx, uint32_t addr, unsigned size, uint32_t *value)
{
	struct computer *computer = ctx;
	const uint8_t *bytes = plain_memory(computer, addr, size);

	if (!bytes)
		return read_memory(computer, addr, size, value);
	*value = 0;
	memcpy(value, bytes, size);
	return true;
}

static bool hook_store(void *ctx, uint32_t addr, unsigned size, uint32_t value)
{
	struct computer *computer = ctx;
	uint8_t *bytes = plain_memory(computer, addr, size);

	if (bytes)
		memcpy(bytes, &value, size);
	return bytes != NULL;
}

struct cpu_bus computer_bus(struct computer *computer)
{
	return (struct cpu_bus){ bus_read, bus_write, computer };
}

struct soc_hooks computer_hooks(struct computer *computer)
{
	return (struct soc_hooks){
		.irq = hook_irq,
		.transmit = hook_transmit,
		.flash_changed = hook_flash_changed,
		.stall = hook_stall,
		.reset = hook_reset,
		.pin = hook_pin,
		.load = hook_load,
		.store = hook_store,
		.report = computer_report,
		.ctx = computer,
	};
}
