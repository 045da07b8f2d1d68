/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The canonical device tree of a secure guest: every node and every property that exists in it, in
 * the order in which they stand. A host may hand over nothing else (fdt/canonical.h), and nothing
 * else is written for Linux (fdt/flatten.h). docs/device-tree.md is this table in words, with the
 * readers of each property; a test compares the two.
 */
#ifndef FDT_SCHEMA_H
#define FDT_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kinds of nodes, in canonical order. Those of one parent stand in this order, too. */
enum node_kind {
	NODE_ROOT, NODE_CPUS, NODE_CPU, NODE_MEMORY, NODE_RTAS, NODE_XICS, NODE_XIVE,
	NODE_EVENT_SOURCES, NODE_EPOW_EVENTS, NODE_VDEVICE, NODE_VTY, NODE_NVRAM, NODE_HYPERVISOR,
	NODE_PHB, NODE_PCI, NODE_CHOSEN, NODE_RECORD, NODE_RESERVED_MEMORY, NODE_POOL,
	NODE_KINDS
};

/* What a value looks like. */
enum value_form {
	FORM_BYTES,	/* so many bytes, in steps */
	FORM_COUNTED,	/* cells, the first of which says how many follow */
	FORM_CELL,	/* one cell, in a range; the range may be one number */
	FORM_IS,	/* one string, always the same */
	FORM_STRING,	/* a string, printable ASCII */
	FORM_STRINGS,	/* several of these */
	FORM_TEXT,	/* a string of any bytes */
};

/* Who sees a property: it crosses into the secure world; Linux gets it; it may not be missing. */
#define CROSSES	 1
#define LINUX	 2
#define BOTH	 (CROSSES | LINUX)
#define REQUIRED 4

#define PROPERTY_NAME_SIZE 36	/* of the longest, with its NUL */

struct property_schema {
	char name[PROPERTY_NAME_SIZE];
	uint8_t form, flags;
	uint16_t step;			/* FORM_BYTES: a multiple of so many */
	union {
		struct {
			uint32_t min, max;	/* bytes with NUL; FORM_CELL: the number */
		};
		const char *text;		/* FORM_IS */
	};
};

struct node_schema {
	char name[24];		/* without unit address */
	uint8_t parent;		/* enum node_kind; NODE_PCI may also lie below NODE_PCI */
	uint8_t flags;
	bool has_unit, is_many;
	uint8_t count;
	const struct property_schema *property;
};

extern const struct node_schema node_schemas[NODE_KINDS];

/*
 * The properties: P(constant, name, flags, form). Constants index node->value of their kind.
 *
 * Device types and names of compatible that Linux looks for are fixed; so is what only has to be
 * there. Sizes are those of QEMU 7.2 to 11.1 (hw/ppc/spapr*.c) with room for larger machines.
 */
#define EMPTY		    FORM_BYTES, 1, { { 0, 0 } }
#define BYTES(min, max)	    FORM_BYTES, 1, { { min, max } }
#define CELLS(min, max)	    FORM_BYTES, 4, { { 4 * (min), 4 * (max) } }
#define ENTRIES(cells, max) FORM_BYTES, 4 * (cells), { { 4 * (cells), 4 * (cells) * (max) } }
#define COUNTED(min, max)   FORM_COUNTED, 4, { { 4 * (min), 4 * (max) } }
#define CELL		    FORM_CELL, 4, { { 0, UINT32_MAX } }
#define CELL_OF(min, max)   FORM_CELL, 4, { { min, max } }
#define CELL_IS(number)	    FORM_CELL, 4, { { number, number } }
#define STRING(max)	    FORM_STRING, 1, { { 1, max } }
#define STRINGS(max)	    FORM_STRINGS, 1, { { 1, max } }
#define TEXT(max)	    FORM_TEXT, 1, { { 1, max } }
#define IS(string)	    FORM_IS, 1, { .text = string }

