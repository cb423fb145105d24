"""What a mail server is answered about a message, and what becomes of its header."""

import json
from datetime import date
from pathlib import Path

import msgspec
import pytest

from mailworthy.arc.facade import verify as verify_arc
from mailworthy.dkim.facade import sign
from mailworthy.dkim.facade import verify as verify_dkim
from mailworthy.lookup.model import Why
from mailworthy.message.authres import parse
from mailworthy.message.header import read
from mailworthy.milter.draft import Limits
from mailworthy.milter.handled import Act, Handled, Origin, Unsigned
from mailworthy.milter.judge import MOST_REMOVED
from mailworthy.milter.logs import message as log_line
from mailworthy.milter.wire import frames, replies
from mailworthy.milter.wire.words import Family
from mailworthy.receive.load import names
from mailworthy.receive.profile import Line, Profile
from mailworthy.receive.words import Disposition, Fact
from milterkit import NO_QUIET, OFFER, OLD, answers, message_frames
from milterworld import (
    HOST,
    LETTER,
    LIST,
    LIST_IP,
    NOW,
    SPOOFER,
    applied,
    final,
    handle,
    judge,
    key_folder,
    keys,
    mail,
    of_frames,
    world,
)


def signed(message: bytes, **how: object) -> bytes:
    rsa = keys()[0]
    options = {"domain": "example.com", "selector": rsa.public.selector, "key": rsa.secret}
    return sign(message, now=NOW, **{**options, **how})  # type: ignore[arg-type]


def results(message: bytes) -> list[tuple[str, dict[str, str]]]:
    """The Authentication-Results fields, from top to bottom."""
    found = [parse(value).record for value in read(message).values(b"authentication-results")]
    return [(r.authserv_id, {m.method: m.result for m in r.results}) for r in found if r]


def spoofed(domain: str = "example.com") -> bytes:
    return LETTER.replace(b"@example.com", f"@{domain}".encode())


def from_nowhere(message: bytes, domain: str = "example.com", **more: object) -> Handled:
    """A spoofer: another address, no name, SPF says no."""
    came = mail(message, ip=SPOOFER, helo="bad.example", sender=f"a@{domain}")
    return handle(judge(**more), came)


def test_a_good_letter_is_taken_with_our_results_on_top() -> None:
    came = mail(signed(LETTER))
    handled = handle(judge(), came)
    assert (handled.act, handled.origin, handled.judged) == (Act.ACCEPTED, Origin.OUTSIDE, True)
    assert final(handled) == replies.Continue()
    delivered = applied(came.data, handled)
    assert delivered.startswith(b"Authentication-Results: mx.example.org;")
    ((name, found),) = results(delivered)
    assert name == HOST
    assert {m: found[m] for m in ("spf", "dkim", "dmarc", "iprev")} == dict.fromkeys(
        ("spf", "dkim", "dmarc", "iprev"), "pass"
    )
    assert delivered.endswith(came.data)


def test_a_spoofed_domain_with_reject_is_refused_with_the_reason() -> None:
    handled = from_nowhere(LETTER)
    assert handled.act is Act.REFUSED
    (reply,) = handled.replies
    assert isinstance(reply, replies.ReplyCode)
    assert (reply.code, reply.enhanced[0]) == ("550", "5")
    assert "example.com" in reply.text
    assert reply.text == handled.reason


def test_a_spoofed_domain_with_none_is_taken_and_not_marked_for_it() -> None:
    message = spoofed("none.example.com")
    came = mail(message, ip=LIST_IP, helo=LIST, sender=f"b@{LIST}")
    handled = handle(judge(), came)
    assert handled.act is Act.ACCEPTED
    assert dict(handled.results)["dmarc"] == "fail"
    assert b"X-Spam" not in applied(message, handled)


def test_quarantine_marks_as_rspamd_does() -> None:
    message = spoofed("soft.example.com")
    came = mail(message, ip=LIST_IP, helo=LIST, sender=f"b@{LIST}")
    handled = handle(judge(), came)
    assert handled.act is Act.MARKED
    assert b"\r\nX-Spam: Yes\r\n" in applied(message, handled)


