/* SPDX-License-Identifier: MIT */
/*
 * computer.h - the program that is really executed: a core (cpu/) and peripherals (soc/) around the
 * board's own memory. In a library of its own, because the core's engine is GPL-2: stm32sim and
 * the simulator's tests link it, benchd and the tests of protocol/ do not.
 * Time is the machine's: the core runs at the clock that RCC gives it, in slices of a millisecond,
 * and sleep costs nothing.
 */
#ifndef BENCHD_SIMULATOR_COMPUTER_H
#define BENCHD_SIMULATOR_COMPUTER_H

#include "simulator/program.h"

/* Its open() gives NULL for parts whose core or peripherals are not known. */
extern const struct program_ops program_computer;

#endif /* BENCHD_SIMULATOR_COMPUTER_H */
