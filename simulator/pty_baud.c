/* SPDX-License-Identifier: MIT */
/* pty_baud.c - any rate, also one without a B constant: termios2, which glibc does not know. */
#include "simulator/pty.h"

#include <asm/termbits.h>
#include <sys/ioctl.h>

uint32_t pty_baud(const struct pty *pty)
{
	struct termios2 settings;

	if (ioctl(pty->slave, TCGETS2, &settings) < 0)
		return 0;
	return settings.c_ospeed;
}
