/* SPDX-License-Identifier: MIT */
/* problem.c - making problems, and saying what a protocol error means. */
#include "server/problem.h"

#include "protocol/frame.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool problem_set(struct problem *problem, const char *code, const char *format, ...)
{
	va_list args;

	if (!problem)
		return false;
	problem->code = problem_kind(code)->code;
	va_start(args, format);
	vsnprintf(problem->detail, sizeof(problem->detail), format, args);
	va_end(args);
	return false;
}

unsigned problem_status(const struct problem *problem)
{
	return problem_kind(problem->code)->status;
}

struct json *problem_json(const struct problem *problem)
{
	const struct problem_kind *kind = problem_kind(problem->code);
	struct json *json = json_object();
	char type[64];

	snprintf(type, sizeof(type), "/problems/%s", kind->code);
	json_add_string(json, "type", type);
	json_add_string(json, "title", kind->title);
	json_add_integer(json, "status", kind->status);
	json_add_string(json, "detail", problem->detail);
	json_add_string(json, "code", kind->code);
	json_add_bool(json, "retryable", kind->retryable);
	if (problem->board)
		json_add_string(json, "board", problem->board);
	if (problem->stage != STAGE_NONE)
		json_add_string(json, "stage", stage_name(problem->stage));
	if (problem->has_address)
		json_add_hex32(json, "address", problem->address);
	return json;
}

/* What an error of the protocol is to a person: a slug, what happened, what to try. */
static const struct {
	const char *code, *happened, *advice;
} sayings[] = {
	[ERR_OK] = { "internal", "An error was reported, but none had happened",
		"Please report this." },
	[ERR_NO_MEMORY] = { "no_memory", "The server ran out of memory", "Try again." },
	[ERR_ARGUMENT] = { "bad_parameter", "This cannot be asked for",
		"Check the parameters. Nothing was changed." },
	[ERR_IO] = { "port_failed", "The serial port failed", "Check the cable and the adapter." },
	[ERR_CONTROL] = { "control_failed", "What restarts or powers the board failed",
		"See \"control\" and \"power\" in the board's configuration." },
	[ERR_POWER] = { "power_unchanged", "The board's power is not as it was to be",
		"Look at what the power command switches." },
	[ERR_GONE] = { "port_absent", "The serial port is absent",
		"Plug the adapter in; the port is opened by itself when it comes back." },
	[ERR_TIMEOUT] = { "no_answer", "The board did not answer",
		"Check its power, that TX and RX are crossed, that BOOT0 selects the bootloader "
		"and that the board was reset." },
	[ERR_NACK] = { "nack", "The bootloader refused",
		"If it was an address, this part has no memory there that can be used so; else "
		"restart the board and try again." },
	[ERR_REPLY] = { "bad_reply", "The board answered something that is not the bootloader's",
		"Check that BOOT0 selects the bootloader, and try a lower baud rate." },
	[ERR_FORMAT] = { "not_an_image", "This is not a firmware image",
		"Send raw binary, Intel HEX, S-record, ELF or DfuSe." },
	[ERR_IMAGE] = { "bad_image", "The image is damaged",
		"Build or download it again. Nothing was erased." },
	[ERR_EMPTY] = { "empty_image", "The image holds nothing to program",
		"Check that it is the right file. Nothing was erased." },
	[ERR_TOO_LARGE] = { "image_too_large", "The image is larger than any part",
		"Check that it is the right file. Nothing was erased." },
	[ERR_NOT_APPLICATION] = { "not_an_application",
		"The image does not look like a program for this part",
		"Check that it was built for it, or add force=true. Nothing was erased." },
	[ERR_RANGE] = { "out_of_range", "It does not fit the part's memory",
		"Check the address and, of an image, that it was built for this part. Nothing was "
		"erased." },
	[ERR_ALIGNMENT] = { "misaligned", "The part cannot program this address",
		"Let the sectors be erased, or align the image. Nothing was erased." },
	[ERR_UNKNOWN_PART] = { "unknown_part", "The part is not known",
		"If it is like a known one, name that one's product id, for example as=0x410. "
		"Nothing was erased." },
	[ERR_UNSUPPORTED] = { "unsupported", "This board cannot do that",
		"It takes another part, or other wiring of reset and BOOT0." },
	[ERR_WRONG_CHIP] = { "wrong_chip",
		"Another chip is connected than the configuration expects",
		"Check the cabling, or correct expect_unique_id. Nothing was changed." },
	[ERR_READ_PROTECTED] = { "readout_protected", "The part is read-protected",
		"Taking the protection off erases the whole part: PUT {\"readout\":false,"
		"\"erase_everything\":true} to the board's …/protection." },
	[ERR_WRITE_PROTECTED] = { "write_protected", "The part is write-protected",
		"Remove the protection first, which costs nothing of the content: PUT "
		"{\"write\":[]} to the board's …/protection." },
	[ERR_PROTECTION] = { "protection_unchanged", "The protection is as it was",
		"Switch the board off and on and look again." },
	[ERR_OPTIONS] = { "option_bytes_unchanged", "The option bytes are not what was written",
		"Read them anew (POST to …/option-bytes) before you try once more." },
	[ERR_IRREVERSIBLE] = { "irreversible", "This could never be taken back, so it is not done",
		"Nothing was written." },
	[ERR_UNCONFIRMED] = { "unconfirmed", "The request does not say that it means all this",
		"Nothing was written." },
	[ERR_VERIFY] = { "verify_failed", "The part's content differs from the image",
		"Flash it again. If the same address fails again, its sector may be "
		"write-protected (PUT {\"write\":[]} to …/protection removes that), or the supply "
		"or the part is bad." },
	[ERR_START] = { "start_failed",
		"The content is good, but the firmware could not be started",
		"Reset the board by hand." },
	[ERR_EXPECT] = { "test_failed", "The firmware did not say what was expected",
		"Look at the console." },
	[ERR_CANCELLED] = { "cancelled", "The job was cancelled", "Start it again when you like." },
};
static_assert(sizeof(sayings) / sizeof(*sayings) == ERR_COUNT, "every error is put in words");

