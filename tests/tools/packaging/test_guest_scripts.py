# SPDX-License-Identifier: GPL-2.0-or-later
"""The scripts of pefboot-guest: keyscript, initramfs-tools hook, dracut module, each with a stand-in for what they call."""

import os
import shutil
import stat
import subprocess

import harness
import pytest

GUEST = harness.TOP / "guest"
KEY = bytes(range(256)) + b"\n\n\0\n"

# Gives a file to one caller, once, as an ultravisor does; another name is no file of the blob.
GET_FILE = """#!/bin/sh
echo "$@" >>{root}/asked
[ "$1 $2" = "-f rootd" ] || exit 4
mkdir {root}/given 2>/dev/null || exit 5
cat {root}/secret
"""


@pytest.fixture
def machine(tmp_path):
    """Programs first on the path, the secret, and a folder that plays /run."""

    class Machine:
        root, run = tmp_path, tmp_path / "run"

        def program(self, name, text):
            (tmp_path / "bin").mkdir(exist_ok=True)
            (tmp_path / "bin" / name).write_text(text.format(root=tmp_path))
            (tmp_path / "bin" / name).chmod(0o755)

        def call(self, *argv, **more):
            env = {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "PEFBOOT_RUN": str(self.run), **more}
            return subprocess.run(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)

        def asked(self):
            path = tmp_path / "asked"
            return path.read_text().splitlines() if path.exists() else []

    (tmp_path / "secret").write_bytes(KEY)
    made = Machine()
    made.program("esmb-get-file", GET_FILE)
    return made


def test_sealed_keyscript(machine):
    """Any bytes, as often as cryptsetup asks, and asked for once; nobody else reads what is kept."""
    for _ in range(3):
        done = machine.call(GUEST / "initramfs/decrypt_esm", "rootd")
        assert (done.returncode, done.stdout, done.stderr) == (0, KEY, b"")
    assert machine.asked() == ["-f rootd"]
    kept, = (path for path in machine.run.rglob("*") if path.is_file())
    assert stat.S_IMODE(kept.stat().st_mode) == 0o400 and stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("argv,more", (((), {}), (("none",), {}), (("-",), {}), ((), {"CRYPTTAB_KEY": "rootd"})))
def test_sealed_keyscript_names(machine, argv, more):
    """As Debian calls it: by argument, by variable, and none."""
    assert machine.call(GUEST / "initramfs/decrypt_esm", *argv, **more).stdout == KEY


def test_sealed_keyscript_fails(machine):
    """Its status is the program's, nothing is printed and nothing kept; a path is no name."""
    done = machine.call(GUEST / "initramfs/decrypt_esm", "other")
    assert (done.returncode, done.stdout) == (4, b"")
    for name in ("../secret", "a/b", ".hidden"):
        done = machine.call(GUEST / "initramfs/decrypt_esm", name)
        assert (done.returncode, done.stdout) == (2, b"")
    assert [path for path in machine.run.rglob("*") if path.is_file()] == []
    assert machine.asked() == ["-f other"]


# What the hook takes from initramfs-tools: copying a program with its libraries; a file, with status 1 if it is there
# (and cpio, of which this machine may have none)
HOOK = ('. /usr/share/initramfs-tools/hook-functions', 'copy_exec() { echo "$*"; }; copy_file() { echo "$*"; return 1; }; '
        'manual_add_modules() { echo "modules $*"; }; '
        'cpio() { sed s/^/070701/; }; prepend_earlyinitramfs() { cp "$1" "$DESTDIR/early"; }')
FUNCTIONS = "checkfs()\n{\n\techo checked $*\n}\npanic() { echo a shell; }\n"
INIT = "\tfor inittest in /sbin/init /etc/init /bin/init /bin/sh; do\n"


def call_hook(machine, init=INIT, status=0, without=()):
    """For an initrd of initramfs-tools, of which only this is there, less what it is without: (its call, the folder)."""
    initrd = machine.root / "initrd"
    before = {"init": init, "scripts/functions": FUNCTIONS, "conf/conf.d/resume": "RESUME=/dev/vdb\n", "sbin/x": ""}
    for name, text in before.items():
        (initrd / name).parent.mkdir(parents=True, exist_ok=True)
        (initrd / name).write_text(text)
    for name in ("sealed-system", "take-over", "initramfs/sealed-functions"):
        (machine.root / "lib").mkdir(exist_ok=True)
        shutil.copy2(GUEST / name, machine.root / "lib")
    for place in ("init-top", "init-premount", "init-bottom"):      # mkinitramfs copies what lies in its folders
        (initrd / "scripts" / place).mkdir(exist_ok=True)
        shutil.copy2(GUEST / "initramfs/sealed", initrd / "scripts" / place / "pefboot-sealed")
    for name in without:
        (machine.root / name).unlink()
    done = machine.call("sh", machine.root / "hook", CRYPTTAB=str(machine.root / "crypttab"), DESTDIR=str(initrd),
                        PEFBOOT_LIB=str(machine.root / "lib"))
    assert done.returncode == status, done.stderr
    return done, initrd


