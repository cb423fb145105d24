"""The mail of a rehearsal: well-formed, really signed, sent from everywhere, judged by everyone."""

from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

import msgspec
import pytest

from mailworthy.audit.facade import Audit
from mailworthy.audit.healthy import ED25519_RECORD, RSA_RECORD
from mailworthy.audit.trial import Answer, answer
from mailworthy.demo.story import scenes, stage
from mailworthy.dkim.engine import verify
from mailworthy.dkim.signing import signing_key
from mailworthy.domain.folder import Folder
from mailworthy.domain.intent import Domain, Host, Intent, SpfEnd
from mailworthy.domain.keys import keep, new_key
from mailworthy.domain.recordset import Record
from mailworthy.errors import UsageError
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Why
from mailworthy.lookup.zonetext import ZoneRecord
from mailworthy.message.author import author
from mailworthy.message.header import read
from mailworthy.receive.decision import Decision
from mailworthy.receive.form import form
from mailworthy.receive.load import names
from mailworthy.receive.words import Check, Held
from mailworthy.render.trials import told
from mailworthy.servers.rspamdsigner import RspamdSigner
from mailworthy.setup.letter import letter
from mailworthy.setup.trial import NO_KEY, signed, trials, tried

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PAIR = tuple(new_key("example.com", selector) for selector in ("r202611", "e202611"))
INTENT = Intent(
    hosts={
        "mail.example.com": Host(("192.0.2.25",), ("2001:db8::25",), mx=10),
        "out.example.com": Host(("192.0.2.26", "192.0.2.27")),
        "mx.example.com": Host(("192.0.2.28",), mx=20, sends=False),
    },
    domains={
        "example.com": Domain(reports="dmarc@example.com", spf=SpfEnd.FAIL),
        "parked.example": Domain(parked=True),
    },
)
PUBLIC = {"example.com": {new.public.selector: new.public for new in PAIR}}
FOLDER = Folder(Path(), INTENT, PUBLIC, {}, {}, PAIR)
MAILS = signed(FOLDER, "example.com", NOW)
IPS = ("192.0.2.25", "2001:db8::25", "192.0.2.26", "192.0.2.27")


def everything() -> tuple[Record, ...]:
    """All records that the intent implies, ours and those of others, in whole zones."""
    made = FOLDER.generated(NOW)
    sets = [s for zone in made.zones.values() for s in zone] + list(made.others)
    soa = Record(
        "2.0.192.in-addr.arpa", "SOA", "ns1.example.net. hostmaster.example.net. 1 1 1 1 1"
    )
    return (soa, *(record for s in sets for record in s.records))


RECORDS = everything()


def zone(records: tuple[Record, ...] = RECORDS, **more: object) -> Memory:
    return Memory([ZoneRecord(r.name, r.type, r.value, r.ttl) for r in records], **more)  # type: ignore[arg-type]


def blank(domain: str = "example.com") -> Audit:
    return Audit(domain, (), (), (), ())


# The message


@pytest.mark.parametrize("domain", ["example.com", "xn--bcher-kva.example", "a." * 120 + "test"])
def test_the_letter_is_well_formed(domain: str) -> None:
    data = letter(domain, f"mail.{domain}", NOW)
    message = read(data)
    found = form(message, author([f.value for f in message.named(b"from")]), None)
    assert found.flaws == ()
    parsed = message_from_bytes(data, policy=policy.default)
    assert not any(parsed.defects)
    assert parsedate_to_datetime(str(parsed["Date"])) == NOW
    assert len(parsed.keys()) == len(set(parsed.keys()))
    assert str(parsed["From"]) == f"postmaster@{domain}"


def test_it_can_be_left_with_one_click() -> None:
    message = MAILS[0].message
    results = drive(verify(message, now=NOW), zone())
    found = form(message, author([f.value for f in message.named(b"from")]), results)
    assert found.one_click.ok
    assert found.flaws == ()


HEADERS = {
    # oversigned whether it is there or not
    b"from": ((b"", 1), (b"From: a@example.com\r\n", 2), (b"From: a@x\r\nFrom: b@x\r\n", 3)),
    b"reply-to": ((b"", 1), (b"Reply-To: a@example.com\r\n", 2)),
    # only if it is there
    b"sender": ((b"", 0), (b"Sender: a@example.com\r\n", 2)),
    # as it is
    b"list-id": ((b"", 0), (b"List-ID: <a.example.com>\r\n", 1)),
    # not at all
    b"received": ((b"Received: by x; now\r\n", 0),),
}


