"""The names that programs use: there, callable, the same under asyncio, and typed."""

import asyncio
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import mailworthy
from lookup.loopback import Loopback, serving
from mailworthy.audit.case import NOON
from mailworthy.audit.healthy import healthy
from mailworthy.errors import MailworthyError, UsageError
from mailworthy.lookup.memory import Memory

CASE = healthy()
MEMORY = Memory.from_zone(CASE.zones, signed=CASE.signed)


def test_every_public_name_is_there() -> None:
    for name in mailworthy.__all__:
        assert getattr(mailworthy, name) is not None
    assert mailworthy.MailworthyError is MailworthyError
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        mailworthy.nonsense  # noqa: B018


PACKAGES = [
    "arc",
    "audit",
    "dkim",
    "dmarc",
    "dnsbl",
    "helo",
    "iprev",
    "lookup",
    "mx",
    "receive",
    "reports",
    "spf",
]


@pytest.mark.parametrize("name", PACKAGES)
def test_packages_are_packages(name: str) -> None:
    assert getattr(mailworthy, name) is importlib.import_module(f"mailworthy.{name}")


def test_protocols_are_read_by_their_packages() -> None:
    assert mailworthy.spf.parse("v=spf1 -all").record is not None
    assert mailworthy.dkim.parse("v=DKIM1; p=").record is not None
    assert mailworthy.dmarc.parse("v=DMARC1; p=none").record is not None


def test_verify_is_a_function_with_a_twin() -> None:
    message = b"From: joe@example.com\r\n\r\nhello\r\n"
    envelope = mailworthy.Envelope("192.0.2.1", "mail.example.com", "joe@example.com")
    verdict = mailworthy.verify(message, envelope, resolver=MEMORY, now=NOON)
    assert isinstance(verdict, mailworthy.Verdict)
    assert asyncio.run(mailworthy.averify(message, envelope, resolver=MEMORY, now=NOON)) == verdict
    with pytest.raises(TypeError, match="truth value"):
        bool(verdict)
    with pytest.raises(UsageError, match="not an IP address"):
        mailworthy.Envelope("nonsense", "mail.example.com", "joe@example.com")


def test_reports_are_read_by_their_package() -> None:
    [found] = mailworthy.reports.read(b"nothing of the kind")
    assert isinstance(found, mailworthy.reports.Unreadable)


def test_audit_is_a_function() -> None:
    audit = mailworthy.audit("example.com", resolver=MEMORY, now=NOON)
    assert isinstance(audit, mailworthy.Audit)
    assert audit.domain == "example.com"
    assert {dot.name for dot in audit.checkpoint} >= {"MX", "SPF", "DMARC"}


def test_audit_stays_a_function_when_its_package_is_used() -> None:
    rules = importlib.import_module("mailworthy.audit.rule")
    assert isinstance(mailworthy.audit, ModuleType)
    assert mailworthy.audit.rule is rules
    assert mailworthy.audit("example.com", resolver=MEMORY, now=NOON).checkpoint
    parameters = inspect.signature(mailworthy.audit).parameters
    assert list(parameters) == ["domain", "intent", "resolver", "now"]


def test_audit_under_asyncio_says_the_same() -> None:
    plain = mailworthy.audit("example.com", resolver=MEMORY, now=NOON)
    assert asyncio.run(mailworthy.aaudit("Example.COM.", resolver=MEMORY, now=NOON)) == plain


@pytest.mark.parametrize("name", ["", "a..b", "-x.example", "a b"])
def test_a_name_that_is_none_is_misuse(name: str) -> None:
    with pytest.raises(MailworthyError):
        mailworthy.audit(name, resolver=MEMORY)
    with pytest.raises(UsageError):
        asyncio.run(mailworthy.aaudit(name, resolver=MEMORY))


def test_resolvers_and_drive_are_reached_through_lookup() -> None:
    lookup = mailworthy.lookup
    memory = lookup.Memory.from_zone('example.org. 60 TXT "hello"')
    question = importlib.import_module("mailworthy.lookup.model").look("example.org", "TXT")
    assert lookup.drive(question, memory).records == ("hello",)
    question = importlib.import_module("mailworthy.lookup.model").look("example.org", "TXT")
    assert asyncio.run(lookup.adrive(question, memory)).records == ("hello",)
    assert {*lookup.__all__} >= {"Live", "Memory", "Recorder", "Replay", "drive", "adrive"}
    for name in lookup.__all__:
        assert callable(getattr(lookup, name))


def test_live_works_inside_a_running_loop() -> None:
    plain = mailworthy.audit("example.com", resolver=MEMORY, now=NOON)

    async def notebook(spec: str) -> tuple[mailworthy.Audit, mailworthy.Audit]:
        with mailworthy.lookup.Live(spec) as live:
            here = mailworthy.audit("example.com", resolver=live, now=NOON)
            awaited = await mailworthy.aaudit("example.com", resolver=live, now=NOON)
            return here, awaited

    with Loopback(serving(MEMORY)) as server:
        here, awaited = asyncio.run(notebook(server.spec))
    assert here == awaited
    assert [(d.name, d.state) for d in here.checkpoint] == [
        (d.name, d.state) for d in plain.checkpoint
    ]


USER = """
import mailworthy
from mailworthy import audit, lookup
from mailworthy.audit.rule import load

async def main(memory: lookup.Memory) -> None:
    reveal_type(mailworthy.audit("example.com", resolver=memory))
    reveal_type(audit("example.com"))
    reveal_type(await mailworthy.aaudit("example.com"))
    reveal_type(lookup.drive)
    reveal_type(load())
    mailworthy.audit("example.com", resolver=7)
"""


def test_users_of_mypy_see_functions(tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="mypy is a tool for development")
    (tmp_path / "user.py").write_text(USER)
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", "cache", "user.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    revealed = [line.partition("Revealed type is ")[2] for line in run.stdout.splitlines()]
    audit = '"mailworthy.audit.facade.Audit"'
    assert revealed[:3] == [audit] * 3
    assert revealed[3].startswith('"def [T] (engine: ')
    assert revealed[4] == '"tuple[mailworthy.audit.rule.Rule, ...]"'
    assert "[arg-type]" in run.stdout
    assert "Found 1 error" in run.stdout
