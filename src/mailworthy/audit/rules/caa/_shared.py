"""What the rules about CAA share: where the set stands, and how a record is changed."""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from mailworthy.audit.case import Case
from mailworthy.audit.evidence import Certification, Read
from mailworthy.audit.finding import Blank, Found, Remedy, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rules._records import mend
from mailworthy.names import printable
from mailworthy.rdata.caa import Caa, Issuer, render, render_issuer

CA = Blank("ca", "the domain by which your CA names itself in CAA records, e.g. letsencrypt.org")
SLOT = f"<{CA.placeholder}>"
ISSUE = 'example.com. CAA 0 issue "letsencrypt.org"'
WILD = 'example.com. CAA 0 issuewild ";"'


def records(caa: Certification) -> tuple[Caa, ...]:
    """The properties of the relevant set that can be read."""
    return tuple(r.parsed.record for r in caa.records if r.parsed.record)


def with_problem(caa: Certification, code: str, *tags: str) -> Iterator[tuple[Read[Caa], Caa, str]]:
    """The records with this problem (and one of these tags), each with the message."""
    for read in caa.records:
        problem = next((p for p in read.parsed.problems if p.code == code), None)
        if problem and read.parsed.record and (not tags or read.parsed.record.tag in tags):
            yield read, read.parsed.record, problem.message


def named(caa: Certification, tag: str) -> tuple[Caa, ...]:
    """The properties with this tag."""
    return tuple(record for record in records(caa) if record.tag == tag)


def forbids(record: Caa) -> bool:
    """Whether an issue property plainly says that nobody may issue: `;` or nothing."""
    return record.value.strip(" \t;") == ""


def found(
    caa: Certification,
    domain: str,
    message: str,
    *,
    remove: Iterable[str],
    add: Iterable[str],
    blanks: tuple[Blank, ...] = (),
) -> Found:
    """The finding about some records of the set, cured by others in their place."""
    old = tuple(dict.fromkeys(remove))
    there = {read.text for read in caa.records} - set(old)
    new = tuple(text for text in dict.fromkeys(add) if text not in there)
    name = caa.found_at or caa.answer.ask.name
    return Found(
        subject=name,
        message=f"{printable(name, 200)}: {message}",
        evidence=tuple(cite(caa.answer, text) for text in old[:4]) or (cite(caa.answer),),
        remedy=Remedy(
            mend(caa.answer, domain, remove=old, add=new),
            blanks=(CA,) if any(SLOT in text for text in new) else blanks,
        ),
    )


def revised(record: Caa, value: str) -> str:
    """The record with another value."""
    return render(msgspec.structs.replace(record, value=value))


def restricted(
    caa: Certification,
    domain: str,
    code: str,
    mended: Callable[[Issuer], Issuer],
    fault: str,
    *blanks: Blank,
) -> Iterator[Found]:
    """The finding about the parameters of issue properties; `mended` gives better ones."""
    bad = list(with_problem(caa, code))
    if bad:
        value = printable(bad[0][1].value, 120)
        yield found(
            caa,
            domain,
            f"{fault} in {value}",
            remove=[read.text for read, _, _ in bad],
            add=[revised(record, render_issuer(mended(record.issuer))) for _, record, _ in bad],
            blanks=blanks,
        )


def instead(*lines: str, **more: object) -> Case:
    """The healthy world with these CAA records in the place of its own."""
    return healthy(drop=("example.com. CAA",), add=lines, **more)


def contradictory(caa: Certification, domain: str, tag: str) -> Iterator[Found]:
    """The finding if the set both forbids and allows under one tag; permissions add up."""
    plain = [r for r in caa.records if r.parsed.record and r.parsed.record.tag == tag]
    forbidding = [r.text for r in plain if r.parsed.record and forbids(r.parsed.record)]
    allowing = [r.parsed.record.issuer.domain for r in plain if r.parsed.record]
    allowed = ", ".join(printable(name, 60) for name in allowing if name)
    if forbidding and allowed:
        message = f'CAA says {tag} ";", but {allowed} may issue all the same'
        yield found(caa, domain, message, remove=forbidding, add=())
