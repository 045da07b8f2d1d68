# SPDX-License-Identifier: GPL-2.0-or-later
#
# make install		DESTDIR= PREFIX=/usr/local: what docs/packaging.md lists
# make deb		Debian packages, in $(O)/deb
# make repo		a signed apt repository of them and of DEBS, in $(O)/repo
# make dist		a release that builds without network: $(O)/pefboot-VERSION.tar.gz

PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
MANDIR  ?= $(DATADIR)/man
DOCDIR  ?= $(DATADIR)/doc/pefboot
QEMUDIR ?= $(DATADIR)/qemu
PLUGINDIR ?= $(PREFIX)/lib/kernel/install.d
BASHDIR ?= $(DATADIR)/bash-completion/completions
ZSHDIR  ?= $(DATADIR)/zsh/site-functions
INSTALL ?= install
root    := $(DESTDIR)

# $(call put,MODE,FOLDER,FILES)
put = $(Q)$(INSTALL) -d '$(root)$(2)' && $(INSTALL) -m $(1) $(3) '$(root)$(2)/'
# $(call pages,FOLDER,FILES): a link leads to where its target is installed, or is only its text
define pages
	$(Q)$(INSTALL) -d '$(root)$(1)'
	$(Q)for page in $(2); do sed -E \
		-e 's,!\[[^][]*\]\(docs/[^)]*\),,; s,\]\((\.\./)?linux/README\.md,]($(DATADIR)/pefboot/linux/README.md,g' \
		-e 's,\]\(docs/,](,g; s,\]\(libvirt/,](examples/,g; s,\]\(\.\./docs/,]($(DOCDIR)/,g' \
		-e 's,\[([^][]*)\]\((\.\./|(abi|boot)/|CONTRIBUTING|COPYING|testing\.md|architecture\.md)[^)]*\),\1,g' \
		$$page >'$(root)$(1)'/$${page##*/} && chmod 644 '$(root)$(1)'/$${page##*/} || exit 1; done
endef
# $(call complete,PROGRAM): its words for shells
define complete
	$(Q)$(INSTALL) -d '$(root)$(BASHDIR)' && $(INSTALL) -m 644 tools/completions/$(1).bash '$(root)$(BASHDIR)/$(1)'
	$(call put,644,$(ZSHDIR),tools/completions/_$(1))
endef

.PHONY: install install-firmware install-bundle install-svm-check install-vm install-image install-bootlog
install: install-firmware install-bundle install-svm-check install-vm install-image install-bootlog

# The descriptor goes where management software looks for it below $(DATADIR), sorted behind those of distributions
install-firmware: $(O)/pefboot.bin $(O)/pefboot.elf $(O)/pefboot-loader.elf $(O)/ultravisor.bin
	$(call say,INSTALL,firmware)
	$(call put,644,$(QEMUDIR),$(O)/pefboot.bin $(O)/pefboot.elf $(O)/pefboot-loader.elf)
	$(Q)$(INSTALL) -m 644 $(O)/ultravisor.bin '$(root)$(QEMUDIR)/pefboot-ultravisor.bin'
	$(Q)$(INSTALL) -d '$(root)$(QEMUDIR)/firmware'
	$(Q)sed 's,@QEMUDIR@,$(QEMUDIR),' tools/pefboot.json >'$(root)$(QEMUDIR)/firmware/60-pefboot.json'
	$(Q)chmod 644 '$(root)$(QEMUDIR)/firmware/60-pefboot.json'
	$(Q)$(INSTALL) -d '$(root)$(DOCDIR)' && $(INSTALL) -m 644 '$(BEARSSL)/LICENSE.txt' '$(root)$(DOCDIR)/LICENSE.bearssl'
	$(call put,644,$(MANDIR)/man7,docs/man/pefboot.7)
	$(call pages,$(DOCDIR),$(filter-out docs/testing.md docs/architecture.md docs/ci.md,$(wildcard README.md docs/*.md)))
	$(call pages,$(DOCDIR)/binding,$(wildcard docs/binding/*.md))
	$(foreach f,$(wildcard docs/binding/*/*.yaml),$(call put,644,$(DOCDIR)/$(patsubst docs/%/,%,$(dir $(f))),$(f))$(newline))
	$(call put,644,$(DOCDIR)/examples,docs/libvirt/*.xml)
	$(call put,644,$(DOCDIR),NEWS)
	$(call put,644,$(DATADIR)/pefboot/linux,linux/COVER $(wildcard linux/config*))
	$(call pages,$(DATADIR)/pefboot/linux,linux/README.md)
	$(foreach f,$(wildcard linux/*/config linux/*/*.patch linux/*/*/*.patch),$(call put,644,$(DATADIR)/pefboot/$(patsubst %/,%,$(dir $(f))),$(f))$(newline))

install-bundle: $(O)/pefboot-bundle
	$(call say,INSTALL,pefboot-bundle)
	$(call put,755,$(BINDIR),$(O)/pefboot-bundle)
	$(Q)$(INSTALL) -d '$(root)$(DOCDIR)-bundle' && $(INSTALL) -m 644 '$(BEARSSL)/LICENSE.txt' '$(root)$(DOCDIR)-bundle/LICENSE.bearssl'
	$(call put,755,$(PLUGINDIR),tools/kernel-install/95-pefboot.install)
	$(call put,644,$(MANDIR)/man1,docs/man/pefboot-bundle.1)
	$(call complete,pefboot-bundle)

install-svm-check: $(O)/pefboot-svm-check
	$(call say,INSTALL,pefboot-svm-check)
	$(call put,755,$(BINDIR),$(O)/pefboot-svm-check)
	$(call put,644,$(MANDIR)/man1,docs/man/pefboot-svm-check.1)

# tools/qemu is what knows QEMU's command line
install-vm:
	$(call say,INSTALL,pefboot-vm)
	$(call put,755,$(BINDIR),tools/pefboot-vm)
	$(call put,755,$(DATADIR)/pefboot,tools/qemu)
	$(call put,644,$(MANDIR)/man1,docs/man/pefboot-vm.1)

# With what it runs and calls, which keeps Debians and cryptsetup in the cache of who runs it
install-image:
	$(call say,INSTALL,pefboot-image)
	$(Q)$(INSTALL) -d '$(root)$(BINDIR)' && $(INSTALL) -m 755 tools/image '$(root)$(BINDIR)/pefboot-image'
	$(call put,755,$(DATADIR)/pefboot,tools/deps tools/dm-integrity tools/encrypted-disk tools/foreign)
	$(call put,644,$(MANDIR)/man1,docs/man/pefboot-image.1)

# bootlog has the profiles in itself; the files are there to be read
install-bootlog: $(O)/bootlog.pyz
	$(call say,INSTALL,bootlog)
	$(Q)$(INSTALL) -d '$(root)$(BINDIR)' && $(INSTALL) -m 755 $(O)/bootlog.pyz '$(root)$(BINDIR)/bootlog'
	$(call put,644,$(DATADIR)/pefboot/profiles,tools/profiles/*.toml)
	$(call put,644,$(MANDIR)/man1,docs/man/bootlog.1)
	$(call pages,$(DOCDIR),docs/ci.md)
	$(call put,644,$(DOCDIR),docs/bootlog.schema.json)
	$(call put,644,$(DOCDIR)/ci,docs/ci/*.yaml)
	$(call put,644,$(DOCDIR)/ci/lava,docs/ci/lava/*.yaml)
	$(call put,644,$(DOCDIR)/ci/labgrid,docs/ci/labgrid/*.yaml docs/ci/labgrid/*.py)
	$(call put,755,$(DOCDIR)/ci/labgrid,docs/ci/labgrid/run-boots)
	$(call complete,bootlog)

# Symbols of the images, and gdb's commands, which look for them there (docs/debugging.md): no part of install
LIBDEBUG ?= $(PREFIX)/lib/debug/pefboot
.PHONY: install-debug
install-debug: $(O)/pefboot.linked $(O)/ultravisor.elf
	$(call say,INSTALL,pefboot-dbg)
	$(call put,644,$(LIBDEBUG),$(O)/pefboot.linked $(O)/ultravisor.elf)
	$(call put,644,$(DATADIR)/pefboot/gdb,tools/gdb/pefboot.py tools/gdb/elf.py)

# For the guest, on a machine of its own architecture: no part of install
GUESTLIB ?= $(PREFIX)/lib
SBINDIR ?= $(PREFIX)/sbin
# Where systemd looks whatever the prefix is but /usr/local, for which it has another folder
UNITDIR ?= $(if $(filter /usr,$(PREFIX)),/lib,$(PREFIX)/lib)/systemd/system
SYSCONFDIR ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
# $(call hook,FILE,FOLDER,NAME): below $(SYSCONFDIR), under another name
hook = $(Q)$(INSTALL) -d '$(root)$(SYSCONFDIR)/$(2)' && $(INSTALL) -m 755 guest/bundles/$(1) '$(root)$(SYSCONFDIR)/$(2)/$(3)'
# $(call early,PLACE): a script of initramfs-tools
early = $(Q)$(INSTALL) -d '$(root)$(DATADIR)/initramfs-tools/scripts/$(1)' && $(INSTALL) -m 755 guest/initramfs/sealed '$(root)$(DATADIR)/initramfs-tools/scripts/$(1)/pefboot-sealed'
.PHONY: install-guest
install-guest: $(O)/esmb-get-file
	$(call say,INSTALL,pefboot-guest)
	$(call put,755,$(BINDIR),$(O)/esmb-get-file)
	$(call put,755,$(GUESTLIB)/cryptsetup/scripts,guest/initramfs/decrypt_esm)
	$(Q)$(INSTALL) -d '$(root)$(DATADIR)/initramfs-tools/hooks'
	$(Q)$(INSTALL) -m 755 guest/initramfs/hook '$(root)$(DATADIR)/initramfs-tools/hooks/pefboot-guest'
	$(call put,755,$(GUESTLIB)/dracut/modules.d/98pefboot-guest,$(wildcard guest/dracut/*.sh))
	$(call put,755,$(GUESTLIB)/pefboot,guest/sealed-system guest/take-over)
	$(call put,644,$(GUESTLIB)/pefboot,guest/initramfs/sealed-functions)
	$(foreach place,init-top init-premount init-bottom,$(call early,$(place))$(newline))
	$(call put,644,$(DATADIR)/pefboot/loader,guest/loader/initramfs.conf)
	$(call put,755,$(DATADIR)/pefboot/loader/hooks,guest/loader/hooks/pefboot-loader)
	$(call put,644,$(DATADIR)/pefboot/loader/scripts,guest/loader/scripts/pefboot)
	$(call put,755,$(GUESTLIB)/pefboot,guest/loader/came-up)
	$(Q)$(INSTALL) -d '$(root)$(UNITDIR)'
	$(Q)sed 's,/usr/lib/pefboot,$(GUESTLIB)/pefboot,' guest/loader/pefboot-came-up.service >'$(root)$(UNITDIR)/pefboot-came-up.service'
	$(Q)chmod 644 '$(root)$(UNITDIR)/pefboot-came-up.service'
	$(call put,755,$(SBINDIR),guest/bundles/update-pefboot)
	$(call hook,kernel-installed,kernel/postinst.d,zz-pefboot)
	$(call hook,kernel-removed,kernel/postrm.d,zz-pefboot)
	$(call hook,kernel-installed,initramfs/post-update.d,pefboot)
	$(call hook,09_pefboot,grub.d,09_pefboot)
	$(call put,644,$(SYSCONFDIR),guest/bundles/pefboot.conf)
	$(call put,644,$(MANDIR)/man1,docs/man/esmb-get-file.1)
	$(call put,644,$(MANDIR)/man8,docs/man/update-pefboot.8)
	$(call put,644,$(MANDIR)/man7,docs/man/pefboot-guest.7)

define newline


endef

# What git tracks, and in libraries/ what is compiled of libfdt and BearSSL, with their licences. The same tree gives the same bytes
version := $(shell sed -n 's/^.define VERSION "\(.*\)"/\1/p' lib/version.h)
release := pefboot-$(version)
dist_bearssl = $(addprefix src/,$(sort $(bundle_bearssl_c) $(uv_bearssl_c) $(fake_bearssl_c)) inner.h config.h) LICENSE.txt
.PHONY: dist
dist: $(deps)
	$(call say,DIST,$(O)/$(release).tar.gz)
	$(Q)rm -rf '$(O)/dist' && mkdir -p '$(O)/dist/$(release)/libraries/libfdt' '$(O)/dist/$(release)/libraries/bearssl'
	$(Q)git ls-files -z | tar -c --null -T - | tar -x -C '$(O)/dist/$(release)'
	$(Q)cp '$(LIBFDT)'/*.[ch] '$(LIBFDT)'/../GPL '$(LIBFDT)'/../BSD-2-Clause '$(LIBFDT)'/../README.license '$(O)/dist/$(release)/libraries/libfdt/'
	$(Q)tar -C '$(BEARSSL)' -c inc $(dist_bearssl) | tar -x -C '$(O)/dist/$(release)/libraries/bearssl'
	$(Q)tar -C '$(O)/dist' -c --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime=@$$(git log -1 --format=%ct) $(release) | \
		gzip -9n >'$(O)/$(release).tar.gz.new' && mv '$(O)/$(release).tar.gz.new' '$(O)/$(release).tar.gz'
	$(Q)rm -rf '$(O)/dist'

# What the guest needs is of its architecture, so cross-built, by itself; the others are of this machine's, or of all.
# In a copy, since dpkg-buildpackage writes beside and into the tree; our O is not that of the make in there
.PHONY: deb
deb_tree := $(O)/deb/pefboot
deb:
	@tools/deps setup package
	$(Q)rm -rf $(O)/deb && mkdir -p $(deb_tree)
	$(Q)tar -c $(patsubst %,--exclude=./%,$(filter-out /%,$(O)) build build-* .git __pycache__) . | tar -x -C $(deb_tree)
	$(call say,DEB,$(O)/deb)
	$(Q)cd $(deb_tree) && env -u O -u MAKEFLAGS dpkg-buildpackage -b -us -uc $(if $(filter 1,$(V)),,>../build.log 2>&1) || \
		{ tail -n 30 $(abspath $(O))/deb/build.log; exit 1; }
	$(if $(filter ppc64el,$(shell dpkg --print-architecture)),,$(Q)cd $(deb_tree) && env -u O -u MAKEFLAGS dpkg-buildpackage -B -a ppc64el \
		-Ppkg.pefboot.guest -d -us -uc $(if $(filter 1,$(V)),,>>../build.log 2>&1) || { tail -n 30 $(abspath $(O))/deb/build.log; exit 1; })
	$(Q)rm -rf $(deb_tree)
	$(Q)lintian --allow-root --fail-on error $(O)/deb/*.changes

# DEBS: more packages, as linux/build --deb prints them. Those of make deb are not made anew
.PHONY: repo
repo:
	@tools/deps setup package
	$(Q)ls $(O)/deb/*.deb >/dev/null 2>&1 || $(MAKE) deb
	$(call say,REPO,$(O)/repo)
	$(Q)tools/repo --output $(O)/repo $(if $(KEY),--key '$(KEY)') $$(ls $(O)/deb/*.deb | grep -v -- -dbgsym_) $(DEBS)
