/* SPDX-License-Identifier: MIT */
/* families.c - which family a part belongs to. */
#include "simulator/soc/families.h"

/*
 * A line's other parts have its map with more or fewer blocks: F2 is F4's forerunner, F105/107 have
 * a second PLL that is not here.
 */
static const struct {
	uint16_t product_id;
	const struct family *family;
} families[] = {
	{ 0x410, &family_f1 }, { 0x418, &family_f1 },                        /* F103, F107 */
	{ 0x411, &family_f4 }, { 0x413, &family_f4 }, { 0x419, &family_f4 }, /* F205, F407, F429 */
	{ 0x440, &family_f0 }, { 0x442, &family_f0 }, { 0x448, &family_f0 }, /* F030, F09x, F072 */
	{ 0x415, &family_l4 }, { 0x461, &family_l4 },                        /* L476, L496 */
	{ 0x462, &family_l4 }, { 0x464, &family_l4 },                        /* L452, L412 */
	{ 0x416, &family_l1 }, { 0x437, &family_l1 },                        /* L152RB, L152RE */
	{ 0x460, &family_g0 }, { 0x467, &family_g0 },                        /* G071, G0B1 */
};

const struct family *family_of(const struct part *part)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		if (families[i].product_id == part->product_id)
			return families[i].family;
	}
	return NULL;
}
