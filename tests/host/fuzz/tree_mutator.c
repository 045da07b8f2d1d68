// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/host/fuzz/tree_mutator.h"

#include <stdbool.h>
#include <string.h>

#define ITEMS_MAX	 8192
#define POOL		 (1 << 18) /* bytes for what was not in the tree before */
#define HEADER		 40
#define RESERVATIONS_MAX 64

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum tag { BEGIN_NODE = 1, END_NODE, PROP, NOP, END = 9 };

/*
 * A node is all from its BEGIN_NODE to its END_NODE, so that to move it is to move a run of items.
 */
struct item {
	enum tag tag;
	const char *name;
	const uint8_t *value;
	uint32_t size;
};

struct tree {
	uint32_t items, boot_cpu, reservations, used;
	uint64_t reservation[RESERVATIONS_MAX][2];
	struct item item[ITEMS_MAX];
	uint8_t pool[POOL];
	uint64_t random;
};

/* Names by which something is looked up: by somebody, somewhere. */
static const char *const names[] = {
	"chosen", "chosen@0", "rtas", "rtas@0", "cpus", "cpus@0", "cpu@0", "memory", "memory@0",
	"memory@10000000", "memory@20000000", "ibm,dynamic-reconfiguration-memory",
	"ibm,dynamic-reconfiguration-memory@0", "hypervisor", "reserved-memory",
	"reserved-memory@0", "vdevice", "vdevice@0", "vty@71000000", "nvram@71000000",
	"l-lan@71000001", "v-scsi@71000002", "event-sources", "hot-plug-events", "epow-events",
	"ibm,io-events", "pci@800000020000000", "pci@800000020000001", "pci@0",
	"interrupt-controller", "interrupt-controller@0", "ibm,opal", "options", "aliases",
	"openprom", "firmware", "__symbols__", "ibm,platform-facilities", "ibm,persistent-memory",
	"x/rtas", "x/chosen", "isa", "8042", "restricted-dma@8000000", "device@0", "l2-cache@0",
};
static const char *const types[] = {
	"cpu", "memory", "pci", "pciex", "serial", "nvram", "chrp", "isa", "8042", "vdevice",
	"ibm,pmemory", "cache", "", "PowerPC-External-Interrupt-Presentation",
	"ibm,platform-facilities",
};
static const char *const words[] = {
	"linux,kvm", "ibm,powerpc-cpu-features", "restricted-dma-pool", "shared-dma-pool",
	"hvterm1", "hvterm-protocol", "IBM,v-scsi", "IBM,l-lan", "ibm,random", "ibm,opal-xive-pe",
	"IBM,ppc-xicp", "ibm,power-ivpe", "IBM,vtpm",
};
static const char *const properties[] = {
	"device_type", "compatible", "reg", "status", "name", "ranges", "dma-ranges",
	"#address-cells", "#size-cells", "phandle", "linux,phandle", "ibm,phandle",
	"interrupt-parent", "bootargs", "linux,initrd-start", "linux,initrd-end", "stdout-path",
	"linux,stdout-path", "linux,usable-memory", "linux,drconf-usable-memory",
	"linux,memory-limit", "linux,iommu-off", "linux,elfcorehdr", "linux,usable-memory-range",
	"linux,crashkernel-base", "linux,tce-alloc-start", "reserved-ranges", "linux,rtas-base",
	"linux,rtas-entry", "rtas-size", "power-off", "ibm,configure-connector", "ibm,update-nodes",
	"ibm,kernel-dump", "ibm,configure-kernel-dump", "ibm,hypertas-functions",
	"hcall-instructions", "ibm,lmb-size", "ibm,dynamic-memory", "ibm,dynamic-memory-v2",
	"ibm,associativity", "ibm,associativity-lookup-arrays", "d-cache-block-size",
	"d-cache-line-size", "i-cache-block-size", "i-cache-line-size", "cpu-version",
	"timebase-frequency", "ibm,dec-bits", "ibm,extended-timebase-frequency",
	"ibm,ppc-interrupt-server#s", "ibm,pa-features", "ibm,drc-indexes", "ibm,my-drc-index",
	"ibm,my-dma-window", "ibm,dma-window", "dma-coherent", "memory-region", "no-map",
	"hotpluggable", "isa", "rng-seed", "ibm,secure-boot", "linux,pci-probe-only",
	"pefboot,kernel", "virtio,access-platform", "ibm,architecture-vec-5", "interrupt-map",
	"interrupts", "vendor-id", "device-id", "class-code",
};
static const uint32_t numbers[] = {
	0, 1, 2, 3, 4, 8, 0x80, 0x800, 0x2003, 0x10000, 0x400000, 0x1000000, 0x2400000, 0x2500000,
	0x8000000, 0x10000000, 0x1ffe0000, 0x20000000, 0x40000000, 0x80000000, 0xffffffff,
};

