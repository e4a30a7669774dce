/* SPDX-License-Identifier: MIT */
/* api_firmware.c - images: flash, verify, and the shelf that they are kept on. */
#include "server/api.h"
#include "server/api_expect.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define BAUD_MIN 1200u
#define BAUD_MAX 4000000u
#define SHELF_LIST 100
#define FORM_MIN 256 /* shorter bodies may well hold no 00, 0A or 0D */

#define FLASH_KNOWN                                                                                \
	"address", "format", "erase", "keep_neighbours", "write", "verify", "outside", "run",      \
		"baud", "burst", "force", "dry_run", "firmware", "name", "as", "flash_bytes",      \
		"on_disconnect", "expect", "fail", "results", "timeout"
static const char *const flash_known[] = { FLASH_KNOWN, NULL };
static const char *const group_known[] = { "boards", "tag", FLASH_KNOWN, NULL };
static const char *const verify_known[] = { "address", "format", "outside", "baud", "burst",
	"firmware", "name", "as", "flash_bytes", "on_disconnect", NULL };

static const char *const format_names[] = { [FORMAT_AUTO] = "auto",
	[FORMAT_BIN] = "bin",
	[FORMAT_HEX] = "hex",
	[FORMAT_SREC] = "srec",
	[FORMAT_ELF] = "elf",
	[FORMAT_DFUSE] = "dfuse",
	NULL };
static const char *const erase_names[] = {
	[PLAN_ERASE_NEEDED] = "needed", [PLAN_ERASE_MASS] = "mass", [PLAN_ERASE_NONE] = "none", NULL
};
static const char *const verify_names[] = { [PLAN_VERIFY_AUTO] = "auto",
	[PLAN_VERIFY_CRC] = "crc",
	[PLAN_VERIFY_READ] = "read",
	[PLAN_VERIFY_NONE] = "none",
	NULL };
static const char *const write_names[] = {
	[PLAN_WRITE_AUTO] = "auto", [PLAN_WRITE_CHANGED] = "changed", [PLAN_WRITE_ALL] = "all", NULL
};
static const char *const outside_names[] = { "refuse", "skip", NULL };
static const char *const on_disconnect_names[] = { "continue", "cancel", NULL };

static bool parse_choices(
	const struct query *query, struct job_request *what, struct problem *problem)
{
	int format = FORMAT_AUTO, erase = PLAN_ERASE_NEEDED, verify = PLAN_VERIFY_AUTO, outside = 0;
	int blocks = PLAN_WRITE_AUTO, on_disconnect = 0;

	if (!query_choice(query, "format", format_names, &format, problem) ||
		!query_choice(query, "erase", erase_names, &erase, problem) ||
		!query_choice(query, "verify", verify_names, &verify, problem) ||
		!query_choice(query, "write", write_names, &blocks, problem) ||
		!query_choice(query, "outside", outside_names, &outside, problem) ||
		!query_choice(query, "on_disconnect", on_disconnect_names, &on_disconnect, problem))
		return false;
	what->format = (enum image_format)format;
	what->erase = (enum plan_erase)erase;
	what->verify = (enum plan_verify)verify;
	what->write = (enum plan_write)blocks;
	what->skip_outside = outside == 1;
	return true;
}

static bool parse_flags(
	const struct query *query, struct job_request *what, struct problem *problem)
{
	what->run = what->kind == JOB_FLASH;
	what->has_burst = query_get(query, "burst") != NULL;
	if (!query_bool(query, "run", &what->run, problem) ||
		!query_bool(query, "keep_neighbours", &what->keep_neighbours, problem) ||
		!query_bool(query, "force", &what->force, problem) ||
		!query_bool(query, "burst", &what->burst, problem) ||
		!query_bool(query, "dry_run", &what->dry_run, problem))
		return false;
	return !what->keep_neighbours || what->erase != PLAN_ERASE_MASS ||
		problem_set(problem, "bad_parameter",
			"keep_neighbours=true keeps what stands beside the image, erase=mass "
			"erases it. Say one of them.");
}

static bool parse_name(const struct query *query, struct job_request *what, struct problem *problem)
{
	const char *name = query_get(query, "name");
	const char *slash = name ? strrchr(name, '/') : NULL;

	if (!name)
		return true;
	if (slash)
		name = slash + 1;
	if (strlen(name) >= sizeof(what->name))
		return problem_set(problem, "bad_parameter", "name has more than %zu bytes.",
			sizeof(what->name) - 1);
	strcpy(what->name, name);
	return true;
}

static bool parse_shelf(
	const struct request *request, struct job_request *what, struct problem *problem)
{
	const char *sha256 = query_get(&request->target.query, "firmware");

	if (!sha256)
		return true;
	if (!sha256_is_hex(sha256))
		return problem_set(problem, "bad_parameter",
			"firmware=%.70s is no SHA-256 in 64 lower-case hex digits.", sha256);
	if (!shelf_has(request->bench->shelf, sha256))
		return problem_set(problem, "no_such_firmware",
			"The shelf holds no firmware %s. Send the file in the body.", sha256);
	strcpy(what->sha256, sha256);
	return true;
}

