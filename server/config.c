/* SPDX-License-Identifier: MIT */
/* config.c - defaults, what the command line adds to the file, and what only the whole can tell. */
#include "server/config_parts.h"

#include "server/auth.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (1u * MIB)

static const char *const role_names[] = {
	[ROLE_NONE] = "none",
	[ROLE_VIEW] = "view",
	[ROLE_CONSOLE] = "console",
	[ROLE_FLASH] = "flash",
	[ROLE_ADMIN] = "admin",
};

static const char *const kind_names[CONTROL_KIND_COUNT] = {
	[CONTROL_MANUAL] = "manual",
	[CONTROL_LINES] = "lines",
	[CONTROL_COMMAND] = "command",
	[CONTROL_GPIO] = "gpio",
	[CONTROL_CONSOLE] = "console",
};

const char *role_name(enum role role)
{
	assert(role <= ROLE_ADMIN);
	return role_names[role];
}

const char *control_kind_name(enum control_kind kind)
{
	assert(kind < CONTROL_KIND_COUNT);
	return kind_names[kind];
}

void config_error(struct buf *errors, const char *where, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* Without memory for it an error is still an error: at least one byte, or we cannot go on.
	 */
	if (!(buf_append(errors, span_of(where)) &&
		    buf_append(errors, span_of(*where ? ": " : "")) &&
		    buf_append(errors, span_of(text)) && buf_append(errors, span_of("\n"))) &&
		!errors->len)
		abort();
}

bool config_init(struct config *config)
{
	*config = (struct config){
		.limits = { .upload_bytes = 64 * MIB, .viewers = 1200, .queue = 16 },
		.base_path = strdup("/"),
		.allowed_hosts = calloc(1, sizeof(char *)),
		.ports = calloc(1, sizeof(char *)),
	};
	struct config_listen listen = { 0 };

	if (config->base_path && config->allowed_hosts && config->ports &&
		!config_listen_parse(&listen, "127.0.0.1:8080") &&
		config_add_listen(config, &listen))
		return true;
	config_release(config);
	return false;
}

static void free_list(char **list)
{
	for (char **p = list; p && *p; p++)
		free(*p);
	free(list);
}

/* false: no memory, and *to is whole enough to be freed. */
static bool copy_list(char ***to, char *const *from)
{
	size_t count = 0;

	while (from && from[count])
		count++;
	*to = from ? calloc(count + 1, sizeof(**to)) : NULL;
	for (size_t i = 0; *to && i < count; i++)
		if (!((*to)[i] = strdup(from[i])))
			return false;
	return *to || !from;
}

static bool copy_text(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return *to || !from;
}

static void board_release(struct config_board *board)
{
	free(board->label);
	free_list(board->tags);
	free(board->port);
	free(board->control.chip);
	free(board->control.send);
	free_list(board->control.bootloader_argv);
	free_list(board->control.application_argv);
	free_list(board->power.off_argv);
	free_list(board->power.on_argv);
	free(board->expect_unique_id);
}

/* Of what board_release() frees, each: all are tried, so that none is shared after a failure. */
static bool own_parts(struct config_board *board, const struct config_board *from)
{
	const struct config_control *control = &from->control;
	bool ok = copy_text(&board->label, from->label);

	ok = copy_list(&board->tags, from->tags) && ok;
	ok = copy_text(&board->port, from->port) && ok;
	ok = copy_text(&board->control.chip, control->chip) && ok;
	ok = copy_text(&board->control.send, control->send) && ok;
	ok = copy_list(&board->power.off_argv, from->power.off_argv) && ok;
	ok = copy_list(&board->power.on_argv, from->power.on_argv) && ok;
	ok = copy_list(&board->control.bootloader_argv, control->bootloader_argv) && ok;
	ok = copy_list(&board->control.application_argv, control->application_argv) && ok;
	return copy_text(&board->expect_unique_id, from->expect_unique_id) && ok;
}

struct config_board *config_board_copy(const struct config_board *from)
{
	struct config_board *board = malloc(sizeof(*board));

	if (!board)
		return NULL;
	*board = *from;
	atomic_init(&board->refs, 1);
	if (own_parts(board, from))
		return board;
	config_board_unref(board);
	return NULL;
}

struct config_board *config_board_ref(struct config_board *board)
{
	atomic_fetch_add(&board->refs, 1);
	return board;
}

void config_board_unref(struct config_board *board)
{
	if (!board || atomic_fetch_sub(&board->refs, 1) != 1)
		return;
	board_release(board);
	free(board);
}

void config_release(struct config *config)
{
	config_clear_listen(config);
	free(config->state_dir);
	free_list(config->allowed_hosts);
	free_list(config->ports);
	free(config->base_path);
	for (size_t i = 0; i < config->token_count; i++)
		free(config->tokens[i].name);
	free(config->tokens);
	for (size_t i = 0; i < config->board_count; i++)
		board_release(&config->boards[i]);
	free(config->boards);
	*config = (struct config){ 0 };
}

