/* SPDX-License-Identifier: MIT */
/* boot_checksum.c - Get Checksum (docs/facts/an3155.md section 4, 0xA1). */
#include "protocol/boot_internal.h"
#include "protocol/crc.h"

#define POLYNOMIAL 0x04C11DB7u /* what crc_stm32() computes; many ROMs ignore it */

/* How long the ROM may work: no document says. Its CRC unit takes a word in a few cycles. */
enum { CHECKSUM_MS = 1000, CHECKSUM_MS_PER_KIB = 20, RESULT_BYTES = 5 };

static const struct meaning meaning_size = { "the ROM refused the size of a checksum",
	"the ROM did not answer the size of a checksum" };
static const struct meaning meaning_parameter = { "the ROM refused a parameter of the checksum",
	"the ROM did not answer a parameter of the checksum" };

/* Four bytes and their XOR, as an address has them. */
static enum err send_word(
	struct exchange *x, uint32_t word, uint32_t wait_ms, const struct meaning *meaning)
{
	uint8_t frame[FRAME_MAX];

	return exchange_block(
		x, (struct span){ frame, frame_address(frame, word) }, wait_ms, meaning);
}

static bool is_result(const uint8_t *in)
{
	return !frame_xor((struct span){ in, RESULT_BYTES });
}

/*
 * The result may come after a second ACK (section 4: the text can be read both ways). Where the
 * first byte could be that ACK, whether a sixth one follows tells the one from the other.
 */
static enum err take_result(struct exchange *x, uint32_t *crc)
{
	uint8_t in[RESULT_BYTES + 1];
	const uint8_t *result = in;
	size_t more = 0;
	enum err e = exchange_data(x, in, RESULT_BYTES);

	if (!e && in[0] == FRAME_ACK)
		e = exchange_until_quiet(x, in + RESULT_BYTES, 1,
			is_result(in) ? (uint32_t)DRAIN_MS : (uint32_t)ACK_MS, &more);
	if (e)
		return e;
	if (more)
		result = in + 1;
	if (!is_result(result))
		return exchange_fail(x, ERR_REPLY, "the checksum's own checksum is wrong");
	*crc = get_be32(result);
	return ERR_OK;
}

static enum err checksum_once(
	struct boot *boot, uint32_t addr, uint32_t len, uint32_t *crc, struct why *why)
{
	struct exchange x = { boot, why, COMMAND_GET_CHECKSUM, true, addr };
	const uint32_t work_ms = CHECKSUM_MS + len / KIB * CHECKSUM_MS_PER_KIB;
	enum err e = exchange_command(&x);

	if (!e)
		e = exchange_address(&x);
	if (!e)
		e = send_word(&x, len / 4, ACK_MS, &meaning_size);
	if (!e)
		e = send_word(&x, POLYNOMIAL, ACK_MS, &meaning_parameter);
	if (!e)
		e = send_word(&x, CRC_STM32_START, work_ms, &meaning_parameter);
	return e ? e : take_result(&x, crc);
}

/* It changes nothing: a lost byte is met as one of a read is. */
enum err boot_checksum(
	struct boot *boot, uint32_t addr, uint32_t len, uint32_t *crc, struct why *why)
{
	enum err e = boot_check_command(boot, COMMAND_GET_CHECKSUM, why);
	unsigned tries = 0;
	struct why last;

	if (!e && (!len || len % 4 || addr % 4))
		e = why_at(why, ERR_ALIGNMENT, addr, "a checksum is one of whole words");
	if (!e)
		e = boot_check_read(boot, addr, len, why);
	if (e)
		return e;
	do {
		last = (struct why){ 0 };
		e = checksum_once(boot, addr, len, crc, &last);
	} while (e && boot_may_repeat(boot, e, ++tries));
	if (e)
		boot_tell(why, &last);
	return e;
}
