/* SPDX-License-Identifier: MIT */
/* hello.c - a console to talk to: a banner, an echo and a few commands. */
#include "core.h"
#include "part.h"
#include "usart.h"

#define LINE_MAX 32

/* First in the image, so that whoever looks into it finds out what it is. */
__attribute__((section(".banner"))) static const char banner[] =
	"\r\nbenchd hello on " PART_NAME ", built from simulator/firmware\r\n"
	"commands: help, time, uid, led, reset\r\n";

static const char help[] = "help   this text\r\n"
			   "time   how long this has been running\r\n"
			   "uid    the chip's unique id and flash size\r\n"
			   "led    switch the light\r\n"
			   "reset  start again\r\n";

static void command_help(void)
{
	usart_print(help);
}

static void command_time(void)
{
	const uint32_t ms = core_now_ms();

	usart_print("up ");
	usart_number(ms / 1000, 1);
	usart_put('.');
	usart_number(ms % 1000, 3);
	usart_print(" s\r\n");
}

static void command_uid(void)
{
	for (int i = 2; i >= 0; i--)
		usart_hex(part.unique_id[i]);
	usart_put(' ');
	usart_number(*part.flash_kib, 1);
	usart_print(" KiB\r\n");
}

static void command_led(void)
{
	static bool is_on;

	is_on = !is_on;
	core_led(is_on);
	usart_print(is_on ? "led on\r\n" : "led off\r\n");
}

static const struct {
	const char *name;
	void (*run)(void);
} commands[] = {
	{ "help", command_help },
	{ "time", command_time },
	{ "uid", command_uid },
	{ "led", command_led },
	{ "reset", core_reset },
};

static bool is_same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static void run_line(const char *line)
{
	usart_print("\r\n");
	for (unsigned i = 0; *line && i < sizeof(commands) / sizeof(*commands); i++) {
		if (is_same(line, commands[i].name)) {
			commands[i].run();
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
