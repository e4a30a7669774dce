/* SPDX-License-Identifier: MIT */
/*
 * option_bytes.h - a part's option bytes: read, changed by name, looked at before they are written.
 * Known for the families that keep them in memory which the ROM reads and writes; in others they
 * are registers, and are left alone. Pure but for option_bytes_read(), which reads through a
 * session.
 */
#ifndef BENCHD_PROTOCOL_OPTION_BYTES_H
#define BENCHD_PROTOCOL_OPTION_BYTES_H

#include "protocol/mend.h"

#define OPTION_BYTES_MAX 256u
#define OPTION_BANK2_MAX 16u

/* As they lie at chip->option_bytes, complements and all. */
struct option_bytes {
	uint8_t bytes[OPTION_BYTES_MAX];
	size_t len;                      /* 0: not read */
	uint8_t bank2[OPTION_BANK2_MAX]; /* F42x, F43x: of the second bank's own area */
	size_t bank2_len;
};

/* What a change of a field can cost, besides what it is for. */
enum option_risk {
	OPTION_PLAIN,
	OPTION_READOUT,  /* the readout level */
	OPTION_BOOT,     /* what the part starts: the ROM may be out of reach afterwards */
	OPTION_GEOMETRY, /* banks and sectors: content may be found elsewhere, or not at all */
	OPTION_LOCK,     /* setting it ends every way back into the ROM */
	OPTION_RISK_COUNT
};
/* "plain", "readout", "boot", "geometry", "lock" */
const char *option_risk_name(enum option_risk risk);

struct option_field {
	const char *name; /* as the reference manual has it */
	uint8_t at;       /* the byte that bit 0 of shift counts from */
	uint8_t shift, width;
	enum option_risk risk;
	uint16_t only[6]; /* product ids that have it; none: all of the family */
	const char *text; /* what it does, for people */
};

/* The nth field of a part, as they lie in its option bytes; NULL past the last. */
const struct option_field *option_field_at(const struct chip *chip, size_t n);
/* NULL: the part has none of this name. */
const struct option_field *option_field_find(const struct chip *chip, const char *name);
/* Some part has one of this name. */
bool option_field_exists(const char *name);
uint32_t option_field_max(const struct option_field *field);
uint32_t option_field_get(const struct option_field *field, const struct option_bytes *options);
/* value is at most option_field_max(). Complements are option_bytes_seal()'s. */
void option_field_set(
	const struct option_field *field, struct option_bytes *options, uint32_t value);

/* The readout level that they say; the part has a layout. */
unsigned option_bytes_level(const struct chip *chip, const struct option_bytes *options);
/* Makes every complement that of its byte. */
void option_bytes_seal(const struct chip *chip, struct option_bytes *options);
/* Complements apart, are they the same? */
bool option_bytes_equal(
	const struct chip *chip, const struct option_bytes *a, const struct option_bytes *b);

/* Words that a request has to say for what it does. */
enum option_word {
	OPTION_ERASE_EVERYTHING = 1 << 0, /* the readout level is lowered */
	OPTION_PROTECT_READOUT = 1 << 1,  /* the readout level is raised to 1 */
	OPTION_LOSE_BOOTLOADER = 1 << 2,  /* a field of OPTION_BOOT changes */
	OPTION_CHANGE_UNNAMED = 1 << 3,   /* bits change that no field names */
};
/*
 * May the option bytes of this part be changed so? Nothing is sent. said: enum option_word bits.
 * ERR_UNSUPPORTED: they are registers, or their layout is not known: nobody could see whether the
 * part would be locked for good. ERR_IRREVERSIBLE: it would be: level 2, or a boot lock; no word
 * allows it. ERR_UNCONFIRMED: *missing has the words that are missing.
 */
enum err option_bytes_check(const struct chip *chip, const struct option_bytes *from,
	const struct option_bytes *to, unsigned said, unsigned *missing, struct why *why);

/*
 * Reads them; what goes wrong on the way is mended (mend may be NULL). On error *options is empty.
 * ERR_UNSUPPORTED: the part has none in memory, or it is not known. ERR_READ_PROTECTED, ERR_NACK:
 * the ROM refused. Others as of mend_session().
 */
enum err option_bytes_read(
	struct option_bytes *options, struct boot *boot, struct mend *mend, struct why *why);

#endif /* BENCHD_PROTOCOL_OPTION_BYTES_H */
