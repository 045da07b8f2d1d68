// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * UV_ESM, in the order of the real ultravisor (open-power/ultravisor core/uvcall.c:427-560):
 *
 *	start	check the arguments
 *	tree	copy the guest's tree, check the contract, add reservations
 *	open	open the ESM blob, if there is one
 *	move	copy memory that is not zero into its slots, scrub normal memory: all of it, or, if
 *		somebody vouches for the guest, only what has to come along
 *	digest	check uv.digest= and the ESM blob		failed by then: abort, H_PARAMETER
 *	commit	the guest is secure: forget what was left behind, copy the tree back, share
 *								failed from here on: ibm,os-term
 *	enter	at kbase, r3 = fdt, r4 = kbase, r5 = 0, EE off
 *
 * The real one talks to its hypervisor meanwhile (H_SVM_INIT_START, H_SVM_INIT_DONE). QEMU does not
 * know these calls, so they are not made.
 */
#include "abi/hcalls.h"
#include "abi/pef.h"
#include "abi/power.h"
#include "lib/arch.h"
#include "lib/log.h"
#include "ultravisor/calls/contract.h"
#include "ultravisor/calls/digest.h"
#include "ultravisor/calls/esm.h"
#include "ultravisor/calls/rtas.h"
#include "ultravisor/calls/share.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/esm/files.h"
#include "ultravisor/esm/judge.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/exec.h"
#include "ultravisor/trial/evil.h"
#include "ultravisor/trial/options.h"

struct esm {
	uint64_t kbase, fdt;
	struct contract contract;
	struct owners_word word;
	uint64_t began;			/* time base at the start of the phase */
	uint64_t moved, zero, scan, copy, scrub;	/* frames; time base ticks */
};

static uint64_t lap_time(struct esm *esm)
{
	uint64_t us = microseconds(timebase() - esm->began);

	esm->began = timebase();
	return us;
}

static void move_frame(struct esm *esm, uint64_t gfn)
{
	uint64_t from = gfn * FRAME_SIZE, to = platform.slots + from, t0, t1, t2;
	bool zero;

	if (!pages_undecided(pages_get(&pages, gfn)))
		return;
	t0 = timebase();
	zero = real_is_zero(from, FRAME_SIZE);
	t1 = timebase();
	esm->scan += t1 - t0;
	pages_secure(&pages, gfn, zero);
	if (zero) {
		esm->zero++;
		return;
	}
	real_copy(to, from, FRAME_SIZE);
	t2 = timebase();
	real_zero(from, FRAME_SIZE);
	esm->copy += t2 - t1;
	esm->scrub += timebase() - t2;
	esm->moved++;
}

/* All frames that have some of the range; what came in before stays. */
static void move_range(struct esm *esm, struct range range)
{
	for (uint64_t gfn = range.start / FRAME_SIZE;
	     gfn < pages.count && gfn * FRAME_SIZE < range.end; gfn++)
		move_frame(esm, gfn);
}

static void move_all(struct esm *esm)
{
	move_range(esm, (struct range){ 0, pages.count * FRAME_SIZE });
}

static void unmap_all(void)
{
	radix_clear();
	smp_shootdown();
	exec_restore_all();
}

static void move_memory_back(void)
{
	radix_clear();
	for (uint64_t gfn = 1; gfn < pages.count; gfn++) {
		if (pages_get(&pages, gfn) == PAGE_SECURE) {
			real_copy(gfn * FRAME_SIZE, platform.slots + gfn * FRAME_SIZE, FRAME_SIZE);
			real_zero(platform.slots + gfn * FRAME_SIZE, FRAME_SIZE);
		}
		pages_revert(&pages, gfn);
	}
}

/* r3 as the hypervisor's H_SVM_INIT_ABORT leaves it: core/uvcall.c:338-405, KVM uvmem.c:669 */
static int64_t abort_esm(const char *phase, const char *why)
{
	log_notice("esm=abort phase=%s why=\"%s\"", phase, why);
	return H_PARAMETER;
}

static int64_t check_tree(struct esm *esm)
{
	const char *why = contract_read(&esm->contract, esm->fdt, esm->kbase);

	if (why)
		return abort_esm("tree", why);
	if (uv_options.abort == ABORT_TREE)
		return abort_esm("tree", "uv.abort");
	log_info("esm=tree reservations=%u us=%lu", esm->contract.reservations, lap_time(esm));
	return U_SUCCESS;
}

/* Who may vouch for the guest, and for what? That is brought in, too. */
static int64_t find_owner(struct esm *esm)
{
	const char *why = judge_open(&esm->word, platform.tree);

	if (why) {
		files_drop();
		return abort_esm("digest", why);
	}
	contract_keep(&esm->contract, esm->kbase, uv_options.digest.size);
	if (esm->word.opened) {
		contract_keep(&esm->contract, esm->kbase, esm->word.digests.kernel_size);
		ranges_add(&esm->contract.keep, esm->word.found.place);
	}
	return U_SUCCESS;
}

/* May all else be left where it is? */
static bool brings_in_parts(const struct esm *esm)
{
	return (uv_options.digest.size || esm->word.opened) && !uv_options.forget_off;
}

static const char *move(struct esm *esm)
{
	unmap_all();
	if (brings_in_parts(esm))
		for (size_t i = 0; i < esm->contract.keep.count; i++)
			move_range(esm, esm->contract.keep.item[i]);
	else
		move_all(esm);
	log_info("esm=move pages=%lu zero=%lu scan-us=%lu copy-us=%lu scrub-us=%lu us=%lu",
		 esm->moved, esm->zero, microseconds(esm->scan), microseconds(esm->copy),
		 microseconds(esm->scrub), lap_time(esm));
	return uv_options.abort == ABORT_MOVE ? "uv.abort" : NULL;
}

