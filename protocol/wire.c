/* SPDX-License-Identifier: MIT */
/* wire.c - the names of line frames. */
#include "protocol/wire.h"

#include <assert.h>
#include <string.h>

static const char *const frame_names[] = {
	[WIRE_8N1] = "8N1",
	[WIRE_8E1] = "8E1",
	[WIRE_8O1] = "8O1",
	[WIRE_8N2] = "8N2",
};
static_assert(sizeof(frame_names) / sizeof(*frame_names) == WIRE_FRAME_COUNT, "every frame named");

const char *wire_frame_name(enum wire_frame frame)
{
	assert(frame < WIRE_FRAME_COUNT);
	return frame_names[frame];
}

bool wire_frame_parse(const char *name, enum wire_frame *frame)
{
	for (size_t i = 0; i < WIRE_FRAME_COUNT; i++) {
		if (!strcmp(name, frame_names[i])) {
			*frame = (enum wire_frame)i;
			return true;
		}
	}
	return false;
}
