/* SPDX-License-Identifier: MIT */
/*
 * watch.h - waits for a port that is absent: by inotify on the nearest folder of its path that
 * exists. One thread.
 */
#ifndef BENCHD_SERVER_WATCH_H
#define BENCHD_SERVER_WATCH_H

#include <stdint.h>

struct watch;
struct watch *watch_new(const char *path); /* NULL: no memory */
void watch_free(struct watch *watch);      /* NULL is fine */
/* Before a look that a wait follows: what changes between the two is not missed. */
void watch_aim(struct watch *watch);
/*
 * Until something may have changed about the path, wake can be read (-1: none), or most_ms have
 * passed: what inotify does not tell, such as a port that another program lets go, is looked for
 * then.
 */
void watch_wait(struct watch *watch, int wake, uint32_t most_ms);

#endif /* BENCHD_SERVER_WATCH_H */
