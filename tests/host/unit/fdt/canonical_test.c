// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fdt/canonical takes a tree in canonical form, and none that differs from one by an edit. The edits are made to each
 * node and to each property of a good tree.
 */
#include "fdt/canonical.h"

#include <libfdt.h>

#include "lib/endian.h"
#include "tests/host/fake/events.h"
#include "tests/host/fake/tree.h"
#include "tests/host/unit/test.h"

#define NODES_MAX 64

/* Counts what it is given, and may refuse the n-th call. */
static struct counter {
	struct node_sink sink;
	int begun, ended, calls, refuse_call;
	enum node_kind kind[NODES_MAX];
} counter;

#define SINK_ERROR 77

static int begin_node(struct node_sink *sink, struct node *node)
{
	assert_ptr_equal(sink, &counter.sink);
	assert_true(counter.begun < NODES_MAX);
	counter.kind[counter.begun++] = node->kind;
	return ++counter.calls == counter.refuse_call ? SINK_ERROR : 0;
}

static int end_node(struct node_sink *sink)
{
	assert_ptr_equal(sink, &counter.sink);
	counter.ended++;
	return ++counter.calls == counter.refuse_call ? SINK_ERROR : 0;
}

static struct tree_fault fault;
static void *base;			/* the good tree */
static struct tree_events good, events;	/* its events; those to be edited */
static char fault_node[64], fault_property[64];

static int read_blob(const void *fdt, uint64_t max, int refuse_call)
{
	fault = (struct tree_fault){ NULL, NULL, NULL };
	counter = (struct counter){ .sink = { begin_node, end_node }, .refuse_call = refuse_call };
	return canonical_read(fdt, max, &counter.sink, &fault);
}

/* The names of a fault lie in the tree, which is freed here. */
static int read_events(void)
{
	void *fdt = events_write(&events);
	int rc = read_blob(fdt, fdt_totalsize(fdt), 0);

	if (rc) {
		snprintf(fault_node, sizeof(fault_node), "%s", fault.node);
		snprintf(fault_property, sizeof(fault_property), "%s", fault.property ? fault.property : "");
	}
	free(fdt);
	return rc;
}

static void is_good(void)
{
	int rc = read_events();

	if (rc)
		print_error("%s: node %s, property %s\n", fault.why, fault_node, fault_property);
	assert_int_equal(rc, 0);
	assert_int_equal(counter.begun, counter.ended);
}

static void is_refused(const char *node, const char *property)
{
	if (read_events() != -FDT_ERR_BADSTRUCTURE)
		print_error("passed: node %s, property %s\n", node, property);
	assert_non_null(fault.why);
	if (property) {
		assert_string_equal(fault_node, *node ? node : "/");
		assert_string_equal(fault_property, property);
	}
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	base = tree_read("doctored/as-it-was", 0);
	events_read(&good, base);
	events = good;
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(base);
	return 0;
}

static void test_good(void **state)
{
	static const enum node_kind kinds[] = {
		NODE_ROOT, NODE_CPUS, NODE_CPU, NODE_MEMORY, NODE_RTAS, NODE_XICS, NODE_VDEVICE, NODE_VTY,
		NODE_PHB, NODE_PCI, NODE_PCI, NODE_PCI, NODE_CHOSEN,
	};
	const int count = sizeof(kinds) / sizeof(kinds[0]);

	(void)state;
	is_good();
	assert_int_equal(counter.begun, count);
	for (int i = 0; i < count; i++)
		assert_int_equal(counter.kind[i], kinds[i]);
}

/* The kind of the node in which event @i of the good tree stands. */
static enum node_kind kind_at(size_t i)
{
	size_t node = i, number = 0;

	while (good.at[node].what != DT_NODE)
		node--;
	for (size_t before = 0; before < node; before++)
		number += good.at[before].what == DT_NODE;
	return counter.kind[number];
}

static const char *node_of(size_t i)
{
	while (good.at[i].what != DT_NODE)
		i--;
	return good.at[i].name;
}

/* Without what is not required the tree is still one; but "device_type" makes the bridge. */
static bool may_lack(enum node_kind kind, const char *name)
{
	const struct property_schema *property = &node_schemas[kind].property[property_find(kind, name, 0)];

	return !(property->flags & REQUIRED) && !(kind == NODE_PCI && strcmp(name, "device_type") == 0);
}