@pytest.mark.parametrize(
    ("name", "header", "times"),
    [(name, header, times) for name, cases in HEADERS.items() for header, times in cases],
)
def test_how_often_a_field_is_signed(name: bytes, header: bytes, times: int) -> None:
    key = signing_key(PAIR[1].public.selector, PAIR[1].secret)
    signer = RspamdSigner("example.com", (key,))
    assert signer.names(read(header + b"\r\nbody\r\n")).count(name) == times


# Who sends it


def test_every_address_of_every_sending_host_sends() -> None:
    assert tuple(mail.envelope.ip for mail in MAILS) == IPS
    helos = {mail.envelope.ip: mail.envelope.helo for mail in MAILS}
    assert helos["192.0.2.26"] == "out.example.com"
    assert helos["2001:db8::25"] == "mail.example.com"
    assert {mail.envelope.mail_from for mail in MAILS} == {"postmaster@example.com"}
    assert all(mail.envelope.tls for mail in MAILS)


def test_both_keys_sign() -> None:
    for mail in MAILS:
        signatures = [field.value for field in mail.message.named(b"dkim-signature")]
        assert len(signatures) == 2
        assert b"s=r202611;" in signatures[0]
        assert b"s=e202611;" in signatures[1]


def test_keys_on_disk_sign_as_fresh_ones_do(tmp_path: Path) -> None:
    keep(tmp_path / "keys", PAIR)
    there = msgspec.structs.replace(FOLDER, path=tmp_path, fresh=())
    assert signed(there, "example.com", NOW) == MAILS
    (tmp_path / "keys" / "example.com.e202611.key").unlink()
    with pytest.raises(UsageError, match=r"example\.com\.e202611\.key cannot be read"):
        signed(there, "example.com", NOW)


def test_what_cannot_be_tried_is_not_asked() -> None:
    keyless = msgspec.structs.replace(FOLDER, keys={}, fresh=())
    unknown = blank("other.example")
    for audit, folder in ((blank(), None), (blank(), keyless), (unknown, FOLDER)):
        after = tried(audit, folder, zone(), NOW)
        assert after == msgspec.structs.replace(audit, not_rehearsed=(NO_KEY,))
        assert after.exit_code() == 0
    assert tried(blank("parked.example"), FOLDER, zone(), NOW) == blank("parked.example")


# What receivers say


def refused(decision: Decision) -> bool:
    return answer(decision) is not Answer.ACCEPTED


def test_all_receivers_accept_what_was_generated() -> None:
    after = tried(blank(), FOLDER, zone(), NOW)
    assert tuple(t.ip for t in after.trials) == IPS
    for trial in after.trials:
        assert [(d.profile, d.reason) for d in trial.decisions if refused(d)] == []
        assert tuple(d.profile for d in trial.decisions) == names()
        passing = (Check.SPF, Check.DKIM, Check.DMARC, Check.REVERSE_DNS, Check.HELO)
        assert {trial.checks[c] for c in passing} == {"pass"}
    assert after.exit_code() == 0


def test_no_requirement_is_left_unmet_or_unknown() -> None:
    """Advice too: what we generate is what receivers recommend."""
    left = {
        (d.profile, o.line.id)
        for t in trials(MAILS, zone(), NOW)
        for d in t.decisions
        for o in d.outcomes
        if o.broken is not Held.NOT_ASKED
    }
    assert left == set()


Harm = Callable[[tuple[Record, ...]], tuple[Record, ...]]
PTR4 = "25.2.0.192.in-addr.arpa"


def without(name: str, type_: str) -> Harm:
    return lambda records: tuple(r for r in records if (r.name, r.type) != (name, type_))


def instead(name: str, type_: str, *values: str) -> Harm:
    fresh = tuple(Record(name, type_, value) for value in values)
    return lambda records: without(name, type_)(records) + fresh


def all_of(*harms: Harm) -> Harm:
    def harm(records: tuple[Record, ...]) -> tuple[Record, ...]:
        for each in harms:
            records = each(records)
        return records

    return harm


