/* SPDX-License-Identifier: MIT */
/* test_job.c - a job as those who watch it see it, and the pipe that its bytes come through. */
#include "server/job_work.h"

#include "server/job_pipe.h"
#include "tests/cmocka_all.h"

#include <pthread.h>
#include <string.h>

static struct job *job_of(enum job_kind kind)
{
	struct job_request request = { .kind = kind, .who = "test" };
	struct job *job = job_new(&request, "mouse");

	assert_non_null(job);
	return job;
}

static void test_cancelled_in_the_queue(void **state)
{
	struct job *job = job_of(JOB_FLASH);
	struct job_record record = { 0 };
	struct problem problem = { 0 };

	(void)state;
	assert_false(job_is_final(job));
	const uint64_t version = job_version(job);

	assert_true(job_cancel(job));
	assert_true(job_version(job) > version);
	assert_true(job_is_final(job));
	assert_false(job_cancel(job));
	assert_true(job_problem(job, &problem));
	assert_string_equal(problem.code, "cancelled");
	assert_true(job_copy(job, &record));
	assert_int_equal(record.state, JOB_CANCELLED);
	assert_non_null(record.error);
	assert_true(record.finished >= record.created);
	job_record_release(&record);
	job_unref(job);
}

static void test_progress(void **state)
{
	struct job *job = job_of(JOB_FLASH);

	(void)state;
	job_set_progress(job, STAGE_WRITE, 0x08000000, 0, 1000);
	const uint64_t version = job_progress(job).version;

	job_set_progress(job, STAGE_WRITE, 0x080003E8, 1000, 1000); /* an end is always told */
	const struct progress progress = job_progress(job);

	assert_true(progress.version > version);
	assert_int_equal(progress.stage, STAGE_WRITE);
	assert_int_equal(progress.done, 1000);
	assert_int_equal(progress.addr, 0x080003E8);
	job_unref(job);
}

enum { PIPED = 5 * PIPE_BYTES + 77 };

static uint8_t byte_at(size_t offset)
{
	return (uint8_t)(offset * 7 + offset / 253);
}

static void *give(void *ctx)
{
	uint8_t bytes[999];

	for (size_t at = 0; at < PIPED;) {
		const size_t len = PIPED - at < sizeof(bytes) ? PIPED - at : sizeof(bytes);

		for (size_t i = 0; i < len; i++)
			bytes[i] = byte_at(at + i);
		at += pipe_put(ctx, (struct span){ bytes, len }, 1000);
	}
	return NULL;
}

static void test_pipe_keeps_order(void **state)
{
	struct pipe *pipe = pipe_new();
	pthread_t giver;
	uint8_t bytes[777];

	(void)state;
	assert_non_null(pipe);
	assert_int_equal(pthread_create(&giver, NULL, give, pipe), 0);
	for (size_t at = 0; at < PIPED;) {
		bool is_empty;
		const size_t len = pipe_take(pipe, bytes, sizeof(bytes), &is_empty);

		for (size_t i = 0; i < len; i++)
			assert_int_equal(bytes[i], byte_at(at + i));
		at += len;
	}
	pthread_join(giver, NULL);
	pipe_free(pipe);
}

static void test_pipe_is_bounded(void **state)
{
	static uint8_t bytes[PIPE_BYTES + 1];
	struct pipe *pipe = pipe_new();

	(void)state;
	assert_int_equal(pipe_put(pipe, (struct span){ bytes, sizeof(bytes) }, 0), PIPE_BYTES);
	assert_int_equal(pipe_put(pipe, (struct span){ bytes, 1 }, 1), 0);
	pipe_free(pipe);
}

static bool is_cancelled(void *job)
{
	return job_is_cancelled(job);
}

static void test_an_abandoned_read_ends(void **state)
{
	static uint8_t bytes[2 * PIPE_BYTES];
	struct job *job = job_of(JOB_READ);
	struct why why = { 0 };

	(void)state;
	job_read_abandon(job);
	assert_int_equal(
		job_read_put(job, (struct span){ bytes, sizeof(bytes) }, is_cancelled, job, &why),
		ERR_CANCELLED);
	job_unref(job);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cancelled_in_the_queue),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_pipe_keeps_order),
		cmocka_unit_test(test_pipe_is_bounded),
		cmocka_unit_test(test_an_abandoned_read_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
