# SPDX-License-Identifier: GPL-2.0-or-later
"""A fresh Debian, nothing installed but make: the two commands set up what they need and work.

Each runs in a copy of a minimal installation (tools/deps debian-NN), with an empty cache."""

import os
import shutil
import subprocess

import harness
import pytest

ENTER = """
for folder in proc dev sys; do mount --rbind /$folder {root}/$folder; done
exec chroot {root} /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root {command}
"""


def tracked():
    return subprocess.run(["git", "-c", "safe.directory=*", "-C", harness.TOP, "ls-files"], text=True,
                          stdout=subprocess.PIPE, check=True).stdout.split()


@pytest.fixture(params=["12", "13"])
def debian(request, tmp_path, skip):
    """debian(COMMAND): run it in the tree, on that release."""
    if os.geteuid():
        skip("not root", "a chroot is needed")
    if subprocess.run(["unshare", "-m", "mount", "--bind", "/proc", "/proc"], check=False,
                      stderr=subprocess.DEVNULL).returncode:
        skip("mounts are not permitted here", "a chroot is needed")
    root = tmp_path / "root"
    subprocess.run(["cp", "-a", harness.deps("debian-" + request.param), root], check=True)
    for name in ("resolv.conf", "hosts"):
        shutil.copy(f"/etc/{name}", root / "etc" / name)
    proxy = subprocess.run(["apt-config", "dump", "Acquire::http::Proxy"], stdout=subprocess.PIPE, check=True).stdout
    (root / "etc/apt/apt.conf.d/proxy").write_bytes(proxy)
    for name in tracked():
        (root / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(harness.TOP / name, root / "src" / name)

    def run(command):
        done = subprocess.run(["unshare", "-m", "sh", "-ec", ENTER.format(root=root, command=command)], text=True,
                              errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=3600, check=False)
        assert done.returncode == 0, "\n".join(done.stdout.splitlines()[-60:])
        return done.stdout
    run("apt-get update -q")
    run("apt-get install -y -q --no-install-recommends make")
    yield run
    shutil.rmtree(root, ignore_errors=True)


@pytest.mark.all
def test_from_nothing(debian):
    out = debian("make -C /src")
    assert "warning:" not in out and "pefboot.bin" in out
    assert harness.Report(debian("make -C /src run"))["release"].startswith("6.12.")
    debian("/src/tools/deps setup check")
    out = debian("make -C /src check-host")
    assert "warning:" not in out


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """What make deb makes for this machine."""
    out = tmp_path_factory.mktemp("deb")
    done = subprocess.run(["make", "-C", harness.TOP, f"O={out}", "deb"], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "MAKEFLAGS": ""}, timeout=3600, check=False)
    assert done.returncode == 0, done.stdout
    return [path for path in (out / "deb").glob("*.deb") if not path.name.endswith("_ppc64el.deb")]


SECURE = """bootlog run --profile secure --slow 4 --log secure.log -o text -o html:report.html -- qemu-system-ppc64 -accel tcg -cpu POWER9
-nodefaults -display none -serial stdio -no-reboot -m 1280M -M pseries,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off,cap-nested-hv=on,ic-mode=xics
-bios pefboot-ultravisor.bin -drive file=pefboot.bundle,format=raw,if=virtio"""


# In a chroot there is nobody who would make namespaces or groups for libvirt
LIBVIRT = """set -e
cd /src
printf 'namespaces = []\ncgroup_controllers = []\nsecurity_driver = "none"\n' >>/etc/libvirt/qemu.conf
virtlogd & log=$!
libvirtd & daemon=$!
trap 'kill $daemon $log' EXIT
until virsh list >/dev/null 2>&1; do kill -0 $daemon; sleep 1; done
cp vmlinux initrd.gz /var/lib/libvirt/images/
sed 's/console=hvc0</console=hvc0 report panic=-1</' /usr/share/doc/pefboot/examples/ultravisor.xml >domain.xml
pefboot-vm --disk pefboot.bundle --libvirt --name second >second.xml
for domain in domain second; do virt-xml-validate $domain.xml domain; virsh define $domain.xml; done
virsh start pefboot-ultravisor
while virsh domstate pefboot-ultravisor | grep -q running; do sleep 2; done
bootlog check --profile secure /var/log/libvirt/qemu/pefboot-ultravisor-console.log
"""


@pytest.mark.all
def test_packages_engines(debian, packages, tmp_path):
    """The packages in a clean Debian, used from there: what autopkgtest runs, a bundle, a secure boot from it, its report,
    the pages, and the domains of libvirt, one of them started."""
    source = tmp_path / "root/src"
    for path, name in [(deb, deb.name) for deb in packages] + [(harness.small_kernel(), "vmlinux"), (harness.initramfs("none"), "initrd.gz")]:
        shutil.copy(path, source / name)
    debs = " ".join(f"/src/{path.name}" for path in packages)
    debian(f"apt-get install -y -q --no-install-recommends qemu-system-ppc {debs}")
    debian("/src/debian/tests/installed")
    (source / "secure").write_text("set -e; cd /src\npefboot-bundle create --kernel vmlinux --initrd initrd.gz --cmdline "
                                   "'console=hvc0 report panic=-1 pefboot.log=info' -o pefboot.bundle\npefboot-bundle verify pefboot.bundle\n" +
                                   SECURE.replace("\n", " ") + "\n")
    (source / "libvirt").write_text(LIBVIRT)
    out = debian("sh /src/secure")
    assert "PASS secure" in out and "kernel=match" in (source / "secure.log").read_text(errors="replace")
    for name in ("doc/pefboot/ci.md", "doc/pefboot/README.md", "doc/pefboot/ci/lava/secure.yaml", "bash-completion/completions/bootlog",
                 "zsh/vendor-completions/_bootlog"):
        assert (tmp_path / "root/usr/share" / name).is_file(), name
    debian("apt-get install -y -q --no-install-recommends libvirt-daemon-system libvirt-clients libxml2-utils")
    assert "PASS secure" in debian("sh /src/libvirt")
