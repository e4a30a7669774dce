/* SPDX-License-Identifier: MIT */
/* log.c - a line is built whole and written with one write(): lines of threads never mix. */
#include "server/log.h"

#include "server/clock.h"
#include "server/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096
#define TEXT_MAX_BYTES 2048

static atomic_int max_level = LOG_INFO;

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARNING] = "warning",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

void log_set_level(enum log_level level)
{
	atomic_store(&max_level, (int)level);
}

/* Copies text so that one line stays one line and a terminal is told nothing by it. */
static size_t escape(char *out, size_t max, struct span text)
{
	size_t len = 0;

	while (text.len && len + 5 < max) {
		size_t n = utf8_char(text);

		/* C0, DEL, and C1 (two bytes, C2 80..9F) are what terminals obey. */
		bool is_plain = n && text.ptr[0] >= ' ' && text.ptr[0] != 0x7F &&
			!(n == 2 && text.ptr[0] == 0xC2 && text.ptr[1] < 0xA0);

		if (is_plain) {
			memcpy(out + len, text.ptr, n);
			len += n;
		} else {
			n = 1;
			len += (size_t)snprintf(out + len, max - len, "\\x%02X", text.ptr[0]);
		}
		text.ptr += n;
		text.len -= n;
	}
	return len;
}

static void write_all(const char *line, size_t len)
{
	while (len) {
		ssize_t n = write(STDERR_FILENO, line, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* standard error is gone: there is nowhere left to say so */
		line += n;
		len -= (size_t)n;
	}
}

void log_line(enum log_level level, const char *format, ...)
{
	char text[TEXT_MAX_BYTES], line[LINE_MAX_BYTES], time[CLOCK_TEXT];
	int saved = errno;
	va_list args;

	if ((int)level > atomic_load(&max_level))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	size_t len = (size_t)snprintf(line, sizeof(line),
		"%s %s: ", clock_format(time, clock_wall_ms()), level_names[level]);

	len += escape(line + len, sizeof(line) - len - 1, span_of(text));
	line[len++] = '\n';
	write_all(line, len);
	errno = saved;
}
