/* SPDX-License-Identifier: MIT */
/* api.c - the table of routes, and helpers of the handlers. */
#include "server/api.h"

#include <string.h>

#define BOARD "/api/v1/boards/:id"
#define JOB "/api/v1/jobs/:job"

static const struct route routes[] = {
	{ METHOD_GET, "/api/v1/boards", ROLE_VIEW, BODY_NONE, api_check_none, handle_boards,
		"all boards" },
	{ METHOD_GET, BOARD, ROLE_VIEW, BODY_NONE, check_board, handle_board, "one board" },
	{ METHOD_PUT, BOARD, ROLE_ADMIN, BODY_JSON, api_check_none, handle_board_put,
		"add a board, or change one that was added so: the members of a board in the "
		"configuration" },
	{ METHOD_DELETE, BOARD, ROLE_ADMIN, BODY_NONE, check_board, handle_board_delete,
		"take a board away that was added by a request" },
	{ METHOD_GET, BOARD "/settings", ROLE_VIEW, BODY_NONE, check_board, handle_board_settings,
		"the settings of a board that was added by a request, as PUT takes them" },
	{ METHOD_GET, BOARD "/device", ROLE_VIEW, BODY_NONE, check_board, handle_device,
		"the part as last identified" },
	{ METHOD_GET, "/api/v1/ports", ROLE_VIEW, BODY_NONE, api_check_none, handle_ports,
		"the serial ports of this machine" },
	{ METHOD_POST, BOARD "/identify", ROLE_FLASH, BODY_JSON, check_job, handle_identify,
		"ask the bootloader what part this is" },
	{ METHOD_POST, BOARD "/doctor", ROLE_FLASH, BODY_JSON, check_job, handle_doctor,
		"find out what is wrong with the connection, and what to try" },
	{ METHOD_POST, BOARD "/probe", ROLE_FLASH, BODY_JSON, check_job, handle_probe,
		"find out which of DTR and RTS resets the board, and which is its BOOT0" },
	{ METHOD_POST, BOARD "/flash", ROLE_FLASH, BODY_UPLOAD, check_flash, handle_flash,
		"erase, write, verify and start the image in the body, or firmware=SHA256 of the "
		"shelf" },
	{ METHOD_PUT, BOARD "/flash", ROLE_FLASH, BODY_UPLOAD, check_flash, handle_flash,
		"the same, for curl -T" },
	{ METHOD_POST, "/api/v1/flash", ROLE_FLASH, BODY_UPLOAD, check_group, handle_group,
		"flash many boards at once with one image: boards=one,two and tag=TAG" },
	{ METHOD_PUT, "/api/v1/flash", ROLE_FLASH, BODY_UPLOAD, check_group, handle_group,
		"the same, for curl -T" },
	{ METHOD_POST, BOARD "/verify", ROLE_FLASH, BODY_UPLOAD, check_verify, handle_verify,
		"compare an image with the part" },
	{ METHOD_PUT, BOARD "/verify", ROLE_FLASH, BODY_UPLOAD, check_verify, handle_verify,
		"the same, for curl -T" },
	{ METHOD_POST, BOARD "/erase", ROLE_FLASH, BODY_JSON, check_job, handle_erase,
		"{\"mass\":true}, {\"sectors\":[0,1]} or {\"address\":…,\"length\":…}" },
	{ METHOD_PUT, BOARD "/protection", ROLE_FLASH, BODY_JSON, check_job, handle_protection,
		"{\"readout\":true}, {\"readout\":false,\"erase_everything\":true} or "
		"{\"write\":[0,1]}" },
	{ METHOD_GET, BOARD "/option-bytes", ROLE_VIEW, BODY_NONE, check_board, handle_options_get,
		"the part's option bytes as last read" },
	{ METHOD_POST, BOARD "/option-bytes", ROLE_FLASH, BODY_JSON, check_job, handle_options_post,
		"read them anew" },
	{ METHOD_PUT, BOARD "/option-bytes", ROLE_FLASH, BODY_JSON, check_job, handle_options_put,
		"{\"fields\":{\"nRST_STOP\":0}} or {\"bytes\":\"…\"}; dry_run, and words for what "
		"costs something" },
	{ METHOD_POST, BOARD "/read", ROLE_FLASH, BODY_JSON, check_read, handle_read,
		"read memory out; address=, length=, format=bin/hex/srec" },
	{ METHOD_POST, BOARD "/go", ROLE_FLASH, BODY_JSON, check_job, handle_go,
		"{\"address\":…}: start a program there" },
	{ METHOD_POST, BOARD "/reset", ROLE_FLASH, BODY_JSON, check_job, handle_reset,
		"{\"into\":\"application\"} or {\"into\":\"bootloader\"}" },
	{ METHOD_POST, BOARD "/power", ROLE_FLASH, BODY_JSON, check_board, handle_power,
		"{\"state\":\"off\"}, \"on\" or \"cycle\": the supply, where a command switches "
		"it" },
	{ METHOD_GET, BOARD "/console", ROLE_VIEW, BODY_NONE, check_console, handle_console_get,
		"what the board printed; from=, to=, follow=true, "
		"view=raw/stamped/text/hex/csv/ndjson, stream=" },
	{ METHOD_GET, BOARD "/console/search", ROLE_VIEW, BODY_NONE, NULL, handle_console_search,
		"lines that match pattern=; from=, to=, limit=, ignore_case=, stream=" },
	{ METHOD_GET, BOARD "/console/streams", ROLE_VIEW, BODY_NONE, check_board,
		handle_console_streams, "the console's past: a stream for each start of benchd" },
	{ METHOD_POST, BOARD "/console", ROLE_CONSOLE, BODY_RAW, check_typing, handle_console_post,
		"send the body's bytes to the board; take=true: also while it is another's turn" },
	{ METHOD_POST, BOARD "/console/break", ROLE_CONSOLE, BODY_NONE, check_typing,
		handle_console_break, "hold the line low for a quarter of a second" },
	{ METHOD_PUT, BOARD "/console/settings", ROLE_CONSOLE, BODY_JSON, check_board,
		handle_console_settings, "{\"baud\":9600,\"frame\":\"8N1\"}, while it runs" },
	{ METHOD_POST, BOARD "/expect", ROLE_CONSOLE, BODY_JSON, check_job, handle_expect,
		"{\"pattern\":…} or {\"results\":\"auto\"}: wait for what the application says" },
	{ METHOD_GET, "/api/v1/firmware", ROLE_VIEW, BODY_NONE, api_check_none, handle_firmware,
		"the shelf of firmware" },
	{ METHOD_GET, "/api/v1/jobs", ROLE_VIEW, BODY_NONE, NULL, handle_jobs,
		"jobs, newest first; board=, state=, limit=" },
	{ METHOD_GET, JOB, ROLE_VIEW, BODY_NONE, api_check_none, handle_job, "one job" },
	{ METHOD_DELETE, JOB, ROLE_FLASH, BODY_NONE, api_check_none, handle_job_cancel,
		"cancel it" },
	{ METHOD_GET, JOB "/events", ROLE_VIEW, BODY_NONE, api_check_none, handle_job_events,
		"its events from the start, then live (NDJSON)" },
	{ METHOD_GET, JOB "/report", ROLE_VIEW, BODY_NONE, NULL, handle_job_report,
		"a job that ended as a test report; format=junit/json" },
	{ METHOD_GET, "/api/v1/session", ROLE_NONE, BODY_NONE, api_check_none, handle_session_get,
		"who this is, and whether credentials are needed" },
	{ METHOD_POST, "/api/v1/session", ROLE_NONE, BODY_JSON, api_check_none, handle_session_post,
		"{\"token\":…}: log in, by a cookie" },
	{ METHOD_DELETE, "/api/v1/session", ROLE_NONE, BODY_NONE, api_check_none,
		handle_session_delete, "log out" },
	{ METHOD_GET, "/api/openapi.json", ROLE_NONE, BODY_NONE, api_check_none, handle_openapi,
		"this interface as OpenAPI 3.1" },
	{ METHOD_GET, "/api/", ROLE_NONE, BODY_NONE, api_check_none, handle_reference,
		"this page" },
	{ METHOD_GET, "/problems/:slug", ROLE_NONE, BODY_NONE, api_check_none, handle_problem_page,
		"what an error means" },
	{ METHOD_GET, "/healthz", ROLE_NONE, BODY_NONE, api_check_none, handle_health, "alive" },
};
#define ROUTES (sizeof(routes) / sizeof(*routes))