#define LOST                                                                                       \
	"A byte was lost, or the board was reset or lost its power: check cable and supply, or "   \
	"try a lower baud rate."

#define SWAPPED "Were boards swapped while the job ran? Flash the one again that it began with."

/* The ROM had answered before: it is not the wiring. */
static const char *advice_for(const struct why *why)
{
	const bool is_silence = why->err == ERR_TIMEOUT || why->err == ERR_REPLY;

	if (why->err == ERR_WRONG_CHIP && why->stage > STAGE_PLAN)
		return SWAPPED;
	return is_silence && why->stage > STAGE_CONNECT ? LOST : sayings[why->err].advice;
}

static void add(struct problem *problem, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct problem *problem, const char *format, ...)
{
	size_t len = strlen(problem->detail);
	va_list args;

	va_start(args, format);
	vsnprintf(problem->detail + len, sizeof(problem->detail) - len, format, args);
	va_end(args);
}

void problem_add(struct problem *problem, const char *text)
{
	add(problem, "%s", text);
}

static bool is_of_image(enum err e)
{
	return e == ERR_FORMAT || e == ERR_IMAGE || e == ERR_TOO_LARGE || e == ERR_EMPTY;
}

/* " (/dev/x) at line 7 at 0x08000000, command Write Memory, stage write": as far as it is known. */
static void add_place(struct problem *problem, const struct why *why, const char *port)
{
	const enum err e = why->err;

	if (port && (e == ERR_IO || e == ERR_GONE || e == ERR_TIMEOUT || e == ERR_REPLY))
		add(problem, " (%s)", port);
	if (why->line)
		add(problem, " at line %u", (unsigned)why->line);
	else if (is_of_image(e) && why->offset)
		add(problem, " at byte %llu of the file", (unsigned long long)why->offset);
	if (why->has_addr)
		add(problem, " at 0x%08X", (unsigned)why->addr);
	if (why->has_command)
		add(problem, ", command %s (0x%02X)", frame_command_name(why->command),
			why->command);
	if (why->stage != STAGE_NONE)
		add(problem, ", in the stage \"%s\"", stage_name(why->stage));
}

/* Some phrases are questions. */
static void end_sentence(struct problem *problem)
{
	const size_t len = strlen(problem->detail);

	if (len && problem->detail[len - 1] != '?')
		add(problem, ".");
}

void problem_from_why(
	struct problem *problem, const struct why *why, const char *subject, const char *port)
{
	const enum err e = why->err;

	assert(e < ERR_COUNT);
	problem_set(problem, sayings[e].code, "%s", sayings[e].happened);
	problem->stage = why->stage;
	problem->has_address = why->has_addr;
	problem->address = why->addr;
	if (subject)
		add(problem, " (%s)", subject);
	add_place(problem, why, port);
	if (e == ERR_VERIFY)
		add(problem, ": 0x%02X was expected, 0x%02X was read", why->expected, why->found);
	if (e == ERR_REPLY)
		add(problem, ": 0x%02X was received", why->found);
	if (why->what)
		add(problem, ": %s", why->what);
	end_sentence(problem);
	add(problem, " %s", advice_for(why));
}
