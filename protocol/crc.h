/* SPDX-License-Identifier: MIT */
/* crc.h - the checksum of the STM32's CRC unit (docs/facts/an3155.md section 4, 0xA1). Pure. */
#ifndef BENCHD_PROTOCOL_CRC_H
#define BENCHD_PROTOCOL_CRC_H

#include "protocol/bytes.h"

#define CRC_STM32_START 0xFFFFFFFFu

/*
 * Goes on from crc over bytes, whose length is a multiple of 4: polynomial 0x04C11DB7, no
 * reflection, no final XOR, fed with little-endian words.
 */
uint32_t crc_stm32(uint32_t crc, struct span bytes);

#endif /* BENCHD_PROTOCOL_CRC_H */
