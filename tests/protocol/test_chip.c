/* SPDX-License-Identifier: MIT */
/* test_chip.c - every row of the table holds together; the parts that we test with are right. */
#include "protocol/chip.h"

#include "tests/cmocka_all.h"

#include <string.h>

static bool is_power_of_two(uint32_t v)
{
	return v && !(v & (v - 1));
}

static void product_ids_are_unique(void **state)
{
	size_t rows = 0;

	(void)state;
	for (const struct chip *chip; (chip = chip_at(rows)); rows++)
		assert_ptr_equal(chip_find(chip->product_id), chip);
	assert_true(rows > 100);
	assert_null(chip_find(0));
	assert_null(chip_find(0x4FF));
}

static void check_layout(const struct chip *chip)
{
	uint64_t sum = 0;
	size_t runs = 0;

	for (; runs < CHIP_MAX_RUNS && chip->runs[runs].count; runs++) {
		assert_true(is_power_of_two(chip->runs[runs].size));
		sum += (uint64_t)chip->runs[runs].count * chip->runs[runs].size;
	}
	for (; runs < CHIP_MAX_RUNS; runs++)
		assert_int_equal(chip->runs[runs].count, 0);
	assert_int_equal(sum, chip->flash_bytes);
	assert_int_equal(chip_is_programmable(chip), sum > 0);
	assert_true((uint64_t)chip->flash_base + sum <= UINT32_MAX);
}

static void check_fields(const struct chip *chip)
{
	assert_true(chip->family[0] && chip->name[0]);
	assert_true(chip->erased == 0xFF || chip->erased == 0x00);
	assert_true(is_power_of_two(chip->write_align) && chip->write_align <= 32);
	assert_true(chip->sectors_per_protection >= 1);
	assert_true(chip->ram_reserved <= chip->ram_bytes);
	assert_true(!chip->ram_end_rom || chip->ram_end_rom > chip->ram_base);
	assert_int_equal(chip->flash_size_register % 2, 0);
	assert_int_equal(chip->unique_id_register % 4, 0);
	if (chip_is_programmable(chip)) {
		assert_int_equal(chip->flash_base % chip->runs[0].size, 0);
		assert_int_equal(chip->runs[0].size % chip->write_align, 0);
		assert_true(chip->banks == 1 || chip->banks == 2);
	}
}

static void check_sectors(const struct chip *chip)
{
	const uint32_t count = chip_sector_count(chip, chip->flash_bytes);
	uint32_t addr = chip->flash_base;
	struct sector found;

	assert_true(count <= CHIP_MAX_SECTORS);
	for (uint32_t i = 0; i < count; i++) {
		const struct sector sector = chip_sector(chip, i);

		assert_int_equal(sector.number, i);
		assert_int_equal(sector.addr, addr);
		assert_true(chip_sector_at(chip, chip->flash_bytes, addr, &found));
		assert_memory_equal(&found, &sector, sizeof(found));
		assert_true(chip_sector_at(chip, chip->flash_bytes, addr + sector.len - 1, &found));
		assert_memory_equal(&found, &sector, sizeof(found));
		addr += sector.len;
		/* A part truncated at or within this sector. */
		assert_int_equal(chip_sector_count(chip, addr - chip->flash_base), i + 1);
		assert_int_equal(chip_sector_count(chip, addr - chip->flash_base - 1), i + 1);
	}
	assert_int_equal(addr, chip->flash_base + chip->flash_bytes);
	assert_int_equal(chip_sector_count(chip, 0), 0);
	assert_int_equal(chip_sector_count(chip, UINT32_MAX), count);
	assert_false(chip_sector_at(chip, chip->flash_bytes, addr, &found));
	assert_false(chip_sector_at(chip, UINT32_MAX, addr, &found));
	assert_false(chip_sector_at(chip, chip->flash_bytes, chip->flash_base - 1, &found));
}

static void every_row_holds_together(void **state)
{
	const struct chip *chip;

	(void)state;
	for (size_t i = 0; (chip = chip_at(i)); i++) {
		check_fields(chip);
		check_layout(chip);
		check_sectors(chip);
	}
}

