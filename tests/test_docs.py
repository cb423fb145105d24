"""The documentation says what the code does: RFCs, rules, intent keys, examples."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from casekit import applied, outcome
from docs import write
from mailworthy.audit.rule import Rule, load
from mailworthy.domain.intent import Intent
from mailworthy.lookup.drive import drive
from mailworthy.lookup.model import Answer, Ask, Reply, Status, Why, failed
from mailworthy.settings import SETTINGS
from mailworthy.sources.table import parse as parse_senders
from pages import book, cli, intent, markdown, rfcs, rules, senders, settings
from rule import skeleton

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
WRITTEN = sorted(p for p in DOCS.rglob("*.md") if "reference" not in p.parts)
SECTIONS = ["## What it checks", "## Why it matters", "## How to fix"]
RULES = load()


def cited() -> Iterator[tuple[str, str]]:
    """Every RFC number in the source and the hand-written pages, with its place."""
    for path in [*(ROOT / "src").rglob("*.py"), *WRITTEN, DOCS / "intent.toml"]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for rfc in re.findall(r"RFC (\d+)", line):
                yield rfc, f"{path.relative_to(ROOT)}:{number}"


def test_every_rfc_that_is_cited_is_in_the_support_table() -> None:
    known = rfcs.load()
    missing = {rfc: place for rfc, place in cited() if rfc not in known}
    assert missing == {}


def test_the_support_table_uses_its_four_words() -> None:
    for name, entry in rfcs.load().items():
        assert entry["title"], name
        assert entry["rows"], name
        for sections, support, what in entry["rows"]:
            assert support in rfcs.SUPPORT, name
            assert re.fullmatch(r"all|[0-9A-Z][0-9A-Z.,\- ]*", sections), name
            assert what, name


def test_the_readme_counts_the_faults() -> None:
    said = re.findall(r"(\d+) faults", (ROOT / "README.md").read_text())
    assert said == [str(len(RULES) // 100 * 100)]


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_a_rule_has_a_page_with_all_sections(rule: Rule) -> None:
    text = rules.page(rule)
    headings = [line for line in rule.doc.splitlines() if line.startswith("## ")]
    assert headings == SECTIONS
    assert re.fullmatch(r"\S.{8,118}\.", rule.title)
    assert "TODO" not in text
    assert rule.meta.severity.value.capitalize() in text
    assert rule.meta.references
    assert all(reference in text for reference in rule.meta.references)
    assert "gives this remedy" in text


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_no_section_of_a_rule_is_empty(rule: Rule) -> None:
    parts = re.split(r"^## .*$", rule.doc, flags=re.MULTILINE)[1:]
    assert all(len(part.split()) > 1 for part in parts)


def test_every_family_has_a_title() -> None:
    assert {rule.family for rule in RULES} <= set(rules.TITLES)


def test_every_rule_is_in_the_index() -> None:
    index = rules.index()
    assert all(f"({rule.id}.md)" in index for rule in RULES)


def test_every_key_of_the_intent_has_a_meaning() -> None:
    keys = {
        kind.__name__: {field.name for field in msgspec.structs.fields(kind)}
        for kind in intent.TABLES
    }
    assert {name: set(said) for name, said in intent.meanings().items()} == keys


def test_every_sender_is_listed() -> None:
    page = senders.page()
    assert all(f"| `{name}`" in page for name in senders.load())


def test_every_setting_is_listed() -> None:
    page = settings.page()
    assert all(f"`{setting.env}`" in page for setting in SETTINGS)


def test_every_command_is_listed() -> None:
    page = cli.page()
    for name in ("init", "zone", "config", "check", "explain", "demo"):
        assert f"\n## mailworthy {name}\n" in page


def nav_paths(nav: Any) -> Iterator[str]:
    """Every page that the navigation names."""
    if isinstance(nav, str):
        yield nav
    for each in nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ():
        yield from nav_paths(each)


def test_the_navigation_names_every_page_but_those_of_single_rules() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]
    single = {f"{rules.FOLDER}/{rule.id}.md" for rule in RULES}
    pages = {str(p.relative_to(DOCS)) for p in WRITTEN} | book.pages().keys() - single
    assert set(nav_paths(nav)) == pages


def blocks(language: str) -> list[str]:
    """Every fenced example of a language in the hand-written pages and the contributor's guide."""
    pattern = re.compile(rf"^```{language}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    paths = [*WRITTEN, ROOT / "CONTRIBUTING.md"]
    texts = [path.read_text() for path in paths] + [intent.INTRODUCTION]
    return [found for text in texts for found in pattern.findall(text)]


def test_every_intent_in_the_pages_is_one() -> None:
    tables = [tomllib.loads(text) for text in blocks("toml")]
    wholes = [table for table in tables if table.keys() <= set(Intent.__struct_fields__)]
    assert len(wholes) >= 3
    for whole in wholes:
        msgspec.convert(whole, Intent)


class Says:
    """A resolver that answers everything alike."""

    def __init__(self, status: Status) -> None:
        self.status = status

    def instant(self, ask: Ask) -> Reply:
        if self.status is Status.FAILED:
            return failed(ask, Why.TIMEOUT)
        return Answer(ask, self.status)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "expected"),
    [(Status.FOUND, True), (Status.EMPTY, False), (Status.ABSENT, False), (Status.FAILED, None)],
)
def test_the_engine_in_the_pages_works(status: Status, expected: bool | None) -> None:
    (text,) = [t for t in blocks("python") if "def has_mx" in t]
    names: dict[str, Any] = {}
    exec(text, names)
    assert drive(names["has_mx"]("example.com"), Says(status)) is expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("RFC 7208", "[RFC 7208](https://www.rfc-editor.org/rfc/rfc7208)"),
        (
            "see RFC 7208 §4.6.4.",
            "see [RFC 7208 §4.6.4](https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4).",
        ),
        (
            "RFC 6376 Appendix E",
            "[RFC 6376 Appendix E](https://www.rfc-editor.org/rfc/rfc6376#appendix-E)",
        ),
    ],
)
def test_references_become_links(text: str, shown: str) -> None:
    assert markdown.linked(text) == shown


