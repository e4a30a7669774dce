/* SPDX-License-Identifier: MIT */
/*
 * rom_script.h - byte exchanges with a simulated board, as rows: `H` the host sends, `D` the board
 * answers all of this and nothing more within 300 ms, `R` reset into the ROM, `B` reset with BOOT0
 * low, `O` power off and on with BOOT0 low, `P` the part gets readout protection, `W` waits ten
 * seconds. `AA*256` repeats a byte, `^` is the XOR of the bytes since H.
 */
#ifndef BENCHD_TESTS_SIMULATOR_ROM_SCRIPT_H
#define BENCHD_TESTS_SIMULATOR_ROM_SCRIPT_H

#include "simulator/machine.h"

struct player {
	struct machine machine;
	struct wire_settings host;
	uint64_t now_ns;
	uint8_t answer[1024];
	size_t answered;
};

/* In the ROM, nothing sent yet. Fails the test when there is no such part. */
void player_open(struct player *player, const struct machine_options *options);
void player_close(struct player *player);
/* Plays a script; fails the test, with the row's name, at the first byte that differs. */
void player_play(struct player *player, const char *name, const char *script);
/* Lets time pass; what the board says is in answer. */
void player_wait(struct player *player, uint64_t ns);
/* Sends one byte and lets it arrive. */
void player_send(struct player *player, uint8_t byte);

#endif /* BENCHD_TESTS_SIMULATOR_ROM_SCRIPT_H */
