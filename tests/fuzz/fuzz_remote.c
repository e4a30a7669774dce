/* SPDX-License-Identifier: MIT */
/*
 * fuzz_remote.c - any lines for the control socket. Every answer is one line that says ok or error.
 */
#include "simulator/remote.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static uint64_t now(void *ctx)
{
	uint64_t *const clock = ctx;

	return *clock += 1000000;
}

static const char *plug(void *ctx, bool in)
{
	(void)ctx;
	return in ? NULL : "it is stuck";
}

static const char *dump(void *ctx, const char *path)
{
	(void)ctx;
	return *path ? NULL : "no name";
}

static void check_answer(const char *answer)
{
	const size_t len = strlen(answer);

	FUZZ_CHECK(len > 2 && len < REMOTE_ANSWER_MAX && answer[len - 1] == '\n');
	FUZZ_CHECK(strchr(answer, '\n') == answer + len - 1);
	FUZZ_CHECK(!strncmp(answer, "ok", 2) || !strncmp(answer, "error ", 6));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct machine_options options = { .part = "f103rb", .time_percent = 100 };
	char line[REMOTE_LINE_MAX + 64], answer[REMOTE_ANSWER_MAX];
	struct machine machine;
	struct adapter adapter;
	uint64_t clock = 0;

	adapter_init(&adapter, 0, 0, 1);
	FUZZ_CHECK(machine_init(&machine, &options));
	struct remote remote = {
		.machine = &machine,
		.adapter = &adapter,
		.wiring = { .reset = { true, false, WIRE_DTR }, .boot0 = { true, true, WIRE_RTS } },
		.hooks = { now, plug, dump, &clock },
	};

	while (size) {
		const uint8_t *const end = memchr(data, '\n', size);
		const size_t used = end ? (size_t)(end - data) : size;
		const size_t len = used < sizeof(line) - 1 ? used : sizeof(line) - 1;

		memcpy(line, data, len);
		line[len] = '\0';
		remote_do(&remote, line, answer);
		check_answer(answer);
		data += used + (end != NULL);
		size -= used + (end != NULL);
	}
	machine_release(&machine);
	return 0;
}
