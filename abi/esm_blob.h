/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ESM blob: a device tree that only the ultravisor of some machines opens. Source:
 * open-power/svm-tools, which makes it, and open-power/ultravisor svm/svm-esm.c, svm/svm-esmb.c,
 * core/uvcall.c:725-872, which read it.
 *
 *	/			compatible = "ibm,esm"
 *	/lockboxes/lockbox-1	encrypted-symkey: of 32 bytes, RSA-OAEP, hash and MGF1 SHA-256, no
 *				label; pubkey-fingerprint/hash: SHA-256 of the key's PEM file
 *	/digest/digests-fdt	algorithm = "AES256-GCM", iv, mac, ciphertext: a tree with
 *				/digests, which has rtas, kernel, initrd, bootargs (SHA-512),
 *				kernel-size (u32)
 *	/file			files-fdt: a tree, not encrypted, of /files/NAME, each with
 *				algorithm, iv, mac, ciphertext
 */
#ifndef ABI_ESM_BLOB_H
#define ABI_ESM_BLOB_H

#define ESM_CIPHER_SIZE	   256		/* RSA-2048 */
#define ESM_KEY_SIZE	   32		/* AES-256 */
#define ESM_IV_SIZE	   16		/* so that GCM's first counter is a GHASH */
#define ESM_MAC_SIZE	   16
#define ESM_DIGEST_SIZE	   64		/* SHA-512 */
#define ESM_FINGERPRINT_SIZE 32		/* SHA-256 */

/* Buffers of the real one, which does not check what it puts there */
#define ESM_DIGESTS_MAX	   4096		/* svm_host.h struct svm_esmb */
#define ESM_FILES_MAX	   65536	/* a page of the SVM: svm-esmb.c svm_esmb_get_files_fdt() */
#define ESM_FILE_MAX	   65535	/* svm-esmb.c svm_esmb_file_get(): uint16_t */

/* In the page that the guest's tree reserves for it: struct svm_esmb */
#define ESM_PAGE_KEY	   0
#define ESM_PAGE_DIGESTS   4096

#define ESM_BLOB_BLOCK	   0x200000UL	/* does not cross one: the ultravisor's pages */

/* One call of UV_ESMB_GET_FILE */
#define ESM_FILE_NAME	   64		/* bytes in r5..r12 */
#define ESM_FILE_CHUNK	   64		/* in r4..r11 */

#endif /* ABI_ESM_BLOB_H */