def test_quarantine_may_hold() -> None:
    came = mail(spoofed("soft.example.com"), ip=LIST_IP, helo=LIST, sender=f"b@{LIST}")
    handled = handle(judge(quarantine="hold"), came)
    assert handled.act is Act.HELD
    *changes, hold, last = handled.replies
    assert hold == replies.Quarantine(handled.reason)
    assert last == replies.Continue()
    assert not any(isinstance(c, replies.InsertHeader) and c.name == b"X-Spam" for c in changes)


def test_a_list_that_broke_a_signature_is_marked_and_not_refused() -> None:
    """RFC 9989 §7.4: a failure under p=reject alone refuses nothing."""
    message = signed(LETTER).replace(b"body", b"body\r\n-- the list")
    came = mail(message, ip=LIST_IP, helo=LIST, sender=f"l@{LIST}")
    assert handle(judge(), came).act is Act.MARKED
    assert handle(judge(dmarc_reject="always"), came).act is Act.REFUSED


def test_who_only_watches_refuses_nothing() -> None:
    handled = from_nowhere(LETTER, refuse=False)
    assert handled.act is Act.MARKED
    assert b"\r\nX-Spam: Yes\r\n" in applied(LETTER, handled)


OURS = b"Authentication-Results: mx.example.org; spf=pass\r\n"
THEIRS = b"Authentication-Results: other.example; spf=pass\r\n"


@pytest.mark.parametrize(
    "above",
    [
        OURS,
        OURS * 3,
        THEIRS + OURS + THEIRS + OURS,
        OURS.replace(b"Auth", b"AUTH") + THEIRS + OURS.replace(b"mx.", b"\r\n\t(x) MX."),
        b"Authentication-Results: sub.mx.example.org; dmarc=pass\r\n" + THEIRS,
        b"Received: x\r\n" + OURS + b"X-Spam: No\r\nx-spam: YES\r\n" + OURS,
    ],
)
def test_forged_results_go_and_those_of_others_stay(above: bytes) -> None:
    message = signed(above + LETTER)
    came = mail(message)
    handled = handle(judge(), came)
    delivered = applied(message, handled)
    names = [name for name, _ in results(delivered)]
    assert names == [HOST] + ["other.example"] * above.count(b"other.example")
    assert b"x-spam" not in delivered.lower()
    assert handled.removed == sum(
        isinstance(reply, replies.ChangeHeader) for reply in handled.replies
    )
    assert verify_dkim(delivered, resolver=world(), now=NOW).signatures[0].result == "pass"


def test_the_last_goes_first_and_what_is_added_comes_behind() -> None:
    handled = handle(judge(), mail(OURS + THEIRS + OURS + LETTER))
    assert [
        reply.index for reply in handled.replies if isinstance(reply, replies.ChangeHeader)
    ] == [3, 1]
    kinds = [type(reply) for reply in handled.replies]
    assert kinds == [replies.ChangeHeader] * 2 + [replies.InsertHeader, replies.Continue]


@pytest.mark.parametrize(
    ("settings", "macros", "name"),
    [
        ({}, {}, "mx.example.org"),
        ({"authserv_id": "example.org"}, {}, "example.org"),
        ({}, {"j": ""}, "fallback.example.org"),
        ({}, {"j": "two words"}, "fallback.example.org"),
    ],
)
def test_how_we_call_ourselves(settings: dict[str, str], macros: dict[str, str], name: str) -> None:
    came = mail(connect=macros)
    ((found, _),) = results(applied(LETTER, handle(judge(**settings), came)))
    assert found == name


# DNS that does not answer

DOWN = {"example.com": Why.TIMEOUT, "_dmarc.example.com": Why.SERVFAIL, "com": Why.TIMEOUT}


def test_what_dns_would_decide_comes_later() -> None:
    came = mail(ip=LIST_IP, helo=LIST)
    handled = handle(judge(), came, DOWN)
    assert handled.act is Act.DEFERRED
    (reply,) = handled.replies
    assert isinstance(reply, replies.ReplyCode)
    assert reply.code == "451"


def test_or_is_taken_all_the_same_as_the_user_chose() -> None:
    came = mail(ip=LIST_IP, helo=LIST)
    handled = handle(judge(on_dns_failure="accept"), came, DOWN)
    assert handled.act is Act.ACCEPTED
    ((_, found),) = results(applied(LETTER, handled))
    assert found["dmarc"] == "temperror"


