/* SPDX-License-Identifier: MIT */
/* families.c - which family a part belongs to. */
#include "simulator/soc/families.h"

static const struct {
	uint16_t product_id;
	const struct family *family;
} families[] = {
	{ 0x410, &family_f1 },
	{ 0x413, &family_f4 },
};

const struct family *family_of(const struct part *part)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		if (families[i].product_id == part->product_id)
			return families[i].family;
	}
	return NULL;
}
