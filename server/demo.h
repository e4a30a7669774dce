/* SPDX-License-Identifier: MIT */
/*
 * demo.h - --demo: two simulated boards as children on ptys, in a temporary state folder, with
 * firmware on the shelf. Main thread only.
 */
#ifndef BENCHD_SERVER_DEMO_H
#define BENCHD_SERVER_DEMO_H

#include "server/config.h"
#include "server/shelf.h"

struct demo;
/*
 * Starts stm32sim twice (beside this program, or in its libexec folder), waits until each says
 * ready, and adds the boards f103 and f407 and the state folder to config. NULL: reason says why.
 */
struct demo *demo_start(struct config *config, char *reason, size_t reason_len);
/* Puts the demo's firmware on the shelf. */
bool demo_fill_shelf(struct demo *demo, struct shelf *shelf);
/* Ends the children and removes the folder. NULL is fine. */
void demo_stop(struct demo *demo);

#endif /* BENCHD_SERVER_DEMO_H */
