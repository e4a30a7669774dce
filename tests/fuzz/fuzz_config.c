/* SPDX-License-Identifier: MIT */
/* fuzz_config.c - configuration files: what is taken keeps what config.h promises. */
#include "server/config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_board(const struct config_board *board)
{
	FUZZ_CHECK(*board->id && board->label && board->tags && board->port[0] == '/');
	FUZZ_CHECK(board->control.kind < CONTROL_KIND_COUNT);
	if (board->control.kind == CONTROL_COMMAND)
		FUZZ_CHECK(board->control.bootloader_argv[0] && board->control.application_argv[0]);
	if (board->expect_unique_id)
		FUZZ_CHECK(strlen(board->expect_unique_id) == 24);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config;
	struct buf errors = { 0 };

	if (config_parse(&config, "f", (struct span){ data, size }, &errors)) {
		FUZZ_CHECK(!errors.len && config.listen_count > 0 && config.allowed_hosts);
		FUZZ_CHECK(config.base_path[0] == '/' &&
			config.base_path[strlen(config.base_path) - 1] == '/');
		for (size_t i = 0; i < config.token_count; i++)
			FUZZ_CHECK(config.tokens[i].role != ROLE_NONE &&
				sha256_is_hex(config.tokens[i].sha256));
		for (size_t i = 0; i < config.board_count; i++)
			check_board(&config.boards[i]);
		config_release(&config);
	} else {
		const struct config empty = { 0 };

		FUZZ_CHECK(errors.len && errors.ptr[errors.len - 1] == '\n');
		FUZZ_CHECK(!memcmp(&config, &empty, sizeof(empty)));
	}
	buf_release(&errors);
	return 0;
}
