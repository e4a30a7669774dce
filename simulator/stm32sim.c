/* SPDX-License-Identifier: MIT */
/* stm32sim.c - a simulated STM32 on a tty: the program's options, and the client of its control. */
#include "simulator/app.h"
#include "simulator/board.h"
#include "simulator/remote.h"
#include "simulator/listen.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EXIT_USAGE = 2 };

static const char help[] =
	"usage: stm32sim --part PART --link PATH [OPTION]...\n"
	"       stm32sim ctl SOCKET COMMAND...\n"
	"Puts a simulated STM32 behind a pty and points the link PATH at it.\n\n"
	"  --part PART          which one (--list-parts)\n"
	"  --link PATH          the tty's stable name\n"
	"  --control SOCKET     listen for commands here\n"
	"  --flash FILE         keep the flash in FILE\n"
	"  --seed N             gives the unique id (1)\n"
	"  --time-scale X       start-up, erase and program times are X times the real ones (1)\n"
	"  --boot0              BOOT0 is high at power-on\n"
	"  --product-id N       answer this id instead of the part's own\n"
	"  --quirk NAME         add one; --no-quirk NAME takes one of the part's away\n"
	"  --wire-reset LINE    dtr, !dtr, rts or !rts: held in reset while this is set (cleared)\n"
	"  --wire-boot0 LINE    BOOT0 is high while this is set (cleared)\n"
	"  --die-with-parent    end when the parent process does\n"
	"  --list-parts, --help, --version\n\n"
	"commands: bootloader, application, reset, boot0 0|1, power on|off, unplug, replug,\n"
	"  dump FILE, dtr 0|1, rts 0|1, lines DTR RTS, protect on|off,\n"
	"  parity 8e1|8n1|8o1|8n2|none, write-protect SECTOR on|off, quirk NAME on|off,\n"
	"  fail NAME N [COMMAND], stats\n"
	"faults: drop-to-host, corrupt-to-host, drop-to-board, corrupt-to-board, nack, mute\n"
	"quirks:";

enum option_id {
	OPT_PART = 1,
	OPT_LINK,
	OPT_CONTROL,
	OPT_FLASH,
	OPT_SEED,
	OPT_TIME_SCALE,
	OPT_BOOT0,
	OPT_PRODUCT_ID,
	OPT_QUIRK,
	OPT_NO_QUIRK,
	OPT_WIRE_RESET,
	OPT_WIRE_BOOT0,
	OPT_DIE_WITH_PARENT,
	OPT_LIST_PARTS,
	OPT_HELP,
	OPT_VERSION,
};

static const struct option options[] = {
	{ "part", required_argument, NULL, OPT_PART },
	{ "link", required_argument, NULL, OPT_LINK },
	{ "control", required_argument, NULL, OPT_CONTROL },
	{ "flash", required_argument, NULL, OPT_FLASH },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "time-scale", required_argument, NULL, OPT_TIME_SCALE },
	{ "boot0", no_argument, NULL, OPT_BOOT0 },
	{ "product-id", required_argument, NULL, OPT_PRODUCT_ID },
	{ "quirk", required_argument, NULL, OPT_QUIRK },
	{ "no-quirk", required_argument, NULL, OPT_NO_QUIRK },
	{ "wire-reset", required_argument, NULL, OPT_WIRE_RESET },
	{ "wire-boot0", required_argument, NULL, OPT_WIRE_BOOT0 },
	{ "die-with-parent", no_argument, NULL, OPT_DIE_WITH_PARENT },
	{ "list-parts", no_argument, NULL, OPT_LIST_PARTS },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ 0 },
};

struct arguments {
	struct board_options board;
	bool dies_with_parent;
	int exit_status; /* -1: go on */
};

static bool number(const char *text, unsigned long long max, unsigned long long *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	return *text >= '0' && *text <= '9' && !*end && !errno && *value <= max;
}

/* X from 0 to 1000, in steps of a hundredth. */
static bool time_scale(const char *text, uint32_t *percent)
{
	char *end;
	const double scale = strtod(text, &end);

	if (end == text || *end || !(scale >= 0 && scale <= 1000))
		return false;
	*percent = (uint32_t)(scale * 100 + 0.5);
	return true;
}

static bool add_quirk(const char *name, unsigned *quirks)
{
	*quirks |= remote_quirk(name);
	return remote_quirk(name) != 0;
}

static int print_parts(void)
{
	for (size_t i = 0; i < part_count(); i++)
		printf("%s  %s, %u KiB\n", part_at(i)->name, part_at(i)->title,
			(unsigned)(part_at(i)->flash_bytes / KIB));
	return EXIT_SUCCESS;
}

