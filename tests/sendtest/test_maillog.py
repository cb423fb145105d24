"""Lines of Postfix's log, as they are and as somebody would like them to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.sendtest.maillog import (
    MAX_LINE,
    Again,
    Event,
    Expired,
    Held,
    Named,
    Refused,
    Step,
    read,
)

HEAD = "Nov 23 18:01:44 mail postfix/"
SENT = (
    "{id}: to=<bob@b.example>, relay=mx.b.example[192.0.2.1]:25, delay=1.5, delays=0/0/1/0.5, "
    "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4XX)"
)


def step(line: str) -> Step:
    found = read(line)
    assert isinstance(found, Step)
    return found


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("cleanup[1]: 4AB12: message-id=<a@b.example>", Named("4AB12", "<a@b.example>")),
        ("cleanup[1]: 4AB12: resent-message-id=<a@b>", Named("4AB12", "<a@b>")),
        ("cleanup[1]: 4DY4cR2kqTz9sJ3: message-id=<a@b>", Named("4DY4cR2kqTz9sJ3", "<a@b>")),
        ("pickup[1]: 4NEW1: uid=0 from=<a@b> orig_id=4OLD1", Again("4NEW1", "4OLD1")),
        ("pickup[1]: 4NEW1: uid=0 from=<a@b>", None),
        (
            "cleanup[1]: 4AB12: milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: 5.7.1 "
            "Spam message rejected; from=<a@b> to=<c@d> proto=ESMTP helo=<x>",
            Refused("4AB12", "5.7.1 Spam message rejected"),
        ),
        (
            "cleanup[1]: 4AB12: reject: header Subject: bad from local; from=<a@b> to=<c@d>: "
            "5.7.1 no",
            Refused("4AB12", "5.7.1 no"),
        ),
        ("cleanup[1]: 4AB12: hold: header Subject: x from local; from=<a@b>", Held("4AB12")),
        ("postsuper[1]: 4AB12: placed on hold", Held("4AB12")),
        ("qmgr[1]: 4AB12: from=<a@b>, status=expired, returned to sender", Expired("4AB12")),
        ("qmgr[1]: 4AB12: from=<a@b>, status=force-expired, returned to sender", Expired("4AB12")),
        ("qmgr[1]: 4AB12: from=<a@b>, size=1, nrcpt=1 (queue active)", None),
        ("qmgr[1]: 4AB12: removed", None),
        ("smtpd[1]: NOQUEUE: reject: RCPT from x[1.2.3.4]: 554 5.7.1 <a@b>: no", None),
        ("smtp[1]: connect to mx.b.example[192.0.2.1]:25: Connection timed out", None),
    ],
)
def test_what_a_line_tells(line: str, event: Event | None) -> None:
    assert read(HEAD + line) == event


@pytest.mark.parametrize(
    "head",
    [
        "Nov 23 18:01:44 mail postfix/smtp[77]: ",
        "Nov  3 18:01:44 mail postfix/smtp[77]: ",
        "<22>Nov 23 18:01:44 mail postfix/smtp[77]: ",
        "2026-11-23T18:01:44.123456+00:00 mail postfix/smtp[77]: ",
        "2026-11-23T18:01:44+0000 mail.example.com postfix-out/smtp[77]: ",
        "2026-11-23T18:01:44Z mail postfix/relay/smtp[77]: ",
    ],
)
def test_every_way_to_write_the_time_and_the_program(head: str) -> None:
    found = step(head + SENT.format(id="4AB12") + "\n")
    assert (found.queue_id, found.program, found.word) == ("4AB12", "smtp", "sent")
    assert (found.host, found.ip, found.port) == ("mx.b.example", "192.0.2.1", 25)
    assert (found.dsn, found.delay, found.next) == ("2.0.0", 1.5, "")


@pytest.mark.parametrize(
    ("line", "host", "ip"),
    [
        (
            "relay=none, delay=1, delays=1/0/0/0, dsn=4.4.3, status=deferred (Host not found)",
            "",
            "",
        ),
        ("relay=local, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (ok)", "local", ""),
        ("relay=mx[2001:db8::1]:25, delay=1, dsn=2.0.0, status=sent (ok)", "mx", "2001:db8::1"),
        ("relay=d[private/lmtp], delay=1, dsn=2.0.0, status=sent (ok)", "d", "private/lmtp"),
        (
            "relay=mx[192.0.2.1]:25, conn_use=2, delay=1, dsn=2.0.0, status=sent (x)",
            "mx",
            "192.0.2.1",
        ),
    ],
)
def test_whom_it_was_handed_to(line: str, host: str, ip: str) -> None:
    found = step(f"{HEAD}smtp[1]: 4AB12: to=<b@c.example>, {line}")
    assert (found.host, found.ip) == (host, ip)


def test_an_alias_keeps_the_address_that_was_written_to() -> None:
    found = step(
        f"{HEAD}lmtp[1]: 4AB12: to=<real@b.example>, orig_to=<alias@b.example>, relay=x[y], "
        "delay=1, dsn=2.0.0, status=sent (ok)"
    )
    assert (found.recipient, found.original) == ("real@b.example", "alias@b.example")


LIES = [
    # A recipient that looks like the rest of a line.
    (
        '"x>, relay=evil[192.0.2.9]:25, delay=0, dsn=2.0.0, status=sent (ok"@c.example',
        "host mx[192.0.2.1] said: 550 5.1.1 no",
    ),
    # A reply that looks like another line.
    (
        "b@c.example",
        "host mx[192.0.2.1] said: 550 5.1.1 to=<b@c.example>, relay=evil[192.0.2.9]:25, "
        "delay=0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4EVIL)",
    ),
]


@pytest.mark.parametrize(("recipient", "said"), LIES)
def test_nobody_writes_a_step_into_an_address_or_a_reply(recipient: str, said: str) -> None:
    found = step(
        f"{HEAD}smtp[1]: 4AB12: to=<{recipient}>, relay=mx[192.0.2.1]:25, delay=1, "
        f"delays=0/0/0/1, dsn=5.1.1, status=bounced ({said})"
    )
    assert (found.word, found.host, found.next) == ("bounced", "mx", "")
    assert found.recipient == recipient


@pytest.mark.parametrize(
    "line",
    [
        # A subject that header_checks logs.
        f"{HEAD}cleanup[1]: 4AB12: warning: header Subject: 4AB12: to=<b@c>, relay=x[1]:25, "
        "dsn=2.0.0, status=sent (ok) from local; from=<a@b> to=<c@d>",
        # Another program that repeats what it was told.
        "Nov 23 18:01:44 mail dovecot: imap-login: user=<Nov 23 18:01:44 mail postfix/smtp[1]: x",
        "Nov 23 18:01:44 mail sshd[1]: 4AB12: to=<b@c>, relay=x[1]:25, dsn=2.0.0, status=sent (ok)",
        "Nov 23 18:01:44 mail evil postfix/smtp[1]: " + SENT.format(id="4AB12"),
    ],
)
def test_lines_that_only_look_like_steps_are_none(line: str) -> None:
    assert read(line) is None


def test_replies_cannot_steer_a_terminal() -> None:
    found = step(
        f"{HEAD}smtp[1]: 4AB12: to=<b@c>, relay=x\x1b]0;y[192.0.2.1]:25, delay=1, dsn=5.0.0, "
        "status=bounced (host x said: 550 \x1b[2Jgone\u202e)"
    )
    assert found.said.isprintable()
    assert found.host.isprintable()


@given(st.text(max_size=300))
def test_no_line_is_too_odd(text: str) -> None:
    for line in (text, HEAD + text, f"{HEAD}smtp[1]: 4AB12: to=<{text}>, {text}"):
        read(line)


@pytest.mark.parametrize(
    "piece", ['"', '"a"', "<", ">", "\\", "to=<", "a" * 9 + ", ", "(", "from "]
)
def test_long_lines_take_no_longer_than_their_length(piece: str) -> None:
    for head in ("cleanup[1]: 4AB12: reject: header ", "smtp[1]: 4AB12: to=<", "x[1]: "):
        line = HEAD + head + piece * (MAX_LINE // len(piece))
        assert read(line) is None
