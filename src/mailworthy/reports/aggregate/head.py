"""What stands above the records (RFC 9990 §3.1.1.3 to §3.1.1.5) as a value."""

import re
from datetime import datetime

from mailworthy.names import printable
from mailworthy.reports.aggregate import schema
from mailworthy.reports.aggregate.flaws import Flaws
from mailworthy.reports.aggregate.node import Node
from mailworthy.reports.aggregate.prolog import NAMESPACE
from mailworthy.reports.aggregate.values import domain, moment, prose, word
from mailworthy.reports.model import Fault, Format, Head, Kind, PolicyPublished, Reporter, Window

DAY = 86_400
FUTURE = 2 * DAY  # a report of a day may come before that day ends, and clocks are wrong
LONG = 2 * DAY
ENDLESS = 366 * DAY
DMARC = 1_293_840_000  # 2011-01-01, a year before DMARC was published
ERRORS = 10
NEW = frozenset(("np", "testing", "discovery_method"))
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOT_ATOM = rf"{_ATOM}(?:\.{_ATOM})*"
_REPORT_ID = re.compile(rf"{_DOT_ATOM}(?:@{_DOT_ATOM})?")
_VERSION = re.compile(r"0*1(?:\.0*)?")
POLICIES = frozenset(("", "none", "quarantine", "reject"))
MODES = frozenset(("", "r", "s"))
WORDS = {
    "p": POLICIES - {""},
    "sp": POLICIES,
    "np": POLICIES,
    "adkim": MODES,
    "aspf": MODES,
    "testing": frozenset(("", "y", "n")),
    "discovery_method": frozenset(("", "psl", "treewalk")),
}
Refusal = tuple[Fault, str]


class Parts:
    """The children of <feedback> above the records, as they come in.

    `asked` is what the domain asks receivers to do, in p, sp or np.
    """

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._found: dict[str, Node] = {}
        self._names: list[str] = []
        self.asked: frozenset[str] = frozenset()

    def add(self, node: Node) -> None:
        """Note a part. The first of each name counts."""
        if len(self._names) < schema.SEVERAL:
            self._names.append(node.name)
        if node.name in schema.MODELS["feedback"].rank:
            self._found.setdefault(node.name, node)
        if node.name == "policy_published":
            words = (word(kid.text) for kid in node.kids if kid.name in ("p", "sp", "np"))
            self.asked = frozenset(words)

    def record(self) -> None:
        """Note that records stand here."""
        if len(self._names) < schema.SEVERAL and self._names[-1:] != ["record"]:
            self._names.append("record")

    @property
    def whole(self) -> bool:
        """Whether there is enough to tell what the report is about."""
        return "report_metadata" in self._found and "policy_published" in self._found

    def check(self, flaws: Flaws) -> None:
        """Hold what there was against the standard, in the order in which it came."""
        schema.order(tuple(self._names), flaws)
        if "record" not in self._names:
            flaws.add("no-record")

    def head(self, now: datetime, flaws: Flaws) -> Head | Refusal:
        """What the report is about, or why it cannot be read.

        Refused is what cannot be right for counting: a period that begins after its end, ends
        more than two days after `now`, is longer than a year, or stands at 1970 because nobody
        filled it in. An old one may be a clock that is wrong, a long one a reporter that sums up;
        both are flaws only (the sample of RFC 9990 itself is of 1979).
        """
        missing = [n for n in ("report_metadata", "policy_published") if n not in self._found]
        if missing:
            return Fault.MISSING, f"no <{missing[0]}>"
        metadata = _children(self._found["report_metadata"], flaws)
        policy = _children(self._found["policy_published"], flaws)
        window = _window(metadata, int(now.timestamp()), flaws)
        published = _policy(policy, flaws)
        if not published.domain:
            return Fault.MISSING, "no <domain> in <policy_published>"
        if not isinstance(window, Window):
            return window
        self._version(flaws)
        return Head(
            Kind.AGGREGATE,
            self._format(metadata, policy),
            _reporter(metadata, flaws),
            _report_id(metadata, flaws),
            window,
            published,
            _errors(self._found["report_metadata"]),
        )

    def _version(self, flaws: Flaws) -> None:
        if self._namespace != NAMESPACE:
            flaws.add("namespace", printable(self._namespace, 60))
        node = self._found.get("version")
        if node is not None and not _VERSION.fullmatch(node.text.strip()[:40]):
            flaws.add("version", printable(node.text.strip(), 40))

    def _format(self, metadata: dict[str, Node], policy: dict[str, Node]) -> Format:
        if self._namespace == NAMESPACE or "generator" in metadata or NEW & policy.keys():
            return Format.RFC9990
        return Format.RFC7489 if "version" in self._found else Format.DRAFT


