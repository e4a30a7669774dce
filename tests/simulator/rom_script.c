/* SPDX-License-Identifier: MIT */
/* rom_script.c - rows of bytes to and from a simulated board, on a virtual clock. */
#include "tests/simulator/rom_script.h"

#include "simulator/options.h"

#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000ull

enum { ANSWER_MS = 300, LONG_MS = 10000, START_MS = 3000 };

void player_wait(struct player *player, uint64_t ns)
{
	struct machine *machine = &player->machine;
	const uint64_t until = player->now_ns + ns;
	uint64_t next;
	uint8_t byte;

	while ((next = machine_next_ns(machine)) <= until) {
		if (next > player->now_ns)
			player->now_ns = next;
		machine_advance(machine, player->now_ns);
		while (machine_take(machine, &player->host, player->now_ns, &byte)) {
			assert_true(player->answered < sizeof(player->answer));
			player->answer[player->answered++] = byte;
		}
	}
	player->now_ns = until;
}

void player_send(struct player *player, uint8_t byte)
{
	player_wait(player, line_byte_ns(&player->host));
	machine_receive(&player->machine, byte, &player->host, player->now_ns);
}

static void restart(struct player *player, bool boot0, bool loses_power)
{
	machine_set_boot0(&player->machine, boot0);
	if (loses_power) {
		machine_set_power(&player->machine, false, player->now_ns);
		machine_set_power(&player->machine, true, player->now_ns);
	} else {
		machine_pulse_reset(&player->machine, player->now_ns);
	}
	player_wait(player, START_MS * NS_PER_MS);
}

void player_open(struct player *player, const struct machine_options *options)
{
	*player = (struct player){ .host = { 57600, WIRE_8E1 } };
	assert_true(machine_init(&player->machine, options));
	restart(player, true, false);
}

void player_close(struct player *player)
{
	machine_release(&player->machine);
}

static void expect_end(const struct player *player, const char *name, size_t compared)
{
	if (compared != player->answered)
		fail_msg("%s: %zu bytes too many, the first %02X", name,
			player->answered - compared, player->answer[compared]);
}

/* One that is not a byte. false: it is one. */
static bool play_word(struct player *player, const char *token)
{
	switch (token[1] ? 0 : *token) {
	case 'P':
		options_protect_readout(&player->machine.memory, true);
		options_load(&player->machine.memory, true);
		return true;
	case 'R':
	case 'B':
		restart(player, *token == 'R', false);
		return true;
	case 'O':
		restart(player, false, true);
		return true;
	case 'W':
		player_wait(player, LONG_MS * NS_PER_MS);
		return true;
	default:
		return false;
	}
}

static void play_byte(struct player *player, const char *name, const char *token, bool is_host,
	size_t *compared, uint8_t *check)
{
	const char *const times = strchr(token, '*');
	const uint8_t byte = *token == '^' ? *check : (uint8_t)strtoul(token, NULL, 16);

	for (size_t count = times ? strtoul(times + 1, NULL, 10) : 1; count; count--) {
		if (is_host) {
			player_send(player, byte);
			*check ^= byte;
		} else if (*compared >= player->answered || player->answer[*compared] != byte) {
			fail_msg("%s: answer %zu: want %02X, %zu answered, it is %02X", name,
				*compared, byte, player->answered, player->answer[*compared]);
		} else {
			++*compared;
		}
	}
}

void player_play(struct player *player, const char *name, const char *script)
{
	char *const copy = strdup(script);
	char *rest = NULL;
	bool is_host = true;
	size_t compared = 0;
	uint8_t check = 0;

	assert_non_null(copy);
	player->answered = 0;
	for (char *token = strtok_r(copy, " ", &rest); token; token = strtok_r(NULL, " ", &rest)) {
		if (!strcmp(token, "H")) {
			expect_end(player, name, compared);
			player->answered = compared = check = 0;
			is_host = true;
		} else if (!strcmp(token, "D")) {
			player_wait(player, ANSWER_MS * NS_PER_MS);
			is_host = false;
		} else if (!play_word(player, token)) {
			play_byte(player, name, token, is_host, &compared, &check);
		}
	}
	player_wait(player, ANSWER_MS * NS_PER_MS);
	expect_end(player, name, compared);
	free(copy);
}
