/* SPDX-License-Identifier: MIT */
/* err.c - the stable names of errors and stages. */
#include "protocol/err.h"

#include <assert.h>
#include <stddef.h>

static const char *const err_names[] = {
	[ERR_OK] = "ok",
	[ERR_NO_MEMORY] = "no_memory",
	[ERR_ARGUMENT] = "argument",
	[ERR_IO] = "io",
	[ERR_CONTROL] = "control",
	[ERR_POWER] = "power",
	[ERR_GONE] = "gone",
	[ERR_TIMEOUT] = "timeout",
	[ERR_NACK] = "nack",
	[ERR_REPLY] = "reply",
	[ERR_FORMAT] = "format",
	[ERR_IMAGE] = "bad_image",
	[ERR_EMPTY] = "empty",
	[ERR_TOO_LARGE] = "too_large",
	[ERR_NOT_APPLICATION] = "not_an_application",
	[ERR_RANGE] = "range",
	[ERR_ALIGNMENT] = "alignment",
	[ERR_UNKNOWN_PART] = "unknown_part",
	[ERR_UNSUPPORTED] = "unsupported",
	[ERR_WRONG_CHIP] = "wrong_chip",
	[ERR_READ_PROTECTED] = "read_protected",
	[ERR_WRITE_PROTECTED] = "write_protected",
	[ERR_PROTECTION] = "protection_unchanged",
	[ERR_OPTIONS] = "options_unchanged",
	[ERR_IRREVERSIBLE] = "irreversible",
	[ERR_UNCONFIRMED] = "unconfirmed",
	[ERR_VERIFY] = "verify",
	[ERR_START] = "start",
	[ERR_EXPECT] = "expect",
	[ERR_CANCELLED] = "cancelled",
};
static_assert(sizeof(err_names) / sizeof(*err_names) == ERR_COUNT, "every error has a name");

static const char *const stage_names[] = {
	[STAGE_NONE] = "",
	[STAGE_CONNECT] = "connect",
	[STAGE_PLAN] = "plan",
	[STAGE_ERASE] = "erase",
	[STAGE_WRITE] = "write",
	[STAGE_VERIFY] = "verify",
	[STAGE_READ] = "read",
	[STAGE_RUN] = "run",
	[STAGE_EXPECT] = "expect",
};
static_assert(sizeof(stage_names) / sizeof(*stage_names) == STAGE_COUNT, "every stage has a name");

const char *err_name(enum err e)
{
	assert(e < ERR_COUNT);
	return err_names[e];
}

const char *stage_name(enum stage s)
{
	assert(s < STAGE_COUNT);
	return stage_names[s];
}

enum err why_set(struct why *why, enum err e, const char *what)
{
	if (why) {
		why->err = e;
		why->what = what;
	}
	return e;
}

enum err why_at(struct why *why, enum err e, uint32_t addr, const char *what)
{
	if (why) {
		why->addr = addr;
		why->has_addr = 1;
	}
	return why_set(why, e, what);
}
