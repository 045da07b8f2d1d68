// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: a walk touches nothing outside of the tree and ends; each event lies inside, and follows
 *     on what was before: properties after their node, no node behind the root
 * bounds: a structure of up to 32 bytes and strings of up to 4, of any contents; a step of each kind
 *     (the next event, past all properties) from anywhere in it, so for any number of steps
 * cbmc: --unwind 10 --unwindset memchr.0:33,check_event.0:34 --object-bits 10 --slice-formula
 */
#include "fdt/walk.c"

#include "tests/host/prove/prove.h"

#define STRUCTURE 32
#define STRINGS	  4

static uint8_t structure[STRUCTURE];
static char strings[STRINGS];

/* dt_walk_start() is about it: tree_header */
int fdt_check_header(const void *fdt)
{
	(void)fdt;
	return -FDT_ERR_BADMAGIC;
}

/* Behind a property whose padding is cut off it stands behind the end. */
static bool is_sound(const struct dt_walk *walk)
{
	return walk->at <= walk->end + 3 && walk->depth >= -1 && walk->depth <= 64 &&
	       (walk->rooted || walk->depth == -1) && (!walk->open || walk->depth >= 0);
}

static void check_event(const struct dt_walk *now, const struct dt_walk *was, int event)
{
	const uint8_t *name = (const uint8_t *)now->name;

	claim(is_sound(now) && now->at > was->at);
	switch (event) {
	case DT_NODE:
		claim(now->depth == was->depth + 1 && now->open && now->rooted);
		claim(now->depth > 0 || !was->rooted);
		claim(now->node >= 0 && (uint32_t)now->node + 4 < now->end);
		claim(name == structure + STRUCTURE - now->end + now->node + 4);
		while (*name)	/* ends, inside */
			name++;
		break;
	case DT_PROP:
		claim(was->open && now->open && now->depth == was->depth);
		claim(now->size <= now->end);
		claim(now->size == 0 || __CPROVER_r_ok(now->value, now->size));
		claim(now->name >= strings + STRINGS - now->strings_size &&
		      now->name < strings + STRINGS);
		break;
	default:
		claim(event == DT_NODE_END);
		claim(now->depth == was->depth - 1 && !now->open);
	}
}

int main(void)
{
	uint32_t end = any32(), strings_size = any32();
	struct dt_walk walk, was;
	int event;

	given(end <= STRUCTURE && strings_size <= STRINGS);
	walk = (struct dt_walk){
		.structure = any_bytes(structure, end), .end = end, .at = any32(),
		.strings = any_bytes(strings, strings_size), .strings_size = strings_size,
		.depth = (int)any32(), .rooted = any_bool(), .open = any_bool(),
	};
	given(strings_size == 0 || strings[STRINGS - 1] == '\0');
	given(is_sound(&walk));
	was = walk;
	/* the two that dt_walk_next_of() is made of */
	if (walk.open && any_bool()) {
		pass_properties(&walk, any64());
		claim(walk.at >= was.at || was.at > end);
		claim(is_sound(&walk));
		return 0;
	}
	event = dt_walk_next(&walk);
	if (event > 0)
		check_event(&walk, &was, event);
	else
		claim(event == DT_DONE ? was.rooted : event == -FDT_ERR_BADSTRUCTURE);
	return 0;
}
