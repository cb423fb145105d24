"""One evaluation of check_host(): who sends, what has been spent, what decides."""

from functools import lru_cache
from typing import Any

import msgspec

from mailworthy.lookup.model import Answer, Question, Status
from mailworthy.names import too_long
from mailworthy.rdata.address import Address, reverse_name
from mailworthy.rdata.address import client as client_of
from mailworthy.spf.identity import is_domain
from mailworthy.spf.macro import Context
from mailworthy.spf.model import LIMITS, Limits, Result
from mailworthy.spf.plan import Fault, Plan, Step
from mailworthy.spf.result import SECTIONS, Cause

_VOID = frozenset({Status.EMPTY, Status.ABSENT})


class Client(msgspec.Struct, frozen=True):
    """The SMTP client; `type` are the records that hold addresses of its family."""

    ip: str
    number: int
    type: str
    reverse: str


@lru_cache(maxsize=4096)
def client(given: Address | str) -> Client:
    """Read an address; an IPv4-mapped one is IPv4 (§5). Raises NotAnAddress."""
    found = client_of(str(given))
    type_ = "A" if found.version == 4 else "AAAA"
    return Client(str(found), int(found), type_, reverse_name(found))


class Page(msgspec.Struct, frozen=True):
    """A name, and the record that was found there."""

    domain: str
    found: Plan | Fault | None = None


class Decision(msgspec.Struct, frozen=True):
    """What ends an evaluation. `page` is whose `exp` counts, `where` whose record decided."""

    result: Result
    cause: Cause
    section: str
    page: Page
    path: tuple[str, ...] = ()
    where: Page | None = None
    failed: Answer | None = None


class Check(msgspec.Struct):
    """The state of one evaluation, the same for all records that it leads to (§4.6.4).

    `names` are the validated names of the client, None until somebody asks (§5.5).
    """

    client: Client
    sender: str
    helo: str
    receiver: str
    now: int
    limits: Limits = LIMITS
    lookups: int = 0
    voids: int = 0
    octets: int = 0
    answers: list[Answer] = []
    names: tuple[str, ...] | None = None

    def note(self, replies: tuple[Any, ...]) -> tuple[Answer, ...]:
        """Keep the answers to a batch of questions, and hand them on."""
        self.answers.extend(replies)
        return replies

    @property
    def is_ascii(self) -> bool:
        """Whether the local part can stand in a DNS name (RFC 8616 §4)."""
        return self.sender.rpartition("@")[0].isascii()

    def was_void(self, since: int) -> bool:
        """Whether one of the answers since then was empty (§4.6.4)."""
        return not _VOID.isdisjoint([answer.status for answer in self.answers[since:]])

    def context(self, domain: str, validated: str = "unknown") -> Context:
        """What macros expand to at this domain."""
        return Context(
            self.client.ip, domain, self.sender, self.helo, validated, self.receiver, self.now
        )


def matched(page: Page, step: Step) -> Decision:
    """A mechanism matches (§4.6.2)."""
    return Decision(step.result, Cause.MATCH, step.section, page, (step.text,))


def stopped(
    result: Result, cause: Cause, page: Page, step: Step, failed: Answer | None = None
) -> Decision:
    """A term cannot be evaluated."""
    return Decision(result, cause, SECTIONS[cause], page, (step.text,), None, failed)


@lru_cache(maxsize=8192)
def questions(name: str, type_: str) -> tuple[Question, ...]:
    """The batch with this question; empty if no DNS name can have this form (§4.8)."""
    return () if too_long(name) else (Question(name, type_),)


@lru_cache(maxsize=8192)
def record_questions(domain: str) -> tuple[Question, ...]:
    """The batch that fetches a record; empty if the domain is malformed (§4.3, §4.4)."""
    return (Question(domain, "TXT"),) if is_domain(domain) else ()