static void edit_property(size_t i, enum node_kind kind)
{
	static const uint8_t giant[0x10004];
	const char *node = node_of(i), *name = good.at[i].name;

	print_message("%s %s\n", node, name);
	events = good;
	events_insert(&events, i, &good.at[i], 1);
	is_refused(node, name);
	events = good;
	events.at[i].name = "x";
	is_refused(node, "x");
	events = good;
	events.at[i].value = giant;
	events.at[i].size = sizeof(giant);
	is_refused(node, name);
	events = good;
	events_remove(&events, i, 1);
	if (may_lack(kind, name))
		is_good();
	else
		is_refused(node, kind == NODE_PCI ? NULL : name);
	if (good.at[i + 1].what != DT_PROP)
		return;
	events = good;
	events.at[i] = good.at[i + 1];
	events.at[i + 1] = good.at[i];
	is_refused(node, name);
}

static void test_each_property(void **state)
{
	enum node_kind kinds[sizeof(good.at) / sizeof(good.at[0])];

	(void)state;
	is_good();
	for (size_t i = 0; i < good.count; i++)
		kinds[i] = kind_at(i);
	for (size_t i = 0; i < good.count; i++)
		if (good.at[i].what == DT_PROP)
			edit_property(i, kinds[i]);
}

static const struct tree_event foreign[] = { { DT_NODE, "foo", NULL, 0 }, { DT_NODE_END, NULL, NULL, 0 } };

static void edit_node(size_t i, enum node_kind kind)
{
	size_t behind = events_behind(&good, i), size = behind - i;
	char name[64];

	print_message("%s\n", good.at[i].name);
	events = good;
	events_insert(&events, behind, &good.at[i], size);
	is_refused(good.at[i].name, kind == NODE_PCI ? NULL : "");
	events = good;
	events_insert(&events, behind - 1, foreign, 2);
	is_refused(good.at[i].name, NULL);
	events = good;
	snprintf(name, sizeof(name), "x%s", good.at[i].name);
	events.at[i].name = name;
	is_refused(name, NULL);
	if (strchr(good.at[i].name, '@')) {
		snprintf(name, sizeof(name), "%.*s@0%s", (int)strcspn(good.at[i].name, "@"), good.at[i].name,
			 strchr(good.at[i].name, '@') + 1);
		is_refused(name, "");
	}
	events = good;
	events_remove(&events, i, size);
	if (node_schemas[kind].flags & REQUIRED)
		is_refused(good.at[i].name, NULL);
	else
		is_good();
	if (behind == good.count - 1)
		return;
	events_insert(&events, events.count - 1, &good.at[i], size);
	is_refused(good.at[i].name, NULL);
}

static void test_each_node(void **state)
{
	enum node_kind kinds[sizeof(good.at) / sizeof(good.at[0])];

	(void)state;
	is_good();
	for (size_t i = 0; i < good.count; i++)
		kinds[i] = kind_at(i);
	for (size_t i = 1; i < good.count; i++)
		if (good.at[i].what == DT_NODE)
			edit_node(i, kinds[i]);
}

/* A copy of @node behind it, of another name and with another "reg". */
static void add_twin(const char *node, const char *name, const void *reg)
{
	size_t first = events_node(&events, node), behind = events_behind(&events, first);
	size_t size = behind - first, at;

	events_insert(&events, behind, &events.at[first], size);
	events.at[behind].name = name;
	for (at = behind; strcmp(events.at[at].name, "reg") != 0; at++)
		;
	events.at[at].value = reg;
}

/* Those of a kind stand in the order of their units, each once. */
static void test_units(void **state)
{
	const uint32_t cpu0[] = { 0 }, cpu8[] = { cpu_to_fdt32(8) }, cpu10[] = { cpu_to_fdt32(16) };

	(void)state;
	add_twin("cpu@0", "cpu@8", cpu8);
	add_twin("cpu@8", "cpu@10", cpu10);
	is_good();
	assert_int_equal(counter.kind[3], NODE_CPU);
	assert_int_equal(counter.kind[4], NODE_CPU);
	events = good;
	add_twin("cpu@0", "cpu@10", cpu10);
	add_twin("cpu@10", "cpu@8", cpu8);
	is_refused("cpu@8", "");
	events = good;
	add_twin("cpu@0", "cpu@8", cpu8);
	add_twin("cpu@8", "cpu@0", cpu0);
	is_refused("cpu@0", "");
}

/* Addresses of 64 bits are compared as such. */
static void test_units_of_memory(void **state)
{
	const uint64_t far[] = { cpu_to_fdt64(0x100000000), cpu_to_fdt64(0x10000000) };
	const uint64_t near[] = { cpu_to_fdt64(0x40000000), cpu_to_fdt64(0x10000000) };

	(void)state;
	add_twin("memory@0", "memory@40000000", near);
	add_twin("memory@40000000", "memory@100000000", far);
	is_good();
	events = good;
	add_twin("memory@0", "memory@100000000", far);
	add_twin("memory@100000000", "memory@40000000", near);
	is_refused("memory@40000000", "");
}

