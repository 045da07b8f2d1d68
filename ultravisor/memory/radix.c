// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/memory/radix.h"

#include "lib/string.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"

#define ENTRIES	   (1UL << RADIX_LEVEL_BITS)
#define TABLE_SIZE (ENTRIES * sizeof(uint64_t))
#define ROOT_SIZE  (sizeof(uint64_t) << RADIX_ROOT_BITS)

#define DEVICE_TABLES 512	/* enough for 1 GiB of touched windows that lie together */

static uint64_t partition_table, root, device_tables, device_tables_used;
static uint64_t memory_leaves;	/* one array for all of the guest's memory */

static bool link_table(uint64_t *entry, uint64_t table)
{
	if (!table)
		return false;
	*entry = PDE_VALID | table | RADIX_LEVEL_BITS;
	return true;
}

static uint64_t *find_entry(uint64_t table, uint64_t gpa, unsigned int shift, uint64_t entries)
{
	return (uint64_t *)real(table) + ((gpa >> shift) & (entries - 1));
}

static uint64_t alloc_table(void)
{
	uint64_t table = own_alloc(TABLE_SIZE, TABLE_SIZE);

	if (table)
		memset(real(table), 0, TABLE_SIZE);
	return table;
}

/* Guest memory is below 512 GiB: one directory under the root, and one below it for each GiB. */
static bool cover_memory(void)
{
	uint64_t leaves = (platform.guest / SMALL_PAGE) * sizeof(uint64_t), second = alloc_table();

	memory_leaves = own_alloc(leaves, TABLE_SIZE);
	if (!memory_leaves || !link_table(find_entry(root, 0, 39, 1UL << RADIX_ROOT_BITS), second))
		return false;
	memset(real(memory_leaves), 0, leaves);
	for (uint64_t gpa = 0; gpa < platform.guest; gpa += 1UL << 21) {
		uint64_t *entry = find_entry(second, gpa, 30, ENTRIES);

		if (!*entry && !link_table(entry, alloc_table()))
			return false;
		link_table(find_entry(*entry & PDE_BASE, gpa, 21, ENTRIES),
		     memory_leaves + gpa / SMALL_PAGE * sizeof(uint64_t));
	}
	return true;
}

/* Its root, of zeros; 0 without room. */
static uint64_t make_partition(unsigned int lpid)
{
	uint64_t *pate = (uint64_t *)real(partition_table) + 2 * lpid;
	uint64_t made = own_alloc(ROOT_SIZE, ROOT_SIZE);

	if (!made)
		return 0;
	memset(real(made), 0, ROOT_SIZE);
	pate[0] = PATE_HR | PATE_RTS_52 | made | RADIX_ROOT_BITS;
	return made;
}

bool radix_init(void)
{
	partition_table = own_alloc(4096, 4096);
	if (!partition_table)
		return false;
	memset(real(partition_table), 0, 4096);
	root = make_partition(LPID_GUEST);
	if (!root || !make_partition(LPID_EMPTY) || !cover_memory())
		return false;
	device_tables = own_alloc(DEVICE_TABLES * TABLE_SIZE, TABLE_SIZE);
	return device_tables != 0;
}

uint64_t radix_partition_table(void)
{
	return partition_table;
}

void radix_set_process_table(uint64_t entry)
{
	((uint64_t *)real(partition_table))[2 * LPID_GUEST + 1] = entry;
}

uint64_t radix_process_table(void)
{
	return ((uint64_t *)real(partition_table))[2 * LPID_GUEST + 1];
}

static uint64_t alloc_device_table(void)
{
	uint64_t table = device_tables + device_tables_used * TABLE_SIZE;

	if (device_tables_used == DEVICE_TABLES)
		return 0;
	device_tables_used++;
	memset(real(table), 0, TABLE_SIZE);
	return table;
}

uint64_t *radix_leaf(uint64_t gpa, bool make)
{
	static const uint8_t shifts[] = { 39, 30, 21 };
	uint64_t table = root, entries = 1UL << RADIX_ROOT_BITS;

	if (gpa < platform.guest + platform.outside)
		return (uint64_t *)real(memory_leaves) + gpa / SMALL_PAGE;
	if (gpa >> 52)
		return NULL;
	for (int level = 0; level < 3; level++) {
		uint64_t *entry = find_entry(table, gpa, shifts[level], entries);

		if (!*entry && !(make && link_table(entry, alloc_device_table())))
			return NULL;
		table = *entry & PDE_BASE;
		entries = ENTRIES;
	}
	return find_entry(table, gpa, 12, ENTRIES);
}

void radix_clear(void)
{
	memset(real(memory_leaves), 0,
	       (platform.guest + platform.outside) / SMALL_PAGE * sizeof(uint64_t));
}
