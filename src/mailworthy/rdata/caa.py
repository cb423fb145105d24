"""CAA records: who may issue certificates (RFC 8659, RFC 8657, RFC 9495)."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from mailworthy.names import printable
from mailworthy.parsed import Parsed, Problem
from mailworthy.rdata.fields import Field, Reader
from mailworthy.rdata.text import MAX_RDATA, escape, unescape

CRITICAL = 128  # RFC 8659 §4.1: bit 0 is the highest one
ISSUE_TAGS = frozenset({"issue", "issuewild", "issuemail", "issuevmc"})
# The IANA registry of property tags; the last two are of the CA/Browser Forum.
KNOWN_TAGS = ISSUE_TAGS | {"iodef", "contactemail", "contactphone"}
# The IANA registry of ACME validation methods; others begin with `ca-` (RFC 8657 §4).
_METHOD_WORDS = (
    "http-01 dns-01 tls-alpn-01 tls-sni-01 tls-sni-02 email-reply-00 tkauth-01 onion-csr-01 "
    "bp-nodeid-00 dns-account-01 dns-persist-01"
)
KNOWN_METHODS = frozenset(_METHOD_WORDS.split())

_ALNUM = "[A-Za-z0-9]"
# No possessive groups: Python before 3.11.5 keeps half of a last round that fails.
_LABEL = f"{_ALNUM}++(?:-++{_ALNUM}++)*"
_ISSUER = re.compile(rf"[ \t]*+({_LABEL}(?:\.{_LABEL})*)?[ \t]*+(?:;|$)")
_PARAMETER = re.compile(rf"[ \t]*+({_LABEL})[ \t]*+=[ \t]*+([!-:<-~]*+)[ \t]*+(?:;|$)")
_BLANK = re.compile(r"[ \t]*+")
_TAG = re.compile(r"[A-Za-z0-9]{1,255}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+:[!-~]++")
_METHODS = re.compile(r"(?:[A-Za-z0-9-]++(?:,[A-Za-z0-9-]++)*)?")
_MAIL = re.compile(r"mailto:[^@\s]++@[^@\s]++", re.IGNORECASE)
_WEB = re.compile(r"https?://[^/\s]++\S*+", re.IGNORECASE)


class Issuer(msgspec.Struct, frozen=True):
    """The value of an issue property: `domain` is "" where nobody may issue."""

    domain: str
    parameters: tuple[tuple[str, str], ...] = ()

    def values(self, tag: str) -> tuple[str, ...]:
        """The values of all parameters of that name; names are compared without case."""
        return tuple(value for name, value in self.parameters if name.lower() == tag)


class Caa(msgspec.Struct, frozen=True):
    """One property; `tag` in lower case, `value` one latin-1 character an octet."""

    flags: int
    tag: str
    value: str

    @property
    def critical(self) -> bool:
        """Whether a CA that does not know the tag must not issue (RFC 8659 §4.5)."""
        return bool(self.flags & CRITICAL)

    @property
    def issuer(self) -> Issuer:
        """Who may issue; a malformed value means nobody (RFC 8659 §4.2, RFC 9495 §4)."""
        return issue_value(self.value).record or Issuer("")


def parse(text: str) -> Parsed[Caa]:
    """Read `0 issue "letsencrypt.org; validationmethods=dns-01"`.

    What is wrong inside a value leaves the record, since a CA obeys it all the same:
    `unknown-tag`, `unknown-critical-tag`, `reserved-flags`, `iodef-scheme` and the problems of
    `issue_value`.
    """
    read = Reader(text)
    flags, tag = read.number("flags", 255), _tag(read)
    field = read.field("value") or Field("", len(text), len(text))
    caa = Caa(flags, tag, _value(read, field))
    return read.done(caa, *_remarks(caa, read, field))


def _tag(read: Reader) -> str:
    field = read.field("tag")
    if field and not _TAG.fullmatch(field.text):
        read.flaw("bad-tag", "the tag is not made of letters and digits", field)
    return field.text.lower() if field else ""


def _value(read: Reader, field: Field) -> str:
    inner, quoted = field.text, field.text.startswith('"')
    if quoted:
        inner = inner[1:].removesuffix('"')
        closed = len(inner) == len(field.text) - 2
        if not closed or (len(inner) - len(inner.rstrip("\\"))) % 2:
            read.flaw("unterminated-quote", "a quote is opened and never closed", field)
            return ""
    value, code, message = unescape(inner)
    if not code and len(value) > MAX_RDATA - 2:
        code, message = "oversize", "the value is longer than a record can be"
    if code:
        read.flaw(code, message, field)
    return value


def _remarks(caa: Caa, read: Reader, field: Field) -> Iterator[Problem]:
    if caa.flags & ~CRITICAL:
        first = read.fields[0]
        message = "only bit 128 (critical) of the flags has a meaning"
        yield Problem("reserved-flags", message, first.start, first.end)
    if caa.tag not in KNOWN_TAGS and len(read.fields) > 1:
        yield _unknown_tag(caa, read.fields[1])
    if caa.tag == "iodef" and not _MAIL.fullmatch(caa.value) and not _WEB.fullmatch(caa.value):
        message = "reports go to a mailto:, http: or https: URL only"
        yield Problem("iodef-scheme", message, field.start, field.end)
    if caa.tag in ISSUE_TAGS:
        yield from _issue_remarks(caa, field)


def _unknown_tag(caa: Caa, field: Field) -> Problem:
    tag = printable(caa.tag, 40)
    if caa.critical:
        message = f"no CA knows the critical tag {tag}, so none may issue"
        return Problem("unknown-critical-tag", message, field.start, field.end)
    return Problem("unknown-tag", f"no CA knows the tag {tag}", field.start, field.end)


def _issue_remarks(caa: Caa, field: Field) -> Iterator[Problem]:
    plain = "\\" not in field.text
    first = field.start + field.text.startswith('"')
    for p in issue_value(caa.value, restrictions=caa.tag in ("issue", "issuewild")).problems:
        start, end = (first + p.start, first + p.end) if plain else (field.start, field.end)
        yield Problem(p.code, p.message, start, end)


def issue_value(value: str, *, restrictions: bool = True) -> Parsed[Issuer]:
    """Read the value of an issue property (RFC 8659 §4.2, RFC 9495 §3).

    `malformed-issue` leaves no record, and means that nobody may issue. With `restrictions`
    the parameters of RFC 8657 are looked at: `bad-accounturi`, `repeated-accounturi`,
    `bad-validationmethods`, `unknown-validationmethod`. `single-label-issuer` marks an issuer
    that cannot be a CA's domain.
    """
    head = _ISSUER.match(value)
    if head is None:
        return _malformed("the issuer is not a domain name", 0, len(value))
    domain, found, position = (head[1] or "").lower(), [], head.end()
    while _more(value, position):
        match = _PARAMETER.match(value, position)
        if match is None:
            return _malformed("a parameter is not written tag=value", position, len(value))
        found.append(match)
        position = match.end()
    if found and found[-1][0].endswith(";"):
        return _malformed("a semicolon stands behind the last parameter", position - 1, position)
    issuer = Issuer(domain, tuple((m[1], m[2]) for m in found))
    problems = [] if "." in domain or not domain else [_single_label(head)]
    problems += _restriction_problems(found) if restrictions else []
    return Parsed(issuer, tuple(problems))


def _more(value: str, position: int) -> bool:
    blank = _BLANK.match(value, position)
    return blank is not None and blank.end() < len(value)


def _malformed(message: str, start: int, end: int) -> Parsed[Issuer]:
    return Parsed(None, (Problem("malformed-issue", message, start, end),))


def _single_label(head: re.Match[str]) -> Problem:
    message = "an issuer is named by a domain such as letsencrypt.org"
    return Problem("single-label-issuer", message, head.start(1), head.end(1))


def _restriction_problems(found: list[re.Match[str]]) -> list[Problem]:
    problems, accounts = [], 0
    for match in found:
        name, value, span = match[1].lower(), match[2], match.span(2)
        if name == "accounturi":
            accounts += 1
            if accounts > 1:
                message = "with two accounturi parameters nobody may issue"
                problems.append(Problem("repeated-accounturi", message, *span))
            if not _URI.fullmatch(value):
                problems.append(Problem("bad-accounturi", "an accounturi is a URI", *span))
        if name == "validationmethods":
            problems += _method_problems(value, span)
    return problems


def _method_problems(value: str, span: tuple[int, int]) -> list[Problem]:
    if not _METHODS.fullmatch(value):
        message = "validation methods are words with commas between them"
        return [Problem("bad-validationmethods", message, *span)]
    unknown = [m for m in value.split(",") if not m.startswith("ca-") and m not in KNOWN_METHODS]
    if not value or not unknown:
        return []
    message = f"no CA knows the validation method {printable(unknown[0], 40)}"
    return [Problem("unknown-validationmethod", message, *span)]


def render(caa: Caa) -> str:
    """Presentation text, the value quoted."""
    return f'{caa.flags} {caa.tag} "{escape(caa.value)}"'


def render_issuer(issuer: Issuer) -> str:
    """The value of an issue property; `;` where nobody may issue."""
    parts = [issuer.domain, *(f"{tag}={value}" for tag, value in issuer.parameters)]
    return "; ".join(parts) if len(parts) > 1 else issuer.domain or ";"


def authorizes(
    records: Iterable[Caa], issuer: str, *, wildcard: bool = False, mail: bool = False
) -> bool:
    """Whether a relevant CAA set lets the CA `issuer` issue (RFC 8659 §4, RFC 9495 §4).

    `wildcard` asks for a wildcard name, `mail` for certificates of mail addresses. No such
    property at all allows everybody; an unknown critical one nobody. The parameters are the
    CA's to judge and are not looked at.
    """
    every = list(records)
    if any(caa.critical and caa.tag not in KNOWN_TAGS for caa in every):
        return False
    named = [caa for caa in every if caa.tag == ("issuemail" if mail else "issue")]
    if wildcard and not mail:
        named = [caa for caa in every if caa.tag == "issuewild"] or named
    return not named or any(caa.issuer.domain == issuer for caa in named)
