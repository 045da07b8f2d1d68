// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Step 4: the end of the normal world. Where there is an ultravisor it goes on in the secure stage
 * and never comes back here, unless the ultravisor refuses.
 */
#include "abi/pef.h"
#include "boot/normal/blob.h"
#include "boot/normal/devices.h"
#include "boot/normal/measured.h"
#include "boot/normal/normal.h"
#include "boot/normal/stage.h"
#include "boot/normal/tree.h"
#include "lib/fail.h"
#include "lib/format.h"
#include "lib/kernel.h"
#include "lib/log.h"
#include "lib/measured.h"
#include "lib/names.h"
#include "lib/rtas_blob.h"
#include "lib/string.h"
#include "ultracall/ultracall.h"

#define RANGE_TEXT 56	/* " measured=", two numbers */

static const char *policy_name(enum secure_policy policy)
{
	return policy == SECURE_REQUIRED ? "required" : policy == SECURE_OFF ? "off" : "auto";
}

/*
 * Whoever makes a bundle wants a secure guest, unless its command line leaves that to the machine
 * (pefboot.secure=auto); whoever seals an ESM blob to it does whatever the line says.
 */
static bool demands(const struct payload *payload)
{
	const struct options *options = &payload->options;

	return options->secure == SECURE_REQUIRED || range_size(payload->blob) ||
	       (range_size(payload->bundle) && !options->secure_said);
}

/*
 * Shall this guest become secure? Whether there is an ultravisor is asked without harm: UV_ESM with
 * kbase 0 is refused with U_P2 by a real one (ultravisor core/uvcall.c:873); without one the answer
 * is U_FUNCTION.
 */
static int decide_mode(bool *secure, const struct payload *payload)
{
	enum secure_policy policy = payload->options.secure;
	int64_t urc;

	*secure = false;
	if (policy == SECURE_OFF)
		return 0;
	urc = ultracall(UV_ESM, 0, 0);
	if (urc == U_FUNCTION) {
		if (demands(payload))
			return error(E_NO_ULTRAVISOR, "UV_ESM -> %s (%ld)", u_name(urc), (long)urc);
		log_notice("notice: no ultravisor, this guest stays a normal VM%s",
			   payload->options.secure_said ? ": nothing is protected" : "");
		return 0;
	}
	if (!kernel_has_mark((const void *)payload->kernel.start)) {
		if (!payload->options.any_kernel)
			return error(E_NO_MARK, "no mark at 0x%lx",
				     payload->kernel.start + KERNEL_MARK_AT);
		log_notice("notice: kernel without the mark, as pefboot.kernel=any allows: "
			   "its I/O may fail");
	}
	*secure = true;
	return 0;
}

/* What svm= tells prom_init is pefboot's to do: prom_init does not run. */
static void check_svm(const struct options *options, bool secure)
{
	if (secure ? options->params.svm_off : options->params.svm)
		log_notice("notice: svm= has no effect: pefboot.secure= decides");
}

/* Nothing of a bundle has run yet. Its owner can tell by the digest whether this is it. */
static void report_refused(const struct bundle *bundle, uint64_t kbase)
{
	uint8_t digest[BUNDLE_DIGEST_SIZE];
	char text[HEX_SIZE(BUNDLE_DIGEST_SIZE)];

	measured_digest(digest, NULL, bundle, (const void *)kbase);
	format_hex(text, digest, sizeof(digest));
	log_error("measured=0x%lx+0x%lx sha512=%s", kbase, bundle_measured(bundle).end, text);
}

/* Only a refusal comes back. Its code is the ultravisor's or the hypervisor's: print both names. */
static int go_secure(const struct machine *machine, const struct payload *payload, uint64_t kbase)
{
	const bool has_bundle = range_size(payload->bundle);
	char measured[RANGE_TEXT] = "", blob[RANGE_TEXT] = "";
	struct bundle bundle;
	int64_t urc;
	int rc = has_bundle ?
			 bundle_parse(&bundle, (const void *)kbase, BUNDLE_MANIFEST_END) : 0;

	if (rc)
		return rc;
	if (has_bundle)
		format(measured, sizeof(measured), " measured=0x%lx+0x%lx", kbase,
		       bundle_measured(&bundle).end);
	if (range_size(payload->blob))
		format(blob, sizeof(blob), " blob=0x%lx+0x%lx", payload->blob.start,
		       range_size(payload->blob));
	log_step(STEP_TRANSITION, "mode=secure secure=%s kbase=0x%lx tree=0x%lx%s%s",
		 policy_name(payload->options.secure), kbase, (uintptr_t)machine->home.tree,
		 measured, blob);
	urc = ultracall(UV_ESM, kbase, (uintptr_t)machine->home.tree);
	if (has_bundle)
		report_refused(&bundle, kbase);
	return error(E_ESM_REFUSED, "UV_ESM -> %s (%ld), as a hypervisor's code %s", u_name(urc),
		     (long)urc, h_name(urc));
}

int transition(struct machine *machine, const struct payload *payload)
{
	struct payload handed = *payload;
	struct ranges own = { 0 };
	uint64_t kbase = 0;
	bool secure;
	int rc;

	devices_quiesce(machine);
	rc = decide_mode(&secure, payload);
	check_svm(&payload->options, rc == 0 && secure);
	if (rc == 0 && secure)
		rc = stage_place(&kbase, machine, payload);
	if (rc || (rc = measured_boot(machine, payload, secure)))
		return rc;
	memcpy((void *)machine->home.rtas, rtas_blob, sizeof(rtas_blob));
	if (secure && range_size(payload->initrd) == 0)
		handed.initrd = stage_empty_initrd(&machine->home);
	if (secure) {
		stage_reserve(&own, machine, payload, kbase);
		rc = blob_hand_over(&handed, machine, &own);
		if (rc)
			return rc;
	}
	rc = tree_finish(machine, &handed, &own, secure);
	if (rc)
		return rc;
	if (secure)
		return go_secure(machine, &handed, kbase);
	log_step(STEP_TRANSITION, "mode=normal secure=%s rtas=0x%lx",
		 policy_name(payload->options.secure), machine->home.rtas);
	return 0;
}
