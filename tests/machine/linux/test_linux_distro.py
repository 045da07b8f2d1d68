# SPDX-License-Identifier: GPL-2.0-or-later
"""linux/build --deb: what its kernel has. Nothing is built here."""
import os
import re
import subprocess

import harness
import pytest

LINUX = harness.TOP / "linux"
# What an installed system, and what docs/debian.md, asks of a kernel; y: without an initrd
BUILT_IN = """VIRTIO_PCI VIRTIO_BLK SCSI_VIRTIO BLK_DEV_SD VIRTIO_NET VIRTIO_CONSOLE VIRTIO_BALLOON HW_RANDOM_VIRTIO
    DMA_RESTRICTED_POOL KEXEC_FILE EXT4_FS INET IPV6 CGROUPS MEMCG CGROUP_BPF NAMESPACES USER_NS BPF_SYSCALL
    BPF_JIT SECCOMP_FILTER AUDIT SECURITY_APPARMOR FANOTIFY TMPFS_XATTR HVC_CONSOLE TCG_IBMVTPM FUSE_FS
    INIT_ON_ALLOC_DEFAULT_ON RELOCATABLE CRASH_DUMP""".split()
MODULES = """XFS_FS BTRFS_FS OVERLAY_FS SQUASHFS 9P_FS NET_9P_VIRTIO DM_CRYPT DM_VERITY DM_INTEGRITY DM_SNAPSHOT
    DM_THIN_PROVISIONING MD_RAID1 NF_TABLES NFT_NAT NFT_MASQ NFT_COMPAT BRIDGE VLAN_8021Q VETH TUN MACVLAN
    WIREGUARD VXLAN BLK_DEV_LOOP AUTOFS_FS BINFMT_MISC CRYPTO_XTS CRYPTO_DEV_VMX_ENCRYPT CRYPTO_USER_API_SKCIPHER
    BLK_DEV_NVME SCSI_IBMVSCSI IBMVETH VIRTIO_VSOCKETS NFS_V4""".split()
OFF = "PPC_SVM PPC_POWERNV DRM SOUND USB_SUPPORT WLAN ATA DEBUG_INFO_BTF MODULE_SIG".split()


# The differences of config.whole from Debian's, and of the tools that built that
WHOLE = {**dict.fromkeys("""CRYPTO_FIPS CRYPTO_FIPS_NAME CRYPTO_JITTERENTROPY_MEMSIZE_2 DEBUG_INFO DEBUG_INFO_BTF DEBUG_INFO_BTF_MODULES
    DEBUG_INFO_COMPRESSED_NONE DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT LOCK_DOWN_KERNEL_FORCE_NONE MODULE_ALLOW_BTF_MISMATCH MODULE_SIG
    MODULE_SIG_FORMAT MODULE_SIG_HASH MODULE_SIG_KEY_TYPE_RSA MODULE_SIG_SHA256 PROBE_EVENTS_BTF_ARGS SECURITY_LOCKDOWN_LSM""".split(), "n"),
         **dict.fromkeys("DEBUG_INFO_NONE DMA_RESTRICTED_POOL KEXEC_FILE".split(), "y"), "CRYPTO_JITTERENTROPY_OSR": "1",
         "LOCALVERSION": '"-pefboot-whole"'}
CORES = 16          # with fewer the whole takes longer than all other tests together
TOOLS = re.compile("CC_VERSION|RUSTC_|PAHOLE_|GENERIC_PTDUMP")   # the last is ARCH_HAS_PTDUMP by now


def value(lines, symbol):
    """y, m, a number or a text, and n for what is not there."""
    return next((line.partition("=")[2] for line in lines if line.startswith(f"CONFIG_{symbol}=")), "n")


@pytest.mark.parametrize("version,pages", [
    pytest.param(version, pages, id=f"{version}-{pages}", marks=[] if (version, pages) == ("6.12", "4k") else pytest.mark.all)
    for version in ("6.12", "7.2") for pages in ("4k", "64k")])
def test_distro_kernel_configuration(version, pages):
    """Each line of linux/config.vm is in the configuration, and all that a distribution asks for."""
    fragments = ["config.vm", "config.64k"][:1 if pages == "4k" else 2]
    done = subprocess.run([LINUX / "build", version, "--deb", "--check", *(["--config", "64k"] if pages == "64k" else [])],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    asked = {}
    for path in [LINUX / folder / name for name in fragments for folder in ("", version) if (LINUX / folder / name).exists()]:
        for line in path.read_text().splitlines():
            match = re.fullmatch(r"(?:# )?CONFIG_(\w+)(?:=(.*)| is not set)", line)
            asked.update({match[1]: match[2] or "n"} if match else {})
    assert {symbol: value(lines, symbol) for symbol in asked} == asked
    assert {symbol: value(lines, symbol) for symbol in BUILT_IN} == dict.fromkeys(BUILT_IN, "y")
    assert {symbol: value(lines, symbol) for symbol in MODULES} == {symbol: asked.get(symbol, "m") for symbol in MODULES}
    assert {symbol: value(lines, symbol) for symbol in OFF} == dict.fromkeys(OFF, "n")
    assert value(lines, "PAGE_SHIFT") == ("12" if pages == "4k" else "16")
    # what makes a build long: a driver of Debian's that nobody asked for is not in it
    assert sum(line.endswith("=m") for line in lines) < 330


def symbols(text):
    """{symbol: value} of a configuration."""
    found = re.findall(r"^(?:# )?CONFIG_(\w+)(?:=(.*)| is not set)$", text, re.M)
    return {symbol: is_set or "n" for symbol, is_set in found}


def test_distro_kernel_configuration_whole():
    """All of Debian's modules, and its other values but for a few. Symbols that Debian's configuration has not came with a newer 6.12."""
    done = subprocess.run([LINUX / "build", "6.12", "--deb", "--config", "whole", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    theirs, ours = symbols((harness.deps("kernel-6.12") / "config").read_text()), symbols(done.stdout)
    changed = {symbol: ours.get(symbol, "n") for symbol, value in theirs.items() if ours.get(symbol, "n") != value}
    assert {symbol: value for symbol, value in changed.items() if not TOOLS.match(symbol)} == WHOLE
    assert "m" not in {value for symbol, value in ours.items() if symbol not in theirs}
    assert list(theirs.values()).count("m") > 2900


@pytest.mark.all
def test_distro_kernel_whole(skip):
    """It is built, where there are the cores for it or it was built before, and has Debian's modules."""
    words = [LINUX / "build", "6.12", "--deb", "--config", "whole"]
    there = subprocess.run([*words, "--path"], stdout=subprocess.PIPE, text=True, check=True).stdout
    if ".deb" not in there and (os.cpu_count() or 1) < CORES:
        skip("the kernel package has not been built", "linux/build --deb --config whole: hours on a few CPUs")
    debs = subprocess.run([*words, "-j", str(os.cpu_count())], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    (image,) = (path for path in debs if re.search(r"/linux-image-\d[^/]*$", path))
    said = subprocess.run(["dpkg-deb", "--contents", image], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert len(re.findall(r"\.ko(?:\.\w+)?$", said, re.M)) > 2900