def test_what_is_known_marks_though_more_might_be() -> None:
    """SPF does not answer, and there are neither a signature nor a reverse name."""
    came = mail(ip=SPOOFER, helo=LIST)
    down = {"example.com": Why.TIMEOUT}
    assert handle(judge(), came, down).act is not Act.ACCEPTED
    assert handle(judge(on_dns_failure="accept", refuse=False), came, down).act is Act.MARKED


@pytest.mark.parametrize(
    ("code", "reply"),
    [
        ("550 5.7.26", ("550", "5.7.26")),
        ("421-4.7.0", ("421", "4.7.0")),
        ("554", ("554", "")),
        ("4.7.26", ("451", "4.7.26")),
        ("", ("550", "5.7.1")),
        ("550 4.7.1", ("550", "5.7.1")),
        ("no", ("550", "5.7.1")),
    ],
)
def test_the_codes_of_all_profiles_are_said(code: str, reply: tuple[str, str]) -> None:
    line = Line("x", "x", (Fact.DKIM_NONE,), Disposition.REJECT, "x", date(2026, 11, 23), code)
    made = msgspec.structs.replace(judge(), profile=Profile("x", "x", lines=(line,)))
    said = final(handle(made, mail()))
    assert isinstance(said, replies.ReplyCode)
    assert (said.code, said.enhanced) == reply


@pytest.mark.parametrize("name", names())
def test_every_profile_can_be_used(name: str) -> None:
    for came in (mail(), mail(ip=SPOOFER, helo="bad.example"), mail(b"")):
        handled = handle(judge(profile=name), came)
        answers(b"".join(map(replies.encode, handled.replies)))


# Mail of our own

USER = {"{auth_authen}": "anna"}


@pytest.mark.parametrize(
    ("how", "origin"),
    [
        ({"macros": USER, "ip": SPOOFER}, Origin.USER),
        ({"ip": "127.0.0.1"}, Origin.TRUSTED),
        ({"ip": "::1"}, Origin.TRUSTED),
        ({"ip": "::ffff:127.0.0.1"}, Origin.TRUSTED),
        ({"ip": "198.51.100.7"}, Origin.TRUSTED),
        ({"ip": "198.51.100.8"}, Origin.OUTSIDE),
        ({"ip": "2001:db8:1::5"}, Origin.TRUSTED),
        ({"ip": SPOOFER}, Origin.OUTSIDE),
    ],
)
def test_whose_mail_it_is(how: dict[str, str], origin: Origin) -> None:
    made = judge(trusted=("127.0.0.0/8", "::1", "198.51.100.7", "2001:db8:1::/48"))
    assert handle(made, mail(**how)).origin is origin  # type: ignore[arg-type]


@pytest.mark.parametrize("offer", [OFFER, NO_QUIET, OLD], ids=["postfix", "answers", "old"])
def test_our_people_are_not_judged_and_signed_with_both_keys(
    tmp_path: Path, offer: frames.Optneg
) -> None:
    made = judge(sign=str(key_folder(tmp_path)))
    message = THEIRS + LETTER.replace(b"Subject: a", b"Subject:  a\r\n \tb  ")
    came = mail(message, ip=SPOOFER, macros=USER, offer=offer)
    handled = handle(made, came)
    assert (handled.act, handled.signed) == (Act.ACCEPTED, ("r202611", "e202611"))
    delivered = applied(message, handled, leading_space=came.leading_space)
    found = verify_dkim(delivered, resolver=world(), now=NOW)
    assert [s.result for s in found.signatures] == ["pass", "pass"]
    assert {s.algorithm for s in found.signatures} == {"rsa-sha256", "ed25519-sha256"}
    assert THEIRS in delivered


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (LETTER, ""),
        (LETTER.replace(b"a@example.com", b"a@sub.example.com"), ""),
        (LETTER.replace(b"a@example.com", b"a@example.net"), "no key of example.net is here"),
        (b"From: a@example.com\r\n" + LETTER, "2 From fields"),
        (b"Subject: x\r\n\r\n", "without From"),
    ],
)
def test_what_is_not_signed(tmp_path: Path, message: bytes, why: str) -> None:
    handled = handle(judge(sign=str(key_folder(tmp_path))), mail(message, macros=USER))
    assert bool(handled.signed) is (not why)
    assert why in handled.reason
    assert handled.act is Act.ACCEPTED


