// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /init where busybox cannot be had, which is on big-endian kernels: the lines of tests/guest/initramfs/report that
 * pefkernel.check() holds against the host, then power off. Every byte of disk and network is read.
 */
#include <stdbool.h>
#include <stdint.h>

#include "tests/guest/pefkernel/user.h"

/* Numbers of Linux: arch/powerpc/kernel/syscalls/syscall.tbl, include/uapi */
enum {
	SYS_read = 3, SYS_open = 5, SYS_close = 6, SYS_mount = 21, SYS_mkdir = 39, SYS_ioctl = 54, SYS_reboot = 88,
	SYS_syslog = 103, SYS_uname = 122, SYS_nanosleep = 162, SYS_socket = 326, SYS_connect = 328,
};
enum { SYSLOG_ACTION_CONSOLE_LEVEL = 8, AF_INET = 2, SOCK_STREAM = 1, SIOCSIFFLAGS = 0x8914, SIOCSIFADDR = 0x8916, IFF_UP = 1 };

/* RFC 1321, 3.3, 3.4: state, words so far; the table is floor(2**32 * abs(sin(i + 1))) */
static const uint32_t md5_sines[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
	0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
	0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
	0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
	0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
	0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static uint8_t buffer[1 << 16], text[1 << 14];

static uint32_t little(const uint8_t *at)
{
	return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

static void md5_block(uint32_t state[4], const uint8_t *block)
{
	static const uint8_t turns[4][4] = { { 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 } };
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];

	for (unsigned int i = 0; i < 64; i++) {
		uint32_t f[4] = { (b & c) | (~b & d), (b & d) | (c & ~d), b ^ c ^ d, c ^ (b | ~d) };
		unsigned int word[4] = { i, 5 * i + 1, 3 * i + 5, 7 * i }, turn = turns[i / 16][i % 4];
		uint32_t sum = a + f[i / 16] + md5_sines[i] + little(block + word[i / 16] % 16 * 4);

		a = d;
		d = c;
		c = b;
		b += sum << turn | sum >> (32 - turn);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

/* Of a multiple of 64 bytes all is there but the length. */
static void md5_end(uint32_t state[4], uint8_t *rest, unsigned long size)
{
	unsigned long used = size % 64, bits = 8 * size;

	for (unsigned long i = used; i < 128; i++)
		rest[i] = i == used ? 0x80 : 0;
	for (unsigned int i = 0; i < 8; i++)
		rest[(used < 56 ? 56 : 120) + i] = (uint8_t)(bits >> 8 * i);
	md5_block(state, rest);
	if (used >= 56)
		md5_block(state, rest + 64);
}

/* As much as there is, up to @size bytes; the number of bytes, or a negative error number */
static long read_all(long file, uint8_t *to, unsigned long size)
{
	unsigned long have = 0;
	long got = 1;

	while (have < size && got > 0) {
		got = CALL(SYS_read, file, to + have, size - have);
		have += got > 0 ? (unsigned long)got : 0;
	}
	return got < 0 ? got : (long)have;
}

/* Digest of all that @file has, as md5sum prints it; false where it cannot be read. @total: bytes */
static bool md5_file(long file, uint32_t state[4], unsigned long *total)
{
	static const uint32_t start[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
	long got = sizeof(buffer) / 2;

	for (unsigned int i = 0; i < 4; i++)
		state[i] = start[i];
	for (*total = 0; got == sizeof(buffer) / 2; *total += (unsigned long)got) {
		got = read_all(file, buffer, sizeof(buffer) / 2);
		if (got < 0)
			return false;
		for (long at = 0; at + 64 <= got; at += 64)
			md5_block(state, buffer + at);
	}
	md5_end(state, buffer + *total % (sizeof(buffer) / 2) / 64 * 64, *total);
	return true;
}

static void say_md5(const uint32_t state[4])
{
	for (unsigned int i = 0; i < 16; i++) {
		uint32_t byte = state[i / 4] >> 8 * (i % 4) & 0xff;

		say_number(byte >> 4, 16);
		say_number(byte & 15, 16);
	}
	say("\n");
}

static void say_error(long error)
{
	say("error -");
	say_number((unsigned long)-error, 10);
	say("\n");
}

/* The file of a name as a string, without its last newline; empty where it cannot be read */
static char *contents(const char *name)
{
	long file = CALL(SYS_open, name, 0, 0), size = file < 0 ? 0 : read_all(file, text, sizeof(text) - 1);

	if (file >= 0)
		CALL(SYS_close, file, 0, 0);
	if (size > 0 && text[size - 1] == '\n')
		size--;
	text[size > 0 ? size : 0] = '\0';
	return (char *)text;
}

static void say_file(const char *key, const char *name)
{
	const char *value = contents(name);

	say(key);
	say(*value ? value : "none");
	say("\n");
}

/* @line starts with @start: what follows, or NULL */
static char *after(char *line, const char *start)
{
	while (*start && *line == *start)
		line++, start++;
	return *start ? 0 : line;
}

static void each_line(const char *name, const char *start, void (*found)(const char *rest))
{
	for (char *line = contents(name), *next; *line; line = next) {
		for (next = line; *next && *next != '\n'; next++)
			;
		if (*next)
			*next++ = '\0';
		if (after(line, start))
			found(after(line, start));
	}
}

static unsigned long cpus;

static void count_cpu(const char *rest)
{
	(void)rest;
	cpus++;
}

static void say_mode(const char *rest)
{
	say("svm: shared_processor_mode ");
	say(rest);
	say("\n");
}

static void report_disk(void)
{
	long file = CALL(SYS_open, "/dev/vda", 0, 0);
	unsigned long size;
	uint32_t state[4];

	if (file < 0)
		return say_error(file);
	if (!md5_file(file, state, &size))
		return say("report: disk vda cannot be read\n");
	say("report: disk vda ");
	say_number(size / 512, 10);
	say(" 512 ");
	say_md5(state);
}

/* struct ifreq with an IPv4 address, which is at 4 of the address, after its port; or with flags */
static long interface(long socket, long request, uint16_t family_or_flags, uint32_t address)
{
	struct { char name[16]; uint16_t word, port; uint32_t address; char rest[16]; } what = { .name = "eth0" };

	what.word = family_or_flags;
	what.address = __builtin_bswap32(address);
	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		what.address = address;
	return CALL(SYS_ioctl, socket, request, &what);
}

/* tools/qemu --serve: a file at 10.0.2.100, port 7; the guest's own address is 10.0.2.15 (QEMU's user network) */
static void report_network(void)
{
	static const uint8_t port_and_address[] = { 0, 7, 10, 0, 2, 100 };
	struct { uint16_t family; uint8_t where[14]; } server = { AF_INET, { 0 } };
	long socket = CALL(SYS_socket, AF_INET, SOCK_STREAM, 0), error;
	unsigned long size;
	uint32_t state[4];

	for (unsigned int i = 0; i < sizeof(port_and_address); i++)
		server.where[i] = port_and_address[i];
	error = interface(socket, SIOCSIFADDR, AF_INET, 0x0a00020f);
	if (!error)
		error = interface(socket, SIOCSIFFLAGS, IFF_UP, 0);
	if (!error)
		error = CALL(SYS_connect, socket, &server, sizeof(server));
	say("report: served ");
	if (error)
		return say_error(error);
	if (!md5_file(socket, state, &size))
		return say("cannot be read\n");
	say_md5(state);
}

/* PCRs as sysfs has them, and the log as Linux hands it on: drivers/char/tpm/tpm-sysfs.c, eventlog/common.c */
static void report_tpm(void)
{
	static const char *const banks[] = { "sha1", "sha256", "sha384", "sha512" };
	char name[] = "/sys/class/tpm/tpm0/pcr-shaXXX/0";
	long file = CALL(SYS_open, "/sys/kernel/security/tpm0/binary_bios_measurements", 0, 0), size;

	if (!*contents("/sys/class/tpm/tpm0/tpm_version_major"))
		return;
	say_file("report: tpm device ", "/sys/class/tpm/tpm0/tpm_version_major");
	for (unsigned int bank = 0; bank < 4; bank++)
		for (char pcr = '0'; pcr <= '9'; pcr++) {
			char *at = name + sizeof("/sys/class/tpm/tpm0/pcr-") - 1;

			for (const char *from = banks[bank]; *from;)
				*at++ = *from++;
			at[0] = '/', at[1] = pcr, at[2] = '\0';
			say("report: pcr ");
			say(banks[bank]);
			say((const char[]){ ' ', pcr, ' ', '\0' });
			say_file("", name);
		}
	while (file >= 0 && (size = read_all(file, buffer, 32)) > 0) {
		say("report: tpm_log ");
		for (long i = 0; i < size; i++) {
			say_number(buffer[i] >> 4, 16);
			say_number(buffer[i] & 15, 16);
		}
		say("\n");
	}
}

static void mount(const char *type, const char *where)
{
	CALL(SYS_mkdir, where, 0755, 0);
	system_call(SYS_mount, (long)type, (long)where, (long)type, 0, 0, 0);
}

/* struct new_utsname: six strings of 65 bytes, the fifth of them the machine's name */
static void report_system(void)
{
	static char names[6][65];

	CALL(SYS_uname, names, 0, 0);
	say("report: machine ");
	say(names[4]);
	say("\n");
	each_line("/proc/cpuinfo", "processor\t", count_cpu);
	say("report: cpus ");
	say_number(cpus, 10);
	say("\n");
	say_file("report: svm ", "/sys/devices/system/cpu/svm");
	say_file("report: rng_current ", "/sys/class/misc/hw_random/rng_current");
}

void begin(const long *stack)
{
	(void)stack;
	mount("proc", "/proc");
	mount("sysfs", "/sys");
	mount("devtmpfs", "/dev");
	mount("securityfs", "/sys/kernel/security");
	CALL(SYS_syslog, SYSLOG_ACTION_CONSOLE_LEVEL, 0, 1);
	say("\nreport: begin\n");
	report_system();
	report_disk();
	report_network();
	report_tpm();
	say("report: end\n");
	each_line("/proc/ppc64/lparcfg", "shared_processor_mode=", say_mode);
	CALL(SYS_reboot, 0xfee1dead, 0x28121969, 0x4321fedc);
	__builtin_unreachable();
}