#define ROOT_PROPERTIES(P)                                                           \
	P(ROOT_ADDRESS_CELLS, "#address-cells", BOTH | REQUIRED, CELL_IS(2))         \
	P(ROOT_SIZE_CELLS, "#size-cells", BOTH | REQUIRED, CELL_IS(2))               \
	P(ROOT_DEVICE_TYPE, "device_type", BOTH | REQUIRED, IS("chrp"))              \
	P(ROOT_COMPATIBLE, "compatible", BOTH | REQUIRED, IS("qemu,pseries"))        \
	P(ROOT_MODEL, "model", BOTH, STRING(64))                                     \
	P(ROOT_UUID, "vm,uuid", BOTH, STRING(37))                                    \
	P(ROOT_SYSTEM_ID, "system-id", BOTH, STRING(64))                             \
	P(ROOT_HOST_MODEL, "host-model", BOTH, STRING(64))                           \
	P(ROOT_HOST_SERIAL, "host-serial", BOTH, STRING(64))                         \
	P(ROOT_PARTITION_NAME, "ibm,partition-name", BOTH, STRING(256))              \
	P(ROOT_PRIORITIES, "ibm,plat-res-int-priorities", BOTH, CELLS(2, 16))        \
	P(ROOT_ACCESS_PLATFORM, "virtio,access-platform", LINUX, EMPTY)              \
	P(ROOT_RESERVED_RANGES, "reserved-ranges", LINUX, ENTRIES(4, 66))

#define CPUS_PROPERTIES(P)                                                           \
	P(CPUS_ADDRESS_CELLS, "#address-cells", BOTH | REQUIRED, CELL_IS(1))         \
	P(CPUS_SIZE_CELLS, "#size-cells", BOTH | REQUIRED, CELL_IS(0))

#define CPU_PROPERTIES(P)                                                            \
	P(CPU_DEVICE_TYPE, "device_type", BOTH | REQUIRED, IS("cpu"))                \
	P(CPU_REG, "reg", BOTH | REQUIRED, CELL)                                     \
	P(CPU_STATUS, "status", BOTH, IS("okay"))                                    \
	P(CPU_THREADS, "ibm,ppc-interrupt-server#s", BOTH, CELLS(1, 8))              \
	P(CPU_GSERVERS, "ibm,ppc-interrupt-gserver#s", BOTH, ENTRIES(2, 8))          \
	P(CPU_VERSION, "cpu-version", BOTH, CELL)                                    \
	P(CPU_TIMEBASE, "timebase-frequency", BOTH | REQUIRED, CELL_OF(1, INT32_MAX)) \
	P(CPU_CLOCK, "clock-frequency", BOTH, CELL)                                  \
	P(CPU_DEC_BITS, "ibm,dec-bits", BOTH, CELL_OF(32, 64))                       \
	P(CPU_D_BLOCK, "d-cache-block-size", BOTH, CELL_IS(128))                     \
	P(CPU_D_LINE, "d-cache-line-size", BOTH, CELL_IS(128))                       \
	P(CPU_I_BLOCK, "i-cache-block-size", BOTH, CELL_IS(128))                     \
	P(CPU_I_LINE, "i-cache-line-size", BOTH, CELL_IS(128))                       \
	P(CPU_D_SIZE, "d-cache-size", BOTH, CELL_OF(0, 1 << 24))                     \
	P(CPU_I_SIZE, "i-cache-size", BOTH, CELL_OF(0, 1 << 24))                     \
	P(CPU_SLB_SIZE, "slb-size", BOTH, CELL_OF(0, 64))                            \
	P(CPU_IBM_SLB_SIZE, "ibm,slb-size", BOTH, CELL_OF(0, 64))                    \
	P(CPU_PFT_SIZE, "ibm,pft-size", BOTH, CELLS(2, 2))                           \
	P(CPU_SEGMENT_SIZES, "ibm,processor-segment-sizes", BOTH, CELLS(1, 8))       \
	P(CPU_PAGE_SIZES, "ibm,segment-page-sizes", BOTH, CELLS(1, 64))              \
	P(CPU_AP_ENCODINGS, "ibm,processor-radix-AP-encodings", BOTH, CELLS(1, 16))  \
	P(CPU_PA_FEATURES, "ibm,pa-features", BOTH, BYTES(2, 256))                   \
	P(CPU_PI_FEATURES, "ibm,pi-features", BOTH, BYTES(2, 256))                   \
	P(CPU_64_BIT, "64-bit", BOTH, EMPTY)                                         \
	P(CPU_VMX, "ibm,vmx", BOTH, CELL_OF(0, 2))                                   \
	P(CPU_DFP, "ibm,dfp", BOTH, CELL_OF(0, 1))                                   \
	P(CPU_PURR, "ibm,purr", BOTH, CELL_OF(0, 1))                                 \
	P(CPU_SPURR, "ibm,spurr", BOTH, CELL_OF(0, 1))                               \
	P(CPU_CHIP, "ibm,chip-id", BOTH, CELL)                                       \
	P(CPU_ASSOCIATIVITY, "ibm,associativity", BOTH, COUNTED(2, 8))

