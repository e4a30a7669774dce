/* SPDX-License-Identifier: MIT */
/*
 * job_power.c - a board's supply, switched by a command of the configuration. That the command
 * ended well says nothing: whether the power went is seen at the port, which may vanish with it,
 * and at the board, which must neither speak nor answer without it.
 */
#include "server/job_step.h"

#include "protocol/frame.h"
#include "server/clock.h"
#include "server/watch.h"

#include <assert.h>
#include <unistd.h>

enum {
	SETTLE_MS = 100, /* a supply's capacitors, and what was on its way */
	QUIET_MS = 400,  /* a board that speaks does so in this time, or has its ROM asked */
	SPEAK_MS = 1500, /* after power-on: the first words */
	ANSWER_MS = 300, /* to a 7F */
	OFF_TRIES = 2,   /* of a ROM that must not answer ... */
	ON_TRIES = 12,   /* ... and of one that must, and may be slow to start (an3155.md 2.2) */
	BACK_MS = 15000, /* a port that was taken away with the power */
	SLICE_MS = 250,  /* between two looks at who wants to cancel */
	DEFAULT_BAUD = 115200,
};

#define ALIVE(how) "it still " how ": it may be fed through the serial adapter's pins or the probe"
#define NOT_BACK "the port did not come back with the power"
#define DEAD "it neither speaks nor answers"
#define UNHEARD                                                                                    \
	"Nothing was heard of the board, and no reset line lets its bootloader be asked: whether " \
	"it has power is not known."
#define UNSEEN "The port is there and is not open: whether the power went could not be seen."

/* How it was seen. */
enum proof { PROOF_NONE, PROOF_PORT, PROOF_SILENCE, PROOF_WORDS, PROOF_ANSWER, PROOF_COUNT };

static const char *const proofs[] = {
	[PROOF_NONE] = NULL,
	[PROOF_PORT] = "port",
	[PROOF_SILENCE] = "silence",
	[PROOF_WORDS] = "words",
	[PROOF_ANSWER] = "answer",
};
static_assert(sizeof(proofs) / sizeof(*proofs) == PROOF_COUNT, "every proof has a name");

const char *power_switch_name(enum power_switch to)
{
	static const char *const names[] = {
		[POWER_OFF] = "off", [POWER_ON] = "on", [POWER_CYCLE] = "cycle"
	};
	static_assert(sizeof(names) / sizeof(*names) == POWER_SWITCH_COUNT, "every one");

	return names[to];
}

static bool has_port(const struct work *w)
{
	return w->scene->wire.ops;
}

static enum err command(struct work *w, bool on, struct why *why)
{
	const struct config_power *power = &w->scene->config->power;
	const enum err e = command_run(
		on ? power->on_argv : power->off_argv, "power", power->timeout_ms, w->said, why);

	*w->scene->power = e ? POWER_IS_UNKNOWN : on ? POWER_IS_ON : POWER_IS_OFF;
	return e;
}

/* Until the path is there, or is not, or ms have passed. Gives whether it is there. */
static bool wait_path(struct work *w, bool want, uint32_t ms)
{
	const char *path = w->scene->config->port;
	const int64_t until_ms = clock_monotonic_ms() + ms;
	struct watch *watch = watch_new(path);
	bool is_there;

	for (;;) {
		if (watch)
			watch_aim(watch);
		is_there = access(path, F_OK) == 0;
		if (!watch || is_there == want || work_should_stop(w) ||
			clock_monotonic_ms() >= until_ms)
			break;
		watch_wait(watch, -1, SLICE_MS);
	}
	watch_free(watch);
	return is_there;
}

/* A 7F, and an answer that only a ROM gives. ERR_TIMEOUT: none. */
static enum err ask_rom(const struct wire *wire)
{
	static const uint8_t sync = FRAME_SYNC;
	uint8_t answer;
	size_t got;
	enum err e = wire->ops->send(wire->ctx, (struct span){ &sync, 1 }, ANSWER_MS);

	while (!e) {
		e = wire->ops->recv(wire->ctx, &answer, 1, ANSWER_MS, &got);
		if (!e && (answer == FRAME_ACK || answer == FRAME_NACK))
			return ERR_OK;
	}
	return e;
}

static enum err bootloader_settings(struct work *w)
{
	const struct wire *wire = &w->scene->wire;
	struct wire_settings settings = w->scene->config->bootloader;

	if (!settings.baud)
		settings.baud = DEFAULT_BAUD;
	const enum err e = wire->ops->configure(wire->ctx, &settings);

	return e ? e : wire->ops->flush(wire->ctx);
}

/* Where reset is driven: what has power answers from its ROM. It is left in its application. */
static enum err look_for_rom(struct work *w, unsigned tries, struct why *why)
{
	const struct wire *wire = &w->scene->wire;
	const struct control *control = &w->scene->control;
	enum err e = control->restart(control->ctx, INTO_BOOTLOADER, why);
	enum err answer = ERR_TIMEOUT;