static uint32_t draw(struct tree *tree, uint32_t below)
{
	tree->random = tree->random * 6364136223846793005u + 1442695040888963407u;
	return below ? (uint32_t)(tree->random >> 33) % below : 0;
}

static uint32_t word_at(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static void put_word(uint8_t *at, uint32_t word)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(word >> (24 - 8 * i));
}

/* Room of its own; NULL where there is no more. */
static uint8_t *take(struct tree *tree, size_t size)
{
	if (size > POOL - tree->used)
		return NULL;
	tree->used += size;
	return tree->pool + tree->used - size;
}

static const void *keep(struct tree *tree, const void *data, size_t size)
{
	uint8_t *own = take(tree, size);

	return own ? memcpy(own, data, size) : NULL;
}

/* Blocks and their ends, of a header that has been checked. */
struct blob {
	const uint8_t *at, *end, *strings, *strings_end;
};

static bool open_blob(struct blob *blob, const uint8_t *data, size_t size)
{
	const uint32_t total = size < HEADER ? 0 : word_at(data + 4),
		       at = total ? word_at(data + 8) : 0;
	const uint32_t strings = total ? word_at(data + 12) : 0;

	if (total < HEADER || total > size || word_at(data) != 0xd00dfeed || at > total ||
	    strings > total || word_at(data + 32) > total - strings ||
	    word_at(data + 36) > total - at)
		return false;
	*blob = (struct blob){ data + at, data + at + word_at(data + 36), data + strings,
				data + strings + word_at(data + 32) };
	return true;
}

static const uint8_t *aligned(const uint8_t *at, const uint8_t *start)
{
	return start + ((at - start + 3) & ~3L);
}

static bool read_item(struct blob *blob, const uint8_t *start, struct item *item)
{
	uint32_t name;

	if (blob->end - blob->at < 4)
		return false;
	*item = (struct item){ .tag = word_at(blob->at) };
	blob->at += 4;
	if (item->tag == BEGIN_NODE) {
		item->name = (const char *)blob->at;
		blob->at = memchr(blob->at, 0, blob->end - blob->at);
		if (!blob->at)
			return false;
		blob->at = aligned(blob->at + 1, start);
		return blob->at <= blob->end;
	}
	if (item->tag != PROP)
		return item->tag == END_NODE || item->tag == NOP || item->tag == END;
	if (blob->end - blob->at < 8)
		return false;
	item->size = word_at(blob->at);
	name = word_at(blob->at + 4);
	if (item->size > blob->end - blob->at - 8 || name >= blob->strings_end - blob->strings ||
	    !memchr(blob->strings + name, 0, blob->strings_end - blob->strings - name))
		return false;
	item->name = (const char *)blob->strings + name;
	item->value = blob->at + 8;
	blob->at = aligned(blob->at + 8 + item->size, start);
	return blob->at <= blob->end;
}

static void read_reservations(struct tree *tree, const uint8_t *data, size_t size)
{
	for (size_t at = word_at(data + 16);
	     at + 16 <= size && tree->reservations < RESERVATIONS_MAX; at += 16) {
		uint64_t *pair = tree->reservation[tree->reservations];

		pair[0] = (uint64_t)word_at(data + at) << 32 | word_at(data + at + 4);
		pair[1] = (uint64_t)word_at(data + at + 8) << 32 | word_at(data + at + 12);
		if (!pair[0] && !pair[1])
			return;
		tree->reservations++;
	}
}

