# SPDX-License-Identifier: GPL-2.0-or-later
"""`bootlog report`: one HTML file that stands alone, says what the log says, and is safe to open."""

import re
import shutil
import struct
import subprocess
import zlib
from html.parser import HTMLParser

import pytest

import corpus
from bootlog.judge import check
from bootlog.profile_file import load_profile
from bootlog.report import format_report
from bootlog.report.markup import human_time
from harness import TOP

VOID = {"meta", "br"}


class Page(HTMLParser):
    """Collects ids, links, tags and text, and checks that tags close in order."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.tags, self.open, self.words, self.bars = [], [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "a":
            self.links.append(attrs["href"])
        if tag == "rect":
            self.bars.append(attrs)
        for name in attrs:
            assert name not in ("src", "srcset", "action", "data") and not name.startswith("on"), (tag, name)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)


def report(log, profile="secure", **options):
    judge = check(log, load_profile(profile), **options)
    return format_report(log, judge, "a & b.log")


@pytest.mark.parametrize("case", corpus.CASES, ids=lambda c: c.name)
def test_every_report_is_well_formed(case):
    text = report(case.log, case.profile, **case.options)
    page = Page(text)
    assert len(set(page.ids)) == len(page.ids)
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert "script" not in page.tags and "link" not in page.tags and "img" not in page.tags
    style = re.search(r"<style>(.*?)</style>", text, re.S)[1]
    assert "url(" not in style and "@import" not in style
    assert "a & b.log" in "".join(page.words)
    assert f"{case.status.upper()}" in page.words


def test_evidence_is_drawn():
    page = Page(report(corpus.evidence()))
    text = "\n".join(page.words)
    assert text.count("UV_ESM move") >= 1 and text.count("verify") >= 2
    assert "pool  0x18000000  64 MiB" in text and "rtas  0x17ff0000  64 KiB" in text
    assert '"restricted-dma-pool"' in text and "<0x0 0x18000000 0x0 0x4000000>" in text
    assert "<0x14>" in text and "(64 bytes)" in text
    assert "l-lan@71000002" in text
    assert "UV_SHARE_PAGE" in text and "-2 H_FUNCTION" in text and "341" in text
    assert "7168 (448 MiB)" in text
    assert "Evidence: simulated." in page.words


def test_measurements_are_shown():
    words = Page(report(corpus.text("recorded-measured.log"), "normal")).words
    assert "TPM started, 12 events in banks sha1 sha256 sha384 sha512, " in words
    assert words.count("EV_SEPARATOR") == 8
    assert "sha256:69cab6efe23ed2c811693a7bb185ba96fdc9bc262f979c283cf0d41498f1e7b2" in words
    assert "Nothing was measured into a TPM." in Page(report(corpus.evidence())).words


def test_memory_is_to_scale():
    bars = [b for b in Page(report(corpus.evidence())).bars if "shared" in b.get("class", "") and "x" in b]
    pool = [b for b in bars if float(b["height"]) > 30]
    assert [float(b["height"]) for b in pool] == [pytest.approx(420 * 64 / 512)]
    assert float(pool[0]["y"]) == pytest.approx(455 - 420 * (0x18000000 + 0x4000000) / 0x20000000, abs=.01)


def test_labels_do_not_cover_each_other():
    many = corpus.BANNER + corpus.BEFORE + b"".join(
        corpus.line(0.002, "pefboot", f"map=before what=r{i} range=0x{i * 4096 + 0x1000:x}+0x1000 state=normal") for i in range(20)
    ) + corpus.line(0.003, "pefboot", "map=before what=memory range=0x0+0x40000000 state=normal")
    places = [float(y) for y in re.findall(r'y="([\d.]+)">r\d+  0x', report(many))]
    assert len(places) == 20
    assert min(abs(a - b) for a, b in zip(sorted(places), sorted(places)[1:])) >= 14.9
    assert min(places) > 0


def test_hostile_text_stays_text():
    evil = b'<script>alert(1)</script><img src=x onerror=alert(1)>"\'&amp;</pre>'
    log = corpus.inside(corpus.SECURE, evil + b"\r\n")
    log = log.replace(b'node="node of the host', b'node="<script>alert(2)</script> node of the host')
    log = log.replace(b"Linux version 6", b"Linux version 6<script>alert(3)</script>")
    page = Page(report(log))
    assert "script" not in page.tags and "img" not in page.tags
    assert "<script>alert(2)</script>" in "".join(page.words)


def test_long_logs_are_shortened_and_say_so():
    log = corpus.inside(corpus.SECURE, b"noise\r\n" * 30000)
    page = Page(report(log))
    assert any(re.match(r"\.\.\. \d+ lines left out", w) for w in page.words)
    assert "verdict emulated=1" in "".join(page.words)
    assert len(page.ids) < 21000


def test_several_boots():
    text = report(corpus.KEXECED, "kexec")
    Page(text)
    assert text.count("<h3>Boot 1") == 7 and text.count("<h3>Boot 2") == 7


STYLE = (TOP / "tools/bootlog/report/style.css").read_text()


def test_rules_for_paper_are_not_dead():
    """Of two rules of equal weight the later one holds: what is for print, and for narrow screens, comes last."""
    plain = STYLE.rindex("}", 0, STYLE.index("@media (max-width"))
    for media in ("@media print", "@media (max-width"):
        assert STYLE.count(media) == 1 and STYLE.index(media) > plain
    assert not re.search(r"^[^ @}]", STYLE[STYLE.index("@media (max-width"):], re.M)


def test_every_class_is_used():
    """No rule for what no report has."""
    pages = report(corpus.evidence()) + report(corpus.text("recorded-secure.log")) + report(corpus.REFUSED) + report(corpus.REFUSED, "refused") + report(
        next(c.log for c in corpus.CASES if c.name == "secure-pool-exhausted")) + report(corpus.NORMAL) + report(corpus.NORMAL.replace(corpus.LINUX, b"Linux version 6\r\n"))
    used = set(" ".join(re.findall(r'class="?([\w -]+)', pages)).split())
    assert set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"\.\d\S*", "", STYLE))) - {"timeout", "skip"} <= used


def top(log, profile="secure"):
    """The page above its table of contents."""
    return re.sub(r"<[^>]+>", "", report(log, profile).partition("<nav>")[0].partition("<body>")[2])


def test_a_refusal_is_on_top():
    """Number, reason and remedy, before anything else is to be read; a success has nothing there."""
    said = top(corpus.REFUSED)
    for words in ("E405 E_ESM_REFUSED", "pefboot stopped in step 4/7 transition", "UV_ESM -&gt; U_PERMISSION (-11)", "Remedy: ", "Hint: what to do"):
        assert words in said, words
    assert "E405" in top(corpus.REFUSED, "refused") and "E901" in top(next(c.log for c in corpus.CASES if c.name == "refused-by-the-ultravisor-itself"))
    panic = top(next(c.log for c in corpus.CASES if c.name == "trouble-panic-recorded"))
    assert "the kernel panicked" in panic
    assert "Remedy" not in top(corpus.SECURE) and 'class="stop"' not in report(corpus.SECURE)


def test_steps_are_labelled_by_what_they_take():
    """UV_ESM is none of step 5's time; where the log does not tell them apart, the label says so."""
    cells = re.findall(r"<tr><td>([^<]*)</td><td>([^<]*)</td><td class=\"n\">([\d.]+) ms</td>", report(corpus.evidence()))
    took = {name: (world, float(time)) for name, world, time in cells}
    assert took["5 verify"] == ("secure", 61.611) and took["UV_ESM"] == ("the ultravisor's", 148.957)
    assert [name for name, *_ in cells][-3:] == ["kernel", "user space", "power down"]
    assert "5 UV_ESM and verify" in report(corpus.SECURE) and "5 verify" in report(corpus.NORMAL, "normal")


