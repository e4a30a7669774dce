/* SPDX-License-Identifier: MIT */
/*
 * boot_identify.c - asking the ROM who it is (docs/facts/an3155.md section 4: 0x00 to 0x02; quirks
 * Q2, Q7). Parity alone guards its answers, so what all hangs on is asked twice.
 */
#include "protocol/boot_internal.h"
#include "protocol/chip_layout.h"

#include <string.h>

enum {
	GAP_MS = 150,  /* between bytes of Get's answer: section 4, 0x00 */
	ODD_TIMES = 3, /* a cable that spoils one byte in sixteen may do it twice the same way */
	VENDOR_ID_BYTES = 4,
};

/* What Get tells: N, version, N codes, ACK. */
struct answer {
	uint8_t bytes[2 + 255 + 1];
	size_t len; /* without the ACK */
};

static enum err get_answer(struct boot *boot, struct answer *answer, struct why *why)
{
	struct exchange x = { .boot = boot, .why = why, .command = COMMAND_GET };
	uint8_t *const in = answer->bytes;
	size_t got = 0;
	enum err e = exchange_command(&x);

	if (!e)
		e = exchange_data(&x, in, 2);
	if (!e)
		e = exchange_until_quiet(&x, in + 2, in[0] + 1u, GAP_MS, &got);
	if (!e && (!got || in[1 + got] != FRAME_ACK))
		e = exchange_fail(&x, ERR_REPLY, "the list of commands does not end in ACK");
	answer->len = 1 + got;
	return e;
}

/* Fewer codes than it counts, one twice, or one that nobody knows: a byte may have gone astray. */
static bool is_odd(const struct answer *answer)
{
	static const uint8_t known[] = { COMMAND_GET, COMMAND_GET_VERSION, COMMAND_GET_ID,
		COMMAND_READ_MEMORY, COMMAND_GO, COMMAND_WRITE_MEMORY, COMMAND_ERASE,
		COMMAND_EXTENDED_ERASE, COMMAND_SPECIAL, COMMAND_EXTENDED_SPECIAL,
		COMMAND_WRITE_PROTECT, COMMAND_WRITE_UNPROTECT, COMMAND_READOUT_PROTECT,
		COMMAND_READOUT_UNPROTECT, COMMAND_GET_CHECKSUM };
	const uint8_t *const codes = answer->bytes + 2;
	const size_t count = answer->len - 2;

	if (count != answer->bytes[0])
		return true;
	for (size_t i = 0; i < count; i++) {
		if (!memchr(known, codes[i], sizeof(known)) ||
			memchr(codes + i + 1, codes[i], count - i - 1))
			return true;
	}
	return false;
}

