/* SPDX-License-Identifier: MIT */
/*
 * idle.c - programs that wait by going in circles: `b .`, an idle task without WFI, a flag that
 * an interrupt will set. A loop that came back to its start with the same registers, and in
 * between stored nothing and read plain memory only, goes on for ever unless something interrupts
 * it: the cycles until then need not be run. Looked for now and then: it costs a few blocks.
 */
#include "simulator/cpu/core.h"

#include <string.h>

enum {
	IDLE_PATIENCE = 64, /* blocks before the first look */
	IDLE_PAUSE = 1024,  /* blocks after a look in vain */
	IDLE_LENGTH = 32,   /* blocks of the longest loop */
};

static void note_registers(struct cpu *cpu, uint32_t *registers)
{
	for (unsigned i = 0; i < ENGINE_PC; i++)
		registers[i] = engine_get(cpu->engine, (enum engine_register)i);
	registers[ENGINE_PC] = engine_get(cpu->engine, ENGINE_XPSR);
}

static bool is_back(struct cpu *cpu, uint32_t pc)
{
	uint32_t registers[ENGINE_PC + 1];

	if (pc != cpu->idle.pc)
		return false;
	note_registers(cpu, registers);
	return memcmp(registers, cpu->idle.registers, sizeof registers) == 0;
}

static bool is_harmless(const struct cpu *cpu, uint32_t pc, uint32_t size)
{
	const uint8_t *code = core_bytes(cpu, pc, size);

	return code && !decode_changes((struct span){ code, size });
}

void idle_reset(struct cpu *cpu)
{
	cpu->idle.pause = IDLE_PATIENCE;
	cpu->idle.left = 0;
}

void idle_spoil(struct cpu *cpu)
{
	cpu->idle.pause = IDLE_PAUSE;
	cpu->idle.left = 0;
}

bool idle_block(struct cpu *cpu, uint32_t pc, uint32_t size)
{
	struct idle *idle = &cpu->idle;

	if (idle->left && is_back(cpu, pc)) {
		idle_reset(cpu);
		return true;
	}
	if (!idle->left) {
		idle->left = IDLE_LENGTH + 1;
		idle->pc = pc;
		note_registers(cpu, idle->registers);
	}
	if (--idle->left == 0 || !is_harmless(cpu, pc, size))
		idle_spoil(cpu);
	return false;
}
