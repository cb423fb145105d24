"""The one way in: stored once, with its trust, and a word about what could not be read."""

import gzip
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ed25519

import intakekit as kit
import report_wraps as wraps
from mailworthy import dkim
from mailworthy.lookup.memory import Memory
from mailworthy.reports.envelope.limits import Limits
from mailworthy.reports.intake.files import opened, piped
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.judging import MOST, Judge
from mailworthy.reports.intake.model import What
from mailworthy.reports.intake.retrial import LONGEST, Retrials
from mailworthy.reports.intake.salt import salt
from mailworthy.store import Outcome, Store, Trust
from mailworthy.store.importer import load
from mailworthy.store.schema.reports import raws, reports

KEY = ed25519.Ed25519PrivateKey.generate()
NAME = "receiver.example"
ZONE = (
    f"{NAME}. 60 IN SOA ns.{NAME}. root.{NAME}. 1 1 1 1 60\n"
    f'any._domainkey.{NAME}. 60 IN TXT "k=ed25519; p={dkim.public_text(KEY)[1]}"\n'
    f'_dmarc.{NAME}. 60 IN TXT "v=DMARC1; p=reject"\n'
)
NOW = datetime.fromtimestamp(kit.WHEN, UTC)


def signed(mail: bytes) -> bytes:
    return dkim.signer(NAME, [("any", KEY)]).sign(mail.replace(b"\n", b"\r\n"), now=NOW)


def trusts(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.execute(sa.select(reports.c.trust)).scalars())


def test_a_report_is_stored_once(importer: Importer, mine: Store) -> None:
    mail = kit.report_mail(1)
    (first,), (second,) = kit.take(importer, mail), kit.take(importer, mail)
    assert (first.what, second.what) == (What.STORED, What.DUPLICATE)
    assert first.saved[0].outcome is Outcome.STORED
    assert kit.sums(mine)["daily"] == 3


def test_a_report_that_comes_in_another_wrapping_is_a_duplicate(
    importer: Importer, mine: Store
) -> None:
    plain = wraps.report(1, 1)
    found = kit.take(importer, kit.report_mail(1), plain, wraps.zipped({"a.xml": plain}))
    assert [done.what for done in found] == [What.STORED, What.DUPLICATE, What.DUPLICATE]
    assert kit.sums(mine)["reports"] == 1


def test_the_raw_mail_is_kept_as_it_came(importer: Importer, mine: Store) -> None:
    mail = kit.report_mail(1)
    kit.take(importer, mail)
    with mine.reading() as connection:
        sha256 = connection.execute(sa.select(raws.c.sha256)).scalar_one()
    assert b"".join(load(mine, sha256)) == mail


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"", "empty"),
        (b"nothing of the kind", "unknown-format"),
        (gzip.compress(b"nothing of the kind"), "unknown-format"),
        (wraps.XML.replace(b"<feedback>", b"<!DOCTYPE a><feedback>"), "doctype"),
        (kit.OTHER, "no-report"),
    ],
)
def test_what_cannot_be_read_is_a_problem_and_the_next_is_read(
    importer: Importer, mine: Store, raw: bytes, fault: str
) -> None:
    bad, good = kit.take(importer, raw, kit.report_mail(1))
    assert (bad.what, good.what) == (What.PROBLEM, What.STORED)
    assert [problem.fault for problem in bad.problems] == [fault]
    assert [fault for fault, _ in kit.problems(mine)] == [fault]


def test_what_is_partly_readable_is_partly_stored(importer: Importer, mine: Store) -> None:
    cut = wraps.report(3, 1)[:-300]
    (done,) = kit.take(importer, cut)
    assert (done.what, done.saved[0].partial) == (What.PARTIAL, True)
    (whole,) = kit.take(importer, wraps.report(3, 1))
    assert (whole.what, whole.saved[0].outcome) == (What.STORED, Outcome.REPLACED)
    assert kit.sums(mine)["daily"] == 9


