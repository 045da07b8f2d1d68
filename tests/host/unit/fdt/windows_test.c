// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/windows.h"

#include <libfdt.h>

#include "abi/pci.h"
#include "lib/endian.h"
#include "tests/host/unit/test.h"

#define ENTRY 28

/* A copy of exactly its size, so that ASan sees a read after its end. */
static uint8_t *make_ranges(const uint32_t *cells, uint32_t size)
{
	uint8_t *value = malloc(size ? size : 1);
	uint8_t all[4 * ENTRY];

	for (uint32_t i = 0; i < sizeof(all) / 4 && 4 * i < size; i++)
		be32_store(all + 4 * i, cells[i]);
	memcpy(value, all, size);
	return value;
}

static const uint32_t cells[] = {
	0x01000000, 0, 0, 0x200, 0, 0, 0x10000,
	0x02000000, 0, 0x80000000, 0x200, 0x80000000, 0, 0x80000000,
	0x43000000, 0x210, 0, 0x210, 0, 0x100, 0,
};

static void test_good(void **state)
{
	static const struct dt_window want[] = {
		{ OF_PCI_SPACE_IO, 0, { 0x20000000000, 0x20000010000 } },
		{ OF_PCI_SPACE_MEM32, 0x80000000, { 0x20080000000, 0x20100000000 } },
		{ OF_PCI_SPACE_MEM64, 0x21000000000, { 0x21000000000, 0x31000000000 } },
	};
	uint8_t *value = make_ranges(cells, sizeof(cells));
	const uint8_t *at = value;
	uint32_t size = sizeof(cells);
	struct dt_window window;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(dt_window_next(&window, &at, &size), 1);
		assert_int_equal(window.space, want[i].space);
		assert_int_equal(window.pci, want[i].pci);
		assert_int_equal(window.cpu.start, want[i].cpu.start);
		assert_int_equal(window.cpu.end, want[i].cpu.end);
	}
	assert_int_equal(dt_window_next(&window, &at, &size), 0);
	assert_true(at == value + sizeof(cells));
	free(value);
}

/* Of every size but a whole number of entries: an error, and nothing is read after the end. */
static void test_cut(void **state)
{
	(void)state;
	for (uint32_t cut = 0; cut < sizeof(cells); cut++) {
		uint8_t *value = make_ranges(cells, cut);
		const uint8_t *at = value;
		uint32_t size = cut, count = 0;
		struct dt_window window;
		int frc;

		while ((frc = dt_window_next(&window, &at, &size)) > 0)
			count++;
		assert_int_equal(count, cut / ENTRY);
		assert_int_equal(frc, cut % ENTRY ? -FDT_ERR_TRUNCATED : 0);
		free(value);
	}
}

static void test_wraps(void **state)
{
	static const uint32_t wraps[] = { 0x02000000, 0, 0, ~0U, 0, 1, 0 };
	uint8_t *value = make_ranges(wraps, sizeof(wraps));
	const uint8_t *at = value;
	uint32_t size = sizeof(wraps);
	struct dt_window window;

	(void)state;
	assert_int_equal(dt_window_next(&window, &at, &size), -FDT_ERR_BADVALUE);
	free(value);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_good), TEST(test_cut), TEST(test_wraps) };

	return RUN(tests);
}
