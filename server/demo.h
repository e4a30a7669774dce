/* SPDX-License-Identifier: MIT */
/*
 * demo.h - --demo: two simulated boards as children on ptys, and a third one on a port that no
 * board has yet, in a temporary state folder, with firmware on the shelf. Main thread only.
 */
#ifndef BENCHD_SERVER_DEMO_H
#define BENCHD_SERVER_DEMO_H

#include "server/config.h"
#include "server/shelf.h"

struct demo;
/*
 * Starts stm32sim three times (beside this program, or in its libexec folder), waits until each
 * says ready, and adds the boards f103 and f407, the third one's port ("spare.tty") and the state
 * folder to config. The third one's firmware jumps to the bootloader when it reads "bootloader".
 * NULL: reason says why.
 */
struct demo *demo_start(struct config *config, char *reason, size_t reason_len);
/* Puts the demo's firmware on the shelf. */
bool demo_fill_shelf(struct demo *demo, struct shelf *shelf);
/* Ends the children and removes the folder. NULL is fine. */
void demo_stop(struct demo *demo);

#endif /* BENCHD_SERVER_DEMO_H */