@pytest.mark.parametrize("crypttab,copied,warned", (
    ("", [], 0),
    ("root UUID=1 none luks\n", [], 0),
    ("# root UUID=1 rootd luks,keyscript=decrypt_esm\n", [], 0),
    ("root UUID=1 rootd luks,keyscript=not_decrypt_esm\n", [], 0),
    ("root UUID=1 rootd luks,keyscript=decrypt_esm,header={0}\n", ["esmb", "{0}"], 0),
    ("root UUID=1 rootd header={0},keyscript=/lib/cryptsetup/scripts/decrypt_esm,luks\n", ["esmb", "{0}"], 0),
    ("root UUID=1 rootd luks,keyscript=decrypt_esm,header={0}.not\n", ["esmb"], 1),
    ("root UUID=1 rootd keyscript=/lib/cryptsetup/scripts/decrypt_esm,luks\n", ["esmb"], 1),
    ("a UUID=1 none luks\nb UUID=2 rootd luks,keyscript=decrypt_esm\nc UUID=3 rootd keyscript=decrypt_esm,header={0}\n", ["esmb", "esmb", "{0}"], 1),
))
def test_sealed_hook(machine, crypttab, copied, warned):
    """The program and each header that is a file come along, and the modules of tags; a disk without a header is warned of."""
    text, header = (GUEST / "initramfs/hook").read_text(), machine.root / "root.header"
    assert HOOK[0] in text
    header.write_bytes(b"LUKS")
    (machine.root / "hook").write_text(text.replace(*HOOK))
    (machine.root / "crypttab").write_text(crypttab.format(header))
    done, _ = call_hook(machine)
    wanted = {"esmb": "/usr/bin/esmb-get-file", "{0}": f"header {header}"}
    modules = ["modules dm_integrity authenc hmac sha256_generic xts"] if copied else []
    assert done.stdout.decode().splitlines() == [wanted[word] for word in copied] + modules
    assert done.stderr.count(b"the header on the disk is the host's") == warned
    assert machine.call("sh", machine.root / "hook", "prereqs").stdout == b"cryptroot\n"


def sealed_initrd(machine, cmdline="quiet"):
    """What the hook makes of an initrd, with a command line for /proc; programs that say what they do."""
    (machine.root / "hook").write_text((GUEST / "initramfs/hook").read_text().replace(*HOOK))
    (machine.root / "crypttab").write_text("root UUID=1 rootd luks,keyscript=decrypt_esm\ndata UUID=2 rootd luks,keyscript=decrypt_esm\n")
    _, initrd = call_hook(machine)
    (machine.root / "cmdline").write_text(cmdline + "\n")
    functions = initrd / "scripts/functions"
    functions.write_text(functions.read_text().replace("/proc/cmdline", str(machine.root / "cmdline")))
    for name in ("poweroff", "sleep", "pefboot-sealed-system"):
        machine.program(name, f"#!/bin/sh\necho {name} $*\n")
    return initrd


def test_sealed_distro_initrd(machine):
    """Nothing that /init can start is a shell, and no memory image comes from a disk."""
    initrd = sealed_initrd(machine)
    assert "/bin/sh" not in (initrd / "init").read_text() and (initrd / "init").read_text() == INIT.replace(" /bin/sh;", ";")
    assert sorted(path.name for path in (initrd / "conf/conf.d").iterdir())[-1] == "zz-pefboot-sealed"
    assert (initrd / "conf/conf.d/zz-pefboot-sealed").read_text() == "RESUME=none\n"
    assert all(os.access(initrd / f"sbin/pefboot-{name}", os.X_OK) for name in ("sealed-system", "take-over"))
    assert (initrd / "early").read_text() == "070701pefboot-sealed\n", "by which a loader Linux knows it"
    done, _ = call_hook(machine, INIT.replace("/bin/sh", "/bin/sh /bin/dash"))
    assert b"WARNING: this initrd runs /bin/sh where the disk has no init" in done.stderr