/* One root, its end the last item. */
static bool read_tree(struct tree *tree, const uint8_t *data, size_t size, uint32_t seed)
{
	const uint8_t *start;
	struct blob blob;
	int depth = 0;

	tree->items = tree->reservations = tree->used = 0;
	tree->random = seed;
	if (!open_blob(&blob, data, size))
		return false;
	start = blob.at;
	tree->boot_cpu = word_at(data + 28);
	read_reservations(tree, data, size);
	do {
		struct item *item = &tree->item[tree->items];

		if (tree->items == ITEMS_MAX || !read_item(&blob, start, item) || item->tag == END)
			return false;
		depth += item->tag == BEGIN_NODE ? 1 : item->tag == END_NODE ? -1 : 0;
		if (depth < 0 || (!tree->items && item->tag != BEGIN_NODE))
			return false;
		if (item->tag != NOP)
			tree->items++;
	} while (depth);
	return true;
}

/* Writing: into a buffer that ends somewhere; past its end nothing, but the count goes on. */
struct out {
	uint8_t *data;
	size_t at, max;
};

static void put(struct out *out, const void *data, size_t size)
{
	if (out->at <= out->max && size <= out->max - out->at)
		memcpy(out->data + out->at, data, size);
	out->at += size;
}

static void put_cell(struct out *out, uint32_t word)
{
	uint8_t bytes[4];

	put_word(bytes, word);
	put(out, bytes, 4);
}

static void put_padded(struct out *out, const void *data, size_t size)
{
	put(out, data, size);
	put(out, "\0\0\0", -size & 3);
}

/* Offset of a name in the strings block, each there once. */
static uint32_t string_offset(struct out *strings, const char *name)
{
	const size_t size = strlen(name) + 1;

	for (size_t at = 0; at < strings->at && strings->at <= strings->max;
	     at += strlen((char *)strings->data + at) + 1)
		if (!strcmp((char *)strings->data + at, name))
			return at;
	put(strings, name, size);
	return strings->at - size;
}

static void put_item(struct out *out, struct out *strings, const struct item *item)
{
	put_cell(out, item->tag);
	if (item->tag == BEGIN_NODE)
		put_padded(out, item->name, strlen(item->name) + 1);
	if (item->tag == PROP) {
		put_cell(out, item->size);
		put_cell(out, string_offset(strings, item->name));
		put_padded(out, item->value, item->size);
	}
}

static size_t write_tree(const struct tree *tree, uint8_t *data, size_t max)
{
	static uint8_t room[1 << 20], string_room[1 << 16];
	struct out out = { room, HEADER, sizeof(room) },
		   strings = { string_room, 0, sizeof(string_room) };
	uint32_t structure;

	for (uint32_t i = 0; i < tree->reservations; i++)
		for (int j = 0; j < 4; j++)
			put_cell(&out, tree->reservation[i][j / 2] >> (j % 2 ? 0 : 32));
	put(&out, (uint8_t[16]) { 0 }, 16);
	structure = out.at;
	for (uint32_t i = 0; i < tree->items; i++)
		put_item(&out, &strings, &tree->item[i]);
	put_cell(&out, END);
	if (strings.at > strings.max || out.at > out.max || out.at + strings.at > max ||
	    out.at + strings.at > sizeof(room))
		return 0;
	const uint32_t header[] = {
		0xd00dfeed, out.at + strings.at, structure, out.at, HEADER, 17, 16, tree->boot_cpu,
		strings.at, out.at - structure,
	};

	put(&out, string_room, strings.at);
	for (size_t i = 0; i < COUNT(header); i++)
		put_word(room + 4 * i, header[i]);
	memcpy(data, room, out.at);
	return out.at;
}

