"""Reports are found in whatever they come in, by content and not by name."""

import gzip
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import report_wraps as wraps
from mailworthy.errors import UsageError
from mailworthy.reports import envelope
from mailworthy.reports.envelope import Content, Form, Limits
from mailworthy.reports.model import Fault, Unreadable

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
HTML = b"<!DOCTYPE html><html><body>Hello</body></html>"


def look(source: bytes, **options: Limits) -> list[str]:
    """What was found, one line each: the form or the fault, and the place."""
    return [
        f"{item.form if isinstance(item, Content) else item.fault}: {'/'.join(path_of(item)[1:])}"
        for item in envelope.open(source, "f", **options)
    ]


def path_of(item: Content | Unreadable) -> tuple[str, ...]:
    return item.place.path


def contents(source: bytes) -> list[Content]:
    return [item for item in envelope.open(source) if isinstance(item, Content)]


class Pipe(io.RawIOBase):
    """A file that cannot be sought in and gives little at a time."""

    def __init__(self, data: bytes) -> None:
        self.data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self.data.read(min(size, 100))


@pytest.mark.parametrize("wrap", wraps.WRAPS.values(), ids=wraps.WRAPS)
@pytest.mark.parametrize("given", [lambda d: d, io.BytesIO, Pipe], ids=["bytes", "file", "pipe"])
def test_the_same_octets_come_out(wrap: Callable[[bytes], bytes], given: Callable) -> None:
    found = []
    for item in envelope.open(given(wrap(wraps.XML)), "f"):
        assert isinstance(item, Content), item
        found.append((item.form, item.source.read(), item.trouble))
        assert item.place.octets == len(wraps.XML)
        assert len(item.place.sha256) == 64
    assert found == [(Form.AGGREGATE, wraps.XML, None)]


BEGINNINGS = {
    "mark": b"\xef\xbb\xbf" + wraps.XML,
    "utf-16": wraps.XML.decode().encode("utf-16"),
    "utf-16, no mark": wraps.XML.decode().encode("utf-16-le"),
    "utf-16-be, no mark": wraps.XML.decode().encode("utf-16-be"),
    "blank lines": b"\r\n \n\t" + wraps.XML,
    "zeros": b"\0\0" + wraps.XML,
    "junk": b"Here it is:\n" + wraps.XML,
    "prefix": b'<d:feedback xmlns:d="urn:x">',
    "upper case": b"<FEEDBACK>",
    "comment": b"<!-- <html> --><?pi ?>\n<feedback>",
    "schema around": b'<?xml version="1.0"?> <xs:schema xmlns:xs="x"><feedback>',
    "no root": b"<report_metadata><org_name>",
    "comment without end": b"<?xml version='1.0'?><!-- " + b"x" * 90_000,
    "entities": b"<!DOCTYPE lolz [<!ENTITY a 'b'>]><lolz>&a;</lolz>",
}


@pytest.mark.parametrize("text", BEGINNINGS.values(), ids=BEGINNINGS)
def test_xml_is_recognised_however_it_begins(text: bytes) -> None:
    assert look(text) == ["aggregate: "]
    assert look(wraps.mail(wraps.part(text))) == ["aggregate: part 1"]


NO_REPORTS = {
    "": "empty: ",
    " \n\n": "empty: ",
    "hello": "unknown-format: ",
    HTML.decode(): "unknown-format: ",
    "<?xml version='1.0'?><svg/>": "unknown-format: ",
    "<!DOCTYPE svg><feedback/>": "unknown-format: ",
    "<>": "unknown-format: ",
    '{"a": 1}': "unknown-format: ",
    "\x89PNG\r\n": "unknown-format: ",
    " " * 100_000: "unknown-format: ",
}


@pytest.mark.parametrize(("text", "fault"), NO_REPORTS.items())
def test_what_is_no_report(text: str, fault: str) -> None:
    assert look(text.encode("latin-1")) == [fault]