@pytest.mark.parametrize("missing", ("lib/sealed-system", "lib/take-over", "lib/sealed-functions", "initrd/scripts/functions", "initrd/init"))
def test_sealed_distro_initrd_of_half(machine, missing):
    """Where something fails there is no initrd; should somebody make one all the same, no loader Linux starts it."""
    (machine.root / "hook").write_text((GUEST / "initramfs/hook").read_text().replace(*HOOK))
    (machine.root / "crypttab").write_text("root UUID=1 rootd luks,keyscript=decrypt_esm\n")
    done, initrd = call_hook(machine, status=2 if missing.startswith("initrd") else 1, without=(missing,))
    assert done.stderr and not (initrd / "early").exists()


@pytest.mark.parametrize("function", ("copy_exec", "copy_file"))
def test_sealed_distro_initrd_without_what_opens_it(machine, function):
    """The program, or a header, that cannot be copied."""
    text = (GUEST / "initramfs/hook").read_text().replace(*HOOK)
    (machine.root / "hook").write_text(text.replace("; prepend", f"; {function}() {{ return 2; }}; prepend"))
    (machine.root / "crypttab").write_text(f"root UUID=1 rootd luks,keyscript=decrypt_esm,header={machine.root}/crypttab\n")
    _, initrd = call_hook(machine, status=1 if function == "copy_file" else 2)
    assert not (initrd / "early").exists()


def test_sealed_distro_initrd_of_others(machine):
    """Without a disk of the blob an initrd is as it was."""
    (machine.root / "hook").write_text((GUEST / "initramfs/hook").read_text().replace(*HOOK))
    (machine.root / "crypttab").write_text("root UUID=1 none luks\n")
    _, initrd = call_hook(machine)
    assert (initrd / "init").read_text() == INIT and not (initrd / "conf/pefboot-sealed").exists() and not (initrd / "early").exists()
    for place in ("init-top", "init-premount", "init-bottom"):
        done = machine.call("sh", initrd / f"scripts/{place}/pefboot-sealed", PEFBOOT_SCRIPTS=f"{initrd}/scripts", ROOT="UUID=1")
        assert (done.returncode, done.stdout + done.stderr) == (0, b"")


@pytest.mark.parametrize("cmdline,said", (("quiet", ["why it fails  ", "pefboot-guest: a sealed system: no shell, the machine is turned off",
                                                     "sleep 1", "poweroff -f"]), ("esm.sealed=off quiet", ["a shell"])))
def test_sealed_distro_panic(machine, cmdline, said):
    initrd = sealed_initrd(machine, cmdline)
    done = machine.call("sh", "-c", f". {initrd}/scripts/functions; panic \"why it fails  Dropping to a shell!\"")
    assert done.stdout.decode().splitlines() == said


@pytest.mark.parametrize("root,cmdline,fails", (
    ("/dev/mapper/root", "", False), ("/dev/mapper/vg-root", "", False), ("/dev/root", "", True), ("LABEL=/dev/mapper/root", "", True),
    ("UUID=1", "", True), ("", "", True), ("/dev/vda", "", True), ("/dev/vda", "esm.sealed=off", False)))
def test_sealed_distro_root(machine, root, cmdline, fails):
    """It is what the guest has made itself: not found by what anybody can write on a disk."""
    initrd = sealed_initrd(machine, cmdline)
    done = machine.call("sh", initrd / "scripts/init-premount/pefboot-sealed", ROOT=root, PEFBOOT_SCRIPTS=f"{initrd}/scripts",
                        PEFBOOT_CONF=f"{initrd}/conf")
    assert (b"poweroff -f" in done.stdout) == fails
    assert not fails or f"root={root} is none of the disks that the ESM blob opens" in done.stdout.decode()
    assert machine.call(initrd / "scripts/init-top/pefboot-sealed", "prereqs").stdout == b""


# A device of the kernel's: its name among the mapper's, the mapper's UUID, and what it is made of
DEVICES = {"dm-0": ("root", "CRYPT-LUKS2-0-root", ["vda4"]), "dm-1": ("data", "CRYPT-LUKS2-0-data", ["vdb"]),
           "dm-2": ("vg-root", "LVM-1", ["dm-0"]), "dm-3": ("vg-two", "LVM-2", ["dm-0", "dm-1"]), "dm-4": ("vg-half", "LVM-3", ["dm-0", "vdc"]),
           "dm-5": ("vg-host", "LVM-4", ["vdc"]), "dm-6": ("other", "CRYPT-LUKS2-0-other", ["vdc"]), "dm-7": ("root", "LVM-5", ["vdc"]),
           "dm-8": ("thin", "LVM-6", ["dm-3", "dm-2"]), "dm-9": ("empty", "LVM-7", []), "vda4": (None, None, []), "vdc": (None, None, [])}


