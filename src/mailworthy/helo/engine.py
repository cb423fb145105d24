"""Look up the name that a client gives in HELO or EHLO (RFC 5321 §2.3.5, §4.1.4)."""

from collections.abc import Collection

from mailworthy.helo.form import Form, form
from mailworthy.helo.result import Cause, HeloResult
from mailworthy.lookup.model import Answer, Asking, Status, ask, question
from mailworthy.rdata.address import Address, canonical, kind, render
from mailworthy.rdata.address import Kind as Purpose
from mailworthy.rdata.address import client as client_of


def check(helo: str, ip: Address | str, *, own: Collection[str] = ()) -> Asking[HeloResult]:
    """Whether the name is that of a host, and whether that host is the client.

    It fails only where it is no name of a host: an address, one label, or a name that DNS does
    not know or that has no address; and where it is our own, or one that every host has for
    itself, in the mouth of somebody else. A host elsewhere is no failure. `own` are our names, in
    the inside form, and our addresses, in canonical text.

    At most 2 questions, A and AAAA, in one round; no MX is asked for. An IPv4 address mapped into
    IPv6 counts as IPv4. Raises NotAnAddress for an `ip` that is none, nothing else.
    """
    client = client_of(ip)
    shown, said = render(client), form(helo)
    found = _cause(said, client, shown, own)
    if found is not None:
        matches = {Cause.OWN_LITERAL: True, Cause.OTHER_LITERAL: False}.get(found)
        return HeloResult(helo, shown, found, said.name, matches)
    answers = yield from ask(question(said.name, "A"), question(said.name, "AAAA"))
    return _resolved(helo, client, said.name, answers)


def _cause(said: Form, client: Address, shown: str, own: Collection[str]) -> Cause | None:
    """What decides without DNS; None where DNS has to be asked."""
    if said.fault is not None:
        return said.fault
    if said.literal:
        mine = said.literal.removeprefix("::ffff:") if client.version == 4 else said.literal
        return Cause.OWN_LITERAL if mine == shown else Cause.OTHER_LITERAL
    ours = said.name in own
    if not (ours or said.local):
        return None
    if shown in own or kind(client) is Purpose.LOOPBACK:
        return Cause.INSIDE
    return Cause.OURS if ours else Cause.LOCAL


def _resolved(helo: str, client: Address, name: str, answers: tuple[Answer, ...]) -> HeloResult:
    shown = render(client)
    found = [canonical(record) for answer in answers for record in answer.records]
    addresses = tuple(dict.fromkeys(filter(None, found)))
    matches: bool | None = shown in addresses
    of_family = answers[0 if client.version == 4 else 1]
    if not matches and of_family.status is Status.FAILED:
        matches = None
    return HeloResult(
        helo, shown, _of(addresses, matches, answers), name, matches, addresses, answers
    )


def _of(addresses: tuple[str, ...], matches: bool | None, answers: tuple[Answer, ...]) -> Cause:
    """The cause for a name that was looked up; no single failure makes a host unknown."""
    if addresses:
        return {True: Cause.MATCHES, False: Cause.ELSEWHERE, None: Cause.UNCONFIRMED}[matches]
    statuses = {answer.status for answer in answers}
    if Status.FAILED in statuses:
        return Cause.LOOKUP
    return Cause.UNKNOWN if statuses == {Status.ABSENT} else Cause.NO_ADDRESS
