/* SPDX-License-Identifier: MIT */
/*
 * job_step.h - a job being done: what its parts share. Internal to job_*.c; the board's thread.
 */
#ifndef BENCHD_SERVER_JOB_STEP_H
#define BENCHD_SERVER_JOB_STEP_H

#include "server/job_work.h"

struct work {
	struct job *job;
	const struct job_request *request;
	const struct job_scene *scene;
	struct boot *boot;      /* the scene's session's */
	struct control control; /* the scene's, with marks and settings around it */
	struct json *result;
	struct json *warnings; /* NULL: none yet; they end up in result */
	enum stage stage;
	int64_t began_ms;
	char merged[SHA256_TEXT]; /* the image with what stood beside it; "": none */
	bool resumes;             /* the session that is open goes on */
	bool has_spoken;     /* the port has the bootloader's settings, the ROM was looked for */
	bool was_met;        /* by_firmware: a ROM that should be there was looked for first */
	bool not_entered;    /* by_firmware: the program was asked, and no ROM came */
	bool was_told;       /* what a person has to do */
	bool has_changed;    /* an erase or write was about to be sent */
	bool is_good;        /* what the part holds is verified, or it was erased whole */
	bool has_started;    /* the application */
	bool store_failed;   /* why the job fails, where it does */
	char more[400];      /* what its problem says besides; "": nothing */
	uint64_t spoke_from; /* the console's offset of the application's first byte */
	struct problem unexpected; /* what is wrong with what it said; code NULL: nothing */
	struct mend mend;
	char said[COMMAND_TEXT];          /* the power command's complaint */
	unsigned recoveries;              /* events told of */
	struct known_link began;          /* of the session, as it was connected */
	enum image_format image_format;   /* as it was read */
	uint32_t image_address;           /* of a raw image */
	uint32_t unsure_addr, unsure_len; /* what was changed and not compared since */
};

/* job_session.c: into the ROM and out of it */

void work_init(struct work *w, struct job *job, const struct job_scene *scene);
bool work_should_stop(void *work);
void work_event(struct work *w, const char *type, const char *key, const char *text);
/* Kept for the result too; work is a struct work. */
void work_warn(void *work, const char *text);
/* Says that a stage begins. */
void work_stage(struct work *w, enum stage stage);
/*
 * Finds the ROM and who it is, and keeps that. For a job that changes the part also checks that it
 * is the chip that is expected: ERR_WRONG_CHIP. Others: boot_connect().
 */
enum err work_connect(struct work *w, struct why *why);
/* A session of its own, not connected yet: for who looks for the ROM by other means. */
void work_open_session(struct work *w);
/* How the ROM is spoken to; before that, how it would be. */
struct known_link work_link(const struct work *w);
/* After the ROM was entered anew: who it is now. */
void work_keep_link(struct work *w);
/* Durable before the first request that changes the part; then has_changed. */
enum err work_note_change(struct work *w, struct why *why);
/* The same check of a chip that was identified before. */
enum err work_check_chip(const struct work *w, const struct device *device, struct why *why);
/* The mark is set before Go is sent; the console is ready for what comes after its ACK. */
void work_before_go(struct work *w);
enum err work_after_go(struct work *w, struct why *why);
/* Both, and Go between them. */
enum err work_go(struct work *w, uint32_t addr, struct why *why);
/* Leaves the board as the contract says after err. */
enum job_place work_leave(struct work *w, enum err err);

/* job_plan.c, job_erase.c */

enum err work_flash(struct work *w, struct why *why);
enum err work_verify(struct work *w, struct why *why);
enum err work_erase(struct work *w, struct why *why);

/* job_protect.c */

enum err work_protect(struct work *w, struct why *why);
/*
 * Into the ROM again after the part has reset itself, trying for so long; then who it is. Errors as
 * of boot_connect().
 */
enum err work_reenter(struct work *w, uint32_t wait_ms, struct why *why);
/* Gives e, in a stage if it has none yet. */
enum err work_in_stage(enum err e, enum stage stage, struct why *why);

/* job_options.c */

enum err work_options(struct work *w, struct why *why);
/* What was just read of the connected part: remembered, and the map's locks. len 0: nothing. */
void work_keep_options(struct work *w, const struct option_bytes *options);
/* Reads them where that is cheap and their meaning is known. What goes wrong is no error. */
void work_look_at_options(struct work *w);
/*
 * Does the part protect what the plan changes? As read now where the ROM was spoken to, else as was
 * last read. Errors as of run_prepare(), in a stage.
 */
enum err work_check_protection(struct work *w, const struct plan *plan, struct why *why);

/* job_doctor.c */

enum err work_doctor(struct work *w, struct why *why);
/* job_execute.c: into the application or the bootloader, as the request says. */
enum err work_reset(struct work *w, struct why *why);

/* job_expect.c */

enum err work_expect_job(struct work *w, struct why *why);
/*
 * Waits for what the request expects in the console from this offset on; result gets "expect" and
 * "tests", also when it fails. ERR_EXPECT: w->unexpected says what is wrong.
 */
enum err work_expect(struct work *w, uint64_t from, struct why *why);

/* job_probe.c */

enum err work_probe(struct work *w, struct why *why);

/* job_hear.c */

/*
 * Whether the application has said something since it was started; waits a little for its first
 * byte, which the console gets.
 */
bool work_hears_console(struct work *w);
/*
 * What the application says, for the console, until it is clear that it speaks, for at most ms.
 * ERR_TIMEOUT: it does not; ERR_CANCELLED; ERR_IO, ERR_GONE.
 */
enum err work_hear(struct work *w, uint32_t ms);
/*
 * A person was told to set BOOT0 back and to press reset: ERR_OK when the application speaks, or
 * with a warning when it has not in wait_s; the board then stays in its bootloader until it does.
 */
enum err work_await_person(struct work *w, struct why *why);

/* job_power.c */

enum err work_power(struct work *w, struct why *why);
/* control.power_cycle of a board whose configuration has the commands; work is a struct work. */
enum err work_power_cycle(void *work, struct why *why);

/* job_mend.c: what is done about a session that failed, and told of it */

void work_mend_init(struct work *w);
/* recoveries, if there were any. */
void work_add_recoveries(const struct work *w, struct json *result);
/* Warns of what this link costs, and of what it could not keep up. */
void work_warn_of_link(struct work *w);

/* baud, retries, seconds; and the rate of bytes, if any. */
void work_add_figures(struct work *w, uint64_t bytes);

#endif /* BENCHD_SERVER_JOB_STEP_H */