#define MEMORY_PROPERTIES(P)                                                         \
	P(MEMORY_DEVICE_TYPE, "device_type", BOTH | REQUIRED, IS("memory"))          \
	P(MEMORY_REG, "reg", BOTH | REQUIRED, ENTRIES(4, 1))                         \
	P(MEMORY_ASSOCIATIVITY, "ibm,associativity", BOTH, COUNTED(2, 8))

/* Those that UV_ESM demands are required: the tokens of abi/pef.h UV_ESM_RTAS_SERVICES, others. */
#define TOKEN_MAX INT32_MAX	/* of nothing else in /rtas */
#define TOKEN	  CELL_OF(1, TOKEN_MAX)
#define RTAS_PROPERTIES(P)                                                           \
	P(RTAS_BASE, "linux,rtas-base", BOTH | REQUIRED, CELL)                       \
	P(RTAS_ENTRY, "linux,rtas-entry", BOTH | REQUIRED, CELL)                     \
	P(RTAS_SIZE, "rtas-size", BOTH | REQUIRED, CELL_OF(20, 0x10000))             \
	P(RTAS_TEXT_SIZE, "slof,rtas-size", BOTH | REQUIRED, CELL_IS(20))            \
	P(RTAS_STOP_SELF, "stop-self", BOTH | REQUIRED, TOKEN)                       \
	P(RTAS_CHECK_EXCEPTION, "check-exception", BOTH | REQUIRED, TOKEN)           \
	P(RTAS_EVENT_SCAN, "event-scan", BOTH | REQUIRED, TOKEN)                     \
	P(RTAS_CONFIGURE_CONNECTOR, "ibm,configure-connector", CROSSES | REQUIRED, TOKEN) \
	P(RTAS_GET_PARAMETER, "ibm,get-system-parameter", BOTH | REQUIRED, TOKEN)    \
	P(RTAS_SET_PARAMETER, "ibm,set-system-parameter", BOTH | REQUIRED, TOKEN)    \
	P(RTAS_SLOT_ERROR, "ibm,slot-error-detail", BOTH | REQUIRED, TOKEN)          \
	P(RTAS_OS_TERM, "ibm,os-term", BOTH | REQUIRED, TOKEN)                       \
	P(RTAS_NVRAM_FETCH, "nvram-fetch", BOTH | REQUIRED, TOKEN)                   \
	P(RTAS_NVRAM_STORE, "nvram-store", BOTH | REQUIRED, TOKEN)                   \
	P(RTAS_POWER_OFF, "power-off", BOTH | REQUIRED, TOKEN)                       \
	P(RTAS_START_CPU, "start-cpu", BOTH | REQUIRED, TOKEN)                       \
	P(RTAS_CAPACITY, "ibm,lrdr-capacity", CROSSES | REQUIRED, CELLS(5, 5))       \
	P(RTAS_EXTENDED_OS_TERM, "ibm,extended-os-term", BOTH, EMPTY)                \
	P(RTAS_QUERY_STOPPED, "query-cpu-stopped-state", BOTH, TOKEN)                \
	P(RTAS_REBOOT, "system-reboot", BOTH, TOKEN)                                 \
	P(RTAS_SET_TIME, "set-time-of-day", BOTH, TOKEN)                             \
	P(RTAS_GET_TIME, "get-time-of-day", BOTH, TOKEN)                             \
	P(RTAS_DISPLAY, "display-character", BOTH, TOKEN)                            \
	P(RTAS_INT_ON, "ibm,int-on", BOTH, TOKEN)                                    \
	P(RTAS_INT_OFF, "ibm,int-off", BOTH, TOKEN)                                  \
	P(RTAS_GET_XIVE, "ibm,get-xive", BOTH, TOKEN)                                \
	P(RTAS_SET_XIVE, "ibm,set-xive", BOTH, TOKEN)                                \
	P(RTAS_CHANGE_MSI, "ibm,change-msi", BOTH, TOKEN)                            \
	P(RTAS_CHANGE_MSIX, "ibm,change-msix-capable", BOTH, EMPTY)                  \
	P(RTAS_QUERY_SOURCE, "ibm,query-interrupt-source-number", BOTH, TOKEN)       \
	P(RTAS_READ_CONFIG, "read-pci-config", BOTH, TOKEN)                          \
	P(RTAS_WRITE_CONFIG, "write-pci-config", BOTH, TOKEN)                        \
	P(RTAS_IBM_READ_CONFIG, "ibm,read-pci-config", BOTH, TOKEN)                  \
	P(RTAS_IBM_WRITE_CONFIG, "ibm,write-pci-config", BOTH, TOKEN)                \
	P(RTAS_SET_EEH, "ibm,set-eeh-option", BOTH, TOKEN)                           \
	P(RTAS_GET_CONFIG_ADDR, "ibm,get-config-addr-info2", BOTH, TOKEN)            \
	P(RTAS_SLOT_STATE, "ibm,read-slot-reset-state2", BOTH, TOKEN)                \
	P(RTAS_SLOT_RESET, "ibm,set-slot-reset", BOTH, TOKEN)                        \
	P(RTAS_CONFIGURE_PE, "ibm,configure-pe", BOTH, TOKEN)                        \
	P(RTAS_QUERY_WINDOW, "ibm,query-pe-dma-window", BOTH, TOKEN)                 \
	P(RTAS_CREATE_WINDOW, "ibm,create-pe-dma-window", BOTH, TOKEN)               \
	P(RTAS_REMOVE_WINDOW, "ibm,remove-pe-dma-window", BOTH, TOKEN)               \
	P(RTAS_RESET_WINDOW, "ibm,reset-pe-dma-window", BOTH, TOKEN)                 \
	P(RTAS_SENSOR, "get-sensor-state", BOTH, TOKEN)                              \
	P(RTAS_SCAN_RATE, "rtas-event-scan-rate", BOTH, CELL_OF(0, 60))              \
	P(RTAS_LOG_MAX, "rtas-error-log-max", BOTH, CELL_OF(0, 2048))                \
	P(RTAS_REFERENCE_POINTS, "ibm,associativity-reference-points", BOTH, CELLS(1, 8)) \
	P(RTAS_DOMAINS, "ibm,max-associativity-domains", BOTH, COUNTED(2, 16))         \
	P(RTAS_NUMA_INDEX, "ibm,numa-lookup-index-table", BOTH, COUNTED(2, 129))       \
	P(RTAS_NUMA_DISTANCE, "ibm,numa-distance-table", BOTH, BYTES(5, 4 + 128 * 128)) \
	P(RTAS_FUNCTIONS, "ibm,hypertas-functions", BOTH, STRINGS(1024))

