"""Repairs of the URLs in BIMI records."""

from mailworthy.audit.finding import Blank
from mailworthy.audit.rules._tags import with_tag
from mailworthy.bimi.record import parse
from mailworthy.taglist import parse as parse_tags


def secured(text: str, tag: str, blank: Blank) -> str:
    """The record with the URL of one tag as https; a blank where that does not make it good."""
    written = parse_tags(text).get(tag) or ""
    rest = written.partition("://")[2] if "://" in written else written
    better = with_tag(text, tag, f"https://{rest.replace(',', '%2C')}")
    faults = {"bad-format", f"bad-{tag}"}
    good = not any(p.code in faults for p in parse(better).problems)
    return better if good else with_tag(text, tag, f"<{blank.placeholder}>")
