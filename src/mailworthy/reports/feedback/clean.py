"""Each field of a report without the people in it (RFC 9991 §7, RFC 6590)."""

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from mailworthy.reports.feedback import results
from mailworthy.reports.feedback.fields import moment, plain, words
from mailworthy.reports.feedback.people import People
from mailworthy.reports.feedback.redact import HIDDEN, Redactor
from mailworthy.reports.feedback.roles import is_role
from mailworthy.reports.feedback.words import (
    ALIGNED,
    AUTH_FAILURES,
    DELIVERED,
    NAMES,
    TYPES,
)
from mailworthy.reports.shown import shown
from mailworthy.reports.tls import values

_ANGLE = re.compile(r"<([^<>]{1,1000})>")
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,9})?", re.ASCII)
_PRODUCT = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,40})(?:/([0-9][0-9.]{0,20}))?", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
_SELECTOR = re.compile(r"header\.s=([^\s;]+)")
_BETWEEN = re.compile(r"([:,;|/]+)")


class Cleaner:
    """Takes the people out of values, by what each of them is."""

    def __init__(self, redactor: Redactor, people: People) -> None:
        self.redactor, self.people = redactor, people
        self._by_name: dict[str, Callable[[str], str]] = {
            **dict.fromkeys(("original-mail-from", "original-rcpt-to"), self.address),
            **dict.fromkeys(("reported-domain", "dkim-domain"), self.domain),
            **dict.fromkeys(("arrival-date", "received-date"), self.date),
            **dict.fromkeys(("incidents", "source-port", "version"), self.number),
            "dkim-identity": self.address,
            "message-id": self.ident,
            "feedback-type": lambda text: self.words(text, TYPES),
            "auth-failure": lambda text: self.words(text, AUTH_FAILURES),
            "delivery-result": lambda text: self.words(text, DELIVERED),
            "identity-alignment": lambda text: self.words(text, ALIGNED),
            "user-agent": self.product,
            "reporting-mta": lambda text: f"dns; {self.domain(text.rpartition(';')[2])}",
            "source-ip": lambda text: self.ip(text) or HIDDEN,
            "authentication-results": self.results,
            "dkim-selector": self.selector,
            "spf-dns": self.spf_dns,
            "reported-uri": self.redactor.uri,
        }

    def field(self, name: str, value: str) -> tuple[str, str]:
        """A field of the report: of those that nobody knows, nothing is left."""
        if not self.redactor.active:
            return name, value
        key = name.lower()
        clean = self._by_name.get(key)
        return name if key in NAMES else HIDDEN, clean(value) if clean else HIDDEN

    def address(self, text: str) -> str:
        """A path of an envelope; `<>` for the null reverse-path, empty for nothing."""
        bare = text.strip()
        if bare in ("", "<>"):
            return bare
        found = _ANGLE.search(bare)
        return shown(self.redactor.path(found[1] if found else bare), 400)

    def ident(self, text: str) -> str:
        """A Message-ID: its left side becomes a word that is always the same."""
        bare = shown(text.strip().strip("<> "), 500)
        if not self.redactor.active or not bare:
            return bare
        left, _, right = bare.rpartition("@")
        domain = values.domain(right) if left else None
        return self.redactor.address(left, domain) if domain else self.redactor.name(bare)

    def domain(self, text: str) -> str:
        """A domain, whatever is around it."""
        bare = plain(text).strip('"').rpartition("@")[2].strip("<> ")
        found = values.domain(bare)
        if found and ("." in found or not self.redactor.active):  # a word alone may be a name
            return found
        return HIDDEN if self.redactor.active and bare else shown(bare.lower(), 253)

    def ip(self, text: str) -> str:
        """An address, which some put a name or a comment behind; empty for what is none."""
        bare = plain(text)
        return values.ip(bare) or values.ip(bare.partition(" ")[0]) or ""

    def date(self, text: str) -> str:
        """A date in one form."""
        when = moment(text)
        return HIDDEN if when is None else datetime.fromtimestamp(when, UTC).isoformat()

    def number(self, text: str) -> str:
        """A number."""
        bare = plain(text)
        return bare if _NUMBER.fullmatch(bare) else HIDDEN

    def words(self, text: str, known: Collection[str]) -> str:
        """A list of words of a known kind, in lower case."""
        found = words(text)
        if not self.redactor.active:
            return ", ".join(found)
        return ", ".join(dict.fromkeys(word if word in known else HIDDEN for word in found))

    def product(self, text: str) -> str:
        """The name and version of a program, as they stand first in User-Agent."""
        if not self.redactor.active:
            return shown(text, 200)
        found = _PRODUCT.match(text.strip())
        if found is None:
            return HIDDEN if text.strip() else ""
        return HIDDEN if self.people.named(found[1]) else found[0]

    def results(self, text: str) -> str:
        """An Authentication-Results field; its first word is free, so that it may be a name."""
        server, between, rest = shown(results.results(text, self.redactor), 4000).partition(";")
        told = (HIDDEN if self.people.named(server) else server) + between + rest
        return _SELECTOR.sub(lambda found: f"header.s={self.selector(found[1])}", told)

    def spf_dns(self, text: str) -> str:
        """An SPF record as it was found."""
        return shown(results.spf_dns(text, self.redactor), 2000)

    def selector(self, text: str) -> str:
        """A DKIM selector."""
        bare = plain(text).strip('"').lower()
        told = shown(results.selector(bare, self.redactor), 253)
        return self.redactor.name(told) if self.people.named(told) else told

    def campaign(self, text: str) -> str:
        """The label of a mailing: what is no plain word, or names somebody, is replaced."""
        if not self.redactor.active:
            return shown(text, 300)
        parts = _BETWEEN.split(shown(text, 300))
        return "".join(
            part if at % 2 or not part else self._label(part.strip())
            for at, part in enumerate(parts)
        )

    def list_id(self, text: str) -> str:
        """What stands in angle brackets, which is what stays the same (RFC 2919 §2)."""
        found = _ANGLE.findall(text)
        bare = shown(found[-1] if found else text, 300).lower()
        if not self.redactor.active or not bare:
            return bare
        domain = values.domain(bare.strip())
        if domain is None:
            return self.redactor.name(bare)
        if not self.people.named(domain):
            return domain
        return self._hidden_labels(domain)

    def _hidden_labels(self, domain: str) -> str:
        """The labels that name somebody, alone or together, replaced."""
        labels = [self._label(label) for label in domain.split(".")]
        if not self.people.named(".".join(labels)):
            return ".".join(labels)
        head = ".".join(labels[:-2])
        return f"{self.redactor.name(head)}.{'.'.join(labels[-2:])}" if head else HIDDEN

    def _label(self, text: str) -> str:
        good = _LABEL.fullmatch(text) and not self.people.named(text)
        return text if good else self.redactor.name(text)

    def reporter(self, local: str, domain: str) -> str:
        """The address of who reports: that of a machine is kept."""
        if is_role(local) or not self.redactor.active:
            return f"{local}@{domain}"
        return self.redactor.address(local, domain)
