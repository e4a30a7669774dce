/* SPDX-License-Identifier: MIT */
/* job_pipe.c - a bounded pipe from a board's thread to one request. */
#include "server/job_pipe.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct pipe {
	pthread_mutex_t lock; /* guards the rest */
	pthread_cond_t taken; /* there is room again */
	uint64_t head, tail;  /* bytes ever given, ever taken */
	uint8_t ring[PIPE_BYTES];
};

struct pipe *pipe_new(void)
{
	struct pipe *pipe = malloc(sizeof(*pipe));
	pthread_condattr_t attr;

	if (!pipe)
		return NULL;
	pipe->head = pipe->tail = 0;
	pthread_mutex_init(&pipe->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&pipe->taken, &attr);
	pthread_condattr_destroy(&attr);
	return pipe;
}

void pipe_free(struct pipe *pipe)
{
	if (!pipe)
		return;
	pthread_cond_destroy(&pipe->taken);
	pthread_mutex_destroy(&pipe->lock);
	free(pipe);
}

static struct timespec after_ms(uint32_t ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += (long)(ms % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t pipe_put(struct pipe *pipe, struct span bytes, uint32_t wait_ms)
{
	const struct timespec until = after_ms(wait_ms);
	int late = 0;

	pthread_mutex_lock(&pipe->lock);
	while (!late && pipe->head - pipe->tail == PIPE_BYTES)
		late = pthread_cond_timedwait(&pipe->taken, &pipe->lock, &until);
	const size_t len = least(bytes.len, PIPE_BYTES - (size_t)(pipe->head - pipe->tail));
	const size_t at = pipe->head % PIPE_BYTES;
	const size_t first = least(len, PIPE_BYTES - at);

	memcpy(pipe->ring + at, bytes.ptr, first);
	memcpy(pipe->ring, bytes.ptr + first, len - first);
	pipe->head += len;
	pthread_mutex_unlock(&pipe->lock);
	return len;
}

size_t pipe_take(struct pipe *pipe, uint8_t *out, size_t max, bool *is_empty)
{
	pthread_mutex_lock(&pipe->lock);
	const size_t len = least(max, (size_t)(pipe->head - pipe->tail));
	const size_t at = pipe->tail % PIPE_BYTES;
	const size_t first = least(len, PIPE_BYTES - at);

	memcpy(out, pipe->ring + at, first);
	memcpy(out + first, pipe->ring, len - first);
	pipe->tail += len;
	*is_empty = pipe->head == pipe->tail;
	if (len)
		pthread_cond_signal(&pipe->taken);
	pthread_mutex_unlock(&pipe->lock);
	return len;
}
