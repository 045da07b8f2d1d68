# SPDX-License-Identifier: GPL-2.0-or-later
#
# make			the images, cross-built: build/pefboot.bin
# make check		everything once (K=WORD: the tests whose names match)
# make check-all	products of all axes, ports, soaks
# make check-host	only what needs no QEMU: unit tests, import directions
# make run		boot Linux; make bench B="boots secure": figures; make fuzz T=seconds; make prove; make stack; make debug
# make install		DESTDIR= PREFIX=; make deb: Debian packages; make repo: of them for apt; make dist: a release (docs/packaging.md)
# V=1 shows commands; O=dir builds elsewhere; CROSS=prefix names another compiler; LIBFDT=dtc/libfdt BEARSSL=BearSSL: sources

O      ?= build
CROSS  ?= powerpc64-linux-gnu-
V      ?= 0
PYTHON ?= /usr/bin/python3

CC	:= $(CROSS)gcc
LD	:= $(CROSS)ld
OBJCOPY := $(CROSS)objcopy
READELF := $(CROSS)readelf
NM	:= $(CROSS)nm
HOSTCC	?= gcc

# Lists of make are words; and what cannot be written is said before anything is fetched or built
$(foreach v,CURDIR O,$(if $(word 2,$($(v))),$(error $(v)=$($(v)): make takes no folder with a blank in its name)))
ifneq ($(filter-out clean install%,$(or $(MAKECMDGOALS),all)),)
$(if $(shell mkdir -p '$(O)' && test -w '$(O)' && echo yes),,$(error O=$(O): cannot write there))
endif

# One spelling of it, or else a make that is given the same folder by its whole path links all anew
override O := $(patsubst $(CURDIR)/%,%,$(abspath $(O)))

Q   := $(if $(filter 1,$(V)),,@)
say  = $(if $(filter 1,$(V)),,@printf '  %-8s%s\n' '$(1)' '$(2)')

.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
# All CPUs, unless -j says otherwise; who calls this make has said it
ifeq ($(MAKELEVEL)$(filter clean,$(MAKECMDGOALS)),0)
MAKEFLAGS += -j$(shell nproc)
endif
.PHONY: all
all:

# Sources of others: given by LIBFDT=dtc/libfdt BEARSSL=BearSSL, or those of a release (make dist); otherwise fetched
# once into a cache, by Debian package (tools/deps). The targets that set the machine up come before any of
# this: they make the build a second make (tools/run.mk).
ifneq ($(wildcard libraries/libfdt/libfdt.h),)
LIBFDT ?= $(CURDIR)/libraries/libfdt
BEARSSL ?= $(CURDIR)/libraries/bearssl
endif
ifneq ($(LIBFDT)$(BEARSSL),)
$(if $(wildcard $(LIBFDT)/libfdt.h),,$(error LIBFDT=$(LIBFDT): no libfdt.h there))
$(if $(wildcard $(BEARSSL)/inc/bearssl.h),,$(error BEARSSL=$(BEARSSL): no inc/bearssl.h there))
else
deps := $(O)/deps.mk
ifeq ($(filter run check check-all bench prove debug clean deb repo,$(MAKECMDGOALS)),)
-include $(deps)
endif
endif
$(O)/deps.mk: tools/deps $(if $(LIBFDT),$(if $(wildcard $(LIBFDT)/libfdt.h),$(if $(wildcard $(BEARSSL)/inc),,fetch-again),fetch-again))
	@mkdir -p $(@D)
	@$(if $(filter powerpc64-linux-gnu-,$(CROSS)),tools/deps setup build &&) \
		lib=$$(tools/deps libfdt) && ssl=$$(tools/deps bearssl) && \
		printf 'LIBFDT := %s/libfdt\nBEARSSL := %s\n' "$$lib" "$$ssl" >$@.tmp && mv $@.tmp $@
.PHONY: fetch-again

