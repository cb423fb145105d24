"""What stands above the records (RFC 9990 §3.1.1.3 to §3.1.1.5) as a value."""

import re
from datetime import datetime

from mailworthy.names import printable
from mailworthy.reports.aggregate.element import Element
from mailworthy.reports.aggregate.flaws import Flaws
from mailworthy.reports.aggregate.prolog import NAMESPACE
from mailworthy.reports.aggregate.schema import Shape, order, shape
from mailworthy.reports.aggregate.values import domain, moment, prose, word
from mailworthy.reports.model import Fault, Format, Head, Kind, PolicyPublished, Reporter, Window

DAY = 86_400
FUTURE = 2 * DAY  # a report of a day may come before that day ends, and clocks are wrong
LONG = 2 * DAY
ENDLESS = 366 * DAY
DMARC = 1_293_840_000  # 2011-01-01, a year before DMARC was published
ERRORS = 10
SEVERAL = 32  # children of <feedback>, all records in a row as one
PARTS = ("report_metadata", "policy_published")
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


class Fields:
    """The children of an element by name; of several with one name the first counts."""

    def __init__(self, shape: Shape, texts: list[str]) -> None:
        self._branch = shape.branch
        self._shape = shape
        self._texts = texts

    def text(self, name: str) -> str:
        """The text of a child; empty if it is not there."""
        return self._texts[self._branch.first(name).at]

    def texts(self, name: str) -> list[str]:
        """The texts of every child of a name."""
        return [self._texts[kid.at] for kid in self._branch.all(name)]

    def within(self, name: str) -> "Fields":
        """The children of a child; these here if it is not there."""
        branch = self._branch.first(name)
        return Fields(Shape(branch, ()), self._texts) if branch.at >= 0 else self

    def names(self) -> frozenset[str]:
        """The names of the children."""
        return frozenset(kid.name for kid in self._branch.kids)

    def check(self, flaws: Flaws) -> None:
        """Hold them against the standard."""
        for code, detail in self._shape.faults:
            flaws.add(code, detail)
        for part in self._branch.walk():
            if part.kids and (text := self._texts[part.at]):
                flaws.add("stray-text", printable(text, 40))


class Parts:
    """The children of <feedback> above the records, as they come in.

    `asked` is what the domain asks receivers to do, in p, sp or np.
    """

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._found: dict[str, Fields] = {}
        self._version: str | None = None
        self._names: list[str] = []
        self.asked: frozenset[str] = frozenset()

    def add(self, element: Element) -> None:
        """Note a part. The first of each name counts."""
        self._note(element.name)
        if element.name == "version":
            self._version = element.texts[0]
        if element.name not in PARTS or element.name in self._found:
            return
        fields = self._found[element.name] = Fields(shape(element.tags), element.texts)
        if element.name == "policy_published":
            self.asked = frozenset(word(fields.text(name)) for name in ("p", "sp", "np")) - {""}

    def record(self) -> None:
        """Note that records stand here."""
        if self._names[-1:] != ["record"]:
            self._note("record")

    def _note(self, name: str) -> None:
        if len(self._names) < SEVERAL:
            self._names.append(name)

    @property
    def whole(self) -> bool:
        """Whether there is enough to tell what the report is about."""
        return len(self._found) == len(PARTS)

    def check(self, flaws: Flaws) -> None:
        """Hold the order of all parts, and that there are records, against the standard."""
        for code, detail in order("feedback", tuple(self._names)):
            flaws.add(code, detail)
        if "record" not in self._names:
            flaws.add("no-record")

    def head(self, now: datetime, flaws: Flaws) -> Head | Refusal:
        """What the report is about, or why it cannot be read.

        Refused is what cannot be right for counting: a period that begins after its end, ends
        more than two days after `now`, is longer than a year, or stands at 1970 because nobody
        filled it in. An old one may be a clock that is wrong, a long one a reporter that sums up;
        both are flaws only (the sample of RFC 9990 itself is of 1979).
        """
        missing = [name for name in PARTS if name not in self._found]
        if missing:
            return Fault.MISSING, f"no <{missing[0]}>"
        metadata, policy = (self._found[name] for name in PARTS)
        window = _window(metadata.within("date_range"), int(now.timestamp()), flaws)
        if not isinstance(window, Window):
            return window
        published = _policy(policy, flaws)
        if not published.domain:
            return Fault.MISSING, "no <domain> in <policy_published>"
        self._check(metadata, policy, flaws)
        return Head(
            Kind.AGGREGATE,
            self._format(metadata, policy),
            _reporter(metadata, flaws),
            _report_id(metadata.text("report_id"), flaws),
            window,
            published,
            tuple([prose(text) for text in metadata.texts("error") if text][:ERRORS]),
        )

    def _check(self, metadata: Fields, policy: Fields, flaws: Flaws) -> None:
        metadata.check(flaws)
        policy.check(flaws)
        if self._namespace != NAMESPACE:
            flaws.add("namespace", printable(self._namespace, 60))
        if self._version is not None and not _VERSION.fullmatch(self._version[:40]):
            flaws.add("version", printable(self._version, 40))

    def _format(self, metadata: Fields, policy: Fields) -> Format:
        new = "generator" in metadata.names() or NEW & policy.names()
        if self._namespace == NAMESPACE or new:
            return Format.RFC9990
        return Format.RFC7489 if self._version is not None else Format.DRAFT


def _window(dates: Fields, now: int, flaws: Flaws) -> Window | Refusal:
    begin, end = _moment(dates, "begin", flaws), _moment(dates, "end", flaws)
    if begin is None or end is None:
        shown = printable(f"{dates.text('begin')[:30]} to {dates.text('end')[:30]}", 80)
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


def _moment(dates: Fields, name: str, flaws: Flaws) -> int | None:
    text = dates.text(name)
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


def _reporter(metadata: Fields, flaws: Flaws) -> Reporter:
    """Who reports. Where no name is given the domain of the mail address takes its place."""
    email = prose(metadata.text("email"), 320)
    name = prose(metadata.text("org_name"), 255)
    local, _, host = email.rpartition("@")
    if not local or domain(host)[1]:
        flaws.add("email", printable(email, 60))
    if not name:
        flaws.add("org-name-empty")
        name = domain(email)[0]
    contact = prose(metadata.text("extra_contact_info"))
    return Reporter(name, email, contact, prose(metadata.text("generator"), 255))


def _report_id(text: str, flaws: Flaws) -> str:
    if text[:1] == "<" and text[-1:] == ">":
        text = text[1:-1]
    if not _REPORT_ID.fullmatch(text[:1000]):
        flaws.add("report-id", printable(text, 60))
    return prose(text, 255)


def _policy(fields: Fields, flaws: Flaws) -> PolicyPublished:
    name, code = domain(fields.text("domain")[:320])
    if code:
        flaws.add(code, printable(name, 60))
    words = {key: _word(fields.text(key), key, known, flaws) for key, known in WORDS.items()}
    return PolicyPublished(
        domain=name,
        p=words["p"],
        sp=words["sp"],
        np=words["np"],
        adkim=words["adkim"],
        aspf=words["aspf"],
        fo=word(fields.text("fo")),
        pct=word(fields.text("pct")),
        testing=words["testing"],
        discovery=words["discovery_method"],
    )


def _word(text: str, name: str, known: frozenset[str], flaws: Flaws) -> str:
    if text in known:
        return text
    lowered = word(text)
    flaws.add("word-case" if lowered in known else "policy-word", f"{name}: {lowered or 'empty'}")
    return lowered
