"""One term of an SPF record: text to value (RFC 7208 §4.6.1, §5, §6)."""

import re
from ipaddress import ip_network
from typing import NamedTuple

from mailworthy.parsed import Problem
from mailworthy.rdata.address import Address, address, render
from mailworthy.spf.hints import intended, joint, misspelt
from mailworthy.spf.macro import DomainSpec, parse_domain_spec, parse_macro_string
from mailworthy.spf.model import Kind, Mechanism, Modifier, Qualifier, Term
from mailworthy.spf.reporting import report_faults

_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)=")
_MECHANISM = re.compile(r"([+\-?~]?)([A-Za-z][A-Za-z0-9._-]*)(?=[:/]|\Z)")
_PREFIXES = re.compile(r"(?:/(0|[1-9][0-9]*))?(?://(0|[1-9][0-9]*))?")
_PREFIX = re.compile(r"/(0|[1-9][0-9]*)")
_KINDS = {kind.value: kind for kind in Kind}
_QUALIFIERS = {"": Qualifier.PASS} | {q.value: q for q in Qualifier}
_NEEDS_DOMAIN = frozenset({Kind.INCLUDE, Kind.EXISTS})


class Read(NamedTuple):
    """A term, None where it breaks the grammar, and what was noticed (offsets in the term)."""

    term: Term | None
    problems: tuple[Problem, ...] = ()


def read_term(text: str) -> Read:
    """One term of visible ASCII characters; offsets of the problems count from its start."""
    found = _MODIFIER.match(text)
    if found:
        return _modifier(text, found[1].lower(), found.end())
    found = _MECHANISM.match(text)
    if found is None:
        return _no_term(text)
    kind = _KINDS.get(found[2].lower())
    if kind is None:
        return _unknown(text, found.start(2), found.end(2))
    read = _mechanism(kind, _QUALIFIERS[found[1]], text, found.end())
    return _with_hints(text, read)


def _no_term(text: str) -> Read:
    if text in _QUALIFIERS:
        problem = Problem("empty-term", f"there is no mechanism behind {text!r}", 0, len(text))
    else:
        message = _suggesting("this is neither a mechanism nor a modifier", text)
        problem = Problem("syntax", message, 0, len(text))
    return _with_hints(text, Read(None, (problem,)))


def _unknown(text: str, start: int, end: int) -> Read:
    message = _suggesting("there is no mechanism of this name", text)
    return _with_hints(text, Read(None, (Problem("unknown-mechanism", message, start, end),)))


def _suggesting(message: str, text: str) -> str:
    meant = intended(text)
    return f"{message}; perhaps {meant!r} was meant" if meant else message


def _with_hints(text: str, read: Read) -> Read:
    """Adds where two terms seem to have lost the space between them."""
    at = joint(text)
    if at is None:
        return read
    message = f"a space seems to be missing before {text[at : at + 40]!r}"
    problem = Problem("looks-like-joined-terms", message, at, len(text))
    return Read(read.term, (*read.problems, problem))


# --- mechanisms ------------------------------------------------------------------------------


def _mechanism(kind: Kind, qualifier: Qualifier, text: str, at: int) -> Read:
    match kind:
        case Kind.ALL:
            return _all(qualifier, text, at)
        case Kind.IP4 | Kind.IP6:
            return _address(kind, qualifier, text, at)
        case Kind.A | Kind.MX:
            return _host(kind, qualifier, text, at)
        case _:
            return _named(kind, qualifier, text, at)


def _all(qualifier: Qualifier, text: str, at: int) -> Read:
    if at < len(text):
        return _bad("syntax", "nothing may follow 'all'", at, len(text))
    return Read(Mechanism(Kind.ALL, qualifier))


def _named(kind: Kind, qualifier: Qualifier, text: str, at: int) -> Read:
    """include, exists and ptr: a name and no prefix length."""
    if at == len(text) and kind not in _NEEDS_DOMAIN:
        return Read(Mechanism(kind, qualifier))
    if text[at : at + 1] == "/":
        return _bad("bad-prefix", f"{kind.value!r} takes no prefix length", at, len(text))
    if text[at:] in ("", ":"):
        return _bad("missing-domain", f"{kind.value!r} needs a domain name", 0, len(text))
    domain, problems = _domain(text, at + 1, len(text))
    return Read(Mechanism(kind, qualifier, domain) if domain else None, problems)


def _host(kind: Kind, qualifier: Qualifier, text: str, at: int) -> Read:
    """a and mx: perhaps a name, perhaps prefix lengths."""
    named = text[at : at + 1] == ":"
    cut = _prefix_start(text, at) if named else at
    domain: DomainSpec | None = None
    problems: tuple[Problem, ...] = ()
    if named:
        domain, problems = _domain(text, at + 1, cut)
        if domain is None:
            return Read(None, problems)
    prefix4, prefix6, fault = _dual(text, cut)
    if fault:
        return Read(None, (*problems, fault))
    return Read(Mechanism(kind, qualifier, domain, prefix4, prefix6), problems)


def _prefix_start(text: str, at: int) -> int:
    """Where the prefix lengths begin: a domain-spec ends neither in "/" nor inside one."""
    head = max(at, len(text.rstrip("0123456789/")))
    slash = text.find("/", head)
    return slash if slash >= 0 else len(text)


