# SPDX-License-Identifier: GPL-2.0-or-later
#
# Running and testing what Makefile builds. These targets install what the machine lacks
# (tools/deps setup), so the build proper is a second make, which finds it installed.

.PHONY: run check check-all bench prove debug
export PEFBOOT_BUILD := $(abspath $(O))
# With the jobs of this make, and not at all under -n
remake = $(if $(findstring n,$(firstword -$(MAKEFLAGS))),,+)$(Q)$(MAKE) --no-print-directory
PYTEST = $(PYTHON) -B -m pytest -p no:cacheprovider --continue-on-collection-errors -q --progress --tb=short \
	--durations=10 $(workers) $(if $(K),-k '$(K)') \
	$(if $(JUNIT),--junitxml='$(JUNIT)')

# J=N tests at a time, or as many as there are cores and memory for: needs python3-pytest-xdist
workers = $$($(PYTHON) -c 'import xdist' 2>/dev/null && echo '-n$(or $(J),auto)')

# Boot Linux to a shell. Variables: see tools/run --help. Only a secure guest needs a kernel built here.
run:
	@tools/deps setup $(if $(filter on,$(DISTRO)),all,$(if $(filter kernel,$(SECURE)),kernel,$(if $(filter off,$(SECURE))$(filter-out ultravisor,$(FIRMWARE))$(filter 6.%,$(KERNEL)),run,kernel)))
	$(remake) -s all
	@$(foreach v,DISTRO PACKAGES SECURE SECRET FIRMWARE QEMU CPU SMP MEM KERNEL INITRD APPEND DISK LOG REPORT,$(if $($(v)),RUN_$(v)='$($(v))')) tools/run

# Kernels first, where their progress is seen; what fails without one says so itself
kernels = 6.12 '6.12 --config svm' '6.12 --patches svm --config svm' '6.12 --patches none --config svm'
check:
	@echo 'check: 1. packages of this machine, QEMU releases, sources: the first time some minutes, by the network'
	@echo 'check: 2. images, fuzzers, and the first time Linux kernels, whose progress is seen: ten minutes and more'
	@echo 'check: 3. the tests, a line as each ends, the dearest and the sum at the end: a quarter of an hour on 2 idle cores'
	@tools/deps setup check
	$(remake) all unit-tests fuzzers
	@$(if $(K),,for kernel in $(kernels); do linux/build $$kernel >/dev/null || :; done)
	$(Q)$(PYTEST) tests

# In one go or in pieces (K=WORD); RESUME=1 leaves out what has passed at this commit. All runs add to the result
check-all:
	@tools/deps setup all
	$(remake) all unit-tests fuzzers
	$(Q)$(PYTEST) --all --durations=20 --results='$(O)/check-all.txt' $(if $(RESUME),--resume) tests

# B=names of tests/bench/NAME.py. A figure that misses its limit is named, and the rest measured
B ?= bench ultravisor sealed measured boots secure virtio doors
bench:
	@tools/deps setup check
	$(remake) all
	$(Q)status=0; for b in $(B); do echo "== $$b"; $(PYTHON) -B tests/bench/$$b.py || status=1; done; exit $$status

# Model checking: make prove [PROVE=names] [MUTANTS=1: with the checks that they are about taken out]
prove:
	@tools/deps setup build
	$(Q)tests/host/prove/prove $(if $(MUTANTS),--mutants) $(PROVE)

# QEMU stopped at reset, in gdb: make debug DEBUG='--firmware ultravisor --kernel vmlinux' (docs/debugging.md)
debug:
	@tools/deps setup check
	$(remake) -s all
	@tools/debug $(DEBUG)