struct config_board *config_new_board(struct config *config)
{
	struct config_board *boards =
		reallocarray(config->boards, config->board_count + 1, sizeof(*boards));
	char **tags = calloc(1, sizeof(*tags));

	if (boards)
		config->boards = boards;
	if (!boards || !tags) {
		free(tags);
		return NULL;
	}
	struct config_board *board = &boards[config->board_count++];

	*board = (struct config_board){
		.tags = tags,
		.console = { 115200, WIRE_8N1 },
		.console_log = true,
		.console_log_bytes = 64 * MIB,
		.bootloader = { 0, WIRE_8E1 },
		.burst = true,
		.reattach_s = 30,
		.control = { .kind = CONTROL_MANUAL,
			.pulse_ms = 50,
			.settle_ms = 100,
			.timeout_ms = 5000,
			.wait_s = 60,
			.wait_ms = 500 },
		.power = { .timeout_ms = 5000, .off_ms = 1000 },
	};
	return board;
}

struct config_board *config_add_board(struct config *config, const char *id, const char *port)
{
	struct config_board *board = config_new_board(config);

	if (!board)
		return NULL;
	snprintf(board->id, sizeof(board->id), "%.*s", BOARD_ID_TEXT - 1, id); /* it was checked */
	board->label = strdup(id);
	board->port = strdup(port);
	if (board->label && board->port)
		return board;
	board_release(board);
	config->board_count--;
	return NULL;
}

bool config_add_port(struct config *config, const char *path)
{
	size_t count = 0;

	while (config->ports[count])
		count++;
	char **ports = realloc(config->ports, (count + 2) * sizeof(*ports));
	char *copy = ports ? strdup(path) : NULL;

	if (ports)
		config->ports = ports;
	if (!copy)
		return false;
	ports[count] = copy;
	ports[count + 1] = NULL;
	return true;
}

void config_check_whole(const struct config *config, const char *where, struct buf *errors)
{
	for (size_t i = 0; i < config->board_count; i++) {
		const struct config_board *a = &config->boards[i];

		for (size_t k = 0; k < i; k++) {
			const struct config_board *b = &config->boards[k];

			if (*a->id && !strcmp(a->id, b->id))
				config_error(errors, where,
					"boards[%zu].id: \"%s\" is boards[%zu] already", i, a->id,
					k);
			if (a->port && b->port && !strcmp(a->port, b->port))
				config_error(errors, where,
					"boards[%zu].port: %s belongs to boards[%zu] already", i,
					a->port, k);
		}
	}
	for (size_t i = 0; i < config->token_count; i++)
		for (size_t k = 0; k < i; k++)
			if (config->tokens[i].name && config->tokens[k].name &&
				!strcmp(config->tokens[i].name, config->tokens[k].name))
				config_error(errors, where,
					"tokens[%zu].name: \"%s\" is tokens[%zu] already", i,
					config->tokens[i].name, k);
}

/* The whole file, bounded. false: told. */
static bool read_file(const char *path, struct buf *text, struct buf *errors)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;

	while (n > 0 && text->len <= FILE_MAX) {
		uint8_t chunk[4096];

		n = read(fd, chunk, sizeof(chunk));
		if (n > 0 && !buf_append(text, (struct span){ chunk, (size_t)n })) {
			errno = ENOMEM;
			n = -1;
		}
	}
	if (n < 0)
		config_error(errors, path, "%s", strerror(errno));
	else if (text->len > FILE_MAX)
		config_error(errors, path, "larger than a configuration can be");
	if (fd >= 0)
		close(fd);
	return n == 0;
}

static bool read_config_file(struct config *config, const char *path, struct buf *errors)
{
	struct buf text = { 0 };
	bool ok = read_file(path, &text, errors) &&
		config_parse(config, path, buf_span(&text), errors);

	buf_release(&text);
	return ok;
}

static void take_listens(struct config *config, const struct command_line *line, struct buf *errors)
{
	if (line->listen_count)
		config_clear_listen(config);
	for (size_t i = 0; i < line->listen_count; i++) {
		struct config_listen listen;
		const char *what = config_listen_parse(&listen, line->listens[i]);

		if (!what && !config_add_listen(config, &listen))
			what = "out of memory";
		if (what)
			config_error(errors, "--listen", "\"%s\": %s", line->listens[i], what);
	}
}

static void take_board(struct config *config, const char *text, struct buf *errors)
{
	const char *equals = strchr(text, '=');
	char id[BOARD_ID_TEXT + 1];

	if (!equals) {
		config_error(errors, "--board", "\"%s\": give it as ID=PORT", text);
		return;
	}
	snprintf(id, sizeof(id), "%.*s", (int)(equals - text), text);
	const char *what = config_check_id(id);

	if (!what)
		what = config_check_port(equals + 1);
	if (!what && !config_add_board(config, id, equals + 1))
		what = "out of memory";
	if (what)
		config_error(errors, "--board", "\"%s\": %s", text, what);
}