@pytest.mark.parametrize(("text", "shown"), [("a", "`a`"), ("a`b", "``a`b``"), ("`a", "`` `a ``")])
def test_code_holds_any_text(text: str, shown: str) -> None:
    assert markdown.code(text) == shown


def test_a_cell_stays_one_cell() -> None:
    assert markdown.table(["a"], [["x | y\nz"]]) == "| a |\n| --- |\n| x \\| y z |\n"


def guide(word: str) -> str:
    """The example in the contributor's guide that holds a word."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    (found,) = [b for b in re.findall(r"```\w+\n(.*?)```", text, re.DOTALL) if word in b]
    return str(found)


def test_the_rule_in_the_guide_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    family = tmp_path / "guide_rules" / "mx"
    family.mkdir(parents=True)
    for folder in (family, family.parent):
        (folder / "__init__.py").touch()
    (family / "no_ipv6.py").write_text(guide("@rule("))
    monkeypatch.syspath_prepend(str(tmp_path))
    (rule,) = load("guide_rules")
    assert rule.id == "mx-no-ipv6"
    (finding,) = outcome(rule.meta.bad, (rule,)).findings
    assert finding.subject == "mail.example.com"
    cured = applied(rule.meta.bad, finding.remedy)
    assert [outcome(case, (rule,)).findings for case in (rule.meta.good, cured)] == [(), ()]


def test_the_engine_in_the_guide_works() -> None:
    names: dict[str, Any] = {}
    exec(guide("def route"), names)
    exec(guide("def test_without_mx"), names)
    names["test_without_mx_the_address_counts"]()


def test_the_sender_in_the_guide_is_one() -> None:
    (sender,) = parse_senders(guide("[senders.example-news]")).values()
    assert sender.dkim[0].value == "k1.{account}.dkim.news.example"


def test_the_skeleton_of_a_rule_is_written_once(tmp_path: Path) -> None:
    (tmp_path / "mx").mkdir()
    path = skeleton("mx/too-far", tmp_path)
    assert path == tmp_path / "mx" / "too_far.py"
    compile(path.read_text(), str(path), "exec")
    with pytest.raises(ValueError, match="exists already"):
        skeleton("mx/too_far", tmp_path)
    with pytest.raises(ValueError, match="there is no family spf; there are: mx"):
        skeleton("spf/too_far", tmp_path)
    with pytest.raises(ValueError, match="usage"):
        skeleton("../etc/passwd", tmp_path)


def test_stale_pages_go_and_unchanged_ones_stay(tmp_path: Path) -> None:
    assert write(tmp_path, {"reference/a.md": "a", "reference/b/c.md": "c"}) == 2
    before = (tmp_path / "reference" / "a.md").stat().st_mtime_ns
    assert write(tmp_path, {"reference/a.md": "a"}) == 1
    assert [p.name for p in tmp_path.rglob("*.md")] == ["a.md"]
    assert (tmp_path / "reference" / "a.md").stat().st_mtime_ns == before
