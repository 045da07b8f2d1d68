/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scan on execute. Stock QEMU takes `sc 2` to the guest's own system-call vector and knows no
 * MSR[S]. So no 4 KiB page is writable and executable at once. Before a page becomes executable,
 * its `sc 2` words (once secure, its `mfmsr` words, too) in either byte order are replaced by
 * illegal words, which trap. The guest reads its text unchanged: a page with replaced words is
 * execute-only, and an access makes it readable and writable again. Whenever its rights change, a
 * page has none at all until every CPU has left the guest once, because until then a CPU keeps the
 * rights that it has used.
 *
 * Most mfmsr need not trap (ultravisor/text/msr.h): one whose result is only tested for MSR[S]
 * becomes `lis`, and one whose MSR[S] is never used stays; with uv.msr=tests, so do all others. In
 * an exact page all of them trap. Exact are all pages with uv.msr=strict, pages fetched in user
 * mode (where mfmsr must trap), and pages that store into themselves (because what follows an mfmsr
 * may change).
 *
 * tlbiel and tlbie of one page are replaced, too, and do not trap: QEMU would invalidate less than
 * a guest's page of 64 KiB or more. They become instructions that invalidate everything; tlbie only
 * in a guest whose kernel runs in quadrant 3 (effective addresses from 0xc000000000000000 on),
 * where its stack is, too.
 *
 *	leaf	RW -(fetch: scan)-> RX, or X with words replaced -(store, load from elsewhere)-> RW
 *
 * An access by an instruction of the page itself cannot do that, or it would fault again for ever.
 * In a page with replaced words it is emulated (ultravisor/text/access.h), as is a load of a single
 * word from elsewhere. If it cannot be emulated, and for a store to a page without replaced words,
 * the page is exposed: it has all rights until this CPU leaves the guest, and is scanned again
 * then. Replaced words are restored first, and the CPU runs alone for this one instruction.
 *
 * All but exec_note_entry() and exec_end_exposure() want the ultravisor's lock.
 */
#ifndef ULTRAVISOR_TEXT_EXEC_H
#define ULTRAVISOR_TEXT_EXEC_H

#include <stdbool.h>
#include <stdint.h>

struct vcpu;

enum exec_word { EXEC_NONE, EXEC_SC2, EXEC_MFMSR, EXEC_STEP };

/* uv.msr= */
enum exec_msr {
	EXEC_MSR_FAST,		/* trap what may depend on MSR[S] and is no test */
	EXEC_MSR_STRICT,	/* trap all */
	EXEC_MSR_TESTS,		/* trap none: only tests see MSR[S] */
};

/* How the pages that become executable from now on are treated. */
void exec_set_msr(enum exec_msr mode);

/* The guest fetches from a page that is not executable, in user mode or not. */
void exec_fetch(uint64_t gpa, bool user);

/* Quadrant 3 has been executed in privileged mode. */
void exec_note_high_kernel(void);

/* Make the page readable and writable, with its original words. */
void exec_release(uint64_t gpa);

/* Restore the words of all pages. The caller has cleared every leaf. For UV_ESM. */
void exec_restore_all(void);

/* The instruction at @nip accesses its own page, at @gpa. */
void exec_own_access(struct vcpu *vcpu, uint64_t nip, uint64_t gpa, bool store);

/*
 * Do such an instruction's store of @size bytes, into a page with replaced words, which is exact
 * from then on. False if it has none, or if another CPU is running alone: the instruction will
 * fault again.
 */
bool exec_own_store(uint64_t gpa, const void *bytes, uint64_t size);

/* On every entry: note how many words have been restored so far. */
void exec_note_entry(struct vcpu *vcpu);

/* Has any word been restored since then? */
bool exec_restored_since_entry(const struct vcpu *vcpu);

/* On every exit: end the exposure of a page, if there is one. Takes the lock for it. */
void exec_end_exposure(struct vcpu *vcpu);

/* What was replaced at @gpa: the kind, RT of an mfmsr, and whether it is a little-endian word. */
enum exec_word exec_lookup(uint64_t gpa, uint32_t *rt, bool *little);

/* How many pages have been scanned. */
uint64_t exec_scans(void);

/* Put the original words into a copy of [@gpa, @gpa + @size), which lies within one page. */
void exec_show_original(uint64_t gpa, void *to, uint64_t size);

#endif /* ULTRAVISOR_TEXT_EXEC_H */
