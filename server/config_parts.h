/* SPDX-License-Identifier: MIT */
/*
 * config_parts.h - what the files config*.c share: the checks that the file and the command line
 * have in common, and how errors are told. Included by these alone.
 */
#ifndef BENCHD_SERVER_CONFIG_PARTS_H
#define BENCHD_SERVER_CONFIG_PARTS_H

#include "server/config.h"

/* Appends "WHERE: message\n" (WHERE and its colon left out when empty). */
void config_error(struct buf *errors, const char *where, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Each gives what is wrong, a static phrase, or NULL: good. */
const char *config_check_port(const char *path);
const char *config_check_token_name(const char *name);

/* Makes *listen from text. Gives what is wrong, *listen empty then, or NULL. */
const char *config_listen_parse(struct config_listen *listen, const char *text);
void config_listen_release(struct config_listen *listen);
void config_clear_listen(struct config *config);
/* Appends, taking *listen over; false: no memory. */
bool config_add_listen(struct config *config, struct config_listen *listen);

/* A board with its defaults, to be filled. NULL: no memory. Borrowed from config. */
struct config_board *config_new_board(struct config *config);
/* What can be told only of the whole: ids and ports given twice, token names given twice. */
void config_check_whole(const struct config *config, const char *where, struct buf *errors);
/* Limits, base path, empty lists. false: no memory. */
bool config_init(struct config *config);

/* The command line. */
struct command_line {
	const char *config_path; /* NULL: none */
	const char *state_dir;
	const char *new_token;      /* a name */
	const char *const *listens; /* counted; these two point into memory of the command line */
	size_t listen_count;
	const char *const *boards; /* "ID=PORT" */
	size_t board_count;
	bool is_demo, check_only, wants_help, wants_version;
};
/* false: bad usage, or no memory (told on standard error). Release it in either case. */
bool command_line_read(struct command_line *line, int argc, char **argv);
void command_line_release(struct command_line *line);
extern const char command_line_help[];

#endif /* BENCHD_SERVER_CONFIG_PARTS_H */
