/* SPDX-License-Identifier: MIT */
/*
 * plan_estimate.c - how long a plan will take: each exchange as boot*.c and run*.c make it, on this
 * line and through this adapter, and typical erase and program times as the families' data sheets
 * give them, rounded. Only an estimate hangs on them: the deadlines of boot*.c do not.
 */
#include "protocol/boot_burst.h"
#include "protocol/plan_internal.h"
#include "protocol/plan_line.h"
#include "protocol/protection.h"
#include "protocol/survey.h"

#include <string.h>

/* Typical, in microseconds: a sector of up to 16 KiB, up to 64 KiB, more; 256 bytes programmed. */
struct tempo {
	const char *family;
	uint32_t small_us, medium_us, large_us;
	uint32_t mass_us, mass_us_per_mib; /* together */
	uint32_t program_us;
	uint32_t row; /* bytes that are programmed at once, however few are new; 0: no matter */
};

static const struct tempo tempos[] = {
	{ "F0", 30000, 0, 0, 30000, 0, 6900, 0 },
	{ "F1", 30000, 0, 0, 30000, 0, 6900, 0 },
	{ "F3", 30000, 0, 0, 30000, 0, 6900, 0 },
	{ "F1-clone", 30000, 0, 0, 30000, 0, 6900, 0 },
	/* 32 bits at a time; see program_times() */
	{ "F2", 250000, 550000, 1000000, 0, 8000000, 1024, 0 },
	{ "F4", 250000, 550000, 1000000, 0, 8000000, 1024, 0 },
	{ "F7", 250000, 550000, 1000000, 0, 8000000, 1024, 0 },
	{ "H7", 2000, 0, 1000000, 0, 4000000, 800, 0 },
	{ "L0", 3280, 0, 0, 10000, 0, 13120, 64 }, /* half a page */
	{ "L1", 3280, 0, 0, 10000, 0, 6560, 128 },
	{ "U5", 1500, 0, 0, 0, 200000, 1890, 0 },
	{ "H5", 1500, 0, 0, 0, 100000, 480, 0 },
};
/* C0, G0, G4, L4, L5, W.. */
static const struct tempo tempo_other = { "", 22000, 0, 0, 22000, 0, 2700, 0 };

enum {
	DEFAULT_BAUD = 115200,
	RESET_MS = 150,       /* pulse and settle, as a board has them unless it was measured */
	TESTED_BAUD = 115200, /* above it a rate must prove itself: ladder.c */
	WARY_MS = 3,          /* an early answer is listened for so long */
	LOOK_BYTES = 16,      /* whether an erase did anything: run_erase.c */
	QUIET_MS = 20,        /* after the answer to 7F: section 2.1, Q1 */
	GAP_MS = 150,         /* that a list of commands which is too short is waited for: Q2 */
	GO_SILENCE_MS = 1000, /* Q2: a ROM that does not confirm Go */
	PAGE_PAUSE_MS = 40,   /* Q14 */
	CHECKSUM_CHUNK = 16 * KIB,
	PROBES = 4, /* reads that show whether bursts work, and their length */
	PROBE_BYTES = 20,
	UNIQUE_ID_SPAN = 64,
};
#define US_PER_MS 1000u

static const struct tempo *tempo_of(const struct chip *chip)
{
	for (size_t i = 0; chip && i < sizeof(tempos) / sizeof(*tempos); i++) {
		if (!strcmp(tempos[i].family, chip->family))
			return &tempos[i];
	}
	return &tempo_other;
}

bool plan_has_quick_mass_erase(const struct chip *chip)
{
	static const char *const families[] = { "C0", "F0", "F1", "F3", "G0", "G4", "L4" };

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		if (!strcmp(families[i], chip->family))
			return true;
	}
	return false;
}

/* Everything that the parts of an estimate share. boot is only asked how it would do things. */
struct guess {
	const struct plan *plan;
	const struct device *device;
	struct plan_line line;
	const struct tempo *tempo;
	uint32_t erase_percent, program_times; /* of the typical ones, by the supply */
	uint64_t restart_us;
	struct boot boot;
};

/* F2, F4, F7 program 8, 16 or 32 bits at a time, by the supply; 8 until told (section 4, 0x31). */
enum { FULL_MV = 2700, HALF_MV = 2100 };

static bool has_speed(const struct chip *chip)
{
	return chip && chip->traits & CHIP_SPEED_REGISTER;
}

/* An erase byte by byte takes about twice as long as one with 32 bits. */
static uint32_t erase_percent(const struct chip *chip, uint32_t supply_mv)
{
	if (!has_speed(chip) || supply_mv >= FULL_MV)
		return 100;
	return supply_mv >= HALF_MV ? 130 : 200;
}