def block_devices(root):
    """These in a /sys."""
    (root / "sys/dev/block").mkdir(parents=True)
    for number, (name, (mapper, uuid, slaves)) in enumerate(DEVICES.items()):
        folder = root / "sys/class/block" / name
        (root / f"sys/dev/block/253:{number}").symlink_to(folder)
        for slave in slaves:
            (folder / "slaves" / slave).mkdir(parents=True)
        folder.mkdir(parents=True, exist_ok=True)
        if mapper:
            (folder / "dm").mkdir()
            (folder / "dm/name").write_text(mapper + "\n")
            (folder / "dm/uuid").write_text(uuid + "\n")


@pytest.mark.parametrize("cmdline", ("", "esm.sealed=off"))
def test_sealed_distro_file_systems(machine, cmdline):
    """Before one is mounted: all below it is opened by the blob. A host's volume group can have any name and UUID."""
    initrd = sealed_initrd(machine, cmdline)
    block_devices(machine.root)
    passed = []
    for name in (*DEVICES, "vdd"):
        done = machine.call("sh", "-c", f". {initrd}/scripts/functions; checkfs /dev/{name} root ext4", PEFBOOT_CONF=f"{initrd}/conf",
                            PEFBOOT_SYS=str(machine.root / "sys"))
        if done.stdout == f"checked /dev/{name} root ext4\n".encode():
            passed.append(name)
        else:
            assert done.stdout.startswith(f"/dev/{name} does not lie on the disks that the ESM blob opens".encode())
    assert passed == (["dm-0", "dm-1", "dm-2", "dm-3", "dm-8"] if not cmdline else [*DEVICES, "vdd"])


@pytest.mark.parametrize("cmdline", ("", "esm.sealed=off"))
def test_sealed_distro_forgets_btrfs(machine, cmdline):
    """The kernel takes every disk of a UUID for a part of a btrfs: before one is mounted it knows none of the host's."""
    initrd = sealed_initrd(machine, cmdline)
    block_devices(machine.root)
    machine.program("btrfs", '#!/bin/sh\necho "$*" >>{root}/btrfs\nexit 1\n')
    done = machine.call("sh", "-c", f". {initrd}/scripts/functions; checkfs /dev/dm-0 root btrfs", PEFBOOT_CONF=f"{initrd}/conf",
                        PEFBOOT_SYS=str(machine.root / "sys"))
    assert done.stdout == b"checked /dev/dm-0 root btrfs\n"
    said = (machine.root / "btrfs").read_text().splitlines() if (machine.root / "btrfs").exists() else []
    assert said == (["device scan --forget"] + [f"device scan /dev/dm-{number}" for number in (0, 1, 2, 3, 8)] if not cmdline else [])


# The root, as /proc/self/mountinfo has it, and what else is mounted; disks of a btrfs; what is said of the host's
MOUNTED = (
    ("253:0 / /root", (), ""), ("253:0 / /root|253:3 / /root/boot|0:6 / /root/dev|0:26 / /run|253:10 / /mnt", (), ""),
    ("253:10 / /root", (), "/ does not lie on"), ("253:0 / /root|253:10 /x /root/usr", (), "/usr/ does not lie on"),
    ("253:2 / /root|253:4 / /root/boot", (), "/boot/ does not lie on"), ("253:99 / /root", (), "/ does not lie on"),
    ("0:31 /@ /root", ("dm-0",), ""), ("0:31 /@ /root", ("dm-2", "dm-1"), ""), ("0:31 /@ /root", ("dm-0", "vdc"), "vdc has the UUID of a btrfs"),
    ("0:31 /@ /root", ("dm-5",), "dm-5 has the UUID of a btrfs"), ("0:31 /@ /root", ("vdd",), "vdd has the UUID of a btrfs"))


