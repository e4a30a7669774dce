/* SPDX-License-Identifier: MIT */
/* notify.c - one wake function, set before the threads start. */
#include "server/notify.h"

#include <stddef.h>

static void (*wake_viewers)(void);

void notify_init(void (*wake)(void))
{
	wake_viewers = wake;
}

void notify(void)
{
	if (wake_viewers)
		wake_viewers();
}
