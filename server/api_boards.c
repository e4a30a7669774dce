/* SPDX-License-Identifier: MIT */
/* api_boards.c - boards and ports, and the operations without an image. */
#include "server/api.h"
#include "server/port.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void handle_boards(struct request *request)
{
	struct json *root = json_object(), *list = json_array();
	struct board_list *boards = bench_list(request->bench);

	for (size_t i = 0; i < boards->count; i++)
		json_push(list, board_json(boards->boards[i]));
	board_list_unref(boards);
	json_add(root, "boards", list);
	reply_json(request, 200, root);
}

void handle_board(struct request *request)
{
	struct board *board = api_board_or_reply(request);

	if (board)
		reply_json(request, 200, board_json(board));
}

void handle_device(struct request *request)
{
	struct board *board = api_board_or_reply(request);
	struct problem problem = { 0 };
	bool never = false;

	if (!board)
		return;
	struct json *json = board_device_json(board, &never);

	if (!never) {
		reply_json(request, 200, json);
		return;
	}
	problem_set(&problem, "never_identified",
		"The board \"%s\" has not been identified yet. POST %s/identify asks its "
		"bootloader.",
		board_id(board), request->target.path);
	problem.board = board_id(board);
	reply_problem(request, &problem);
}

/* Ports, and those among them that no board has: who else has those is looked for at the end. */
struct port_rows {
	const struct board_list *boards;
	struct json *list;
	struct port_use *free; /* their paths are the rows' own */
	struct json **free_rows;
	size_t free_count;
};

static bool same_file(const char *a, const char *b)
{
	char real_a[PATH_MAX], real_b[PATH_MAX];

	if (!a || !b)
		return false;
	return !strcmp(a, b) || /* also while it is absent */
		(realpath(a, real_a) && realpath(b, real_b) && !strcmp(real_a, real_b));
}

static bool has_port(struct board *board, const char *name)
{
	struct config_board *settings = board_settings(board);
	const bool has = same_file(settings->port, name);

	config_board_unref(settings);
	return has;
}

const char *api_port_user(const struct board_list *boards, const char *path, const char *but)
{
	for (size_t i = 0; i < boards->count; i++) {
		const char *id = board_id(boards->boards[i]);

		if ((!but || strcmp(id, but) != 0) && has_port(boards->boards[i], path))
			return id;
	}
	return NULL;
}

struct sought {
	const char *path;
	bool is_there;
};

static void seek(void *ctx, const struct port_info *info)
{
	struct sought *sought = ctx;

	sought->is_there |= same_file(info->name, sought->path);
}

bool api_port_is_listed(const struct bench *bench, const char *path)
{
	struct sought sought = { .path = path };

	for (char **port = bench->config->ports; *port && !sought.is_there; port++)
		sought.is_there = !strcmp(*port, path);
	return sought.is_there || (port_list(seek, &sought) && sought.is_there);
}

static struct json *usb_json(const struct port_info *info)
{
	struct json *usb;
	char id[8];

	if (info->usb_vid < 0 || info->usb_pid < 0)
		return NULL;
	usb = json_object();
	snprintf(id, sizeof(id), "%04x", (unsigned)info->usb_vid & 0xFFFF);
	json_add_string(usb, "vendor_id", id);
	snprintf(id, sizeof(id), "%04x", (unsigned)info->usb_pid & 0xFFFF);
	json_add_string(usb, "product_id", id);
	json_add_string(usb, "serial", info->usb_serial);
	json_add_string(usb, "manufacturer", info->usb_manufacturer);
	json_add_string(usb, "product", info->usb_product);
	return usb;
}

/* false: no memory. */
static bool note_free(struct port_rows *rows, struct json *row)
{
	const size_t count = rows->free_count + 1;
	struct port_use *uses = realloc(rows->free, count * sizeof(*uses));

	if (uses)
		rows->free = uses;
	struct json **free_rows = realloc(rows->free_rows, count * sizeof(struct json *));

	if (free_rows)
		rows->free_rows = free_rows;
	if (!uses || !free_rows)
		return false;
	uses[count - 1] = (struct port_use){ .path = json_string(json_get(row, "name")) };
	free_rows[count - 1] = row;
	rows->free_count = count;
	return true;
}

