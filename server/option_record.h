/* SPDX-License-Identifier: MIT */
/*
 * option_record.h - option bytes as they were last read, as JSON and back, and a change of them
 * that was asked for. Pure; any thread.
 */
#ifndef BENCHD_SERVER_OPTION_RECORD_H
#define BENCHD_SERVER_OPTION_RECORD_H

#include "protocol/option_bytes.h"
#include "server/problem.h"

struct option_record {
	struct option_bytes options;
	int64_t read_at; /* wall ms */
};

/* What the store keeps: {bytes, bank2, read_at}, in hex. */
struct json *option_record_json(const struct option_record *record);
/* false: not what option_record_json() wrote; *record is then empty. */
bool option_record_from_json(const struct json *json, struct option_record *record);

/* The contract's shape, of a part that has a row: raw, and by field where the layout is known. */
struct json *option_shape_json(const struct device *device, const struct option_record *record);
/* [{name, from, to}] of the fields that differ. */
struct json *option_changes_json(
	const struct chip *chip, const struct option_bytes *from, const struct option_bytes *to);

#define OPTION_FIELDS_MAX 32u
#define OPTION_NAME_MAX 24u
struct option_change {
	struct option_bytes raw; /* len 0: by field */
	struct {
		char name[OPTION_NAME_MAX];
		uint32_t value;
	} fields[OPTION_FIELDS_MAX];
	size_t field_count;
	unsigned said; /* enum option_word bits */
};
/* A body as the contract has it. false: *problem says what is wrong. */
bool option_change_parse(
	const struct json *body, struct option_change *change, struct problem *problem);
/* The same as JSON, for the job's parameters. */
struct json *option_change_json(const struct option_change *change);
/*
 * What the option bytes would be, sealed. ERR_ARGUMENT: *wrong names the field that the part does
 * not have or that can't hold the value; NULL there: the bytes are not as long as the area.
 */
enum err option_change_apply(const struct option_change *change, const struct chip *chip,
	const struct option_bytes *from, struct option_bytes *to, const char **wrong,
	struct why *why);
/* The members that say these words: "\"lose_bootloader\":true, …" into out. Gives out back. */
const char *option_words_text(unsigned words, char *out, size_t size);

#endif /* BENCHD_SERVER_OPTION_RECORD_H */
