/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seven steps of a boot and every error number. Both appear in the boot log, which people
 * and scripts read: numbers never change meaning and are never used again for something else.
 * The hundreds of a number are its step. docs/errors.md lists each with cause and remedy.
 */
#ifndef ABI_STEPS_H
#define ABI_STEPS_H

#define STEP_LIST(X)       \
	X(1, ENTRY, "entry")           \
	X(2, DISCOVER, "discover")     \
	X(3, LOAD, "load")             \
	X(4, TRANSITION, "transition") \
	X(5, VERIFY, "verify")         \
	X(6, PATCH, "patch")           \
	X(7, HANDOFF, "handoff")

/* The one that the miniature ultravisor has, too. */
#define ERROR_LIST_CHECK(X)                                                           \
	X(104, E_CHECK, "internal check failed",                                      \
	  "a bug in pefboot: please report this log")

/* number, name, what happened, what to do */
#define ERROR_LIST(X)                                                                 \
	X(101, E_NO_TREE, "no device tree at entry",                                  \
	  "start pefboot by one of its documented doors, on -M pseries")              \
	X(102, E_EXCEPTION, "unexpected exception",                                   \
	  "a bug in pefboot: please report the registers above")                      \
	X(103, E_NO_ROOM, "no room for pefboot itself",                               \
	  "give the guest more memory (-m), or a smaller initrd")                     \
	ERROR_LIST_CHECK(X)                                                           \
	X(105, E_CPU_RUNS, "a CPU that kexec left running does not stop",             \
	  "start kexec with one CPU online: echo 0 >/sys/devices/system/cpu/cpuN/online") \
	X(111, E_OF_CALL, "Open Firmware lacks a call of the client interface",       \
	  "start pefboot under SLOF or VOF of QEMU 7.2 or later")                     \
	X(112, E_OF_MEMORY, "Open Firmware has no memory left for pefboot",           \
	  "give the guest more memory (-m), or a smaller bundle or initrd")           \
	X(113, E_OF_TREE, "the device tree of Open Firmware is malformed",            \
	  "start pefboot under SLOF or VOF of QEMU 7.2 or later, without other firmware between") \
	X(114, E_OF_SIZE, "the device tree of Open Firmware is too large",            \
	  "use fewer devices or CPUs")                                                \
	X(201, E_TREE_CORRUPT, "device tree corrupt",                                 \
	  "the tree QEMU handed over is damaged: check -dtb and -machine options")    \
	X(202, E_TREE_CELLS, "device tree has impossible address or size cells",      \
	  "the tree is damaged or not of a pseries machine")                          \
	X(203, E_NO_MEMORY, "no usable memory node",                                  \
	  "the tree must have a memory@ node that begins at address 0")               \
	X(204, E_NO_CPUS, "no usable cpu node",                                       \
	  "the tree must have /cpus with at least one cpu")                           \
	X(205, E_NO_RTAS, "no usable RTAS",                                           \
	  "the tree must have /rtas with its call tokens: use -M pseries")            \
	X(207, E_TOO_MANY, "too many memory ranges, bridges or devices",              \
	  "use fewer memory nodes, PCI bridges or devices")                           \
	X(208, E_CAS_REFUSED, "client-architecture-support refused",                  \
	  "use -cpu POWER8 or later, without max-cpu-compat= and without pefboot.cas=") \
	X(209, E_CAS_TREE, "client-architecture-support returned a bad tree",         \
	  "try pefboot.cas=off, or another QEMU")                                     \
	X(210, E_PCI, "PCI configuration failed",                                     \
	  "remove devices or bridges from the command line until it boots")           \
	X(211, E_OPTION, "pefboot.* option on the command line not understood",       \
	  "see the list of options in README.md")                                     \
	X(212, E_NO_CHOSEN, "device tree has no /chosen",                             \
	  "the tree is damaged or not of a pseries machine")                          \
	X(213, E_CRASH_KERNEL, "entered as a crash kernel, which pefboot cannot be", \
	  "give kexec -p the kernel itself, not pefboot or a bundle")                 \
	X(301, E_NO_KERNEL, "no kernel given",                                        \
	  "use -kernel, or a bundle on a virtio disk; for -cdrom, USB: pefboot-bundle slof") \
	X(302, E_NOT_LINUX, "not a Linux kernel with a flat-tree entry",              \
	  "pass an uncompressed 64-bit powerpc vmlinux with -kernel")                 \
	X(303, E_ZIMAGE, "zImage wrappers cannot be entered with a flat tree",        \
	  "pass vmlinux instead of zImage")                                           \
	X(304, E_KERNEL_RANGE, "kernel does not fit into memory",                     \
	  "give the guest more memory (-m)")                                          \
	X(305, E_INITRD_RANGE, "initrd lies outside memory or is malformed",          \
	  "give the guest more memory (-m), or a smaller initrd")                     \
	X(306, E_INITRD_OVERLAP, "initrd overlaps something else",                    \
	  "give the guest more memory (-m), or remove kernel-addr= from -machine")    \
	X(307, E_MEM_LIMIT, "mem= leaves no room for kernel and initrd",              \
	  "raise mem= on the command line, or remove it")                      \
	X(321, E_VIRTIO_CONFIG, "virtio device: invalid PCI configuration",           \
	  "remove the device named above, or give it disable-modern=on")              \
	X(322, E_VIRTIO_RESET, "virtio device does not finish its reset",             \
	  "remove the device named above: it is broken, or the host interferes")      \
	X(323, E_VIRTIO_FEATURES, "virtio device and pefboot have no usable features in common", \
	  "give the device its default features")                                     \
	X(324, E_VIRTIO_QUEUE, "virtio device has no usable queue",                   \
	  "give the device a queue-size that is a power of two, 8 to 1024")           \
	X(325, E_VIRTIO_RING, "virtio device broke the rules of its ring",            \
	  "remove the device named above: it is broken, or the host interferes")      \
	X(326, E_VIRTIO_TIMEOUT, "virtio device did not answer in time",              \
	  "look at the storage of the host; pefboot.disk-timeout=SECONDS waits longer")  \
	X(327, E_VIRTIO_IOMMU, "memory could not be mapped for a device behind the IOMMU", \
	  "use the device without iommu_platform=on, or the PHB's default DMA window") \
	X(328, E_PCI_WINDOW, "no room in the windows of a PCI host bridge",           \
	  "put the device on pci.0, or behind one bridge only")                       \
	X(329, E_PCI_CONFIG, "PCI configuration space could not be accessed",         \
	  "the tree names a device that QEMU does not have: the host interferes")     \
	X(331, E_DISK_READ, "the disk could not be read",                             \
	  "the disk reports an error: check the image and QEMU's own messages")       \
	X(332, E_DISK_SHAPE, "the disk has an invalid size or block size",            \
	  "use logical_block_size=512 or 4096 and an image of at least one block")    \
	X(333, E_SCSI, "a SCSI target gave an invalid answer",                        \
	  "use scsi-hd, or scsi-cd with a medium")                                    \
	X(334, E_PARTITIONS, "the partition table is damaged",                        \
	  "repair it (sgdisk -e, sfdisk), or write the bundle to the whole disk")     \
	X(335, E_NO_BOOT_IMAGE, "no boot bundle on any disk",                         \
	  "give it a disk of its own (docs/bundle.md), or use -kernel")               \
	X(336, E_BUNDLE_CUT, "the boot bundle is larger than its disk or partition",  \
	  "make the partition as large as the bundle, and write the bundle again")    \
	X(341, E_BUNDLE, "the boot bundle is malformed",                              \
	  "make it again with pefboot-bundle create, and look with pefboot-bundle verify") \
	X(342, E_BUNDLE_VERSION, "the boot bundle has a format that this pefboot does not know", \
	  "use pefboot and pefboot-bundle of one version")                            \
	X(343, E_BUNDLE_ROOM, "no room for the boot bundle in memory",                \
	  "give the guest more memory (-m)")                                          \
	X(344, E_ELF_KIND, "the kernel is not an ELF64 file for powerpc",             \
	  "pass an uncompressed 64-bit powerpc vmlinux")                              \
	X(345, E_ELF_SEGMENTS, "the kernel's program headers are invalid",            \
	  "the vmlinux is damaged: build or fetch it again")                          \
	X(346, E_ELF_ENTRY, "the kernel's entry lies outside its segments",           \
	  "the vmlinux is damaged: build or fetch it again")                          \
	X(347, E_INITRD_BESIDE, "an initrd that the boot bundle does not vouch for",  \
	  "put it into the bundle (pefboot-bundle create --initrd), or load none beside it") \
	X(348, E_NO_ROOT, "the boot bundle has no initrd and names no root file system", \
	  "give it one (pefboot-bundle create --initrd), or root= or rdinit= on its command line") \
	X(349, E_BLOB, "the ESM blob is malformed",                                   \
	  "seal the boot bundle again (pefboot-bundle seal), or take one without a blob") \
	X(350, E_BLOB_SIZE, "the ESM blob is larger than its place, or truncated",    \
	  "seal the boot bundle again, one with a larger --blob-room if need be")       \
	X(401, E_NO_ULTRAVISOR, "no ultravisor, but one is required",                 \
	  "run under an ultravisor; else pefboot.secure=auto, or off with an ESM blob") \
	X(402, E_TREE_EDIT, "device tree could not be edited",                        \
	  "the tree is too large: use fewer devices or CPUs")                         \
	X(403, E_UPDATE_DT, "H_UPDATE_DT refused",                                    \
	  "use QEMU 3.0 or later, and a shorter -append")                             \
	X(404, E_NO_MARK, "the kernel does not say that it obeys virtio,access-platform", \
	  "use a kernel with the patches of linux/, or pefboot.kernel=any (its I/O will fail)") \
	X(405, E_ESM_REFUSED, "the ultravisor refused to make this guest secure",     \
	  "look at the ultravisor's own log; pefboot.secure=off boots without protection") \
	X(406, E_NO_STAGE, "no place for the secure stage before the kernel",         \
	  "load the kernel at 4 MiB (QEMU's default), 64 KiB aligned")                \
	X(407, E_CONTRACT, "the device tree lacks what an ultravisor needs",          \
	  "use -M pseries of QEMU 7.2 or later, and no disable_radix or pefboot.cas=")  \
	X(408, E_BLOB_PLACE, "no place for the ESM blob",                             \
	  "give the guest more memory (-m)")                                          \
	X(421, E_NO_TPM, "no TPM to measure with",                                    \
	  "a normal VM gets one by -device tpm-spapr; pefboot.tpm=off does without")  \
	X(422, E_TPM_QUEUE, "the TPM's queue was refused",                            \
	  "an ultravisor refuses it to its guests: remove tpm-spapr, or use pefboot.tpm=off") \
	X(423, E_TPM_TIMEOUT, "the TPM did not answer for 5 seconds",                 \
	  "its emulator (swtpm) is stuck: look at its log, and start both again")     \
	X(424, E_TPM_REPLY, "the TPM gave an invalid answer",                         \
	  "use swtpm with SHA-1, SHA-256, SHA-384 or SHA-512 banks; or it is broken") \
	X(425, E_TPM_COMMAND, "the TPM refused a command",                            \
	  "look at the state and the log of its emulator (swtpm), and start both again") \
	X(426, E_TPM_LOG, "the TPM's event log is full or malformed",                 \
	  "boot without the firmware or loader that made it, or give the guest more memory") \
	X(501, E_VERIFY_TREE, "final device tree is not sound",                       \
	  "the tree was changed meanwhile: the host interferes, or a bug in pefboot") \
	X(502, E_VERIFY_RANGE, "a range of the final tree lies outside memory or overlaps", \
	  "the tree was changed meanwhile: the host interferes, or a bug in pefboot") \
	X(503, E_VERIFY_RTAS, "RTAS is not the five instructions",                    \
	  "RTAS was changed meanwhile: the host interferes, or a bug in pefboot")     \
	X(504, E_NOT_SECURE, "entered as the secure stage, but MSR[S] is 0",          \
	  "no ultravisor did this: enter pefboot by one of its documented doors")     \
	X(505, E_MANIFEST, "the measured manifest is malformed",                      \
	  "make the bundle again with pefboot-bundle create")                         \
	X(506, E_KERNEL_DIGEST, "the kernel does not match the measured manifest",    \
	  "the host changed it, or the bundle is damaged: pefboot-bundle verify")     \
	X(507, E_INITRD_DIGEST, "the initrd does not match the measured manifest",    \
	  "the host changed it, or the bundle is damaged: pefboot-bundle verify")     \
	X(508, E_CMDLINE_DIGEST, "the command line does not match the measured manifest", \
	  "the host changed it: with a bundle the command line is the bundle's, not QEMU's") \
	X(509, E_SECURE_ALREADY, "entered by kexec from a guest that is already secure", \
	  "kexec the kernel itself: the DMA pool and the flag are in its tree")       \
	X(510, E_NOT_OURS, "memory that the tree claims is not private to this guest", \
	  "the host claims memory that is not there: it interferes, or a bug in pefboot") \
	X(511, E_MARK_GONE,                                                           \
	  "the kernel in private memory has no mark, and the command line wants one", \
	  "the host changed it, or the kernel was built without the patches of linux/")  \
	X(601, E_NO_POOL, "no room for the DMA pool",                                 \
	  "use pefboot.pool= with the size that fits; or more memory (-m, mem=)") \
	X(602, E_POOL_SMALL, "a DMA pool under 16 MiB hangs some kernels",            \
	  "use pefboot.pool=16M or more, or pefboot.pool=SIZE,force")                 \
	X(603, E_SHARE_REFUSED, "the ultravisor refused to share the DMA pool",       \
	  "look at the ultravisor's own log")                                         \
	X(604, E_PATCH_TREE, "device tree could not be patched",                      \
	  "the tree is too large: use fewer devices or CPUs")                         \
	X(701, E_KERNEL_FAULT, "the kernel faulted before it had vectors of its own", \
	  "not a kernel for this machine, or damaged: try it with QEMU alone (-kernel)")

#define X(number, name, text) STEP_##name = number,
enum step { STEP_LIST(X) STEP_COUNT = 7 };
#undef X

#define X(number, name, what, hint) name = number,
enum error { E_OK = 0, ERROR_LIST(X) };
#undef X

#endif /* ABI_STEPS_H */