@pytest.mark.parametrize(
    "mail",
    [
        kit.OTHER,
        b"Subject: how do I set up DMARC?\n\nPlease tell me.\n",
        wraps.mail(wraps.part(b"<invoice/>", "application/xml", "i.xml"), subject="Invoice"),
        wraps.mail(wraps.part(b"<!DOCTYPE x><x/>", "text/xml", "x.xml"), subject="Hello"),
        wraps.mail(wraps.part(b'{"a": 1}', "application/json", "a.json"), subject="Hello"),
        wraps.mail(wraps.part(b'{"a": ', "application/json", "a.json"), subject="Hello"),
        wraps.mail(wraps.part(b"PK\3\4 broken", "application/zip", "a.zip"), subject="Hello"),
        b"",
    ],
)
@pytest.mark.parametrize("as_file", [False, True])
def test_other_mail_in_a_shared_mailbox_leaves_no_trace(
    importer: Importer, mine: Store, mail: bytes, as_file: bool
) -> None:
    raw = io.BytesIO(mail) if as_file else mail
    (done,) = kit.take(importer, raw, shared=True, mail=True)
    assert (done.what, done.ours) == (What.OTHER, False)
    assert kit.sums(mine)["raws"] == 0


@pytest.mark.parametrize(
    "mail",
    [
        wraps.mail(wraps.part(b"<!DOCTYPE x><feedback/>", name="a!b!1!2.xml"), subject="Hello"),
        wraps.mail(wraps.part(b"<feedback/>", "application/xml", "i.xml"), subject="Hello"),
        wraps.COMPLAINT.replace(b"abuse", b"zebra"),
    ],
)
def test_what_was_meant_to_be_a_report_is_kept(
    importer: Importer, mine: Store, mail: bytes
) -> None:
    (done,) = kit.take(importer, mail, shared=True, mail=True)
    assert (done.what, done.ours) == (What.PROBLEM, True)
    assert kit.sums(mine)["raws"] == 1


def test_a_report_mail_that_is_broken_is_not_other_mail(importer: Importer, mine: Store) -> None:
    packed = wraps.part(gzip.compress(wraps.XML)[:100], "application/gzip", "a!b!1!2.xml.gz")
    (done,) = kit.take(importer, wraps.mail(packed), shared=True, mail=True)
    assert done.what is not What.OTHER
    assert done.ours
    assert kit.sums(mine)["problems"] > 0


@pytest.mark.parametrize("as_file", [False, True])
def test_an_mbox_is_taken_mail_by_mail(importer: Importer, mine: Store, as_file: bool) -> None:
    box = wraps.mbox([kit.report_mail(1), b"Subject: no\n\nreport\n", kit.report_mail(2)])
    found = kit.take(importer, io.BytesIO(box) if as_file else box)
    assert [done.what for done in found] == [What.STORED, What.PROBLEM, What.STORED]
    assert [done.name for done in found] == ["it > mail 1", "it > mail 2", "it > mail 3"]
    (alone,) = kit.take(importer, kit.report_mail(2))
    assert alone.what is What.DUPLICATE
    assert kit.ids(mine) == kit.named([1, 2])


def test_one_mail_is_no_mbox_even_with_the_line_of_one(importer: Importer, mine: Store) -> None:
    """Postfix puts `From ` above what it pipes, and quotes nothing below (local(8))."""
    mail = signed(wraps.mail(wraps.part(wraps.report(), name="r.xml")) + b"\nFrom a b 10:00 2026\n")
    piped = b"From a@b Mon Sep 21 10:00:00 2026\n" + mail
    (done,) = kit.take(Importer(importer.store, Judge(Memory.from_zone(ZONE))), piped, mail=True)
    assert done.what is What.STORED
    assert trusts(mine) == [Trust.VERIFIED]


def test_a_mail_beyond_the_limit_in_an_mbox_costs_only_itself(mine: Store) -> None:
    box = wraps.mbox([kit.report_mail(1), b"Subject: x\n\n" + b"x\n" * 5000, kit.report_mail(2)])
    found = kit.take(Importer(mine, limits=Limits(mail=5000)), box)
    assert [done.what for done in found] == [What.STORED, What.PROBLEM, What.STORED]
    assert [fault for fault, _ in kit.problems(mine)] == ["too-large"]


# Trust


