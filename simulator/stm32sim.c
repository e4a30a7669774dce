/* SPDX-License-Identifier: MIT */
/* stm32sim.c - a simulated STM32 on a tty: the program's options, and the client of its control. */
#include "simulator/computer.h"
#include "simulator/board.h"
#include "simulator/listen.h"
#include "simulator/quirk.h"
#include "simulator/remote.h"

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
	"A simulated STM32 behind a tty: its serial bootloader, its flash, its bad habits.\n\n"
	"  stm32sim --part f103rb --link /tmp/board --control /tmp/board.ctl &\n"
	"  stm32sim ctl /tmp/board.ctl bootloader     # as if BOOT0 were held and reset pressed\n"
	"  stm32flash -w firmware.bin -v /tmp/board\n"
	"  stm32sim ctl /tmp/board.ctl fault brownout write nth=3 us=500\n\n"
	"The board\n"
	"  --part PART          which one; --list-parts shows them\n"
	"  --link PATH          the tty's stable name\n"
	"  --control SOCKET     listen for commands here\n"
	"  --flash FILE         keep the flash in FILE\n"
	"  --seed N             gives the unique id and the luck of faults (1)\n"
	"  --time-scale X       start-up, erase and program times are X times the real ones (1)\n"
	"  --boot0              BOOT0 is high at power-on\n"
	"  --product-id N       answer this id instead of the part's own\n"
	"  --wire-reset LINE    dtr, !dtr, rts or !rts: held in reset while this is set (cleared)\n"
	"  --wire-boot0 LINE    BOOT0 is high while this is set (cleared)\n"
	"  --adapter-latency MS what it receives waits so long for more, as in an FTDI chip (0)\n"
	"  --max-baud N         above this rate the cable spoils bytes\n"
	"  --die-with-parent    end when the parent process does\n\n"
	"Its bad habits, and bad luck\n"
	"  --quirk NAME         behave as some ROM does; --list-quirks explains each\n"
	"  --no-quirk NAME      leave out one that the part has\n"
	"  --fault LINE         something goes wrong, as 'drop to-host nth=100'; may be "
	"repeated\n"
	"  --miswire NAME       a jumper, a wire or an adapter is wrong; --list-miswires\n\n"
	"  --list-parts, --list-quirks, --list-faults, --list-miswires, --help, --version\n\n"
	"Commands of the control socket\n"
	"  bootloader, application, reset     restart it, into one or the other\n"
	"  boot0 0|1, power on|off            its pin, its supply\n"
	"  unplug, replug                     the tty goes away and comes back\n"
	"  fault LINE, fault clear, faults    bad luck from now on; none; what there is\n"
	"  quirk NAME on|off                  bad habits\n"
	"  miswire NAME on|off                what --miswire says\n"
	"  adapter-latency MS                 what --adapter-latency says, from now on\n"
	"  protect on|off                     readout protection\n"
	"  write-protect SECTOR on|off\n"
	"  dtr 0|1, rts 0|1, lines DTR RTS    what the host does with its modem lines\n"
	"  parity 8e1|8n1|8o1|8n2|none        the frame that the host is set to\n"
	"  dump FILE, stats                   what is in it, what it has been through\n\n";

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
	OPT_FAULT,
	OPT_MISWIRE,
	OPT_WIRE_RESET,
	OPT_WIRE_BOOT0,
	OPT_ADAPTER_LATENCY,
	OPT_MAX_BAUD,
	OPT_DIE_WITH_PARENT,
	OPT_LIST_PARTS,
	OPT_LIST_QUIRKS,
	OPT_LIST_FAULTS,
	OPT_LIST_MISWIRES,
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
	{ "fault", required_argument, NULL, OPT_FAULT },
	{ "miswire", required_argument, NULL, OPT_MISWIRE },
	{ "wire-reset", required_argument, NULL, OPT_WIRE_RESET },
	{ "wire-boot0", required_argument, NULL, OPT_WIRE_BOOT0 },
	{ "adapter-latency", required_argument, NULL, OPT_ADAPTER_LATENCY },
	{ "max-baud", required_argument, NULL, OPT_MAX_BAUD },
	{ "die-with-parent", no_argument, NULL, OPT_DIE_WITH_PARENT },
	{ "list-parts", no_argument, NULL, OPT_LIST_PARTS },
	{ "list-quirks", no_argument, NULL, OPT_LIST_QUIRKS },
	{ "list-faults", no_argument, NULL, OPT_LIST_FAULTS },
	{ "list-miswires", no_argument, NULL, OPT_LIST_MISWIRES },
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
	*quirks |= quirk_find(name);
	return quirk_find(name) != 0;
}

static bool add_miswire(const char *name, unsigned *miswires)
{
	*miswires |= miswire_find(name);
	return miswire_find(name) != 0;
}

