/* SPDX-License-Identifier: MIT */
/*
 * fuzz_rom.c - any bytes from a host into a board: the first chooses the part, the second quirks
 * (with bit 6 the next four choose among all), the rest is what the host sends. What is promised of
 * cells and replies must hold after each.
 */
#include "simulator/machine.h"
#include "simulator/quirk.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const struct wire_settings line = { 115200, WIRE_8E1 };

/* Takes what the board sends, and lets the time pass that it needs for it. */
static uint64_t drain(struct machine *machine, uint64_t now_ns)
{
	uint64_t next;
	size_t steps = 0;
	uint8_t byte;

	while ((next = machine_next_ns(machine)) != MACHINE_NEVER) {
		FUZZ_CHECK(++steps < 100000);
		now_ns = next > now_ns ? next : now_ns;
		machine_advance(machine, now_ns);
		while (machine_take(machine, &line, now_ns, &byte))
			;
	}
	return now_ns;
}

/* No request changes a protected part. */
static void check_erased(const struct machine *machine, const struct part *part)
{
	for (uint32_t i = 0; i < 64; i++)
		FUZZ_CHECK(machine->memory.flash.cells[i] == part->erased);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct machine machine;
	uint64_t now_ns = 0;

	if (size < 2 || (data[1] & 0x40 && size < 6))
		return 0;
	const size_t first = data[1] & 0x40 ? 6 : 2;
	const unsigned all = first == 6 ? get_le32(data + 2) & ~(unsigned)SIM_DEAF : 0;
	const struct part *part = part_at(data[0] % part_count());
	const struct machine_options options = {
		.part = part->name,
		.add_quirks = (data[1] & 0x1F) | all,
		.time_percent = 100,
		.boot0 = true,
	};
	bool is_protected = data[1] & 0x80;

	FUZZ_CHECK(machine_init(&machine, &options));
	machine.memory.flash.is_readout_protected = is_protected;
	now_ns = drain(&machine, now_ns);
	for (size_t i = first; i < size; i++) {
		now_ns += line_byte_ns(&line);
		machine_receive(&machine, data[i], &line, now_ns);
		FUZZ_CHECK(machine.rom.have < machine.rom.need);
		now_ns = drain(&machine, now_ns);
		/* Once it was removed, with what it guarded, it may be put on again. */
		is_protected = is_protected && machine.memory.flash.is_readout_protected;
		if (is_protected)
			check_erased(&machine, part);
	}
	machine_release(&machine);
	return 0;
}
