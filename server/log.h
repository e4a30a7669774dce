/* SPDX-License-Identifier: MIT */
/* log.h - lines on standard error: time, level, text. Never a secret. Any thread. */
#ifndef BENCHD_SERVER_LOG_H
#define BENCHD_SERVER_LOG_H

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Lines above this level are left out; LOG_INFO at first. */
void log_set_level(enum log_level level);
/* One line; control characters in it are shown escaped. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif /* BENCHD_SERVER_LOG_H */