static bool add_fault(struct board_options *board, const char *line)
{
	struct chaos_fault fault;
	char why[512];

	if (board->fault_count < CHAOS_MAX && chaos_parse(line, &fault, why, sizeof(why))) {
		board->faults[board->fault_count++] = line;
		return true;
	}
	fprintf(stderr, "stm32sim: %s: %s\n", line,
		board->fault_count < CHAOS_MAX ? why : "too many faults");
	return false;
}

/* "f072rb  STM32F072RB    128 KiB  ROM 3.1  needs-parity ..." */
static void print_part(const struct part *part)
{
	printf("%-12s %-12s %4u KiB  protocol %u.%u ", part->name, part->title,
		(unsigned)(part->flash_bytes / KIB), part->version >> 4, part->version & 0xF);
	for (size_t i = 0; quirk_at(i); i++) {
		if (part->quirks & quirk_at(i)->bit)
			printf(" %s", quirk_at(i)->name);
	}
	putchar('\n');
}

static int print_parts(void)
{
	for (size_t i = 0; i < part_count(); i++)
		print_part(part_at(i));
	return EXIT_SUCCESS;
}

static int print_quirks(void)
{
	puts("Bad habits of ROMs (--quirk NAME, --no-quirk NAME); the parts that have them begin "
	     "with\nthem. Q1 and its like, and sections: docs/facts/an3155.md.\n");
	for (size_t i = 0; quirk_at(i); i++)
		printf("  %-26s %s\n", quirk_at(i)->name, quirk_at(i)->what);
	return EXIT_SUCCESS;
}

static int print_faults(void)
{
	puts("Bad luck (--fault LINE, and the control's fault LINE): one line each, the same every "
	     "time\nwith the same --seed.\n");
	for (size_t i = 0; chaos_help(i); i++)
		printf("  %s\n", chaos_help(i));
	return EXIT_SUCCESS;
}

static int print_miswires(void)
{
	puts("Wrong around the board (--miswire NAME, and the control's miswire NAME on|off); "
	     "sections of\ndocs/facts/an3155.md in brackets.\n");
	for (size_t i = 0; miswire_at(i); i++)
		printf("  %-16s %s\n", miswire_at(i)->name, miswire_at(i)->what);
	return EXIT_SUCCESS;
}

static int print_help(void)
{
	fputs(help, stdout);
	fputs("Quirks:", stdout);
	for (size_t i = 0; quirk_at(i); i++)
		printf("%s%s", i % 3 ? ", " : "\n  ", quirk_at(i)->name);
	fputs("\n\n", stdout);
	return print_faults();
}

static int print_version(void)
{
	puts("stm32sim " BENCHD_VERSION);
	return EXIT_SUCCESS;
}

/* One option with a number. */
static bool take_number(struct board_options *board, int id, const char *text)
{
	struct machine_options *machine = &board->machine;
	unsigned long long value;

	switch (id) {
	case OPT_SEED:
		return number(text, UINT64_MAX, &value) && (machine->seed = value, true);
	case OPT_PRODUCT_ID:
		return number(text, 0xFFFF, &value) &&
			(machine->product_id = (uint32_t)value, true);
	case OPT_ADAPTER_LATENCY:
		return number(text, ADAPTER_MAX_LATENCY_MS, &value) &&
			(board->adapter_latency_us = (uint32_t)value * 1000, true);
	case OPT_MAX_BAUD:
		return number(text, 10000000, &value) &&
			(board->max_baud = (uint32_t)value, value > 0);
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
	case OPT_FAULT:
		return add_fault(&args->board, text);
	case OPT_MISWIRE:
		return add_miswire(text, &machine->miswires);
	case OPT_WIRE_RESET:
		return wiring_parse(args->board.wire_reset = text, &pin);
	case OPT_WIRE_BOOT0:
		return wiring_parse(args->board.wire_boot0 = text, &pin);
	case OPT_DIE_WITH_PARENT:
		return args->dies_with_parent = true;
	default:
		return take_number(&args->board, id, text);
	}
}

static int usage_error(const char *what, const char *which)
{
	fprintf(stderr, "stm32sim: %s%s; --help tells more\n", what, which);
	return EXIT_USAGE;
}

/* What is asked for instead of a board. -1: nothing. */
static int show(int id)
{
	switch (id) {
	case OPT_HELP:
		return print_help();
	case OPT_VERSION:
		return print_version();
	case OPT_LIST_PARTS:
		return print_parts();
	case OPT_LIST_QUIRKS:
		return print_quirks();
	case OPT_LIST_FAULTS:
		return print_faults();
	case OPT_LIST_MISWIRES:
		return print_miswires();
	default:
		return id == '?' ? EXIT_USAGE : -1;
	}
}

static void parse(struct arguments *args, int argc, char **argv)
{
	int id, index = 0;

	while (args->exit_status < 0 && (id = getopt_long(argc, argv, "", options, &index)) != -1) {
		args->exit_status = show(id);
		if (args->exit_status < 0 && !take(args, id, optarg))
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
		.board.machine = { .seed = 1, .time_percent = 100, .program = &program_computer } };

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
