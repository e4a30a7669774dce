/* SPDX-License-Identifier: MIT */
/*
 * scripted_wire.h - a wire that knows what is to be said: for tests of exact bytes.
 * A script is hex in two directions: "> 7F < 79" expects 7F from the host and then gives it 79.
 * "..." at its end accepts whatever is sent from there on and stays silent. Time is virtual: a
 * timeout or a pause moves the clock and costs nothing.
 */
#ifndef BENCHD_TESTS_PROTOCOL_SCRIPTED_WIRE_H
#define BENCHD_TESTS_PROTOCOL_SCRIPTED_WIRE_H

#include "protocol/wire.h"

#define SCRIPT_MAX 8192

struct scripted {
	uint16_t script[SCRIPT_MAX];  /* bytes, and SCRIPT_HOST where the host sends it */
	size_t count, sent, received; /* sent: the script up to here was said by both sides */
	bool is_open_ended;
	bool is_broken; /* the host said something else */
	size_t broken_at;
	uint64_t now_ms;
	unsigned restarts; /* of its control */
	enum control_into into;
	enum err restart_gives;
};
#define SCRIPT_HOST 0x100

void scripted_init(struct scripted *s, const char *script);
struct wire scripted_wire(struct scripted *s);
/* Restarts are counted and always succeed unless restart_gives says else. */
struct control scripted_control(struct scripted *s, uint32_t wait_ms);
/* All was said, and nothing else. */
bool scripted_is_finished(const struct scripted *s);

#endif /* BENCHD_TESTS_PROTOCOL_SCRIPTED_WIRE_H */
