/* SPDX-License-Identifier: MIT */
/* config_cli.c - the command line as it was given, and --help. */
#include "server/config_parts.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

const char command_line_help[] =
	"benchd - flash STM32 boards and watch their consoles, from a browser or with one curl\n"
	"\n"
	"Try it without a board:\n"
	"  benchd --demo\n"
	"A board on a serial port, whose reset and BOOT0 you work by hand:\n"
	"  benchd --board mouse=/dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0\n"
	"A bench with its own rules (see the man page for the file):\n"
	"  benchd --config /etc/benchd.json\n"
	"Then open the address that it prints, or:\n"
	"  curl --fail-with-body --data-binary @fw.hex "
	"http://127.0.0.1:8080/api/v1/boards/mouse/flash\n"
	"\n"
	"Options:\n"
	"  --config FILE      read FILE: JSON with comments\n"
	"  --listen ADDR      127.0.0.1:8080 (the default), [::1]:8080 or unix:/PATH; port 0 picks "
	"a\n"
	"                     free one; may be given again; replaces \"listen\" of FILE. An "
	"address\n"
	"                     that others can reach needs tokens in FILE\n"
	"  --state-dir DIR    where jobs and firmware are kept. Default: $STATE_DIRECTORY, else\n"
	"                     /var/lib/benchd for root, else $XDG_STATE_HOME/benchd, else\n"
	"                     ~/.local/state/benchd\n"
	"  --board ID=PORT    one more board, controlled by hand; may be given again\n"
	"  --demo             simulated boards with firmware to flash; what they do is "
	"forgotten\n"
	"                     at the end, unless --state-dir says where to keep it\n"
	"  --new-token NAME   print a fresh token, and the line for \"tokens\" in FILE, and exit\n"
	"  --check            say what is wrong with FILE, and exit\n"
	"  --version, --help  print that, and exit\n"
	"\n"
	"It prints \"listening on http://...\" once it answers; its log goes to standard error.\n"
	"Exit status: 0 stopped when asked, 1 could not start, 2 bad usage or configuration.\n";

enum {
	OPTION_CONFIG = 1000,
	OPTION_LISTEN,
	OPTION_STATE_DIR,
	OPTION_BOARD,
	OPTION_DEMO,
	OPTION_NEW_TOKEN,
	OPTION_CHECK
};

static const struct option options[] = {
	{ "config", required_argument, NULL, OPTION_CONFIG },
	{ "listen", required_argument, NULL, OPTION_LISTEN },
	{ "state-dir", required_argument, NULL, OPTION_STATE_DIR },
	{ "board", required_argument, NULL, OPTION_BOARD },
	{ "demo", no_argument, NULL, OPTION_DEMO },
	{ "new-token", required_argument, NULL, OPTION_NEW_TOKEN },
	{ "check", no_argument, NULL, OPTION_CHECK },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static bool push(const char *const **list, size_t *count, const char *text)
{
	const char **grown = reallocarray((void *)*list, *count + 1, sizeof(*grown));

	if (!grown) {
		fprintf(stderr, "benchd: out of memory\n");
		return false;
	}
	grown[(*count)++] = text;
	*list = grown;
	return true;
}

/* false: not an option of ours (getopt has told), or no memory. */
static bool take_option(struct command_line *line, int option)
{
	switch (option) {
	case OPTION_CONFIG:
		line->config_path = optarg;
		return true;
	case OPTION_LISTEN:
		return push(&line->listens, &line->listen_count, optarg);
	case OPTION_STATE_DIR:
		line->state_dir = optarg;
		return true;
	case OPTION_BOARD:
		return push(&line->boards, &line->board_count, optarg);
	case OPTION_DEMO:
		return line->is_demo = true;
	case OPTION_NEW_TOKEN:
		line->new_token = optarg;
		return true;
	case OPTION_CHECK:
		return line->check_only = true;
	case 'V':
		return line->wants_version = true;
	case 'h':
		return line->wants_help = true;
	default:
		return false;
	}
}

bool command_line_read(struct command_line *line, int argc, char **argv)
{
	bool ok = true;
	int option;

	*line = (struct command_line){ 0 };
	optind = 0; /* glibc: start anew, for whoever reads more than one command line */
	while (ok && (option = getopt_long(argc, argv, "hV", options, NULL)) != -1)
		ok = take_option(line, option);
	if (ok && optind < argc) {
		fprintf(stderr, "benchd: unexpected argument: %s\n", argv[optind]);
		ok = false;
	}
	if (!ok)
		fprintf(stderr, "benchd --help says what there is.\n");
	return ok;
}

void command_line_release(struct command_line *line)
{
	free((void *)line->listens);
	free((void *)line->boards);
	*line = (struct command_line){ 0 };
}
