"""Which sessions failed to be encrypted, in which way, and what that means (RFC 8460)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from mailworthy.audit.finding import Finding
from mailworthy.reports.answers.model import Answer, Period, period
from mailworthy.reports.answers.newest import newest_report
from mailworthy.reports.model import Kind
from mailworthy.store import Store, queries
from mailworthy.store.queries import Scope


class Meaning(msgspec.Struct, frozen=True):
    """What a type of failure says, what to do, and which rules of `check` are about it."""

    says: str
    todo: str
    families: tuple[str, ...]


_CERTIFICATE = ("mtasts", "dane")
# The types of RFC 8460 §4.3.
MEANINGS = {
    "starttls-not-supported": Meaning(
        "The server did not offer STARTTLS.",
        "Let it offer STARTTLS on port 25 (Postfix: smtpd_tls_security_level = may).",
        (),
    ),
    "certificate-host-mismatch": Meaning(
        "The certificate has not the name of the mail server.",
        "Get a certificate for the name in the MX record, not for the domain.",
        _CERTIFICATE,
    ),
    "certificate-expired": Meaning(
        "The certificate had expired.",
        "Renew it, and let the mail server read the new one: most often it was never reloaded.",
        _CERTIFICATE,
    ),
    "certificate-not-trusted": Meaning(
        "The sender does not trust who issued the certificate.",
        "Serve the whole chain (fullchain.pem), from a CA that the world knows.",
        _CERTIFICATE,
    ),
    "validation-failure": Meaning(
        "The certificate could not be validated, and the sender does not say why.",
        "Compare the certificate with the MX name, its dates and its chain.",
        _CERTIFICATE,
    ),
    "tlsa-invalid": Meaning(
        "No TLSA record fits the certificate.",
        "Publish the TLSA record of the new key before it is used, and keep the old one beside it.",
        ("dane", "dnssec"),
    ),
    "dnssec-invalid": Meaning(
        "DNSSEC of the mail server's zone does not validate.",
        "Compare the DS record at the registrar with the keys of the zone.",
        ("dnssec", "dane"),
    ),
    "dane-required": Meaning(
        "The sender insists on DANE, and found no TLSA record.",
        "Publish TLSA records in a signed zone, or agree with that sender on something else.",
        ("dane", "dnssec"),
    ),
    "sts-policy-fetch-error": Meaning(
        "The MTA-STS policy could not be fetched.",
        "Let the web server of mta-sts.<domain> answer by HTTPS with a valid certificate.",
        ("mtasts",),
    ),
    "sts-policy-invalid": Meaning(
        "The MTA-STS policy could not be read.",
        "Compare it with what `mailworthy config` writes.",
        ("mtasts",),
    ),
    "sts-webpki-invalid": Meaning(
        "The certificate of the policy's web server is not valid.",
        "Renew the certificate of mta-sts.<domain>.",
        ("mtasts",),
    ),
}
_UNKNOWN = Meaning("A type that RFC 8460 does not know.", "Ask the reporter what it means.", ())


class TlsDay(msgspec.Struct, frozen=True):
    """Sessions of one day under one type of policy: sts, tlsa or no-policy-found."""

    day: date
    type: str
    successful: int
    failed: int


class Failure(msgspec.Struct, frozen=True):
    """Sessions to one mail server that failed in one way, by who reports them.

    `rules` are what `check` finds of the same matter today; None if it was not asked to look, or
    has no rule about it.
    """

    domain: str
    result_type: str
    mx: str
    reporter: str
    sessions: int
    first_day: date
    last_day: date
    says: str
    todo: str
    rules: tuple[str, ...] | None


class Tls(Answer, frozen=True):
    """Sessions by day, and failures, most first. `found` are the messages of the rules named.

    `unproven` are sessions in reports whose origin nobody could show, as of all that are posted.
    Where the period is empty, `newest` is the day of the last report outside of it.
    """

    domains: tuple[str, ...]
    period: Period
    days: tuple[TlsDay, ...]
    failures: tuple[Failure, ...]
    found: dict[str, str]
    unproven: int
    newest: date | None


def tls(store: Store, scope: Scope, findings: dict[str, Iterable[Finding]] | None = None) -> Tls:
    """The TLS reports of a scope; `findings` are those of an audit of each domain, if there was
    one. Raises StoreError."""
    days = store.rows(queries.tls_days(scope))
    audits = None if findings is None else {name: list(f) for name, f in findings.items()}
    failures = [_failure(row, audits) for row in store.rows(queries.tls_failure_totals(scope))]
    named = {rule for failure in failures for rule in failure.rules or ()}
    return Tls(
        scope.domains,
        period(scope),
        tuple(TlsDay(row.day, row.type, row.successful, row.failed) for row in days),
        tuple(failures),
        {f.rule: f.message for each in (audits or {}).values() for f in each if f.rule in named},
        _unproven(store, scope),
        None if days else newest_report(store, scope, Kind.TLS),
    )


def _unproven(store: Store, scope: Scope) -> int:
    if scope.proven:
        return 0
    rows = store.rows(queries.tls_days(msgspec.structs.replace(scope, proven=False)))
    return sum(row.successful + row.failed for row in rows)


def _failure(row: Any, audits: dict[str, list[Finding]] | None) -> Failure:
    meaning = MEANINGS.get(row.result_type, _UNKNOWN)
    looked = audits is not None and meaning.families
    found = audits.get(row.domain, []) if audits and looked else []
    return Failure(
        row.domain,
        row.result_type,
        row.mx,
        row.reporter,
        row.sessions,
        row.first_day,
        row.last_day,
        meaning.says,
        meaning.todo,
        tuple(f.rule for f in found if _is_about(f, meaning)) if looked else None,
    )


def _is_about(finding: Finding, meaning: Meaning) -> bool:
    return finding.rule.partition("-")[0] in meaning.families