#define XICS_PROPERTIES(P)                                                           \
	P(XICS_DEVICE_TYPE, "device_type", BOTH | REQUIRED,                          \
	  IS("PowerPC-External-Interrupt-Presentation"))                             \
	P(XICS_COMPATIBLE, "compatible", BOTH | REQUIRED, IS("IBM,ppc-xicp"))        \
	P(XICS_INTERRUPT_CELLS, "#interrupt-cells", BOTH | REQUIRED, CELL_IS(2))     \
	P(XICS_CONTROLLER, "interrupt-controller", BOTH | REQUIRED, EMPTY)           \
	P(XICS_SERVERS, "ibm,interrupt-server-ranges", BOTH | REQUIRED, ENTRIES(2, 4)) \
	P(XICS_PHANDLE, "phandle", BOTH | REQUIRED, CELL_IS(PHANDLE_INTERRUPTS))

#define XIVE_PROPERTIES(P)                                                           \
	P(XIVE_DEVICE_TYPE, "device_type", BOTH | REQUIRED, IS("power-ivpe"))        \
	P(XIVE_REG, "reg", BOTH | REQUIRED, ENTRIES(4, 2))                           \
	P(XIVE_COMPATIBLE, "compatible", BOTH | REQUIRED, IS("ibm,power-ivpe"))      \
	P(XIVE_INTERRUPT_CELLS, "#interrupt-cells", BOTH | REQUIRED, CELL_IS(2))     \
	P(XIVE_CONTROLLER, "interrupt-controller", BOTH | REQUIRED, EMPTY)           \
	P(XIVE_QUEUES, "ibm,xive-eq-sizes", BOTH | REQUIRED, CELLS(1, 8))            \
	P(XIVE_LISNS, "ibm,xive-lisn-ranges", BOTH | REQUIRED, ENTRIES(2, 8))        \
	P(XIVE_PHANDLE, "phandle", BOTH | REQUIRED, CELL_IS(PHANDLE_INTERRUPTS))

