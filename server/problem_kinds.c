/* SPDX-License-Identifier: MIT */
/* problem_kinds.c - the table of problems: slug, status, title, what it means (docs: api). */
#include "server/problem.h"

#include <assert.h>
#include <string.h>

static const struct problem_kind kinds[] = {
	/* the request itself */
	{ "bad_request", 400, "The request is malformed", false,
		"The request, or the JSON in its body, could not be read. The detail says what is "
		"wrong with it and where." },
	{ "empty_body", 400, "The body is empty", false,
		"A firmware image was expected in the body of the request, and there was none. "
		"With curl: --data-binary @FILE, or -T FILE." },
	{ "unauthorized", 401, "Credentials are needed", false,
		"This server has tokens configured, and the request carried none that it knows. "
		"Send Authorization: Bearer TOKEN, or log in on the page." },
	{ "forbidden", 403, "Not allowed with these credentials", false,
		"The token is good, but its role does not allow this. Roles, each including those "
		"before: view, console, flash, admin." },
	{ "cross_site", 403, "Refused: the request comes from another site", false,
		"A page of another site must not be able to change anything here. The browser "
		"said, by Origin or Sec-Fetch-Site, that the request comes from elsewhere. If a "
		"proxy stands in front, let it pass the Host header on, or name its host in "
		"allowed_hosts." },
	{ "not_found", 404, "No such thing", false,
		"There is nothing at this address. GET /api/ lists what there is." },
	{ "no_such_board", 404, "No such board", false,
		"No board of this id is configured. GET /api/v1/boards lists them." },
	{ "no_such_job", 404, "No such job", false,
		"No job of this id is known; the oldest jobs are forgotten. GET /api/v1/jobs lists "
		"them." },
	{ "no_such_firmware", 404, "No such firmware", false,
		"The shelf holds no firmware of this SHA-256; the oldest files are removed. Upload "
		"it again." },
	{ "never_identified", 404, "The board was never identified", false,
		"What part this board carries is not known until it has been identified once: POST "
		"/api/v1/boards/ID/identify, or flash it." },
	{ "method_not_allowed", 405, "This method is not for this address", false,
		"The Allow header names the methods that are." },
	/* the board's state */
	{ "board_busy", 409, "The board is busy with a job", true,
		"While a job runs, the serial port belongs to it: console input is not sent. Try "
		"again when the job has ended." },
	{ "board_absent", 409, "The board is not there", true,
		"The board's serial port is absent. It is opened by itself when it comes back." },
	{ "board_in_bootloader", 409, "The board is in its bootloader", false,
		"The bootloader was left running on purpose, and console input would disturb it. "
		"Reset the board into its application first." },
	{ "console_taken", 409, "Somebody else is typing to this board", true,
		"One types to a board's console at a time, and the detail says who does. Take over "
		"on the page, by take=true in a request or {\"type\":\"take\"} on a WebSocket, or "
		"wait: a turn ends when nothing was typed for a minute, or its viewer has gone. "
		"With console.writers \"any\" in the configuration everybody may." },
	{ "console_settings_refused", 422, "The port does not take this rate or frame", false,
		"The serial adapter or its driver refused, and the settings before are still in "
		"force. Adapters differ in the rates that they can make." },
	{ "quarantined", 409, "The content of the board is unsure", false,
		"An erase or write of this board was cut short, so what it would run is unsure. "
		"Flash it again or erase it whole, or add force=true if you know better." },
	{ "board_exists", 409, "There is such a board already", false,
		"Each board has an id of its own." },
	{ "port_taken", 409, "Another board has this serial port", false,
		"No two boards share a serial port. GET /api/v1/ports tells which board has "
		"which." },
	{ "configured_in_file", 409, "This board belongs to the configuration file", false,
		"Boards of the configuration file or the command line are changed there; benchd "
		"reads it when it starts. Boards that were added by a request are changed by "
		"one." },
	{ "configuration_only", 403, "Only the configuration file may say this", false,
		"A request may not name programs to run (control \"command\", power), nor a port "
		"that "
		"is no serial port of this machine: who may send requests is not who owns the "
		"machine. GET /api/v1/ports lists the ports; the member \"ports\" of the "
		"configuration adds others." },
	{ "bad_settings", 422, "These are no settings of a board", false,
		"Each error is told with the path of what it is about, and stands in \"errors\" "
		"with a "
		"JSON pointer into what was sent. The members are those of a board in the "
		"configuration file, but its id." },
	{ "too_many_boards", 409, "There are too many boards", false,
		"This server takes no more boards. Remove one that is not needed." },
	{ "board_has_jobs", 409, "The board has jobs", true,
		"A board is taken away only when none of its jobs runs or waits. Cancel them "
		"(DELETE /api/v1/jobs/ID), or wait." },
	{ "job_final", 409, "The job has already ended", false,
		"A job that has ended cannot be cancelled." },
	{ "job_not_ended", 409, "The job has not ended", true,
		"A job has a report when it has ended. GET /api/v1/jobs/ID/events follows it until "
		"then." },
	{ "cancelled", 409, "The job was cancelled", true,
		"Somebody cancelled the job. If it had begun to erase or write, the board is "
		"marked: flash it again." },
	{ "wrong_chip", 409, "Another chip is connected", false,
		"The configuration says which chip this board carries (expect_unique_id), and this "
		"is not it. Nothing was changed. Check the cabling, or correct the "
		"configuration." },
	{ "readout_protected", 409, "The part is read-protected", false,
		"Its memory can neither be read nor written until the protection is removed, which "
		"erases the whole part: PUT {\"readout\":false,\"erase_everything\":true} to the "
		"board's …/protection." },
	{ "write_protected", 409, "The part is write-protected", false,
		"Some sectors are protected against erasing and writing; the address is the first "
		"one's. Nothing was erased where the part's option bytes tell of it. PUT "
		"{\"write\":[]} to the board's …/protection removes it, which costs nothing of the "
		"content." },
	{ "protection_unchanged", 502, "The protection is as it was", false,
		"The bootloader confirmed the change, but after the restart the part is as it was. "
		"Some "
		"parts show it only after their power was off and on." },
	{ "option_bytes_unchanged", 502, "The option bytes are not what was written", false,
		"The bootloader took the write, but after the restart the option bytes read "
		"otherwise. Some parts force or ignore bits; read them anew and compare." },
	{ "irreversible", 422, "It could never be taken back", false,
		"Readout level 2 and boot locks end every way back into the bootloader, for ever. "
		"No request can ask for them here." },
	{ "unconfirmed", 422, "The request lacks words for what it would do", false,
		"The change would protect or erase the part, or could put its bootloader out of "
		"reach. The detail names the member that says that this is meant. Nothing was "
		"written." },
	{ "never_read", 404, "The option bytes were never read", false,
		"They are read when the board is identified, where the part keeps them in memory, "
		"and by POST /api/v1/boards/ID/option-bytes." },
	/* the body */
	{ "too_large", 413, "The body is too large", false,
		"The limit is limits.upload_bytes in the configuration." },
	{ "not_an_image", 415, "Not a firmware image", false,
		"The file is not of a format that can be flashed: raw binary, Intel HEX, S-record, "
		"ELF or DfuSe. Perhaps it is the web page of a download, or an archive to be "
		"unpacked first." },
	{ "unsupported_encoding", 415, "The body is encoded", false,
		"Send the file as it is, without Content-Encoding. With curl: --data-binary "
		"@FILE." },
	{ "form_body", 415, "The body is a form, not a file", false,
		"A form wraps or alters the file. With curl, use --data-binary @FILE or -T FILE in "
		"place of --data or --form." },
	{ "wrong_host", 421, "This host name is not answered here", false,
		"The Host header names neither this machine's loopback, nor a listen address, nor "
		"one of allowed_hosts in the configuration. This keeps foreign pages from reaching "
		"the server by a name of theirs." },
	{ "unknown_parameter", 422, "Unknown parameter", false,
		"A parameter or member is not known for this request. Nothing was done: a typing "
		"error must not flash a board." },
	{ "bad_parameter", 422, "A parameter has a bad value", false,
		"The detail names the parameter and the values that it takes." },
	/* the image against the part */
	{ "bad_image", 422, "The image cannot be trusted", false,
		"The format was recognised, but its content is damaged: a checksum, a missing end, "
		"records that contradict each other. Build or download it again. Nothing was "
		"erased." },
	{ "empty_image", 422, "The image holds nothing to program", false,
		"There is not one byte in it that belongs into the part's flash." },
	{ "image_too_large", 422, "The image is larger than any part", false,
		"It holds more bytes, or more pieces, than any STM32 has room for. Nothing was "
		"erased." },
	{ "out_of_range", 422, "It does not fit the part's memory", false,
		"A byte lies outside the part's memory. Perhaps it was built for another part, or "
		"a raw binary needs another address. Nothing was erased." },
	{ "misaligned", 422, "The address cannot be programmed", false,
		"The part's flash is written in whole units, and this would tear one. Let the "
		"sectors be erased, or align the image." },
	{ "not_an_application", 422, "The image does not look like a program for this part", false,
		"It does not start with a stack pointer into RAM and a reset vector into itself. "
		"If it is not meant to be started (data, an image for a boot loader of your own), "
		"add force=true." },
	{ "unknown_part", 422, "The part is not known", false,
		"The bootloader gave a product id that is not in the table, so its sectors are not "
		"known. If it is like a known one, say which: as=0x410. Nothing was erased." },
	{ "unsupported", 422, "Not possible with this board", false,
		"The part's bootloader, or the way this board's reset is wired, lacks what is "
		"needed." },
	{ "upgrade_required", 426, "This address speaks WebSocket", false,
		"It answers only a WebSocket upgrade, version 13, with the subprotocol "
		"benchd.v1." },
	/* too many */
	{ "too_many_requests", 429, "Too many requests", true, "Try again a little later." },
	{ "queue_full", 429, "The board's queue is full", true,
		"As many jobs wait for this board as limits.queue allows. Try again when some have "
		"ended." },
	{ "input_full", 429, "Too much console input waits", true,
		"The board takes its input at the speed of its serial line, and the buffer before "
		"it is full. Send less at a time." },
	/* the house */
	{ "internal", 500, "Something went wrong inside the server", false,
		"This is a fault of the server. Its log says more; please report it." },
	{ "store_failed", 500, "The store could not be written", true,
		"The disk or the database failed, perhaps for want of space, so the job was not "
		"accepted or its outcome not kept. The log says how." },
	{ "no_memory", 503, "Out of memory", true,
		"The server could not get the memory it needed." },
	{ "too_many_viewers", 503, "Too many viewers", true,
		"As many WebSockets are open as limits.viewers allows." },
	{ "stopping", 503, "The server is stopping", true,
		"It accepts nothing new and ends what runs. Try again when it has been "
		"restarted." },
	{ "interrupted", 503, "The server stopped while the job ran", true,
		"The job was cut short. If it had begun to erase or write, the board is marked: "
		"flash it again." },
	{ "port_absent", 503, "The board's serial port is absent", true,
		"The device file is not there: the adapter is unplugged, or named differently. It "
		"is opened by itself when it comes back." },
	{ "port_busy", 503, "The board's serial port is in use", true,
		"Another program holds the port. Close it; the port is opened by itself "
		"afterwards." },
	{ "control_failed", 503, "What restarts the board failed", true,
		"Reset and BOOT0 of this board are driven by a GPIO chip or a program, and that "
		"failed. The detail says how; docs/wiring.md says what each kind needs." },
	{ "power_unchanged", 502, "The power did not go or come", true,
		"The power command ended well, but the board went on answering after it was "
		"switched off, or did not answer after it was switched on. A board that stays "
		"alive is often fed through the serial adapter's pins or a debug probe." },
	{ "port_failed", 503, "The board's serial port failed", true,
		"The system reported an error of the port: a bad cable, a failing adapter, or "
		"missing permission." },
	/* the board's answers */
	{ "bad_reply", 502, "The board answered wrongly", true,
		"Bytes came, but not those of the bootloader's protocol: a wrong baud rate, a "
		"missing parity bit, noise, or an application that still runs." },
	{ "nack", 502, "The bootloader refused a command", true,
		"It answered NACK to a command, an address or data." },
	{ "verify_failed", 502, "The content of the part differs from the image", true,
		"What was read back is not what was written. A failing flash, an unstable supply, "
		"or sectors that were not erased." },
	{ "test_failed", 424, "The test failed", false,
		"The firmware was flashed and runs; what it said is what the request names as a "
		"failure, or its test framework counts failed tests. The job's result and report "
		"say which." },
	{ "expect_timeout", 504, "What was expected did not come in time", false,
		"The firmware was started, and until the timeout neither what was expected nor a "
		"failure stood in its output: it hangs, it is slower than thought, or the pattern "
		"does not fit. The job's result has the last lines. The part's content is good." },
	{ "pattern_too_hard", 422, "The pattern takes too long to look for", false,
		"A regular expression with nested repeats can take more time than there is. Write "
		"it so that each part can match in one way only: [a-z]+ in place of ([a-z]+)+." },
	{ "bad_pattern", 422, "That is no regular expression", false,
		"Patterns are Perl's (PCRE2), of up to 1024 bytes and 31 groups. In an address a "
		"plus is written %2B; curl does that with --data-urlencode." },
	{ "group_failed", 502, "Not all boards of the group are done", false,
		"One image was sent to many boards, and at least one was not flashed or did not "
		"pass. The detail names each and why; jobs has what became of every board, refused "
		"those that did not take the job. The others are done: flash those that failed "
		"again." },
	{ "start_failed", 502, "The firmware could not be started", true,
		"The content of the part is good and verified, but starting it failed. Reset the "
		"board by hand." },
	{ "bootloader_not_entered", 504, "The firmware did not enter the bootloader", true,
		"This board has no reset line: its firmware is asked, by what control.send says, "
		"to jump to the ROM by itself. It was asked, and the ROM did not answer." },
	{ "no_answer", 504, "The board did not answer", true,
		"Nothing came back from the bootloader. Is the board powered, are TX and RX "
		"crossed, does BOOT0 select the bootloader, was the board reset, is this the right "
		"UART of the part? The wiring guide goes through them." },
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

const struct problem_kind *problem_kind_at(size_t i)
{
	return i < KINDS ? &kinds[i] : NULL;
}

const struct problem_kind *problem_kind(const char *code)
{
	for (size_t i = 0; i < KINDS; i++)
		if (!strcmp(kinds[i].code, code))
			return &kinds[i];
	assert(!"a problem code that is not in the table");
	return &kinds[0];
}
