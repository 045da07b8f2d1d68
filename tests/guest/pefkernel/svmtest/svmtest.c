// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A module of a secure guest: what mfmsr says in each way that the ultravisor tells apart, whether the text
 * reads as written, and what sharing does to a frame. Says "svmtest: CHECKS checks, FAILED failed".
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/string.h>

#define MSR_S_BIT	(1UL << 22)
#define FRAME		65536UL
#define UV_SHARE_PAGE	0xf130
#define UV_UNSHARE_PAGE 0xf134
#define U_FUNCTION	(-2)
#define U_P2		(-55)

asm("	.text\n"
    "	.balign	16\n"
    "svmtest_whole:	mfmsr 3; blr\n"
    "svmtest_andis:	mfmsr 3; andis. 3, 3, 64; blr\n"
    "svmtest_rldicl:	mfmsr 3; li 4, 1; rldicl 3, 3, 42, 63; blr\n"
    "svmtest_rlwinm:	mfmsr 3; li 4, 1; li 5, 1; rlwinm 3, 3, 10, 31, 31; blr\n"
    "svmtest_dr:	mfmsr 3; andi. 3, 3, 16; blr\n"
    "svmtest_dead:	mfmsr 3; li 3, 7; blr\n"
    "svmtest_sc2:	.long 0x44000042; blr\n"
    "svmtest_load:	lwz 3, 0(3); blr\n");
long svmtest_whole(void), svmtest_andis(void), svmtest_rldicl(void), svmtest_rlwinm(void), svmtest_dr(void);
long svmtest_dead(void), svmtest_sc2(long number, long gfn, long count), svmtest_load(const void *at);

static int checks, failed;

static void check(const char *what, long got, long want)
{
	checks++;
	if (got == want)
		return;
	failed++;
	pr_err("svmtest: FAIL %s: 0x%lx, want 0x%lx\n", what, got, want);
}

static void msr(void)
{
	check("mfmsr", svmtest_whole() & (MSR_S_BIT | 16), MSR_S_BIT | 16);
	check("andis.", svmtest_andis(), MSR_S_BIT);
	check("rldicl", svmtest_rldicl(), 1);
	check("rlwinm", svmtest_rlwinm(), 1);
	check("andi.", svmtest_dr(), 16);
	check("nothing", svmtest_dead(), 7);
}

static void text(void)
{
	static const struct { const void *at; u32 word; } words[] = {
		{ svmtest_whole, 0x7c6000a6 }, { svmtest_andis, 0x7c6000a6 }, { svmtest_rldicl, 0x7c6000a6 },
		{ svmtest_rlwinm, 0x7c6000a6 }, { svmtest_dr, 0x7c6000a6 }, { svmtest_sc2, 0x44000042 },
	};

	for (int i = 0; i < ARRAY_SIZE(words); i++) {
		check("text", *(volatile const u32 *)words[i].at, words[i].word);
		check("sc 2", svmtest_sc2(0xf100, 0, 0), U_FUNCTION);
		check("text from its own page", svmtest_load(words[i].at), words[i].word);
	}
}

static void sharing(void)
{
	u8 *frame = (u8 *)__get_free_pages(GFP_KERNEL, get_order(FRAME));
	long gfn = virt_to_phys(frame) / FRAME;

	memset(frame, 0x5a, FRAME);
	check("share", svmtest_sc2(UV_SHARE_PAGE, gfn, 1), 0);
	check("a shared frame is zero", !memchr_inv(frame, 0, FRAME), 1);
	memset(frame, 0x6b, FRAME);
	check("share again", svmtest_sc2(UV_SHARE_PAGE, gfn, 1), 0);
	check("it keeps its contents", !memchr_inv(frame, 0x6b, FRAME), 1);
	check("unshare", svmtest_sc2(UV_UNSHARE_PAGE, gfn, 1), 0);
	check("a frame taken back is zero", !memchr_inv(frame, 0, FRAME), 1);
	check("share of no frame", svmtest_sc2(UV_SHARE_PAGE, gfn, 0), U_P2);
	check("share of what is not there", svmtest_sc2(UV_SHARE_PAGE, 1L << 40, 1), U_P2);
	free_pages((unsigned long)frame, get_order(FRAME));
}

static int __init svmtest_init(void)
{
	for (int round = 0; round < 3; round++) {
		msr();
		text();
		sharing();
	}
	pr_info("svmtest: %d checks, %d failed\n", checks, failed);
	return 0;
}

static void __exit svmtest_exit(void)
{
}

module_init(svmtest_init);
module_exit(svmtest_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("MSR[S], text and sharing as a module of a secure guest has them");