#define EVENT_SOURCES_PROPERTIES(P)                                                  \
	P(EVENTS_INTERRUPT_CELLS, "#interrupt-cells", BOTH | REQUIRED, CELL_IS(2))   \
	P(EVENTS_CONTROLLER, "interrupt-controller", BOTH | REQUIRED, EMPTY)         \
	P(EVENTS_RANGES, "interrupt-ranges", BOTH | REQUIRED, ENTRIES(2, 8))

#define EPOW_EVENTS_PROPERTIES(P)                                                    \
	P(EPOW_INTERRUPTS, "interrupts", BOTH | REQUIRED, CELLS(2, 2))

#define VDEVICE_PROPERTIES(P)                                                        \
	P(VDEVICE_DEVICE_TYPE, "device_type", BOTH | REQUIRED, IS("vdevice"))        \
	P(VDEVICE_COMPATIBLE, "compatible", BOTH | REQUIRED, IS("IBM,vdevice"))      \
	P(VDEVICE_ADDRESS_CELLS, "#address-cells", BOTH | REQUIRED, CELL_IS(1))      \
	P(VDEVICE_SIZE_CELLS, "#size-cells", BOTH | REQUIRED, CELL_IS(0))            \
	P(VDEVICE_INTERRUPT_CELLS, "#interrupt-cells", BOTH | REQUIRED, CELL_IS(2))  \
	P(VDEVICE_CONTROLLER, "interrupt-controller", BOTH | REQUIRED, EMPTY)

#define VTY_PROPERTIES(P)                                                            \
	P(VTY_DEVICE_TYPE, "device_type", BOTH | REQUIRED, IS("serial"))             \
	P(VTY_COMPATIBLE, "compatible", BOTH | REQUIRED, IS("hvterm1"))              \
	P(VTY_REG, "reg", BOTH | REQUIRED, CELL)                                     \
	P(VTY_INTERRUPTS, "interrupts", BOTH, CELLS(2, 2))

#define NVRAM_PROPERTIES(P)                                                          \
	P(NVRAM_DEVICE_TYPE, "device_type", BOTH | REQUIRED, IS("nvram"))            \
	P(NVRAM_COMPATIBLE, "compatible", BOTH | REQUIRED, IS("qemu,spapr-nvram"))   \
	P(NVRAM_REG, "reg", BOTH | REQUIRED, CELL)                                   \
	P(NVRAM_BYTES, "#bytes", BOTH | REQUIRED, CELL_OF(0, 1 << 20))               \
	P(NVRAM_INTERRUPTS, "interrupts", BOTH, CELLS(2, 2))

/* Nothing else of KVM's: "hcall-instructions" is code. */
#define HYPERVISOR_PROPERTIES(P)                                                     \
	P(HYPERVISOR_COMPATIBLE, "compatible", BOTH | REQUIRED, IS("linux,kvm"))

#define PHB_PROPERTIES(P)                                                            \
	P(PHB_DEVICE_TYPE, "device_type", BOTH | REQUIRED, IS("pci"))                \
	P(PHB_COMPATIBLE, "compatible", BOTH | REQUIRED, IS("IBM,Logical_PHB"))      \
	P(PHB_ADDRESS_CELLS, "#address-cells", BOTH | REQUIRED, CELL_IS(3))          \
	P(PHB_SIZE_CELLS, "#size-cells", BOTH | REQUIRED, CELL_IS(2))                \
	P(PHB_INTERRUPT_CELLS, "#interrupt-cells", BOTH | REQUIRED, CELL_IS(1))      \
	P(PHB_REG, "reg", BOTH | REQUIRED, ENTRIES(4, 1))                            \
	P(PHB_BUSES, "bus-range", BOTH | REQUIRED, CELLS(2, 2))                      \
	P(PHB_WINDOWS, "ranges", BOTH | REQUIRED, ENTRIES(7, 8))                     \
	P(PHB_RTAS, "used-by-rtas", BOTH, EMPTY)                                     \
	P(PHB_CONFIG_SPACE, "ibm,pci-config-space-type", BOTH, CELL_OF(0, 1))        \
	P(PHB_MSIS, "ibm,pe-total-#msi", BOTH, CELL)                                 \
	P(PHB_DDW_TOKENS, "ibm,ddw-applicable", BOTH, CELLS(3, 3))                   \
	P(PHB_DDW_EXTENSIONS, "ibm,ddw-extensions", BOTH, CELLS(2, 8))               \
	P(PHB_INTERRUPT_MASK, "interrupt-map-mask", BOTH, CELLS(4, 4))               \
	P(PHB_INTERRUPT_MAP, "interrupt-map", BOTH, ENTRIES(7, 128))                 \
	P(PHB_DMA_ADDRESS_CELLS, "ibm,#dma-address-cells", BOTH, CELL_IS(2))         \
	P(PHB_DMA_SIZE_CELLS, "ibm,#dma-size-cells", BOTH, CELL_IS(2))               \
	P(PHB_DMA_WINDOW, "ibm,dma-window", BOTH, CELLS(5, 5))                       \
	P(PHB_ASSOCIATIVITY, "ibm,associativity", BOTH, COUNTED(2, 8))                 \
	P(PHB_POOL, "memory-region", LINUX, CELL_IS(PHANDLE_POOL))

