/* SPDX-License-Identifier: MIT */
/*
 * device_table.h - docs/facts/stm32-devices.csv read a second time: what the generated chips.inc
 * must agree with, and the parts that a simulated ROM is given the geometry of. Tests only.
 */
#ifndef BENCHD_TESTS_PROTOCOL_DEVICE_TABLE_H
#define BENCHD_TESTS_PROTOCOL_DEVICE_TABLE_H

#include "simulator/parts.h"

#define DEVICE_MAX 160

struct device_row {
	struct part part;
	uint32_t product_id; /* some are wider than Get ID's two bytes */
	char family[16], title[64];
	bool has_flash;  /* a sector layout that is known */
	bool has_parity; /* the notes do not say otherwise */
};

/* Every row; fails the test that calls it when the file is not as expected. */
size_t device_table_read(const char *path, struct device_row rows[DEVICE_MAX]);

#endif /* BENCHD_TESTS_PROTOCOL_DEVICE_TABLE_H */