static int print_help(void)
{
	fputs(help, stdout);
	for (size_t i = 0; remote_quirk_name(i); i++)
		printf("%s %s", i ? "," : "", remote_quirk_name(i));
	putchar('\n');
	return EXIT_SUCCESS;
}

static int print_version(void)
{
	puts("stm32sim " BENCHD_VERSION);
	return EXIT_SUCCESS;
}

/* One option with a number. */
static bool take_number(struct machine_options *machine, int id, const char *text)
{
	unsigned long long value;

	switch (id) {
	case OPT_SEED:
		return number(text, UINT64_MAX, &value) && (machine->seed = value, true);
	case OPT_PRODUCT_ID:
		return number(text, 0xFFFF, &value) &&
			(machine->product_id = (uint32_t)value, true);
	default:
		return time_scale(text, &machine->time_percent);
	}
}

/* false: its argument is wrong. */
static bool take(struct arguments *args, int id, const char *text)
{
	struct machine_options *machine = &args->board.machine;
	struct wiring_pin pin;

	switch (id) {
	case OPT_PART:
		return (machine->part = text, part_find(text) != NULL);
	case OPT_LINK:
		return (args->board.link = text, *text != '\0');
	case OPT_CONTROL:
		return (args->board.control = text, *text != '\0');
	case OPT_FLASH:
		return (args->board.flash = text, *text != '\0');
	case OPT_BOOT0:
		return machine->boot0 = true;
	case OPT_QUIRK:
		return add_quirk(text, &machine->add_quirks);
	case OPT_NO_QUIRK:
		return add_quirk(text, &machine->drop_quirks);
	case OPT_WIRE_RESET:
		return wiring_parse(args->board.wire_reset = text, &pin);
	case OPT_WIRE_BOOT0:
		return wiring_parse(args->board.wire_boot0 = text, &pin);
	case OPT_DIE_WITH_PARENT:
		return args->dies_with_parent = true;
	default:
		return take_number(machine, id, text);
	}
}

static int usage_error(const char *what, const char *which)
{
	fprintf(stderr, "stm32sim: %s%s; --help tells more\n", what, which);
	return EXIT_USAGE;
}

static void parse(struct arguments *args, int argc, char **argv)
{
	int id, index = 0;

	while (args->exit_status < 0 && (id = getopt_long(argc, argv, "", options, &index)) != -1) {
		if (id == OPT_HELP)
			args->exit_status = print_help();
		else if (id == OPT_VERSION)
			args->exit_status = print_version();
		else if (id == OPT_LIST_PARTS)
			args->exit_status = print_parts();
		else if (id == '?')
			args->exit_status = EXIT_USAGE;
		else if (!take(args, id, optarg))
			args->exit_status = usage_error("wrong value for --", options[index].name);
	}
	if (args->exit_status >= 0)
		return;
	if (optind < argc)
		args->exit_status = usage_error("unexpected ", argv[optind]);
	else if (!args->board.machine.part || !args->board.link)
		args->exit_status = usage_error("--part and --link are needed", "");
}

/* Words to a line, the line to the board, its answer to us. */
static int ctl(int argc, char **argv)
{
	char line[REMOTE_LINE_MAX] = "", answer[REMOTE_ANSWER_MAX];
	size_t len = 0;

	if (argc < 2)
		return usage_error("ctl needs a socket and a command", "");
	for (int i = 1; i < argc; i++) {
		if (strchr(argv[i], '\n') || len + strlen(argv[i]) + 2 > sizeof(line))
			return usage_error("this cannot be sent: ", argv[i]);
		len += (size_t)sprintf(line + len, "%s%s", i > 1 ? " " : "", argv[i]);
	}
	if (!listen_ask(argv[0], line, answer)) {
		fprintf(stderr, "stm32sim: %s: %s\n", argv[0], strerror(errno));
		return EXIT_FAILURE;
	}
	fputs(answer, stdout);
	return strncmp(answer, "ok", 2) ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* The parent may have ended before we asked to be told. */
static bool follow_parent(pid_t parent)
{
	return !prctl(PR_SET_PDEATHSIG, SIGTERM) && getppid() == parent;
}

static int stop_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
	const pid_t parent = getppid();
	struct arguments args = { .exit_status = -1,
		.board.machine = { .seed = 1, .time_percent = 100, .program = &program_app } };

	if (argc > 1 && !strcmp(argv[1], "ctl"))
		return ctl(argc - 2, argv + 2);
	parse(&args, argc, argv);
	if (args.exit_status >= 0)
		return args.exit_status;
	const int stop = stop_signals();

	if (stop < 0 || (args.dies_with_parent && !follow_parent(parent))) {
		fprintf(stderr, "stm32sim: the parent is gone\n");
		return EXIT_FAILURE;
	}
	return board_run(&args.board, stop);
}