def _dual(text: str, at: int) -> tuple[int | None, int | None, Problem | None]:
    found = _PREFIXES.fullmatch(text, at)
    if found is None:
        message = "prefix lengths are written /24, //64 or /24//64"
        return None, None, Problem("bad-prefix", message, at, len(text))
    prefix4, prefix6 = _number(found[1]), _number(found[2])
    if (prefix4 or 0) > 32 or (prefix6 or 0) > 128:
        message = "an IPv4 prefix has at most 32 bits, an IPv6 prefix at most 128"
        return None, None, Problem("prefix-out-of-range", message, at, len(text))
    return prefix4, prefix6, None


def _number(digits: str | None) -> int | None:
    """The number, or one that is out of any range: int() refuses thousands of digits."""
    return int(digits[:4]) if digits else None


def _domain(text: str, start: int, end: int) -> tuple[DomainSpec | None, tuple[Problem, ...]]:
    parsed = parse_domain_spec(text[start:end])
    problems = tuple(_moved(p, start) for p in parsed.problems)
    if parsed.record is None and problems[0].code == "bad-domain":
        first = problems[0]
        message = _suggesting(first.message, text)
        problems = (Problem(first.code, message, first.start, first.end),)
    if parsed.record and "p" in parsed.record.letters:
        message = "%{p} is slow and unreliable, and should not be published"
        problems = (*problems, Problem("ptr-macro", message, start, end))
    return parsed.record, problems


def _moved(problem: Problem, by: int) -> Problem:
    return Problem(problem.code, problem.message, problem.start + by, problem.end + by)


def _address(kind: Kind, qualifier: Qualifier, text: str, at: int) -> Read:
    if text[at:] in ("", ":"):
        return _bad(_bad_ip(kind), f"{kind.value!r} needs an address", 0, len(text))
    if text[at] == "/":
        return _bad(_bad_ip(kind), f"{kind.value!r} needs ':' and an address", at, len(text))
    slash = text.find("/", at)
    end = len(text) if slash < 0 else slash
    ip = _parse_ip(kind, text[at + 1 : end])
    if ip is None:
        return Read(None, (_ip_fault(kind, text, at + 1, end),))
    prefix, fault = _single(kind, text, end)
    if fault:
        return Read(None, (fault,))
    four, six = (prefix, None) if kind is Kind.IP4 else (None, prefix)
    term = Mechanism(kind, qualifier, None, four, six, render(ip))
    return Read(term, _host_bits(ip, prefix, text, at + 1))


def _parse_ip(kind: Kind, text: str) -> Address | None:
    ip = address(text)
    return ip if ip and ip.version == (4 if kind is Kind.IP4 else 6) else None


def _bad_ip(kind: Kind) -> str:
    return "bad-ip4" if kind is Kind.IP4 else "bad-ip6"


def _ip_fault(kind: Kind, text: str, start: int, end: int) -> Problem:
    other = Kind.IP6 if kind is Kind.IP4 else Kind.IP4
    if _parse_ip(other, text[start:end]):
        code = "ip4-with-v6" if kind is Kind.IP4 else "ip6-with-v4"
        version = "an IPv6" if kind is Kind.IP4 else "an IPv4"
        return Problem(code, _suggesting(f"this is {version} address", text), start, end)
    version = "IPv4" if kind is Kind.IP4 else "IPv6"
    message = _suggesting(f"this is not an {version} address", text)
    return Problem(_bad_ip(kind), message, start, end)


def _single(kind: Kind, text: str, at: int) -> tuple[int | None, Problem | None]:
    if at == len(text):
        return None, None
    found, most = _PREFIX.fullmatch(text, at), 32 if kind is Kind.IP4 else 128
    prefix = _number(found[1]) if found else None
    if prefix is None:
        message = "a prefix length is / and a number without leading zeros"
        return None, Problem("bad-prefix", message, at, len(text))
    if prefix > most:
        message = f"the prefix length is at most {most}"
        return None, Problem("prefix-out-of-range", message, at, len(text))
    return prefix, None


def _host_bits(ip: Address, prefix: int | None, text: str, start: int) -> tuple[Problem, ...]:
    if prefix is None or not int(ip) & ((1 << (ip.max_prefixlen - prefix)) - 1):
        return ()
    network = ip_network((str(ip), prefix), strict=False)
    message = f"bits behind the prefix length are set; the network is {network}"
    return (Problem("host-bits-set", message, start, len(text)),)


def _bad(code: str, message: str, start: int, end: int) -> Read:
    return Read(None, (Problem(code, message, start, end),))


# --- modifiers -------------------------------------------------------------------------------


def _modifier(text: str, name: str, at: int) -> Read:
    if name in ("redirect", "exp"):
        return _known(text, name, at)
    parsed = parse_macro_string(text[at:])
    if parsed.record is None:
        return Read(None, tuple(_moved(p, at) for p in parsed.problems))
    problems = tuple(_moved(p, at) for p in report_faults(name, text[at:]))
    return Read(Modifier(name, text[at:]), problems + _confusion(text, name, at))


def _known(text: str, name: str, at: int) -> Read:
    if at == len(text):
        return _bad("missing-domain", f"'{name}=' needs a domain name", 0, at)
    domain, problems = _domain(text, at, len(text))
    if domain is None:
        return _with_hints(text, Read(None, problems))
    return _with_hints(text, Read(Modifier(name, str(domain), domain), problems))


def _confusion(text: str, name: str, at: int) -> tuple[Problem, ...]:
    """`a=…` is a modifier that nobody knows: legal, ignored, and surely not meant."""
    if name == "v":
        message = "a record begins inside the record: two seem to have been joined"
        return (Problem("repeated-version", message, 0, len(text)),)
    if not (name in _KINDS or misspelt(name)):
        return ()
    message = _suggesting("this is an unknown modifier, which receivers ignore", text)
    return (Problem("modifier-looks-like-mechanism", message, 0, at),)
