/* SPDX-License-Identifier: MIT */
/* test_port.c - what is a port and what is not, and a pty as a wire (docs/facts/pty.md). */
#include "server/port_backend.h"

#include "tests/cmocka_all.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const struct port_options options = { .settings = { 115200, WIRE_8N1 } };

static const struct {
	const char *name, *path;
	enum err want;
} refusals[] = {
	{ "no such file", "/dev/there-is-no-such-port", ERR_GONE },
	{ "no such folder", "/dev/no/such/port", ERR_GONE },
	{ "a file", "/proc/self/exe", ERR_IO },
	{ "a folder", "/dev", ERR_IO },
	{ "not a tty", "/dev/null", ERR_IO },
};

static void test_what_is_no_port(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct why why = { 0 };

		print_message("%s\n", refusals[i].name);
		assert_null(port_open(refusals[i].path, &options, &why));
		assert_int_equal(why.err, refusals[i].want);
		assert_non_null(why.what);
	}
}

static int open_pty(void)
{
	const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	return master;
}

static struct port *open_port(int master)
{
	struct why why = { 0 };
	struct port *port = port_open(ptsname(master), &options, &why);

	if (!port)
		fail_msg("%s", why.what);
	return port;
}

static void test_a_pty_is_a_wire(void **state)
{
	const int master = open_pty();
	struct port *port = open_port(master);
	const struct wire wire = port_wire(port);
	uint8_t in[8] = { 0 };
	size_t got = 0;

	(void)state;
	assert_ptr_equal(port->backend, &port_tty);
	assert_int_equal(wire.ops->send(wire.ctx, span_of("\x7F\r\n\x03"), 1000), ERR_OK);
	assert_int_equal(read(master, in, sizeof(in)), 4);
	assert_memory_equal(in, "\x7F\r\n\x03", 4); /* raw: nothing is translated */
	assert_int_equal(write(master, "abcdef", 6), 6);
	assert_int_equal(wire.ops->recv(wire.ctx, in, 4, 1000, &got), ERR_OK);
	assert_memory_equal(in, "abcd", 4);
	assert_int_equal(wire.ops->recv(wire.ctx, in, 4, 20, &got), ERR_TIMEOUT);
	assert_int_equal(got, 2);
	assert_int_equal(write(master, "stale", 5), 5);
	assert_int_equal(wire.ops->flush(wire.ctx), ERR_OK);
	assert_int_equal(wire.ops->recv(wire.ctx, in, 1, 0, &got), ERR_TIMEOUT);
	assert_int_equal(wire.ops->line(wire.ctx, WIRE_DTR, true), ERR_UNSUPPORTED);
	close(master);
	assert_int_equal(wire.ops->recv(wire.ctx, in, 1, 1000, &got), ERR_GONE);
	port_close(port);
}

static const struct wire_settings rates[] = {
	{ 9600, WIRE_8N1 },
	{ 115200, WIRE_8E1 }, /* a pty drops parity, and that is no error */
	{ 250000, WIRE_8N1 }, /* not one of the B constants */
	{ 921600, WIRE_8N2 },
};

static void test_settings(void **state)
{
	const int master = open_pty();
	struct port *port = open_port(master);
	const struct wire wire = port_wire(port);

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		assert_int_equal(wire.ops->configure(wire.ctx, &rates[i]), ERR_OK);
		assert_int_equal(port_settings(port).baud, rates[i].baud);
		assert_int_equal(port_settings(port).frame, rates[i].frame);
	}
	port_close(port);
	close(master);
}

static void test_a_port_is_used_once(void **state)
{
	const int master = open_pty();
	struct port *port = open_port(master);
	struct why why = { 0 };
	char holder[HOLDER_TEXT], ours[32];

	(void)state;
	assert_null(port_open(ptsname(master), &options, &why));
	assert_ptr_equal(why.what, port_in_use);
	assert_true(port_holder(ptsname(master), holder));
	snprintf(ours, sizeof(ours), "(pid %d)", (int)getpid());
	assert_non_null(strstr(holder, ours));
	assert_int_equal(strncmp(holder, "test_port ", 10), 0);
	port_close(port);
	assert_false(port_holder(ptsname(master), holder));
	const int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);

	assert_true(slave >= 0);
	assert_false(
		port_holder(ptsname(master), holder)); /* we are the device, and no user of it */
	close(slave);
	port_close(open_port(master));
	close(master);
}

struct speaker {
	int master;
	uint8_t bytes[300];
};

