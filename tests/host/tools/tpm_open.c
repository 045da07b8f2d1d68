// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tpm_open TTY OPTION CIPHER [DIALOGUE]: what the ultravisor does with a TPM, with a real one behind the tty of
 * tools/tpm. OPTION is what uv.tpm= says, CIPHER 256 bytes in hexadecimal. Prints the key, or the log; ends with
 * status 1 if it was not opened. The dialogue, as hexadecimal lines "> command" and "< reply", goes to a file, as
 * tests/host/data/esm/tpm-dialogue.txt was made: nonces are always the same.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/hcalls.h"
#include "tests/host/fake/fake.h"
#include "ultravisor/esm/tpm.h"

static int tty;
static FILE *dialogue;

static void write_hex(FILE *to, const char *before, const uint8_t *bytes, size_t size)
{
	fputs(before, to);
	for (size_t i = 0; i < size; i++)
		fprintf(to, "%02x", bytes[i]);
	fputc('\n', to);
}

/* QEMU hw/ppc/spapr_tpm_proxy.c: one write(), one read() */
static int64_t call_tpm(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	uint8_t *buffer = (uint8_t *)in[1];
	ssize_t size;

	if (number != SVM_H_TPM_COMM)
		return H_FUNCTION;
	if (in[0] != 1)
		return H_SUCCESS;
	if (dialogue)
		write_hex(dialogue, "> ", buffer, in[2]);
	if (write(tty, buffer, in[2]) != (ssize_t)in[2])
		return H_RESOURCE;
	size = read(tty, buffer, in[4]);
	if (size < 0)
		return H_RESOURCE;
	if (dialogue)
		write_hex(dialogue, "< ", buffer, (size_t)size);
	out[0] = (uint64_t)size;
	return H_SUCCESS;
}

int main(int argc, char **argv)
{
	uint8_t cipher[ESM_CIPHER_SIZE], key[ESM_KEY_SIZE];
	char rest[1024];
	const char *why;

	if (argc < 4 || strlen(argv[3]) != 2 * sizeof(cipher) || uv_options_parse(argv[2], rest, sizeof(rest)))
		return fprintf(stderr, "usage: tpm_open TTY uv.tpm=... CIPHER [DIALOGUE]\n"), 2;
	for (size_t i = 0; i < sizeof(cipher); i++)
		cipher[i] = (uint8_t)strtoul((char[]){ argv[3][2 * i], argv[3][2 * i + 1], 0 }, NULL, 16);
	tty = open(argv[1], O_RDWR | O_NOCTTY);
	dialogue = argc > 4 ? fopen(argv[4], "w") : NULL;
	if (tty < 0)
		return perror(argv[1]), 2;
	fake_reset();
	fake.darn = 0x0123456789abcdef;
	fake.hcall = call_tpm;
	why = tpm_unwrap(&uv_options.tpm, cipher, key);
	if (dialogue)
		fclose(dialogue);
	fputs(fake.console, stdout);
	if (why)
		return printf("%s\n", why), 1;
	write_hex(stdout, "", key, sizeof(key));
	return 0;
}
