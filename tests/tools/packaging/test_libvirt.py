# SPDX-License-Identifier: GPL-2.0-or-later
"""The libvirt domains of docs/libvirt: valid, and they boot by libvirt itself."""

import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import harness
import pytest

DOMAINS = sorted((harness.TOP / "docs/libvirt").glob("*.xml"))

# libvirt's own driver, without a daemon (virt-qemu-run), wants a user, and no log daemon
CONFIG = 'user = "+0"\ngroup = "+0"\nswtpm_user = "+0"\nswtpm_group = "+0"\nsecurity_driver = "none"\nstdio_handler = "file"\n'
RUN = """
mount --bind {root}/passwd /etc/passwd
mount --bind {root}/group /etc/group
exec virt-qemu-run -r {root} {root}/domain.xml
"""


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda path: path.stem)
def test_valid(domain):
    done = subprocess.run(["virt-xml-validate", domain, "domain"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_memory_of_the_ultravisor():
    """Twice the guest's memory, which its comment names, and 256 MiB; nested HV, XICS, no reboot."""
    text = (harness.TOP / "docs/libvirt/ultravisor.xml").read_text()
    guest = int(re.search(r"guest of (\d+) GiB", text)[1]) << 10
    assert int(re.search(r"<memory unit='MiB'>(\d+)<", text)[1]) == 2 * guest + 256
    assert "<nested-hv state='on'/>" in text and "'ic-mode=xics'" in text and "<on_reboot>destroy<" in text


def prepare(root, domain, kernel):
    """Folder for one run of libvirt, with the domain changed as its user would change it."""
    (root / "etc").mkdir(parents=True)
    (root / "etc/qemu.conf").write_text(CONFIG)
    for name, line in (("passwd", "libvirt-qemu:x:64055:64055::/:/bin/false\n"), ("group", "libvirt-qemu:x:64055:\n")):
        with open(f"/etc/{name}", encoding="utf-8") as file:
            (root / name).write_text(file.read() + line)
    text = (harness.TOP / f"docs/libvirt/{domain}.xml").read_text()
    for old, new in (("/usr/share/qemu/pefboot-ultravisor.bin", harness.BUILD / "ultravisor.bin"),
                     ("/usr/share/qemu/pefboot.bin", harness.BUILD / "pefboot.bin"),
                     ("/var/lib/libvirt/images/vmlinux", kernel), ("/var/log/libvirt/qemu/", f"{root}/"),
                     ("/var/lib/libvirt/images/initrd.gz", harness.initramfs("6.12")),
                     ("console=hvc0<", f"console=hvc0 report {harness.PATIENT}<")):
        text = text.replace(old, str(new))
    (root / "domain.xml").write_text(text)
    return root


def wait(libvirt, condition):
    """Until the condition holds; False if libvirt ends before, or the time is over."""
    end = time.monotonic() + 2 * harness.BOOT_TIMEOUT
    while not condition():
        if libvirt.poll() is not None or time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def boot(root):
    """The domain's console, once its guest has powered off (virt-qemu-run itself stays)."""
    with subprocess.Popen(["unshare", "-m", "sh", "-ec", RUN.format(root=root)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as libvirt:
        machines = lambda: {path.name for path in (root / "run/qemu").glob("*.pid")} - {"driver.pid"}
        ended = wait(libvirt, machines) and wait(libvirt, lambda: not machines())
        if libvirt.poll() is None:
            libvirt.send_signal(signal.SIGINT)
        said = libvirt.communicate(timeout=60)[0]
    assert ended, said
    return next(root.glob("*-console.log"))


@pytest.mark.all
@pytest.mark.parametrize("domain,profile", (("pefboot", "normal"), ("ultravisor", "secure"), ("tpm", "normal")))
def test_boots(skip, domain, profile):
    if os.geteuid():
        skip("not root", "libvirt without its daemon wants a user of its own")
    if subprocess.run(["unshare", "-m", "mount", "--bind", "/proc", "/proc"], check=False,
                      stderr=subprocess.DEVNULL).returncode:
        skip("mounts are not permitted here")
    kernel = harness.kernel("6.12") if profile == "normal" else marked_kernel()
    with tempfile.TemporaryDirectory(prefix="pef") as folder:      # tmp_path is too long for libvirt's sockets
        console = boot(prepare(Path(folder), domain, kernel))
        done = subprocess.run([harness.BOOTLOG, "check", "--profile", profile, console],
                              stdout=subprocess.PIPE, text=True, check=False)
        text = console.read_text(errors="replace")
    assert done.returncode == 0, done.stdout + text[-3000:]
    assert "report: end" in text
    assert ("pefboot: tpm=started" in text and "report: tpm device 2" in text) == (domain == "tpm")


def marked_kernel():
    """A kernel with the mark."""
    return subprocess.run([harness.TOP / "linux/build"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
