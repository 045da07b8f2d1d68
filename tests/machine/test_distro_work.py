# SPDX-License-Identifier: GPL-2.0-or-later
"""What people do with a Debian, in one that is a secure VM: a package over the network, a firewall, volumes, swap, a container, 1 GiB
written and read back. Its kernel has modules: that of linux/build --deb."""

import contextlib
import functools
import http.server
import threading

import debian
import harness
import pytest
import secure

pytestmark = [pytest.mark.all, pytest.mark.xdist_group("distro")]

WORK = r"""
say() { echo "distro: $*"; }
echo "deb [signed-by=$PWD/repo/pefboot.asc] http://10.0.2.2:PORT pefboot main" >/etc/apt/sources.list.d/work.list
apt-get -q update && apt-get -qy install work-hello && say package "$(work-hello)"

nft add table inet work
nft add chain inet work in '{ type filter hook input priority 0; }'
nft add rule inet work in tcp dport 22 counter
nft add rule inet work in tcp dport 7777 reject
bash -c 'exec 3<>/dev/tcp/127.0.0.1/22 && read -r line <&3 && echo "distro: firewall $line"'
say counted "$(nft list ruleset | grep -c 'packets [1-9]')"

disk=/dev/disk/by-id/virtio-work
pvcreate -q -y $disk && vgcreate -q work $disk && lvcreate -q -y -L 1300M -n data work && lvcreate -q -y -L 512M -n swap work
mkfs.ext4 -q /dev/work/data && mkdir /srv/data && mount /dev/work/data /srv/data
say written "$(head -c 1073741824 /dev/urandom | tee /srv/data/file | md5sum)"
umount /srv/data && mount /dev/work/data /srv/data
say read "$(md5sum </srv/data/file)"
umount /srv/data && vgchange -q -an work/data

mkswap /dev/work/swap && swapon /dev/work/swap
say memory "$(head -c 1000M /dev/zero | tail | wc -c)"
say swapped "$(awk '/^pswpout/ { print ($2 > 0) }' /proc/vmstat)"

mkdir -p /run/c/up /run/c/work /run/c/all
mount -t overlay overlay -o lowerdir=/,upperdir=/run/c/up,workdir=/run/c/work /run/c/all
say container "$(systemd-nspawn -q -D /run/c/all --private-network --pipe sh -c 'echo made >/made; echo $container $(ls /sys/class/net)')"
say overlay "$(cat /run/c/up/made) $(ls /made 2>/dev/null)"
"""


@contextlib.contextmanager
def served(folder):
    """Over HTTP, at a port of this machine, which the guest has at 10.0.2.2."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize("pages", ["4k", "64k"])
def test_distro_work(qemu, skip, tmp_path, pages):
    flavour = pages.removeprefix("4k")
    if not secure.packages(*flavour.split()):
        skip("the kernel package has not been built", f"linux/build --deb{flavour and ' --config ' + flavour}")
    debian.package(tmp_path, "work-hello", "1", {"usr/bin/work-hello": b"#!/bin/sh\necho hello\n"}, scripts=[
        ("postinst", b"#!/bin/sh\nchmod 755 /usr/bin/work-hello\n")])
    debian.quietly(harness.TOP / "tools/repo", "--output", tmp_path / "repo", *tmp_path.glob("*.deb"))
    (tmp_path / "work").write_bytes(b"")
    with open(tmp_path / "work", "r+b") as disk:
        disk.truncate(2 << 30)
    disk = debian.disk(flavour=flavour and f"-{flavour}")
    with served(tmp_path / "repo") as port:
        job = debian.job(tmp_path / "job", WORK.replace("PORT", str(port)), tmp_path / "repo")
        boot = qemu(*debian.machine("bundle", "secure", disk, *job, "--disk", f"{tmp_path}/work,serial=work"), timeout=2 * debian.PATIENT)
    (said,) = debian.boots(boot.console)
    debian.runs(said, "secure")
    assert (said["package"], said["counted"], said["swapped"], said["memory"]) == ("hello", "1", "1", str(1000 << 20))
    assert said["firewall"].startswith("SSH-2.0-")
    assert said["written"] == said["read"] and len(said["read"].split()[0]) == 32
    assert said["container"] == "systemd-nspawn lo" and said["overlay"] == "made"
    assert secure.verdict(boot.console)["leaked"] == "0"
