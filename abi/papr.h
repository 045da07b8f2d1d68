/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PAPR hypercalls and their return codes. A call is made by `sc 1` with its number in r3 and
 * arguments from r4 on; the return code comes back in r3, results from r4 on.
 * Sources: LoPAR (OpenPOWER "Linux on Power Architecture Reference") chapter 14;
 * numbers as in Linux arch/powerpc/include/asm/hvcall.h and QEMU include/hw/ppc/spapr.h.
 */
#ifndef ABI_PAPR_H
#define ABI_PAPR_H

/* Logical processor versions of ISA 2.07, and of 3.1 on POWER11: Linux arch/powerpc asm/reg.h */
#define PVR_ARCH_207	0x0f000004
#define PVR_ARCH_31_P11	0x0f000007

/* Return codes: LoPAR table "Hypervisor Call Return Code Values" */
#define H_SUCCESS	  0
#define H_BUSY		  1
#define H_CLOSED	  2
#define H_NOT_AVAILABLE	  3
#define H_CONSTRAINED	  4
#define H_PARTIAL	  5
#define H_HARDWARE	  (-1)
#define H_FUNCTION	  (-2)
#define H_PRIVILEGE	  (-3)
#define H_PARAMETER	  (-4)
#define H_BAD_MODE	  (-5)
#define H_PTEG_FULL	  (-6)
#define H_NOT_FOUND	  (-7)
#define H_RESERVED_DABR	  (-8)
#define H_NO_MEM	  (-9)
#define H_AUTHORITY	  (-10)
#define H_PERMISSION	  (-11)
#define H_DROPPED	  (-12)
#define H_RESOURCE	  (-16)
#define H_MULTI_THREADS_ACTIVE (-9005)
#define H_P2		  (-55)
#define H_P3		  (-56)
#define H_P4		  (-57)
#define H_P5		  (-58)
#define H_P6		  (-59)
#define H_UNSUPPORTED	  (-67)
#define H_STATE		  (-75)

/* Calls; r4.. are the arguments, "->" what comes back beside the code */
#define H_GET_TCE	  0x1c	/* liobn, ioba -> r4 tce */
#define H_PUT_TCE	  0x20	/* liobn, ioba, tce */
#define H_PAGE_INIT	  0x2c	/* flags, dest, src: zero or copy one 4 KiB page */
#define H_GET_TERM_CHAR	  0x54	/* termno -> r4 len, r5 and r6 16 bytes */
#define H_PUT_TERM_CHAR	  0x58	/* termno, len (0..16), 16 bytes in r6 and r7, first byte first */
#define H_CPPR		  0x68	/* priority: interrupts of it and below wait; 0: all do */
#define H_REGISTER_VPA	  0xdc	/* flags, server, address */
#define H_CEDE		  0xe0
#define H_REG_CRQ	  0xfc	/* unit, queue (in the DMA window), bytes */
#define H_FREE_CRQ	  0x100	/* unit */
#define H_SEND_CRQ	  0x108	/* unit, 16 bytes in two registers */
#define H_REMOVE_RTCE	  H_PUT_TCE
#define H_STUFF_TCE	  0x138	/* liobn, ioba, tce, npages */
#define H_RANDOM	  0x300	/* -> r4 64 random bits */
#define H_SET_MODE	  0x31c	/* mode, resource, value, value */
#define H_INT_RESET	  0x3d0	/* flags: all of XIVE as after a reset */

/* H_PAGE_INIT flags: LoPAR 14.5.4.6; Linux asm/hvcall.h:147 */
#define H_ZERO_PAGE	  (1UL << 15)
#define H_COPY_PAGE	  (1UL << 14)

/* What a device may do with the page of a TCE: LoPAR table "TCE Definition"; Linux asm/tce.h */
#define TCE_READ	  1
#define TCE_WRITE	  2

/* H_SET_MODE: Linux asm/hvcall.h H_SET_MODE_RESOURCE_*. Mode 0: translation off, big-endian */
#define H_SET_MODE_RESOURCE_LE		4
#define H_SET_MODE_RESOURCE_ADDR_TRANS_MODE	3

/* H_REGISTER_VPA: which area, and whether it comes or goes, in the flags (LoPAR 14.11.3.2) */
#define H_VPA_FUNC_SHIFT	(63 - 18)
#define H_VPA_REG_VPA		1UL
#define H_VPA_REG_DTL		2UL
#define H_VPA_REG_SLB		3UL
#define H_VPA_DEREG_VPA		5UL
#define H_VPA_DEREG_DTL		6UL
#define H_VPA_DEREG_SLB		7UL

/* Cache-inhibited access to real addresses, LoPAR 14.5.4.7: size in bytes, address [, value] */
#define H_LOGICAL_CI_LOAD  0x3c	/* size, addr -> r4 value */
#define H_LOGICAL_CI_STORE 0x40	/* size, addr, value */

/*
 * Option vector 5 of client-architecture-support: numbers of its bytes, in the book's counting, and
 * their bits. LoPAR B.6.2.3; Linux asm/prom.h OV5_*
 */
#define OV5		    5
#define OV5_FEATURES	    2
#define OV5_LPAR	    0x80
#define OV5_SPLPAR	    0x40
#define OV5_DRCONF_MEMORY   0x20
#define OV5_LARGE_PAGES	    0x10
#define OV5_DONATE	    0x02
#define OV5_MSI		    0x01
#define OV5_AFFINITY	    5
#define OV5_FORM1	    0x80
#define OV5_FORM2	    0x20
#define OV5_BIN_OPTS	    6
#define OV5_HP_EVT	    0x04
#define OV5_RESIZE_HPT	    0x01
#define OV5_DRMEM	    22
#define OV5_DRMEM_V2	    0x80
#define OV5_XIVE	    23
#define OV5_MMU		    24
#define OV5_HASH_EXT	    25
#define OV5_RADIX_EXT	    26
#define OV5_GTSE	    0x40
/* Values of XIVE and MMU, two bits: what the platform offers, and what may be asked */
#define OV5_MODE_MASK	    0xc0
#define OV5_MODE_OLD	    0x00	/* XICS, hash */
#define OV5_MODE_NEW	    0x40	/* XIVE, radix */

/* Private to QEMU: include/hw/ppc/spapr.h "KVMPPC_HCALL_BASE" */
#define KVMPPC_H_RTAS	   0xf000	/* address of the argument block */
#define KVMPPC_H_CAS	   0xf002	/* vector address, buffer address, buffer size */
#define KVMPPC_H_UPDATE_DT 0xf003	/* address of the tree */

/* The largest tree that QEMU makes, bytes: hw/ppc/spapr.c FDT_MAX_SIZE */
#define TREE_SPACE	   0x200000UL

#endif /* ABI_PAPR_H */