/* The item behind the node or property that begins at @first. */
static uint32_t end_of(const struct tree *tree, uint32_t first)
{
	uint32_t at = first, depth = 0;

	do {
		depth += tree->item[at].tag == BEGIN_NODE ? 1
			 : tree->item[at].tag == END_NODE ? -1
							  : 0;
		at++;
	} while (depth);
	return at;
}

/* An item of a tag, not the root; 0: there is none. */
static uint32_t pick(struct tree *tree, enum tag tag)
{
	for (int i = 0; i < 64; i++) {
		const uint32_t at = draw(tree, tree->items);

		if (at && tree->item[at].tag == tag)
			return at;
	}
	return 0;
}

static bool remove_items(struct tree *tree, uint32_t first, uint32_t end)
{
	memmove(&tree->item[first], &tree->item[end], (tree->items - end) * sizeof(tree->item[0]));
	tree->items -= end - first;
	return true;
}

static bool insert_items(struct tree *tree, uint32_t at, const struct item *items, uint32_t count)
{
	static struct item copy[ITEMS_MAX];

	if (count > ITEMS_MAX - tree->items)
		return false;
	memcpy(copy, items, count * sizeof(copy[0]));
	memmove(&tree->item[at + count], &tree->item[at],
		(tree->items - at) * sizeof(tree->item[0]));
	memcpy(&tree->item[at], copy, count * sizeof(copy[0]));
	tree->items += count;
	return true;
}

/* Where a node can go: behind the properties of a node, or behind one of its children. */
static uint32_t node_place(struct tree *tree)
{
	uint32_t at = draw(tree, 3) ? 0 : pick(tree, BEGIN_NODE);

	for (at++; tree->item[at].tag == PROP; at++)
		;
	while (tree->item[at].tag == BEGIN_NODE && draw(tree, 4))
		at = end_of(tree, at);
	return at;
}

static uint32_t prop_place(struct tree *tree, uint32_t node)
{
	uint32_t at = node + 1;

	while (tree->item[at].tag == PROP && draw(tree, 4))
		at++;
	return at;
}

static const char *const *choose(struct tree *tree, const char *const *from, size_t count)
{
	return &from[draw(tree, count)];
}
#define CHOOSE(tree, array) (*choose(tree, array, COUNT(array)))

static void set_text(struct item *item, const char *text)
{
	item->value = (const uint8_t *)text;
	item->size = strlen(text) + 1;
}

static bool set_cells(struct tree *tree, struct item *item)
{
	const uint32_t count = 1 + draw(tree, draw(tree, 2) ? 2 : 8);
	uint8_t *value = take(tree, 4 * count);

	for (uint32_t i = 0; value && i < count; i++)
		put_word(value + 4 * i, numbers[draw(tree, COUNT(numbers))]);
	item->value = value;
	item->size = 4 * count;
	return value;
}

/* A value of the kind that a name asks for, or of another. */
static bool fill(struct tree *tree, struct item *item)
{
	if (!strcmp(item->name, "device_type") && draw(tree, 8))
		set_text(item, CHOOSE(tree, types));
	else if (!strcmp(item->name, "compatible") && draw(tree, 8))
		set_text(item, CHOOSE(tree, words));
	else if (!strcmp(item->name, "status"))
		set_text(item, draw(tree, 2) ? "disabled" : "okay");
	else if (!strcmp(item->name, "bootargs"))
		set_text(item, "console=hvc0 rdinit=/evil");
	else if (draw(tree, 12) == 0)
		*item = (struct item){ PROP, item->name, (const uint8_t *)"", 0 };
	else
		return set_cells(tree, item);
	return true;
}

/* Of a property of its name that is there, a changed copy; else a new value. */
static bool fill_like(struct tree *tree, struct item *item)
{
	for (uint32_t i = 0, at = draw(tree, tree->items); i < tree->items;
	     i++, at = (at + 1) % tree->items) {
		const struct item *other = &tree->item[at];
		uint8_t *value;

		if (other->tag != PROP || other->size < 4 || strcmp(other->name, item->name))
			continue;
		value = take(tree, other->size);
		if (!value)
			return false;
		memcpy(value, other->value, other->size);
		put_word(value + 4 * draw(tree, other->size / 4),
			 numbers[draw(tree, COUNT(numbers))]);
		item->value = value;
		item->size = other->size;
		return true;
	}
	return fill(tree, item);
}

