/* SPDX-License-Identifier: MIT */
/*
 * fuzz_options.c - a body that changes option bytes, and what the store keeps of them. A change
 * that is taken is shown as a body that is taken again and shown the same; on every part it is
 * refused or gives bytes whose complements fit, and no field but those named differs.
 */
#include "server/option_record.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static bool is_named(const struct option_change *change, const char *name)
{
	for (size_t i = 0; i < change->field_count; i++)
		if (!strcmp(change->fields[i].name, name))
			return true;
	return change->raw.len != 0;
}

static void apply(const struct option_change *change, const struct chip *chip)
{
	struct option_bytes from = { .len = chip->option_bytes_len }, to, sealed;
	const struct option_field *field;
	const char *wrong;

	memset(from.bytes, 0xFF, from.len);
	option_bytes_seal(chip, &from);
	if (option_change_apply(change, chip, &from, &to, &wrong, NULL))
		return;
	sealed = to;
	option_bytes_seal(chip, &sealed);
	FUZZ_CHECK(!memcmp(&sealed, &to, sizeof(to)));
	for (size_t n = 0; (field = option_field_at(chip, n)); n++)
		FUZZ_CHECK(is_named(change, field->name) ||
			option_field_get(field, &to) == option_field_get(field, &from));
}

static void try_change(const struct json *body)
{
	struct option_change change, again;
	struct problem problem = { 0 };
	const struct chip *chip;

	if (!option_change_parse(body, &change, &problem)) {
		FUZZ_CHECK(problem.code && problem.detail[0]);
		return;
	}
	struct json *shown = option_change_json(&change);

	FUZZ_CHECK(option_change_parse(shown, &again, &problem));
	FUZZ_CHECK(!memcmp(&change, &again, sizeof(change)));
	json_free(shown);
	for (size_t i = 0; (chip = chip_at(i)); i++)
		if (option_field_at(chip, 0))
			apply(&change, chip);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct option_record record, again;
	struct json *body = json_parse((struct span){ data, size }, false, NULL);

	if (!body)
		return 0;
	try_change(body);
	if (option_record_from_json(body, &record)) {
		struct json *kept = option_record_json(&record);

		FUZZ_CHECK(option_record_from_json(kept, &again));
		FUZZ_CHECK(!memcmp(&record.options, &again.options, sizeof(record.options)));
		json_free(kept);
	}
	json_free(body);
	return 0;
}
