// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/bars.h"

#include "lib/error.h"

#define KIB 1024UL
#define MIB (1024 * KIB)

/*
 * What a bridge is given: the first on a path more than those behind it, which take from its part.
 */
static const uint64_t bridge_io[] = { 16 * KIB, 4 * KIB };
static const uint64_t bridge_memory[] = { 16 * MIB, 2 * MIB };

static bool take_space(struct pci_window *window, uint64_t size, uint64_t *address)
{
	uint64_t at;

	if (size == 0 || (size & (size - 1)) || __builtin_add_overflow(window->next, size - 1, &at))
		return false;
	at &= ~(size - 1);
	if (at > window->end || window->end - at < size)
		return false;
	window->next = at + size;
	*address = at;
	return true;
}

static struct pci_config bridge_config(const struct pci_function *function, uint32_t address)
{
	struct pci_config config = function->config;

	config.address = address;
	return config;
}

/* A part of the parent's window; an empty one where it has no room. */
static void take_part(struct pci_window *part, struct pci_window *parent, uint64_t size)
{
	uint64_t at;

	*part = (struct pci_window){ .offset = parent->offset };
	if (take_space(parent, size, &at))
		*part = (struct pci_window){ at, at, at + size, parent->offset };
}

static int program_windows(const struct pci_config *config, uint32_t io, uint32_t memory,
			   uint32_t command)
{
	int rc = config_write(config, PCI_IO_BASE, 2, io);

	if (rc == 0)
		rc = config_write(config, PCI_MEMORY_BASE, 4, memory);
	return rc ? rc : config_write(config, PCI_COMMAND, 2, command);
}

/*
 * Base above limit shuts a window. A bridge that already passes memory on was set up by other
 * firmware.
 */
