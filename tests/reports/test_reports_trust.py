"""Who sent a report mail: what our own server found, what our engines find, and forgeries."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from mailworthy import dkim
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Ask, Reply, Why
from mailworthy.reports.claims import claims
from mailworthy.reports.envelope.mime import split
from mailworthy.reports.model import Format, Head, Kind, Reporter, Window
from mailworthy.reports.trust import By, Trust, Word, check, without_mail

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEYS = {name: ed25519.Ed25519PrivateKey.generate() for name in ("isp.example", "evil.example")}
OWN = ("mx.example.com",)

ZONE = "".join(
    f"{name}. 60 IN SOA ns.{name}. root.{name}. 1 1 1 1 60\n"
    for name in ("isp.example", "evil.example", "plain.example", "example.com", "outlook.com",
                 "microsoft.com")
) + "".join(
    f'{selector}._domainkey.{name}. 60 IN TXT "{tags}p={dkim.public_text(key)[1]}"\n'
    for name, key in KEYS.items()
    for selector, tags in (("any", "k=ed25519; "), ("tls", "k=ed25519; s=tlsrpt; "),
                           ("mail", "k=ed25519; s=email; "))
) + (
    '_dmarc.isp.example. 60 IN TXT "v=DMARC1; p=reject"\n'
    '_dmarc.evil.example. 60 IN TXT "v=DMARC1; p=none"\n'
    '_dmarc.microsoft.com. 60 IN TXT "v=DMARC1; p=reject"\n'
)  # fmt: skip
WORLD = Memory.from_zone(ZONE)


def mail(
    *,
    author: str = "Reports <noreply@isp.example>",
    submitter: str = "isp.example",
    above: str = "",
    subject: str = "Report Domain: example.com\n Submitter: {} Report-ID: <1@isp.example>",
) -> bytes:
    text = (
        f"{above}From: {author}\nTo: dmarc@example.com\nSubject: {subject.format(submitter)}\n"
        "Message-ID: <1@isp.example>\nContent-Type: text/plain\n\nA report.\n"
    )
    return text.replace("\n", "\r\n").encode()


def signed(
    message: bytes | None = None, *, by: str = "isp.example", selector: str = "any"
) -> bytes:
    return dkim.signer(by, [(selector, KEYS[by])]).sign(message or mail(), now=NOW)


def results(text: str, authserv_id: str = "mx.example.com") -> bytes:
    return f"Authentication-Results: {authserv_id}; {text}\r\n".encode()


def judge(
    message: bytes,
    *,
    world: Memory = WORLD,
    now: datetime = NOW,
    own: tuple[str, ...] = (),
    kind: Kind = Kind.AGGREGATE,
    claimed: tuple[str, ...] = (),
    vouched: str = "",
) -> Trust:
    asking = check(message, now=now, kind=kind, own_ids=own, claimed=claimed, vouched=vouched)
    return drive(asking, world)


def test_a_signed_mail_is_proven() -> None:
    trust = judge(signed())
    assert (trust.word, trust.by) == (Word.PROVEN, By.VERIFICATION)
    assert (trust.domain, trust.submitter) == ("isp.example", "isp.example")
    assert trust.counts
    assert trust.section == "RFC 9990 §3.5.2"


def test_a_trust_is_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(judge(signed()))


UNPROVEN = [
    (mail(), "it is not signed"),
    (signed().replace(b"A report.", b"A forgery"), "no signature holds: the body was changed"),
    (signed().replace(b"Domain: example.com", b"Domain: example.net"), "no signature holds"),
    (signed(by="evil.example"), "no authenticated identifier aligns"),
    (signed(mail(author="a@isp.example, b@evil.example")), "From names no single author"),
    (b"From: b@evil.example\r\n" + signed(), "From names no single author"),
    (b"", "From names no single author"),
    (signed(mail(submitter="google.com")), "google.com, which it names as reporter, does not"),
    (signed(mail(submitter="no_domain!")), "no_domain!, which it names, is no domain"),
    (signed(mail(submitter="com.example")), "does not belong to isp.example"),
]


@pytest.mark.parametrize(("message", "reason"), UNPROVEN)
def test_what_proves_nothing(message: bytes, reason: str) -> None:
    trust = judge(message)
    assert trust.word is Word.UNPROVEN
    assert reason in trust.reason
    assert not trust.counts
    assert not trust.temporary
    assert trust.section.startswith("RFC ")


def test_an_attacker_proves_only_who_he_is() -> None:
    message = mail(author="Google <dmarc@evil.example>", submitter="evil.example")
    trust = judge(signed(message, by="evil.example"))
    assert (trust.word, trust.domain) == (Word.PROVEN, "evil.example")
    trust = judge(signed(message, by="evil.example"), claimed=("google.com",))
    assert trust.word is Word.UNPROVEN
    assert "google.com" in trust.reason


@pytest.mark.parametrize("submitter", ["isp.example", "mx.isp.example", "ISP.Example."])
def test_a_submitter_of_the_same_organization(submitter: str) -> None:
    assert judge(signed(mail(submitter=submitter))).word is Word.PROVEN


def test_an_author_below_the_submitter() -> None:
    message = mail(author="a@dmarc.isp.example")
    assert judge(signed(message)).word is Word.PROVEN


def test_a_mail_without_a_submitter() -> None:
    trust = judge(signed(mail(subject="FW: a complaint")), kind=Kind.COMPLAINT)
    assert (trust.word, trust.submitter) == (Word.PROVEN, "")
    assert trust.section == "RFC 9477 §3.5"


def test_microsoft_reports_as_outlook() -> None:
    message = mail(author="dmarcreport@microsoft.com", submitter="protection.outlook.com")
    trust = judge(results("dmarc=pass header.from=microsoft.com") + message, own=OWN)
    assert (trust.word, trust.domain) == (Word.PROVEN, "microsoft.com")


def test_a_domain_without_dmarc_is_known_by_its_signature() -> None:
    zone = ZONE.replace('_dmarc.isp.example. 60 IN TXT "v=DMARC1; p=reject"\n', "")
    trust = judge(signed(), world=Memory.from_zone(zone))
    assert (trust.word, trust.reason) == (Word.PROVEN, "it is signed by isp.example")
    trust = judge(mail(author="a@plain.example", submitter="plain.example"))
    assert trust.word is Word.UNPROVEN


@pytest.mark.parametrize(
    "lost", [("any._domainkey.isp.example", "TXT"), ("_dmarc.isp.example", "TXT")]
)
def test_what_could_not_be_asked_may_be_asked_again(lost: tuple[str, str]) -> None:
    world = Memory.from_zone(ZONE, fail={lost: Why.TIMEOUT})
    trust = judge(signed(), world=world)
    if lost[0].startswith("any"):
        assert (trust.word, trust.temporary) == (Word.UNPROVEN, True)
    else:  # d= and From are identical: no policy could say otherwise
        assert trust.word in (Word.PROVEN, Word.UNPROVEN)
        assert trust.temporary is (trust.word is Word.UNPROVEN)


def test_signatures_are_judged_at_the_moment_given() -> None:
    signer = dkim.signer("isp.example", [("any", KEYS["isp.example"])], expires=86400)
    message = signer.sign(mail(), now=NOW)
    assert judge(message).word is Word.PROVEN
    assert judge(message, now=NOW + timedelta(days=9)).word is Word.UNPROVEN


# TLS reports


@pytest.mark.parametrize(
    ("selector", "word"),
    [("any", Word.PROVEN), ("tls", Word.PROVEN), ("mail", Word.UNPROVEN)],
)
def test_the_key_of_a_tls_report_is_for_that(selector: str, word: Word) -> None:
    trust = judge(signed(selector=selector), kind=Kind.TLS)
    assert trust.word is word
    assert trust.section == "RFC 8460 §3"


def test_a_key_for_tls_reports_signs_nothing_else() -> None:
    assert judge(signed(selector="tls")).word is Word.UNPROVEN


def test_spf_alone_is_not_enough_for_a_tls_report() -> None:
    message = results("spf=pass smtp.mailfrom=isp.example; dmarc=pass header.from=isp.example")
    assert judge(message + mail(), own=OWN).word is Word.PROVEN
    assert judge(message + mail(), own=OWN, kind=Kind.TLS).word is Word.UNPROVEN


@pytest.mark.parametrize(
    ("subject", "submitter"),
    [("a report", "google.com"), ("Submitter: isp.example", "isp.example")],
)
def test_the_submitter_in_the_header_of_a_tls_report(subject: str, submitter: str) -> None:
    message = b"TLS-Report-Submitter: google.com\r\n" + signed(mail(subject=subject))
    trust = judge(message, kind=Kind.TLS)
    assert (trust.word, trust.submitter) == (Word.UNPROVEN, submitter)
    assert "google.com" in trust.reason


def with_length(message: bytes) -> bytes:
    return message.replace(b" c=relaxed/relaxed;", b" c=relaxed/relaxed; l=1;", 1)


def test_a_signature_with_length_is_not_relied_on() -> None:
    message = with_length(signed())
    assert b"l=1" in message
    assert judge(message).word is Word.UNPROVEN
    own = results("dkim=pass header.d=isp.example; dmarc=pass header.from=isp.example")
    for kind in (Kind.TLS, Kind.AGGREGATE):
        trust = judge(own + message, own=OWN, kind=kind)
        assert (trust.word, trust.by) == (Word.UNPROVEN, By.VERIFICATION)


# What our own server found

PASS = "dmarc=pass (p=reject) header.from=isp.example"
OWN_CASES = [
    # fields on top, kind, word, by
    ([PASS], Kind.AGGREGATE, Word.PROVEN, By.OWN_SERVER),
    (["dkim=pass header.d=isp.example"], Kind.AGGREGATE, Word.PROVEN, By.OWN_SERVER),
    (["dkim=pass header.i=@mail.isp.example"], Kind.TLS, Word.PROVEN, By.OWN_SERVER),
    (["dkim=fail header.d=isp.example; dkim=pass header.d=isp.example"], Kind.TLS, Word.PROVEN,
     By.OWN_SERVER),
    (["dmarc=fail header.from=isp.example"], Kind.AGGREGATE, Word.UNPROVEN, By.OWN_SERVER),
    (["dkim=fail header.d=isp.example"], Kind.TLS, Word.UNPROVEN, By.OWN_SERVER),
    (["dkim=temperror header.d=isp.example"], Kind.TLS, Word.UNPROVEN, By.VERIFICATION),
    (["dkim=pass header.d=evil.example"], Kind.AGGREGATE, Word.UNPROVEN, By.VERIFICATION),
    (["none"], Kind.AGGREGATE, Word.UNPROVEN, By.VERIFICATION),
    (["spf=pass smtp.mailfrom=isp.example"], Kind.AGGREGATE, Word.UNPROVEN, By.VERIFICATION),
    # about another author: it was not made for this mail
    (["dmarc=pass header.from=example.org"], Kind.AGGREGATE, Word.UNPROVEN, By.VERIFICATION),
    # two that claim to be ours and differ: one is forged
    (["dmarc=fail header.from=isp.example", PASS], Kind.AGGREGATE, Word.UNPROVEN, By.VERIFICATION),
    ([PASS, "dmarc=none header.from=isp.example"], Kind.AGGREGATE, Word.UNPROVEN, By.VERIFICATION),
    ([PASS, PASS], Kind.AGGREGATE, Word.PROVEN, By.OWN_SERVER),
    # the first does not judge DMARC; what stands below is not joined to it
    (["spf=pass smtp.mailfrom=isp.example", PASS], Kind.AGGREGATE, Word.UNPROVEN, By.VERIFICATION),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "kind", "word", "by"), OWN_CASES)
def test_what_our_own_server_found(fields: list[str], kind: Kind, word: Word, by: By) -> None:
    message = b"".join(results(text) for text in fields) + mail()
    trust = judge(message, own=OWN, kind=kind)
    assert (trust.word, trust.by) == (word, by)


@pytest.mark.parametrize(
    ("authserv_id", "own", "word"),
    [
        ("mx.example.com", OWN, Word.PROVEN),
        ("MX.example.COM.", OWN, Word.PROVEN),
        ("mx.example.com/mx.example.com", OWN, Word.PROVEN),
        ("mx.example.com", ("other.example.com", "mx.example.com"), Word.PROVEN),
        ("mx.example.com 1", OWN, Word.PROVEN),
        ("mx.example.com 2", OWN, Word.UNPROVEN),
        ("mx.example.com", (), Word.UNPROVEN),
        ("mx.example.com", ("",), Word.UNPROVEN),
        ("evil.example", OWN, Word.UNPROVEN),
        ("sub.mx.example.com", OWN, Word.UNPROVEN),
        ("example.com", OWN, Word.UNPROVEN),
    ],
)
def test_whose_results_count(authserv_id: str, own: tuple[str, ...], word: Word) -> None:
    assert judge(results(PASS, authserv_id) + mail(), own=own).word is word


def test_the_topmost_of_our_own_counts_whatever_others_say() -> None:
    others = results("dmarc=fail header.from=isp.example", "relay.example")
    assert judge(others + results(PASS) + mail(), own=OWN).word is Word.PROVEN


def test_a_failure_at_our_own_server_is_not_asked_again() -> None:
    message = results("dmarc=fail header.from=isp.example") + signed()
    trust = judge(message, own=OWN)
    assert (trust.word, trust.by) == (Word.UNPROVEN, By.OWN_SERVER)


def test_our_own_server_does_not_answer_for_another_name() -> None:
    trust = judge(results(PASS) + mail(submitter="google.com"), own=OWN)
    assert (trust.word, trust.by) == (Word.UNPROVEN, By.OWN_SERVER)


def test_results_within_a_mail_within_a_mail_are_nobodys() -> None:
    inner = results(PASS) + mail()
    (only,) = split(inner).mails
    assert drive(check(only, now=NOW, own_ids=OWN), WORLD).word is Word.PROVEN
    outer = b"From: a@evil.example\r\nContent-Type: message/rfc822\r\n\r\n" + inner
    found = split(outer).mails[1]
    assert found.raw == inner
    assert drive(check(found, now=NOW, own_ids=OWN), WORLD).word is Word.UNPROVEN


@pytest.mark.parametrize(
    ("kind", "email", "expected"),
    [
        (Kind.TLS, "tls@isp.example", ("isp.example",)),
        (Kind.AGGREGATE, "dmarc@isp.example", ("isp.example",)),
        (Kind.AGGREGATE, "", ()),
        (Kind.COMPLAINT, "fbl@isp.example", ()),
    ],
)
def test_whose_name_a_report_gives(kind: Kind, email: str, expected: tuple[str, ...]) -> None:
    head = Head(kind, Format.ARF, Reporter("x", email), "1", Window(0, 1))
    assert claims(head) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Google.com", ("google.com",)),
        ("münchen.example", ("münchen.example",)),
        ("Enterprise Outlook", ()),
        ("AMAZON-SES", ()),
        ("Example Inc.", ()),
        ("192.0.2.1", ()),
        ("." * 5000, ()),
    ],
)
def test_a_name_that_is_a_domain_is_claimed(name: str, expected: tuple[str, ...]) -> None:
    head = Head(Kind.AGGREGATE, Format.RFC9990, Reporter(name, ""), "1", Window(0, 1))
    assert claims(head) == expected


# An intake that the user answers for


def test_a_user_may_vouch() -> None:
    trust = judge(mail(), vouched="Reports/2026")
    assert (trust.word, trust.by, trust.counts) == (Word.VOUCHED, By.INTAKE, True)
    assert "Reports/2026" in trust.reason
    assert "it is not signed" in trust.reason


def test_what_is_proven_needs_no_word_of_the_user() -> None:
    assert judge(signed(), vouched="x").word is Word.PROVEN


def test_what_came_without_mail() -> None:
    assert without_mail().word is Word.UNPROVEN
    assert without_mail(vouched="/srv/reports").word is Word.VOUCHED


# Laws


@given(st.binary(max_size=300), st.sampled_from(list(Kind)))
def test_any_mail_is_judged(data: bytes, kind: Kind) -> None:
    assert judge(data, own=OWN, kind=kind).word is Word.UNPROVEN


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=3))
def test_no_change_to_what_was_signed_goes_unseen(at: int, junk: bytes) -> None:
    message = signed()
    at %= len(message)
    changed = message[:at] + junk + message[at + len(junk) :]
    trust = judge(changed)
    if trust.word is Word.PROVEN:
        assert trust.domain == "isp.example"
        assert trust.submitter == "isp.example"


@given(st.text(max_size=60))
def test_no_text_in_results_is_taken_for_ours(text: str) -> None:
    line = b"Authentication-Results: " + text.replace("\n", " ").encode("utf-8", "replace")
    assert judge(line + b"\r\n" + mail(), own=OWN).word is Word.UNPROVEN


def test_what_is_asked_is_bounded() -> None:
    own = results("; ".join(f"dkim=pass header.d=s{n}.isp{n}.example" for n in range(900)))
    asking = check(own + mail(), now=NOW, own_ids=OWN, claimed=[f"c{n}.example" for n in range(99)])
    asked: list[Ask] = []

    class Counting:
        def instant(self, ask: Ask) -> Reply:
            asked.append(ask)
            return WORLD.instant(ask)

    drive(asking, Counting())
    assert len(asked) < 300
