"""One <record> as a value (RFC 9990 §3.1.1.7 to §3.1.1.14)."""

from mailworthy.names import printable
from mailworthy.reports.aggregate import schema
from mailworthy.reports.aggregate.flaws import Flaws
from mailworthy.reports.aggregate.head import Parts
from mailworthy.reports.aggregate.node import Node
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
EMPTY = Node("")
ALIASES = {"hardfail": "fail"}  # what RFC 4408 drafts and some software call it


class Reader:
    """Reads records under what stands above them; what is no valid record goes to `flaws`."""

    def __init__(self, parts: Parts, flaws: Flaws) -> None:
        self._above = parts
        self._flaws = flaws

    def read(self, node: Node) -> AggregateRecord | str:
        """The record that an element holds, or why it cannot count.

        Only an address and a count are needed: without one of them nothing can be said of the
        messages. What else is missing is empty, words that nobody knows are kept as they are.
        """
        parts = self._parts(node)
        row = self._parts(parts.get("row", EMPTY))
        ip = self._address(row.get("source_ip", EMPTY).text.strip())
        if ip is None:
            return self._refusal("source_ip", row, "no IP address")
        count = self._count(row.get("count", EMPTY).text.strip())
        if count is None:
            return self._refusal("count", row, "no number of messages that can be")
        record = self._record(ip, count, parts, row.get("policy_evaluated", EMPTY))
        self._judge(record)
        return record

    def _judge(self, record: AggregateRecord) -> None:
        """What is wrong with a record although each of its parts is right."""
        failed = "pass" not in (record.dkim, record.spf)
        asked = self._above.asked
        if failed and asked and record.disposition not in asked and not record.reasons:
            self._flaws.add("reason-missing", record.disposition)
        if len(record.dkim_auth) > MANY:
            self._flaws.add("signatures-many")

    def _record(self, ip: str, count: int, parts: dict[str, Node], node: Node) -> AggregateRecord:
        evaluated = self._parts(node)
        names = self._parts(parts.get("identifiers") or parts.get("identities") or EMPTY)
        results = parts.get("auth_results", EMPTY)
        self._parts(results)
        return AggregateRecord(
            ip,
            count,
            self._word(evaluated.get("disposition"), DISPOSITIONS, "disposition-word"),
            self._word(evaluated.get("dkim"), ALIGNED, "alignment-word"),
            self._word(evaluated.get("spf"), ALIGNED, "alignment-word"),
            self._domain(names.get("header_from")),
            self._optional(names.get("envelope_from")),
            self._optional(names.get("envelope_to")),
            tuple([self._reason(kid) for kid in node.kids if kid.name == "reason"]),
            tuple([self._dkim(kid) for kid in results.kids if kid.name == "dkim"]),
            tuple([self._spf(kid) for kid in results.kids if kid.name == "spf"]),
        )

    def _parts(self, node: Node) -> dict[str, Node]:
        """The children by name, the first of each."""
        if node is EMPTY:
            return {}
        schema.check(node, self._flaws)
        return {kid.name: kid for kid in reversed(node.kids)}

    def _refusal(self, name: str, row: dict[str, Node], why: str) -> str:
        if name not in row:
            return f"no <{name}>"
        return f"<{name}> is {why}: {printable(row[name].text.strip(), 60) or 'empty'}"

    def _address(self, text: str) -> str | None:
        ip = address(text[:64])
        if text[:1] in "[iI":
            self._flaws.add("ip-form", printable(text, 60))
        return ip

    def _count(self, text: str) -> int | None:
        count = number(text)
        if count is not None and not text.isdigit():
            self._flaws.add("count-form", printable(text, 40))
        return count

    def _word(self, node: Node | None, known: frozenset[str], code: str) -> str:
        if node is None:
            return ""
        text = node.text.strip()
        if text in known:
            return text
        lowered = ALIASES.get(shown := word(text), shown)
        self._flaws.add("word-case" if shown in known else code, printable(text, 40))
        return lowered

    def _domain(self, node: Node | None) -> str:
        if node is None:
            return ""
        name, code = domain(node.text.strip()[:320])
        if code:
            self._flaws.add(code, printable(name, 60))
        return name

    def _optional(self, node: Node | None) -> str | None:
        return None if node is None else self._domain(node)

    def _prose(self, node: Node | None) -> str:
        if node is None:
            return ""
        if len(node.text) > MAX_PROSE:
            self._flaws.add("too-long", node.name)
        return prose(node.text)

    def _reason(self, node: Node) -> Reason:
        parts = self._parts(node)
        kind = self._word(parts.get("type"), REASONS, "reason-word")
        return Reason(kind, self._prose(parts.get("comment")))

    def _dkim(self, node: Node) -> DkimAuth:
        parts = self._parts(node)
        return DkimAuth(
            self._domain(parts.get("domain")),
            self._word(parts.get("result"), DKIM_RESULTS, "dkim-word"),
            self._domain(parts.get("selector")),
            self._prose(parts.get("human_result")),
        )

    def _spf(self, node: Node) -> SpfAuth:
        parts = self._parts(node)
        return SpfAuth(
            self._domain(parts.get("domain")),
            self._word(parts.get("result"), SPF_RESULTS, "spf-word"),
            self._word(parts.get("scope"), SCOPES, "scope"),
            self._prose(parts.get("human_result")),
        )