@pytest.mark.parametrize("mounts,btrfs,said", MOUNTED)
def test_sealed_distro_mounts(machine, mounts, btrfs, said):
    """Once all is mounted, before the system is started: what lies below is looked at again, and all disks of a btrfs."""
    initrd = sealed_initrd(machine)
    block_devices(machine.root)
    (machine.root / "mountinfo").write_text("".join(f"2{number} 1 {line} ro - type device ro\n" for number, line in enumerate(mounts.split("|"))))
    for device in btrfs:
        (machine.root / "sys/fs/btrfs/uuid/devices").mkdir(parents=True, exist_ok=True)
        (machine.root / "sys/class/block" / device).mkdir(parents=True, exist_ok=True)
        (machine.root / "sys/fs/btrfs/uuid/devices" / device).symlink_to(machine.root / "sys/class/block" / device)
    done = machine.call("sh", initrd / "scripts/init-bottom/pefboot-sealed", PEFBOOT_SCRIPTS=f"{initrd}/scripts", PEFBOOT_CONF=f"{initrd}/conf", rootmnt="/root",
                        PEFBOOT_SYS=str(machine.root / "sys"), PEFBOOT_MOUNTINFO=str(machine.root / "mountinfo"))
    assert done.stderr == b"" and done.stdout.decode().startswith(said or "pefboot-sealed-system") and (b"poweroff -f" in done.stdout) == bool(said)


HANDED = {"rootd": KEY, "hostkey": b"another\n"}


def hand(machine):
    """What a loader gives."""
    (machine.root / "handed").mkdir()
    for name, data in HANDED.items():
        (machine.root / "handed" / name).write_bytes(data)
        os.link(machine.root / "handed" / name, machine.root / f"page-{name}")


def taken_over(machine):
    """It is where the keyscript looks, for nobody else, and no longer where it was."""
    assert list((machine.root / "handed").iterdir()) == []
    for name, data in HANDED.items():
        path = machine.run / "pefboot/esm" / name
        assert path.read_bytes() == data and stat.S_IMODE(path.stat().st_mode) == 0o400 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert (machine.root / f"page-{name}").read_bytes() == bytes(len(data))


def test_sealed_distro_takes_over(machine):
    initrd = sealed_initrd(machine)
    hand(machine)
    done = machine.call("sh", initrd / "scripts/init-top/pefboot-sealed", PEFBOOT_SCRIPTS=f"{initrd}/scripts", PEFBOOT_RUN=str(machine.run),
                        PEFBOOT_HANDED=str(machine.root / "handed"), PATH=f"{initrd}/sbin:{os.environ['PATH']}")
    assert (done.returncode, done.stderr) == (0, b"")
    taken_over(machine)


@pytest.mark.parametrize("words,said", (("root=/dev/mapper/root rd.esm.key=rootd:root", []),
                                        ("root=/dev/vda", ["FATAL: root=/dev/vda is none of the disks that the ESM blob opens or roothash= is of: it can be the host's"])))
def test_sealed_distro_dracut_takes_over(dracut, words, said):
    """With dracut, too: its key is no longer asked for, and whatever is on the command line, it is a sealed system."""
    machine = dracut.machine
    hand(machine)
    assert dracut("sealed-cmdline", words, PEFBOOT_HANDED=str(machine.root / "handed")) == ["pefboot-sealed-system", *said]
    taken_over(machine)
    assert machine.conf.exists()
    dracut("esm-keys", "rd.esm.key=rootd:root")
    assert (machine.run / "cryptsetup-keys.d/root.key").read_bytes() == KEY and machine.asked() == []


@pytest.mark.parametrize("cmdline,said", (("", b"pefboot-sealed-system\n"), ("esm.sealed=off", b"")))
def test_sealed_distro_hands_over(machine, cmdline, said):
    initrd = sealed_initrd(machine, cmdline)
    assert machine.call("sh", initrd / "scripts/init-bottom/pefboot-sealed", PEFBOOT_SCRIPTS=f"{initrd}/scripts", rootmnt="/root",
                        PEFBOOT_SYS=str(machine.root / "sys"), PEFBOOT_MOUNTINFO="/dev/null").stdout == said


def test_sealed_distro_system(machine):
    """What systemd gets: no program of the console in its emergency and rescue mode, and no sysrq."""
    assert machine.call(GUEST / "sealed-system").returncode == 0
    for unit in ("emergency", "rescue"):
        lines = (machine.run / f"systemd/system/{unit}.service.d/zz-pefboot-sealed.conf").read_text().splitlines()
        assert {"SuccessAction=poweroff-force", "FailureAction=poweroff-force", "StandardInput=null"} < set(lines)
        first, last = (line for line in lines if line.startswith("ExecStart="))
        assert first == "ExecStart=" and f"{unit} mode of a sealed system" in last and "sulogin" not in last
    for name in ("dracut-shutdown.service", "cloud-init.target", "qemu-guest-agent.service", "spice-vdagentd.service", "spice-vdagentd.socket"):
        assert os.readlink(machine.run / "systemd/system" / name) == "/dev/null"
    for name in ("systemd-gpt-auto-generator", "cloud-init-generator"):
        assert os.readlink(machine.run / "systemd/system-generators" / name) == "/dev/null"
    assert (machine.run / "sysctl.d/zz-pefboot-sealed.conf").read_text() == "kernel.sysrq = 0\n"