static void add_port(void *ctx, const struct port_info *info)
{
	struct port_rows *rows = ctx;
	struct json *row = json_object();
	const char *board = api_port_user(rows->boards, info->name, NULL);

	json_add_string(row, "name", info->name);
	json_add_string(row, "description", info->description);
	json_add_string(row, "stable_path", info->stable_path);
	json_add(row, "usb", usb_json(info));
	json_add_string(row, "board", board);
	if (board || !note_free(rows, row))
		json_add_string(row, "program", NULL);
	json_push(rows->list, row);
}

static void add_programs(struct port_rows *rows)
{
	port_holders(rows->free, rows->free_count);
	for (size_t i = 0; i < rows->free_count; i++) {
		const char *holder = rows->free[i].holder;

		json_add_string(rows->free_rows[i], "program", *holder ? holder : NULL);
	}
	free(rows->free);
	free(rows->free_rows);
}

void handle_ports(struct request *request)
{
	struct problem problem = { 0 };
	struct json *root = json_object();
	struct board_list *boards = bench_list(request->bench);
	struct port_rows rows = { .boards = boards, .list = json_array() };
	bool ok = port_list(add_port, &rows);

	for (char **port = request->bench->config->ports; *port; port++)
		add_port(&rows, &(struct port_info){ .name = *port, .usb_vid = -1, .usb_pid = -1 });
	add_programs(&rows);
	board_list_unref(boards);
	json_add(root, "ports", rows.list);
	if (ok) {
		reply_json(request, 200, root);
		return;
	}
	json_free(root);
	problem_set(&problem, "internal", "The system did not list its serial ports.");
	reply_problem(request, &problem);
}

void handle_operation(
	struct request *request, enum job_kind kind, const char *const *known, members_parse parse)
{
	struct board *board = api_board_or_reply(request);
	struct job_request what = { .kind = kind };
	struct problem problem = { 0 };

	if (!board)
		return;
	bool ok = query_u32(&request->target.query, "baud", &what.baud, NULL, &problem) &&
		api_members_only(request->json, known, &problem) &&
		(!parse || parse(request->json, &what, &problem));

	if (ok) {
		submit_job(request, board, &what);
		return;
	}
	job_request_release(&what);
	reply_problem(request, &problem);
}

void handle_identify(struct request *request)
{
	static const char *const known[] = { NULL };

	handle_operation(request, JOB_IDENTIFY, known, NULL);
}

void handle_doctor(struct request *request)
{
	static const char *const known[] = { NULL };

	handle_operation(request, JOB_DOCTOR, known, NULL);
}

static bool parse_probe(const struct json *body, struct job_request *what, struct problem *problem)
{
	return api_member_bool(body, "force", &what->force, problem);
}

void handle_probe(struct request *request)
{
	static const char *const known[] = { "force", NULL };

	handle_operation(request, JOB_PROBE, known, parse_probe);
}

static bool parse_sectors(
	const struct json *list, struct job_request *what, struct problem *problem)
{
	int64_t number = 0;

	if (json_type(list) != JSON_ARRAY)
		return problem_set(problem, "bad_parameter",
			"Sectors are a list of their numbers, such as [0,1].");
	what->sectors = calloc(CHIP_MAX_SECTORS, sizeof(*what->sectors));
	if (!what->sectors)
		return problem_set(problem, "no_memory", "There is no memory for the list.");
	for (const struct json *item = list ? json_first(list) : NULL; item;
		item = json_next(item)) {
		if (what->sector_count == CHIP_MAX_SECTORS ||
			!json_integer(item, 0, CHIP_MAX_SECTORS - 1, &number))
			return problem_set(problem, "bad_parameter",
				"The list holds what is no sector number from 0 to %u, or too "
				"many of them.",
				CHIP_MAX_SECTORS - 1);
		what->sectors[what->sector_count++] = (uint32_t)number;
	}
	return true;
}