/* The parts of the simulator, from the CSV by eye. */
static const struct {
	uint32_t product_id;
	const char *family;
	uint32_t flash_kib, sectors, last_sector_kib, write_align, ram_bytes;
	uint8_t erased;
	unsigned traits;
} parts[] = {
	{ 0x410, "F1", 128, 128, 1, 4, 20480, 0xFF, 0 },
	{ 0x448, "F0", 128, 64, 2, 4, 16384, 0xFF, 0 },
	{ 0x413, "F4", 1024, 12, 128, 4, 131072, 0xFF,
		CHIP_WHOLE_BLOCK_READS | CHIP_SPEED_REGISTER | CHIP_DOUBLE_NACK |
			CHIP_NO_BAD_ADDRESS_NACK },
	{ 0x437, "L1", 512, 2048, 0, 8, 81920, 0x00, CHIP_NO_MASS_ERASE | CHIP_DOUBLE_NACK },
	{ 0x415, "L4", 1024, 512, 2, 8, 98304, 0xFF, 0 },
	{ 0x460, "G0", 128, 64, 2, 8, 36864, 0xFF, CHIP_EMPTY_CHECK },
	{ 0x450, "H7", 2048, 16, 128, 32, 131072, 0xFF, CHIP_OPTION_REGISTERS },
	{ 0x9A8, "W", 128, 128, 1, 4, 8192, 0xFF, CHIP_NO_PARITY },
};

static void known_parts_are_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		const struct chip *chip = chip_find(parts[i].product_id);

		assert_non_null(chip);
		assert_string_equal(chip->family, parts[i].family);
		assert_int_equal(chip->flash_bytes, parts[i].flash_kib * KIB);
		assert_int_equal(chip_sector_count(chip, chip->flash_bytes), parts[i].sectors);
		assert_int_equal(chip_sector(chip, parts[i].sectors - 1).len / KIB,
			parts[i].last_sector_kib);
		assert_int_equal(chip->write_align, parts[i].write_align);
		assert_int_equal(chip->ram_bytes, parts[i].ram_bytes);
		assert_int_equal(chip->erased, parts[i].erased);
		assert_int_equal(chip->traits, parts[i].traits);
	}
}

/* F407VG: 4x16K, 64K, 7x128K. */
static const struct {
	uint32_t flash_bytes, addr, number, sector_addr, len;
	bool is_inside;
} f407_sectors[] = {
	{ MIB, 0x08000000, 0, 0x08000000, 16 * KIB, true },
	{ MIB, 0x0800FFFF, 3, 0x0800C000, 16 * KIB, true },
	{ MIB, 0x08010000, 4, 0x08010000, 64 * KIB, true },
	{ MIB, 0x08020000, 5, 0x08020000, 128 * KIB, true },
	{ MIB, 0x080FFFFF, 11, 0x080E0000, 128 * KIB, true },
	{ MIB, 0x08100000, 0, 0, 0, false },
	{ MIB, 0x07FFFFFF, 0, 0, 0, false },
	{ MIB, 0x20000000, 0, 0, 0, false },
	{ 512 * KIB, 0x0807FFFF, 7, 0x08060000, 128 * KIB, true },
	{ 512 * KIB, 0x08080000, 0, 0, 0, false },
	{ 0, 0x08000000, 0, 0, 0, false },
};

static void addresses_find_their_sector(void **state)
{
	const struct chip *f407 = chip_find(0x413);

	(void)state;
	for (size_t i = 0; i < sizeof(f407_sectors) / sizeof(*f407_sectors); i++) {
		struct sector found = { 0 };

		assert_int_equal(chip_sector_at(f407, f407_sectors[i].flash_bytes,
					 f407_sectors[i].addr, &found),
			f407_sectors[i].is_inside);
		assert_int_equal(found.number, f407_sectors[i].number);
		assert_int_equal(found.addr, f407_sectors[i].sector_addr);
		assert_int_equal(found.len, f407_sectors[i].len);
	}
	assert_int_equal(chip_sector_count(f407, 512 * KIB), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(product_ids_are_unique),
		cmocka_unit_test(every_row_holds_together),
		cmocka_unit_test(known_parts_are_right),
		cmocka_unit_test(addresses_find_their_sector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
