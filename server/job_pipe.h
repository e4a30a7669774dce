/* SPDX-License-Identifier: MIT */
/*
 * job_pipe.h - a bounded pipe from a board's thread to one request. One lock; the giving side
 * waits in slices, so that it can look whether it should stop.
 */
#ifndef BENCHD_SERVER_JOB_PIPE_H
#define BENCHD_SERVER_JOB_PIPE_H

#include "protocol/bytes.h"

#define PIPE_BYTES (64 * KIB)

struct pipe;
struct pipe *pipe_new(void);       /* NULL: no memory */
void pipe_free(struct pipe *pipe); /* NULL is fine */
/* Gives how many bytes it took, maybe 0 after waiting for up to wait_ms. */
size_t pipe_put(struct pipe *pipe, struct span bytes, uint32_t wait_ms);
/* Never waits. *is_empty: nothing is left in it. */
size_t pipe_take(struct pipe *pipe, uint8_t *out, size_t max, bool *is_empty);

#endif /* BENCHD_SERVER_JOB_PIPE_H */
