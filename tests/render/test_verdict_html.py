"""A verdict as a page: everything in it, and nothing that a message brought along."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from mailworthy.lookup.memory import Memory
from mailworthy.message.header import read
from mailworthy.receive.authresults import marking
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.facade import verify
from mailworthy.receive.load import names
from mailworthy.receive.verdict import Verdict
from mailworthy.render.verdict import document
from mailworthy.render.verdict.words import NAMES
from render.renderkit import NASTY

NOW = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)
ZONE = '$ORIGIN a.example.\n@ 60 SOA ns a 1 2 3 4 5\n@ 60 TXT "v=spf1 -all"\n'
TAGS = "html head meta title style body main h1 h2 ul li p table tr td th pre br"
ATTRIBUTES = "lang charset http-equiv content name class title scope"


class Page(HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def judged(text: str) -> tuple[Verdict, bytes]:
    octets = text.encode("utf-8", "surrogatepass").replace(b"\r", b"").replace(b"\n", b"\r\n ")
    mail = b'From: "%s" <a@a.example>\r\nAuthentication-Results: in.example; %s\r\n\r\nx' % (
        octets,
        octets,
    )
    envelope = Envelope("192.0.2.1", text, f"{text}@a.example", (text,))
    zone = Memory.from_zone(ZONE)
    return verify(mail, envelope, resolver=zone, now=NOW, profile="all"), mail


@pytest.mark.parametrize("name", NASTY)
def test_a_page_holds_no_element_or_attribute_but_ours(name: str) -> None:
    verdict, mail = judged(NASTY[name])
    text = document("html")(verdict, trace=True, header=marking(verdict, "in.example", read(mail)))
    page = Page(text)
    assert page.open == []
    assert page.tags <= {*TAGS.split()}
    assert {each for each, _ in page.attributes} <= {*ATTRIBUTES.split()}
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes
    assert not re.search(r"@import|url\(|src=|href=|https?://", text.split("</style>")[0])
    assert [c for c in text if not c.isprintable() and c != "\n"] == []


def test_a_page_tells_all_that_the_terminal_does() -> None:
    verdict, mail = judged("client.a.example")
    header = marking(verdict, "in.example", read(mail))
    page = Page(document("html")(verdict, header=header))
    assert all(name in page.text for name in (*names(), *NAMES.values()))
    for decision in verdict.decisions:
        assert decision.reason in page.text
    for said in ("What decided", "If this is your mail", "Authentication-Results: in.example"):
        assert said in page.text