@pytest.mark.parametrize(
    ("magic", "words"),
    [
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (b"(\xb5/\xfdxxxx", "Zstandard"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Outlook"),
        (b"x\x9f>\x22\0\0", "winmail.dat"),
        (HTML, "web page"),
    ],
)
def test_what_is_not_read_is_named(magic: bytes, words: str) -> None:
    [item] = envelope.open(magic)
    assert isinstance(item, Unreadable)
    assert words in item.reason
    assert item.place.path == ("input",)


def test_every_member_of_an_archive() -> None:
    files = {"a.xml": wraps.XML, "b.json": wraps.JSON, "c.eml": wraps.COMPLAINT, "d.txt": b"notes"}
    wanted = ["aggregate: a.xml", "tls: b.json", "feedback: c.eml", "unknown-format: d.txt"]
    assert look(wraps.zipped(files)) == wanted
    assert look(wraps.tarred(files)) == wanted
    assert look(gzip.compress(wraps.tarred(files))) == wanted


def test_archives_without_a_report_get_one_word() -> None:
    assert look(wraps.zipped({})) == ["no-report: "]
    assert look(wraps.zipped({"a.txt": b"x"})) == ["unknown-format: a.txt"]
    assert look(wraps.zipped({"a.txt": b"x", "b.txt": b"y"})) == ["no-report: "]
    assert look(wraps.tarred({"a.eml": wraps.PLAIN, "b.eml": wraps.PLAIN})) == ["no-report: "]


MAILS: dict[str, tuple[bytes, list[str]]] = {
    "ordinary": (wraps.PLAIN, ["no-report: "]),
    "with a picture": (wraps.mail(wraps.part(b"\x89PNG\r\n", "image/png")), ["no-report: "]),
    "with an office document": (
        wraps.mail(wraps.part(wraps.zipped({"[Content_Types].xml": b"<Types/>"}), name="a.docx")),
        ["no-report: "],
    ),
    "web page": (wraps.mail(wraps.part(HTML, "text/html", encoding="8bit")), ["no-report: "]),
    "two reports": (
        wraps.mail(wraps.part(wraps.XML, name="a.xml"), wraps.part(wraps.JSON, name="b.json")),
        ["aggregate: part 1/a.xml", "tls: part 2/b.json"],
    ),
    "damaged, and says that it is one": (
        wraps.mail(wraps.part(gzip.compress(b"x" * 99)[:15], name="a!b!1!2.xml.gz"), subject="x"),
        ["damaged: part 1/a!b!1!2.xml.gz/a!b!1!2.xml"],
    ),
    "damaged, of a person": (
        wraps.mail(wraps.part(gzip.compress(b"x" * 99)[:15], name="a.gz"), subject="Hi"),
        ["no-report: "],
    ),
    "damaged beside a report": (
        wraps.mail(wraps.part(b"\x1f\x8b\x08x", name="a.gz"), wraps.part(wraps.XML), subject="Hi"),
        ["damaged: part 1/a.gz/a", "aggregate: part 2"],
    ),
    "a report quoted by a person": (
        b"From: a@b\nSubject: Help\n\nWhat is this?\n" + wraps.XML,
        ["no-report: "],
    ),
    "complaint": (wraps.COMPLAINT, ["feedback: "]),
    "complaint forwarded": (
        wraps.mail(wraps.part(wraps.COMPLAINT, "message/rfc822", encoding="7bit")),
        ["feedback: "],
    ),
    "complaint without its type": (
        wraps.COMPLAINT.replace(b"message/feedback-report", b"text/plain").replace(
            b"report-type=feedback-report; ", b""
        ),
        ["prose: "],
    ),
    "failure in words": (
        b"From: a@b\nSubject: x\n\nA message claiming to be from you has failed the check.\n",
        ["prose: "],
    ),
    "Microsoft's": (
        b"From: a@b\nSubject: complaint about message from 192.0.2.1\n\nx\n",
        ["prose: "],
    ),
}
BOUNCES = {
    "from the daemon": wraps.mail(wraps.part(wraps.XML)).replace(b"dmarc@", b"MAILER-DAEMON@"),
    "Exim": b"X-Failed-Recipients: a@b\n" + wraps.mail(wraps.part(wraps.XML)),
    "DSN": wraps.mail(wraps.part(wraps.XML)).replace(
        b"multipart/mixed", b"multipart/report; report-type=delivery-status"
    ),
    "DSN without its name": wraps.mail(
        wraps.part(b"Action: failed", "message/delivery-status", encoding="7bit"),
        wraps.part(wraps.mail(wraps.part(wraps.XML)), "message/rfc822", encoding="7bit"),
    ),
    "a complaint of ours": b"X-Failed-Recipients: a@b\n"
    + wraps.mail(wraps.part(wraps.COMPLAINT, "message/rfc822", encoding="7bit")),
}


@pytest.mark.parametrize(("mail", "found"), MAILS.values(), ids=MAILS)
def test_mails(mail: bytes, found: list[str]) -> None:
    assert look(mail) == found


@pytest.mark.parametrize("mail", BOUNCES.values(), ids=BOUNCES)
def test_a_report_of_ours_that_bounced_is_none(mail: bytes) -> None:
    assert look(mail) == ["no-report: "]


def test_a_mail_comes_with_its_report() -> None:
    inner = wraps.mail(wraps.part(gzip.compress(wraps.XML)), boundary="i")
    outer = wraps.mail(wraps.part(inner, "message/rfc822", encoding="7bit"), subject="Fwd")
    [item] = envelope.open(outer)
    assert isinstance(item, Content)
    assert item.mail
    assert item.mail.raw == inner.rstrip(b"\n") or item.mail.raw == inner
    assert item.mail.message.named(b"subject")[0].value == b" Report Domain: example.com"
    assert item.mail.outer
    assert item.mail.outer.raw == outer
    assert item.mail.outer.outer is None


def test_a_mail_that_is_cut_off_is_said_to_be() -> None:
    """Its last part may be missing, and nothing in the mail itself would show that."""
    mail = wraps.mail(wraps.part(wraps.XML), wraps.part(b"?" * 500))
    cut = gzip.compress(mail)[:-9]
    assert look(cut) == ["aggregate: part 1", "damaged: "]
    assert look(wraps.zipped({"m.eml": wraps.PLAIN})[:-60]) == ["no-report: m.eml", "damaged: "]


def test_an_mbox_is_read_mail_by_mail() -> None:
    read = []

    def lines() -> Iterator[bytes]:
        for number in range(1000):
            read.append(number)
            one = wraps.mail(wraps.part(gzip.compress(wraps.report(number=number))))
            yield wraps.mbox([one])

    class File(Pipe):
        def __init__(self) -> None:
            self.lines = lines()
            self.rest = b""

        def read(self, size: int = -1) -> bytes:
            self.rest = self.rest or next(self.lines, b"")
            piece, self.rest = self.rest[:size], self.rest[size:]
            return piece

    for number, item in enumerate(envelope.open(File(), "box")):
        assert isinstance(item, Content)
        assert b">r%d<" % number in item.source.read()
        assert item.place.path == ("box", f"mail {number + 1}", "part 1")
        assert len(read) < number + 100
    assert len(read) == 1000


def test_lines_of_a_mail_do_not_divide_an_mbox() -> None:
    body = b"\nFrom here to there.\nFrom x Mon Sep 21 10:00:00 2026\n\nFrom: 10:00 2026\n"
    found = look(wraps.mbox([wraps.PLAIN + body, wraps.mail(wraps.part(wraps.XML))]))
    assert found == ["no-report: mail 1", "aggregate: mail 2/part 1"]


def test_file_names_are_only_shown() -> None:
    odd = "../../etc/\x1b[2Jpass\u202ewd" + "x" * 500
    [item] = envelope.open(wraps.zipped({odd: wraps.XML}), "a\nb")
    text = str(item.place)
    assert text.isprintable()
    assert len(text) < 300
    assert text.startswith("a b > ../../etc/")


def test_what_is_read_too_late_is_whole_or_an_error() -> None:
    big = wraps.report(2000)
    files = {"a": big, "b": wraps.XML}
    first, second = contents(wraps.zipped(files))
    assert first.source.read() == big
    assert second.source.read() == wraps.XML
    first, second = contents(wraps.tarred(files))
    assert second.source.read() == wraps.XML
    with pytest.raises(UsageError, match="before you ask for the next"):
        first.source.read()


def test_misuse() -> None:
    with pytest.raises(UsageError, match="text"):
        envelope.open("<feedback/>")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="binary"):
        list(envelope.open(io.StringIO("<feedback/>")))  # type: ignore[arg-type]
    [item] = envelope.open(wraps.XML)
    with pytest.raises(TypeError):
        bool(item)