/* A word, a half-word and a byte are each programmed in the same time. */
static uint32_t program_times(const struct chip *chip, uint32_t supply_mv)
{
	if (!has_speed(chip) || supply_mv >= FULL_MV)
		return 1;
	return supply_mv >= HALF_MV ? 2 : 4;
}

static uint32_t sector_us(const struct guess *g, uint32_t sector)
{
	const uint32_t len = chip_sector(g->plan->chip, sector).len;
	uint32_t us = g->tempo->small_us;

	if (len > 16 * KIB && g->tempo->medium_us)
		us = g->tempo->medium_us;
	if (len > 64 * KIB && g->tempo->large_us)
		us = g->tempo->large_us;
	return us * g->erase_percent / 100;
}

static size_t erase_list_bytes(const struct guess *g, uint32_t count)
{
	return device_has(g->device, COMMAND_EXTENDED_ERASE) ? 2 + 2 * count + 1 : 1 + count + 1;
}

static uint64_t request_us(const struct guess *g, size_t list, uint64_t work_us)
{
	return plan_line_exchange_us(&g->line, 2, 0, 1) +
		plan_line_exchange_us(&g->line, list, work_us, 1);
}

static uint64_t erase_us(const struct guess *g, const struct step *step)
{
	uint64_t us = 0;

	for (uint32_t done = 0, count; done < step->count; done += count) {
		const uint32_t first = step->sector + done;
		uint64_t work_us = 0;

		count = boot_erase_chunk(&g->boot, first, step->count - done);
		for (uint32_t i = 0; i < count; i++)
			work_us += sector_us(g, first + i);
		us += request_us(g, erase_list_bytes(g, count), work_us);
		if (!protection_has_layout(g->plan->chip)) /* looked at before and after */
			us += 2 * plan_line_read_us(&g->line, LOOK_BYTES);
		if (g->device->quirks & QUIRK_SINGLE_PAGE_ERASE)
			us += PAGE_PAUSE_MS * US_PER_MS;
	}
	return us;
}

static uint64_t mass_erase_us(const struct guess *g)
{
	const uint64_t us = g->tempo->mass_us +
		(uint64_t)g->tempo->mass_us_per_mib * (g->plan->flash_bytes / KIB) / KIB;

	return request_us(g, 3, us * g->erase_percent / 100);
}

/* As send_payload() of boot_memory.c listens before what could be taken for a grave command. */
static uint64_t listen_us(const struct guess *g)
{
	return (WARY_MS + 2) * US_PER_MS + 2 * (g->line.turnaround_ns + g->line.byte_ns) / 1000;
}

static uint64_t program_us(const struct guess *g, uint32_t addr, uint32_t len)
{
	const uint32_t row = g->tempo->row;

	if (row)
		len = (addr % row + len + row - 1) / row * row;
	return (uint64_t)g->tempo->program_us * g->program_times * len / FRAME_MAX_DATA;
}

/* One request. One that is not safe at once goes step by step, whatever the rest does. */
static uint64_t request_write_us(const struct guess *g, uint32_t addr, uint32_t len)
{
	uint8_t data[FRAME_MAX_DATA], stream[BURST_MAX];
	struct plan_line line = g->line;
	uint64_t listens = 0;

	plan_content(g->plan, addr, data, len);
	const size_t bytes = burst_write_frame(stream, addr, (struct span){ data, len });

	line.bursts = line.bursts && burst_is_safe((struct span){ stream, bytes });
	for (size_t at = 1; (at = burst_grave_pair((struct span){ stream, bytes }, at)) < bytes;
		at++)
		listens++;
	return plan_line_write_us(&line, len, program_us(g, addr, len)) + listens * listen_us(g);
}

static uint64_t block_us(const struct guess *g, uint32_t addr, uint32_t len)
{
	const uint32_t most = (uint32_t)boot_longest_write(&g->boot);
	uint64_t us = 0;

	for (uint32_t done = 0, part; done < len; done += part) {
		part = len - done < most ? len - done : most;
		us += request_write_us(g, addr + done, part);
	}
	return us;
}

static uint64_t write_us(const struct guess *g, const struct step *step)
{
	uint64_t us = 0;

	for (uint32_t done = 0, len; done < step->len; done += len) {
		const uint32_t at = step->addr + done,
			       border = FRAME_MAX_DATA - at % FRAME_MAX_DATA;

		len = border < step->len - done ? border : step->len - done;
		us += block_us(g, at, len);
	}
	return us;
}

static uint64_t reads_us(const struct guess *g, uint32_t len)
{
	const uint32_t size = (uint32_t)boot_read_size(&g->boot), tail = len % size;
	const uint64_t us = len / size * plan_line_read_us(&g->line, size);

	return us + (tail ? plan_line_read_us(&g->line, tail) : 0);
}