def test_phases_of_linux_are_drawn():
    page = report(corpus.evidence())
    for name in ("kernel", "user space", "power down"):
        assert re.search(rf'<rect class="kernel edge"[^>]*><title>{name}: until', page)
    alone = report(corpus.NORMAL.replace(b"as init process", b"x").replace(b"reboot: ", b"y: "), "normal")
    assert "<title>Linux: " in alone


def labels(page, drawing):
    """(row, text) of each label of the n-th timeline."""
    svg = re.findall(r'aria-label="timeline of the boot">(.*?)</svg>', page)[drawing]
    return [(float(y), text) for y, text in re.findall(r'y="([\d.]+)"(?: text-anchor="\w+")?>([^<]+, [\d.]+ m?s|stopped: E\d+)<', svg)]


def test_each_part_has_a_row_and_says_what_it_took():
    """No bar is without its name, however short; rows of the whole boot are the worlds."""
    page = report(corpus.evidence())
    firmware, whole = labels(page, 0), labels(page, 1)
    assert [text.partition(",")[0] for _, text in firmware] == ["1 entry", "2 discover", "3 load", "4 transition", "UV_ESM", "5 verify", "6 patch", "7 handoff"]
    assert "5 verify, 61.6 ms" in dict(map(reversed, firmware)) and "UV_ESM, 149 ms" in dict(map(reversed, firmware))
    assert [text.rpartition(",")[0] for _, text in whole] == ["steps 1 to 4", "UV_ESM", "steps 5 to 7", "kernel", "user space", "power down"]
    assert all(len({y for y, _ in rows}) == len(rows) for rows in (firmware, whole))
    assert labels(report(corpus.SECURE), 1)[1][1].startswith("UV_ESM, steps 5 to 7, ")
    assert labels(report(corpus.REFUSED), 0)[-1][1] == "stopped: E405"