def test_a_file_is_read_from_where_it_stands() -> None:
    for data in (wraps.XML, wraps.zipped({"a.xml": wraps.XML})):
        file = io.BytesIO(b"before" + data)
        file.seek(6)
        for item in envelope.open(file):
            assert isinstance(item, Content)
            assert item.source.read() == wraps.XML
        assert not file.closed


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
def test_samples() -> None:
    forms = {"aggregate": "aggregate", "failure": "feedback", "tls": "tls"}
    files = [file for file in SAMPLES.glob("*/*") if file.is_file()]
    assert len(files) >= 13
    for file in files:
        with file.open("rb") as opened:
            [item] = envelope.open(opened, file.name)
            assert isinstance(item, Content), item
            assert item.form == forms[file.parent.name]
            assert item.source.read()
            assert item.trouble is None


def test_limits_are_said() -> None:
    assert look(wraps.nested(wraps.XML, 6))[0].startswith("too-deep: ")
    assert look(wraps.nested(wraps.zipped({"a.xml": wraps.XML}), 4))[0].startswith("aggregate: ")
    many = {f"{n}.xml": wraps.XML for n in range(5)}
    assert look(wraps.zipped(many), limits=Limits(members=3))[3:] == ["too-many: "]
    assert look(wraps.tarred(many), limits=Limits(members=3))[3:] == ["too-many: "]
    [item] = envelope.open(PLAIN_LONG, limits=Limits(mail=1000))
    assert isinstance(item, Unreadable)
    assert item.fault is Fault.TOO_LARGE
    box = wraps.mbox([PLAIN_LONG, wraps.COMPLAINT])
    assert look(box, limits=Limits(mail=1500)) == ["too-large: mail 1", "feedback: mail 2"]
    pipe = Pipe(wraps.zipped({"a.xml": wraps.XML}))
    [item] = envelope.open(pipe, limits=Limits(held=100))
    assert isinstance(item, Unreadable)
    assert item.fault is Fault.TOO_LARGE


def test_all_together_is_limited() -> None:
    """Small archives in small archives, none of them beyond a limit of its own."""
    inner = wraps.zipped({f"{n}.txt": b"x" for n in range(30)})
    outer = wraps.zipped({f"{n}.zip": inner for n in range(30)})
    assert look(outer) == ["no-report: "]
    assert look(outer, limits=Limits(opened=100)) == ["too-many: "]
    big = wraps.zipped({f"{n}.xml": wraps.report(500) for n in range(10)})
    limits = Limits(total=len(wraps.report(500)) * 3)
    found = [item.source.read() and "" if isinstance(item, Content) else item.fault
             for item in envelope.open(big, limits=limits)]  # fmt: skip
    assert found == ["", "", "", Fault.TOO_LARGE, Fault.TOO_LARGE]
    parts = [wraps.part(b"x") for _ in range(10)]
    box = wraps.mbox([wraps.mail(*parts, wraps.part(wraps.XML)), wraps.COMPLAINT])
    limits = Limits(opened=8)
    assert look(box, limits=limits) == ["too-many: mail 1", "feedback: mail 2"]
    assert look(gzip.compress(box), limits=limits) == ["too-many: "]


PLAIN_LONG = wraps.PLAIN + b"x" * 2000 + b"\n"
