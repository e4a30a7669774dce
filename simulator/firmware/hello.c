/* SPDX-License-Identifier: MIT */
/* hello.c - a console to talk to: a banner, an echo and a few commands. */
#include "core.h"
#include "float.h"
#include "part.h"
#include "usart.h"

#define LINE_MAX 32

/* First in the image, so that whoever looks into it finds out what it is. */
__attribute__((section(".banner"))) static const char banner[] =
	"\r\nbenchd hello on " PART_NAME ", built from simulator/firmware\r\n"
	"type help and Enter\r\n";

static const char help[] = "help   this text\r\n"
			   "time   how long this has been running\r\n"
			   "uid    the chip's unique id and flash size\r\n"
			   "led    switch the light\r\n"
			   "float  sums of sines, interrupted by others\r\n"
			   "crc    CRC-32 of the program as it lies in the flash\r\n"
			   "keep   the text kept in the flash; keep TEXT keeps another\r\n"
			   "echo   what comes in goes back, until Ctrl-D\r\n"
			   "reset  start again\r\n"
			   "bootloader  leave for the ROM\r\n";

static void command_help(const char *text)
{
	(void)text;
	usart_print(help);
}

static void command_time(const char *text)
{
	(void)text;
	const uint32_t ms = core_now_ms();

	usart_print("up ");
	usart_number(ms / 1000, 1);
	usart_put('.');
	usart_number(ms % 1000, 3);
	usart_print(" s\r\n");
}

static void command_uid(const char *text)
{
	(void)text;
	for (int i = 2; i >= 0; i--)
		usart_hex(part.unique_id[i]);
	usart_put(' ');
	usart_number(*part.flash_kib, 1);
	usart_print(" KiB\r\n");
}

static void command_led(const char *text)
{
	(void)text;
	static bool is_on;

	is_on = !is_on;
	core_led(is_on);
	usart_print(is_on ? "led on\r\n" : "led off\r\n");
}

static void command_float(const char *text)
{
	(void)text;
	float_run();
}

/* From sections.ld. */
extern const uint8_t program_start[], program_end[];

static void command_crc(const char *text)
{
	uint32_t crc = ~0u;

	(void)text;
	for (const uint8_t *at = program_start; at < program_end; at++) {
		crc ^= *at;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
	}
	usart_hex(~crc);
	usart_put(' ');
	usart_number((uint32_t)(program_end - program_start), 1);
	usart_print(" bytes\r\n");
}

/* Ends with a zero; in erased flash there is none. */
static void command_keep(const char *text)
{
	static uint32_t words[LINE_MAX / 4 + 1];
	const char *kept = (const char *)part.keep_addr;
	uint32_t len = 0;

	if (*text) {
		while (*text)
			((char *)words)[len++] = *text++;
		((char *)words)[len] = '\0';
		part_keep(words, len / 4 + 1);
	}
	usart_print("kept: ");
	for (len = 0; len < LINE_MAX && (uint8_t)kept[len] != 0xFF && kept[len]; len++)
		usart_put(kept[len]);
	usart_print("\r\n");
}

#define CTRL_D 4

static void command_echo(const char *text)
{
	int c;

	(void)text;
	while ((c = usart_get()) != CTRL_D) {
		if (c < 0)
			core_wait();
		else
			usart_put((char)c);
	}
	usart_print("\r\n");
}

static void command_reset(const char *text)
{
	(void)text;
	core_reset();
}

static void command_bootloader(const char *text)
{
	(void)text;
	usart_print("leaving for the ROM\r\n");
	core_enter_rom();
}

static const struct {
	const char *name;
	void (*run)(const char *text);
} commands[] = {
	{ "help", command_help },
	{ "time", command_time },
	{ "uid", command_uid },
	{ "led", command_led },
	{ "float", command_float },
	{ "crc", command_crc },
	{ "keep", command_keep },
	{ "echo", command_echo },
	{ "reset", command_reset },
	{ "bootloader", command_bootloader },
};

/* What follows the word, behind one space; 0: the line begins with another one. */
static const char *after(const char *line, const char *word)
{
	while (*word && *line == *word) {
		line++;
		word++;
	}
	if (*word || (*line && *line != ' '))
		return 0;
	return *line ? line + 1 : line;
}

static void run_line(const char *line)
{
	usart_print("\r\n");
	for (unsigned i = 0; *line && i < sizeof(commands) / sizeof(*commands); i++) {
		const char *text = after(line, commands[i].name);

		if (text) {
			commands[i].run(text);
			return;
		}
	}
	if (*line)
		usart_print("unknown command, try help\r\n");
}

/* The prompt lies in RAM with an initial value, so that .data is more than empty. */
static char prompt[] = "> ";

static struct {
	char text[LINE_MAX + 1];
	unsigned len;
} line;

static void take(char c)
{
	if (c == '\r' || c == '\n') {
		line.text[line.len] = '\0';
		line.len = 0;
		run_line(line.text);
		usart_print(prompt);
	} else if ((c == '\b' || c == 0x7F) && line.len) {
		line.len--;
		usart_print("\b \b");
	} else if (c >= ' ' && c < 0x7F && line.len < LINE_MAX) {
		line.text[line.len++] = c;
		usart_put(c);
	}
}

int main(void)
{
	core_init(banner);
	usart_print(prompt);
	for (;;) {
		const int c = usart_get();

		if (c < 0)
			core_wait();
		else
			take((char)c);
	}
}
