/* SPDX-License-Identifier: MIT */
/* doctor_words.c - the doctor's verdicts in words; docs/wiring.md has their titles (a test looks).
 */
#include "server/doctor_words.h"

#include <assert.h>

static const struct doctor_words words[] = {
	[DOCTOR_FINE] = { "All is well",
		"The bootloader was entered, answered, and told who it is; nothing protects it.",
		{ "Flash it." } },
	[DOCTOR_IN_SYNC] = { "The bootloader was running already, and answers",
		"7F was answered by NACK, as by a ROM that is in step. Nothing restarts this board "
		"but a person.",
		{ "Go on: jobs use it as it is.",
			"To run the application, set BOOT0 back and press reset." } },
	[DOCTOR_SLOW_ADAPTER] = { "It works, but the adapter holds each answer back",
		"The time from our last byte to the answer is an adapter's timer, not the board's.",
		{ "Set the adapter's latency timer to 1 ms: docs/99-benchd.rules does it for FTDI "
		  "chips.",
			"Plug the adapter in directly, not through a hub." } },
	[DOCTOR_WRITE_PROTECTED] = { "It works, and some of its flash is write-protected",
		"The option bytes say so. A flash that touches these sectors will be refused.",
		{ "PUT {\"write\":[]} to the board's …/protection takes the protection off; it "
		  "erases nothing." } },
	[DOCTOR_READ_PROTECTED] = { "It works, and the part is read-protected",
		"The bootloader tells who it is and refuses all else.",
		{ "PUT {\"readout\":false,\"erase_everything\":true} to …/protection takes it off; "
		  "the whole flash is erased by that." } },
	[DOCTOR_NO_PORT] = { "There is no such port",
		"The name leads to no serial port of this machine.",
		{ "Plug the adapter in.",
			"Look at GET /api/v1/ports for its name; a name of /dev/serial/by-id stays "
			"when others are plugged in.",
			"In a container or a virtual machine, pass the device through." } },
	[DOCTOR_PORT_BUSY] = { "Another program has the port",
		"The port is locked by somebody else.",
		{ "Close that program; benchd opens the port by itself.",
			"ModemManager and brltty take ports unasked: docs/99-benchd.rules keeps "
			"them off." } },
	[DOCTOR_NO_PERMISSION] = { "benchd may not open the port",
		"The system refuses it to the user that benchd runs as.",
		{ "Add that user to the group of the device, and start benchd again." } },
	[DOCTOR_PORT_GONE] = { "The port vanished while it was looked at",
		"The adapter was unplugged, or lost its power or its connection.",
		{ "Try another cable, then another socket; no hub.",
			"Does the board draw more than the socket gives? Feed it by itself." } },
	[DOCTOR_PORT_FAILED] = { "The port can't be used",
		"It is there, and opening it or setting it up failed.",
		{ "Is it a serial port? See GET /api/v1/ports.",
			"Unplug the adapter and plug it in again." } },
	[DOCTOR_CONTROL_FAILED] = { "What restarts the board failed",
		"The board's control could not be driven, so its bootloader was not entered.",
		{ "Correct \"control\" of the board; docs/configuration.md tells its kinds.",
			"Restart it by hand meanwhile: control manual." } },
	[DOCTOR_ECHO] = { "What is sent comes back: TX and RX are joined",
		"Each 7F that was sent was also received.",
		{ "Look for a solder bridge or a jumper wire between TX and RX.",
			"Is the adapter's loop-back jumper set, or is it a one-wire or RS-485 "
			"adapter?" } },
	[DOCTOR_RESET_DOES_NOTHING] = { "Reset does nothing",
		"The program that ran went on running when reset was pulled.",
		{ "Is the reset wire connected, to NRST and not to another pin?",
			"Let the wiring probe find which line does what: POST …/probe.",
			"A reset that only works with the debug probe unplugged is held by it." } },
	[DOCTOR_APPLICATION_TALKS] = { "The application talks, not the bootloader: BOOT0 is not "
				       "high",
		"Bytes came unasked after the restart into the bootloader, and the ROM never "
		"speaks unasked.",
		{ "Move the BOOT0 jumper to 1, press reset, and try again.",
			"Where a line drives BOOT0: is it the other line, or the other way round? "
			"The wiring probe finds out: POST …/probe.",
			"Some C0, G0, G4, L4, WB and WL parts ignore the pin until nSWBOOT0 or "
			"nBOOT0_SEL is changed." } },
	[DOCTOR_NO_PARITY] = { "The first byte is answered, the first command is not: no even "
			       "parity",
		"7F and its answer look the same with and without parity, other bytes do not.",
		{ "Use an adapter that can do 8E1: old CH340 drivers can't.",
			"On a Raspberry Pi use the PL011 (ttyAMA0), not the mini-UART." } },
	[DOCTOR_WRONG_RATE] = { "What comes is garbled: the rate does not fit",
		"Answers came that are neither ACK nor NACK, or only at a lower rate.",
		{ "Set bootloader.baud of the board to a lower rate, such as 57600.",
			"Shorten the wires, and join GND to GND.",
			"A part whose ROM measures the rate with a bad clock answers at another "
			"one: reset and try again." } },
	[DOCTOR_WRONG_INTERFACE] = { "The bootloader runs, but does not hear us",
		"The application was heard, and fell silent when the bootloader was to start. That "
		"one listens on another interface, or our TX does not reach it.",
		{ "Connect TX to an RX pin that the ROM listens to (PA10 on nearly every part), "
		  "not only to the application's.",
			"Hold the ROM's other RX pins at a fixed level: the first one that moves "
			"is taken, until the next reset.",
			"Take the USB cable of the part itself out: DFU may have been chosen." } },
	[DOCTOR_NO_RESET] = { "Nothing answers, and benchd can't reset this board",
		"No reset is wired or configured, so only a person can start the bootloader.",
		{ "Set BOOT0 to 1, press reset, and try again within the minute.",
			"Cross TX and RX, join GND, and see that the board has power.",
			"If DTR or RTS reach the board, let the wiring probe find out: POST "
			"…/probe." } },
	[DOCTOR_SILENT] = { "Nothing is heard at all",
		"Neither the application nor the bootloader sent a byte, at any rate that was "
		"tried.",
		{ "Does the board have power, and is GND joined?",
			"Exchange TX and RX: the adapter's TX goes to the board's RX.",
			"Is the sense of reset the other way round? Then the board is held in "
			"reset: the wiring probe finds out: POST …/probe." } },
};
static_assert(sizeof(words) / sizeof(*words) == DOCTOR_VERDICTS, "every verdict is put in words");

const struct doctor_words *doctor_words(enum doctor_verdict verdict)
{
	assert(verdict < DOCTOR_VERDICTS);
	return &words[verdict];
}
