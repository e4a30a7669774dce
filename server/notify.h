/* SPDX-License-Identifier: MIT */
/*
 * notify.h - "something that viewers show has changed". The board side calls it; main() says what
 * it wakes (the WebSocket thread and the requests that wait), so that nothing calls to the left.
 * State is published, not messages: who is woken looks at versions and cursors.
 */
#ifndef BENCHD_SERVER_NOTIFY_H
#define BENCHD_SERVER_NOTIFY_H

/* Before any thread starts. wake must be cheap, must not block, and may be called by any thread. */
void notify_init(void (*wake)(void));
/* Any thread, holding no lock. */
void notify(void);

#endif /* BENCHD_SERVER_NOTIFY_H */