static void *speak(void *ctx)
{
	const struct speaker *speaker = ctx;

	for (size_t at = 0, n; at < sizeof(speaker->bytes); at += n) {
		n = sizeof(speaker->bytes) - at < 62 ? sizeof(speaker->bytes) - at : 62;
		assert_int_equal(write(speaker->master, speaker->bytes + at, n), n);
	}
	return NULL;
}

/* More than is worth waking up for byte by byte, and what comes after it is kept. */
static void test_a_long_answer(void **state)
{
	struct speaker speaker = { .master = open_pty() };
	struct port *port = open_port(speaker.master);
	const struct wire wire = port_wire(port);
	uint8_t in[300];
	pthread_t thread;
	size_t got = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(speaker.bytes); i++)
		speaker.bytes[i] = (uint8_t)(i * 5);
	assert_int_equal(pthread_create(&thread, NULL, speak, &speaker), 0);
	assert_int_equal(wire.ops->recv(wire.ctx, in, 259, 5000, &got), ERR_OK);
	assert_int_equal(got, 259);
	assert_int_equal(wire.ops->recv(wire.ctx, in + 259, 41, 5000, &got), ERR_OK);
	assert_memory_equal(in, speaker.bytes, sizeof(in));
	assert_int_equal(wire.ops->recv(wire.ctx, in, 259, 1, &got), ERR_TIMEOUT);
	assert_int_equal(got, 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	close(speaker.master);
	assert_int_equal(wire.ops->recv(wire.ctx, in, 259, 5000, &got), ERR_GONE);
	port_close(port);
}

struct comeback {
	char folder[32], link[64];
	int master;
	unsigned absences;
};

static void note_absence(void *ctx)
{
	struct comeback *c = ctx;

	c->absences++;
}

static void plug(struct comeback *c)
{
	c->master = open_pty();
	assert_int_equal(symlink(ptsname(c->master), c->link), 0);
}

static void unplug(struct comeback *c)
{
	assert_int_equal(unlink(c->link), 0);
	close(c->master);
}

static void *plug_in(void *ctx)
{
	plug(ctx);
	return NULL;
}

/* Another device behind the same name, as when USB numbers an adapter anew. */
static void test_a_port_comes_back(void **state)
{
	const struct wire_settings fast = { 230400, WIRE_8N1 };
	struct comeback c = { .folder = "/tmp/benchd-port-XXXXXX" };
	pthread_t thread;
	uint8_t in[4];
	size_t got;

	(void)state;
	assert_non_null(mkdtemp(c.folder));
	snprintf(c.link, sizeof(c.link), "%s/tty", c.folder);
	plug(&c);
	struct port *port = port_open(c.link, &options, NULL);

	assert_non_null(port);
	const struct wire wire = port_wire(port);

	port_on_absence(port, note_absence, &c);
	assert_int_equal(wire.ops->configure(wire.ctx, &fast), ERR_OK);
	for (unsigned times = 1; times <= 2; times++) {
		assert_int_equal(write(c.master, "lost", 4), 4);
		unplug(&c);
		while (wire.ops->recv(wire.ctx, in, 1, 1000, &got) == ERR_OK)
			;
		assert_int_equal(wire.ops->send(wire.ctx, span_of("x"), 1000), ERR_GONE);
		assert_int_equal(wire.ops->reattach(wire.ctx, 0), ERR_TIMEOUT);
		assert_int_equal(port_fd(port), -1);
		assert_int_equal(wire.ops->configure(wire.ctx, &fast), ERR_GONE);
		assert_int_equal(wire.ops->recv(wire.ctx, in, 1, 1000, &got), ERR_GONE);
		assert_int_equal(pthread_create(&thread, NULL, plug_in, &c), 0);
		assert_int_equal(wire.ops->reattach(wire.ctx, 30000), ERR_OK);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_int_equal(c.absences, times);
		assert_int_equal(port_settings(port).baud, fast.baud);
		assert_null(port_open(c.link, &options, NULL)); /* exclusive again */
		assert_int_equal(write(c.master, "back", 4), 4);
		assert_int_equal(wire.ops->recv(wire.ctx, in, 4, 1000, &got), ERR_OK);
		assert_memory_equal(in, "back", 4);
	}
	port_close(port);
	unplug(&c);
	assert_int_equal(rmdir(c.folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_no_port),
		cmocka_unit_test(test_a_pty_is_a_wire),
		cmocka_unit_test(test_a_long_answer),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_a_port_is_used_once),
		cmocka_unit_test(test_a_port_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
