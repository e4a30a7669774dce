/* SPDX-License-Identifier: MIT */
/* float.h - floating point in the main program and in an interrupt at the same time. */
#ifndef BENCHD_FIRMWARE_FLOAT_H
#define BENCHD_FIRMWARE_FLOAT_H

/*
 * Integrates a sine over and over while each SysTick computes with floats too, and prints whether
 * all gave the same: they do if the interrupt keeps the registers of what it interrupts.
 */
void float_run(void);

#endif /* BENCHD_FIRMWARE_FLOAT_H */