/* A bridge has a device type, buses and windows, a device has none of these. */
#define PCI_PROPERTIES(P)                                                            \
	P(PCI_DEVICE_TYPE, "device_type", BOTH, IS("pci"))                           \
	P(PCI_ADDRESS_CELLS, "#address-cells", BOTH, CELL_IS(3))                     \
	P(PCI_SIZE_CELLS, "#size-cells", BOTH, CELL_IS(2))                           \
	P(PCI_REG, "reg", BOTH | REQUIRED, ENTRIES(5, 8))                            \
	P(PCI_ASSIGNED, "assigned-addresses", BOTH, ENTRIES(5, 8))                   \
	P(PCI_BUSES, "bus-range", BOTH, CELLS(2, 2))                                 \
	P(PCI_WINDOWS, "ranges", BOTH, BYTES(0, 8 * 32))                             \
	P(PCI_VENDOR, "vendor-id", BOTH | REQUIRED, CELL_OF(0, 0xffff))              \
	P(PCI_DEVICE, "device-id", BOTH | REQUIRED, CELL_OF(0, 0xffff))              \
	P(PCI_SUBSYSTEM_VENDOR, "subsystem-vendor-id", BOTH, CELL_OF(0, 0xffff))     \
	P(PCI_SUBSYSTEM, "subsystem-id", BOTH, CELL_OF(0, 0xffff))                   \
	P(PCI_REVISION, "revision-id", BOTH, CELL_OF(0, 0xff))                       \
	P(PCI_CLASS, "class-code", BOTH | REQUIRED, CELL_OF(0, 0xffffff))            \
	P(PCI_INTERRUPTS, "interrupts", BOTH, CELL_OF(1, 4))                         \
	P(PCI_MSIX, "ibm,req#msi-x", BOTH, CELL_OF(0, 2048))                         \
	P(PCI_MSI, "ibm,req#msi", BOTH, CELL_OF(0, 32))

#define CHOSEN_PROPERTIES(P)                                                         \
	P(CHOSEN_BOOTARGS, "bootargs", BOTH | REQUIRED, TEXT(0x10000))               \
	P(CHOSEN_INITRD_START, "linux,initrd-start", BOTH, CELLS(1, 2))              \
	P(CHOSEN_INITRD_END, "linux,initrd-end", BOTH, CELLS(1, 2))                  \
	P(CHOSEN_STDOUT, "stdout-path", BOTH, STRING(32))                            \
	P(CHOSEN_LINUX_STDOUT, "linux,stdout-path", BOTH, STRING(32))                \
	P(CHOSEN_PROBE_ONLY, "linux,pci-probe-only", BOTH, CELL_IS(0))               \
	P(CHOSEN_VEC5, "ibm,architecture-vec-5", BOTH, BYTES(1, 256))                \
	P(CHOSEN_SEED, "rng-seed", LINUX, BYTES(1, 64))                              \
	P(CHOSEN_IOMMU_OFF, "linux,iommu-off", LINUX, EMPTY)                         \
	P(CHOSEN_KERNEL, "pefboot,kernel", CROSSES | REQUIRED, ENTRIES(4, 1))        \
	P(CHOSEN_TIMES, "pefboot,times", CROSSES, ENTRIES(8, 1))                     \
	P(CHOSEN_BLOB_START, "linux,esm-blob-start", CROSSES, ENTRIES(2, 1))         \
	P(CHOSEN_BLOB_END, "linux,esm-blob-end", CROSSES, ENTRIES(2, 1))

