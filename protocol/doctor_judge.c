/* SPDX-License-Identifier: MIT */
/* doctor_judge.c - from signs to a verdict: a table, its first row that fits. Names. */
#include "protocol/doctor.h"

#include <assert.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	enum doctor_verdict verdict;
	unsigned needs, lacks;
} rows[] = {
	{ DOCTOR_NO_PORT, SIGN_NO_PORT, 0 },
	{ DOCTOR_PORT_BUSY, SIGN_PORT_BUSY, 0 },
	{ DOCTOR_NO_PERMISSION, SIGN_NO_PERMISSION, 0 },
	{ DOCTOR_PORT_GONE, SIGN_PORT_GONE, 0 },
	{ DOCTOR_PORT_FAILED, SIGN_PORT_FAILED, 0 },
	{ DOCTOR_CONTROL_FAILED, SIGN_CONTROL_FAILED, 0 },
	{ DOCTOR_ECHO, SIGN_ECHO, 0 },
	{ DOCTOR_RESET_DOES_NOTHING, SIGN_NOT_RESET, 0 },
	{ DOCTOR_RESET_DOES_NOTHING, SIGN_HELD_TALKS, 0 },
	{ DOCTOR_WRONG_RATE, SIGN_UNSTEADY, 0 },
	{ DOCTOR_WRONG_RATE, SIGN_OTHER_RATE, 0 },
	{ DOCTOR_READ_PROTECTED, SIGN_COMMANDS | SIGN_READ_PROTECTED, 0 },
	{ DOCTOR_WRITE_PROTECTED, SIGN_COMMANDS | SIGN_WRITE_PROTECTED, 0 },
	{ DOCTOR_SLOW_ADAPTER, SIGN_COMMANDS | SIGN_SLOW, 0 },
	{ DOCTOR_IN_SYNC, SIGN_COMMANDS | SIGN_IN_SYNC, 0 },
	{ DOCTOR_FINE, SIGN_COMMANDS, 0 },
	{ DOCTOR_APPLICATION_TALKS, SIGN_TALKS, 0 },
	{ DOCTOR_NO_PARITY, SIGN_ODD_ONLY, 0 },
	{ DOCTOR_NO_PARITY, SIGN_ANSWERED, SIGN_JUNK },
	{ DOCTOR_WRONG_RATE, SIGN_JUNK, 0 },
	{ DOCTOR_WRONG_INTERFACE, SIGN_HEARD | SIGN_CAN_RESET, 0 },
	{ DOCTOR_NO_RESET, 0, SIGN_CAN_RESET },
	{ DOCTOR_SILENT, 0, 0 },
};

enum doctor_verdict doctor_judge(unsigned signs)
{
	size_t i = 0;

	while ((signs & rows[i].needs) != rows[i].needs || signs & rows[i].lacks)
		i++;
	return rows[i].verdict;
}

static const char *const verdicts[] = {
	[DOCTOR_FINE] = "fine",
	[DOCTOR_IN_SYNC] = "in_sync",
	[DOCTOR_SLOW_ADAPTER] = "slow_adapter",
	[DOCTOR_WRITE_PROTECTED] = "write_protected",
	[DOCTOR_READ_PROTECTED] = "read_protected",
	[DOCTOR_NO_PORT] = "no_port",
	[DOCTOR_PORT_BUSY] = "port_busy",
	[DOCTOR_NO_PERMISSION] = "no_permission",
	[DOCTOR_PORT_GONE] = "port_gone",
	[DOCTOR_PORT_FAILED] = "port_failed",
	[DOCTOR_CONTROL_FAILED] = "control_failed",
	[DOCTOR_ECHO] = "echo",
	[DOCTOR_RESET_DOES_NOTHING] = "reset_does_nothing",
	[DOCTOR_APPLICATION_TALKS] = "application_talks",
	[DOCTOR_NO_PARITY] = "no_parity",
	[DOCTOR_WRONG_RATE] = "wrong_rate",
	[DOCTOR_WRONG_INTERFACE] = "wrong_interface",
	[DOCTOR_NO_RESET] = "no_reset",
	[DOCTOR_SILENT] = "silent",
};
static_assert(ARRAY_LEN(verdicts) == DOCTOR_VERDICTS, "every verdict has a name");

const char *doctor_verdict_name(enum doctor_verdict verdict)
{
	assert(verdict < DOCTOR_VERDICTS);
	return verdicts[verdict];
}

static const char *const steps[] = {
	[STEP_PORT] = "port",
	[STEP_LISTEN] = "listen",
	[STEP_RESTART] = "restart",
	[STEP_HOLD] = "hold",
	[STEP_SYNC] = "sync",
	[STEP_COMMANDS] = "commands",
	[STEP_RATES] = "rates",
	[STEP_IDENTIFY] = "identify",
};
static_assert(ARRAY_LEN(steps) == DOCTOR_STEPS, "so has every step");

const char *doctor_step_name(enum doctor_step step)
{
	assert(step < DOCTOR_STEPS);
	return steps[step];
}
