"""Failures and complaints that are told in prose, without fields for machines."""

import re

import msgspec

from mailworthy.reports.feedback.fields import Fields
from mailworthy.reports.shown import shown

MAX_TEXT = 65536
# Exim's, and that of all who copied it.
_CLAIMED = re.compile(r"A message claiming to be from you has failed")
_LINE = re.compile(r"^[ \t]*([A-Za-z][A-Za-z -]{1,30}):[ \t]*(\S[^\r\n]*)", re.MULTILINE)
# How RFC 5965 and RFC 6591 begin the part for people in their examples, and most do.
_REPORT = re.compile(
    r"(?P<what>abuse|authentication[ -]failure|DMARC\s+failure)\s+report\s+for\s+an\s+email\s+"
    r"message\s+received\s+from(?:\s+IP)?\s+(?P<from>\S{1,255})\s+on\s+(?P<date>[^\r\n]{1,60})",
    re.IGNORECASE,
)
_DMARC = re.compile(r"\bDMARC\b", re.IGNORECASE)
_HEADER = re.compile(
    r"^(?:Return-Path|Received|Authentication-Results|DKIM-Signature|Delivered-To|From|Date|To"
    r"|Message-ID|Subject|MIME-Version)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_COPY = re.compile(r"^-{4,}[^\r\n]{0,200}cop(?:y|ies)\b", re.IGNORECASE | re.MULTILINE)
# What they write in the subject.
_SUBJECT = re.compile(r"DMARC failure report for ([\w.-]{1,255})", re.IGNORECASE)
_JMRP = re.compile(r"complaint about message from ([0-9A-Fa-f.:]{2,45})\s*$", re.IGNORECASE)
_NAMES = {
    "sender domain": "Reported-Domain",
    "sender ip address": "Source-IP",
    "received date": "Arrival-Date",
}


class Prose(msgspec.Struct, frozen=True):
    """What was told, as the fields that would say it, and the copy of the message, if any."""

    fields: Fields
    sample: bytes = b""


def read(text: str, subject: str) -> Prose | None:
    """Read the part for people; None if it tells of no failure and no complaint. Linear."""
    text = text[:MAX_TEXT]
    if found := _CLAIMED.search(text):
        copy = _COPY.search(text, found.end())
        told = text[found.end() : copy.start() if copy else len(text)]
        return Prose(_exim(told), _sample(text, copy.end() if copy else found.end()))
    if report := _REPORT.search(text):
        return Prose(_report(report, text, subject), _sample(text, report.end()))
    return None


def by_subject(subject: str) -> Fields | None:
    """What the subject alone tells where a message is attached, as Microsoft's JMRP has it."""
    found = _JMRP.search(subject[:1000])
    if not found:
        return None
    return Fields((("Feedback-Type", "abuse"), ("Source-IP", found[1])))


def _exim(text: str) -> Fields:
    told = {name.lower(): shown(value, 300) for name, value in _LINE.findall(text)[:30]}
    fields = [("Feedback-Type", "auth-failure"), ("Auth-Failure", "dmarc")]
    fields += [(_NAMES[name], value) for name, value in told.items() if name in _NAMES]
    failed = [m for m in ("dkim", "spf") if told.get(f"{m} alignment", "").lower() == "no"]
    if "spf alignment" in told:
        fields.append(("Identity-Alignment", ", ".join(failed) or "none"))
    return Fields(tuple(fields))


def _report(found: re.Match[str], text: str, subject: str) -> Fields:
    about = text[found.end() : found.end() + 400]
    failure = found["what"].lower() != "abuse" or _DMARC.search(about) or _DMARC.search(subject)
    fields = [("Feedback-Type", "auth-failure" if failure else "abuse")]
    if failure and (_DMARC.search(about) or _DMARC.search(subject)):
        fields.append(("Auth-Failure", "dmarc"))
    fields.append(("Source-IP", shown(found["from"].strip("[]()"), 100)))
    fields.append(("Arrival-Date", shown(found["date"].rstrip(". "), 100)))
    if domain := _SUBJECT.search(subject[:1000]):
        fields.append(("Reported-Domain", domain[1]))
    return Fields(tuple(fields))


def _sample(text: str, at: int) -> bytes:
    """The copy of the message: from the first line that begins a header."""
    header = _HEADER.search(text, at)
    return text[header.start() :].encode("utf-8", "surrogateescape") if header else b""