def test_a_boot_at_a_glance():
    """What it took and where it ran stands above the table of contents, for each boot."""
    figures = [re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", text) for text in re.findall(r"<dl.*?</dl>", report(corpus.evidence()).partition("<nav>")[0])]
    assert len(figures) == 1 and [what for what, _ in figures[0]] == [
        "whole boot", "steps 1 to 4", "UV_ESM", "steps 5 to 7", "kernel", "user space", "power down", "memory", "cpus", "pool", "leaked words"]
    assert dict(figures[0])["UV_ESM"] == "149 ms" and dict(figures[0])["pool"] == "64 MiB" and dict(figures[0])["leaked words"] == "0"
    assert report(corpus.KEXECED, "kexec").partition("<nav>")[0].count("<dl") == 2
    assert "<dl" not in report(b"nothing of ours\n")


def test_times_for_people():
    assert [human_time(t) for t in (0, .00108, .264382, .99994, .99996, 1.5756, 12.34, 1234.5)] == [
        "0 ms", "1.08 ms", "264 ms", "1 s", "1 s", "1.58 s", "12.3 s", "1234 s"]


def test_every_column_is_named():
    """Screen readers name each cell by its column."""
    page = report(corpus.evidence())
    assert '<th scope="col"></th>' not in page and page.count("<th ") == page.count('<th scope="col">') > 20


def test_one_clock():
    """The kernel's lines are told by the firmware's clock, in the milestones too."""
    page = report(corpus.SECURE)
    rows = re.findall(r"<td>(?:the kernel|step|the ultravisor|the mini)[^<]*</td><td>reached</td><td class=\"n\">([\d.]+) s", page)
    assert len(rows) == 11 and [float(r) for r in rows] == sorted(map(float, rows))


def test_memory_has_a_zoom():
    """What is a hairline to scale has a box and a label of its own, in the order of addresses."""
    page = report(corpus.evidence())
    boxes = [(float(y), float(height)) for y, height in re.findall(r'zoomed" x="150" y="([\d.]+)" width="12" height="([\d.]+)"', page)]
    labels = re.findall(r">(\w+)  0x([0-9a-f]+)  ", page)
    assert len(boxes) == len(labels) == 10 and min(height for _, height in boxes) >= 12
    for column in (slice(0, 4), slice(4, 10)):
        places = [int(at, 16) for _, at in labels[column]]
        assert places == sorted(places)
        tops = [y for y, _ in boxes[column]]
        assert all(above + height <= below for above, (below, height) in zip(tops[1:], boxes[column]))


# In a browser

CHROMIUM = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--enable-logging=stderr", "--v=0")


def browse(tmp_path, page, *args):
    done = subprocess.run(["chromium", *CHROMIUM, f"--user-data-dir={tmp_path}/profile", *args, page.as_uri()],
                          capture_output=True, timeout=120)
    return done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def pixels(png):
    """(width, height, rows of RGB(A) bytes, bytes a pixel) of a PNG with 8-bit samples."""
    data = png.read_bytes()
    at, body = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", data[at + 8:at + 18])
            assert depth == 8 and colour in (2, 6)
        elif kind == b"IDAT":
            body += data[at + 8:at + 8 + size]
        at += 12 + size
    step = 3 if colour == 2 else 4
    raw, rows, before = zlib.decompress(body), [], bytearray(width * step)
    for y in range(height):
        kind, row = raw[y * (width * step + 1)], bytearray(raw[y * (width * step + 1) + 1:(y + 1) * (width * step + 1)])
        for x in range(len(row)):
            left = row[x - step] if x >= step else 0
            corner = before[x - step] if x >= step else 0
            up = before[x]
            guess = left + up - corner
            near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
            row[x] = (row[x] + (0, left, up, (left + up) // 2, near)[kind]) & 255
        rows.append(bytes(row))
        before = row
    return width, height, rows, step


def share(rows, step, colour):
    """The share of pixels that are nearly of this colour."""
    hits = total = 0
    for row in rows[::2]:
        for x in range(0, len(row), 2 * step):
            total += 1
            hits += all(abs(row[x + i] - colour[i]) < 24 for i in range(3))
    return hits / total


@pytest.mark.all
def test_in_chromium(tmp_path):
    """No console message; drawings appear in both colour schemes; nothing is cut off on a narrow screen."""
    assert shutil.which("chromium"), "chromium is not installed: tools/deps setup all"
    page = tmp_path / "r.html"
    page.write_text(report(corpus.evidence()))
    schemes = {"light": ((255, 255, 255), (184, 92, 0)), "dark": ((18, 22, 27), (242, 164, 87))}
    for number, (name, (ground, pool)) in zip((1, 0), schemes.items()):
        png = tmp_path / f"{name}.png"
        _, messages = browse(tmp_path, page, f"--blink-settings=preferredColorScheme={number}", "--window-size=1100,2000",
                             f"--screenshot={png}")
        assert "CONSOLE" not in messages, messages
        width, height, rows, step = pixels(png)
        assert (width, height) == (1100, 2000)
        assert share(rows, step, ground) > 0.5, name
        assert share(rows, step, pool) > 0.004, name    # the pool, and the ultracall's bar
    for size in (1100, 500):
        probe = tmp_path / "probe.html"     # a page of ours asks the report how wide it is
        probe.write_text(page.read_text().replace("<meta http-equiv", "<meta name=off data-x").replace("</body>", """<script>
            const over = [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll') &&
                e.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
            document.body.append('OVER=' + over.length + ' WIDE=' + document.documentElement.scrollWidth + ' OF=' + innerWidth);
            </script></body>"""))
        dom, _ = browse(tmp_path, probe, f"--window-size={size},1000", "--dump-dom")
        over, wide, of = map(int, re.search(r"OVER=(\d+) WIDE=(\d+) OF=(\d+)", dom).groups())
        assert over == 0 and wide <= of == size, (size, over, wide, of)
    frame = tmp_path / "frame.html"         # no window is narrower than 500
    frame.write_text('<iframe src="probe.html" style="width:390px;height:9000px;border:0"></iframe>')
    png = tmp_path / "narrow.png"
    browse(tmp_path, frame, "--blink-settings=preferredColorScheme=1", "--window-size=500,9000", f"--screenshot={png}")
    _, _, rows, step = pixels(png)
    assert share([row[:398 * step] for row in rows], step, (184, 92, 0)) > 0.001
