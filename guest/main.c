/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * esmb-get-file [-f NAME]: a file of the ESM blob on standard output; --version says the version.
 *
 * The options are those of the program of this name in open-power/ultravisor; the output is the
 * file as it is.
 */
#include "guest/main.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/get_file.h"
#include "guest/system.h"
#include "lib/version.h"

#define DEFAULT_NAME	"file-1"

static size_t length(const char *text)
{
	size_t count = 0;

	while (text[count])
		count++;
	return count;
}

static void complain(const char *text)
{
	linux_call(LINUX_WRITE, 2, (uintptr_t)text, length(text), 0);
}

static void complain_number(int64_t number)
{
	char text[24], *at = text + sizeof(text);
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

	for (*--at = '\0'; rest || !at[0]; rest /= 10)
		*--at = '0' + rest % 10;
	if (number < 0)
		*--at = '-';
	complain(at);
}

static int usage(void)
{
	complain("usage: esmb-get-file [-f NAME]\n"
		 "       esmb-get-file --version\n"
		 "writes file NAME (file-1) of this secure guest's ESM blob to standard output\n");
	return GOT_USAGE;
}

static bool is_version(int argc, char **argv)
{
	static const char word[] = "--version";
	size_t i = 0;

	if (argc != 2)
		return false;
	while (word[i] && argv[1][i] == word[i])
		i++;
	return word[i] == argv[1][i];
}

static int print_version(void)
{
	static const uint8_t text[] = "esmb-get-file " VERSION "\n";

	return write_all(1, text, sizeof(text) - 1) ? GOT : GOT_UNWRITTEN;
}

/* The name from the command line, or NULL: -f NAME, -fNAME. */
static const char *wanted(int argc, char **argv)
{
	const char *name = DEFAULT_NAME;

	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-' || argv[i][1] != 'f')
			return NULL;
		if (argv[i][2])
			name = argv[i] + 2;
		else if (++i < argc)
			name = argv[i];
		else
			return NULL;
	}
	return name[0] && length(name) <= NAME_MAX_BYTES ? name : NULL;
}

static const char *const reasons[] = {
	[GOT_ERROR] = "the ultravisor's answer is ",
	[GOT_NOT_SECURE] = "this is no secure guest: no ultravisor serves UV_ESMB_GET_FILE",
	[GOT_NO_FILE] = "the ESM blob has no such file",
	[GOT_REFUSED] = "refused: a file is read once per boot "
			"(or there is no blob, or the file is damaged)",
	[GOT_UNWRITTEN] = "cannot write all of it",
};

int esmb_get_file_main(int argc, char **argv)
{
	const char *name = wanted(argc, argv);
	int64_t answer = 0;
	int status;

	if (is_version(argc, argv))
		return print_version();
	if (!name)
		return usage();
	status = get_file(1, name, &answer);
	if (status == GOT)
		return GOT;
	complain("esmb-get-file: ");
	complain(name);
	complain(": ");
	complain(reasons[status]);
	if (status == GOT_ERROR)
		complain_number(answer);
	complain("\n");
	return status;
}
