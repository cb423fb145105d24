"""The form of messages: RFC 5322 §2 and §3.6, RFC 6532, RFC 2045 §3, RFC 8058."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.dkim.result import DkimResults, DkimSignature, Result
from mailworthy.dkim.signature import parse as parse_signature
from mailworthy.message import read
from mailworthy.message.author import author
from mailworthy.message.header import Message
from mailworthy.receive.form import Code, Form, Level, OneClickProblem, form, is_list, one_click

CLEAN = {
    "From": "Joe <joe@example.com>",
    "To": "jane@example.net",
    "Subject": "hello",
    "Date": "Mon, 23 Nov 2026 12:00:00 +0000",
    "Message-ID": "<a.b@example.com>",
}


def judge(data: bytes, dkim: DkimResults | None = None, *, smtputf8: bool | None = None) -> Form:
    message = read(data)
    who = author([message.lines[i].partition(b":")[2] for i in message.places.get(b"from", ())])
    return form(message, who, dkim, smtputf8=smtputf8)


def header(changes: dict[str, str | None] | None = None, more: str = "") -> str:
    fields = CLEAN | (changes or {})
    return "".join(f"{k}: {v}\r\n" for k, v in fields.items() if v is not None) + more


def message(changes: dict[str, str | None] | None = None, more: str = "") -> bytes:
    return (header(changes, more) + "\r\nbody\r\n").encode("utf-8", "surrogateescape")


def test_a_clean_message_has_no_flaw() -> None:
    assert judge(message()).flaws == ()


def test_a_flaw_is_whole() -> None:
    (flaw,) = judge(message(more="To: x@example.net\r\n")).flaws
    assert (flaw.code, flaw.level) == (Code.DUPLICATE_FIELD, Level.MUST)
    assert flaw.message == "there are several To fields"
    assert (flaw.detail, flaw.field, flaw.section) == ("2 of them", "To", "RFC 5322 §3.6")


FIELDS: list[tuple[dict[str, str | None], str, list[str]]] = [
    # what is changed, what is added, what is wrong
    ({"From": None}, "", ["no-from"]),
    ({}, "From: joe@example.com\r\n", ["several-from"]),
    ({"From": "Joe"}, "", ["faulty-from"]),
    ({"From": "joe@example..com"}, "", ["faulty-from"]),
    ({"From": "a@example.com <b@example.net>"}, "", ["faulty-from"]),
    ({"From": "Smith, Joe <joe@example.com>"}, "", ["loose-from"]),
    ({"From": "<joe@example.com"}, "", ["loose-from"]),
    ({"From": "a@example.com, b@example.com"}, "", ["no-sender"]),
    ({"From": "a@example.com, b@example.com"}, "Sender: a@example.com\r\n", []),
    ({"Date": None}, "", ["no-date"]),
    ({}, "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n", ["several-date"]),
    ({"Date": "yesterday"}, "", ["bad-date"]),
    ({"Date": ""}, "", ["bad-date"]),
    ({"Date": "Tue, 23 Nov 2026 12:00:00 +0000"}, "", ["bad-date"]),
    ({"Date": "Mon, 23 Nov 2026 12:00:00 GMT"}, "", ["obsolete-date"]),
    ({"Date": "Tue, 23 Nov 26 12:00:00 +0000"}, "", ["bad-date"]),
    ({"Message-ID": None}, "", ["no-message-id"]),
    ({}, "Message-ID: <c@example.com>\r\n", ["several-message-id"]),
    ({"Message-ID": ""}, "", ["bad-message-id"]),
    ({"Message-ID": "a@example.com"}, "", ["bad-message-id"]),
    ({"Message-ID": "<a>"}, "", ["bad-message-id"]),
    ({"Message-ID": "<a@>"}, "", ["bad-message-id"]),
    ({"Message-ID": "<@b>"}, "", ["bad-message-id"]),
    ({"Message-ID": "<a@b@c>"}, "", ["bad-message-id"]),
    ({"Message-ID": "<a b@c>"}, "", ["bad-message-id"]),
    ({"Message-ID": "<a@b.>"}, "", ["bad-message-id"]),
    ({"Message-ID": "<a..b@c>"}, "", ["bad-message-id"]),
    ({"Message-ID": "<a@b> x"}, "", ["bad-message-id"]),
    ({"Message-ID": "<a@b> <c@d>"}, "", ["bad-message-id"]),
    ({"Message-ID": "<" + "a" * 990 + "@b.example>"}, "", ["bad-message-id", "line-too-long"]),
    ({"Message-ID": "<a$1=2@[127.0.0.1]>"}, "", []),
    ({"Message-ID": "\r\n <a@b>"}, "", []),
    ({"Message-ID": "(one) <a@b> (two (three))"}, "", []),
    ({"Message-ID": "(<a@b>)"}, "", ["bad-message-id"]),
    *(({}, f"{name}: a\r\n{name.upper()}: b\r\n", ["duplicate-field"])
      for name in ("Sender", "Reply-To", "Cc", "Bcc", "In-Reply-To", "References",
                   "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-ID")),
    ({}, "To: a\r\nTo: b\r\nSubject: c\r\n", ["duplicate-field", "duplicate-field"]),
    *(({}, f"{name}: a\r\n{name}: b\r\n", [])
      for name in ("Received", "Comments", "Keywords", "Resent-To", "X-Any", "DKIM-Signature")),
    ({}, "To : a\r\n", ["duplicate-field", "space-before-colon"]),
    ({"X": "a : b\r\n and\t: more"}, "", []),
    ({}, "no field\r\n", ["bad-header-line"]),
    ({}, ": no name\r\n", ["bad-header-line"]),
    ({}, "X Y: a\r\n", ["bad-header-line"]),
    ({}, "X\x7f: a\r\n", ["control-character", "bad-header-line"]),
    ({}, "X: \x1b[2J\r\n", ["control-character"]),
    ({}, "X: \0\r\n", ["nul"]),
    ({}, "X: a\tb\r\n\tc\r\n", []),
    ({}, "X: Grüße\r\n", ["8bit-header"]),
    ({}, "X: \udcff\r\n", ["invalid-utf8"]),
    ({}, "X: \udced\udca0\udc80\r\n", ["invalid-utf8"]),
    ({"Received": "from a by b with UTF8SMTPS id 1; Mon"}, "X: Grüße\r\n", []),
    ({"Received": "from a by b with UTF8SMTPS id 1; Mon"}, "X: \udcff\r\n", ["invalid-utf8"]),
    ({"Received": "from a by b with ESMTP id 1"}, "Received: from c by d with UTF8SMTP\r\nX: é\r\n",
     ["8bit-header"]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "more", "codes"), FIELDS)
def test_fields(changes: dict[str, str | None], more: str, codes: list[str]) -> None:
    assert sorted(flaw.code for flaw in judge(message(changes, more)).flaws) == sorted(codes)


LEVELS = [
    (message({"Message-ID": None}), Code.NO_MESSAGE_ID, Level.SHOULD),
    (message({"From": None}), Code.NO_FROM, Level.MUST),
    (message({"Date": None}), Code.NO_DATE, Level.MUST),
    (message({"Date": "23 Nov 2026 12:00 GMT"}), Code.OBSOLETE_DATE, Level.SHOULD),
    (message({"Date": "now"}), Code.BAD_DATE, Level.MUST),
    (message({"X ": "a"}), Code.SPACE_BEFORE_COLON, Level.SHOULD),
    (message({"X": "é"}), Code.EIGHT_BIT_HEADER, Level.SHOULD),  # nobody knows the session
    (message({"Received": "by x with ESMTP", "X": "é"}), Code.EIGHT_BIT_HEADER, Level.MUST),
    (message({"X": "\udcff"}), Code.INVALID_UTF8, Level.MUST),
    (header().encode(), Code.NO_HEADER_END, Level.SHOULD),
]


@pytest.mark.parametrize(("data", "code", "level"), LEVELS)
def test_levels(data: bytes, code: Code, level: Level) -> None:
    assert [(flaw.code, flaw.level) for flaw in judge(data).flaws] == [(code, level)]


@pytest.mark.parametrize(("smtputf8", "codes"), [(True, []), (False, ["8bit-header"])])
def test_a_session_says_whether_utf8_may_come(smtputf8: bool, codes: list[str]) -> None:
    changes = {"Received": "from a by b with UTF8SMTP"} if not smtputf8 else {}
    found = judge(message({**changes, "Subject": "Grüße"}), smtputf8=smtputf8)
    assert [flaw.code for flaw in found.flaws] == codes


DETAILS: list[tuple[bytes, str, str]] = [
    (message({"Subject": "x" * 990}), "line-too-long", "line 3, in the header: 999 octets"),
    (message() + b"x" * 1200 + b"\r\n", "line-too-long", "line 8, in the body: 1200 octets"),
    (message() + b"x" * 999, "line-too-long", "line 8, in the body: 999 octets"),
    (message() + b"a\rb\r\n", "bare-cr", "line 8, in the body"),
    (message() + b"a\0\r\n", "nul", "line 8, in the body"),
    (message() + b"one\r\ntwo\nthree\r\n", "bare-lf", "line 9"),
    (message(more="\x1b[2J x\r\n"), "bad-header-line", "line 6, in the header: \\x1b[2J x"),
    (message(more="X-\udcff: x\r\n"), "bad-header-line", "X-\\xff"),
    (message(more="X-\udcff: x\r\n"), "invalid-utf8", "in X-\\xff"),
    (message(more="A: b\r\nX: \x07\r\n"), "control-character", "in X"),
    (message(more="A: b\r\nX: é\r\n"), "8bit-header", "in X"),
    (message(more="X \t: a\r\n"), "space-before-colon", "X"),
    (message({"Date": "now\x1b[2J"}), "bad-date", "now\\x1b[2J: this is no date of RFC 5322"),
    (message({"From": "Joe"}), "faulty-from", ""),
    (header().encode(), "no-header-end", ""),
]


@pytest.mark.parametrize(("data", "code", "detail"), DETAILS)
def test_details_say_where(data: bytes, code: str, detail: str) -> None:
    assert [flaw.detail for flaw in judge(data).flaws if flaw.code == code] == [detail]


LINES = [
    (message() + b"x" * 998 + b"\r\n", []),
    (message() + b"x" * 998, []),
    (message() + (b"x" * 998 + b"\r\n") * 3 + b"y" * 999 + b"\r\nz", ["line-too-long"]),
    (message() + (b"\r\n" + b"x" * 998) * 3 + b"\r\n", []),
    (message().replace(b"\r\n", b"\n"), []),  # as files on Unix are
    (message() + b"a\nb\r\n", ["bare-lf"]),
    (message() + b"a\r\r\n", ["bare-cr"]),
    (header().encode(), ["no-header-end"]),
    (header().rstrip().encode(), ["no-header-end"]),
]


@pytest.mark.parametrize(("data", "codes"), LINES)
def test_lines(data: bytes, codes: list[str]) -> None:
    assert [flaw.code for flaw in judge(data).flaws] == codes


LISTS: list[tuple[dict[str, str | None], bool]] = [
    ({}, False),
    ({"List-Id": "<a.example.com>"}, True),
    ({"List-ID": ""}, True),
    ({"Precedence": "list"}, True),
    ({"Precedence": " List "}, True),
    ({"Precedence": "bulk"}, False),
    ({"List-Unsubscribe": "<https://example.com/>"}, False),
]


@pytest.mark.parametrize(("changes", "expected"), LISTS)
def test_lists(changes: dict[str, str | None], expected: bool) -> None:
    assert is_list(read(message(changes))) is expected
    assert judge(message(changes)).mailing_list is expected


# One click

BOTH = "from:list-unsubscribe:list-unsubscribe-post"


def signed(
    h: str = BOTH, result: Result = Result.PASS, added: tuple[str, ...] = ()
) -> DkimSignature:
    text = f"v=1; a=rsa-sha256; d=example.com; s=s; h={h}; bh=YQ==; b=YQ=="
    signature = parse_signature(text.encode()).record
    assert signature is not None
    return DkimSignature(0, result, "code", "reason", "section", signature=signature, added=added)


def results(*signatures: DkimSignature) -> DkimResults:
    return DkimResults(signatures)


GOOD = results(signed())
HTTPS = "<https://example.com/u/1>"
POST = "List-Unsubscribe=One-Click"


def offering(uris: str | None = HTTPS, post: str | None = POST, more: str = "") -> Message:
    return read(message({"List-Unsubscribe": uris, "List-Unsubscribe-Post": post}, more))


OFFERS: list[tuple[Message, DkimResults | None, list[str]]] = [
    (offering(), GOOD, []),
    (offering(f"<mailto:u@example.com>, {HTTPS}"), GOOD, []),
    (offering(f"{HTTPS},\r\n <mailto:u@example.com?subject=(a)>"), GOOD, []),
    (offering(f"(by web) {HTTPS} (or) , (mail) <mailto:u@example.com>"), GOOD, []),
    (offering("<HTTPS://example.com/u\r\n /1>"), GOOD, []),
    (offering(post=" list-unsubscribe=one-click "), GOOD, []),
    (offering(None, None), GOOD, ["absent"]),
    (offering(None), GOOD, ["absent"]),
    (offering(more=f"List-Unsubscribe: {HTTPS}\r\n"), GOOD, ["several-fields", "several-https"]),
    (offering("<mailto:u@example.com>"), GOOD, ["no-https"]),
    (offering(""), GOOD, ["no-https"]),
    (offering("https://example.com/u/1"), GOOD, ["no-https"]),
    (offering(f"unsubscribe: {HTTPS}"), GOOD, ["no-https"]),
    (offering(f"<mailto:u@example.com> {HTTPS}"), GOOD, ["no-https"]),
    (offering(f"<mailto:u@example.com>, x, {HTTPS}"), GOOD, ["no-https"]),
    (offering("<https:///u>"), GOOD, ["no-https"]),
    (offering(f"(open {HTTPS}"), GOOD, ["no-https"]),
    (offering("<http://example.com/u/1>"), GOOD, ["http-not-https"]),
    (offering(f"{HTTPS}, <http://example.com/u/1>"), GOOD, ["http-not-https"]),
    (offering(f"{HTTPS}, <https://example.net/u/1>"), GOOD, ["several-https"]),
    (offering(post=None), GOOD, ["no-post"]),
    (offering(more=f"List-Unsubscribe-Post: {POST}\r\n"), GOOD, ["several-post"]),
    (offering(post="List-Unsubscribe=One-click; x"), GOOD, ["wrong-post"]),
    (offering(post=""), GOOD, ["wrong-post"]),
    (offering(), results(), ["not-signed"]),
    (offering(), results(signed("from:list-unsubscribe")), ["not-signed"]),
    (offering(), results(signed("from:list-unsubscribe"), signed("from:list-unsubscribe-post")),
     ["not-signed"]),
    (offering(), results(signed(result=Result.FAIL)), ["not-signed"]),
    (offering(), results(signed(added=("list-unsubscribe",))), ["not-signed"]),
    (offering(), results(signed(result=Result.FAIL), signed()), []),
    (offering(), None, ["signature-unknown"]),
    (offering(), results(signed(result=Result.TEMPERROR)), ["signature-unknown"]),
    (offering(), results(signed(result=Result.TEMPERROR), signed()), []),
    (offering(), results(signed("from", Result.TEMPERROR)), ["not-signed"]),
    (offering("<http://example.com/u/1>", None), results(), ["http-not-https", "no-post",
                                                            "not-signed"]),
]  # fmt: skip


@pytest.mark.parametrize(("mail", "dkim", "problems"), OFFERS)
def test_one_click(mail: Message, dkim: DkimResults | None, problems: list[str]) -> None:
    found = one_click(mail, dkim)
    assert list(found.problems) == problems
    assert found.problem == (problems[0] if problems else None)
    unknown = problems == ["signature-unknown"]
    assert found.ok is (None if unknown else not problems)


def test_every_problem_has_words() -> None:
    for problem in OneClickProblem:
        assert problem.message
        assert problem.section.startswith("RFC 8058 §")


def test_uris_are_shown_harmless() -> None:
    found = one_click(offering("<https://example.com/\x1b[2J>, <mailto:u\r\n @example.com>"), None)
    assert found.uris == ("https://example.com/\\x1b[2J", "mailto:u@example.com")


BROKEN: list[tuple[Message, DkimResults | None, list[str]]] = [
    (offering(), GOOD, []),
    (offering(), results(), ["broken-one-click"]),
    (offering(), None, []),  # not known is not failed
    (offering("<mailto:u@example.com>", None), results(), []),  # not offered
    (offering(None), results(), ["broken-one-click"]),
]


@pytest.mark.parametrize(("mail", "dkim", "codes"), BROKEN)
def test_offered_one_click_has_to_work(
    mail: Message, dkim: DkimResults | None, codes: list[str]
) -> None:
    assert [flaw.code for flaw in judge(mail.data, dkim).flaws] == codes


# Laws

PIECES = st.sampled_from(
    [
        *("From", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "To", "X"),
        *(":", " :", ": ", "\r\n", "\n", "\r", "\0", "\x1b", " ", "\t", "é", "\udcff", "\r\n\r\n"),
        *("<a@b.example>", "<https://a.example/>", ",", "(", ")", "23 Nov 2026 12:00:00 GMT", POST),
        *("List-Id", "Received: by x with UTF8SMTP\r\n", "x" * 999),
    ]
)
ANY = st.one_of(
    st.lists(PIECES, max_size=40).map(lambda p: "".join(p).encode("utf-8", "surrogateescape")),
    st.binary(max_size=200),
)


@given(ANY)
def test_whatever_comes_gives_printable_flaws(data: bytes) -> None:
    found = judge(data, GOOD)
    for flaw in found.flaws:
        assert (flaw.message + flaw.detail + flaw.field).isprintable()
        assert len(flaw.detail) < 500
        assert flaw.section.startswith("RFC ")
    kinds = [(flaw.code, flaw.field) for flaw in found.flaws if flaw.code != Code.BAD_HEADER_LINE]
    assert len(set(kinds)) == len(kinds)
    assert all(uri.isprintable() for uri in found.one_click.uris)


@given(ANY)
def test_line_ends_of_a_file_change_nothing(data: bytes) -> None:
    """Unless they are mixed, or a CR stands alone."""
    text = data.replace(b"\r", b"")
    unix = [flaw for flaw in judge(text).flaws if flaw.code != Code.BARE_LF]
    assert list(judge(text.replace(b"\n", b"\r\n")).flaws) == unix


@pytest.mark.parametrize(
    "line",
    [b"X-%d: a\r\n", b"From: a%d@b.example\r\n", b"To : %d\r\n", b"x%d\r\n", b"X%d: \x01\r\n"],
)
def test_many_fields(line: bytes) -> None:
    data = b"".join(line % number for number in range(100_000)) + b"\xff: x\r\n\r\n"
    assert judge(data).has(Code.NO_DATE)


@pytest.mark.parametrize(
    "body",
    [b"\r" * 10**6, b"\r\n" * 500_000, b"\n" * 10**6, b"\rx" * 500_000, b"\0" * 10**6,
     (b"x" * 998 + b"\r\n") * 1000, (b"\n" + b"x" * 998) * 1000],
)  # fmt: skip
def test_large_bodies(body: bytes) -> None:
    assert not judge(message() + body).has(Code.NO_HEADER_END, Code.NO_DATE)
