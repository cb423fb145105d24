"""Remedies that can all be carried out: no record is replaced by two of them."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from mailworthy.audit.cure import changes
from mailworthy.audit.finding import Configure, Finding, Publish, Remedy, Withdraw

# What the user asked for wins over what can be guessed from the record alone.
WANTED = ("zone-record-different", "zone-record-extra", "zone-record-missing")
# A name has one of these, whatever it says.
_SINGLE = frozenset({"CNAME", "SOA"})

# These judge the MTA-STS policy by the MX records, which have to be right first.
FOLLOWERS = frozenset(
    {"mtasts-mx-not-covered", "mtasts-mx-partly-covered", "mtasts-testing-mx-not-covered"}
)

Claim = tuple[str, ...]


def combined(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, where several change the same record with the remedy of one alone.

    That is what the intent wants, or else the remedy of the worst finding; the others say which
    one to begin with, as a record that was changed has to be judged again. Waived findings
    neither give way nor stand in the way.
    """
    listed = tuple(findings)
    owners: dict[Claim, Finding] = {}
    given_up: dict[int, Finding] = {}
    for each in sorted(filter(_counts, listed), key=_turn):
        claims = tuple(_claims(each.remedy))
        first = next((owners[c] for c in (*claims, *_grounds(each)) if c in owners), None)
        if first is None:
            owners |= dict.fromkeys((*claims, *_shaken(each.remedy)), each)
        else:
            given_up[id(each)] = first
    return tuple(_yielding(f, given_up[id(f)]) if id(f) in given_up else f for f in listed)


def _counts(finding: Finding) -> bool:
    return finding.waived is None


def _turn(finding: Finding) -> int:
    """What comes first, whatever its severity; the order is kept otherwise."""
    return 2 if finding.rule in FOLLOWERS else finding.rule not in WANTED


def _grounds(finding: Finding) -> Iterator[Claim]:
    """The record set that a finding takes for granted."""
    if finding.rule in FOLLOWERS:
        yield "mx", finding.subject.removeprefix("mta-sts.")


def _shaken(remedy: Remedy) -> Iterator[Claim]:
    """The MX sets that a remedy takes a record from."""
    for change in changes(remedy):
        if isinstance(change, Withdraw) and change.record.type == "MX":
            yield "mx", change.record.name


def _yielding(finding: Finding, first: Finding) -> Finding:
    note = f"first do what {first.rule} says of {first.subject}, then check again"
    return replace(finding, remedy=Remedy((), note))


def _claims(remedy: Remedy) -> Iterator[Claim]:
    """The records that a remedy takes away, and those that it brings and that must be alone."""
    for change in changes(remedy):
        record = change.record
        if isinstance(change, Withdraw):
            yield "record", record.name, record.type, record.value
        elif kind := _kind(change):
            yield "place", record.name, record.type, kind
    for step in remedy.steps:
        if isinstance(step, Configure) and step.whole:
            yield "file", step.file


def _kind(change: Publish) -> str:
    """What there may be one of at the name; empty where there may be several."""
    record = change.record
    if record.type in _SINGLE:
        return record.type
    head = record.value.partition(";")[0].split(" ")[0].strip().lower()
    return head if record.type == "TXT" and head.startswith("v=") else ""
