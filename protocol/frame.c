/* SPDX-License-Identifier: MIT */
/* frame.c - requests of AN3155 (docs/facts/an3155.md sections 3 and 4). */
#include "protocol/frame.h"

#include <assert.h>
#include <string.h>

static const struct {
	uint8_t command;
	const char *name;
} command_names[] = {
	{ COMMAND_GET, "Get" },
	{ COMMAND_GET_VERSION, "Get Version" },
	{ COMMAND_GET_ID, "Get ID" },
	{ COMMAND_GET_VENDOR_ID, "Get ID of GigaDevice" },
	{ COMMAND_READ_MEMORY, "Read Memory" },
	{ COMMAND_GO, "Go" },
	{ COMMAND_WRITE_MEMORY, "Write Memory" },
	{ COMMAND_ERASE, "Erase" },
	{ COMMAND_EXTENDED_ERASE, "Extended Erase" },
	{ COMMAND_SPECIAL, "Special" },
	{ COMMAND_EXTENDED_SPECIAL, "Extended Special" },
	{ COMMAND_WRITE_PROTECT, "Write Protect" },
	{ COMMAND_WRITE_UNPROTECT, "Write Unprotect" },
	{ COMMAND_READOUT_PROTECT, "Readout Protect" },
	{ COMMAND_READOUT_UNPROTECT, "Readout Unprotect" },
	{ COMMAND_GET_CHECKSUM, "Get Checksum" },
};

const char *frame_command_name(uint8_t command)
{
	for (size_t i = 0; i < sizeof(command_names) / sizeof(*command_names); i++) {
		if (command_names[i].command == command)
			return command_names[i].name;
	}
	return "unknown command";
}

uint8_t frame_xor(struct span bytes)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < bytes.len; i++)
		sum ^= bytes.ptr[i];
	return sum;
}

/* Ends a block of len bytes with its checksum (section 3, rule 2). */
static size_t close_block(uint8_t *out, size_t len)
{
	out[len] = frame_xor((struct span){ out, len });
	return len + 1;
}

size_t frame_command(uint8_t out[FRAME_MAX], uint8_t command)
{
	out[0] = command;
	out[1] = (uint8_t)~command;
	return 2;
}

size_t frame_address(uint8_t out[FRAME_MAX], uint32_t addr)
{
	put_be32(out, addr);
	return close_block(out, 4);
}

/* A lone length is checked by its complement, not by XOR (section 3, rule 3). */
size_t frame_length(uint8_t out[FRAME_MAX], size_t len)
{
	assert(len >= 1 && len <= FRAME_MAX_DATA);
	out[0] = (uint8_t)(len - 1);
	out[1] = (uint8_t)~out[0];
	return 2;
}

size_t frame_payload(uint8_t out[FRAME_MAX], struct span data)
{
	assert(data.len >= 1 && data.len <= FRAME_MAX_DATA);
	out[0] = (uint8_t)(data.len - 1);
	memcpy(out + 1, data.ptr, data.len);
	return close_block(out, data.len + 1);
}

size_t frame_erase(uint8_t out[FRAME_MAX], uint32_t first, size_t count)
{
	assert(count >= 1 && count <= FRAME_MAX_ERASE && first + count <= 256);
	out[0] = (uint8_t)(count - 1);
	for (size_t i = 0; i < count; i++)
		out[1 + i] = (uint8_t)(first + i);
	return close_block(out, 1 + count);
}

size_t frame_erase_all(uint8_t out[FRAME_MAX])
{
	out[0] = 0xFF;
	out[1] = 0x00;
	return 2;
}

size_t frame_extended_erase(uint8_t out[FRAME_MAX], uint32_t first, size_t count)
{
	assert(count >= 1 && count <= FRAME_MAX_EXTENDED && first + count <= 0x10000);
	put_be16(out, (uint16_t)(count - 1));
	for (size_t i = 0; i < count; i++)
		put_be16(out + 2 + 2 * i, (uint16_t)(first + i));
	return close_block(out, 2 + 2 * count);
}

size_t frame_extended_erase_special(uint8_t out[FRAME_MAX], uint16_t code)
{
	assert(code >= EXTENDED_ERASE_BANK2);
	put_be16(out, code);
	return close_block(out, 2);
}

size_t frame_write_protect(uint8_t out[FRAME_MAX], struct span units)
{
	return frame_payload(out, units);
}
