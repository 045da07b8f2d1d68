// SPDX-License-Identifier: GPL-2.0-or-later
/* seal: put a blob into the place that a bundle has for one. No other byte changes. */
#include <stdlib.h>
#include <string.h>

#include "tools/bundle/sealed.h"
#include "tools/bundle/secret.h"

/* NAME=SOURCE */
static void read_owner_file(struct owner_file *file, const char *text)
{
	const char *equals = strchr(text, '=');

	if (!equals || !is_file_name(text, (size_t)(equals - text)))
		die("--file NAME=PATH or NAME=fd:N: a name is a letter and at most 30 letters, "
		    "digits or ,._+-");
	memset(file, 0, sizeof(*file));
	memcpy(file->name, text, (size_t)(equals - text));
	file->data = secret_read(equals + 1, ESM_FILE_MAX);
	if (!file->data.size)
		die("%s is empty", equals + 1);
}

static struct owner_file *read_owner_files(const struct arguments *arguments)
{
	struct owner_file *file = calloc(OWNER_FILES_MAX, sizeof(*file));

	if (!file)
		die("out of memory");
	for (int i = 0; i < arguments->files; i++) {
		read_owner_file(&file[i], arguments->file[i]);
		for (int other = 0; other < i; other++)
			if (strcmp(file[i].name, file[other].name) == 0)
				die("two files are called %s", file[i].name);
	}
	return file;
}

static struct recipient *read_recipients(const struct arguments *arguments)
{
	struct recipient *recipient = calloc(RECIPIENTS_MAX, sizeof(*recipient));

	if (!recipient)
		die("out of memory");
	for (int i = 0; i < arguments->recipients; i++) {
		read_recipient(&recipient[i], arguments->recipient[i]);
		for (int other = 0; other < i; other++)
			if (memcmp(recipient[i].fingerprint, recipient[other].fingerprint,
				   ESM_FINGERPRINT_SIZE) == 0)
				die("%s is given twice", arguments->recipient[i]);
	}
	if (recipient[0].key.nlen != ESM_CIPHER_SIZE)
		die("%s: the first recipient needs a key of 2048 bits, as a machine's TPM has",
		    arguments->recipient[0]);
	return recipient;
}

static void put_blob(const struct bundle *bundle, uint8_t *image, const struct blob *blob)
{
	if (blob->size > bundle->blob_room)
		die("a blob of %zu bytes, and room for %lu: %lu too many (create --blob-room makes "
		    "more)", blob->size, (unsigned long)bundle->blob_room,
		    (unsigned long)(blob->size - bundle->blob_room));
	memset(image + bundle->blob_offset, 0, bundle->blob_room);
	memcpy(image + bundle->blob_offset, blob->data, blob->size);
}

/* By the eyes of info. */
static void report(FILE *out, const struct bundle *bundle, const struct blob *blob)
{
	fprintf(out, "blob     %zu bytes at 0x%lx, room for %lu\n", blob->size,
		(unsigned long)bundle->blob_offset, (unsigned long)bundle->blob_room);
	sealed_print(out, blob->data, blob->size);
}

int seal(const struct arguments *arguments)
{
	struct bundle bundle;
	struct blob file = read_bundle(arguments->bundle, &bundle), blob;
	uint8_t *image = file.data + bundle.file_offset;
	struct esm_content content = { .recipients = arguments->recipients,
				       .files = arguments->files };
	struct digests digests;
	struct recipient origin;
	bool to_stdout = strcmp(arguments->output, "-") == 0;

	measure(&digests, arguments->bundle, &bundle, image);
	content.digests = &digests;
	content.recipient = content.origin = read_recipients(arguments);
	if (arguments->origin) {
		read_recipient(&origin, arguments->origin);
		content.origin = &origin;
	}
	content.file = read_owner_files(arguments);
	blob = esm_make(&content);
	secret_wipe();
	put_blob(&bundle, image, &blob);
	report(to_stdout ? stderr : stdout, &bundle, &blob);
	write_file(arguments->output, file.data, bundle.file_offset + bundle.total_size);
	return 0;
}
