// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/doors/kexec_cpus.h"

#include <libfdt.h>
#include <stdbool.h>

#include "abi/papr.h"
#include "boot/doors/vectors.h"
#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/hcall.h"
#include "lib/rtas.h"

#define PATIENCE (10 * TIMEBASE_HZ)	/* 10 s, on a host that is busy */

/* query-cpu-stopped-state, LoPAR 7.3.11.3: status 0, and the state */
#define CPU_STOPPED 0

/* Argument block of stop-self, which never comes back: all CPUs may use one. LoPAR 7.3.11.1 */
struct stop_args {
	be32 token, nargs, nrets, status;
};

struct cpus {
	const void *tree;
	uint32_t self, query, stop;	/* own number; tokens */
	uint64_t deadline;
	uint32_t count, stopped;
};

static int find_tokens(struct cpus *cpus)
{
	int rtas = dt_find(cpus->tree, "/rtas");

	if (rtas < 0 || dt_u32(cpus->tree, rtas, "query-cpu-stopped-state", &cpus->query) ||
	    dt_u32(cpus->tree, rtas, "stop-self", &cpus->stop))
		return error(E_NO_RTAS, "query-cpu-stopped-state, stop-self");
	return 0;
}

/* Call @visit for each thread of each cpu by its number, until one does not return 0. */
static int visit_threads(struct cpus *cpus, int (*visit)(struct cpus *cpus, uint32_t server))
{
	int node, size, rc = 0, parent = dt_find(cpus->tree, "/cpus");

	cpus->self = fdt_boot_cpuid_phys(cpus->tree);
	fdt_for_each_subnode(node, cpus->tree, parent) {
		const uint8_t *server =
			dt_get(cpus->tree, node, "ibm,ppc-interrupt-server#s", &size);

		for (; rc == 0 && server && size >= 4; server += 4, size -= 4)
			rc = visit(cpus, be32_load(server));
	}
	return rc;
}

static bool is_stopped(const struct cpus *cpus, uint32_t server)
{
	uint32_t state = ~0U;

	return rtas_call(cpus->query, &server, 1, &state, 2) == RTAS_SUCCESS &&
	       state == CPU_STOPPED;
}

static int wait_for_stop(struct cpus *cpus, uint32_t server)
{
	while (server != cpus->self && !is_stopped(cpus, server))
		if (timebase() > cpus->deadline)
			return error(E_CPU_RUNS, "cpu %u", server);
	return 0;
}

/* The dispatch trace log and the SLB shadow go before the area itself, or that is refused. */
static int deregister_areas(struct cpus *cpus, uint32_t server)
{
	(void)cpus;
	HCALL(H_REGISTER_VPA, H_VPA_DEREG_DTL << H_VPA_FUNC_SHIFT, server, 0);
	HCALL(H_REGISTER_VPA, H_VPA_DEREG_SLB << H_VPA_FUNC_SHIFT, server, 0);
	HCALL(H_REGISTER_VPA, H_VPA_DEREG_VPA << H_VPA_FUNC_SHIFT, server, 0);
	return 0;
}

int kexec_cpus_stop(const void *tree)
{
	static struct stop_args args;
	struct cpus cpus = { .tree = tree };
	int rc = find_tokens(&cpus);

	if (rc)
		return rc;
	args = (struct stop_args){ .token = be32_make(cpus.stop), .nrets = be32_make(1) };
	cpus.deadline = timebase() + PATIENCE;
	kexec_loop_leave(&args);
	rc = visit_threads(&cpus, wait_for_stop);
	return rc ? rc : visit_threads(&cpus, deregister_areas);
}

static int count_thread(struct cpus *cpus, uint32_t server)
{
	cpus->count += server != cpus->self;
	cpus->stopped += server != cpus->self && is_stopped(cpus, server);
	return 0;
}

void kexec_cpus_count(const void *tree, uint32_t *others, uint32_t *stopped)
{
	struct cpus cpus = { .tree = tree };

	if (find_tokens(&cpus) == 0)
		visit_threads(&cpus, count_thread);
	*others = cpus.count;
	*stopped = cpus.stopped;
}