OTHER_RSA, OTHER_ED25519 = (
    f"{public.selector}._domainkey.example.com" for public in PUBLIC["example.com"].values()
)
NO_KEYS = all_of(without(OTHER_RSA, "TXT"), without(OTHER_ED25519, "TXT"))
OLD_KEYS = all_of(
    instead(OTHER_RSA, "TXT", RSA_RECORD), instead(OTHER_ED25519, "TXT", ED25519_RECORD)
)
NOBODY = instead("example.com", "TXT", "v=spf1 -all")
REJECT = instead("_dmarc.example.com", "TXT", "v=DMARC1; p=reject; adkim=s; aspf=s")
# what was done, the profile, what it says from each address of IPS
PITFALLS: dict[str, tuple[Harm, str, tuple[str, ...]]] = {
    "no reverse name": (
        without(PTR4, "PTR"),
        "gmail",
        ("reject 550 5.7.25", "accept", "accept", "accept"),
    ),
    "the reverse name of another host": (
        instead(PTR4, "PTR", "mx.example.com."),
        "gmail",
        ("reject 550 5.7.25", "accept", "accept", "accept"),
    ),
    "keys that do not match, bulk": (OLD_KEYS, "gmail-bulk", ("reject 550 5.7.30",) * 4),
    "keys that do not match": (OLD_KEYS, "gmail", ("accept",) * 4),
    "no keys": (NO_KEYS, "outlook-bulk", ("reject 550 5.7.515",) * 4),
    "no RSA key, and SPF forbids it": (
        all_of(without(OTHER_RSA, "TXT"), NOBODY, REJECT),
        "gmail",
        ("reject 550 5.7.26",) * 4,
    ),
    "no RSA key, for one who verifies both": (
        all_of(without(OTHER_RSA, "TXT"), NOBODY, REJECT),
        "icloud",
        ("accept",) * 4,
    ),
    "no RSA key, bulk": (without(OTHER_RSA, "TXT"), "gmail-bulk", ("reject 550 5.7.30",) * 4),
    "SPF forbids it, bulk": (NOBODY, "gmail-bulk", ("reject 550 5.7.27",) * 4),
    "one address forgotten in SPF": (
        instead(
            "example.com", "TXT", "v=spf1 ip4:192.0.2.24/31 ip4:192.0.2.26 ip6:2001:db8::25 -all"
        ),
        "gmail-bulk",
        ("accept", "accept", "accept", "reject 550 5.7.27"),
    ),
    "two SPF records": (
        instead("example.com", "TXT", "v=spf1 ip4:192.0.2.0/24 -all", "v=spf1 a -all"),
        "outlook-bulk",
        ("reject 550 5.7.515",) * 4,
    ),
    "no DMARC record": (
        without("_dmarc.example.com", "TXT"),
        "gmail-bulk",
        ("reject 550 5.7.40",) * 4,
    ),
    "p=reject, and nothing passes": (
        all_of(NO_KEYS, NOBODY, REJECT),
        "strict",
        ("reject 550 5.7.26",) * 4,
    ),
    "p=reject, and the signature alone passes": (
        all_of(NOBODY, REJECT),
        "rfc7489",
        ("accept",) * 4,
    ),
}


@pytest.mark.parametrize("name", PITFALLS)
def test_a_pitfall_is_refused_as_published(name: str) -> None:
    harm, profile, says = PITFALLS[name]
    found = {
        ip: each.says
        for each in told(trials(MAILS, zone(harm(RECORDS)), NOW))
        if each.profile == profile
        for ip in each.ips
    }
    assert tuple(found[ip] for ip in IPS) == says


def test_what_was_not_learned_is_no_refusal() -> None:
    silent = zone(fail={f"{PTR4}": Why.TIMEOUT})
    first, *others = trials(MAILS, silent, NOW)
    assert first.exit_code() == 3
    assert [other.exit_code() for other in others] == [0, 0, 0]
    assert {answer(d) for d in first.decisions} == {Answer.ACCEPTED, Answer.UNDETERMINED}


def test_what_lies_outside_the_zone_is_neither() -> None:
    alone = tuple(r for r in RECORDS if not r.name.endswith(".arpa"))
    found = trials(MAILS, zone(alone), NOW)
    assert [trial.exit_code() for trial in found] == [0, 0, 0, 0]
    assert all(trial.partial for trial in found)
    assert not any(trial.partial for trial in trials(MAILS, zone(), NOW))


# The demo


def test_every_pitfall_of_the_demo_that_concerns_mail_is_refused_and_cured(tmp_path: Path) -> None:
    made = stage(tmp_path, NOW)
    refused_by = {}
    for scene in scenes(made):
        assert scene.healed, scene.pitfall.rule
        refusals = [t for t in told(scene.audit.trials) if t.answer is Answer.REFUSED]
        refused_by[scene.pitfall.rule] = {t.profile for t in refusals}
        assert {t.answer for t in told(scene.after.trials)} == {Answer.ACCEPTED}
    assert refused_by.pop("mx-target-is-alias") == set()  # about mail that comes in
    assert refused_by.pop("spf-authorises-everyone") == set()  # anybody may send: so may we
    assert refused_by.pop("dmarc-no-reports") == set()  # only we miss something
    assert all(refused_by.values())
    assert "gmail" in refused_by["ptr-missing"]
    assert "gmail-bulk" in refused_by["dkim-key-differs"]
