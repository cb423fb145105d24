"""One <record> as a value (RFC 9990 §3.1.1.7 to §3.1.1.14)."""

from mailworthy.names import printable
from mailworthy.reports.aggregate.element import Element
from mailworthy.reports.aggregate.flaws import Flaws
from mailworthy.reports.aggregate.head import Parts
from mailworthy.reports.aggregate.layout import Layout, layout
from mailworthy.reports.aggregate.values import MAX_PROSE, address, domain, number, prose, word
from mailworthy.reports.model import AggregateRecord, DkimAuth, Reason, SpfAuth

DISPOSITIONS = frozenset(("none", "pass", "quarantine", "reject"))
ALIGNED = frozenset(("pass", "fail"))
DKIM_RESULTS = frozenset(("none", "pass", "fail", "policy", "neutral", "temperror", "permerror"))
SPF_RESULTS = DKIM_RESULTS | {"softfail"}
REASONS = frozenset(
    ("local_policy", "mailing_list", "other", "policy_test_mode", "trusted_forwarder")
)
SCOPES = frozenset(("", "mfrom"))
MANY = 100
ALIASES = {"hardfail": "fail"}  # what old software calls it


class Reader:
    """Reads records under what stands above them; what no valid record has goes to `flaws`."""

    def __init__(self, parts: Parts, flaws: Flaws) -> None:
        self._above = parts
        self._flaws = flaws
        self._last: Layout | None = None

    def read(self, element: Element) -> AggregateRecord | str:
        """The record that an element holds, or why it cannot count.

        Only an address and a count are needed: without one of them nothing can be said of the
        messages. What else is missing is empty, words that nobody knows are kept as they are.
        """
        at = layout(element.tags)
        texts = element.texts
        self._kind(at, texts)
        ip = self._address(texts[at.source_ip])
        if ip is None:
            return _refusal("source_ip", at.source_ip, texts, "no IP address")
        count = self._count(texts[at.count])
        if count is None:
            return _refusal("count", at.count, texts, "no number of messages that can be")
        record = self._record(ip, count, at, texts)
        self._judge(record)
        return record

    def _record(self, ip: str, count: int, at: Layout, texts: list[str]) -> AggregateRecord:
        name, word = self._domain, self._word
        return AggregateRecord(
            ip,
            count,
            word(texts[at.disposition], DISPOSITIONS, "disposition-word"),
            word(texts[at.dkim], ALIGNED, "alignment-word"),
            word(texts[at.spf], ALIGNED, "alignment-word"),
            name(texts[at.header_from]),
            None if at.envelope_from < 0 else name(texts[at.envelope_from]),
            None if at.envelope_to < 0 else name(texts[at.envelope_to]),
            tuple([self._reason(kind, comment, texts) for kind, comment in at.reasons]),
            tuple([self._dkim(parts, texts) for parts in at.dkim_auth]),
            tuple([self._spf(parts, texts) for parts in at.spf_auth]),
        )

    def _kind(self, at: Layout, texts: list[str]) -> None:
        """What is wrong with a record by its tags alone; and text where none belongs."""
        if at is not self._last:
            for code, detail in at.faults:
                self._flaws.add(code, detail)
            self._last = at
        if any(stray := at.bare(texts)):
            self._flaws.add("stray-text", printable("".join(stray), 40))

    def _judge(self, record: AggregateRecord) -> None:
        """What is wrong with a record although each of its parts is right."""
        if record.dkim != "pass" and record.spf != "pass" and not record.reasons:
            asked = self._above.asked
            if asked and record.disposition not in asked:
                self._flaws.add("reason-missing", record.disposition)
        if len(record.dkim_auth) > MANY:
            self._flaws.add("signatures-many")

    def _address(self, text: str) -> str | None:
        ip = address(text[:64])
        if ip and text[0] in "[iI":
            self._flaws.add("ip-form", printable(text, 60))
        return ip

    def _count(self, text: str) -> int | None:
        count = number(text)
        if count is not None and not text.isdigit():
            self._flaws.add("count-form", printable(text, 40))
        return count

    def _word(self, text: str, known: frozenset[str], code: str) -> str:
        if text in known:
            return text
        shown = word(text)
        self._flaws.add("word-case" if shown in known else code, shown or "empty")
        return ALIASES.get(shown, shown)

    def _domain(self, text: str) -> str:
        name, code = domain(text[:320])
        if code:
            self._flaws.add(code, printable(name, 60))
        return name

    def _prose(self, text: str) -> str:
        if len(text) > MAX_PROSE:
            self._flaws.add("too-long")
        return prose(text) if text else ""

    def _reason(self, kind: int, comment: int, texts: list[str]) -> Reason:
        return Reason(self._word(texts[kind], REASONS, "reason-word"), self._prose(texts[comment]))

    def _dkim(self, at: tuple[int, int, int, int], texts: list[str]) -> DkimAuth:
        name, result, selector, comment = at
        return DkimAuth(
            self._domain(texts[name]),
            self._word(texts[result], DKIM_RESULTS, "dkim-word"),
            self._domain(texts[selector]),
            self._prose(texts[comment]),
        )

    def _spf(self, at: tuple[int, int, int, int], texts: list[str]) -> SpfAuth:
        name, result, scope, comment = at
        return SpfAuth(
            self._domain(texts[name]),
            self._word(texts[result], SPF_RESULTS, "spf-word"),
            self._word(texts[scope], SCOPES, "scope"),
            self._prose(texts[comment]),
        )


def _refusal(name: str, at: int, texts: list[str], why: str) -> str:
    if at < 0:
        return f"no <{name}>"
    return f"<{name}> is {why}: {printable(texts[at], 60) or 'empty'}"
