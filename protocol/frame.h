/* SPDX-License-Identifier: MIT */
/*
 * frame.h - the bytes of AN3155, as pure functions (docs/facts/an3155.md sections 3 and 4).
 * Each writes a request into out and gives its length; nothing is sent here. Any thread.
 */
#ifndef BENCHD_PROTOCOL_FRAME_H
#define BENCHD_PROTOCOL_FRAME_H

#include "protocol/bytes.h"

enum { FRAME_SYNC = 0x7F, FRAME_ACK = 0x79, FRAME_NACK = 0x1F, FRAME_BUSY = 0x76 };

/* AN3155's command codes. */
enum frame_command {
	COMMAND_GET = 0x00,
	COMMAND_GET_VERSION = 0x01,
	COMMAND_GET_ID = 0x02,
	COMMAND_GET_VENDOR_ID = 0x06, /* GD32VW553's own: section 4, 0x02 */
	COMMAND_READ_MEMORY = 0x11,
	COMMAND_GO = 0x21,
	COMMAND_WRITE_MEMORY = 0x31,
	COMMAND_ERASE = 0x43,
	COMMAND_EXTENDED_ERASE = 0x44,
	COMMAND_SPECIAL = 0x50,
	COMMAND_EXTENDED_SPECIAL = 0x51,
	COMMAND_WRITE_PROTECT = 0x63,
	COMMAND_WRITE_UNPROTECT = 0x73,
	COMMAND_READOUT_PROTECT = 0x82,
	COMMAND_READOUT_UNPROTECT = 0x92,
	COMMAND_GET_CHECKSUM = 0xA1,
};
/* "Read Memory" ...; "unknown command" for a code that AN3155 does not have. */
const char *frame_command_name(uint8_t command);

enum { EXTENDED_ERASE_MASS = 0xFFFF, EXTENDED_ERASE_BANK1 = 0xFFFE, EXTENDED_ERASE_BANK2 = 0xFFFD };

#define FRAME_MAX_DATA 256u     /* bytes in one Read or Write Memory */
#define FRAME_MAX_ERASE 255u    /* page numbers in one Erase: N=255 means all (0x43) */
#define FRAME_MAX_EXTENDED 512u /* page numbers in one Extended Erase: stm32flash's split */
#define FRAME_MAX (2u + 2u * FRAME_MAX_EXTENDED + 1u)

uint8_t frame_xor(struct span bytes);
/* Code and complement. */
size_t frame_command(uint8_t out[FRAME_MAX], uint8_t command);
/* Four bytes, most significant first, and their XOR. */
size_t frame_address(uint8_t out[FRAME_MAX], uint32_t addr);
/* N-1 and its complement; 1 <= len <= FRAME_MAX_DATA. */
size_t frame_length(uint8_t out[FRAME_MAX], size_t len);
/* N-1, N bytes, XOR; 1 <= data.len <= FRAME_MAX_DATA. */
size_t frame_payload(uint8_t out[FRAME_MAX], struct span data);
/* Erase (0x43): page numbers, all below 256; 1 <= count <= FRAME_MAX_ERASE. */
size_t frame_erase(uint8_t out[FRAME_MAX], uint32_t first, size_t count);
/* FF 00. */
size_t frame_erase_all(uint8_t out[FRAME_MAX]);
/* Extended Erase (0x44): consecutive page numbers; 1 <= count <= FRAME_MAX_EXTENDED. */
size_t frame_extended_erase(uint8_t out[FRAME_MAX], uint32_t first, size_t count);
/* One of the EXTENDED_ERASE_ codes. */
size_t frame_extended_erase_special(uint8_t out[FRAME_MAX], uint16_t code);
/* Write Protect (0x63): the protection units; 1 <= units.len <= 256. */
size_t frame_write_protect(uint8_t out[FRAME_MAX], struct span units);

#endif /* BENCHD_PROTOCOL_FRAME_H */