/* The page's files, at any address that is none of the above. */
static const struct route asset_route = { METHOD_GET, "", ROLE_NONE, BODY_NONE, NULL, handle_asset,
	"the page" };

/* Wrong addresses that people arrive at, and the one they meant (%s: the captured segment). */
static const struct {
	const char *pattern, *meant, *reason;
} hints[] = {
	{ BOARD "/flash/:name", "/api/v1/boards/%s/flash",
		"curl -T FILE appends the file's name to an address that ends in \"/\"" },
	{ BOARD "/flash/", "/api/v1/boards/%s/flash", "There is no slash at its end" },
	{ BOARD "/verify/:name", "/api/v1/boards/%s/verify",
		"curl -T FILE appends the file's name to an address that ends in \"/\"" },
	{ BOARD "/verify/", "/api/v1/boards/%s/verify", "There is no slash at its end" },
	{ "/api/v1/flash/", "/api/v1/flash", "There is no slash at its end" },
	{ "/api", "/api/", "The reference has a slash at its end" },
	{ "/api/v1/boards/", "/api/v1/boards", "There is no slash at its end" },
	{ "/api/v1/jobs/", "/api/v1/jobs", "There is no slash at its end" },
	{ "/ws/v1/boards", "/ws/v1/events", "A board's own WebSocket is /ws/v1/boards/ID" },
};