# One subject per file, one list per folder
lib_c  := $(wildcard lib/*.c)
lib_S  := $(wildcard lib/*.S)
fdt_c  := $(wildcard fdt/*.c)
boot_c := $(wildcard boot/*.c boot/*/*.c)
ultracall_c := $(wildcard ultracall/*.c)
virtio_c := $(wildcard virtio/*.c)
bearssl_c := hash/sha2big.c codec/enc64be.c codec/dec64be.c
# and what opens an ESM blob (gcc makes no POWER8 vectors here: -msoft-float)
uv_bearssl_c := $(bearssl_c) hash/sha2small.c mac/hmac.c hash/mgf1.c hash/ghash_ctmul64.c aead/gcm.c \
	rsa/rsa_i31_oaep_decrypt.c rsa/rsa_i31_priv.c rsa/rsa_oaep_unpad.c int/i32_div32.c $(addprefix int/i31_,$(addsuffix \
	.c,add bitlen decmod decode decred encode fmont modpow2 montmul mulacc muladd ninv31 reduce rshift sub tmont)) \
	$(addprefix symcipher/aes_ct64,.c _enc.c _ctr.c) $(addprefix codec/,$(addsuffix .c,ccopy enc32be dec32be enc32le dec32le))

# $(call compile,FOLDER,LABEL,COMPILER,VARIABLE): objects of all sources, and of BearSSL, in $(O)/FOLDER. The
# compiler and its flags are expanded late, so that a target may have flags of its own. Made anew when flags have changed.
define compile
$$(O)/$(1)/%.c.o: %.c Makefile | $$(deps)
	@mkdir -p $$(@D)
	$$(call say,$(2),$$<)
	$$(Q)$(3) $$($(4)) -c $$< -o $$@
$$(O)/$(1)/bearssl/%.c.o: $$(BEARSSL)/src/%.c Makefile | $$(deps)
	@mkdir -p $$(@D)
	$$(Q)$(3) $$($(4)) -I$$(BEARSSL)/src -w -c $$< -o $$@
$$(O)/$(1)/%.S.o: %.S Makefile
	@mkdir -p $$(@D)
	$$(call say,AS,$$<)
	$$(Q)$$(CC) $$(TARGET_ASFLAGS) -c $$< -o $$@
endef
$(eval $(call compile,target,CC,$$(CC),BOOT_CFLAGS))
$(eval $(call compile,uv,CC,$$(CC),TARGET_CFLAGS))
$(eval $(call compile,tool,HOSTCC,$$(HOSTCC),TOOL_ALL_CFLAGS))
$(eval $(call compile,host,HOSTCC,$$(HOSTCC),HOST_CFLAGS))
$(eval $(call compile,fuzz,CLANG,clang,FUZZ_CFLAGS))
$(eval $(call compile,guest,CC,$$(CC),GUEST_CFLAGS))

WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef \
	-Wpointer-arith -Wvla -Wframe-larger-than=8192
COMMON = -std=gnu11 -iquote . -isystem $(LIBFDT) -isystem $(BEARSSL)/inc -MMD -MP $(PREFIX_MAP)
PREFIX_MAP = -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(LIBFDT)=libfdt -ffile-prefix-map=$(BEARSSL)=bearssl

TARGET_CFLAGS = -isystem lib/libc $(COMMON) -Os $(WARN) -Wno-maybe-uninitialized -g \
	-ffreestanding -fpie -mabi=elfv2 -mbig-endian -mcpu=power8 -msoft-float -mno-vsx -mno-altivec -mno-pointers-to-nested-functions \
	-fno-stack-protector -fno-asynchronous-unwind-tables -mtraceback=no -fno-jump-tables -fno-strict-aliasing \
	-ffunction-sections -fdata-sections -fno-tree-loop-distribute-patterns
# The firmware is optimised as a whole: 4 % smaller. Functions that are called once stay functions, for debuggers and the stack
LTO := -flto=auto -fno-inline-functions-called-once
BOOT_CFLAGS = $(TARGET_CFLAGS) $(LTO)
TARGET_ASFLAGS := -iquote . -mabi=elfv2 -mbig-endian -mcpu=power8 -MMD -MP -g \
	-ffile-prefix-map=$(CURDIR)=.
TARGET_LDFLAGS := -pie --no-dynamic-linker -z norelro -z noexecstack --no-warn-rwx-segments --gc-sections --build-id=none \
	-EB -z text

boot_objs := $(patsubst %,$(O)/target/%.o,$(wildcard boot/*/*.S) $(lib_S) ultracall/ultracall.S $(lib_c) $(fdt_c) \
	$(ultracall_c) $(virtio_c) $(boot_c) $(addprefix bearssl/,$(bearssl_c)))

