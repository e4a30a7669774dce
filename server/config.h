/* SPDX-License-Identifier: MIT */
/*
 * config.h - what one may say to benchd: command line and configuration file (docs: config).
 * Read once by main, then constant; reloading makes a new one.
 */
#ifndef BENCHD_SERVER_CONFIG_H
#define BENCHD_SERVER_CONFIG_H

#include "protocol/wire.h"
#include "server/digest.h"

#include <stdatomic.h>

#define BOARD_ID_TEXT 33 /* [a-z0-9-]{1,32} */

enum role { ROLE_NONE, ROLE_VIEW, ROLE_CONSOLE, ROLE_FLASH, ROLE_ADMIN };
const char *role_name(enum role role);

struct config_token {
	char *name;
	enum role role;
	char sha256[SHA256_TEXT];
};

enum control_kind {
	CONTROL_MANUAL,
	CONTROL_LINES,
	CONTROL_COMMAND,
	CONTROL_GPIO,
	CONTROL_CONSOLE,
	CONTROL_KIND_COUNT
};
const char *control_kind_name(enum control_kind kind);

/* Which modem line does it, and which level means active ("!" in the file). */
struct config_line {
	bool is_wired;
	enum wire_line line;
	bool active_set; /* TIOCM bit 1 means active */
};

/* A line of a GPIO chip, and whether a transistor stands between it and the pin ("!"). */
struct config_pin {
	bool is_wired, is_inverted;
	uint32_t offset;
};

struct config_control {
	enum control_kind kind;
	struct config_line reset, boot0; /* lines */
	char *chip;                      /* gpio: the character device's path */
	struct config_pin reset_pin, boot0_pin;
	uint32_t pulse_ms, settle_ms; /* lines, gpio: 50, 100 */
	char **bootloader_argv;       /* command: NULL-terminated */
	char **application_argv;
	uint32_t timeout_ms; /* command: 5000 */
	uint32_t wait_s;     /* manual: 60 */
	char *send;          /* console: what makes the firmware leave for the ROM */
	uint32_t wait_ms;    /* console: 500 */
};

/* The hook that switches a board's supply. */
struct config_power {
	char **off_argv, **on_argv; /* NULL-terminated; NULL: there is none */
	uint32_t timeout_ms;        /* 5000, of each command */
	uint32_t off_ms;            /* 1000: how long a cycle leaves it off */
};

struct config_board {
	atomic_uint refs; /* of a copy: config_board_copy() */
	char id[BOARD_ID_TEXT];
	char *label; /* never NULL: the id when not given */
	char **tags; /* NULL-terminated, never NULL */
	char *port;
	struct wire_settings console;    /* 115200 8N1 */
	bool console_log;                /* true: its past is kept in files */
	uint32_t console_log_bytes;      /* 67108864: of all these files */
	bool console_any_writer;         /* false: one types at a time */
	struct wire_settings bootloader; /* baud 0: auto; 8E1 */
	bool burst;                      /* true: where the ROM takes it */
	uint32_t reattach_s;             /* 30: how long a job waits for a port that vanished */
	uint32_t supply_mv;              /* 0: not told */
	struct config_control control;
	struct config_power power;
	bool by_api;            /* it came by PUT, not from the file or the command line */
	char *expect_unique_id; /* 24 hex digits, lower case; NULL: any chip */
};

struct config_limits {
	uint64_t upload_bytes; /* 67108864 */
	uint32_t viewers;      /* 1200 */
	uint32_t queue;        /* 16, per board */
};

enum listen_kind { LISTEN_TCP, LISTEN_UNIX };
struct config_listen {
	enum listen_kind kind;
	char *text;       /* as given, for messages */
	char *host;       /* numeric address without brackets, or the socket's path */
	uint16_t port;    /* 0: any free one */
	bool is_loopback; /* 127/8, ::1, or a Unix socket */
};

struct config {
	struct config_listen *listen;
	size_t listen_count;
	char *state_dir;      /* NULL only with is_demo: demo_start() makes a temporary one */
	char **allowed_hosts; /* NULL-terminated, never NULL; lower case, without port */
	char **ports;    /* the same: ttys that the system does not list, for boards of the API */
	char *base_path; /* starts and ends with "/" */
	struct config_token *tokens;
	size_t token_count;
	struct config_limits limits;
	struct config_board *boards;
	size_t board_count;
	bool is_demo, check_only;
};

/* What the command line asks for beside running. */
enum config_verdict {
	CONFIG_RUN,
	CONFIG_DONE,  /* --help, --version, --check, --new-token: printed, exit 0 */
	CONFIG_WRONG, /* the reason stands on standard error, exit 2 */
};

/*
 * Reads the command line and the file it names; prints help, version, token and errors itself:
 * syntax errors as FILE:LINE:COLUMN, others by path ("boards[0].control.reset: ..."), every one
 * found, not only the first. Refuses a listen address beyond loopback without tokens, and says
 * how to make one.
 */
enum config_verdict config_read(struct config *config, int argc, char **argv);
void config_release(struct config *config);

/*
 * The same for a file's text alone, for tests and fuzzing: problems are appended to errors, a line
 * each, with name in front. false: errors is not empty, and *config is empty.
 */
bool config_parse(struct config *config, const char *name, struct span text, struct buf *errors);

/*
 * What a request says of a board: the members of one in the file but its id, which was checked.
 * A reference with by_api set; NULL: problems are appended to errors, a line each, and to list
 * (an array; NULL: not wanted) as {detail, pointer}, the place in settings as a URI fragment.
 */
struct json;
struct config_board *config_board_read(
	const char *id, const struct json *settings, struct buf *errors, struct json *list);
/* What is wrong with an id, for people; NULL: nothing. */
const char *config_check_id(const char *id);

/*
 * Adds a board with the defaults of a file that names only id and port: control manual. Borrowed
 * from config until the next one is added. NULL: no memory, and config is unchanged.
 */
struct config_board *config_add_board(struct config *config, const char *id, const char *port);
/* Lists one more port for boards of the API. path: absolute, copied. false: no memory. */
bool config_add_port(struct config *config, const char *path);

/*
 * A board's settings as its board holds them: a copy of its own, constant and counted, so that any
 * thread may read it while the board takes another. Any thread. NULL: no memory.
 */
struct config_board *config_board_copy(const struct config_board *from);
struct config_board *config_board_ref(struct config_board *board);
void config_board_unref(struct config_board *board); /* NULL is fine */

#endif /* BENCHD_SERVER_CONFIG_H */
