/* SPDX-License-Identifier: MIT */
/* test_config.c - what the file and the command line may say, and how errors are told. */
#include "server/config.h"

#include "tests/server/folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BOARD(more) "{\"boards\":[{\"id\":\"a\",\"port\":\"/dev/ttyUSB0\"" more "}]}"
#define CONTROL(members) BOARD(",\"control\":{" members "}")
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* Text, and all errors that it gives; "" is good. */
static const struct {
	const char *text, *errors;
} rows[] = {
	{ "{}", "" },
	{ "{ // nothing\n}", "" },
	{ "", "f:1:1: the text ends too early\n" },
	{ "{\n \"boards\": [,]\n}", "f:2:13: expected a value\n" },
	{ "{\n \"a\": 1, \"a\": 2 }", "f:2:10: a second member of the same name\n" },
	{ "[]", "f: must be an object\n" },
	{ "{\"board\":[]}",
		"f: board: unknown member; known here: listen, state_dir, allowed_hosts, "
		"ports, base_path, "
		"tokens, limits, boards\n" },
	{ "{\"boards\":{}}", "f: boards: must be an array\n" },
	{ "{\"ports\":[\"tty\"]}",
		"f: ports[0]: a port is an absolute path, such as /dev/serial/by-id/...\n" },
	{ "{\"boards\":[1]}", "f: boards[0]: must be an object\n" },
	{ "{\"boards\":[{}]}",
		"f: boards[0]: \"id\" is missing\nf: boards[0]: \"port\" is missing\n" },
	{ BOARD(""), "" },
	{ BOARD(",\"baud\":9600"),
		"f: boards[0].baud: unknown member; known here: id, label, tags, port, console, "
		"bootloader, recovery, supply_mv, control, power, expect_unique_id\n" },
	{ "{\"boards\":[{\"id\":\"Mouse\",\"port\":\"ttyUSB0\"}]}",
		"f: boards[0].id: an id has 1 to 32 of a-z, 0-9 and -\n"
		"f: boards[0].port: a port is an absolute path, such as /dev/serial/by-id/...\n" },
	{ "{\"boards\":[{\"id\":7,\"port\":\"/dev/a\\nb\"}]}",
		"f: boards[0].id: must be a string\n"
		"f: boards[0].port: must not hold control characters\n" },
	{ "{\"boards\":[{\"id\":\"a\",\"port\":\"/dev/x\"},{\"id\":\"a\",\"port\":\"/dev/x\"}]}",
		"f: boards[1].id: \"a\" is boards[0] already\n"
		"f: boards[1].port: /dev/x belongs to boards[0] already\n" },
	{ BOARD(",\"label\":\"\",\"tags\":[\"x\",1]"),
		"f: boards[0].label: must not be empty\nf: boards[0].tags[1]: must be a string\n" },
	{ BOARD(",\"console\":{\"baud\":1,\"frame\":\"7E1\",\"log\":1}"),
		"f: boards[0].console.baud: must be a whole number from 50 to 4000000\n"
		"f: boards[0].console.frame: must be one of \"8N1\", \"8E1\", \"8O1\", \"8N2\"\n"
		"f: boards[0].console.log: must be true or false\n" },
	{ BOARD(",\"bootloader\":{\"baud\":\"auto\",\"frame\":\"8E1\"}"), "" },
	{ BOARD(",\"bootloader\":{\"burst\":1},\"supply_mv\":5000,\"recovery\":{\"reattach_s\":-"
		"1}"),
		"f: boards[0].bootloader.burst: must be true or false\n"
		"f: boards[0].supply_mv: must be a whole number from 1650 to 3600\n"
		"f: boards[0].recovery.reattach_s: must be a whole number from 0 to 3600\n" },
	{ BOARD(",\"bootloader\":{\"baud\":\"fast\"}"),
		"f: boards[0].bootloader.baud: must be \"auto\" or a whole number from 1200 to "
		"2000000\n" },
	{ BOARD(",\"expect_unique_id\":\"12\""),
		"f: boards[0].expect_unique_id: must be null or 24 hexadecimal digits\n" },
	{ CONTROL("\"kind\":\"jtag\""),
		"f: boards[0].control.kind: \"jtag\" is no kind of control; one of manual, lines, "
		"gpio, console, command\n" },
	{ CONTROL(""),
		"f: boards[0].control.kind: must be one of manual, lines, gpio, console, "
		"command\n" },
	{ CONTROL("\"kind\":\"console\",\"send\":\"bootloader\\r\\n\",\"wait_ms\":500"), "" },
	{ CONTROL("\"kind\":\"console\",\"wait_ms\":-1"),
		"f: boards[0].control.wait_ms: must be a whole number from 0 to 10000\n"
		"f: boards[0].control: \"send\" is missing\n" },
	{ CONTROL("\"kind\":\"console\",\"send\":\"\""),
		"f: boards[0].control.send: must be a string of 1 to 256 bytes\n" },
	{ CONTROL("\"kind\":\"gpio\",\"chip\":\"/dev/gpiochip0\",\"reset\":27,\"boot0\":\"!17\","
		  "\"settle_ms\":5"),
		"" },
	{ CONTROL("\"kind\":\"gpio\",\"chip\":\"gpiochip0\",\"reset\":\"27\",\"boot0\":\"!\""),
		"f: boards[0].control.chip: a chip is an absolute path, such as /dev/gpiochip0\n"
		"f: boards[0].control.reset: must be a line of the chip such as 27, or \"!27\" "
		"where a transistor inverts it\n"
		"f: boards[0].control.boot0: must be a line of the chip such as 27, or \"!27\" "
		"where a transistor inverts it\n" },
	{ CONTROL("\"kind\":\"gpio\",\"reset\":27,\"boot0\":\"!27\""),
		"f: boards[0].control: \"chip\" is missing\n"
		"f: boards[0].control: reset and boot0 cannot be on the same line\n" },
	{ CONTROL("\"kind\":\"manual\",\"reset\":\"dtr\""),
		"f: boards[0].control.reset: unknown member; known here: kind, wait_s\n" },
	{ CONTROL("\"kind\":\"lines\",\"reset\":\"dtr\",\"boot0\":\"!rts\",\"pulse_ms\":50"), "" },
	{ CONTROL("\"kind\":\"lines\""),
		"f: boards[0].control: needs \"reset\" or \"boot0\"; without either it is "
		"\"manual\"\n" },
	{ CONTROL("\"kind\":\"lines\",\"reset\":\"dtr\",\"boot0\":\"!dtr\",\"pulse_ms\":0"),
		"f: boards[0].control.pulse_ms: must be a whole number from 1 to 10000\n"
		"f: boards[0].control: reset and boot0 cannot be on the same line\n" },
	{ CONTROL("\"kind\":\"lines\",\"reset\":\"cts\""),
		"f: boards[0].control.reset: must be \"dtr\", \"!dtr\", \"rts\" or \"!rts\"\n" },
	{ CONTROL("\"kind\":\"command\",\"bootloader\":[\"x\"],\"application\":[\"y\",\"z\"]"),
		"" },
	{ CONTROL("\"kind\":\"command\",\"bootloader\":[]"),
		"f: boards[0].control.bootloader: must name a program\n"
		"f: boards[0].control: \"application\" is missing\n" },
	{ CONTROL("\"kind\":\"command\",\"bootloader\":\"x\",\"application\":[1,\"\"]"),
		"f: boards[0].control.bootloader: must be an array\n"
		"f: boards[0].control.application[0]: must be a string\n" },
	{ BOARD(",\"power\":{\"off\":[\"x\"],\"on\":[\"y\",\"z\"],\"off_ms\":10}"), "" },
	{ BOARD(",\"power\":{\"off\":[],\"off_ms\":0}"),
		"f: boards[0].power.off: must name a program\n"
		"f: boards[0].power.off_ms: must be a whole number from 1 to 60000\n"
		"f: boards[0].power: \"on\" is missing\n" },
	{ "{\"listen\":[\"127.0.0.1:0\",\"[::1]:8080\",\"unix:/run/x\",\"localhost:1\"]}", "" },
	{ "{\"listen\":[]}", "f: listen: must name at least one address\n" },
	{ "{\"listen\":[\"8080\",\"*:80\",\"unix:x\",\"1.2.3.4:65536\"]}",
		"f: listen[0]: not an address: ADDRESS:PORT, [IPV6]:PORT or unix:/PATH, with a "
		"number for "
		"the port\n"
		"f: listen[1]: for every address of this machine say 0.0.0.0:PORT or [::]:PORT\n"
		"f: listen[2]: a Unix socket is given as unix:/PATH\n"
		"f: listen[3]: not an address: ADDRESS:PORT, [IPV6]:PORT or unix:/PATH, with a "
		"number for "
		"the port\n" },
	{ "{\"state_dir\":\"x\",\"base_path\":\"/x\"}",
		"f: state_dir: must be an absolute path\n"
		"f: base_path: must start and end with / and hold letters, digits and . _ ~ - "
		"only\n" },
	{ "{\"allowed_hosts\":[\"Bench.Lab\",\"[fe80::1]\",\"a:80\",\"http://x\"]}",
		"f: allowed_hosts[2]: must be a host name without port, or [IPV6]\n"
		"f: allowed_hosts[3]: must be a host name without port, or [IPV6]\n" },
	{ "{\"allowed_hosts\":[\"[\",\"]\"]}",
		"f: allowed_hosts[0]: must be a host name without port, or [IPV6]\n"
		"f: allowed_hosts[1]: must be a host name without port, or [IPV6]\n" },
	{ "{\"tokens\":[{\"name\":\"ci\",\"role\":\"flash\",\"sha256\":\"" A64 "\"}]}", "" },
	{ "{\"tokens\":[{\"name\":\"a b\",\"role\":\"root\",\"sha256\":\"AA\"}]}",
		"f: tokens[0].name: a name has 1 to 32 of letters, digits and . _ -\n"
		"f: tokens[0].role: must be one of \"view\", \"console\", \"flash\", \"admin\"\n"
		"f: tokens[0].sha256: must be 64 lower-case hexadecimal digits; benchd --new-token "
		"NAME "
		"prints such a line\n" },
	{ "{\"limits\":{\"upload_bytes\":1,\"viewers\":0,\"queue\":1.5}}",
		"f: limits.upload_bytes: must be a whole number from 1024 to 1073741824\n"
		"f: limits.viewers: must be a whole number from 1 to 100000\n"
		"f: limits.queue: must be a whole number from 1 to 1000\n" },
};