/* How many stretches between multiples of size the step touches. */
static uint64_t stretches(const struct step *step, uint32_t size)
{
	return (step->addr + (uint64_t)step->len + size - 1) / size - step->addr / size;
}

/* Pair, address, size and two parameters; ACK, ACK and the result come together. */
static uint64_t one_checksum_us(const struct guess *g)
{
	return plan_line_exchange_us(&g->line, 2, 0, 1) +
		3 * plan_line_exchange_us(&g->line, 5, 0, 1) +
		plan_line_exchange_us(&g->line, 5, 0, 7);
}

static uint64_t checksum_us(const struct guess *g, const struct step *step)
{
	return stretches(step, CHECKSUM_CHUNK) * one_checksum_us(g);
}

static uint64_t sample_us(const struct guess *g, const struct step *step)
{
	const uint32_t page = g->plan->chip->runs[0].size;
	const uint32_t stride = page < FRAME_MAX_DATA ? page : FRAME_MAX_DATA;

	return stretches(step, stride) * plan_line_read_us(&g->line, 4);
}

/* As run_start.c does it. */
static uint64_t start_us(const struct guess *g)
{
	const unsigned quirks = g->device->quirks;
	const bool is_go = g->plan->start == PLAN_START_GO ? !(quirks & QUIRK_DEAD_GO)
							   : quirks & QUIRK_EMPTY_LATCH;
	uint64_t us = plan_line_exchange_us(&g->line, 5, 0, 1);

	if (!is_go)
		return g->restart_us;
	us += quirks & QUIRK_NO_FIRST_GO_ACK ? GO_SILENCE_MS * US_PER_MS
					     : plan_line_exchange_us(&g->line, 2, 0, 1);
	return us;
}

static uint64_t step_us(const struct guess *g, const struct step *step)
{
	switch (step->kind) {
	case STEP_MASS_ERASE:
		return mass_erase_us(g);
	case STEP_ERASE:
		return erase_us(g, step);
	case STEP_WRITE:
		return write_us(g, step);
	case STEP_VERIFY:
		return reads_us(g, step->len);
	case STEP_CHECKSUM:
		return checksum_us(g, step);
	case STEP_SAMPLE:
		return sample_us(g, step);
	default:
		return start_us(g);
	}
}

/* Nothing comes any more: what a drain of DRAIN_MS takes. */
static uint64_t quiet_us(const struct guess *g)
{
	return (QUIET_MS + 2) * US_PER_MS + 2 * g->line.byte_ns / 1000;
}

/* A register, asked for twice: in a whole block where a short read is refused (Q7). */
static uint64_t register_us(const struct guess *g, const struct plan_line *line, size_t len)
{
	const bool is_whole = g->plan->chip->traits & CHIP_WHOLE_BLOCK_READS;

	return 2 * plan_line_read_us(line, is_whole ? boot_longest_read(&g->boot) : len);
}

/* Asked for three times as it is and three times in a whole block; then who is there. */
static uint64_t refused_us(const struct guess *g, const struct plan_line *line)
{
	const uint64_t read_us =
		2 * plan_line_exchange_us(line, 2, 0, 1) + plan_line_exchange_us(line, 5, 0, 1);

	return 6 * read_us + 4 * quiet_us(g) + plan_line_exchange_us(line, 2, 0, 5);
}

/* Flash size and unique id, together or not. */
static uint64_t size_and_id_us(const struct guess *g, const struct plan_line *line)
{
	const struct chip *chip = g->plan->chip;
	const uint32_t size_at = chip->flash_size_register, id_at = chip->unique_id_register;
	const uint32_t apart = size_at > id_at ? size_at - id_at : id_at - size_at;
	const bool together = size_at && id_at && apart < UNIQUE_ID_SPAN;

	if (!g->device->has_unique_id && !g->device->flash_size_is_read)
		return (together + !!size_at + !!id_at) * refused_us(g, line);
	if (together)
		return register_us(g, line, apart + CHIP_UNIQUE_ID_BYTES);
	return (size_at ? register_us(g, line, 2) : 0) +
		(id_at ? register_us(g, line, CHIP_UNIQUE_ID_BYTES) : 0);
}

static size_t command_count(const struct device *device)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(device->commands); i++)
		count += (size_t)__builtin_popcount(device->commands[i]);
	return count;
}

