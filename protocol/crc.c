/* SPDX-License-Identifier: MIT */
/* crc.c - the checksum of the STM32's CRC unit, four bits at a time. */
#include "protocol/crc.h"

#include <assert.h>

/* What four bits that leave at the top do: 0x04C11DB7 times 0 to 15. */
static const uint32_t nibbles[16] = { 0x00000000, 0x04C11DB7, 0x09823B6E, 0x0D4326D9, 0x130476DC,
	0x17C56B6B, 0x1A864DB2, 0x1E475005, 0x2608EDB8, 0x22C9F00F, 0x2F8AD6D6, 0x2B4BCB61,
	0x350C9B64, 0x31CD86D3, 0x3C8EA00A, 0x384FBDBD };

uint32_t crc_stm32(uint32_t crc, struct span bytes)
{
	assert(bytes.len % 4 == 0);
	for (size_t i = 0; i < bytes.len; i += 4) {
		crc ^= get_le32(bytes.ptr + i);
		for (unsigned step = 0; step < 8; step++)
			crc = crc << 4 ^ nibbles[crc >> 28];
	}
	return crc;
}
