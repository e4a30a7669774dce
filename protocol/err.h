/* SPDX-License-Identifier: MIT */
/*
 * err.h - every way in which something can fail, and where it did.
 * Pure data; any thread.
 */
#ifndef BENCHD_PROTOCOL_ERR_H
#define BENCHD_PROTOCOL_ERR_H

#include <stdint.h>

enum err {
	ERR_OK,
	ERR_NO_MEMORY,
	ERR_ARGUMENT, /* the caller asked for something that cannot be, e.g. length 0 */
	/* the transport */
	ERR_IO,      /* the port failed; what says how */
	ERR_CONTROL, /* what drives reset and BOOT0 failed; what says how */
	ERR_POWER,   /* the supply did not go or come as it was told to; what says how */
	ERR_GONE,    /* the port vanished (unplugged, pty closed) */
	ERR_TIMEOUT, /* the board said nothing in time */
	ERR_NACK,    /* the ROM refused a command, an address or data */
	ERR_REPLY,   /* the ROM answered, but neither ACK nor NACK, or not in form */
	/* the image */
	ERR_FORMAT,          /* not a format that we know */
	ERR_IMAGE,           /* the format is known, its content cannot be trusted */
	ERR_EMPTY,           /* no byte to program */
	ERR_TOO_LARGE,       /* more bytes than any part holds */
	ERR_NOT_APPLICATION, /* does not look like a program for this part; force overrides */
	/* image against part */
	ERR_RANGE,        /* outside the part's flash (or memory); addr is the first such byte */
	ERR_ALIGNMENT,    /* an address that this part cannot program */
	ERR_UNKNOWN_PART, /* the product id is in no row of chips.inc */
	ERR_UNSUPPORTED,  /* the ROM or the control lacks what is needed */
	ERR_WRONG_CHIP,   /* expect_unique_id names another chip */
	/* the part's answer to good requests */
	ERR_READ_PROTECTED,
	ERR_WRITE_PROTECTED,
	ERR_PROTECTION,   /* it was to be changed, and is as it was */
	ERR_OPTIONS,      /* the same of option bytes */
	ERR_IRREVERSIBLE, /* it would lock the part for good: never done */
	ERR_UNCONFIRMED,  /* the request lacks words for what it would do */
	ERR_VERIFY,       /* content differs; addr is the first differing byte */
	ERR_START,        /* the content is good, but the firmware could not be started */
	ERR_EXPECT,       /* the firmware runs, and did not say what was expected of it */
	ERR_CANCELLED,
	ERR_COUNT
};

/* The stages of a job, in the order of a flash (docs: api, "Stages"). */
enum stage {
	STAGE_NONE,
	STAGE_CONNECT,
	STAGE_PLAN,
	STAGE_ERASE,
	STAGE_WRITE,
	STAGE_VERIFY,
	STAGE_READ,
	STAGE_RUN,
	STAGE_EXPECT,
	STAGE_COUNT
};

/*
 * Where it failed. The caller's memory, zeroed by it; a function writes it only when it fails, and
 * a pointer to it may be NULL. No message is built below server/: what is a constant phrase.
 */
struct why {
	enum err err;
	enum stage stage;
	uint8_t command;  /* AN3155 command code; meaningful when has_command */
	uint8_t expected; /* ERR_VERIFY: the image's byte at addr */
	uint8_t found;    /* ERR_VERIFY: the part's byte at addr; ERR_REPLY: the byte received */
	unsigned has_addr : 1, has_command : 1;
	uint32_t addr;
	uint32_t line;    /* of a text image, from 1; 0: none */
	uint64_t offset;  /* into a binary image, where line is 0 */
	const char *what; /* static, e.g. "the record's checksum is wrong"; NULL: nothing to add */
};

/* The stable names: "ok", "no_memory", "read_protected" ... Never NULL for a value of the enum. */
const char *err_name(enum err e);
/* "connect", "plan" ...; STAGE_NONE gives "". */
const char *stage_name(enum stage s);

/* Fills why (may be NULL) with e and what, leaving the rest as it is; gives e back. */
enum err why_set(struct why *why, enum err e, const char *what);
/* The same with an address. */
enum err why_at(struct why *why, enum err e, uint32_t addr, const char *what);

#endif /* BENCHD_PROTOCOL_ERR_H */