static bool parse_erase(const struct json *body, struct job_request *what, struct problem *problem)
{
	const struct json *sectors = json_get(body, "sectors");

	if (!api_member_bool(body, "mass", &what->mass, problem) ||
		!api_member_u32(body, "address", &what->address, &what->has_address, problem) ||
		!api_member_u32(body, "length", &what->length, &what->has_length, problem))
		return false;
	if (what->has_address != what->has_length ||
		what->mass + (sectors != NULL) + what->has_address != 1)
		return problem_set(problem, "bad_parameter",
			"Say what to erase, in one way: {\"mass\":true}, {\"sectors\":[0,1]} or "
			"{\"address\":\"0x08000000\",\"length\":1024}.");
	if (what->has_length && !what->length)
		return problem_set(problem, "bad_parameter", "\"length\" is 0: nothing to erase.");
	if (sectors && json_type(sectors) == JSON_ARRAY && !json_first(sectors))
		return problem_set(problem, "bad_parameter",
			"\"sectors\" is empty: name at least one, such as [0,1].");
	return !sectors || parse_sectors(sectors, what, problem);
}

void handle_erase(struct request *request)
{
	static const char *const known[] = { "mass", "sectors", "address", "length", NULL };

	handle_operation(request, JOB_ERASE, known, parse_erase);
}

static bool parse_protection(
	const struct json *body, struct job_request *what, struct problem *problem)
{
	const struct json *sectors = json_get(body, "write");
	bool erases = false;

	what->has_readout = json_get(body, "readout") != NULL;
	if (!api_member_bool(body, "readout", &what->readout, problem) ||
		!api_member_bool(body, "erase_everything", &erases, problem))
		return false;
	if (what->has_readout + (sectors != NULL) != 1)
		return problem_set(problem, "bad_parameter",
			"Say one thing: {\"readout\":true}, {\"readout\":false,"
			"\"erase_everything\":true}, or the sectors to protect from writing, "
			"{\"write\":[0,1]}; {\"write\":[]} protects none.");
	if (what->has_readout && !what->readout && !erases)
		return problem_set(problem, "bad_parameter",
			"Taking readout protection off makes the part erase all of its flash. If "
			"that is meant, say \"erase_everything\":true too.");
	return !sectors || parse_sectors(sectors, what, problem);
}

void handle_protection(struct request *request)
{
	static const char *const known[] = { "readout", "erase_everything", "write", NULL };

	handle_operation(request, JOB_PROTECT, known, parse_protection);
}

static bool parse_go(const struct json *body, struct job_request *what, struct problem *problem)
{
	if (!api_member_bool(body, "force", &what->force, problem) ||
		!api_member_u32(body, "address", &what->address, &what->has_address, problem))
		return false;
	return what->has_address ||
		problem_set(problem, "bad_parameter",
			"Say where the program stands: {\"address\":\"0x08000000\"}.");
}

void handle_go(struct request *request)
{
	static const char *const known[] = { "address", "force", NULL };

	handle_operation(request, JOB_GO, known, parse_go);
}

static bool parse_reset(const struct json *body, struct job_request *what, struct problem *problem)
{
	static const char *const names[] = {
		[INTO_APPLICATION] = "application", [INTO_BOOTLOADER] = "bootloader"
	};
	const char *into = json_string(json_get(body, "into"));

	if (!api_member_bool(body, "force", &what->force, problem))
		return false;
	for (size_t i = 0; into && i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(into, names[i]))
			continue;
		what->into = (enum control_into)i;
		return true;
	}
	return problem_set(problem, "bad_parameter",
		"Say where to: {\"into\":\"application\"} or {\"into\":\"bootloader\"}.");
}

void handle_reset(struct request *request)
{
	static const char *const known[] = { "into", "force", NULL };

	handle_operation(request, JOB_RESET, known, parse_reset);
}

static bool parse_power(const struct json *body, struct job_request *what, struct problem *problem)
{
	const char *state = json_string(json_get(body, "state"));

	for (int i = 0; state && i < POWER_SWITCH_COUNT; i++) {
		what->power = (enum power_switch)i;
		if (!strcmp(state, power_switch_name(what->power)))
			return true;
	}
	return problem_set(problem, "bad_parameter",
		"Say {\"state\":\"off\"}, {\"state\":\"on\"} or {\"state\":\"cycle\"}.");
}

void handle_power(struct request *request)
{
	static const char *const known[] = { "state", NULL };
	struct board *board = api_board_or_reply(request);
	struct problem problem = { 0 };

	if (!board)
		return;
	if (board_has_power(board)) {
		handle_operation(request, JOB_POWER, known, parse_power);
		return;
	}
	problem_set(&problem, "unsupported",
		"Nothing switches this board's supply: see \"power\" in docs/configuration.md.");
	problem.board = board_id(board);
	reply_problem(request, &problem);
}