@pytest.mark.parametrize(
    ("mail", "changes", "own_ids", "trust"),
    [
        (kit.report_mail(1), {}, (), Trust.UNPROVEN),
        (signed(kit.report_mail(1)), {}, (), Trust.VERIFIED),
        (signed(kit.report_mail(1)).replace(b"rua@", b"ruf@", 1), {}, (), Trust.UNPROVEN),
        (kit.report_mail(1), {"vouched": "a folder"}, (), Trust.VOUCHED),
        (wraps.report(), {}, (), Trust.UNPROVEN),
        (wraps.report(), {"vouched": "a folder"}, (), Trust.VOUCHED),
        (
            b"Authentication-Results: mx.example.com; dmarc=pass header.from=receiver.example\n"
            + kit.report_mail(1),
            {"delivered": True},
            ("mx.example.com",),
            Trust.RESULTS,
        ),
        (
            b"Authentication-Results: mx.example.com; dmarc=pass header.from=receiver.example\n"
            + kit.report_mail(1),
            {"delivered": True},
            (),
            Trust.UNPROVEN,
        ),
    ],
)
def test_trust(
    mine: Store, mail: bytes, changes: dict[str, Any], own_ids: tuple[str, ...], trust: Trust
) -> None:
    judge = Judge(Memory.from_zone(ZONE), own_ids=own_ids)
    kit.take(Importer(mine, judge), mail, **changes)
    assert trusts(mine) == [trust]


def test_a_report_of_too_many_records_is_stored_as_partial(mine: Store) -> None:
    (done,) = kit.take(Importer(mine, limits=Limits(records=2)), wraps.report(5))
    assert done.what is What.PARTIAL
    assert [(each.records, each.partial) for each in done.saved] == [(2, True)]
    (again,) = kit.take(Importer(mine), wraps.report(5) + b" ")
    assert (again.what, again.saved[0].records) == (What.STORED, 5)