static bool rename_node(struct tree *tree)
{
	const uint32_t at = pick(tree, BEGIN_NODE);
	char name[256];

	if (!at)
		return false;
	switch (draw(tree, 4)) {
	case 0:
		tree->item[at].name = CHOOSE(tree, names);
		return true;
	case 1: /* without its unit address */
		strncpy(name, tree->item[at].name, sizeof(name) - 1);
		name[sizeof(name) - 1] = '\0';
		name[strcspn(name, "@")] = '\0';
		break;
	default: /* with another */
		strncpy(name, tree->item[at].name, sizeof(name) - 5);
		name[sizeof(name) - 5] = '\0';
		name[strcspn(name, "@")] = '\0';
		strcat(name, draw(tree, 2) ? "@0" : draw(tree, 2) ? "@" : "@1");
	}
	tree->item[at].name = keep(tree, name, strlen(name) + 1);
	return tree->item[at].name;
}

static bool insert_prop(struct tree *tree)
{
	const uint32_t node = draw(tree, 4) ? pick(tree, BEGIN_NODE) : 0;
	struct item item = { .tag = PROP, .name = CHOOSE(tree, properties) };

	return (draw(tree, 2) ? fill(tree, &item) : fill_like(tree, &item)) &&
	       insert_items(tree, prop_place(tree, node), &item, 1);
}

static bool retag_node(struct tree *tree)
{
	const uint32_t node = pick(tree, BEGIN_NODE);
	struct item item = { .tag = PROP, .name = "device_type" };

	set_text(&item, CHOOSE(tree, types));
	for (uint32_t at = node + 1; tree->item[at].tag == PROP; at++)
		if (!strcmp(tree->item[at].name, "device_type")) {
			tree->item[at] = item;
			return true;
		}
	return insert_items(tree, node + 1, &item, 1);
}

/* With a type or a word, and a few properties. */
static bool insert_node(struct tree *tree)
{
	struct item items[12] = { { .tag = BEGIN_NODE, .name = CHOOSE(tree, names) } };
	const uint32_t props = 1 + draw(tree, 8);
	uint32_t count = 1;

	if (draw(tree, 2)) {
		items[count] = (struct item){ .tag = PROP, .name = "device_type" };
		set_text(&items[count++], CHOOSE(tree, types));
	}
	for (uint32_t i = 0; i < props; i++, count++) {
		items[count] = (struct item){ .tag = PROP, .name = CHOOSE(tree, properties) };
		if (!fill_like(tree, &items[count]))
			return false;
	}
	items[count++] = (struct item){ .tag = END_NODE };
	return insert_items(tree, node_place(tree), items, count);
}

static bool copy_node(struct tree *tree)
{
	const uint32_t first = pick(tree, BEGIN_NODE), count = end_of(tree, first) - first;
	const uint32_t at = draw(tree, 2) ? first : node_place(tree);

	if (!first || count > 200 || !insert_items(tree, at, &tree->item[first], count))
		return false;
	if (draw(tree, 2))
		tree->item[at].name = CHOOSE(tree, names);
	return true;
}

static bool move_node(struct tree *tree)
{
	static struct item moved[ITEMS_MAX];
	const uint32_t first = pick(tree, BEGIN_NODE), count = end_of(tree, first) - first;

	if (!first)
		return false;
	memcpy(moved, &tree->item[first], count * sizeof(moved[0]));
	remove_items(tree, first, first + count);
	return insert_items(tree, node_place(tree), moved, count);
}

static bool drop_node(struct tree *tree)
{
	const uint32_t first = pick(tree, BEGIN_NODE);

	return first && remove_items(tree, first, end_of(tree, first));
}

static bool drop_prop(struct tree *tree)
{
	const uint32_t at = pick(tree, PROP);

	return at && remove_items(tree, at, at + 1);
}