all: $(O)/pefboot.bin $(O)/pefboot.elf $(O)/pefboot-loader.elf $(O)/pefboot-bundle $(O)/pefboot-svm-check

$(O)/target/fdt/libfdt.c.o $(O)/host/fdt/libfdt.c.o: WARN := -w
# Small by default (160 KiB is the limit); fast where the instructions are spent
UNALIGNED = -fno-align-functions -fno-align-loops -fno-align-jumps -fno-align-labels
FAST = -O2 $(UNALIGNED) -fno-tree-pre -fno-code-hoisting -fno-shrink-wrap
$(patsubst %,$(O)/target/%.c.o,lib/string fdt/walk fdt/outline): TARGET_CFLAGS += $(FAST)
# No tree before version 17, which dt_walk_start() refuses; nor a libfdt that contradicts itself (libfdt_internal.h)
ASSUME_LATEST := 0x04
ASSUME_FLAWLESS := 0x20
$(O)/target/fdt/libfdt.c.o: TARGET_CFLAGS += -DFDT_ASSUME_MASK='($(ASSUME_LATEST)|$(ASSUME_FLAWLESS))'
$(O)/target/bearssl/%.o: TARGET_CFLAGS += -O2 $(UNALIGNED) -DBR_POWER8=0 -DBR_INT128=0
# not these: what the compiler calls by itself, what the ultravisor links, too
$(O)/target/lib/string.c.o: TARGET_CFLAGS += -fno-builtin
$(O)/target/lib/string.c.o $(O)/target/bearssl/%.o: LTO :=
# Linked, for debuggers; flat, for -bios; and that as one PT_LOAD, for everybody else
$(O)/pefboot.linked: $(boot_objs) linker/pefboot.lds
	$(call say,LD,$@)
	$(Q)$(CC) $(TARGET_CFLAGS) $(LTO) -nostdlib $(addprefix -Xlinker ,$(TARGET_LDFLAGS) -z pack-relative-relocs -Map=$(O)/pefboot.map) \
		-T linker/pefboot.lds -o $@ $(boot_objs)
$(O)/pefboot.bin: $(O)/pefboot.linked
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) -O binary $< $@
$(O)/target/linker/image.S.o: linker/image.S $(O)/pefboot.bin
	@mkdir -p $(@D)
	$(Q)$(CC) $(TARGET_ASFLAGS) -DIMAGE='"$(O)/pefboot.bin"' -c $< -o $@
$(O)/pefboot.elf: $(O)/target/linker/image.S.o $(O)/pefboot.linked linker/image.lds
	$(call say,LD,$@)
	$(Q)$(LD) -EB -z noexecstack --no-warn-rwx-segments --build-id=none -T linker/image.lds \
		--defsym=__base=0 --defsym=__footprint=$(footprint) -o $@ $<
# and as one of 32 bits, where Open Firmware has room
$(O)/target/linker/loader.S.o: linker/image.S $(O)/pefboot.bin
	@mkdir -p $(@D)
	$(Q)$(CC) -m32 -mbig-endian -DIMAGE='"$(O)/pefboot.bin"' -c $< -o $@
$(O)/pefboot-loader.elf: $(O)/target/linker/loader.S.o $(O)/pefboot.linked linker/image.lds
	$(call say,LD,$@)
	$(Q)$(LD) -EB -s -m elf32ppc -z noexecstack --no-warn-rwx-segments --build-id=none -T linker/image.lds \
		--defsym=__base=0x400000 --defsym=__footprint=$(footprint) -o $@ $<
footprint = 0x$$($(NM) $(O)/pefboot.linked | sed -n 's/ . __footprint$$//p')