	if (!e)
		e = bootloader_settings(w);
	for (unsigned i = 0; !e && answer == ERR_TIMEOUT && i < tries && !work_should_stop(w); i++)
		answer = ask_rom(wire);
	if (!e)
		e = wire->ops->configure(wire->ctx, &w->scene->settings);
	if (!e)
		e = control->restart(control->ctx, INTO_APPLICATION, why);
	return e ? e : answer;
}

static enum err still_alive(struct work *w, const char *what, struct why *why)
{
	*w->scene->power = POWER_IS_UNKNOWN;
	return why_set(why, ERR_POWER, what);
}

/* ERR_OK: seen, or nothing speaks against it. */
static enum err look_off(struct work *w, enum proof *proof, struct why *why)
{
	const struct wire *wire = &w->scene->wire;

	if (!has_port(w)) {
		*proof = wait_path(w, false, SETTLE_MS) ? PROOF_NONE : PROOF_PORT;
		if (*proof == PROOF_NONE)
			work_warn(w, UNSEEN);
		return ERR_OK;
	}
	wire->ops->pause(wire->ctx, SETTLE_MS);
	enum err e = wire->ops->flush(wire->ctx);

	if (!e)
		e = work_hear(w, QUIET_MS);
	if (!e)
		return still_alive(w, ALIVE("speaks"), why);
	if (e == ERR_TIMEOUT)
		e = w->scene->control.resets ? look_for_rom(w, OFF_TRIES, why) : ERR_TIMEOUT;
	if (!e)
		return still_alive(w, ALIVE("answers"), why);
	*proof = e == ERR_GONE ? PROOF_PORT : PROOF_SILENCE;
	return e == ERR_GONE || e == ERR_TIMEOUT ? ERR_OK : e;
}

static enum err reattach(struct work *w, struct why *why)
{
	const struct wire *wire = &w->scene->wire;
	enum err e = ERR_TIMEOUT;

	for (uint32_t waited = 0; e == ERR_TIMEOUT && waited < BACK_MS; waited += SLICE_MS) {
		if (work_should_stop(w))
			return why_set(why, ERR_CANCELLED, NULL);
		e = wire->ops->reattach(wire->ctx, SLICE_MS);
	}
	return e ? still_alive(w, NOT_BACK, why) : ERR_OK;
}

static enum err look_on(struct work *w, enum proof *proof, struct why *why)
{
	enum err e;

	if (!has_port(w)) {
		if (!wait_path(w, true, BACK_MS))
			return still_alive(w, NOT_BACK, why);
		*proof = PROOF_PORT;
		return ERR_OK;
	}
	e = work_hear(w, SPEAK_MS);
	if (e == ERR_GONE) {
		e = reattach(w, why);
		if (!e)
			e = work_hear(w, SPEAK_MS);
	}
	*proof = PROOF_WORDS;
	if (e != ERR_TIMEOUT)
		return e;
	*proof = PROOF_NONE;
	if (!w->scene->control.resets) {
		work_warn(w, UNHEARD);
		return ERR_OK;
	}
	*proof = PROOF_ANSWER;
	e = look_for_rom(w, ON_TRIES, why);
	return e == ERR_TIMEOUT ? still_alive(w, DEAD, why) : e;
}

static enum err turn(struct work *w, bool on, enum proof *proof, struct why *why)
{
	if (on)
		console_mark(w->scene->console, CONSOLE_MARK_RESET, clock_wall_ms());
	const enum err e = command(w, on, why);

	if (e)
		return e;
	return on ? look_on(w, proof, why) : look_off(w, proof, why);
}

static void stay_off(struct work *w)
{
	const uint32_t off_ms = w->scene->config->power.off_ms;

	if (has_port(w))
		w->scene->wire.ops->pause(w->scene->wire.ctx, off_ms);
	else
		(void)wait_path(w, true, off_ms);
}

enum err work_power_cycle(void *work, struct why *why)
{
	struct work *w = work;
	enum err e = command(w, false, why);

	if (!e)
		stay_off(w);
	return e ? e : command(w, true, why);
}

enum err work_power(struct work *w, struct why *why)
{
	const enum power_switch to = w->request->power;
	enum proof proof = PROOF_NONE;
	enum err e = ERR_OK;

	work_stage(w, STAGE_RUN);
	w->scene->session->is_live = false;
	if (has_port(w)) {
		w->has_started = true; /* whatever comes of it, no ROM is left waiting */
		e = w->scene->wire.ops->configure(w->scene->wire.ctx, &w->scene->settings);
	}
	if (!e && to != POWER_ON)
		e = turn(w, false, &proof, why);
	if (!e && to == POWER_CYCLE)
		stay_off(w);
	if (!e && to != POWER_OFF)
		e = turn(w, true, &proof, why);
	if (!e) {
		json_add_string(w->result, "power", to == POWER_OFF ? "off" : "on");
		json_add_string(w->result, "proof", proofs[proof]);
	}
	if (e && why->stage == STAGE_NONE)
		why->stage = STAGE_RUN;
	return e && !why->err ? why_set(why, e, why->what ? why->what : "the port failed") : e;
}