/* The record of the transition: docs/binding/pefboot/record.yaml */
#define RECORD_PROPERTIES(P)                                                         \
	P(RECORD_VERSION, "version", LINUX, CELL)                                    \
	P(RECORD_FIRMWARE, "firmware", LINUX, STRING(16))                            \
	P(RECORD_WORLD, "world", LINUX, STRING(16))                                  \
	P(RECORD_KERNEL, "kernel", LINUX, STRING(16))                                \
	P(RECORD_INITRD, "initrd", LINUX, STRING(16))                                \
	P(RECORD_CMDLINE, "cmdline", LINUX, STRING(16))                              \
	P(RECORD_POOL, "pool", LINUX, ENTRIES(4, 1))                                 \
	P(RECORD_TIMES, "times", LINUX, ENTRIES(14, 1))                              \
	P(RECORD_MEASURED, "measured", LINUX, STRING(129))

#define RESERVED_MEMORY_PROPERTIES(P)                                                \
	P(RESERVED_ADDRESS_CELLS, "#address-cells", LINUX | REQUIRED, CELL_IS(2))    \
	P(RESERVED_SIZE_CELLS, "#size-cells", LINUX | REQUIRED, CELL_IS(2))          \
	P(RESERVED_RANGES, "ranges", LINUX | REQUIRED, EMPTY)

#define POOL_PROPERTIES(P)                                                           \
	P(POOL_COMPATIBLE, "compatible", LINUX | REQUIRED, IS("restricted-dma-pool")) \
	P(POOL_REG, "reg", LINUX | REQUIRED, ENTRIES(4, 1))                          \
	P(POOL_PHANDLE, "phandle", LINUX | REQUIRED, CELL_IS(PHANDLE_POOL))

#define PHANDLE_INTERRUPTS 1
#define PHANDLE_POOL	   2

#define PROPERTY_INDEX(constant, name, flags, form) constant,
enum { ROOT_PROPERTIES(PROPERTY_INDEX) ROOT_COUNT };
enum { CPUS_PROPERTIES(PROPERTY_INDEX) CPUS_COUNT };
enum { CPU_PROPERTIES(PROPERTY_INDEX) CPU_COUNT };
enum { MEMORY_PROPERTIES(PROPERTY_INDEX) MEMORY_COUNT };
enum { RTAS_PROPERTIES(PROPERTY_INDEX) RTAS_COUNT };
enum { XICS_PROPERTIES(PROPERTY_INDEX) XICS_COUNT };
enum { XIVE_PROPERTIES(PROPERTY_INDEX) XIVE_COUNT };
enum { EVENT_SOURCES_PROPERTIES(PROPERTY_INDEX) EVENT_SOURCES_COUNT };
enum { EPOW_EVENTS_PROPERTIES(PROPERTY_INDEX) EPOW_EVENTS_COUNT };
enum { VDEVICE_PROPERTIES(PROPERTY_INDEX) VDEVICE_COUNT };
enum { VTY_PROPERTIES(PROPERTY_INDEX) VTY_COUNT };
enum { NVRAM_PROPERTIES(PROPERTY_INDEX) NVRAM_COUNT };
enum { HYPERVISOR_PROPERTIES(PROPERTY_INDEX) HYPERVISOR_COUNT };
enum { PHB_PROPERTIES(PROPERTY_INDEX) PHB_COUNT };
enum { PCI_PROPERTIES(PROPERTY_INDEX) PCI_COUNT };
enum { CHOSEN_PROPERTIES(PROPERTY_INDEX) CHOSEN_COUNT };
enum { RECORD_PROPERTIES(PROPERTY_INDEX) RECORD_COUNT };
enum { RESERVED_MEMORY_PROPERTIES(PROPERTY_INDEX) RESERVED_MEMORY_COUNT };
enum { POOL_PROPERTIES(PROPERTY_INDEX) POOL_COUNT };
#undef PROPERTY_INDEX

#define NODE_VALUES_MAX 56	/* at least RTAS_COUNT, the largest */

#endif /* FDT_SCHEMA_H */