# The bundle tool: a host program around the firmware's own parser. Distributions add TOOL_CFLAGS, TOOL_LDFLAGS
TOOL_ALL_CFLAGS = $(COMMON) $(WARN) -Wno-frame-larger-than -O2 -g $(TOOL_CFLAGS)
bundle_c := $(wildcard tools/bundle/*.c) lib/bundle.c lib/elf.c lib/error.c lib/format.c lib/parse.c lib/range.c \
	boot/errors.c lib/der.c lib/kernel.c lib/linux_params.c lib/options.c lib/rtas_blob.c \
	boot/measured/banks.c boot/measured/sha.c
bundle_bearssl_c := $(uv_bearssl_c) $(addprefix rsa/,rsa_i31_oaep_encrypt.c rsa_i31_pub.c rsa_oaep_pad.c) codec/pemdec.c
bundle_fdt_c := $(addprefix libfdt/fdt,.c _ro.c _sw.c _check.c _strerror.c)
$(O)/tool/libfdt/%.c.o: $(LIBFDT)/%.c | $(deps)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(TOOL_ALL_CFLAGS) -w -c $< -o $@
$(O)/pefboot-bundle: $(patsubst %,$(O)/tool/%.o,$(bundle_c) $(addprefix bearssl/,$(bundle_bearssl_c)) $(bundle_fdt_c))
	$(call say,HOSTLD,$@)
	$(Q)$(HOSTCC) $(TOOL_LDFLAGS) $(filter %.o,$^) -o $@

# The check of a kernel's mfmsr: a host program around the ultravisor's own classifier
svm_check_c := $(wildcard tools/svm-check/*.c) ultravisor/text/msr.c
$(O)/pefboot-svm-check: $(patsubst %,$(O)/tool/%.o,$(svm_check_c))
	$(call say,HOSTLD,$@)
	$(Q)$(HOSTCC) $(TOOL_LDFLAGS) $(filter %.o,$^) -o $@

# The guest's program: no C library, little-endian, in whatever initramfs
GUEST_CFLAGS = -std=gnu11 -iquote . -MMD -MP $(PREFIX_MAP) $(WARN) -O2 -g -ffreestanding -fno-pie -mabi=elfv2 -mlittle-endian \
	-mcpu=power8 -mno-vsx -mno-altivec -msoft-float -fno-stack-protector -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns
guest_objs := $(patsubst guest/%,$(O)/guest/guest/%.o,$(wildcard guest/*.c guest/*.S))
$(O)/guest/%.S.o: TARGET_ASFLAGS := $(subst -mbig-endian,-mlittle-endian,$(TARGET_ASFLAGS))
all: $(O)/esmb-get-file
$(O)/esmb-get-file: $(guest_objs)
	$(call say,LD,$@)
	$(Q)$(LD) -EL -m elf64lppc -static -s -z noexecstack --gc-sections --build-id=none -o $@ $(guest_objs)

# bootlog in one file, with what it knows of headers, pages and profiles in itself
bootlog_files := $(sort $(shell find tools/bootlog tools/profiles -name '*.py' -o -name '*.css' -o -name '*.toml'))
all: $(O)/bootlog.pyz
$(O)/bootlog.pyz: tools/bootlog-pyz $(bootlog_files) lib/version.h docs/errors.md $(wildcard abi/*.h)
	@mkdir -p $(@D)
	$(call say,ZIPAPP,$@)
	$(Q)$(PYTHON) tools/bootlog-pyz $@

# The miniature ultravisor, with the firmware of its guest: make L2FW=/usr/share/qemu/slof.bin
L2FW ?= $(O)/pefboot.bin
ultravisor_c := $(wildcard ultravisor/*.c ultravisor/*/*.c)
uv_objs := $(patsubst %,$(O)/target/%.o,$(wildcard ultravisor/*/*.S) $(lib_S)) \
	$(patsubst %,$(O)/uv/%.o,$(lib_c) $(fdt_c) $(ultravisor_c)) $(patsubst %,$(O)/target/bearssl/%.o,$(uv_bearssl_c))
# Small but for what runs on every exit and over all of memory
$(O)/uv/%.o: TARGET_CFLAGS += -Os -fjump-tables
$(patsubst %,$(O)/uv/%.c.o,lib/string ultravisor/memory/memory ultravisor/cpu/exits): TARGET_CFLAGS += -O2
$(O)/uv/fdt/libfdt.c.o $(patsubst %,$(O)/%/ultravisor/trial/libfdt_overlay.c.o,uv host): WARN := -w
$(O)/uv/lib/string.c.o: TARGET_CFLAGS += -fno-builtin

all: $(O)/ultravisor.bin
$(O)/target/ultravisor/start/firmware.S.o: TARGET_ASFLAGS += -DL2FW='"$(L2FW)"'
$(O)/target/ultravisor/start/firmware.S.o: $(L2FW) $(O)/l2fw.txt
$(O)/l2fw.txt: FORCE
	@mkdir -p $(@D)
	@echo '$(L2FW)' | cmp -s - $@ || echo '$(L2FW)' >$@
.PHONY: FORCE
$(O)/ultravisor.elf: $(uv_objs) linker/ultravisor.lds
	$(call say,LD,$@)
	$(Q)$(LD) $(TARGET_LDFLAGS) -T linker/ultravisor.lds -Map=$(O)/ultravisor.map -o $@ $(uv_objs)
$(O)/ultravisor.bin: $(O)/ultravisor.elf
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) -O binary $< $@

# Payloads, firmware for the ultravisor's guest. make conformance prints TAP; uvpayload: make bench
payload_objs := $(patsubst %,$(O)/uv/%.o,tests/guest/conformance/head.S $(lib_S) $(lib_c) $(fdt_c) ultravisor/errors.c)
$(O)/conformance.elf: $(O)/uv/tests/guest/conformance/main.c.o $(patsubst %,$(O)/uv/tests/guest/conformance/%.c.o,blk msr soak)
$(O)/uvpayload.elf: $(O)/uv/tests/bench/uvpayload.c.o
$(O)/conformance.elf $(O)/uvpayload.elf: $(payload_objs) tests/guest/conformance/conformance.lds
	$(call say,LD,$@)
	$(Q)$(LD) -EB --no-dynamic-linker -z noexecstack --no-warn-rwx-segments --gc-sections --build-id=none \
		-T tests/guest/conformance/conformance.lds -Map=$(@:.elf=.map) -o $@ $(filter %.o,$^)
$(O)/conformance.bin $(O)/uvpayload.bin: %.bin: %.elf
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) -O binary $< $@
all: $(O)/conformance.bin $(O)/uvpayload.bin
.PHONY: conformance
conformance: all
	@PEFBOOT_BUILD=$(abspath $(O)) tests/guest/conformance/run

# Host tests: the same sources with ASan and UBSan; what a host cannot do is behind seams, which
# tests/host/fake/ supplies at link time
seams := lib/rtas.c lib/stop.c lib/string.c boot/errors.c boot/doors/vectors.c boot/doors/of_enter.c virtio/mmio.c
HOST_CFLAGS = $(COMMON) $(WARN) -O1 -g -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all -Wno-frame-larger-than $(HOST_EXTRA)
oracle_c := $(filter-out %/main.c,$(wildcard tests/host/oracle/*.c))
unit_tests := $(patsubst %.c,$(O)/%,$(shell find tests/host/unit -name '*_test.c'))
# BearSSL's hashes that the firmware has in its own words are there to be compared with
fake_bearssl_c := hash/sha1.c hash/sha2small.c codec/enc32be.c codec/dec32be.c
fake_objs := $(patsubst %,$(O)/host/%.o,$(wildcard tests/host/fake/*.c) $(oracle_c) $(addprefix bearssl/,$(fake_bearssl_c)))
host_objs := $(patsubst %,$(O)/host/%.o,$(filter-out $(seams),$(lib_c) $(fdt_c) $(ultracall_c) \
	$(virtio_c) $(boot_c)) guest/main.c guest/get_file.c $(addprefix bearssl/,$(bearssl_c)))

# lib/string.c under other names, against the host's C library
$(O)/host/string_dual.o: lib/string.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) -w -fno-builtin $(foreach f,memcpy memmove memset memcmp memchr strlen \
		strnlen strcmp strncmp strchr strrchr,-D$(f)=lib_$(f)) -c $< -o $@
$(O)/host/libfake.a: $(fake_objs) $(O)/host/string_dual.o
$(O)/host/libpefboot.a: $(host_objs)
# not its start and its entry into the guest, which only the target has
$(O)/host/libultravisor.a: $(patsubst %,$(O)/host/%.o,$(filter-out $(addprefix ultravisor/,main.c errors.c cpu/exits.c cpu/low.c),$(ultravisor_c))) \
	$(patsubst %,$(O)/host/bearssl/%.o,$(filter-out $(bearssl_c),$(uv_bearssl_c)))
$(O)/host/%.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $(filter %.o,$^)
# What tests a seam itself is linked with it
$(O)/tests/host/unit/lib/rtas_test $(O)/tests/host/unit/lib/stop_test $(O)/tests/host/unit/virtio/mmio_test: \
$(O)/tests/host/unit/%_test: $(O)/host/%.c.o
host_libs := $(O)/host/libfake.a $(O)/host/libultravisor.a $(O)/host/libpefboot.a
$(O)/tests/host/unit/oracle/tree_mutator_test: $(O)/host/tests/host/fuzz/tree_mutator.c.o
$(O)/tests/host/unit/%_test: $(O)/host/tests/host/unit/%_test.c.o $(host_libs)
	@mkdir -p $(@D)
	$(call say,HOSTLD,$@)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $(filter %.o,$^) -o $@ \
		-Wl,--start-group $(host_libs) -Wl,--end-group -lcmocka

# What Linux makes of a tree, as text
$(O)/oracle: $(patsubst %,$(O)/host/%.o,$(oracle_c) tests/host/oracle/main.c)
	$(call say,HOSTLD,$@)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $(filter %.o,$^) -o $@

# What steps 4 and 5 make of it
$(O)/canonical: $(O)/host/tests/host/tools/canonical.c.o $(host_libs)
	$(call say,HOSTLD,$@)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $< -o $@ -Wl,--start-group $(host_libs) -Wl,--end-group

# What the ultravisor does with a TPM
$(O)/tpm-open: $(O)/host/tests/host/tools/tpm_open.c.o $(host_libs)
	$(call say,HOSTLD,$@)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $< -o $@ -Wl,--start-group $(host_libs) -Wl,--end-group

# Device trees of the tests
test_trees := $(patsubst %.dts,$(O)/%.dtb,$(wildcard tests/host/data/*.dts tests/host/data/doctored/*.dts))
$(O)/tests/host/data/%.dtb: tests/host/data/%.dts $(wildcard tests/host/data/doctored/*.dtsi)
	@mkdir -p $(@D)
	$(call say,DTC,$<)
	$(Q)dtc -q -I dts -O dtb -o $@ $<

# and ESM blobs
$(O)/tests/host/data/esm/made: tests/host/tools/esmblobs tests/esmblob.py $(wildcard tests/host/data/esm/*)
	@mkdir -p $(@D)
	$(call say,BLOBS,$(@D))
	$(Q)$(PYTHON) -B $< $(@D)

.PHONY: unit-tests check-host
unit-tests: $(unit_tests) $(test_trees) $(O)/tests/host/data/esm/made $(O)/oracle $(O)/canonical $(O)/tpm-open
check-host: unit-tests all
	$(Q)tools/imports
	$(Q)for t in $(unit_tests); do $$t >$(O)/unit.log 2>&1 || { cat $(O)/unit.log; echo "$$t failed"; exit 1; }; done

# libFuzzer over the same sources: make fuzz T=seconds [FUZZ=names] [RUNS=number]. What it finds of interest
# stays in the cache, and the next run goes on from there.
T ?= 60
RUNS ?= -1
FUZZ ?= $(patsubst tests/host/fuzz/%_fuzz.c,%,$(wildcard tests/host/fuzz/*_fuzz.c))
FUZZ_CORPUS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/pefboot/fuzz
# SANITIZE= runs several times faster, and finds what the target itself checks for
SANITIZE ?= ,address,undefined
FUZZ_CFLAGS = $(COMMON) -w -O1 -g -fsanitize=fuzzer-no-link$(SANITIZE) -fno-sanitize-recover=all
fuzz_lib := $(patsubst $(O)/host/%,$(O)/fuzz/%,$(filter-out %.S.o,$(host_objs) $(fake_objs)))
$(O)/fuzz/libpefboot.a: $(fuzz_lib)
	$(Q)rm -f $@ && ar rcs $@ $^
$(O)/fuzz/sealed_fuzz: $(O)/fuzz/tools/bundle/esm_read.c.o $(O)/fuzz/tools/bundle/common.c.o
$(O)/fuzz/tree_fuzz: $(O)/fuzz/tests/host/fuzz/tree_mutator.c.o
$(O)/fuzz/esm_blob_fuzz: $(patsubst %,$(O)/fuzz/%.o,$(addprefix ultravisor/esm/,blob.c cpio.c files.c sealed.c) \
	$(addprefix bearssl/,$(filter-out $(bearssl_c),$(uv_bearssl_c))))
$(O)/fuzz/%_fuzz: $(O)/fuzz/tests/host/fuzz/%_fuzz.c.o $(O)/fuzz/libpefboot.a
	$(call say,CLANGLD,$@)
	$(Q)clang -fsanitize=fuzzer$(SANITIZE) -Wl,--start-group $^ -Wl,--end-group -o $@
.PHONY: fuzz fuzzers
fuzzers: $(patsubst %,$(O)/fuzz/%_fuzz,$(FUZZ))
fuzz: fuzzers
	$(Q)tests/host/fuzz/seeds $(FUZZ_CORPUS)
	$(Q)for f in $(FUZZ); do echo "== $$f" && $(O)/fuzz/$${f}_fuzz \
		-max_total_time=$(T) -runs=$(RUNS) -timeout=20 -max_len=$$(case $$f in tree) echo 32768;; *) echo 4096;; esac) -print_final_stats=1 -verbosity=0 \
		-artifact_prefix=$(O)/fuzz/$$f- $(FUZZ_CORPUS)/$$f 2>&1 | \
		grep -E 'ERROR|SUMMARY|executed_units|average_exec|artifact|Test unit|abort' || exit 1; \
		ls $(O)/fuzz/$$f-* >/dev/null 2>&1 && exit 1 || :; done

# How good the unit tests are (docs/testing.md): make coverage [ROOMS="fdt virtio"]; make mutants [SEED=1] [N=400] [ROOMS=...]
SEED ?= 1
N ?= 400
.PHONY: coverage mutants
coverage: HOST_EXTRA := --coverage -fno-sanitize=all -O0
mutants: HOST_EXTRA := -fno-sanitize=all -O2 -w
coverage mutants:
	$(Q)$(MAKE) --no-print-directory O=$(O)/$@ HOST_EXTRA="$(HOST_EXTRA)" unit-tests
	$(Q)$(MEASURE)
coverage: MEASURE = $(PYTHON) -B tests/coverage $(O)/coverage $(ROOMS)
mutants: MEASURE = $(PYTHON) -B tests/mutate --seed $(SEED) --count $(N) $(if $(ROOMS),--rooms "$(ROOMS)") $(O)/mutants -- \
	$(HOSTCC) $(HOST_CFLAGS)

# The deepest path of each stack, and its room: make stack [PATHS=1]
.PHONY: stack
stack: $(O)/pefboot.linked $(O)/ultravisor.elf
	$(Q)tools/stack --build $(O) $(if $(PATHS),--paths)

# What is linked from a list of objects is linked again when the list gets shorter, too
objects := $(sort $(boot_objs) $(uv_objs) $(payload_objs) $(fake_objs) $(host_objs) $(guest_objs) $(bundle_c) $(svm_check_c) $(bootlog_files))
$(O)/pefboot.linked $(O)/ultravisor.elf $(O)/conformance.elf $(O)/uvpayload.elf $(O)/pefboot-bundle $(O)/pefboot-svm-check \
$(O)/bootlog.pyz $(O)/esmb-get-file \
$(O)/host/libfake.a $(O)/host/libpefboot.a $(O)/host/libultravisor.a: $(O)/objects.txt
$(O)/objects.txt: FORCE
	@mkdir -p $(@D)
	@echo '$(objects)' | cmp -s - $@ || echo '$(objects)' >$@

include tools/run.mk
include tools/install.mk

.PHONY: clean
clean:
	rm -rf $(O)

-include $(shell find $(O) -type f -name '*.d' 2>/dev/null)
