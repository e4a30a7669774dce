/* SPDX-License-Identifier: MIT */
/* test_known.c - what is remembered of a chip is not said of another one. */
#include "server/known.h"

#include "tests/server/folder.h"

#include <string.h>

#define SHA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct known_link link = { .baud = 115200 };

struct memory {
	char dir[FOLDER_TEXT];
	struct store *store;
	struct known *known;
};

static void recall(struct memory *m)
{
	m->known = known_new(m->store, "mouse");
	assert_non_null(m->known);
}

static void begin(struct memory *m)
{
	char reason[256] = "";

	folder_make(m->dir);
	m->store = store_open(m->dir, reason, sizeof(reason));
	assert_non_null(m->store);
	recall(m);
}

static void end(struct memory *m)
{
	known_free(m->known);
	store_close(m->store);
	folder_remove(m->dir);
}

/* seed 0: its unique id can't be read. */
static struct device a_chip(uint32_t product_id, uint8_t seed)
{
	struct device device = { .product_id = product_id,
		.chip = chip_find(product_id),
		.has_unique_id = seed != 0,
		.readout_protected = seed == 0 };

	memset(device.unique_id, seed, sizeof(device.unique_id));
	return device;
}

static void assert_shown(struct memory *m, const char *key, bool is_shown)
{
	struct json *json = json_object();

	known_add_json(m->known, json);
	const enum json_type type = json_type(json_get(json, key));

	json_free(json);
	assert_int_equal(type, is_shown ? JSON_OBJECT : JSON_NULL);
}

/* One chip is flashed, then others answer in its place, a seed each, one after the other. */
static const struct {
	const char *name;
	uint32_t product_id[2];
	uint8_t seed[2];
	unsigned count;
	bool is_kept;
} cases[] = {
	{ "the same chip", { 0x410 }, { 1 }, 1, true },
	{ "another of its kind", { 0x410 }, { 2 }, 1, false },
	{ "another kind", { 0x413 }, { 1 }, 1, false },
	{ "it is protected now", { 0x410 }, { 0 }, 1, true },
	{ "a protected one of another kind", { 0x413 }, { 0 }, 1, false },
	{ "protected for a while", { 0x410, 0x410 }, { 0, 1 }, 2, true },
	{ "a protected one, which turns out to be another", { 0x410, 0x410 }, { 0, 2 }, 2, false },
	{ "another, and back", { 0x410, 0x410 }, { 2, 1 }, 2, false },
};

static void the_image_is_of_one_chip(void **state)
{
	const struct known_image image = { .sha256 = SHA, .by = "ci", .format = FORMAT_HEX };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct device first = a_chip(0x410, 1);
		struct memory m;

		print_message("%s\n", cases[i].name);
		begin(&m);
		assert_true(known_set_device(m.known, &first, &link));
		assert_true(known_set_image(m.known, &image));
		for (unsigned j = 0; j < cases[i].count; j++) {
			const struct device next = a_chip(cases[i].product_id[j], cases[i].seed[j]);

			assert_true(known_set_device(m.known, &next, &link));
		}
		assert_shown(&m, "image", cases[i].is_kept);
		known_free(m.known);
		recall(&m);
		assert_shown(&m, "image", cases[i].is_kept);
		end(&m);
	}
}

/* Nobody knows what the other chip holds: what is refused without force stays refused. */
static void a_quarantine_outlives_the_chip(void **state)
{
	const struct device first = a_chip(0x410, 1), next = a_chip(0x413, 2);
	struct memory m;

	(void)state;
	begin(&m);
	assert_true(known_set_device(m.known, &first, &link));
	assert_true(known_set_quarantine(
		m.known, &(struct known_quarantine){ .job = "J1", .reason = "cut short" }));
	assert_true(known_set_device(m.known, &next, &link));
	assert_true(known_is_quarantined(m.known));
	known_free(m.known);
	recall(&m);
	assert_true(known_is_quarantined(m.known));
	assert_true(known_end_quarantine(m.known));
	assert_shown(&m, "quarantine", false);
	end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_image_is_of_one_chip),
		cmocka_unit_test(a_quarantine_outlives_the_chip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
