"""What was published cannot leave its place in any format, and nothing gets lost."""

import json
import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from mailworthy.audit.facade import Audit
from mailworthy.render import document
from mailworthy.settings import BY_NAME
from render.renderkit import CLEAN, EVERY, NASTY, audit

FORMATS = BY_NAME["format"].choices
WORLDS = {**{name: [audit(text)] for name, text in NASTY.items() if name != "surrogates"}}
WORLDS |= {"clean": [CLEAN], "none": [], "many": [audit(), CLEAN, audit("more", "example.org")]}
BY_WORLD = pytest.mark.parametrize("world", WORLDS)


def rendered(format: str, world: str) -> str:
    return document(format)(WORLDS[world])


def builtins(world: str) -> Any:
    return json.loads(msgspec.json.encode(WORLDS[world]))


def unstyled(text: str) -> str:
    """Our own colours taken out, as `click.echo` does where there is no terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@BY_WORLD
@pytest.mark.parametrize("format", FORMATS)
def test_nothing_can_steer_a_terminal(format: str, world: str) -> None:
    text = unstyled(rendered(format, world))
    assert sorted({c for c in text if not c.isprintable()}) in ([], ["\n"])
    assert "\x1b" not in text


@pytest.mark.parametrize("format", ["text", "junit", "markdown", "html"])
def test_letters_of_every_script_stay(format: str) -> None:
    text = rendered(format, "letters")
    assert "M\N{LATIN SMALL LETTER U WITH DIAERESIS}nchen \N{GRINNING FACE}" in text


@pytest.mark.parametrize("format", ["text", "junit", "markdown", "html"])
def test_what_is_no_letter_at_all(format: str) -> None:
    assert "\\u{d800}" in unstyled(document(format)([audit(NASTY["surrogates"])]))


# JSON


@BY_WORLD
def test_json_says_all_and_nothing_else(world: str) -> None:
    assert json.loads(rendered("json", world)) == {"audits": builtins(world)}
    again = msgspec.json.decode(rendered("json", world), type=dict[str, list[Audit]])
    assert again["audits"] == WORLDS[world]


@BY_WORLD
def test_json_lines_are_one_a_domain(world: str) -> None:
    lines = rendered("jsonl", world).splitlines()
    assert [json.loads(line) for line in lines] == builtins(world)


# SARIF 2.1.0


def check_required(log: dict[str, Any]) -> None:
    """What the schema requires of the objects that we write (SARIF 2.1.0 §3.13 to §3.59)."""
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert isinstance(driver["name"], str)
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(rules) == len(set(rules))
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
    for result in run["results"]:
        check_result(result, rules)


def check_result(result: dict[str, Any], rules: list[str]) -> None:
    assert result["ruleId"] in rules
    assert result["level"] in ("none", "note", "warning", "error")
    assert result["message"]["text"]
    assert all(isinstance(v, str) for v in result["partialFingerprints"].values())
    for location in result["locations"]:
        (place,) = location["logicalLocations"]
        assert place["fullyQualifiedName"]
    for suppression in result.get("suppressions", ()):
        assert suppression["kind"] in ("inSource", "external")


@BY_WORLD
def test_sarif_has_what_its_schema_requires(world: str) -> None:
    log = json.loads(rendered("sarif", world))
    check_required(log)
    results = log["runs"][0]["results"]
    findings = [f for a in WORLDS[world] for f in a.findings]
    refusals = ["receiver-red" for a in WORLDS[world] if a.trials]
    assert [r["ruleId"] for r in results] == [f.rule for f in findings] + refusals
    waived = [bool(f.waived) for f in findings] + [False for _ in refusals]
    assert [bool(r.get("suppressions")) for r in results] == waived


def test_sarif_levels_and_fingerprints() -> None:
    results = json.loads(rendered("sarif", "many"))["runs"][0]["results"]
    assert [r["level"] for r in results[:3]] == ["error", "warning", "note"]
    prints = [r["partialFingerprints"]["mailworthy/v1"] for r in results]
    # The waived finding is about what the first one is about; each domain is refused once.
    assert len(set(prints)) == 4 + 2
    assert prints[0] == prints[2]
    reworded = [msgspec.structs.replace(audit(), findings=audit().findings[:1])]
    again = json.loads(document("sarif")(reworded))["runs"][0]["results"]
    assert again[0]["partialFingerprints"]["mailworthy/v1"] == prints[0]


# JUnit


@BY_WORLD
def test_junit_is_xml_and_its_counts_agree(world: str) -> None:
    root = ElementTree.fromstring(rendered("junit", world))
    assert root.tag == "testsuites"
    assert [suite.get("name") for suite in root] == [a.domain for a in WORLDS[world]]
    for suite, wanted in zip(root, WORLDS[world], strict=True):
        cases = suite.findall("testcase")
        waived = sum(f.waived is not None for f in wanted.findings)
        tried = bool(wanted.trials)  # one receiver refuses one address, one cannot tell
        failures = len(wanted.findings) - waived + tried
        skipped = waived + len(wanted.undetermined) + tried
        passed = 2 * tried or not failures + skipped
        assert len(cases) == failures + skipped + passed == int(suite.get("tests", ""))
        assert len(suite.findall("testcase/failure")) == failures == int(suite.get("failures", ""))
        assert len(suite.findall("testcase/skipped")) == skipped == int(suite.get("skipped", ""))
        assert {e.tag for e in suite.iter()} <= {"testsuite", "testcase", "failure", "skipped"}


@pytest.mark.parametrize("name", ["HTML", "attributes", "XML", "Markdown", "backslashes"])
def test_junit_keeps_the_words(name: str) -> None:
    root = ElementTree.fromstring(rendered("junit", name))
    failure = root.find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("message") == f"message {NASTY[name]}"
    assert f"said {NASTY[name]}" in str(failure.text)


# Markdown


def blocks(text: str) -> tuple[list[str], list[list[str]]]:
    """The lines outside of code blocks, and those of each block (CommonMark §4.5)."""
    outside: list[str] = []
    inside: list[list[str]] = []
    fence = ""
    for line in text.split("\n"):
        if fence:
            if re.fullmatch(r" {0,3}`{" + str(len(fence)) + r",}[ \t]*", line):
                fence = ""
            else:
                inside[-1].append(line)
        elif opened := re.match(r" {0,3}(`{3,})[^`]*$", line):
            fence = opened[1]
            inside.append([])
        else:
            outside.append(line)
    assert not fence
    return outside, inside


@BY_WORLD
def test_markdown_has_no_heading_table_or_block_but_ours(world: str) -> None:
    outside, inside = blocks(rendered("markdown", world))
    findings = [f for a in WORLDS[world] for f in a.findings]
    assert len(inside) == sum(f.waived is None for f in findings)
    heads = [line for line in outside if line.startswith("#")]
    gaps = sum(bool(a.undetermined) + bool(a.not_rehearsed) for a in WORLDS[world])
    tried = sum(bool(a.trials) for a in WORLDS[world])
    assert len(heads) == len(WORLDS[world]) + len(findings) + gaps + tried
    rows = [re.findall(r"(?<!\\)\|", line) for line in outside if line.startswith("|")]
    assert {len(row) for row in rows} <= {4}
    assert not re.search(r"(?<!\\)[`\[\]*<>]|!\[", "\n".join(outside))


# HTML


class Page(HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.text: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update((name, value) for name, value in attrs)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def page(text: str) -> Page:
    parsed = Page()
    parsed.feed(text)
    parsed.close()
    assert parsed.open == []
    return parsed


OURS = frozenset(
    {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "ul", "li", "p"}
    | {"table", "tr", "td", "th", "details", "summary", "b", "code", "pre"}
)


@BY_WORLD
def test_html_holds_no_element_or_attribute_but_ours(world: str) -> None:
    text = rendered("html", world)
    found = page(text)
    assert found.tags <= OURS
    names = {name for name, _ in found.attributes}
    assert names <= {"lang", "charset", "http-equiv", "content", "name", "class", "title"} | {
        "scope",
        "open",
    }
    assert not re.search(r"@import|url\(|src=|href=|https?://", text.split("</style>")[0])
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in found.attributes


@pytest.mark.parametrize("name", ["HTML", "attributes", "XML", "Markdown", "backslashes"])
def test_html_shows_the_words_as_they_are(name: str) -> None:
    shown = "".join(page(rendered("html", name)).text)
    for part in ("message", "said", "says", "because", "what", "why"):
        assert f"{part} {NASTY[name]}" in shown


@pytest.mark.parametrize("format", FORMATS)
def test_all_of_it_at_once(format: str) -> None:
    text = document(format)([a for a in EVERY if "\ud800" not in a.findings[0].message])
    assert len(text.encode()) < 1_000_000