static void every_error_is_told_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct config config;
		struct buf errors = { 0 };
		bool ok = config_parse(&config, "f", span_of(rows[i].text), &errors);

		assert_true(buf_append(&errors, (struct span){ (const uint8_t *)"", 1 }));
		assert_string_equal((char *)errors.ptr, rows[i].errors);
		assert_int_equal(ok, !*rows[i].errors);
		if (ok)
			config_release(&config);
		buf_release(&errors);
	}
}

static const char whole[] =
	"{ \"listen\": [\"127.0.0.2:81\", \"[::]:8080\", \"unix:/run/b.sock\"], /* three */\n"
	"  \"state_dir\": \"/srv/b\", \"allowed_hosts\": [\"Bench.Lab\"], \"base_path\": \"/b/\",\n"
	"  \"tokens\": [{\"name\":\"ci\",\"role\":\"flash\",\"sha256\":\"" A64 "\"}],\n"
	"  \"limits\": {\"upload_bytes\": 5000000000000},\n"
	"  \"boards\": [{\"id\":\"m\",\"port\":\"/dev/x\",\"tags\":[\"f1\"],"
	"\"console\":{\"baud\":9600,\"log\":true},\"bootloader\":{\"baud\":57600,\"frame\":\"8N1\"}"
	","
	"\"control\":{\"kind\":\"lines\",\"reset\":\"dtr\",\"boot0\":\"!rts\",\"settle_ms\":7},"
	"\"expect_unique_id\":\"0123456789ABCDEF01234567\"},\n"
	"  {\"id\":\"n\",\"label\":\"N\",\"port\":\"/dev/y\",\"control\":{\"kind\":\"command\","
	"\"bootloader\":[\"a\",\"\"],\"application\":[\"b\"]}}] }";

