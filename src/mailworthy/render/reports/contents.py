"""What stands in one report, for people: records, policies, messages."""

import json
from collections.abc import Iterator

import click

from mailworthy.names import harmless
from mailworthy.render.lines import INDENT, WIDTH, cut, wrapped
from mailworthy.render.reports.draw import counted, number
from mailworthy.reports.answers.contents import Content, Mail, Row, Sessions

SAID = 2  # lines for each thing that a reporter said
NAMED = 22  # columns of a name and the blank after it


def contents(found: Content) -> Iterator[str]:
    """Lines."""
    for each in found:
        if isinstance(each, Row):
            yield from _row(each)
        elif isinstance(each, Sessions):
            yield from _sessions(each)
        else:
            yield from _mail(each)


def _marked(good: bool, text: str) -> str:
    mark = click.style("✓" if good else "✗", fg="green" if good else "red", bold=True)
    return f"  {mark} {cut(harmless(text), WIDTH - 4)}"


def _row(row: Row) -> Iterator[str]:
    text = f"{row.address}  {number(row.messages)}  DKIM {row.dkim}  SPF {row.spf}"
    yield _marked("pass" in (row.dkim, row.spf), f"{text}  {row.disposition}")
    yield cut(f"{INDENT}{_names(row)}", WIDTH)
    for seen in row.signatures:
        yield cut(f"{INDENT}DKIM {harmless(seen)}", WIDTH)
    for seen in row.paths:
        yield cut(f"{INDENT}SPF {harmless(seen)}", WIDTH)
    for said in _said(row.remark):
        yield from wrapped(said, most=SAID)


def _said(remark: str | None) -> Iterator[str]:
    """What a reporter said of a record: reasons, and words about DKIM and SPF."""
    found = json.loads(remark) if remark else {}
    for type_, comment in found.get("reasons", ()):
        yield f"reason: {type_}" + (f" ({comment})" if comment else "")
    for name in ("dkim", "spf"):
        yield from (f"{name.upper()} {at + 1}: {text}" for at, text in found.get(name, ()))


def _names(row: Row) -> str:
    sent = "" if row.envelope_from is None else f", envelope {row.envelope_from or '<>'}"
    return harmless(f"From {row.header_from}{sent}")


def _sessions(each: Sessions) -> Iterator[str]:
    if each.result_type:
        where = each.mx or each.receiving_ip or each.domain
        yield _marked(False, f"  {each.result_type}  {counted(each.failed, 'session')}  {where}")
        reached = f" to {each.receiving_ip}" if each.mx and each.receiving_ip else ""
        facts = (
            ("from", f"{each.sending_ip}{reached}"),
            ("reason", each.reason_code),
            ("see", each.information),
        )
        for name, text in facts:
            yield from wrapped(f"{name} {text}", INDENT + "  ", most=SAID) if text else ()
        return
    sums = f"{number(each.successful)} encrypted, {number(each.failed)} failed"
    yield _marked(not each.failed, f"{each.domain}  {each.type}  {sums}")
    if each.policy:
        yield from wrapped(f"policy as seen: {'; '.join(each.policy)}", most=SAID)
    if each.mx_patterns:
        yield from wrapped(f"for: {', '.join(each.mx_patterns)}", most=SAID)


def _mail(each: Mail) -> Iterator[str]:
    what = ", ".join(each.auth_failure) or each.feedback_type
    times = f"  {counted(each.incidents, 'message')}" if each.incidents != 1 else ""
    yield _marked(False, f"{what}  from {each.address or 'an unknown address'}{times}")
    for name, text in _facts(each):
        yield from wrapped(text, INDENT + " " * NAMED, f"{INDENT}{name:<{NAMED}}", most=SAID)


def _facts(each: Mail) -> Iterator[tuple[str, str]]:
    key = f"{each.dkim_selector or '?'}._domainkey.{each.dkim_domain}"
    facts = (
        ("results", each.authentication_results),
        ("From", each.header_from),
        ("envelope", each.mail_from),
        ("to", each.rcpt_to),
        ("subject", each.subject),
        ("message id", each.message_id),
        ("what became of it", each.delivery_result),
        ("identity alignment", each.identity_alignment),
        ("signed with", key if each.dkim_domain else ""),
        ("SPF record", each.spf_dns),
        ("campaign", each.campaign),
        ("list", each.list_id),
    )
    yield from (fact for fact in facts if fact[1])
