// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/read.h"

#include "lib/endian.h"
#include "lib/string.h"

int dt_check(const void *fdt, size_t most)
{
	int frc = fdt_check_header(fdt);

	if (frc)
		return frc;
	if (fdt_totalsize(fdt) > most)
		return -FDT_ERR_TRUNCATED;
	return fdt_check_full(fdt, fdt_totalsize(fdt));
}

int dt_u32(const void *fdt, int node, const char *name, uint32_t *value)
{
	int size;
	const void *prop = fdt_getprop(fdt, node, name, &size);

	if (!prop)
		return size;
	if (size != sizeof(uint32_t))
		return -FDT_ERR_BADVALUE;
	*value = be32_load(prop);
	return 0;
}

int dt_u32_or_u64(const void *fdt, int node, const char *name, uint64_t *value)
{
	int size;
	const void *prop = fdt_getprop(fdt, node, name, &size);

	if (!prop)
		return size;
	if (size == sizeof(uint32_t))
		*value = be32_load(prop);
	else if (size == sizeof(uint64_t))
		*value = be64_load(prop);
	else
		return -FDT_ERR_BADVALUE;
	return 0;
}

int dt_u64_pair(const void *fdt, int node, const char *name, uint64_t *first, uint64_t *second)
{
	int size;
	const uint8_t *prop = fdt_getprop(fdt, node, name, &size);

	if (!prop)
		return size;
	if (size != 2 * sizeof(uint64_t))
		return -FDT_ERR_BADVALUE;
	*first = be64_load(prop);
	*second = be64_load(prop + sizeof(uint64_t));
	return 0;
}

const char *dt_string(const void *fdt, int node, const char *name)
{
	int size;
	const char *text = fdt_getprop(fdt, node, name, &size);

	return text && memchr(text, '\0', (size_t)size) ? text : NULL;
}

bool dt_is(const void *fdt, int node, const char *name, const char *value)
{
	const char *text = dt_string(fdt, node, name);

	return text && strcmp(text, value) == 0;
}

static int cells_of(const void *fdt, int node, const char *name, uint32_t most, uint32_t *cells)
{
	int frc = dt_u32(fdt, node, name, cells);

	if (frc == -FDT_ERR_NOTFOUND)
		return 0;
	if (frc == 0 && *cells > most)
		return -FDT_ERR_BADNCELLS;
	return frc == -FDT_ERR_BADVALUE ? -FDT_ERR_BADNCELLS : frc;
}

int dt_cells(const void *fdt, int node, struct dt_cells *cells)
{
	int frc;

	*cells = (struct dt_cells){ 2, 1 };
	frc = cells_of(fdt, node, "#address-cells", 2, &cells->address);
	return frc ? frc : cells_of(fdt, node, "#size-cells", 2, &cells->size);
}

static uint64_t read_cells(const uint8_t *at, uint32_t cells)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < cells; i++)
		value = value << 32 | be32_load(at + 4 * i);
	return value;
}

int dt_reg(const void *fdt, int node, struct dt_cells cells, int index, struct range *reg)
{
	uint32_t entry = (cells.address + cells.size) * sizeof(uint32_t);
	int size;
	const uint8_t *prop = fdt_getprop(fdt, node, "reg", &size);

	if (!prop)
		return size;
	if (entry == 0 || (uint32_t)size % entry)
		return -FDT_ERR_BADVALUE;
	if ((uint32_t)index >= (uint32_t)size / entry)
		return -FDT_ERR_NOTFOUND;
	prop += (uint32_t)index * entry;
	if (!range_make(reg, read_cells(prop, cells.address),
			read_cells(prop + 4 * cells.address, cells.size)))
		return -FDT_ERR_BADVALUE;
	return 0;
}

int dt_reservations(const void *fdt, struct ranges *set)
{
	int count = fdt_num_mem_rsv(fdt);

	for (int i = 0; i < count; i++) {
		uint64_t base, size;
		struct range range;
		int frc = fdt_get_mem_rsv(fdt, i, &base, &size);

		if (frc)
			return frc;
		if (!range_make(&range, base, size))
			return -FDT_ERR_BADVALUE;
		if (!ranges_add(set, range))
			return -FDT_ERR_NOSPACE;
	}
	return count < 0 ? count : 0;
}
