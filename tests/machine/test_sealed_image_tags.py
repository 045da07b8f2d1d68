# SPDX-License-Identifier: GPL-2.0-or-later
"""What tools/image --integrity makes, with a loader Linux: that opens the root, and the kernel on it opens it again, with the initrd that
Debian makes of pefboot-guest; all of it can be read, and what is written is there at the next boot."""

import shutil

import debian
import harness
import pytest
import secure
import test_sealed_image as image

pytestmark = [pytest.mark.all, pytest.mark.alone, pytest.mark.xdist_group("distro")]

LOADER = "crypt debian loader"
JOB = r"""
echo "distro: root $(findmnt -n -o SOURCE /) on $(dmsetup table root | cut -d ' ' -f 3,4,9-) on $(dmsetup table root_dif | cut -d ' ' -f 3,6-)"
if [ -e /var/lib/was ]; then
	echo "distro: written $(sha256sum </var/lib/was)"
else
	find / -xdev -type f -exec cat {} + >/dev/null && cat /dev/mapper/root >/dev/null && echo "distro: read everything"
fi
head -c 20M /dev/urandom >/var/lib/was
sync
echo "distro: writes $(sha256sum </var/lib/was)"
echo "distro: kernel $(dmesg | grep -c 'INTEGRITY AEAD ERROR\|EXT4-fs error\|I/O error')"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tags")
    yield image.make(folder, "--integrity", "--cmdline", f"{debian.PATIENCE} {harness.PATIENT} rootdelay=20 loglevel=4", "--loader",
                     secure.kernel(config=LOADER), repository=debian.repository(config=LOADER))
    shutil.rmtree(folder)


def test_sealed_distro_image_tags(qemu, made, tmp_path):
    words = image.machine(made.disk, *debian.job(tmp_path / "job.tar", JOB))
    words.remove("-snapshot")
    written = None
    for _ in range(2):
        done = qemu(*words, timeout=2 * debian.PATIENT)
        done.line("pefboot-loader: starting 6.")
        (said,) = debian.boots(done.console)
        debian.runs(said, "secure")
        assert said["root"] == ("/dev/mapper/root on crypt capi:authenc(hmac(sha256),xts(aes))-plain64 2 integrity:32:aead sector_size:4096 "
                                "on integrity 32 J 7 block_size:4096 journal_sectors:16368 interleave_sectors:32768 buffer_sectors:128 "
                                "journal_watermark:50 commit_time:10000 fix_padding"), said["root"]
        assert said["kernel"] == "0" and said.get("written") == written and (written or said["read"] == "everything")
        written = said["writes"]
        assert secure.verdict(done.console)["leaked"] == "0"