static void check_boards(const struct config *config)
{
	const struct config_board *m = &config->boards[0], *n = &config->boards[1];

	assert_int_equal(config->board_count, 2);
	assert_string_equal(m->id, "m");
	assert_string_equal(m->label, "m");
	assert_string_equal(m->tags[0], "f1");
	assert_null(m->tags[1]);
	assert_int_equal(m->console.baud, 9600);
	assert_int_equal(m->console.frame, WIRE_8N1);
	assert_true(m->console_log);
	assert_int_equal(m->console_log_bytes, 64 * MIB);
	assert_int_equal(m->bootloader.baud, 57600);
	assert_int_equal(m->bootloader.frame, WIRE_8N1);
	assert_int_equal(m->control.kind, CONTROL_LINES);
	assert_true(m->control.reset.is_wired && m->control.reset.line == WIRE_DTR);
	assert_true(m->control.reset.active_set);
	assert_true(m->control.boot0.is_wired && m->control.boot0.line == WIRE_RTS);
	assert_false(m->control.boot0.active_set);
	assert_int_equal(m->control.pulse_ms, 50);
	assert_int_equal(m->control.settle_ms, 7);
	assert_string_equal(m->expect_unique_id, "0123456789abcdef01234567");
	assert_string_equal(n->label, "N");
	assert_int_equal(n->bootloader.baud, 0);
	assert_int_equal(n->bootloader.frame, WIRE_8E1);
	assert_string_equal(n->control.bootloader_argv[1], "");
	assert_null(n->control.bootloader_argv[2]);
	assert_string_equal(n->control.application_argv[0], "b");
	assert_int_equal(n->control.timeout_ms, 5000);
	assert_null(n->expect_unique_id);
}

