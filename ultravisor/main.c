// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ultravisor at a glance. Its folders, each of which imports only those above it:
 *
 *	memory/	who reaches a frame (pages.h), the partition-scoped table, real memory
 *	cpu/	entry and vectors, the loop of a CPU, SMP, interrupts, the end of a failed run
 *	text/	scan on execute, mfmsr, emulated accesses; memory as the guest sees it
 *	trial/	uv.* options, faults and a hostile host on demand, statistics, verdict
 *	esm/	the ESM blob: the machine's key, digests, files
 *	calls/	ultracalls (uvcall.c), UV_ESM (esm.c), hypercalls (hcalls.c), RTAS (rtas.c)
 *	start/	from QEMU's tree to the guest's first instruction
 *
 * uv_start() runs twice: where QEMU put the image, and again in the copy after the guest's memory.
 */
#include "ultravisor/main.h"

#include "abi/power.h"
#include "fdt/edit.h"
#include "fdt/read.h"
#include "lib/console.h"
#include "lib/fail.h"
#include "lib/format.h"
#include "lib/log.h"
#include "lib/stack.h"
#include "lib/string.h"
#include "lib/version.h"
#include "ultravisor/calls/hcalls.h"
#include "ultravisor/calls/rtas.h"
#include "ultravisor/calls/tree.h"
#include "ultravisor/calls/uvcall.h"
#include "ultravisor/cpu/arch.h"
#include "ultravisor/cpu/exits.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/head.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/start/discover.h"
#include "ultravisor/start/divide.h"
#include "ultravisor/start/place.h"
#include "ultravisor/start/settings.h"
#include "ultravisor/text/exec.h"
#include "ultravisor/text/fault.h"
#include "ultravisor/trial/evil.h"
#include "ultravisor/trial/options.h"
#include "ultravisor/trial/stats.h"

static void note_entry(struct vcpu *vcpu)
{
	evil_before_run(vcpu);
	exec_note_entry(vcpu);
}

static void note_exit(struct vcpu *vcpu, uint64_t why)
{
	check(stack_is_whole(low_stack(vcpu->index)));
	stats_exit(why);
	exec_end_exposure(vcpu);
}

static void serve_illegal_word(struct vcpu *vcpu)
{
	if (fault_illegal(vcpu))
		uvcall_serve(vcpu);
}

/* svm/svm-rtas.c:705 svm_abort() of open-power/ultravisor */
static _Noreturn void end_guest(struct vcpu *vcpu)
{
	const struct range *rtas = &platform.rtas_frames;
	const uint64_t at = vcpu->hv.asdr;
	const char *use = at >= rtas->start && at < rtas->end ? "RTAS" : "the TPM";
	char why[100];

	format(why, sizeof(why), "0x%lx, for %s, by cpu %u at 0x%lx", at, use,
	       vcpu->index, vcpu->regs.nip);
	rtas_terminate("Aborting SVM", E_UV_IMPLICIT, why);
}

static void serve_data_fault(struct vcpu *vcpu)
{
	if (!fault_data(vcpu))
		end_guest(vcpu);
}

static void serve_fetch_fault(struct vcpu *vcpu, uint64_t cause)
{
	if (!fault_fetch(vcpu, cause))
		end_guest(vcpu);
}

/* Why a CPU leaves the guest, and who handles it; interrupts stay in cpu/. */
static const struct exit_handlers exit_handlers = {
	.entering = note_entry,
	.left = note_exit,
	.hcall = hcall_serve,
	.data_fault = serve_data_fault,
	.fetch_fault = serve_fetch_fault,
	.illegal_word = serve_illegal_word,
};

/* Turn QEMU's tree into the guest's, in the workspace. */
static void prepare_tree(const void *tree)
{
	int frc;

	memcpy(platform.tree, tree, fdt_totalsize(tree));
	frc = dt_check(platform.tree, TREE_SPACE);
	if (frc == 0)
		frc = dt_open(platform.tree, TREE_SPACE);
	if (frc)
		uv_fail(E_UV_TREE, "%s", fdt_strerror(frc));
	discover_machine(platform.tree);
	log_init("ultravisor", platform.timebase_hz);
	rtas_read_tokens(platform.tree);
	settings_read_nvram();
	settings_take_bootargs(platform.tree);
	settings_keep_overlay();
	if (uv_options.evil & EVIL_MEMORY)
		memory_leave_outside(platform.guest / 2);
	exec_set_msr(uv_options.msr);
	platform.implicit_maps = uv_options.implicit_maps;
	discover_platform(platform.tree);
	frc = tree_trim(platform.tree);
	if (frc)
		uv_fail(E_UV_TREE, "%s", fdt_strerror(frc));
}

static void prepare_cpus(uint64_t tree)
{
	for (uint32_t i = 0; i < platform.cpus; i++) {
		vcpus[i].index = i;
		vcpus[i].server = platform.server[i];
	}
	/* as QEMU enters firmware: hw/ppc/spapr_cpu_core.c, MSR of 10.0 (7.2 has 0) */
	vcpu_reset(&vcpus[0], 0x100, MSR_ME | MSR_FP, tree);
	vcpus[0].started = true;
}

/* Where a further CPU begins: cpu/head.S */
static void start_further_cpu(uint64_t index)
{
	stack_mark(low_stack((uint32_t)index));
	vcpu_pointer_set(&vcpus[index]);
	vcpu_run(&vcpus[index], &exit_handlers);
}

static _Noreturn void uv_main(const void *tree)
{
	uint64_t guest_tree;

	stack_mark(low_stack(0));
	log_init("ultravisor", 0);
	console_set_guard(smp_console_guard);
	vcpu_pointer_set(&vcpus[0]);
	low_install(start_further_cpu);
	divide_memory(tree);
	divide_own();
	prepare_tree(tree);
	log_notice("emulated=1 version=%s memory=0x%lx guest=0x%lx", VERSION, platform.memory,
		   platform.guest);
	log_notice("notice: an emulation for tests: it protects nothing from QEMU");
	settings_take_key();
	place_firmware();
	guest_tree = place_tree();
	prepare_cpus(guest_tree);
	vcpu_probe_order(&vcpus[0]);
	vcpu_run(&vcpus[0], &exit_handlers);
}

void uv_start(const void *tree, uint64_t image, uint64_t moved)
{
	(void)image;
	if (moved)
		uv_main(tree);
	log_init("ultravisor", 0);
	divide_memory(tree);
	move_image(platform.own.start, tree);
}