OWN = ("mx.example.com",)
CLAIMED = (
    b"Authentication-Results: mx.example.com; dmarc=pass header.from=receiver.example\n"
    + kit.report_mail(1)
)
BY_SERVER, BY_NOBODY = Trust.RESULTS, Trust.UNPROVEN
WRITTEN = {
    "as it was delivered": (CLAIMED, True, BY_SERVER),
    "a file that anybody may have made": (CLAIMED, False, BY_NOBODY),
    "in a zip": (wraps.zipped({"a.eml": CLAIMED}), True, BY_NOBODY),
    "in a tar": (wraps.tarred({"a.eml": CLAIMED}), True, BY_NOBODY),
    "in gzip": (gzip.compress(CLAIMED), True, BY_NOBODY),
    "in an mbox": (wraps.mbox([CLAIMED, CLAIMED]), True, BY_NOBODY),
    "in an mbox in a zip": (wraps.zipped({"a": wraps.mbox([CLAIMED])}), True, BY_NOBODY),
    "attached": (
        wraps.mail(wraps.part(CLAIMED, "message/rfc822", encoding="7bit")),
        True,
        BY_NOBODY,
    ),
    "attached in a zip": (
        wraps.mail(wraps.part(wraps.zipped({"a.eml": CLAIMED}), name="a.zip")),
        True,
        BY_NOBODY,
    ),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_whose_results_are_our_servers(mine: Store, how: str) -> None:
    raw, delivered, trust = WRITTEN[how]
    judge = Judge(Memory.from_zone(ZONE), own_ids=OWN)
    kit.take(Importer(mine, judge), raw, delivered=delivered)
    assert set(trusts(mine)) == {trust}


@pytest.mark.parametrize(("vouched", "expected"), [("", False), ("a folder", True)])
def test_a_file_was_delivered_if_the_user_says_so(
    tmp_path: Path, vouched: str, expected: bool
) -> None:
    (tmp_path / "a.eml").write_bytes(CLAIMED)
    with opened(tmp_path / "a.eml", vouched=vouched) as came:
        assert came.delivered is expected
    with piped(io.BytesIO(CLAIMED), 10**6) as came:
        assert came.delivered


def test_who_waits_is_not_judged_by_what_stands_above_it(mine: Store) -> None:
    """A file that could not be judged is not our server's either when its turn comes again."""
    away = Judge(Memory.from_zone(""), own_ids=OWN)
    (done,) = kit.take(
        Importer(mine, away),
        b"DKIM-Signature: v=1; a=rsa-sha256; b=AA==; bh=AA==;"
        b" d=receiver.example; s=any; h=from\n" + CLAIMED,
    )
    assert done.trust is not None
    assert done.trust.temporary
    back = Judge(Memory.from_zone(ZONE), own_ids=OWN)
    assert Importer(mine, back).judge_again(now=NOW) == 0
    assert trusts(mine) == [Trust.UNPROVEN]


def test_the_least_trusted_report_of_a_content_counts(mine: Store) -> None:
    """Who signs a mail answers for what he says of himself, and not for a mail within it."""
    inner = wraps.inner_mail(wraps.part(wraps.report(1, 2), name="b.xml"))
    mail = signed(wraps.mail(wraps.part(wraps.report(1, 1), name="a.xml"), inner))
    kit.take(Importer(mine, Judge(Memory.from_zone(ZONE))), mail)
    assert trusts(mine) == [Trust.UNPROVEN, Trust.UNPROVEN]


def test_what_was_unproven_may_be_proven_later(mine: Store) -> None:
    mail = signed(kit.report_mail(1))
    (before,) = kit.take(Importer(mine), mail)
    assert before.trust is not None
    assert not before.trust.temporary  # nobody was to be asked
    (after,) = kit.take(Importer(mine, Judge(Memory.from_zone(ZONE))), mail)
    assert (before.what, after.what) == (What.STORED, What.DUPLICATE)
    assert trusts(mine) == [Trust.VERIFIED]


def test_what_could_not_be_judged_is_judged_again(mine: Store) -> None:
    """Not knowing is not failing: the name servers were away when it came."""
    away, back = Judge(Memory.from_zone("")), Judge(Memory.from_zone(ZONE))
    good = signed(kit.report_mail(1))
    forged = signed(kit.report_mail(2)).replace(b"rua@", b"ruf@", 1)
    for done in kit.take(Importer(mine, away), good, forged):
        assert done.trust is not None
        assert done.trust.temporary
    before = kit.sums(mine)
    assert Importer(mine).judge_again(now=NOW) == 0
    assert Importer(mine, away).judge_again(now=NOW) == 0
    assert trusts(mine) == [Trust.UNPROVEN, Trust.UNPROVEN]
    assert Importer(mine, back).judge_again(now=NOW) == 1
    assert trusts(mine) == [Trust.VERIFIED, Trust.UNPROVEN]
    assert kit.sums(mine) == before
    assert list(Retrials(mine).waiting(NOW, 10**6)) == []


def test_nobody_waits_for_ever(mine: Store) -> None:
    away = Importer(mine, Judge(Memory.from_zone("")))
    kit.take(away, signed(kit.report_mail(1)))
    late = NOW + timedelta(seconds=LONGEST + 1)
    assert len(list(Retrials(mine).waiting(NOW, 10**6))) == 1
    assert Importer(mine, Judge(Memory.from_zone(ZONE))).judge_again(now=late) == 0
    assert list(Retrials(mine).waiting(NOW, 10**6)) == []


def test_a_mail_with_a_crowd_of_reporters_is_not_asked_about_for_ever(mine: Store) -> None:
    inner = [
        wraps.inner_mail(wraps.part(wraps.report(1, number), name="a.xml"))
        for number in range(MOST + 5)
    ]
    (done,) = kit.take(Importer(mine, Judge(Memory.from_zone(ZONE))), wraps.mail(*inner))
    assert len(done.saved) == MOST + 5
    assert set(trusts(mine)) == {Trust.UNPROVEN}


def test_a_store_keeps_its_salt_and_shares_it_with_nobody(mine: Store, tmp_path: object) -> None:
    from mailworthy import store

    with store.open(f"{tmp_path}/other.db") as other:
        assert len(salt(mine)) == 16
        assert salt(mine) == salt(mine)
        assert salt(mine) != salt(other)


class Counting(io.BytesIO):
    """Counts what is read of it."""

    octets = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.octets += len(data)
        return data


def test_many_reports_in_one_file_cost_no_look_at_all_of_it_each(importer: Importer) -> None:
    members = {f"{number}.xml": wraps.report(1, number) for number in range(60)}
    raw = Counting(wraps.zipped(members) + b"\0" * 100_000)
    (done,) = kit.take(importer, raw)
    assert len(done.saved) == 60
    assert raw.octets < 20 * len(raw.getvalue())
