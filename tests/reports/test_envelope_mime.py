"""The splitter against the standard library's parser, and what that one has no word for."""

import base64
import email
import email.policy
import quopri
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from growth import calls
from mailworthy.reports.envelope.fields import filename, value, words
from mailworthy.reports.envelope.limits import Limits
from mailworthy.reports.envelope.mime import Part, split
from mailworthy.reports.envelope.transfer import decoded
from mailworthy.reports.model import Fault


def octets(part: Part) -> bytes:
    return decoded(part.mail.data, part.start, part.end, part.encoding).read()


def tree(mail: bytes) -> list[tuple[str, str]]:
    return [(part.number, part.type.word) for part in split(mail).parts]


# Mails that the standard library writes


def leaves() -> st.SearchStrategy[EmailMessage]:
    return st.recursive(st.builds(leaf, st.binary(max_size=200), st.booleans()), nest, max_leaves=8)


def leaf(data: bytes, as_text: bool) -> EmailMessage:
    message = EmailMessage()
    if as_text:
        message.set_content(data.decode("latin-1").replace("\r", "").replace("\n", " "))
    else:
        message.set_content(data, "application", "gzip", filename="ä !x.gz")
    return message


def nest(inner: st.SearchStrategy[EmailMessage]) -> st.SearchStrategy[EmailMessage]:
    return st.one_of(
        st.builds(together, st.lists(inner, min_size=1, max_size=3)), st.builds(forwarded, inner)
    )


def together(parts: list[EmailMessage]) -> EmailMessage:
    message = EmailMessage()
    message["Content-Type"] = "multipart/mixed"
    for part in parts:
        message.attach(part)
    return message


def forwarded(inner: EmailMessage) -> EmailMessage:
    message = EmailMessage()
    message["Content-Type"] = "message/rfc822"
    inner["Subject"] = "inner" if "Subject" not in inner else ""
    message.set_payload([inner])
    return message


@given(leaves(), st.sampled_from([b"\n", b"\r\n"]))
def test_agrees_with_the_standard_library(message: EmailMessage, newline: bytes) -> None:
    data = message.as_bytes().replace(b"\n", newline)
    read = email.message_from_bytes(data, policy=email.policy.HTTP)
    wanted = [
        (part.get_content_type(), part.get_payload(decode=True), part.get_filename() or "")
        for part in read.walk()
        if not part.is_multipart()
    ]
    found = [(part.type.word, octets(part), part.filename) for part in split(data).parts]
    assert found == wanted


# By hand


def test_numbers_mails_and_spans() -> None:
    inner = b"Subject: in\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nx\n--i\n\ny\n--i--\n"
    data = (
        b"Subject: out\nContent-Type: multipart/mixed; boundary=o\n\npreamble\n--o\n\na\n--o\n"
        b"Content-Type: message/rfc822\n\n" + inner + b"--o\n\nz\n--o--\nepilogue\n--o\n\nnone\n"
    )
    found = split(data)
    assert [part.number for part in found.parts] == ["1", "2.1", "2.2", "3"]
    assert [octets(part) for part in found.parts] == [b"a", b"x", b"y", b"z"]
    assert [mail.outer is None for mail in found.mails] == [True, False]
    assert found.mails[0].raw == data
    assert found.mails[1].raw == inner.removesuffix(b"\n")
    assert found.mails[1].header == b"Subject: in\nContent-Type: multipart/mixed; boundary=i\n\n"
    assert found.parts[1].mail is found.mails[1]