/* $STATE_DIRECTORY (systemd) first; for root the system's place; else the user's. NULL: none. */
static char *default_state_dir(void)
{
	const char *systemd = getenv("STATE_DIRECTORY"), *xdg = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	char *dir = NULL;

	if (systemd && systemd[0] == '/')
		return strndup(systemd, strcspn(systemd, ":"));
	if (geteuid() == 0)
		return strdup("/var/lib/benchd");
	if (xdg && xdg[0] == '/')
		return asprintf(&dir, "%s/benchd", xdg) < 0 ? NULL : dir;
	if (home && home[0] == '/')
		return asprintf(&dir, "%s/.local/state/benchd", home) < 0 ? NULL : dir;
	return NULL;
}

static void take_state_dir(
	struct config *config, const struct command_line *line, struct buf *errors)
{
	if (line->state_dir) {
		free(config->state_dir);
		/* Kept absolute: nothing depends on the working folder later. */
		config->state_dir = line->state_dir[0] == '/' ? strdup(line->state_dir) : NULL;
		char *cwd = config->state_dir ? NULL : getcwd(NULL, 0);

		if (cwd && asprintf(&config->state_dir, "%s/%s", cwd, line->state_dir) < 0)
			config->state_dir = NULL;
		free(cwd);
	} else if (!config->state_dir && !config->is_demo) {
		config->state_dir = default_state_dir();
	}
	if (!config->state_dir && !config->is_demo)
		config_error(errors, "benchd", "no place for the state: give --state-dir");
}

static void check_exposure(const struct config *config, struct buf *errors)
{
	for (size_t i = 0; i < config->listen_count && !config->token_count; i++)
		if (!config->listen[i].is_loopback)
			config_error(errors, "benchd",
				"%s can be reached from other machines, and nobody would need a "
				"token: refused.\n"
				"  Make a token with: benchd --new-token NAME\n"
				"  and put the line that it prints into \"tokens\" of the "
				"configuration file",
				config->listen[i].text);
}

static void configure(struct config *config, const struct command_line *line, struct buf *errors)
{
	bool ok = line->config_path ? read_config_file(config, line->config_path, errors)
				    : config_init(config);

	if (!ok) {
		if (!errors->len)
			config_error(errors, "benchd", "out of memory");
		return;
	}
	config->is_demo = line->is_demo;
	config->check_only = line->check_only;
	take_listens(config, line, errors);
	take_state_dir(config, line, errors);
	for (size_t i = 0; i < line->board_count; i++)
		take_board(config, line->boards[i], errors);
	if (line->board_count && !errors->len)
		config_check_whole(config, "benchd", errors);
	if (!errors->len)
		check_exposure(config, errors);
}

static enum config_verdict print_token(const char *name)
{
	const char *what = config_check_token_name(name);
	char token[80], sha256[SHA256_TEXT];

	if (what) {
		fprintf(stderr, "benchd: --new-token: %s\n", what);
		return CONFIG_WRONG;
	}
	if (!auth_token_new(token, sha256)) {
		fprintf(stderr, "benchd: the system gives no random bytes\n");
		return CONFIG_WRONG;
	}
	printf("The token of %s, shown only now:\n\n    %s\n\n"
	       "The line for \"tokens\" in the configuration file; the role is view, console, "
	       "flash or admin:\n\n    { \"name\": \"%s\", \"role\": \"flash\", \"sha256\": \"%s\" "
	       "}\n",
		name, token, name, sha256);
	return CONFIG_DONE;
}

static enum config_verdict judge(struct config *config, const struct command_line *line)
{
	struct buf errors = { 0 };
	enum config_verdict verdict = line->check_only ? CONFIG_DONE : CONFIG_RUN;

	configure(config, line, &errors);
	if (errors.len) {
		fwrite(errors.ptr, 1, errors.len, stderr);
		config_release(config);
		verdict = CONFIG_WRONG;
	} else if (line->check_only) {
		printf("%s: good; boards: %zu, tokens: %zu\n",
			line->config_path ? line->config_path : "the command line",
			config->board_count, config->token_count);
		config_release(config);
	}
	buf_release(&errors);
	return verdict;
}

enum config_verdict config_read(struct config *config, int argc, char **argv)
{
	struct command_line line;
	enum config_verdict verdict = CONFIG_DONE;

	*config = (struct config){ 0 };
	if (!command_line_read(&line, argc, argv))
		verdict = CONFIG_WRONG;
	else if (line.wants_help)
		fputs(command_line_help, stdout);
	else if (line.wants_version)
		puts("benchd " BENCHD_VERSION);
	else if (line.new_token)
		verdict = print_token(line.new_token);
	else
		verdict = judge(config, &line);
	command_line_release(&line);
	return verdict;
}