/* What stands before and behind the captured segment is our own text. */
static void say_meant(
	const char *meant, const char *reason, const char *captured, struct problem *problem)
{
	const char *gap = strstr(meant, "%s");
	int before = gap ? (int)(gap - meant) : (int)strlen(meant);

	problem_set(problem, "not_found", "There is nothing at this address. %s: use %.*s%s%s.",
		reason, before, meant, gap ? captured : "", gap ? gap + 2 : "");
}

const struct route *api_route_at(size_t i)
{
	return i < ROUTES ? &routes[i] : NULL;
}

static bool is_page(enum method method, const char *path)
{
	return method == METHOD_GET && asset_find(path + 1);
}

const struct route *api_route(enum method method, const char *path, struct captures *captures,
	char allow_memory[ALLOW_TEXT], struct problem *problem)
{
	const struct route *route =
		route_find(routes, ROUTES, method, path, captures, allow_memory, problem);

	if (route || problem->allow)
		return route;
	if (is_page(method, path))
		return &asset_route;
	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (route_fits(hints[i].pattern, path, captures))
			say_meant(hints[i].meant, hints[i].reason, captures->text[0], problem);
	return NULL;
}

struct board *api_board(struct request *request, struct problem *problem)
{
	const char *id = request->captures.text[0];

	if (!request->board)
		request->board = bench_find(request->bench, id);
	if (!request->board)
		problem_set(problem, "no_such_board",
			"There is no board \"%.40s\". GET /api/v1/boards lists them.", id);
	return request->board;
}

struct board *api_board_or_reply(struct request *request)
{
	struct problem problem = { 0 };
	struct board *board = api_board(request, &problem);

	if (!board)
		reply_problem(request, &problem);
	return board;
}

bool api_check_none(struct request *request, struct problem *problem)
{
	static const char *const known[] = { NULL };

	return query_only(&request->target.query, known, problem);
}

bool check_board(struct request *request, struct problem *problem)
{
	return api_board(request, problem) && api_check_none(request, problem);
}

bool api_member_u32(const struct json *body, const char *name, uint32_t *value, bool *given,
	struct problem *problem)
{
	const struct json *node = json_get(body, name);
	const char *text = json_string(node);
	int64_t number = 0;
	uint64_t wide = 0;

	*given = node;
	if (!node)
		return true;
	if (json_integer(node, 0, UINT32_MAX, &number))
		wide = (uint64_t)number;
	else if (!text || !number_parse(text, UINT32_MAX, &wide))
		return problem_set(problem, "bad_parameter",
			"\"%s\" is no whole number from 0 to 4294967295. Write it decimal, or as "
			"\"0x…\".",
			name);
	*value = (uint32_t)wide;
	return true;
}

bool api_member_bool(
	const struct json *body, const char *name, bool *value, struct problem *problem)
{
	const struct json *node = json_get(body, name);

	if (!node || json_bool(node, value))
		return true;
	return problem_set(problem, "bad_parameter", "\"%s\" is neither true nor false.", name);
}

bool api_members_only(const struct json *body, const char *const *known, struct problem *problem)
{
	char list[256] = "";

	for (const char *const *name = known; *name; name++) {
		strcat(list, *list ? ", " : "");
		strcat(list, *name);
	}
	for (const struct json *node = json_first(body); node; node = json_next(node)) {
		const char *const *name = known;

		while (*name && strcmp(*name, json_key(node)))
			name++;
		if (!*name)
			return problem_set(problem, "unknown_parameter",
				"\"%.64s\" is no member of this call. It knows: %s. Nothing was "
				"done.",
				json_key(node), *list ? list : "none");
	}
	return true;
}