static const char *check_digests(struct esm *esm)
{
	const char *why = digest_check(&esm->contract, esm->kbase);
	bool matched = false;

	if (!why && esm->word.opened)
		why = judge_match(&esm->word, platform.tree, esm->kbase, &matched);
	if (matched)
		esm->contract.measured = esm->word.digests.kernel_size;
	return !why && uv_options.abort == ABORT_DIGEST ? "uv.abort" : why;
}

static int64_t move_and_check(struct esm *esm)
{
	const char *phase = "move", *why = move(esm);

	if (!why) {
		phase = "digest";
		why = check_digests(esm);
	}
	if (why) {
		files_drop();
		move_memory_back();
		return abort_esm(phase, why);
	}
	if (esm->contract.measured)
		log_info("esm=digest measured=%lu us=%lu", esm->contract.measured, lap_time(esm));
	else if (brings_in_parts(esm))
		move_all(esm);		/* uv.esm=warn: a blob was opened, but does not match */
	return U_SUCCESS;
}

/*
 * The real one does not look at other CPUs (core/uvcall.c:427-560), which cannot go on: vcpu.h.
 * What is shared below waits until they are out of the guest.
 */
static void report_stopped(const struct vcpu *caller)
{
	for (uint32_t i = 0; i < platform.cpus; i++)
		if (&vcpus[i] != caller && vcpus[i].started)
			log_notice("esm=stopped cpu=%u", i);
}

/*
 * The real one brings in only what it is told of, by whole frames (core/pagein_track.c:113
 * get_page_range()). All else is as if nobody had ever touched it. Normal memory is scrubbed where
 * the guest may have left something; elsewhere it is not even looked at: on a machine with a lot of
 * memory the host has to find some for every page that is read.
 */
static void forget_rest(struct esm *esm)
{
	const struct range first = { 0, FRAME_SIZE };
	uint64_t kept = ranges_hit(&esm->contract.keep, first) != NULL;

	if (!kept)
		pages_forget(&pages, 0);
	for (uint64_t gfn = 1; gfn < pages.count; gfn++) {
		enum page_state was = pages_forget(&pages, gfn);

		if (was == PAGE_REACHED)
			real_zero(gfn * FRAME_SIZE, FRAME_SIZE);
		kept += !pages_undecided(was);
	}
	log_info("esm=forget kept=%lu us=%lu", kept, lap_time(esm));
}

static void commit(struct esm *esm)
{
	const struct contract *contract = &esm->contract;
	const char *why = NULL;

	platform.secure = true;
	platform.cpus_secure = contract->cpus;
	platform.rtas_frames = contract->implicit[0];
	rtas_take_guest_tokens(platform.tree);
	report_stopped(this_cpu());
	if (contract->measured && !uv_options.forget_off)
		forget_rest(esm);
	if (uv_options.abort == ABORT_COMMIT)
		why = "uv.abort=commit";
	else if (!contract_write_back(contract, esm->fdt))
		why = "no room for the tree with its reservations";
	if (why) {
		files_drop();
		smp_unlock();
		rtas_terminate("Cannot secure VM!", E_UV_TERMINATED, why);
	}
	files_give(contract->keys.start, contract->files.start);
	for (uint32_t i = 0; i < contract->implicits; i++)
		share_change(contract->implicit[i].start / FRAME_SIZE,
			     range_size(contract->implicit[i]) / FRAME_SIZE, PAGE_IMPLICIT);
	share_change(contract->rtas.start / FRAME_SIZE, range_size(contract->rtas) / FRAME_SIZE,
		     PAGE_PSEUDO);
	log_info("esm=commit private=%lu shared=%lu us=%lu", pages_private(&pages),
		   pages_shared(&pages), lap_time(esm));
}

/* core/uvcall.c:497-512: all else, LE and SF included, is as it was at the call */
static int64_t enter_secure(struct esm *esm, struct vcpu *vcpu)
{
	log_info("esm=enter nip=0x%lx us=%lu", esm->kbase, lap_time(esm));
	vcpu->secure = true;
	vcpu->regs.nip = esm->kbase;
	vcpu->regs.msr &= ~MSR_EE;
	GPR(vcpu, 3) = esm->fdt;
	GPR(vcpu, 4) = esm->kbase;
	GPR(vcpu, 5) = 0;
	evil_before_entry();
	return UV_ENTERED;
}

static int64_t go_secure(struct esm *esm, struct vcpu *vcpu)
{
	int64_t urc;

	log_info("esm=start cpu=%u kbase=0x%lx fdt=0x%lx", vcpu->index, esm->kbase, esm->fdt);
	if (uv_options.abort == ABORT_START)
		return abort_esm("start", "uv.abort");
	evil_before_move(esm->kbase, esm->fdt);
	urc = check_tree(esm);
	if (urc == U_SUCCESS)
		urc = find_owner(esm);
	if (urc == U_SUCCESS)
		urc = move_and_check(esm);
	if (urc != U_SUCCESS)
		return urc;
	commit(esm);
	return enter_secure(esm, vcpu);
}

/* Codes: core/uvcall.c:873-921. For a second UV_ESM the LPID is taken: U_RETRY. */
int64_t uv_esm(struct vcpu *vcpu)
{
	struct esm esm = { .kbase = GPR(vcpu, 4), .fdt = GPR(vcpu, 5), .began = timebase() };

	if (!esm.kbase)
		return U_P2;
	if (!esm.fdt)
		return U_P3;
	if (platform.secure)
		return U_RETRY;
	return go_secure(&esm, vcpu);
}