static void every_member_arrives(void **state)
{
	struct config config;
	struct buf errors = { 0 };
	char text[sizeof(whole)];

	(void)state;
	memcpy(text, whole, sizeof(whole));
	memcpy(strstr(text, "5000000000000"), "        65536", 13);
	assert_true(config_parse(&config, "f", span_of(text), &errors));
	assert_int_equal(config.listen_count, 3);
	assert_string_equal(config.listen[0].host, "127.0.0.2");
	assert_int_equal(config.listen[0].port, 81);
	assert_true(config.listen[0].is_loopback);
	assert_string_equal(config.listen[1].host, "::");
	assert_false(config.listen[1].is_loopback);
	assert_int_equal(config.listen[2].kind, LISTEN_UNIX);
	assert_string_equal(config.listen[2].host, "/run/b.sock");
	assert_true(config.listen[2].is_loopback);
	assert_string_equal(config.state_dir, "/srv/b");
	assert_string_equal(config.allowed_hosts[0], "bench.lab");
	assert_null(config.allowed_hosts[1]);
	assert_string_equal(config.base_path, "/b/");
	assert_string_equal(config.tokens[0].name, "ci");
	assert_int_equal(config.tokens[0].role, ROLE_FLASH);
	assert_string_equal(config.tokens[0].sha256, A64);
	assert_int_equal(config.limits.upload_bytes, 65536);
	assert_int_equal(config.limits.viewers, 1200);
	assert_int_equal(config.limits.queue, 16);
	check_boards(&config);
	config_release(&config);
	buf_release(&errors);
}

/* Runs config_read with both outputs in files; gives what was said on them. */
static enum config_verdict run(struct config *config, const char *const *arguments, char out[4096])
{
	char *argv[12] = { (char *)"benchd" }, path[] = "/tmp/benchd-test-XXXXXX";
	int argc = 1, fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	for (; *arguments; arguments++)
		argv[argc++] = (char *)*arguments;
	fflush(stdout);
	int kept_out = dup(STDOUT_FILENO), kept_err = dup(STDERR_FILENO);

	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	enum config_verdict verdict = config_read(config, argc, argv);

	fflush(stdout);
	dup2(kept_out, STDOUT_FILENO);
	dup2(kept_err, STDERR_FILENO);
	ssize_t len = pread(fd, out, 4095, 0);

	assert_true(len >= 0);
	out[len] = '\0';
	close(fd);
	close(kept_out);
	close(kept_err);
	return verdict;
}

