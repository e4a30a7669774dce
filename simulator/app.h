/* SPDX-License-Identifier: MIT */
/*
 * app.h - a canned application in the place of the flashed one: it prints the text that it finds
 * in the image and then echoes what it hears.
 */
#ifndef BENCHD_SIMULATOR_APP_H
#define BENCHD_SIMULATOR_APP_H

#include "simulator/program.h"

extern const struct program_ops program_app;

#endif /* BENCHD_SIMULATOR_APP_H */
