// SPDX-License-Identifier: GPL-2.0-or-later
/* Which PCI devices a secure guest gets. */
#include "boot/secure/devices.h"

#include "lib/endian.h"
#include "tests/host/unit/test.h"

static struct options options;

static bool is_allowed_as(uint32_t class, uint32_t vendor, uint32_t device, bool bridge)
{
	struct node node = { .kind = NODE_PCI };
	uint8_t ids[12];

	be32_store(ids, vendor);
	be32_store(ids + 4, device);
	be32_store(ids + 8, class);
	node.value[PCI_CLASS] = (struct node_value){ ids + 8, 4 };
	node.value[PCI_VENDOR] = (struct node_value){ ids, 4 };
	node.value[PCI_DEVICE] = (struct node_value){ ids + 4, 4 };
	if (bridge)
		node.value[PCI_DEVICE_TYPE] = (struct node_value){ "pci", 4 };
	return device_is_allowed(&options, &node);
}

/* The class that QEMU gives it. */
static bool is_allowed(uint32_t vendor, uint32_t device, bool bridge)
{
	static const uint32_t classes[] = { 0x020000, 0x010000, 0x078000, 0x00ff00, 0x000200 };

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (is_allowed_as(classes[i], vendor, device, bridge))
			return true;
	return false;
}

/*
 * Another class, and Linux looks for a driver that takes any device of that class: NVMe, xHCI, a
 * serial port, another virtio device's.
 */
static void test_classes(void **state)
{
	static const struct {
		uint16_t device, class;
	} want[] = {
		{ 0x1000, 0x0200 }, { 0x1041, 0x0200 }, { 0x1001, 0x0100 }, { 0x1042, 0x0100 },
		{ 0x1003, 0x0780 }, { 0x1043, 0x0780 }, { 0x1004, 0x0100 }, { 0x1048, 0x0100 },
		{ 0x1005, 0x00ff }, { 0x1044, 0x00ff }, { 0x1009, 0x0002 }, { 0x1049, 0x0002 },
		{ 0x1012, 0x0780 }, { 0x1053, 0x0780 },
	};

	(void)state;
	options = (struct options){ 0 };
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		uint32_t class = (uint32_t)want[i].class << 8;

		assert_true(is_allowed_as(class, 0x1af4, want[i].device, false));
		assert_false(is_allowed_as(class + 2, 0x1af4, want[i].device, false));
		assert_false(is_allowed_as(0x010802, 0x1af4, want[i].device, false));
		assert_false(is_allowed_as(0x0c0330, 0x1af4, want[i].device, false));
		assert_false(is_allowed_as(0x070002, 0x1af4, want[i].device, false));
		assert_false(is_allowed_as(class ^ 0x010000, 0x1af4, want[i].device, false));
	}
	assert_int_equal(options_parse(&options, "pefboot.devices=1af4:1005"), 0);
	assert_true(is_allowed_as(0x010802, 0x1af4, 0x1005, false));
}

/* Of all virtio devices these seven, by both of their numbers: Virtio 1.2, 4.1.2.1 and 5. */
static void test_virtio(void **state)
{
	static const uint16_t want[] = {
		0x1000, 0x1001, 0x1003, 0x1004, 0x1005, 0x1009, 0x1012,	/* net blk console scsi rng 9p vsock */
		0x1041, 0x1042, 0x1043, 0x1044, 0x1048, 0x1049, 0x1053,	/* net blk console rng scsi 9p vsock */
	};
	size_t found = 0;

	(void)state;
	options = (struct options){ 0 };
	for (uint32_t device = 0; device <= 0xffff; device++) {
		bool is_wanted = found < sizeof(want) / sizeof(want[0]) && want[found] == device;

		assert_int_equal(is_allowed(0x1af4, device, false), is_wanted);
		assert_false(is_allowed(0x1b36, device, false));
		found += is_wanted;
	}
	assert_int_equal(found, sizeof(want) / sizeof(want[0]));
	assert_false(is_allowed(0x1af4, 0x1002, false));	/* the balloon */
	assert_false(is_allowed(0x1af4, 0x1045, false));
}

static void test_bridges(void **state)
{
	(void)state;
	options = (struct options){ 0 };
	assert_true(is_allowed(0x1b36, 1, true));
	assert_false(is_allowed(0x1b36, 1, false));
	assert_false(is_allowed(0x1b36, 2, true));
	assert_false(is_allowed(0x8086, 1, true));
}

/* Both numbers have to be those of one entry. */
static void test_options(void **state)
{
	(void)state;
	assert_int_equal(options_parse(&options, "pefboot.devices=8086:100e,1b36:d"), 0);
	assert_true(is_allowed(0x8086, 0x100e, false));
	assert_true(is_allowed(0x1b36, 0xd, false));
	assert_false(is_allowed(0x8086, 0xd, false));
	assert_false(is_allowed(0x1b36, 0x100e, false));
	assert_true(is_allowed(0x1af4, 0x1041, false));
	options.devices = 1;
	assert_false(is_allowed(0x1b36, 0xd, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_virtio), TEST(test_classes), TEST(test_bridges), TEST(test_options) };

	return RUN(tests);
}