static const struct {
	const char *arguments[8];
	enum config_verdict verdict;
	const char *said; /* a phrase of it */
} lines[] = {
	{ { "--help" }, CONFIG_DONE, "--new-token NAME" },
	{ { "--version" }, CONFIG_DONE, "benchd " BENCHD_VERSION "\n" },
	{ { "--new-token", "ci" }, CONFIG_DONE, "\"name\": \"ci\"" },
	{ { "--new-token", "a b" }, CONFIG_WRONG, "a name has" },
	{ { "--check" }, CONFIG_DONE, "good; boards: 0" },
	{ { "--check", "--config", "/nonexistent" }, CONFIG_WRONG,
		"/nonexistent: No such file or directory\n" },
	{ { "--boards" }, CONFIG_WRONG, "benchd --help says" },
	{ { "x" }, CONFIG_WRONG, "unexpected argument: x" },
	{ { "--board", "mouse" }, CONFIG_WRONG, "--board: \"mouse\": give it as ID=PORT" },
	{ { "--board", "mouse=ttyUSB0" }, CONFIG_WRONG, "absolute path" },
	{ { "--board", "abcdefghijklmnopqrstuvwxyz0123456=/dev/x" }, CONFIG_WRONG, "an id has" },
	{ { "--board", "a=/dev/x", "--board", "a=/dev/y" }, CONFIG_WRONG,
		"\"a\" is boards[0] already" },
	{ { "--listen", "nowhere" }, CONFIG_WRONG, "--listen: \"nowhere\": not an address" },
	{ { "--listen", "0.0.0.0:80" }, CONFIG_WRONG, "benchd --new-token NAME" },
	{ { "--listen", "[::]:80" }, CONFIG_WRONG, "can be reached from other machines" },
	{ { "--listen", "[::ffff:127.0.0.1]:80", "--check" }, CONFIG_DONE, "good" },
};

static void the_command_line_is_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct config config;
		char said[4096];

		assert_int_equal(run(&config, lines[i].arguments, said), lines[i].verdict);
		if (!strstr(said, lines[i].said))
			assert_string_equal(said, lines[i].said);
	}
}

static void the_command_line_adds_to_the_file(void **state)
{
	char dir[FOLDER_TEXT], path[FOLDER_TEXT + 8], said[4096];
	struct config config;

	(void)state;
	folder_make(dir);
	snprintf(path, sizeof(path), "%s/c", dir);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(BOARD(""), file);
	fclose(file);
	const char *const arguments[] = { "--config", path, "--listen", "unix:/run/x", "--board",
		"b=/dev/ttyACM0", "--state-dir", "/srv", NULL };

	assert_int_equal(run(&config, arguments, said), CONFIG_RUN);
	assert_string_equal(said, "");
	assert_int_equal(config.listen_count, 1);
	assert_int_equal(config.listen[0].kind, LISTEN_UNIX);
	assert_string_equal(config.state_dir, "/srv");
	assert_int_equal(config.board_count, 2);
	assert_string_equal(config.boards[1].id, "b");
	assert_string_equal(config.boards[1].label, "b");
	assert_string_equal(config.boards[1].port, "/dev/ttyACM0");
	assert_int_equal(config.boards[1].control.kind, CONTROL_MANUAL);
	assert_true(config.boards[1].console_log);
	assert_int_equal(config.boards[1].control.wait_s, 60);
	config_release(&config);
	folder_remove(dir);
}

static void the_state_has_a_place(void **state)
{
	static const char *const nothing[] = { NULL }, *const demo[] = { "--demo", NULL };
	struct config config;
	char said[4096];

	(void)state;
	setenv("STATE_DIRECTORY", "/var/lib/a:/var/lib/b", 1);
	assert_int_equal(run(&config, nothing, said), CONFIG_RUN);
	assert_string_equal(config.state_dir, "/var/lib/a");
	config_release(&config);
	unsetenv("STATE_DIRECTORY");
	assert_int_equal(run(&config, demo, said), CONFIG_RUN);
	assert_null(config.state_dir);
	assert_true(config.is_demo);
	config_release(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_is_told_with_its_place),
		cmocka_unit_test(every_member_arrives),
		cmocka_unit_test(the_command_line_is_judged),
		cmocka_unit_test(the_command_line_adds_to_the_file),
		cmocka_unit_test(the_state_has_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
