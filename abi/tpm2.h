/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TPM 2.0 Library: the commands that firmware and ultravisor send. Numbers are big-endian. */
#ifndef ABI_TPM2_H
#define ABI_TPM2_H

/* Part 2: structures (6.5.2, 6.6, 6.9, 6.12, 7.4) */
#define TPM2_ST_NO_SESSIONS 0x8001
#define TPM2_ST_SESSIONS   0x8002
#define TPM2_HEADER	   10	/* u16 tag, u32 size, u32 command or response code */
#define TPM2_RC_INITIALIZE 0x100	/* of Startup: it has been done */
#define TPM2_CAP_PCRS	   5
#define TPM2_RS_PW	   0x40000009
#define TPM2_RH_PLATFORM   0x4000000c
#define TPM2_ALG_SHA1	   0x0004
#define TPM2_ALG_SHA256	   0x000b
#define TPM2_ALG_SHA384	   0x000c
#define TPM2_ALG_SHA512	   0x000d

/* Part 2, 6.5.2: commands of Part 3 */
#define TPM2_CC_HIERARCHY_CHANGE_AUTH 0x129
#define TPM2_CC_SELF_TEST             0x143
#define TPM2_CC_STARTUP               0x144
#define TPM2_CC_RSA_DECRYPT           0x159
#define TPM2_CC_FLUSH_CONTEXT         0x165
#define TPM2_CC_POLICY_AUTH_VALUE     0x16b
#define TPM2_CC_POLICY_COMMAND_CODE   0x16c
#define TPM2_CC_POLICY_OR             0x171
#define TPM2_CC_READ_PUBLIC           0x173
#define TPM2_CC_START_AUTH_SESSION    0x176
#define TPM2_CC_GET_CAPABILITY        0x17a
#define TPM2_CC_GET_RANDOM            0x17b
#define TPM2_CC_PCR_EXTEND            0x182

#endif /* ABI_TPM2_H */
