/* SPDX-License-Identifier: MIT */
/*
 * workbench.h - a real board of the server on a simulated chip behind a real pty, in a folder of
 * its own. One test thread; every wait ends by an event or fails after WORKBENCH_MS.
 */
#ifndef BENCHD_TESTS_SERVER_WORKBENCH_H
#define BENCHD_TESTS_SERVER_WORKBENCH_H

#include "server/board_console.h"
#include "server/json.h"

#include <sys/types.h>

#define WORKBENCH_MS 30000

struct workbench_options {
	const char *quirk;         /* of stm32sim; NULL: none */
	enum control_kind control; /* manual or command */
	uint32_t baud;             /* of the bootloader; 0: 921600 */
	const char *expect_unique_id;
	const char *time_scale; /* NULL: "0.01" */
	uint32_t queue;         /* 0: 4 */
	bool no_port;           /* the chip is not plugged in at first */
	uint32_t reattach_s;    /* how long a job waits for a port that vanished */
	uint32_t turn_ms;       /* of who types; 0: as usual */
};

struct workbench {
	char folder[64], link[96], socket[96];
	pid_t sim;
	struct store *store;
	struct shelf *shelf;
	struct config_board config;
	struct board_house house;
	struct board *board;
};

/* Who types, where it does not matter. */
extern const struct writer workbench_writer;

/* These assert that everything came up, and take down what workbench_open() made. */
void workbench_open(struct workbench *wb, const struct workbench_options *options);
void workbench_close(struct workbench *wb);
/* Stops the board and makes it anew over the same store, as a restarted daemon would. */
void workbench_restart(struct workbench *wb);

/* A word to the simulator's control socket: "unplug", "bootloader"... */
void workbench_tell(struct workbench *wb, const char *word);

/* An image of len bytes, in workbench_bytes: f103-hello and what fills it up; always the same. */
#define WORKBENCH_GREETING                                                                         \
	"\r\nbenchd hello on STM32F103, built from simulator/firmware\r\n"                         \
	"type help and Enter\r\n> "
#define WORKBENCH_IMAGE (8 * KIB) /* the usual length */
extern uint8_t workbench_bytes[128 * KIB];
struct span workbench_image(size_t len);
/* Puts bytes on the shelf. */
void workbench_shelve(struct workbench *wb, struct span bytes, char sha256[SHA256_TEXT]);

/* What a test asks for; the flash is of an image of len bytes, put on the shelf. */
struct job_request workbench_request(enum job_kind kind);
struct job_request workbench_flash_request(struct workbench *wb, size_t len);
/* Flashes it and waits. */
enum job_state workbench_flash(struct workbench *wb, size_t len);

/* Submits (asserting that it is taken) and gives the job: to be unref'd. */
struct job *workbench_submit(struct workbench *wb, struct job_request *request);
/* Waits for its end; gives the state and, parsed, its result or error (may be NULL, to be freed).
 */
enum job_state workbench_finish(struct job *job, struct json **result, struct json **error);
/* Both. */
enum job_state workbench_do(struct workbench *wb, struct job_request *request, struct json **result,
	struct json **error);

void workbench_wait_state(struct workbench *wb, const char *state);
/* Waits until the console holds text at or after offset from; gives where it begins. */
uint64_t workbench_wait_text(struct workbench *wb, uint64_t from, const char *text);
/* Is this member of the board's shape null? */
bool workbench_is_null(struct workbench *wb, const char *key);
void workbench_assert_text(const struct json *json, const char *key, const char *want);
/* The problem's code; frees error. */
void workbench_assert_code(struct json *error, const char *code);
/* Waits for done(ctx), which is looked at after every notify(). */
void workbench_wait(bool (*done)(void *ctx), void *ctx);

#endif /* BENCHD_TESTS_SERVER_WORKBENCH_H */