SHAPES: dict[str, tuple[bytes, list[tuple[str, str]]]] = {
    "nothing": (b"", [("1", "text/plain")]),
    "no header": (b"\nbody", [("1", "text/plain")]),
    "no boundary": (b"Content-Type: multipart/mixed\n\n--x\n\na", [("1", "multipart/mixed")]),
    "no part": (b"Content-Type: multipart/mixed; boundary=x\n\nnothing\n", []),
    "not closed": (b"Content-Type: multipart/a; boundary=x\n\n--x\n\na", [("1", "text/plain")]),
    "space after the boundary": (
        b"Content-Type: multipart/a; boundary=x\n\n--x \t\n\na\n--x-- \n\n--x\n\nb",
        [("1", "text/plain")],
    ),
    "longer lines are others": (
        b"Content-Type: multipart/a; boundary=x\n\n--xy\n\na\n--x\n\nb\n --x\n--x-\n",
        [("1", "text/plain")],
    ),
    "the outer one ends the inner one": (
        b"Content-Type: multipart/a; boundary=o\n\n--o\n"
        b"Content-Type: multipart/b; boundary=i\n\n--i\n\na\n--o\n\nb\n--i\n\nc\n--o--",
        [("1.1", "text/plain"), ("2", "text/plain")],
    ),
    "a header that never ends": (
        b"Content-Type: multipart/a; boundary=x\n\n--x\nContent-Type: a/b\n--x\n\nb\n",
        [("1", "a/b"), ("2", "text/plain")],
    ),
    "digest": (
        b"Content-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: a\n\nb\n--x--",
        [("1", "text/plain")],
    ),
    "report": (
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/rfc822\n\n"
        b"Content-Type: a/b\n\nc\n--x--",
        [("1", "message/rfc822")],
    ),
    "a message that is encoded": (
        b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nYQ==",
        [("1", "message/rfc822")],
    ),
    "quoted boundary, folded": (
        b'Content-Type: multipart/a;\n\tboundary="x y;=z"\n\n--x y;=z\n\na\n--x y;=z--',
        [("1", "text/plain")],
    ),
    "boundary of octets": (
        b'Content-Type: multipart/a; boundary="\xff\xc3\xa9"\n\n--\xff\xc3\xa9\n\na',
        [("1", "text/plain")],
    ),
    "boundary in pieces": (
        b"Content-Type: multipart/a; boundary*0=x; boundary*1=y\n\n--xy\n\na",
        [("1", "text/plain")],
    ),
}


@pytest.mark.parametrize(("mail", "found"), SHAPES.values(), ids=SHAPES)
def test_shapes(mail: bytes, found: list[tuple[str, str]]) -> None:
    assert tree(mail) == found
    assert tree(mail.replace(b"\n", b"\r\n")) == found


def test_a_quoted_message_is_marked() -> None:
    report, _ = SHAPES["report"]
    [part] = split(report).parts
    assert part.quoted
    assert part.within == "multipart/report"


# Limits

MULTI = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"


@pytest.mark.parametrize(
    ("mail", "fault", "parts"),
    [
        (b"Content-Type: multipart/a; boundary=x\n\n" + b"--x\n\na\n" * 50, Fault.TOO_MANY, 9),
        (b"".join(MULTI % (n, n) for n in range(30)) + b"\na", Fault.TOO_DEEP, 0),
        (b"Content-Type: message/rfc822\n\n" * 30 + b"a", Fault.TOO_DEEP, 0),
        (b"X: " + b"y" * 2000 + b"\n\na", Fault.TOO_LARGE, 1),
    ],
)
def test_limits(mail: bytes, fault: Fault, parts: int) -> None:
    found = split(mail, Limits(parts=10, nesting=5, header=1000))
    assert [trouble.fault for trouble in found.troubles] == [fault]
    assert len(found.parts) == parts


HEAD = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n"
REPEATED = [b"--b\n", b"--b\n\n", b"--\n", b"--b", b"\n", b"--b\nContent-Type: message/rfc822\n\n",
            b"--b\nContent-Type: multipart/a; boundary=b\n\n", b"--b--\n", b"X: y\n",
            b"Content-Type: a;b=c;", b"--b\n--"]  # fmt: skip


@pytest.mark.parametrize("piece", REPEATED)
def test_work_grows_with_length_and_not_faster(piece: bytes) -> None:
    def work(times: int) -> int:
        return calls(lambda: split(HEAD + piece * times, Limits(parts=10**9)))

    assert work(1600) <= 4.5 * work(400)


@given(
    st.binary(max_size=300) | st.lists(st.sampled_from(REPEATED)).map(lambda p: HEAD + b"".join(p))
)
def test_any_octets_are_a_mail(data: bytes) -> None:
    found = split(data)
    for part in found.parts:
        assert part.mail.start <= part.mail.body <= part.start <= part.end <= len(data)
        assert part.end <= part.mail.end
        octets(part)


# Fields