static int open_windows(const struct pci_config *config, struct pci_open_bridge *open)
{
	const struct pci_window *io = &open->window[PCI_IO], *memory = &open->window[PCI_MEM32];
	uint32_t io_bits = 0x00f0, memory_bits = 0x0000fff0;
	int rc;

	if ((rc = config_read(config, PCI_IO_BASE, 2, &open->io)) ||
	    (rc = config_read(config, PCI_MEMORY_BASE, 4, &open->memory)) ||
	    (rc = config_read(config, PCI_COMMAND, 2, &open->command)))
		return rc;
	if (open->command & PCI_COMMAND_MEMORY)
		return config_write(config, PCI_COMMAND, 2, open->command | PCI_COMMAND_MASTER);
	if (io->end > io->start)
		io_bits = (uint32_t)(((io->start >> 8) & 0xf0) | ((io->end - 1) & 0xf000));
	if (memory->end > memory->start)
		memory_bits = (uint32_t)(((memory->start >> 16) & 0xfff0) |
					 ((memory->end - 1) & 0xfff00000));
	return program_windows(config, io_bits, memory_bits,
		       PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

static struct pci_open_bridge *find_bridge(struct pci_bus *bus, uint32_t phb, uint32_t address)
{
	for (uint32_t i = 0; i < bus->open_bridges; i++)
		if (bus->open[i].phb == phb && bus->open[i].address == address)
			return &bus->open[i];
	return NULL;
}

/* One bridge of the path; @depth counts from the host bridge. */
static int open_bridge(struct pci_access *access, struct pci_window **windows, uint32_t depth)
{
	const struct pci_function *function = access->function;
	struct pci_bus *bus = access->bus;
	uint32_t address = function->bridge[depth], size = depth > 0;
	struct pci_config config = bridge_config(function, address);
	struct pci_open_bridge *open = find_bridge(bus, function->phb, address);
	int rc = 0;

	if (!open) {
		if (bus->open_bridges == PCI_OPEN_MAX)
			return error(E_PCI_WINDOW, "over %d bridges", PCI_OPEN_MAX);
		open = &bus->open[bus->open_bridges++];
		*open = (struct pci_open_bridge){ .phb = function->phb, .address = address };
		take_part(&open->window[PCI_IO], &(*windows)[PCI_IO], bridge_io[size]);
		take_part(&open->window[PCI_MEM32], &(*windows)[PCI_MEM32], bridge_memory[size]);
	}
	if (open->users == 0)
		rc = open_windows(&config, open);
	if (rc)
		return rc;
	open->users++;
	access->bridges++;
	*windows = open->window;
	return 0;
}

static int close_bridges(struct pci_access *access)
{
	const struct pci_function *function = access->function;
	int rc = 0;

	while (access->bridges) {
		uint32_t address = function->bridge[--access->bridges];
		struct pci_open_bridge *open = find_bridge(access->bus, function->phb, address);
		struct pci_config config = bridge_config(function, address);
		int one;

		if (!open || --open->users)
			continue;
		one = program_windows(&config, open->io, open->memory, open->command);
		rc = rc ? rc : one;
	}
	return rc;
}

/* The real address of an assigned BAR; 0 where the host bridge does not reach it. */
static uint64_t find_cpu_address(const struct pci_phb *phb, enum pci_space space, uint64_t value,
				 uint64_t size)
{
	for (int i = space == PCI_IO ? PCI_IO : PCI_MEM32;
	     i <= (space == PCI_IO ? PCI_IO : PCI_MEM64); i++) {
		const struct pci_window *window = &phb->window[i];

		if (value >= window->start && value < window->end && window->end - value >= size)
			return value + window->offset;
	}
	return 0;
}

/* Memory of either width goes into the 32-bit window, the only one that bridges pass on. */
static int assign_bar(struct pci_access *access, struct pci_window *windows, uint32_t number,
		      uint64_t *value)
{
	const struct pci_function *function = access->function;
	const struct pci_bar *bar = &function->bar[number];
	int rc;

	if (!take_space(&windows[bar->space == PCI_IO ? PCI_IO : PCI_MEM32], bar->size, value) &&
	    !(bar->space == PCI_MEM64 && take_space(&windows[PCI_MEM64], bar->size, value)))
		return error(E_PCI_WINDOW, "BAR %u of 0x%x, %lu bytes", number,
			     function->config.address, bar->size);
	access->changed |= 1U << number;
	rc = config_write(&function->config, PCI_BASE_ADDRESS_0 + 4 * number, 4, (uint32_t)*value);
	if (rc || bar->space != PCI_MEM64)
		return rc;
	access->changed |= 2U << number;
	return config_write(&function->config, PCI_BASE_ADDRESS_0 + 4 * number + 4, 4,
			    (uint32_t)(*value >> 32));
}

static int open_bar(struct pci_access *access, struct pci_window *windows, uint32_t number)
{
	const struct pci_function *function = access->function;
	const struct pci_bar *bar = &function->bar[number];
	bool wide = bar->space == PCI_MEM64;
	uint32_t *saved = &access->saved[number], flags = bar->space == PCI_IO ? 3 : 15;
	uint64_t value;
	int rc;

	if (bar->size == 0 || (wide && number == PCI_BARS - 1))
		return error(E_VIRTIO_CONFIG, "0x%x has no BAR %u", function->config.address,
			     number);
	rc = config_read(&function->config, PCI_BASE_ADDRESS_0 + 4 * number, 4, &saved[0]);
	if (rc == 0 && wide)
		rc = config_read(&function->config, PCI_BASE_ADDRESS_0 + 4 * number + 4, 4,
				 &saved[1]);
	if (rc)
		return rc;
	value = (saved[0] & ~flags) | (wide ? (uint64_t)saved[1] << 32 : 0);
	if (value == 0)
		rc = assign_bar(access, windows, number, &value);
	if (rc)
		return rc;
	access->address[number] =
		find_cpu_address(&access->bus->phb[function->phb], bar->space, value, bar->size);
	if (!access->address[number])
		return error(E_VIRTIO_CONFIG, "BAR %u of 0x%x is at 0x%lx, which no window reaches",
			     number, function->config.address, value);
	return 0;
}

static int open_bars(struct pci_access *access, uint32_t wanted)
{
	const struct pci_function *function = access->function;
	struct pci_window *windows = access->bus->phb[function->phb].window;
	uint32_t decode = 0;
	int rc = 0;

	for (uint32_t depth = 0; rc == 0 && depth < function->bridges; depth++)
		rc = open_bridge(access, &windows, depth);
	for (uint32_t i = 0; rc == 0 && i < PCI_BARS; i++) {
		if (!(wanted & 1U << i))
			continue;
		decode |= function->bar[i].space == PCI_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
		rc = open_bar(access, windows, i);
	}
	return rc ? rc : config_write(&function->config, PCI_COMMAND, 2,
				      access->command | decode | PCI_COMMAND_MASTER);
}

int bars_open(struct pci_access *access, struct pci_bus *bus, const struct pci_function *function,
	      uint32_t wanted)
{
	int rc;

	*access = (struct pci_access){ .bus = bus, .function = function };
	rc = config_read(&function->config, PCI_COMMAND, 2, &access->command);
	if (rc == 0)
		rc = open_bars(access, wanted);
	if (rc)
		bars_close(access);
	return rc;
}

int bars_close(struct pci_access *access)
{
	const struct pci_config *config = &access->function->config;
	int rc = config_write(config, PCI_COMMAND, 2,
			      access->command & ~(uint32_t)PCI_COMMAND_MASTER),
	    one;

	for (uint32_t i = 0; i < PCI_BARS; i++) {
		if (!(access->changed & 1U << i))
			continue;
		one = config_write(config, PCI_BASE_ADDRESS_0 + 4 * i, 4, access->saved[i]);
		rc = rc ? rc : one;
	}
	access->changed = 0;
	one = close_bridges(access);
	return rc ? rc : one;
}