/* Also below a node of which none is required kinds come in their order. */
static void test_order_below(void **state)
{
	static const struct tree_event nvram[] = {
		{ DT_NODE, "nvram@71000001", NULL, 0 },
		{ DT_PROP, "device_type", "nvram", 6 }, { DT_PROP, "compatible", "qemu,spapr-nvram", 17 },
		{ DT_PROP, "reg", "\x71\0\0\1", 4 }, { DT_PROP, "#bytes", "\0\1\0\0", 4 },
		{ DT_NODE_END, NULL, NULL, 0 },
	};
	size_t vty = events_node(&good, "vty@71000000");

	(void)state;
	events_insert(&events, events_behind(&events, vty), nvram, 6);
	is_good();
	events = good;
	events_insert(&events, vty, nvram, 6);
	is_refused("vty@71000000", "");
}

static void test_child_of_a_device(void **state)
{
	size_t device = events_node(&good, "device@0"), behind = events_behind(&good, device);

	(void)state;
	events_insert(&events, behind - 1, &good.at[device], behind - device);
	is_refused("device@0", "");
	assert_string_equal(fault.why, "has a child");
}

/* The device that is behind a bridge comes to lie behind one more. */
static void add_bridge(void)
{
	size_t bridge = events_node(&good, "pci@1"), size = events_node(&good, "device@2") - bridge;
	size_t device = events_node(&events, "device@2");

	events_insert(&events, events_behind(&events, device), &(struct tree_event){ DT_NODE_END, NULL, NULL, 0 }, 1);
	events_insert(&events, device, &good.at[bridge], size);
}

static void test_depth(void **state)
{
	(void)state;
	for (int bridges = 2; bridges <= 7; bridges++) {
		add_bridge();
		is_good();
	}
	add_bridge();
	is_refused("device@2", "");
	assert_string_equal(fault.why, "too deep");
}

/* What only pefboot itself tells Linux is nothing that a host may say. */
static void test_what_is_for_linux(void **state)
{
	static const struct {
		const char *node, *property;
	} cases[] = {
		{ "", "virtio,access-platform" }, { "", "reserved-ranges" }, { "chosen", "rng-seed" },
		{ "pci@800000020000000", "memory-region" },
	};
	static const char *const nodes[] = { "pefboot", "reserved-memory" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t at = events_node(&good, cases[i].node) + 1;

		while (good.at[at].what == DT_PROP)
			at++;
		events = good;
		events_insert(&events, at, &(struct tree_event){ DT_PROP, cases[i].property, "", 0 }, 1);
		is_refused(cases[i].node, cases[i].property);
	}
	for (size_t i = 0; i < 2; i++) {
		events = good;
		events_insert(&events, good.count - 1 - !i, foreign, 2);
		events.at[good.count - 1 - !i].name = nodes[i];
		is_refused(nodes[i], "");
	}
}

static void test_more_than_a_root(void **state)
{
	(void)state;
	events_insert(&events, events.count, foreign, 2);
	is_refused("/", NULL);
	assert_int_equal(counter.begun, counter.ended);
}

/* What a sink returns ends the reading and is what the reader returns. */
static void test_sink_errors(void **state)
{
	int calls;

	(void)state;
	is_good();
	calls = counter.calls;
	for (int i = 1; i <= calls; i++) {
		assert_int_equal(read_blob(base, fdt_totalsize(base), i), SINK_ERROR);
		assert_int_equal(counter.calls, i);
	}
}

static void test_damaged(void **state)
{
	(void)state;
	assert_true(read_blob(base, fdt_totalsize(base) - 1, 0) < 0);
	assert_non_null(fault.why);
	assert_int_equal(counter.begun, 0);
	fdt_set_magic(base, 0);
	assert_int_equal(read_blob(base, fdt_totalsize(base), 0), -FDT_ERR_BADMAGIC);
	fdt_set_magic(base, FDT_MAGIC);
	be32_store((uint8_t *)base + fdt_off_dt_struct(base) + fdt_size_dt_struct(base) - 8, 77);
	assert_int_equal(read_blob(base, fdt_totalsize(base), 0), -FDT_ERR_BADSTRUCTURE);
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_good), T(test_each_property), T(test_each_node), T(test_units), T(test_units_of_memory), T(test_order_below),
		T(test_child_of_a_device), T(test_depth), T(test_what_is_for_linux), T(test_more_than_a_root),
		T(test_sink_errors), T(test_damaged),
	};

	return RUN(tests);
}