@pytest.mark.parametrize("words,keys", (
    ("", {}),
    ("rootd:root", {"root": KEY}),
    ("rootd", {"rootd": KEY}),
    ("other:root rootd:data", {"data": KEY}),
    ("../x:root rootd:../x a:b:c : rootd:", {}),
))
def test_sealed_dracut_hook(machine, words, keys):
    (machine.root / "hook").write_text(f'getargs() {{ echo "{words}"; }}\nwarn() {{ echo "$*" >&2; }}\n. {GUEST}/dracut/esm-keys.sh\n')
    done = machine.call("sh", machine.root / "hook")
    folder = machine.run / "cryptsetup-keys.d"
    found = {path.name: path for path in folder.iterdir()} if folder.exists() else {}
    assert {name.removesuffix(".key"): path.read_bytes() for name, path in found.items()} == keys
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o400 for path in found.values())
    assert len(done.stderr.splitlines()) == len(words.split()) - len(keys)


# What dracut's library gives a hook: the command line, in which the last word counts, and what ends in an emergency shell
DRACUT = r"""#!/bin/sh
words() { cat {root}/etc/cmdline.d/*.conf {root}/cmdline 2>/dev/null | tr '\n' ' '; }
getargs() { for word in $(words); do case $word in "$1"*) echo "${word#*=}" ;; esac; done | grep .; }
getarg() {
	found=
	for word in $(words); do case $word in "$1" | "${1%=}="*) last=$word found=1 ;; esac; done
	[ -n "$found" ] && case $last in *=*) echo "${last#*=}" ;; esac
}
getargbool() { value=$(getarg "$2") || value=$1; case $value in 0 | no | off) return 1 ;; esac; }
die() { echo "FATAL: $*"; exit 1; }
source_hook() { echo "hook $*"; }
systemctl() { case $* in *list-jobs*) echo '7 dev-a\\x2db.device start running' ;; *show*) echo /dev/a-b ;; *) echo 'a.service loaded failed' ;; esac; }
"""


@pytest.fixture
def dracut(machine):
    """An initrd with the module: dracut(hook, command line, more variables) sources a hook, and says what came of it."""
    conf = machine.root / "etc/cmdline.d/00-pefboot-sealed.conf"
    conf.parent.mkdir(parents=True)
    machine.console = machine.root / "console"
    (machine.root / "lib").write_text(DRACUT.replace("{root}", str(machine.root)))
    for name in ("poweroff", "sleep", "pefboot-sealed-system"):
        machine.program(name, f"#!/bin/sh\necho {name} $*\n")
    (machine.root / "bin/pefboot-take-over").symlink_to(GUEST / "take-over")

    def source(hook, cmdline, **more):
        (machine.root / "cmdline").write_text(cmdline + "\n")
        done = machine.call("sh", "-c", f". {machine.root}/lib; . {GUEST}/dracut/{hook}.sh", PEFBOOT_ETC=str(machine.root / "etc"),
                            PEFBOOT_PROC=str(machine.root / "proc"), PEFBOOT_CONSOLE=str(machine.console), **more)
        assert done.stderr == b""
        return done.stdout.decode().splitlines()

    machine.conf = conf
    machine.conf.write_text(WORDS)
    source.machine = machine
    return source


WORDS = "rd.shell=0 rd.emergency=poweroff noresume\n"


@pytest.mark.parametrize("cmdline,sealed,refused", (
    ("root=/dev/mapper/root rd.esm.key=rootd:root", True, False),
    ("root=/dev/mapper/data rd.esm.key=rootd:root rd.esm.key=data", True, False),
    ("root=/dev/mapper/roo rd.esm.key=rootd:root", True, True),
    ("root=/dev/mapper/rootd rd.esm.key=rootd:root", True, True),
    ("root=/dev/mapper/root root=UUID=1 rd.esm.key=rootd:root", True, True),
    ("root=UUID=1 root=/dev/mapper/root rd.esm.key=rootd:root", True, False),
    ("rd.esm.key=rootd:root", True, True),
    ("roothash=12", True, False),
    ("root=/dev/mapper/root roothash=12", True, False),
    ("root=/dev/vda roothash=12", True, True),
    ("root=/dev/vda", False, False),
    ("root=/dev/vda roothash=12 rd.esm.key=rootd:root esm.sealed=off", False, False)))
