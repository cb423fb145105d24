"""The `_smtp._tls` TXT record: where TLS reports go (RFC 8460 §3)."""

import msgspec

from mailworthy.dmarc.uri import ReportUri
from mailworthy.dmarc.uri import read as read_uris
from mailworthy.mtasts.syntax import broken, ordered, read
from mailworthy.names import is_fqdn
from mailworthy.parsed import Parsed, Problem
from mailworthy.taglist import Tag
from mailworthy.taglist import render as render_tags

VERSION = "TLSRPTv1"
_KNOWN = frozenset({"v", "rua"})


class TlsRptRecord(msgspec.Struct, frozen=True):
    """The usable destinations in the order written, and the fields that nobody knows."""

    rua: tuple[ReportUri, ...]
    extensions: tuple[tuple[str, str], ...] = ()


def is_record(text: str) -> bool:
    """Whether a TXT record counts; all others at the name are discarded (RFC 8460 §3)."""
    return text.startswith(f"v={VERSION};")


def parse(text: str) -> Parsed[TlsRptRecord]:
    """Read `v=TLSRPTv1; rua=mailto:tlsrpt@example.com,https://…`.

    `rua` may be repeated. No record after `not-tlsrpt`, `missing-rua`, `no-destination` (no
    URI of all is usable) and whatever breaks the grammar. A URI that is no good leaves the
    others: the codes of dmarc.uri, `uri-bad-scheme` for all but mailto and https, and
    `uri-bad-host` for an https URI without a domain name.
    """
    if not is_record(text):
        message = f"does not begin with v={VERSION};"
        return Parsed(None, (Problem("not-tlsrpt", message, 0, min(len(text), 11)),))
    tags, noted = read(text, _KNOWN)
    fields = [tag for tag in tags if tag.name == "rua"]
    places = {tag.start for tag in fields}
    problems = [p for p in noted if p.code != "duplicate-tag" or p.start not in places]
    uris = _uris(fields, problems)
    if not uris:
        code = "no-destination" if fields else "missing-rua"
        problems.append(Problem(code, "no URI to send reports to", len(text), len(text)))
    if broken(problems, "no-destination", "missing-rua"):
        return Parsed(None, ordered(problems))
    extras = tuple((tag.name, tag.value) for tag in tags if tag.name not in _KNOWN)
    return Parsed(TlsRptRecord(uris, extras), ordered(problems))


def _uris(fields: list[Tag], problems: list[Problem]) -> tuple[ReportUri, ...]:
    found: dict[str, ReportUri] = {}
    for tag in fields:
        uris, noted = read_uris(tag)
        # DMARC knows mailto only; which schemes will do here is decided below.
        problems += [p for p in noted if p.code != "uri-bad-scheme"]
        for uri in uris:
            code, message = _fault(uri, found)
            if code:
                problems.append(Problem(code, message, uri.start, uri.end))
            else:
                found[uri.uri] = uri
    return tuple(found.values())


def _fault(uri: ReportUri, found: dict[str, ReportUri]) -> tuple[str, str]:
    if uri.scheme not in ("mailto", "https"):
        return "uri-bad-scheme", "reports go to mailto: or https: only"
    if not is_fqdn(uri.host):
        return "uri-bad-host", "the URI names no host"
    if uri.uri in found:
        return "uri-duplicate", "this URI is listed twice"
    return "", ""


def render(record: TlsRptRecord) -> str:
    """The TXT value."""
    rua = ",".join(destination.uri for destination in record.rua)
    return render_tags([("v", VERSION), ("rua", rua), *record.extensions])