@pytest.mark.parametrize(
    ("above", "sign"),
    [
        (b"", True),
        (THEIRS, True),
        (OURS.replace(b"spf=pass", b"spf=pass; dmarc=pass"), True),
        (OURS, False),
        (OURS.replace(b"spf=pass", b"dmarc=fail").replace(b"mx.ex", b"MX.Ex"), False),
        (OURS.replace(b"spf=pass", b"dmarc=pass; dmarc=fail"), False),
        (OURS.replace(b"spf=pass", b"none"), False),
    ],
)
def test_what_was_not_proven_when_it_came_is_not_signed_when_it_leaves(
    tmp_path: Path, above: bytes, sign: bool
) -> None:
    made = judge(sign=str(key_folder(tmp_path)))
    handled = handle(made, mail(above + LETTER, ip="127.0.0.1"))
    assert bool(handled.signed) is sign
    assert handled.act is Act.ACCEPTED
    assert ("come from outside" in handled.reason) is not sign


@pytest.mark.parametrize("limits", [Limits(), Limits(body=3)], ids=["whole", "large"])
def test_who_logs_in_does_not_speak_for_us(limits: Limits) -> None:
    """RFC 8601 §5: no client of a user's is part of our trust boundary; a relay of ours is."""
    message = THEIRS + OURS + LETTER + b"x" * 9
    user = handle(judge(), mail(message, macros=USER, limits=limits))
    assert results(applied(message, user)) == [("other.example", {"spf": "pass"})]
    assert user.removed == 1
    relay = handle(judge(), mail(message, ip="127.0.0.1", limits=limits))
    assert relay.replies == (replies.Continue(),)


def test_without_keys_nothing_is_changed() -> None:
    handled = handle(judge(), mail(macros=USER))
    assert handled.replies == (replies.Continue(),)


def test_a_socket_of_this_machine_is_ours_and_a_client_without_address_is_not() -> None:
    def came(family: Family) -> Handled:
        told = [OFFER, frames.Connect(b"x", family), *message_frames(OURS + LETTER)]
        return handle(judge(authserv_id=HOST), of_frames(list(told), Limits()))

    assert came(Family.UNIX).origin is Origin.TRUSTED
    unknown = came(Family.UNKNOWN)
    assert (unknown.origin, unknown.act, unknown.judged) == (Origin.UNKNOWN, Act.ACCEPTED, False)
    assert results(applied(OURS + LETTER, unknown)) == [(HOST, {})]
    assert b"not judged: the client has no address" in applied(OURS + LETTER, unknown)


# ARC


def test_sealed_mail_holds_for_the_next_one(tmp_path: Path) -> None:
    made = judge(sign=str(key_folder(tmp_path)), seal="example.com", authserv_id="example.com")
    message = signed(OURS + LETTER)
    handled = handle(made, mail(message))
    assert handled.sealed == "example.com"
    delivered = applied(message, handled)
    assert verify_arc(delivered, resolver=world(), now=NOW).result == "pass"
    names = [line.partition(b":")[0] for line in read(delivered).lines]
    assert names[:4] == [
        b"ARC-Seal", b"ARC-Message-Signature", b"ARC-Authentication-Results",
        b"Authentication-Results",
    ]  # fmt: skip
    again = handle(made, mail(delivered))
    assert verify_arc(applied(delivered, again), resolver=world(), now=NOW).result == "pass"


def test_what_cannot_be_sealed_is_taken_without(tmp_path: Path) -> None:
    made = judge(sign=str(key_folder(tmp_path)), seal="example.com", refuse=False)
    handled = handle(made, mail(b"Subject: no From\r\n\r\n"))
    assert handled.sealed == ""
    assert handled.judged


# More than we take, and faults of ours


def test_a_large_body_is_not_judged_and_marked_so() -> None:
    came = mail(OURS + LETTER + b"x" * 200, limits=Limits(body=100))
    handled = handle(judge(), came)
    assert (handled.act, handled.judged) == (Act.ACCEPTED, False)
    delivered = applied(OURS + LETTER, handled)
    assert results(delivered) == [(HOST, {})]
    assert b"larger than is looked at" in delivered
    deferred = handle(judge(on_oversize="tempfail"), came)
    assert deferred.act is Act.DEFERRED