@pytest.mark.parametrize(
    ("text", "word", "parameters"),
    [
        (b" Text/XML; Name=a.xml", "text/xml", {"name": "a.xml"}),
        (b'a/b;x="1;\\"2";y = 3 ;z', "a/b", {"x": '1;"2', "y": "3"}),
        (b"a/b; x=1; X=2", "a/b", {"x": "1"}),
        (b"a/b; boundary=----=_Part", "a/b", {"boundary": "----=_Part"}),
        (b"a/b; f*=utf-8''%C3%A4%20b", "a/b", {"f": "ä b"}),
        (b"a/b; f*=iso-8859-1'de'%E4", "a/b", {"f": "ä"}),
        (b"a/b; f*=rot13''%E4", "a/b", {"f": "ä"}),
        (b"a/b; f*=%41", "a/b", {"f": "A"}),
        (b"a/b; f*1=b; f*0=a", "a/b", {"f": "ab"}),
        (b"a/b; f*0*=utf-8''%41; f*1=b; f*2*=%43", "a/b", {"f": "AbC"}),
        (b"a/b; f=plain; f*=utf-8''x", "a/b", {"f": "plain"}),
        (b"base64 (yes)", "base64", {}),
        (b"", "", {}),
        (b"; x=1", "", {}),
        (b'a/b; x="open', "a/b", {"x": "open"}),
    ],
)
def test_values(text: bytes, word: str, parameters: dict[str, str]) -> None:
    found = value(text)
    assert found.word == word
    assert dict(found.parameters) == parameters


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("=?utf-8?q?=C3=A4_b?=", "ä b"),
        ("=?UTF-8?B?w6Q=?= =?utf-8?b?w7Y?=", "äö"),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("=?zlib?b?eJw=?=", "x\x9c"),
        ("=?iso-8859-99?q?=E4?=", "ä"),
        ("=?utf-8?b?A?=", "=?utf-8?b?A?="),
        ("=?utf-8?x?A?=", "=?utf-8?x?A?="),
        ("=?utf-8?q?=FF?=", "\ufffd"),
    ],
)
def test_encoded_words(text: str, plain: str) -> None:
    assert words(text) == plain


def test_file_names() -> None:
    name = value(b'a/b; name="=?utf-8?q?a=1B=5B.xml?="')
    assert filename(value(b"attachment"), name) == "a\\x1b[.xml"
    assert filename(value(b"attachment; filename=b.xml"), name) == "b.xml"
    assert len(filename(value(b"a; filename=" + b"x" * 9000), name)) <= 200


@given(st.binary(max_size=200))
def test_any_octets_are_a_value(text: bytes) -> None:
    found = value(text)
    filename(found, found)


@given(st.text(max_size=100))
def test_any_text_has_words(text: str) -> None:
    words(text)


# Encodings


@given(st.binary(max_size=500), st.integers(1, 80))
def test_base64_and_its_lines(data: bytes, width: int) -> None:
    text = base64.b64encode(data)
    lines = b"\r\n".join(text[i : i + width] for i in range(0, len(text), width))
    for coded in (text, lines, lines.rstrip(b"="), lines + b"\r\n"):
        reader = decoded(coded, 0, len(coded), "base64")
        assert reader.read() == data
        assert reader.trouble is None


@given(st.binary(max_size=500))
def test_quoted_printable(data: bytes) -> None:
    coded = quopri.encodestring(data)
    assert decoded(coded, 0, len(coded), "quoted-printable").read() == quopri.decodestring(coded)


@pytest.mark.parametrize("end", [0, 1, 2, 3])
def test_escapes_are_not_torn_at_the_edge_of_a_chunk(end: int) -> None:
    coded = b"a" * (65536 - end) + b"=41=42" + b"b" * 70_000
    reader = decoded(coded, 0, len(coded), "quoted-printable")
    assert reader.read() == coded.replace(b"=41=42", b"AB")


def test_base64_that_breaks_off() -> None:
    reader = decoded(b"QUJDR", 0, 5, "base64")
    assert reader.read() == b"ABC"
    assert reader.trouble
    assert reader.trouble.fault is Fault.DAMAGED


@pytest.mark.parametrize(
    ("make", "encoding"),
    [
        (base64.encodebytes, "7bit"),
        (lambda d: d, "base64"),
        (lambda d: d, "unheard-of"),
    ],
)
def test_the_text_counts_where_the_header_is_wrong(
    make: Callable[[bytes], bytes], encoding: str
) -> None:
    data = b'<?xml version="1.0"?><feedback/>'
    coded = make(data)
    assert decoded(coded, 0, len(coded), encoding).read() == data