static bool are_equal(const struct answer *a, const struct answer *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

/* Some ROMs count wrong (Q2), or have codes of their own: what they say thrice is believed. */
static enum err get_commands(struct boot *boot, struct why *why)
{
	struct answer answer = { 0 };
	enum err e = get_answer(boot, &answer, why);

	for (unsigned times = 1; !e && is_odd(&answer) && times < ODD_TIMES; times++) {
		const struct answer before = answer;

		e = get_answer(boot, &answer, why);
		if (!e && is_odd(&answer) && !are_equal(&before, &answer))
			e = why_set(
				why, ERR_REPLY, "the list of commands is another one each time");
	}
	if (e)
		return e;
	boot->device.version = answer.bytes[1];
	memset(boot->device.commands, 0, sizeof(boot->device.commands));
	for (size_t i = 2; i < answer.len; i++)
		boot->device.commands[answer.bytes[i] / 8] |= (uint8_t)(1u << answer.bytes[i] % 8);
	return ERR_OK;
}

/* Version and two bytes that mean nothing any more. */
static enum err get_version(struct boot *boot, struct why *why)
{
	struct exchange x = { .boot = boot, .why = why, .command = COMMAND_GET_VERSION };
	static const struct meaning end = { "the version does not end in ACK",
		"the version does not end in ACK" };
	uint8_t in[3];
	enum err e = exchange_command(&x);

	if (!e)
		e = exchange_data(&x, in, sizeof(in));
	if (!e)
		e = exchange_ack(&x, ACK_MS, &end);
	if (!e)
		boot->device.version = in[0];
	return e;
}

/* One byte, two of ST's parts, three of BlueNRG, WB0 and WL3 (the third counts), more of clones. */
static uint32_t product_id_of(struct span id)
{
	switch (id.len) {
	case 1:
		return id.ptr[0];
	case 2:
		return get_be16(id.ptr);
	case 3:
		return id.ptr[2];
	default:
		return get_be32(id.ptr);
	}
}

/*
 * GD32VW553: four letters of its name, the last one first. Whether the count is that of the letters
 * or, as Get ID's, one less is not known: the ACK behind them tells.
 */
static enum err get_vendor_id(struct boot *boot, uint32_t *product_id, struct why *why)
{
	struct exchange x = { .boot = boot, .why = why, .command = COMMAND_GET_VENDOR_ID };
	uint8_t count = 0, in[VENDOR_ID_BYTES + 1];
	size_t got = 0;
	enum err e = exchange_command(&x);

	if (!e)
		e = exchange_data(&x, &count, 1);
	if (!e && count != VENDOR_ID_BYTES && count + 1u != VENDOR_ID_BYTES)
		e = exchange_fail(&x, ERR_REPLY, "the vendor's id is not of four letters");
	if (!e)
		e = exchange_until_quiet(&x, in, sizeof(in), GAP_MS, &got);
	if (!e && (got != sizeof(in) || in[VENDOR_ID_BYTES] != FRAME_ACK))
		e = exchange_fail(&x, ERR_REPLY, "the vendor's id does not end in ACK");
	if (!e)
		*product_id = get_le32(in);
	return e;
}

static enum err get_id(struct boot *boot, uint32_t *product_id, struct why *why)
{
	struct exchange x = { .boot = boot, .why = why, .command = COMMAND_GET_ID };
	static const struct meaning end = { "the product id does not end in ACK",
		"the product id does not end in ACK" };
	uint8_t count = 0, id[256];
	enum err e = exchange_command(&x);

	if (!e)
		e = exchange_data(&x, &count, 1);
	if (!e)
		e = exchange_data(&x, id, count + 1u);
	if (e)
		return e;
	e = exchange_ack(&x, ACK_MS, &end);
	if (e == ERR_NACK) /* WB09 sends 1F before its ACK */
		e = exchange_ack(&x, ACK_MS, &end);
	if (!e)
		*product_id = product_id_of((struct span){ id, count + 1u });
	return e == ERR_NACK ? exchange_fail(&x, ERR_REPLY, end.nack) : e;
}

/* A ROM that neither lists nor takes Get ID may have one of its own. */
enum err boot_get_id(struct boot *boot, uint32_t *product_id, struct why *why)
{
	const struct device *device = &boot->device;
	const enum err e = get_id(boot, product_id, why);

	if (e != ERR_NACK || !device_has(device, COMMAND_GET) || device_has(device, COMMAND_GET_ID))
		return e;
	return get_vendor_id(boot, product_id, why);
}

/* Repeats question while that may help; what NACKs to the end is left to the caller. */
static enum err ask(struct boot *boot, enum err (*question)(struct boot *boot, struct why *why),
	struct why *why)
{
	enum err e;
	unsigned tries = 0;
	struct why last;

	do {
		last = (struct why){ 0 };
		e = question(boot, &last);
	} while (e && boot_may_repeat(boot, e, ++tries));
	if (e)
		boot_tell(why, &last);
	return e;
}

enum err boot_ask_commands(struct boot *boot, struct why *why)
{
	return ask(boot, get_commands, why);
}

/* All hangs on it, and nothing but parity guards it: it is asked twice. */
static enum err ask_id(struct boot *boot, struct why *why)
{
	uint32_t first = 0, second = 0;
	enum err e = boot_get_id(boot, &first, why);

	if (!e)
		e = boot_get_id(boot, &second, why);
	if (!e && first != second)
		e = why_set(why, ERR_REPLY, "the product id is another one each time");
	if (!e)
		boot->device.product_id = first;
	return e;
}

#define MIN_FLASH_KIB 8u /* no STM32 has less: such a value is a code or noise (L1 Cat.4) */

static void take_flash_size(struct boot *boot, uint16_t kib)
{
	struct device *device = &boot->device;

	if (kib < MIN_FLASH_KIB || kib > device->chip->flash_bytes / KIB)
		return;
	device->flash_bytes = kib * KIB;
	device->flash_size_is_read = true;
}

/* What is assumed until the register says better. */
static void assume_flash_size(struct boot *boot)
{
	struct device *device = &boot->device;
	const uint32_t given = boot->options.flash_bytes - boot->options.flash_bytes % KIB;

	device->flash_bytes = device->chip ? device->chip->flash_bytes : given;
	if (device->chip && given && given < device->chip->flash_bytes)
		device->flash_bytes = given;
}

/*
 * After a refusal: a byte too many before it leaves the ROM one behind, and refusing everything.
 * true: it was so, and is no more.
 */
static bool was_out_of_step(struct boot *boot)
{
	uint32_t product_id = 0;

	if (!device_has(&boot->device, COMMAND_GET_ID))
		return false;
	if (!boot_get_id(boot, &product_id, NULL) && product_id == boot->device.product_id)
		return false;
	return !boot_resync_within(boot, FILLERS_IDLE, NULL);
}

/* Get lists it: refused all the same, it was not heard right. */
static enum err ask_id_surely(struct boot *boot, struct why *why)
{
	enum err e = ask(boot, ask_id, why);

	if (e == ERR_NACK && device_has(&boot->device, COMMAND_GET_ID) && was_out_of_step(boot))
		e = ask(boot, ask_id, why);
	return e;
}

/* Protection has no command of its own: one sees that reads are refused (section 4, 0x01). */
static enum err probe_protection(struct boot *boot, struct why *why)
{
	const struct chip *chip = boot->device.chip;
	const uint32_t addr = chip && chip->flash_bytes ? chip->flash_base : 0x08000000;
	uint8_t word[4] = { 0 };
	bool is_erased = chip != NULL;
	enum err e;

	if (!device_has(&boot->device, COMMAND_READ_MEMORY))
		return ERR_OK;
	e = boot_read_raw(boot, addr, word, sizeof(word), why);
	if (e == ERR_READ_PROTECTED && was_out_of_step(boot))
		e = boot_read_raw(boot, addr, word, sizeof(word), why);
	boot->device.readout_protected = e == ERR_READ_PROTECTED;
	for (size_t i = 0; i < sizeof(word); i++)
		is_erased &= chip && word[i] == chip->erased;
	boot->device.was_blank = !e && is_erased;
	return e == ERR_READ_PROTECTED || e == ERR_NACK ? ERR_OK : e;
}

/* ERR_NACK: the part refuses it. It let the flash be read: it is not protected. */
static enum err read_register(
	struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why)
{
	enum err e = boot_read_register(boot, addr, out, len, why);

	if ((e == ERR_NACK || e == ERR_READ_PROTECTED) && was_out_of_step(boot))
		e = boot_read_register(boot, addr, out, len, why);
	return e == ERR_READ_PROTECTED
		? why_at(why, ERR_REPLY, addr, "reads are refused and allowed in turn")
		: e;
}

/* What is read has no checksum: it is believed when it comes twice. */
static enum err read_surely(
	struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why)
{
	uint8_t again[FRAME_MAX_DATA];

	for (unsigned i = 0; i < EXCHANGE_TRIES; i++) {
		enum err e = read_register(boot, addr, out, len, why);

		if (!e)
			e = read_register(boot, addr, again, len, why);
		if (e || !memcmp(out, again, len))
			return e;
		boot->retries++;
	}
	return why_at(why, ERR_REPLY, addr, "a register is read as something else each time");
}

enum { SIZE_BYTES = 2 };

/* Both registers at once where they lie together, as they do in most parts. */
static enum err read_together(struct boot *boot, bool *is_done, struct why *why)
{
	struct device *device = &boot->device;
	const uint32_t size_at = device->chip->flash_size_register;
	const uint32_t id_at = device->chip->unique_id_register;
	const uint32_t from = size_at < id_at ? size_at : id_at;
	const uint32_t size_end = size_at + SIZE_BYTES, id_end = id_at + CHIP_UNIQUE_ID_BYTES;
	const uint32_t len = (size_end > id_end ? size_end : id_end) - from;
	uint8_t bytes[FRAME_MAX_DATA];
	enum err e;

	if (!size_at || !id_at || from % FRAME_MAX_DATA + len > FRAME_MAX_DATA)
		return ERR_OK;
	e = read_surely(boot, from, bytes, len, why);
	if (e)
		return e == ERR_NACK ? ERR_OK : e;
	take_flash_size(boot, get_le16(bytes + (size_at - from)));
	memcpy(device->unique_id, bytes + (id_at - from), CHIP_UNIQUE_ID_BYTES);
	device->has_unique_id = *is_done = true;
	return ERR_OK;
}

static enum err read_registers(struct boot *boot, struct why *why)
{
	struct device *device = &boot->device;
	const struct chip *chip = device->chip;
	uint8_t size[SIZE_BYTES];
	bool is_done = false;
	enum err e;

	if (!chip || device->readout_protected || !device_has(device, COMMAND_READ_MEMORY))
		return ERR_OK;
	e = read_together(boot, &is_done, why);
	if (e || is_done)
		return e;
	if (chip->flash_size_register)
		e = read_surely(boot, chip->flash_size_register, size, sizeof(size), why);
	if (!e && chip->flash_size_register)
		take_flash_size(boot, get_le16(size));
	if ((e && e != ERR_NACK) || !chip->unique_id_register)
		return e == ERR_NACK ? ERR_OK : e;
	e = read_surely(
		boot, chip->unique_id_register, device->unique_id, CHIP_UNIQUE_ID_BYTES, why);
	device->has_unique_id = !e;
	return e == ERR_NACK ? ERR_OK : e;
}

/* Twice the same, as read_surely() does it, of an area that is shorter than a block. */
static enum err read_layout_option(struct boot *boot, uint32_t addr, struct why *why)
{
	struct device *device = &boot->device;
	uint8_t again = 0;
	enum err e = ERR_OK;

	for (unsigned i = 0; !e && i < EXCHANGE_TRIES; i++) {
		e = boot_read_exact(boot, addr, &device->layout_option, 1, why);
		if (!e)
			e = boot_read_exact(boot, addr, &again, 1, why);
		if (!e && device->layout_option == again)
			return ERR_OK;
		boot->retries++;
	}
	return e ? e : why_at(why, ERR_REPLY, addr, "an option byte is something else each time");
}

/* Q26, Q27. Where it can't be read the usual layout is taken: what an erase misses is found. */
static enum err find_layout(struct boot *boot, struct why *why)
{
	struct device *device = &boot->device;
	uint32_t addr = 0;
	enum err e;

	if (!device->chip || device->readout_protected ||
		!device_has(device, COMMAND_READ_MEMORY) || !device->flash_size_is_read ||
		!chip_layout_option(device->chip, &addr))
		return ERR_OK;
	e = read_layout_option(boot, addr, why);
	if (e)
		return e == ERR_NACK ? ERR_OK : e;
	device->has_layout_option = true;
	device->chip = chip_with_layout(device->chip, device->flash_bytes, device->layout_option);
	if (device->chip->hole)
		device->flash_bytes = device->chip->flash_bytes;
	return ERR_OK;
}

/* Which ROM it is, and what that needs. A part that does not say is treated as all of its kind. */
static enum err read_bootloader_id(struct boot *boot, struct why *why)
{
	struct device *device = &boot->device;
	const struct chip *chip = device->chip;
	enum err e = ERR_OK;

	if (!chip)
		return ERR_OK;
	if (chip->bootloader_id_address && !device->readout_protected &&
		device_has(device, COMMAND_READ_MEMORY))
		e = read_surely(boot, chip->bootloader_id_address, &device->bootloader_id, 1, why);
	device->quirks = quirks_of(chip->product_id, device->bootloader_id);
	return e == ERR_NACK ? ERR_OK : e;
}

enum err boot_identify(struct boot *boot, struct why *why)
{
	struct device *device = &boot->device;
	enum err e = ERR_OK;

	if (device_has(device, COMMAND_GET_VERSION))
		e = ask(boot, get_version, why);
	if (!e || e == ERR_NACK)
		e = ask_id_surely(boot, why);
	if (e && e != ERR_NACK)
		return e;
	device->chip = chip_find(device->product_id);
	if (!device->chip && boot->options.as_product_id)
		device->chip = chip_find(boot->options.as_product_id);
	assume_flash_size(boot);
	e = probe_protection(boot, why);
	if (!e)
		e = read_registers(boot, why);
	if (!e)
		e = find_layout(boot, why);
	return e ? e : read_bootloader_id(boot, why);
}
