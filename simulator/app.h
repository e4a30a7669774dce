/* SPDX-License-Identifier: MIT */
/*
 * app.h - what runs when the ROM does not: a canned application in the place of the flashed one.
 * It prints the text that it finds in the image and then echoes what it hears. machine.c calls
 * it through these three functions and no other way: a real processor can take its place.
 * One thread per application.
 */
#ifndef BENCHD_SIMULATOR_APP_H
#define BENCHD_SIMULATOR_APP_H

#include "simulator/memory.h"

enum { APP_TEXT_MIN = 8, APP_TEXT_MAX = 2048 };

struct app {
	const struct memory *memory; /* borrowed */
	bool is_running;
};

void app_init(struct app *app, const struct memory *memory);
/*
 * Starts from the vector table at base; what it prints at once is appended to out. When the
 * table cannot be one it crashes, as a real chip would: is_running is false.
 * false: no memory for out.
 */
bool app_start(struct app *app, uint32_t base, struct buf *out);
/* A byte came in. false: no memory for out. */
bool app_receive(struct app *app, uint8_t byte, struct buf *out);

#endif /* BENCHD_SIMULATOR_APP_H */
