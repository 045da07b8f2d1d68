// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel that does one thing: it reads files of the ESM blob by names that the tests use, says of each what came back, and spins.
 *
 *	reader: rootd answer=0 bytes=64 sum=8a3f...	answer: r3 of the last call; sum: FNV-1a of the bytes
 *
 * What it read stays where it is, in memory that should be private. Big-endian, of no address.
 */
#include "abi/pef.h"
#include "tests/guest/kernel.h"

void reader(const uint8_t *tree);

KERNEL_HEAD(reader, "virtio,acc-plat1");

static uint8_t contents[4][0x2000];

static int64_t get_file(uint64_t offset, uint64_t words[8])
{
	register uint64_t r3 __asm__("r3") = UV_ESMB_GET_FILE;
	register uint64_t r4 __asm__("r4") = offset;
	register uint64_t r5 __asm__("r5") = words[0];
	register uint64_t r6 __asm__("r6") = words[1];
	register uint64_t r7 __asm__("r7") = words[2];
	register uint64_t r8 __asm__("r8") = words[3];
	register uint64_t r9 __asm__("r9") = words[4];
	register uint64_t r10 __asm__("r10") = words[5];
	register uint64_t r11 __asm__("r11") = words[6];
	register uint64_t r12 __asm__("r12") = words[7];

	__asm__ volatile(".long 0x44000042" : "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8), "+r"(r9),
			 "+r"(r10), "+r"(r11), "+r"(r12) : : "r0", "cr0", "cr1", "cr5", "cr6", "cr7", "ctr", "xer", "memory");
	words[0] = r4;
	words[1] = r5;
	words[2] = r6;
	words[3] = r7;
	words[4] = r8;
	words[5] = r9;
	words[6] = r10;
	words[7] = r11;
	return (int64_t)r3;
}

static void say_hex(uint64_t value)
{
	for (int shift = 60; shift >= 0; shift -= 4)
		put("0123456789abcdef"[value >> shift & 15]);
}

static void say_decimal(int64_t value)
{
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value, unit = 1;

	if (value < 0)
		put('-');
	while (rest / unit >= 10)
		unit *= 10;
	for (; unit; unit /= 10)
		put('0' + rest / unit % 10);
}

static void read_file(const char *name, uint8_t *to)
{
	uint64_t words[8], size = 0, sum = 0xcbf29ce484222325;
	int64_t count;

	do {
		for (int i = 0; i < 8; i++)
			words[i] = 0;
		for (int i = 0; i < 64 && name[i]; i++)
			((char *)words)[i] = name[i];
		count = get_file(size, words);
		for (int64_t i = 0; i < count && count <= 64; i++) {
			to[size] = ((uint8_t *)words)[i];
			sum = (sum ^ to[size++]) * 0x100000001b3;
		}
	} while (count > 0 && count <= 64 && size < sizeof(contents[0]) - 64);
	say("reader: ");
	say(name);
	say(" answer=");
	say_decimal(count);
	say(" bytes=");
	say_decimal((int64_t)size);
	say(" sum=");
	say_hex(sum);
	say("\n");
}

/* Two that the tests seal or do not, one that there never is; and one for the second time. */
void reader(const uint8_t *tree)
{
	(void)tree;
	read_file("rootd", contents[0]);
	read_file("data", contents[1]);
	read_file("none", contents[2]);
	read_file("rootd", contents[3]);
	say("reader: end\n");
}