def _children(node: Node, flaws: Flaws) -> dict[str, Node]:
    schema.check(node, flaws)
    return {kid.name: kid for kid in reversed(node.kids)}


def _text(parts: dict[str, Node], name: str) -> str:
    node = parts.get(name)
    return node.text.strip() if node is not None else ""


def _window(metadata: dict[str, Node], now: int, flaws: Flaws) -> Window | Refusal:
    node = metadata.get("date_range")
    dates = _children(node, flaws) if node is not None else metadata
    begin = _moment(dates, "begin", flaws)
    end = _moment(dates, "end", flaws)
    if begin is None or end is None:
        shown = printable(f"{_text(dates, 'begin')[:30]} to {_text(dates, 'end')[:30]}", 80)
        return Fault.MISSING, f"no period that can be understood: {shown}"
    if reason := _nonsense(begin, end, now):
        return Fault.NONSENSE, f"{reason} ({begin} to {end})"
    for code, there in (
        ("window-empty", begin == end),
        ("window-long", end - begin > LONG),
        ("window-old", begin < DMARC),
    ):
        if there:
            flaws.add(code, f"{begin} to {end}")
    return Window(begin, end)


def _moment(dates: dict[str, Node], name: str, flaws: Flaws) -> int | None:
    text = _text(dates, name)
    seconds = moment(text, end=name == "end")
    if seconds is not None and text != str(seconds):
        flaws.add("time-form", printable(text, 40))
    return seconds


def _nonsense(begin: int, end: int, now: int) -> str:
    if begin > end:
        return "its period begins after it ends"
    if begin < 0 or end < DAY:
        return "its period is at or before the beginning of 1970"
    if end > now + FUTURE:
        return "its period ends in the future"
    if end - begin > ENDLESS:
        return "its period is longer than a year"
    return ""


def _reporter(metadata: dict[str, Node], flaws: Flaws) -> Reporter:
    """Who reports. Where no name is given the domain of the mail address takes its place."""
    email = prose(_text(metadata, "email"), 320)
    name = prose(_text(metadata, "org_name"), 255)
    if not name:
        flaws.add("org-name-empty")
        name = domain(email)[0]
    local, _, host = email.rpartition("@")
    if not local or domain(host)[1]:
        flaws.add("email", printable(email, 60))
    contact = prose(_text(metadata, "extra_contact_info"))
    return Reporter(name, email, contact, prose(_text(metadata, "generator"), 255))


def _report_id(metadata: dict[str, Node], flaws: Flaws) -> str:
    text = _text(metadata, "report_id")
    if text[:1] == "<" and text[-1:] == ">":
        text = text[1:-1]
    if not _REPORT_ID.fullmatch(text[:1000]):
        flaws.add("report-id", printable(text, 60))
    return prose(text, 255)


def _errors(metadata: Node) -> tuple[str, ...]:
    texts = [prose(kid.text) for kid in metadata.kids if kid.name == "error"]
    return tuple([text for text in texts if text][:ERRORS])


def _policy(parts: dict[str, Node], flaws: Flaws) -> PolicyPublished:
    name, code = domain(_text(parts, "domain")[:320])
    if code:
        flaws.add(code, printable(name, 60))
    words = {key: _word(parts, key, known, flaws) for key, known in WORDS.items()}
    return PolicyPublished(
        domain=name,
        p=words["p"],
        sp=words["sp"],
        np=words["np"],
        adkim=words["adkim"],
        aspf=words["aspf"],
        fo=word(_text(parts, "fo")),
        pct=word(_text(parts, "pct")),
        testing=words["testing"],
        discovery=words["discovery_method"],
    )


def _word(parts: dict[str, Node], name: str, known: frozenset[str], flaws: Flaws) -> str:
    text = _text(parts, name)
    if text in known:
        return text
    lowered = word(text)
    detail = f"{name} is {printable(text, 40) or 'empty'}"
    flaws.add("word-case" if lowered in known else "policy-word", detail)
    return lowered