/* As boot_identify.c asks. */
static uint64_t identify_us(const struct guess *g)
{
	const bool miscounts = g->device->quirks & QUIRK_NO_FIRST_GO_ACK; /* Q2: both */
	struct plan_line line = g->line;
	uint64_t us = plan_line_exchange_us(&line, 2, 0, 1 + 2 + command_count(g->device) + 1);

	line.bursts = false;
	if (miscounts)
		us = 2 * (us + GAP_MS * US_PER_MS);
	us += 3 * plan_line_exchange_us(&line, 2, 0, 5); /* version, and the id twice */
	if (!device_has(g->device, COMMAND_READ_MEMORY))
		return us;
	us += plan_line_read_us(&line, 4);
	if (g->plan->chip)
		us += size_and_id_us(g, &line);
	if (g->plan->chip && g->plan->chip->bootloader_id_address)
		us += register_us(g, &line, 1);
	if (g->boot.options.settings.baud > TESTED_BAUD)
		us += 2 * plan_line_read_us(&g->line, FRAME_MAX_DATA);
	if (g->line.bursts)
		us += plan_line_read_us(&line, PROBE_BYTES) +
			PROBES * plan_line_read_us(&g->line, PROBE_BYTES);
	return us;
}

/* As boot_connect.c does it. */
static uint64_t connect_us(const struct guess *g, const struct plan_options *options)
{
	uint64_t us = plan_line_exchange_us(&g->line, 2, 0, 5);

	if (!options->resumes)
		us = g->restart_us + options->sync_us + plan_line_exchange_us(&g->line, 1, 0, 1) +
			quiet_us(g) + identify_us(g);
	if (has_speed(g->plan->chip) && options->supply_mv >= HALF_MV)
		us += plan_line_exchange_us(&g->line, 2, 0, 1) +
			plan_line_exchange_us(&g->line, 5, 0, 1) +
			plan_line_exchange_us(&g->line, 6, 0, 1);
	return us;
}

/* What the image names in a sector, read piece by piece. */
static uint64_t named_us(const struct guess *g, const struct sector *sector)
{
	const struct image *image = g->plan->image;
	const uint64_t sector_end = sector->addr + (uint64_t)sector->len;
	uint64_t us = 0;

	for (size_t i = 0; i < image->count; i++) {
		const struct segment *s = &image->segments[i];
		const uint64_t from = s->addr > sector->addr ? s->addr : sector->addr;
		const uint64_t end = s->addr + (uint64_t)s->data.len;
		const uint64_t to = end < sector_end ? end : sector_end;

		us += from < to ? reads_us(g, (uint32_t)(to - from)) : 0;
	}
	return us;
}

/* The bytes of the image that a record says are there: each is compared before it is spared. */
static uint64_t recalled_us(const struct guess *g, const struct survey *survey)
{
	uint64_t us = 0;

	for (uint32_t i = 0; i < survey->count; i++) {
		const struct sector sector = chip_sector(g->plan->chip, i);

		if (survey->verdicts[i] == VERDICT_SAME)
			us += survey->by_checksum ? one_checksum_us(g) : named_us(g, &sector);
	}
	return us;
}

static uint64_t survey_us(const struct guess *g, const struct survey *survey)
{
	if (!survey)
		return 0;
	return survey->took_us ? survey->took_us : recalled_us(g, survey);
}

/* What stands beside the image is read before the plan is made. */
static uint64_t beside_us(const struct guess *g, const struct plan_options *options)
{
	const uint32_t reads = options->beside_reads;

	return reads ? reads * plan_line_read_us(&g->line, options->beside_bytes / reads) : 0;
}

uint32_t plan_estimate(
	const struct plan *plan, const struct device *device, const struct plan_options *options)
{
	const uint32_t baud = options->baud ? options->baud : DEFAULT_BAUD;
	const bool has_parity = !plan->chip || !(plan->chip->traits & CHIP_NO_PARITY);
	const struct guess g = {
		.plan = plan,
		.device = device,
		.line = plan_line_of(baud, has_parity, options->turnaround_us, options->bursts),
		.tempo = tempo_of(plan->chip),
		.erase_percent = erase_percent(plan->chip, options->supply_mv),
		.program_times = program_times(plan->chip, options->supply_mv),
		.restart_us = options->restart_us ? options->restart_us : RESET_MS * US_PER_MS,
		.boot = { .device = *device,
			.options.settings.baud = baud,
			.turnaround_us = options->turnaround_us,
			.bursts = options->bursts },
	};
	uint64_t us =
		connect_us(&g, options) + survey_us(&g, options->survey) + beside_us(&g, options);

	if (plan->write_bytes + plan->erase_bytes && protection_has_layout(plan->chip))
		us += plan_line_read_us(&g.line, plan->chip->option_bytes_len);
	for (size_t i = 0; i < plan->count; i++)
		us += step_us(&g, &plan->steps[i]);
	return (uint32_t)(us / US_PER_MS);
}