def test_sealed_distro_dracut_root(dracut, cmdline, sealed, refused):
    """It is a disk that the blob opens, or dm-verity's, on a system with either; another system is let alone."""
    sysrq = dracut.machine.root / "proc/sys/kernel/sysrq"
    sysrq.parent.mkdir(parents=True)
    sysrq.write_text("1\n")
    said = dracut("sealed-cmdline", cmdline)
    assert dracut.machine.conf.exists() == sealed and sysrq.read_text() == ("0\n" if sealed else "1\n")
    assert said[:1] == (["pefboot-sealed-system"] if sealed else [])
    assert any("is none of the disks" in line for line in said) == refused


@pytest.mark.parametrize("cmdline,off", (("", True), ("rd.shell=1", False), ("rd.shell", False), ("rd.break=mount", False)))
def test_sealed_distro_dracut_off(dracut, cmdline, off):
    """What is missing, what failed, no shell; but for the owner who asks for one."""
    machine = dracut.machine
    assert dracut("sealed-off", cmdline, DRACUT_SYSTEMD="1") == []
    said = machine.console.read_text().splitlines() if machine.console.exists() else []
    assert said == (["pefboot-guest: /dev/a-b has not appeared", "pefboot-guest: failed: a.service",
                     "pefboot-guest: a sealed system: no shell, the machine is turned off", "sleep 1", "poweroff -f -f"] if off else [])
    assert dracut("sealed-why", cmdline) == ["hook emergency"]
    machine.conf.unlink()
    machine.console.write_text("")
    assert dracut("sealed-off", cmdline) == dracut("sealed-why", cmdline) == [] and machine.console.read_text() == ""


@pytest.mark.parametrize("links,found", (
    ({"sbin/init": None}, True),
    ({"sbin": "usr/sbin", "usr/sbin/init": "/lib/systemd/systemd", "lib": "usr/lib", "usr/lib/systemd/systemd": None}, True),
    ({"sbin/init": "../lib/systemd", "lib/systemd": None}, True),
    ({"sbin/init": "/lib/systemd"}, False),
    ({"sbin/init": "init"}, False),
    ({"bin/sh": None}, False)))
def test_sealed_distro_dracut_init(dracut, links, found):
    """As the root file system has it, with links of its own."""
    machine = dracut.machine
    for name, target in sorted(links.items()):
        (machine.root / "sysroot" / name).parent.mkdir(parents=True, exist_ok=True)
        if target:
            (machine.root / "sysroot" / name).symlink_to(target)
        else:
            (machine.root / "sysroot" / name).touch(0o755)
    assert pivot(dracut, "CRYPT-LUKS2-12-root") == ([] if found else [f"FATAL: No init found: no /sbin/init on {machine.root}/dm-3"])
    machine.conf.unlink()
    assert pivot(dracut, "CRYPT-LUKS2-12-root") == []


@pytest.mark.parametrize("uuid,good", (("CRYPT-LUKS2-12-root", True), ("CRYPT-VERITY-12-root", True), ("mpath-CRYPT-1", False), (None, False)))
def test_sealed_distro_dracut_disk(dracut, uuid, good):
    """A name is not enough: multipath, for one, has names from the host."""
    machine = dracut.machine
    (machine.root / "sysroot/sbin").mkdir(parents=True)
    (machine.root / "sysroot/sbin/init").touch(0o755)
    assert pivot(dracut, uuid) == ([] if good else [f"FATAL: neither the ESM blob nor roothash= opened {machine.root}/dm-3: it can be the host's"])


def test_sealed_distro_dracut_btrfs(dracut):
    """It is all disks of its UUID that the kernel knows: the host's among them is none of it."""
    root = dracut.machine.root
    for name in ("sysroot/sbin", "sys/fs/btrfs/uuid/devices", "sys/class/block/vdc"):
        (root / name).mkdir(parents=True)
    (root / "sysroot/sbin/init").touch(0o755)
    (root / "sys/fs/btrfs/uuid/devices/dm-3").symlink_to(root / "sys/class/block/dm-3")
    assert pivot(dracut, "CRYPT-LUKS2-12-root") == []
    (root / "sys/fs/btrfs/uuid/devices/vdc").symlink_to(root / "sys/class/block/vdc")
    assert pivot(dracut, "CRYPT-LUKS2-12-root") == ["FATAL: vdc has the UUID of a btrfs, and neither the ESM blob nor roothash= opened it: it can be the host's"]


