"""Authentication-Results and SPF records without people: words that are known, and domains."""

import re
from collections.abc import Iterator

from mailworthy.message import authres
from mailworthy.message.authresmodel import AuthResults, MethodResult, Property
from mailworthy.reports.feedback.redact import HIDDEN, Redactor
from mailworthy.reports.tls import values

# RFC 8601 §2.7 and its registry.
_METHODS = frozenset(
    (
        *("spf", "dkim", "dmarc", "arc", "iprev", "auth", "dkim-adsp", "dkim-atps", "domainkeys"),
        *("sender-id", "bimi", "vbr", "rrvs", "smime", "dnswl", "compauth"),
    )
)
_RESULTS = frozenset(
    (
        *("pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror"),
        *("bestguesspass", "hardfail", "discard", "nxdomain", "signed", "unknown", "skipped"),
    )
)
_ADDRESSES = frozenset({"mailfrom", "from", "i", "sender", "rcptto", "auth", "mfrom"})
_DOMAINS = frozenset({"d", "helo", "from", "mailfrom", "sdid", "oldest-pass", "mfrom"})
_IPS = frozenset({"iprev", "remote-ip", "client-ip", "ip"})
_SELECTOR = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", re.ASCII)
_SPF_DNS = re.compile(
    r'(?P<type>txt|spf)\s*:\s*(?P<domain>[^\s:"]{1,255})\s*:\s*"?(?P<text>v=spf1\b[^"]*)',
    re.IGNORECASE,
)
_MASK = r"(?:/{1,2}[0-9]{1,3}){0,2}"
_TERM = re.compile(
    rf"(?P<head>[+?~-]?(?:include|a|mx|ptr|exists|ip4|ip6):|redirect=)(?P<value>[^\s/]{{1,255}})"
    rf"(?P<mask>{_MASK})|[+?~-]?(?:all|(?:a|mx|ptr){_MASK})",
    re.IGNORECASE,
)


def selector(text: str, redactor: Redactor) -> str:
    """A DKIM selector; what cannot be one is hidden."""
    if not redactor.active or _SELECTOR.fullmatch(text):
        return text
    return redactor.name(text) if text else ""


def results(text: str, redactor: Redactor) -> str:
    """One Authentication-Results value: methods, results, domains, addresses without people.

    Comments and reasons go. Some leave the authserv-id out; what cannot be read is hidden.
    """
    if not redactor.active or not text:
        return text
    found = authres.parse(text).record
    if found is None or not found.results:
        other = authres.parse(f"unnamed; {text}").record
        if other is not None and other.results:
            return "; ".join(_methods(other, redactor)) or HIDDEN
    if found is None:
        return HIDDEN
    server = values.domain(found.authserv_id) or HIDDEN
    return "; ".join((server, *_methods(found, redactor)))


def _methods(found: AuthResults, redactor: Redactor) -> Iterator[str]:
    for result in found.results[:50]:
        if result.method in _METHODS and result.result in _RESULTS:
            yield " ".join((f"{result.method}={result.result}", *_properties(result, redactor)))


def _properties(result: MethodResult, redactor: Redactor) -> Iterator[str]:
    for each in result.properties[:20]:
        if each.ptype in {"smtp", "header", "policy"} and (told := _value(each, redactor)):
            yield f"{each.ptype}.{each.property}={told}"


def _value(each: Property, redactor: Redactor) -> str:
    name, value = each.property, each.value.strip("<>")
    if name == "s":
        return value if _SELECTOR.fullmatch(value) else ""
    if name in _IPS:
        return values.ip(value) or ""
    if "@" in value:
        return redactor.path(value) if name in _ADDRESSES else ""
    return (values.domain(value) or "") if name in _DOMAINS else ""


def spf_dns(text: str, redactor: Redactor) -> str:
    """An SPF-DNS value (RFC 6591 §3.2.6): whose record, and its mechanisms."""
    if not redactor.active or not text:
        return text
    found = _SPF_DNS.match(text.strip())
    domain = values.domain(found["domain"]) if found else None
    if not found or not domain:
        return HIDDEN
    terms = " ".join(("v=spf1", *(_term(term) for term in found["text"].split()[1:60])))
    return f'{found["type"].lower()} : {domain} : "{terms}"'


def _term(text: str) -> str:
    found = _TERM.fullmatch(text)
    if not found:
        return HIDDEN
    value = found["value"]
    if value is None:
        return text
    known = values.ip(value) if "ip" in found["head"].lower() else values.domain(value)
    return f"{found['head']}{known}{found['mask']}" if known and known == value.lower() else HIDDEN