def test_a_large_body_of_ours_goes_unsigned() -> None:
    came = mail(LETTER + b"x" * 200, limits=Limits(body=100), macros=USER)
    handled = handle(judge(), came)
    assert handled.replies == (replies.Continue(),)
    assert "not judged" in handled.reason


def test_a_header_without_end_is_refused_whoever_wrote_it() -> None:
    for macros in ({}, USER):
        handled = handle(judge(), mail(limits=Limits(header=50), macros=macros))
        assert handled.act is Act.REFUSED
        assert final(handled) == replies.ReplyCode("552", "5.3.4", "its header is larger than any")


def test_no_room_is_no_verdict() -> None:
    handled = handle(judge(), mail(room=100))
    assert handled.act is Act.DEFERRED
    assert handled.code == "451 4.3.1"


def test_a_fault_of_ours_is_the_users_choice() -> None:
    came = mail(OURS + LETTER)
    deferred = judge().failed(came, "an error of ours")
    assert deferred.act is Act.DEFERRED
    assert isinstance(final(deferred), replies.ReplyCode)
    taken = judge(on_error="accept").failed(came, "an error of ours")
    assert results(applied(OURS + LETTER, taken)) == [(HOST, {})]


# Who may have what signed

LOGINS = [
    ("anna", True),
    ("anna@example.com", True),
    ("anna@EXAMPLE.com.", True),
    ("anna@staff.example.com", True),
    ("anna@com", True),
    ("bob@other.example", False),
    ("bob@notexample.com", False),
    ("a@example.com@other.example", False),
    ("bob@", False),
    ("bob@.", False),
    ("bob@a..b", False),
]


@pytest.mark.parametrize(("login", "sign"), LOGINS)
def test_nobody_signs_for_another_domain(tmp_path: Path, login: str, sign: bool) -> None:
    folder = str(key_folder(tmp_path))
    came = mail(macros={"{auth_authen}": login}, ip=SPOOFER)
    handled = handle(judge(sign=folder), came)
    assert (handled.act, bool(handled.signed)) == (Act.ACCEPTED, sign)
    assert handled.unsigned is (None if sign else Unsigned.LOGIN)
    assert ("has logged in" in handled.reason) is not sign
    line = json.loads(log_line(came, handled, 1.0))
    assert line.get("unsigned") == (None if sign else "login")
    assert handle(judge(sign=folder, sign_mismatch=True), came).signed


@pytest.mark.parametrize(
    "field",
    [
        b"mx.example.org.; dmarc=fail",
        b"mx.example.org (; dmarc=fail",
        b"mx.example.org 9; dmarc=pass",
        b"sub.mx.example.org; dmarc=fail",
    ],
)
def test_what_we_would_take_out_as_ours_proves_nothing(tmp_path: Path, field: bytes) -> None:
    made = judge(sign=str(key_folder(tmp_path)))
    message = b"Authentication-Results: " + field + b"\r\n" + LETTER
    handled = handle(made, mail(message, ip="127.0.0.1"))
    assert handled.unsigned is Unsigned.UNPROVEN


@pytest.mark.parametrize("body", [b"", b"x" * 200], ids=["judged", "too large for that"])
@pytest.mark.parametrize("macros", [{}, USER], ids=["outside", "user"])
def test_no_header_has_so_many_results(macros: dict[str, str], body: bytes) -> None:
    def came(count: int) -> Handled:
        message = OURS * (count - 1) + b"X-Spam: No\r\n" + LETTER + body
        return handle(judge(), mail(message, macros=macros, limits=Limits(body=100)))

    assert came(MOST_REMOVED).act is Act.ACCEPTED
    refused = came(MOST_REMOVED + 1)
    text = "its header has 101 fields of results, more than 100"
    assert refused.replies == (replies.ReplyCode("550", "5.7.1", text),)
    trusted = handle(judge(), mail(OURS * 200 + LETTER, ip="127.0.0.1"))
    assert trusted.replies == (replies.Continue(),)
