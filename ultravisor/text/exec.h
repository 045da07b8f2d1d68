/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scan on execute. Stock QEMU gives `sc 2` to the guest's own system-call vector and knows no
 * MSR[S]. So no 4 KiB page is writable and executable at once; before it becomes executable its
 * `sc 2` words (and, once secure, its `mfmsr` words), in either byte order, are replaced by
 * illegal ones, which leave the guest. The guest reads its text unchanged: a page with such words
 * can be executed only, and an access to it turns it back. Either way it has no rights at all until
 * every CPU that is in the guest has left it, since a CPU keeps those that it has used until then.
 *
 * Most mfmsr need not leave the guest (ultravisor/text/msr.h): a test of MSR[S] becomes `lis`, and what
 * has no use for S stays. Not so if a page is exact: uv.msr=strict, pages fetched in user mode (where
 * mfmsr must trap), pages that store into themselves (so that what follows an mfmsr may change).
 *
 *	leaf	RW -(fetch: scan)-> RX, or X with words replaced -(store, foreign load)-> RW
 *
 * An access from the page itself cannot turn it back, or it would come again for ever. If it has words that
 * are replaced, it is done by ultravisor/text/access.c, as is a load of a single word from elsewhere. For one that
 * nobody can do, and for a store to a page without such words, the page has all rights until the guest
 * leaves next ("mixed"), and is scanned again then; words are put back for that, and the CPU runs alone,
 * for this one instruction.
 *
 * All but exec_note_entry() and exec_settle() want the ultravisor's lock.
 */
#ifndef ULTRAVISOR_TEXT_EXEC_H
#define ULTRAVISOR_TEXT_EXEC_H

#include <stdbool.h>
#include <stdint.h>

struct vcpu;

enum exec_word { EXEC_NONE, EXEC_SC2, EXEC_MFMSR, EXEC_STEP };

/* Every page that becomes executable from now on is exact: uv.msr=strict. */
void exec_set_strict(bool strict);

/* A fetch from a page that is not executable, in user mode or not. */
void exec_fetch(uint64_t gpa, bool user);

/* Make the page writable and exact. */
void exec_release(uint64_t gpa);

/* All pages exact again; the caller has taken every leaf away. For UV_ESM. */
void exec_forget(void);

/* The guest's own access to a page it executes from, by the instruction at @nip, in the same page. */
void exec_own_access(struct vcpu *vcpu, uint64_t nip, uint64_t gpa, bool store);

/*
 * The same for a store of @size bytes that need not run: only into a page that has replaced words. False if
 * it has none, or for now: it will come again. The page is exact then.
 */
bool exec_own_store(uint64_t gpa, const void *bytes, uint64_t size);

/* On every entry: note how many words have been put back so far. */
void exec_note_entry(struct vcpu *vcpu);

/* Has a word been put back since? */
bool exec_has_forgotten(const struct vcpu *vcpu);

/* On every exit: end the exception above. Takes the lock if there is something to do. */
void exec_settle(struct vcpu *vcpu);

/* What was replaced at @gpa: kind, RT of mfmsr, and whether in little-endian order. */
enum exec_word exec_lookup(uint64_t gpa, uint32_t *rt, bool *little);

/* How many pages have been scanned. */
uint64_t exec_scans(void);

/* Put the original words over a copy at @to of [@gpa, @gpa + @size), within one page. */
void exec_restore(uint64_t gpa, void *to, uint64_t size);

#endif /* ULTRAVISOR_TEXT_EXEC_H */
