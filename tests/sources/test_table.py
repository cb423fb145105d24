"""The sender table: its data is legal and sourced, and its loader helps those who mistype."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.errors import MailworthyError, UsageError
from mailworthy.sources.match import (
    by_envelope,
    by_include,
    by_reverse,
    by_selector,
    by_signature,
)
from mailworthy.sources.table import (
    Check,
    KeyType,
    RecordType,
    ReturnPath,
    Sender,
    UnknownSender,
    blanks,
    fill,
    find,
    load,
    parse,
)

SENDERS = load()
DOMAIN = "shop.example.com"
LABEL = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
NAME = re.compile(rf"{LABEL}(\.{LABEL})*")
HOST = re.compile(rf"({LABEL}\.)+[a-z]{{2,}}")
SELECTOR = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def every(check: Callable[[Sender], None]) -> Callable[[], None]:
    """One test that checks all senders, and names the one that fails."""

    def test() -> None:
        for sender in SENDERS.values():
            try:
                check(sender)
            except AssertionError as error:
                error.add_note(f"the sender {sender.name}")
                raise

    return test


def filled(sender: Sender, text: str) -> str:
    """A pattern with likely values: a host for targets, a label for everything else."""
    given = {name: "target.example.net" if "target" in name else "x1" for name in blanks(sender)}
    return fill(text, DOMAIN, given)


def is_host(text: str) -> bool:
    return HOST.fullmatch(text) is not None and len(text) <= 253


def test_the_table_is_worth_having() -> None:
    assert len(SENDERS) >= 250
    assert len({sender.kind for sender in SENDERS.values()}) >= 12


def test_names_are_kebab_and_every_word_means_one_sender() -> None:
    words = Counter[str]()
    for name, sender in SENDERS.items():
        assert name == sender.name
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        words.update({name, *sender.aliases})
    assert [word for word, count in words.items() if count > 1] == []
    titles = Counter(sender.title for sender in SENDERS.values())
    assert max(titles.values()) == 1


@every
def test_rests_on_a_page_that_was_read(sender: Sender) -> None:
    for url in (sender.source, *sender.also, *filter(None, [sender.help])):
        parts = urlsplit(url)
        assert parts.scheme == "https"
        assert is_host(parts.netloc)
        assert not re.search(r"\s", url)
    assert sender.source not in sender.also
    assert date(2026, 11, 1) <= sender.read <= date(2100, 1, 1)


@every
def test_says_something(sender: Sender) -> None:
    assert sender.title.strip() == sender.title != ""
    known = sender.signs or sender.selectors or sender.envelope or sender.ptr
    assert known or sender.spf or sender.dkim or sender.return_path or sender.note
    if sender.note is not None:
        assert "\n" not in sender.note
        assert sender.note.endswith(".")
        assert len(sender.note) <= 120


@every
def test_includes_are_domain_names(sender: Sender) -> None:
    for name in sender.spf:
        assert is_host(name)
        assert name == name.lower()


def test_an_include_belongs_to_one_sender_or_is_explained() -> None:
    count = Counter(name for sender in SENDERS.values() for name in sender.spf)
    shared = [s for s in SENDERS.values() if any(count[name] > 1 for name in s.spf)]
    assert [sender.name for sender in shared if sender.note is None] == []


@every
def test_what_it_is_known_by_is_legal(sender: Sender) -> None:
    for names in (sender.signs, sender.envelope, sender.ptr):
        assert list(names) == sorted(set(names))
        for name in names:
            assert is_host(name)
            assert name == name.lower()
    for pattern in sender.selectors:
        assert re.fullmatch(r"[a-z0-9_*?\[\]-]{2,}", pattern)
        assert re.search(r"[a-z0-9]{2}|\[", pattern)


@pytest.mark.parametrize("word", ["signs", "envelope", "ptr"])
def test_no_name_belongs_to_two(word: str) -> None:
    owner = {name: s.name for s in SENDERS.values() for name in getattr(s, word)}
    count = Counter(name for sender in SENDERS.values() for name in getattr(sender, word))
    assert [name for name, n in count.items() if n > 1] == []
    for name, sender in owner.items():
        above = [".".join(name.split(".")[n:]) for n in range(1, name.count(".") + 1)]
        assert [a for a in above if owner.get(a, sender) != sender] == []


@every
def test_no_selector_of_one_is_that_of_another(sender: Sender) -> None:
    for key in sender.dkim:
        if "{" not in key.selector and (found := by_selector(key.selector)) is not None:
            assert found is sender
    patterns = Counter(pattern for s in SENDERS.values() for pattern in s.selectors)
    assert max(patterns.values()) == 1


@every
def test_whose_machines_it_uses_is_in_the_table(sender: Sender) -> None:
    assert sender.via is None or SENDERS[sender.via].via is None
    assert sender.via != sender.name


def test_common_selectors_are_nobodys() -> None:
    common = [
        "s1",
        "s2",
        "default",
        "mail",
        "dkim",
        "selector1",
        "selector2",
        "key1",
        "x",
        "api",
        "em",
        "2024",
        "r202601",
    ]
    assert [word for word in common if by_selector(word) is not None] == []


@pytest.mark.parametrize(
    ("look", "word", "name"),
    [
        (by_signature, "example-com.20230601.gappssmtp.com", "google-workspace"),
        (by_signature, "sendgrid.net", "sendgrid"),
        (by_signature, "notsendgrid.net", None),
        (by_selector, "K2", "mailchimp"),
        (by_selector, "20260503181522pm", "postmark"),
        (by_selector, "scph0320", "sparkpost"),
        (by_envelope, "a1809859.bnc3.mailjet.com", "mailjet"),
        (by_envelope, "mailjet.com", None),
        (by_include, "_spf.google.com", "google-workspace"),
        (by_include, "google.com", None),
        (by_reverse, "mta-70-1-2.sparkpostmail.com", "sparkpost"),
        (by_reverse, "net", None),
        (by_reverse, "", None),
    ],
)
def test_matches(look: Callable[[str], Sender | None], word: str, name: str | None) -> None:
    found = look(word)
    assert (found.name if found else None) == name


@pytest.mark.parametrize("look", [by_signature, by_selector, by_envelope, by_include, by_reverse])
@given(st.text(max_size=300))
def test_matching_anything_raises_nothing(look: Callable[[str], Sender | None], word: str) -> None:
    assert look(word) is None or look(word) in SENDERS.values()


@every
def test_keys_are_legal(sender: Sender) -> None:
    selectors = [key.selector for key in sender.dkim]
    assert len(set(selectors)) == len(selectors)
    for key in sender.dkim:
        assert SELECTOR.fullmatch(filled(sender, key.selector))
        value = filled(sender, key.value)
        if key.type is KeyType.CNAME:
            assert is_host(value)
        elif key.value != "{dkim-record}":
            assert "p={key}" in key.value
            assert "\\" not in value


@every
def test_bounce_records_are_legal(sender: Sender) -> None:
    for record in sender.return_path_records:
        assert NAME.fullmatch(filled(sender, record.name))
        value = filled(sender, record.value)
        match record.type:
            case RecordType.CNAME | RecordType.NS:
                assert is_host(value)
            case RecordType.MX if record.value != "{bounce-mx}":
                preference, host = value.split(" ")
                assert preference.isdecimal()
                assert is_host(host)
            case RecordType.TXT if record.value != "{spf-record}":
                assert value.startswith("v=spf1 ")


@every
def test_a_cname_stands_alone(sender: Sender) -> None:
    names = [record.name for record in sender.return_path_records]
    for record in sender.return_path_records:
        if record.type is RecordType.CNAME:
            assert names.count(record.name) == 1


@every
def test_alignment_agrees_with_the_return_path(sender: Sender) -> None:
    assert len(set(sender.aligns)) == len(sender.aligns)
    if sender.return_path is ReturnPath.OWN:
        assert Check.SPF not in sender.aligns
        assert sender.return_path_records == ()
    if Check.SPF in sender.aligns:
        assert sender.return_path in (ReturnPath.SUBDOMAIN, ReturnPath.CUSTOMER)
    if sender.return_path_records:
        assert sender.return_path is not None
    if sender.dkim:
        assert Check.DKIM in sender.aligns


@every
def test_blanks_are_well_formed(sender: Sender) -> None:
    text = msgspec.json.encode([sender.spf, sender.dkim, sender.return_path_records]).decode()
    names = set(re.findall(r"\{([a-z][a-z0-9-]*)\}", text))
    assert set(blanks(sender)) == names - {"domain", "domain-dashes"}
    assert len(set(blanks(sender))) == len(blanks(sender))
    for value in (*sender.spf, *(key.value for key in sender.dkim)):
        assert not re.search(r"[{}]", re.sub(r"\{[a-z][a-z0-9-]*\}", "", value))


def test_blanks_name_what_the_account_supplies() -> None:
    assert blanks(find("sendgrid")) == ("account", "pool", "bounce")
    assert blanks(find("microsoft-365")) == ("tenant",)
    assert blanks(find("mailchimp")) == ()
    assert blanks(find("fastmail")) == ()


def test_fill() -> None:
    key = find("microsoft-365").dkim[0]
    assert (
        fill(key.value, DOMAIN, {"tenant": "shop"})
        == "selector1-shop-example-com._domainkey.shop.onmicrosoft.com"
    )
    assert fill("fm1.{domain}.dkim.fmhosted.com", DOMAIN, {}).startswith("fm1.shop.example.com.")
    assert fill("dkim2.mcsv.net", DOMAIN, {}) == "dkim2.mcsv.net"


def test_fill_cannot_be_told_another_domain() -> None:
    assert fill("{domain}", DOMAIN, {"domain": "evil.example"}) == DOMAIN


def test_fill_does_not_fill_twice() -> None:
    assert fill("{a}.{b}", DOMAIN, {"a": "{b}", "b": "c"}) == "{b}.c"


def test_fill_names_what_is_missing() -> None:
    with pytest.raises(UsageError, match=r"needs a value for account, pool$"):
        fill("s1.{account}.{pool}.{account}", DOMAIN, {"other": "x"})


@every
def test_find_by_name_alias_and_title(sender: Sender) -> None:
    for word in (sender.name, sender.name.upper(), *sender.aliases, sender.title):
        assert find(word) is sender


def test_find_forgives_spelling() -> None:
    assert find(" Microsoft_365 ").name == "microsoft-365"
    assert find("mailbox.org").name == "mailbox-org"
    assert find("sendinblue").name == "brevo"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("mailchimpp", "mailchimp"), ("sengrid", "sendgrid"), ("gmial", "google-workspace")],
)
def test_find_suggests(typed: str, meant: str) -> None:
    with pytest.raises(UnknownSender, match=f"no sender '{typed}' .* did you mean .*{meant}"):
        find(typed)


@pytest.mark.parametrize("typed", ["", "zzzzzzzz", "{}", "\0"])
def test_find_says_no_when_nothing_is_close(typed: str) -> None:
    with pytest.raises(UnknownSender) as raised:
        find(typed)
    assert "did you mean" not in str(raised.value)
    assert isinstance(raised.value, MailworthyError)


def test_the_table_is_read_once_and_cannot_be_changed() -> None:
    assert load() is SENDERS
    with pytest.raises(TypeError):
        SENDERS["x"] = find("brevo")  # type: ignore[index]
    with pytest.raises(AttributeError):
        find("brevo").title = "x"  # type: ignore[misc]


ENTRY = '[senders.x]\ntitle = "X"\nkind = "crm"\nsource = "https://x.example/"\nread = 2026-11-23\n'


def test_parse_fills_what_is_left_out() -> None:
    sender = parse(ENTRY)["x"]
    assert (sender.name, sender.spf, sender.return_path, sender.aligns) == ("x", (), None, ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[senders",
        "senders = 1",
        "senders = { x = 1 }",
        "[senders.x]\ntitle = 'X'",
        ENTRY + "[other]",
        ENTRY + "typo = 1",
        ENTRY + "return_path = 'nobody'",
        ENTRY + "aligns = ['dmarc']",
        ENTRY + "dkim = [{ selector = 's', type = 'MX', value = 'x' }]",
    ],
)
def test_parse_refuses_what_is_no_table(text: str) -> None:
    with pytest.raises(UsageError, match="the sender table cannot be read"):
        parse(text)
