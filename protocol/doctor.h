/* SPDX-License-Identifier: MIT */
/*
 * doctor.h - what is wrong between us and a board, named from the bytes that it sent. Connects step
 * by step, notes signs, and judges them by a table. Changes nothing on the part; the board is left
 * in its ROM or in its application, as the last restart had it: the caller brings it back.
 * No I/O of its own: wire and control only. One thread.
 */
#ifndef BENCHD_PROTOCOL_DOCTOR_H
#define BENCHD_PROTOCOL_DOCTOR_H

#include "protocol/boot.h"

enum doctor_verdict {
	/* it works */
	DOCTOR_FINE,
	DOCTOR_IN_SYNC, /* works, and was not restarted for it */
	DOCTOR_SLOW_ADAPTER,
	DOCTOR_WRITE_PROTECTED,
	DOCTOR_READ_PROTECTED,
	/* the port */
	DOCTOR_NO_PORT,
	DOCTOR_PORT_BUSY,
	DOCTOR_NO_PERMISSION,
	DOCTOR_PORT_GONE,
	DOCTOR_PORT_FAILED,
	/* between the port and the ROM */
	DOCTOR_CONTROL_FAILED,
	DOCTOR_ECHO,
	DOCTOR_RESET_DOES_NOTHING,
	DOCTOR_APPLICATION_TALKS,
	DOCTOR_NO_PARITY,
	DOCTOR_WRONG_RATE,
	DOCTOR_WRONG_INTERFACE,
	DOCTOR_NO_RESET,
	DOCTOR_SILENT,
	DOCTOR_VERDICTS
};
/* "fine", "application_talks" ... */
const char *doctor_verdict_name(enum doctor_verdict verdict);

/* What was noticed, a bit each. The first five are the caller's to set. */
enum doctor_sign {
	SIGN_NO_PORT = 1 << 0,
	SIGN_PORT_BUSY = 1 << 1,
	SIGN_NO_PERMISSION = 1 << 2,
	SIGN_PORT_FAILED = 1 << 3,
	SIGN_PORT_GONE = 1 << 4,
	SIGN_CONTROL_FAILED = 1 << 5,
	SIGN_CAN_RESET = 1 << 6,
	SIGN_HEARD = 1 << 7,       /* the application, where it was to run */
	SIGN_TALKS = 1 << 8,       /* somebody talks unasked where the ROM was to run */
	SIGN_HELD_TALKS = 1 << 9,  /* even while reset is held */
	SIGN_ECHO = 1 << 10,       /* our own bytes came back */
	SIGN_ANSWERED = 1 << 11,   /* ACK or NACK to 7F */
	SIGN_IN_SYNC = 1 << 12,    /* it was a NACK */
	SIGN_NOT_RESET = 1 << 13,  /* a NACK again, after another reset */
	SIGN_COMMANDS = 1 << 14,   /* Get was answered: this is the ROM */
	SIGN_ODD_ONLY = 1 << 15,   /* Get ID was answered, Get was not (section 1) */
	SIGN_JUNK = 1 << 16,       /* 7F was answered, neither by ACK nor by NACK */
	SIGN_OTHER_RATE = 1 << 17, /* Get was answered, at a lower rate */
	SIGN_UNSTEADY = 1 << 18,   /* Get was, what came after it was not */
	SIGN_READ_PROTECTED = 1 << 19,
	SIGN_WRITE_PROTECTED = 1 << 20,
	SIGN_SLOW = 1 << 21, /* the adapter holds answers back */
};
/* The first row of the table that fits. */
enum doctor_verdict doctor_judge(unsigned signs);

enum doctor_step {
	STEP_PORT,     /* the caller's */
	STEP_LISTEN,   /* is there an application? */
	STEP_RESTART,  /* into the ROM, and does somebody talk? */
	STEP_HOLD,     /* does reset stop it? */
	STEP_SYNC,     /* 7F */
	STEP_COMMANDS, /* Get */
	STEP_RATES,    /* the same, slower */
	STEP_IDENTIFY, /* who it is, and what protects it */
	DOCTOR_STEPS
};
const char *doctor_step_name(enum doctor_step step);

#define DOCTOR_SEEN 64u

struct doctor {
	/* given by the caller */
	struct boot *boot; /* initialised; its settings and control are used */
	struct wire_settings console;
	bool may_start; /* the application may be started: not where the content is unsure */
	/* Holds the chip in reset or lets it go; NULL: that can't be done. */
	enum err (*hold)(void *ctx, bool held);
	/* A step has ended; said is a constant phrase. NULL: nobody watches. */
	void (*step)(void *ctx, enum doctor_step step, bool ok, const char *said);
	/* Bytes of the application. NULL: nobody wants them. */
	void (*hear)(void *ctx, struct span bytes);
	void *ctx;
	/* found */
	unsigned signs;
	uint32_t good_baud;        /* SIGN_OTHER_RATE: at which */
	uint8_t seen[DOCTOR_SEEN]; /* what came, where the ROM was to answer */
	size_t seen_len;
};

/*
 * Looks at everything, in about ten seconds (a person who has to restart the board: control.wait_ms
 * more). A fault that is found is no error; of a control that failed why tells how. ERR_GONE: the
 * port vanished, which is a sign too.
 * ERR_IO: it failed; ERR_CANCELLED.
 */
enum err doctor_examine(struct doctor *doctor, struct why *why);

#endif /* BENCHD_PROTOCOL_DOCTOR_H */