/* The same name twice, with two values. */
static bool copy_prop(struct tree *tree)
{
	const uint32_t at = pick(tree, PROP);
	struct item item;

	if (!at)
		return false;
	item = tree->item[at];
	return fill_like(tree, &item) && insert_items(tree, at + draw(tree, 2), &item, 1);
}

static bool move_prop(struct tree *tree)
{
	const uint32_t at = pick(tree, PROP);
	struct item item;

	if (!at)
		return false;
	item = tree->item[at];
	if (draw(tree, 2))
		remove_items(tree, at, at + 1);
	return insert_items(tree, prop_place(tree, pick(tree, BEGIN_NODE)), &item, 1);
}

static bool rename_prop(struct tree *tree)
{
	const uint32_t at = pick(tree, PROP);

	if (at)
		tree->item[at].name = CHOOSE(tree, properties);
	return at;
}

/* A bit, a byte, a cell, or the length. */
static bool change_value(struct tree *tree)
{
	const uint32_t at = pick(tree, PROP);
	struct item *item = &tree->item[at];
	uint8_t *value;

	if (!at || !item->size)
		return false;
	value = take(tree, item->size + 8);
	if (!value)
		return false;
	memset(value, 0, item->size + 8);
	memcpy(value, item->value, item->size);
	item->value = value;
	switch (draw(tree, 4)) {
	case 0:
		value[draw(tree, item->size)] ^= 1 << draw(tree, 8);
		break;
	case 1:
		value[draw(tree, item->size)] = draw(tree, 256);
		break;
	case 2:
		item->size = draw(tree, item->size + 9);
		break;
	default:
		put_word(value + 4 * draw(tree, (item->size + 3) / 4),
			 numbers[draw(tree, COUNT(numbers))]);
	}
	return true;
}

/* Behind the children, where the Specification does not allow it and some readers see it. */
static bool prop_behind_children(struct tree *tree)
{
	const uint32_t node = pick(tree, BEGIN_NODE);
	struct item item = { .tag = PROP, .name = CHOOSE(tree, properties) };

	return fill_like(tree, &item) && insert_items(tree, end_of(tree, node) - 1, &item, 1);
}

static bool change_header(struct tree *tree)
{
	if (draw(tree, 2)) {
		tree->boot_cpu = numbers[draw(tree, COUNT(numbers))];
		return true;
	}
	if (tree->reservations == RESERVATIONS_MAX)
		return false;
	tree->reservation[tree->reservations][0] = numbers[draw(tree, COUNT(numbers))];
	tree->reservation[tree->reservations++][1] = numbers[draw(tree, COUNT(numbers))];
	return true;
}

static bool mutate_once(struct tree *tree)
{
	static bool (*const mutations[])(struct tree *tree) = {
		rename_node, insert_prop, insert_prop, retag_node, insert_node, insert_node,
		copy_node, copy_node, move_node, drop_node, drop_prop, copy_prop, move_prop,
		rename_prop, change_value, change_value, prop_behind_children, change_header,
	};

	return mutations[draw(tree, COUNT(mutations))](tree);
}

size_t tree_mutate(uint8_t *data, size_t size, size_t max, uint32_t seed)
{
	static struct tree tree;
	uint32_t times;

	if (!read_tree(&tree, data, size, seed))
		return 0;
	times = draw(&tree, 2) ? 1 : 1 + draw(&tree, 4);
	for (uint32_t tries = 0; times && tries < 16; tries++)
		times -= mutate_once(&tree);
	return write_tree(&tree, data, max);
}

size_t tree_cross(const uint8_t *first, size_t first_size, const uint8_t *second,
		  size_t second_size, uint8_t *out, size_t max, uint32_t seed)
{
	static struct tree tree, other;
	uint32_t node, end;

	if (!read_tree(&tree, first, first_size, seed) ||
	    !read_tree(&other, second, second_size, seed + 1))
		return 0;
	node = pick(&other, BEGIN_NODE);
	end = end_of(&other, node);
	if (!node || !insert_items(&tree, node_place(&tree), &other.item[node], end - node))
		return 0;
	return write_tree(&tree, out, max);
}
