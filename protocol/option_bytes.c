/* SPDX-License-Identifier: MIT */
/* option_bytes.c - option bytes read, compared, and looked at before they are written. */
#include "protocol/option_bytes.h"

#include "protocol/option_layout.h"

#include <assert.h>

static const char *const risk_names[] = {
	[OPTION_PLAIN] = "plain",
	[OPTION_READOUT] = "readout",
	[OPTION_BOOT] = "boot",
	[OPTION_GEOMETRY] = "geometry",
	[OPTION_LOCK] = "lock",
};
static_assert(sizeof(risk_names) / sizeof(*risk_names) == OPTION_RISK_COUNT, "all have a name");

const char *option_risk_name(enum option_risk risk)
{
	assert(risk < OPTION_RISK_COUNT);
	return risk_names[risk];
}

/* Does the byte only repeat another one, inverted? */
static bool is_complement(const struct option_layout *layout, size_t at)
{
	return layout->complement && at / layout->complement % 2;
}

void option_bytes_seal(const struct chip *chip, struct option_bytes *options)
{
	const struct option_layout *layout = option_layout_of(chip);

	for (size_t i = 0; layout && i < options->len; i++)
		if (is_complement(layout, i))
			options->bytes[i] = (uint8_t)~options->bytes[i - layout->complement];
}

bool option_bytes_equal(
	const struct chip *chip, const struct option_bytes *a, const struct option_bytes *b)
{
	const struct option_layout *layout = option_layout_of(chip);
	bool is_equal = a->len == b->len;

	for (size_t i = 0; is_equal && i < a->len; i++)
		is_equal = (layout && is_complement(layout, i)) || a->bytes[i] == b->bytes[i];
	return is_equal;
}

unsigned option_bytes_level(const struct chip *chip, const struct option_bytes *options)
{
	const struct option_layout *layout = option_layout_of(chip);

	assert(layout && layout->readout_at < options->len);
	return option_level(layout, options->bytes[layout->readout_at]);
}

/* The readout level is looked at as a whole, not bit by bit. */
static unsigned words_of_level(unsigned from, unsigned to)
{
	if (to < from)
		return OPTION_ERASE_EVERYTHING;
	return to > from ? OPTION_PROTECT_READOUT : 0;
}

static enum err words_of_fields(const struct chip *chip, const struct option_bytes *from,
	const struct option_bytes *to, unsigned *words, struct why *why)
{
	const struct option_field *field;

	for (size_t n = 0; (field = option_field_at(chip, n)); n++) {
		const uint32_t was = option_field_get(field, from);
		const uint32_t is = option_field_get(field, to);

		if (field->risk == OPTION_LOCK && is & ~was)
			return why_set(why, ERR_IRREVERSIBLE,
				"a boot lock ends every way back into the bootloader");
		if (was != is && (field->risk == OPTION_BOOT || field->risk == OPTION_LOCK))
			*words |= OPTION_LOSE_BOOTLOADER;
	}
	return ERR_OK;
}

/* What the fields make of one set of bytes, put into the other: what differs then has no name. */
static bool differ_unnamed(
	const struct chip *chip, const struct option_bytes *from, const struct option_bytes *to)
{
	struct option_bytes named = *from;
	const struct option_field *field;

	for (size_t n = 0; (field = option_field_at(chip, n)); n++)
		option_field_set(field, &named, option_field_get(field, to));
	return !option_bytes_equal(chip, &named, to);
}

enum err option_bytes_check(const struct chip *chip, const struct option_bytes *from,
	const struct option_bytes *to, unsigned said, unsigned *missing, struct why *why)
{
	unsigned words, level;
	enum err e;

	*missing = 0;
	if (chip && chip->traits & CHIP_OPTION_REGISTERS)
		return why_set(why, ERR_UNSUPPORTED,
			"this part keeps its option bytes in registers, not in memory: its "
			"bootloader's write command is not for them");
	if (!option_layout_of(chip))
		return why_set(why, ERR_UNSUPPORTED,
			"how this part keeps its option bytes is not known, so nobody can see "
			"whether it would be locked for good");
	level = option_bytes_level(chip, to);
	if (level == 2 && option_bytes_level(chip, from) != 2)
		return why_set(why, ERR_IRREVERSIBLE, "readout level 2 can never be taken back");
	words = words_of_level(option_bytes_level(chip, from), level);
	e = words_of_fields(chip, from, to, &words, why);
	if (e)
		return e;
	if (differ_unnamed(chip, from, to))
		words |= OPTION_CHANGE_UNNAMED;
	*missing = words & ~said;
	return *missing ? why_set(why, ERR_UNCONFIRMED, NULL) : ERR_OK;
}

enum { CURES = 2 }; /* the first of a refusal is just another try (mend.c) */

/*
 * It could be read when we connected: a ROM that is out of step by a byte refuses every command.
 * What it goes on refusing when both sides are in step is refused.
 */
static bool may_be_out_of_step(const struct boot *boot, enum err e, unsigned cures)
{
	return e == ERR_READ_PROTECTED && !boot->device.readout_protected && cures < CURES;
}

static enum err read_area(struct boot *boot, struct mend *mend, uint32_t addr, uint8_t *out,
	size_t len, struct why *why)
{
	unsigned cures = 0;
	struct why last;
	enum err e;

	do {
		last = (struct why){ 0 };
		e = boot_read_exact(boot, addr, out, len, &last);
		if (!e && mend)
			mend_progress(mend);
		if (mend && may_be_out_of_step(boot, e, cures)) {
			cures++;
			e = ERR_NACK;
		} else if (!e || !mend || !mend_is_for(e) || e == ERR_NACK) {
			break;
		}
		last.err = e;
		e = mend_session(mend, boot, &last, &last);
	} while (!e);
	if (e && why)
		*why = last;
	return e;
}

enum err option_bytes_read(
	struct option_bytes *options, struct boot *boot, struct mend *mend, struct why *why)
{
	const struct chip *chip = boot->device.chip;
	const struct option_layout *layout = option_layout_of(chip);
	enum err e;

	*options = (struct option_bytes){ 0 };
	if (!chip || !chip->option_bytes)
		return why_set(
			why, ERR_UNSUPPORTED, "where this part has option bytes is not known");
	if (chip->traits & CHIP_OPTION_REGISTERS)
		return why_set(why, ERR_UNSUPPORTED,
			"this part keeps its option bytes in registers, not in memory");
	if (boot->device.readout_protected)
		return why_set(why, ERR_READ_PROTECTED, NULL);
	assert(chip->option_bytes_len <= OPTION_BYTES_MAX);
	e = read_area(boot, mend, chip->option_bytes, options->bytes, chip->option_bytes_len, why);
	options->len = e ? 0 : chip->option_bytes_len;
	if (e || !layout || !layout->bank2 || boot->device.flash_bytes <= MIB)
		return e;
	e = read_area(boot, mend, layout->bank2, options->bank2, OPTION_BANK2_MAX, why);
	options->bank2_len = e ? 0 : OPTION_BANK2_MAX;
	if (e && e != ERR_NACK && e != ERR_RANGE)
		options->len = 0;
	return options->len ? ERR_OK : e;
}