static bool parse_numbers(
	const struct query *query, struct job_request *what, struct problem *problem)
{
	bool has_baud;

	if (!query_u32(query, "address", &what->address, &what->has_address, problem) ||
		!query_u32(query, "baud", &what->baud, &has_baud, problem) ||
		!query_u32(query, "as", &what->as_product_id, NULL, problem) ||
		!query_u32(query, "flash_bytes", &what->flash_bytes, NULL, problem))
		return false;
	if (has_baud && (what->baud < BAUD_MIN || what->baud > BAUD_MAX))
		return problem_set(
			problem, "bad_parameter", "baud is from %u to %u.", BAUD_MIN, BAUD_MAX);
	if (what->has_address && what->format != FORMAT_AUTO && what->format != FORMAT_BIN)
		return problem_set(problem, "bad_parameter",
			"address says where a raw binary goes; format=%s carries its own "
			"addresses.",
			format_names[what->format]);
	return true;
}

static bool parse_image(struct request *request, enum job_kind kind, const char *const *known,
	struct job_request *what, struct problem *problem)
{
	const struct query *query = &request->target.query;

	*what = (struct job_request){ .kind = kind };
	return query_only(query, known, problem) && parse_choices(query, what, problem) &&
		parse_flags(query, what, problem) && parse_numbers(query, what, problem) &&
		parse_name(query, what, problem) && parse_shelf(request, what, problem) &&
		(kind != JOB_FLASH || expect_parse_query(query, what, problem));
}

static bool check_image(struct request *request, enum job_kind kind, const char *const *known,
	struct problem *problem)
{
	struct job_request what = { 0 };
	const bool is_good =
		api_board(request, problem) && parse_image(request, kind, known, &what, problem);

	job_request_release(&what);
	return is_good;
}

bool check_flash(struct request *request, struct problem *problem)
{
	return check_image(request, JOB_FLASH, flash_known, problem);
}

bool group_flash_parse(struct request *request, struct job_request *what, struct problem *problem)
{
	return parse_image(request, JOB_FLASH, group_known, what, problem);
}

bool check_verify(struct request *request, struct problem *problem)
{
	return check_image(request, JOB_VERIFY, verify_known, problem);
}

/* curl --data takes 00, 0A and 0D out of a file: a raw image without any of them was damaged. */
static bool is_damaged_form(const struct request *request)
{
	const char *type = request_header(request, "Content-Type");
	static const char form[] = "application/x-www-form-urlencoded";

	return type && !strncasecmp(type, form, sizeof(form) - 1) &&
		upload_bytes(request->upload) > FORM_MIN &&
		!upload_has_line_or_nul(request->upload) &&
		image_detect(upload_head(request->upload)) == FORMAT_BIN;
}

bool flash_shelve(struct request *request, struct job_request *what, struct problem *problem)
{
	struct upload *upload = request->upload;

	if (upload && what->sha256[0])
		return problem_set(problem, "bad_parameter",
			"There is both a body and firmware=. Send one of them.");
	if (what->sha256[0])
		return true;
	if (!upload)
		return problem_set(problem, "empty_body",
			"The body is empty, and there is no firmware=SHA256. Send the image: curl "
			"--data-binary @FILE URL, or curl -T FILE URL");
	if (is_damaged_form(request))
		return problem_set(problem, "form_body",
			"The body came as a form and holds no line end or zero byte: curl --data "
			"has taken them out. Use: curl --data-binary @FILE URL");
	request->upload = NULL;
	return upload_finish(upload, what->name[0] ? what->name : NULL, what->sha256) ||
		problem_set(problem, "store_failed",
			"The image could not be kept on the shelf. The log of benchd says why.");
}

static void handle_image(struct request *request, enum job_kind kind, const char *const *known)
{
	struct problem problem = { 0 };
	struct job_request what = { 0 };
	struct board *board = api_board(request, &problem);

	if (board && parse_image(request, kind, known, &what, &problem) &&
		flash_shelve(request, &what, &problem))
		submit_job(request, board, &what);
	else
		reply_problem(request, &problem);
	job_request_release(&what);
}

void handle_flash(struct request *request)
{
	handle_image(request, JOB_FLASH, flash_known);
}

void handle_verify(struct request *request)
{
	handle_image(request, JOB_VERIFY, verify_known);
}

static void add_firmware(void *ctx, const struct firmware_record *record)
{
	struct json *item = json_object();

	json_add_string(item, "sha256", record->sha256);
	json_add_string(item, "name", record->name);
	json_add_integer(item, "bytes", (int64_t)record->bytes);
	json_add_time(item, "added", record->added);
	json_add_time(item, "used", record->used);
	json_push(ctx, item);
}

void handle_firmware(struct request *request)
{
	struct problem problem = { 0 };
	struct json *root = json_object(), *list = json_array();
	bool ok = store_firmware_list(request->bench->store, SHELF_LIST, add_firmware, list);

	json_add(root, "firmware", list);
	if (ok) {
		reply_json(request, 200, root);
		return;
	}
	json_free(root);
	problem_set(&problem, "store_failed", "The shelf's list could not be read from the store.");
	reply_problem(request, &problem);
}