@pytest.mark.parametrize("mounts,refused", (
    ([("252:3", "/sysroot/usr"), ("252:4", "/run/x"), ("252:4", "/sysroot2"), ("0:25", "/sysroot/home")], None),
    ([("252:4", "/sysroot/usr")], "/usr"),
    ([("252:3", "/sysroot/usr"), ("252:9", "/sysroot/usr/share")], "/usr/share"),
    ([("252:4", "/sysroot")], "")))
def test_sealed_distro_dracut_mounts(dracut, mounts, refused):
    """systemd mounts /usr by the /etc/fstab of the root, for which a label is enough: the host's disk may have that."""
    root = dracut.machine.root
    for name in ("sysroot/sbin", "sys/dev/block", "sys/class/block/vdc"):
        (root / name).mkdir(parents=True)
    (root / "sysroot/sbin/init").touch(0o755)
    for device, name in (("252:3", "dm-3"), ("252:4", "vdc")):
        (root / "sys/dev/block" / device).symlink_to(root / "sys/class/block" / name)
    assert pivot(dracut, "CRYPT-LUKS2-12-root", [("252:3", "/sysroot"), *mounts]) == ([] if refused is None else [
        f"FATAL: neither the ESM blob nor roothash= opened what {refused}/ lies on: it can be the host's"])


def pivot(dracut, uuid, mounts=()):
    """What the last hook says, with the root file system on dm-3, which the device mapper knows as uuid. mounts: (device, folder)."""
    root = dracut.machine.root
    (root / "sys/class/block/dm-3/dm").mkdir(parents=True, exist_ok=True)
    (root / "proc/self").mkdir(parents=True, exist_ok=True)
    (root / "proc/self/mountinfo").write_text("".join(f"30 1 {device} / {root}{folder} rw - ext4 /dev/x rw\n" for device, folder in mounts))
    if uuid:
        (root / "sys/class/block/dm-3/dm/uuid").write_text(uuid + "\n")
    return dracut("sealed-pivot", "", NEWROOT=str(root / "sysroot"), PEFBOOT_SYS=str(root / "sys"), root=f"block:{root}/dm-3")


def test_sealed_dracut_module(tmp_path):
    """What dracut asks of a module: off unless wanted, and what it installs."""
    text = """require_binaries() { [ "$*" = esmb-get-file ]; }
inst_multiple() { echo "programs $*"; }
inst_script() { [ -x "$1" ] && echo "script $2"; }
inst_hook() { [ -f "$3" ] && echo "hook $1 $2 ${3##*/}"; }
instmods() { echo "modules $*, all: ${hostonly:-yes}"; }
moddir=%s initdir=%s hostonly=only DRACUT_TMPDIR=$initdir early_cpio_dir=
. "$moddir/module-setup.sh"
check; echo "check $?"; depends; installkernel; install; echo early $create_early_cpio ${early_cpio_dir##*/}""" % (GUEST / "dracut", tmp_path)
    (tmp_path / "lib/systemd").mkdir(parents=True)
    (tmp_path / "lib/systemd/systemd-veritysetup").touch(0o755)
    for systemd, more in (("lib/systemd", ["systemd-veritysetup"]), ("lib/none", [])):
        shutil.rmtree(tmp_path / "earlycpio", ignore_errors=True)
        done = subprocess.run(["bash", "-c", text], stdout=subprocess.PIPE, text=True, check=False, env={
            "PATH": os.environ["PATH"], "PEFBOOT_LIB": str(GUEST), "dracutsysrootdir": str(tmp_path), "systemdutildir": f"/{systemd}"})
        assert done.stdout.splitlines() == [
            "check 255", "crypt", *more, "modules dm_verity overlay dm_integrity authenc hmac, all: yes", "programs esmb-get-file cat chmod dd ln mkdir poweroff readlink rm sleep wc",
            "script /sbin/pefboot-sealed-system", "script /sbin/pefboot-take-over", "hook cmdline 00 sealed-cmdline.sh", "hook pre-udev 30 esm-keys.sh",
            "hook pre-pivot 99 sealed-pivot.sh", "hook emergency 99 sealed-off.sh", "hook shutdown-emergency 99 sealed-why.sh",
            "early yes earlycpio"]
        assert (tmp_path / "earlycpio/d/pefboot-sealed").read_text() == "dracut\n", "by which a loader Linux knows it"
    assert (tmp_path / "etc/cmdline.d/00-pefboot-sealed.conf").read_text() == WORDS
    for unit in ("emergency", "rescue"):
        assert (tmp_path / f"etc/systemd/system/{unit}.service.d/zz-pefboot-sealed.conf").exists()
