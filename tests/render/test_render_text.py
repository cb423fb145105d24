"""The text for people: narrow, copyable, plain where nobody sees colours."""

import os
import pty
import re
import subprocess
import termios
from pathlib import Path

import click
import msgspec
import pytest

from cli.clikit import COMMAND, PLAIN, mailworthy
from mailworthy.audit.finding import Configure, Remedy, Shown, publish
from mailworthy.audit.healthy import RSA_RECORD
from mailworthy.render.text import document
from render.renderkit import CLEAN, NASTY, audit

WIDTH = 80


def plain(text: str = "plain") -> list[str]:
    return click.unstyle(document([audit(text)])).splitlines()


def test_one_of_everything() -> None:
    lines = plain()
    assert lines[:9] == [
        "",
        "example.com",
        "",
        "  ✓ MX            says plain",
        "  ✗ Addresses     says plain",
        "  ? Reverse DNS   says plain",
        "  – SPF           says plain",
        "  ✓ DKIM          says plain",
        "  ✓ DMARC         says plain",
    ]
    assert lines[9:17] == [
        "",
        "  A signed test message from 192.0.2.25 and 2001:db8::25:",
        "  ✗ red           reject 550 5.7.25   reverse-dns from 192.0.2.25",
        "  ? grey          defer               reverse-dns",
        "  ✓ green: accept (published rules as of 2026-11-20)",
        "    fact plain",
        "",
        "  1 blocker, 1 warning, 1 waived, 1 refusal, 2 undetermined",
    ]
    assert "  BLOCKER  ptr-missing  RFC 5321 §5, RFC 7208 §4.6.4" in lines
    assert "  WAIVED  ptr-missing  RFC 5321 §5, RFC 7208 §4.6.4" in lines
    assert '    publish   example.com. 3600 IN TXT "v=spf1 plain -all"' in lines
    assert "    no server answered in time: what plain" in lines
    assert "    why plain: what plain" in lines


def test_nothing_to_do() -> None:
    assert click.unstyle(document([CLEAN])).split() == ["example.net", "Nothing", "to", "do."]


@pytest.mark.parametrize("name", NASTY)
def test_only_what_is_copied_is_wider_than_the_screen(name: str) -> None:
    """Commands, records and lines of configuration stay whole, and so do names in prose."""
    wide = [line for line in plain(NASTY[name]) if len(line) > WIDTH]
    copied = re.compile(r" {4,6}(\$ |publish |withdraw |in |first |second |  first |  second )")
    assert [line for line in wide if not copied.match(line) and " " in line.strip()] == []


def test_names_and_addresses_in_prose_stay_whole() -> None:
    url = f"https://mta-sts.{'long-name.' * 9}example.com/.well-known/mta-sts.txt"
    assert f"    {url}" in plain(url)


def test_a_remedy_is_never_broken() -> None:
    key = publish("r202611._domainkey.example.com", "TXT", RSA_RECORD)
    line = "smtpd_recipient_restrictions = " + ", ".join(f"restriction_{n}" for n in range(20))
    cure = Remedy((key, Configure("main.cf", line)))
    found = msgspec.structs.replace(audit().findings[0], remedy=cure)
    lines = click.unstyle(
        document([msgspec.structs.replace(audit(), findings=(found,))])
    ).splitlines()
    (record,) = [shown for shown in lines if shown.startswith("    publish")]
    assert record.count('"') == 4
    assert re.sub(r'" "', "", record).endswith(f'"{RSA_RECORD}"')
    assert f"      {line}" in lines


def test_long_evidence_is_shortened() -> None:
    found = msgspec.structs.replace(
        audit().findings[0], evidence=(Shown("dig a TXT", "word " * 400),)
    )
    lines = click.unstyle(
        document([msgspec.structs.replace(audit(), findings=(found,))])
    ).splitlines()
    start = lines.index("    $ dig a TXT") + 1
    said = [line for line in lines[start:] if line.startswith("      word")]
    assert len(said) == 4
    assert said[-1].endswith(" …")
    assert max(map(len, said)) <= WIDTH


# On a terminal and elsewhere


@pytest.fixture
def zone(tmp_path: Path) -> str:
    (tmp_path / "zone").write_text(
        "example.com. 60 IN SOA a. b. 1 2 3 4 5\nexample.com. MX 10 nowhere.example.com.\n"
    )
    return f"zone:{tmp_path / 'zone'}"


def on_a_terminal(zone: str, columns: int = 0, **env: str) -> bytes:
    mine, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    with subprocess.Popen(
        [*COMMAND, "check", "example.com", "--dns", zone],
        **{"env": {**PLAIN, "TERM": "xterm", **env}, "stdout": theirs, "stderr": theirs},
    ):
        os.close(theirs)
        seen = b""
        while True:
            try:
                more = os.read(mine, 65536)
            except OSError:  # how Linux says that the other end is closed
                break
            if not more:
                break
            seen += more
    os.close(mine)
    return seen


@pytest.mark.parametrize("columns", [48, 60, 200])
def test_a_narrow_terminal_is_wrapped_for(zone: str, columns: int) -> None:
    shown = on_a_terminal(zone, columns, NO_COLOR="1").decode().replace("\r", "").splitlines()
    copied = ("$ ", "publish", "withdraw", "https://")
    prose = [line for line in shown if not line.strip().startswith(copied)]
    assert 0.7 * min(columns, 80) < max(map(len, prose)) <= min(columns, 80)


def test_colours_are_for_terminals_that_want_them(zone: str) -> None:
    piped = mailworthy("check", "example.com", "--dns", zone).stdout
    assert b"\x1b" not in piped
    assert on_a_terminal(zone, NO_COLOR="1").replace(b"\r", b"") == piped
    coloured = on_a_terminal(zone)
    assert b"\x1b[31m" in coloured
    assert click.unstyle(coloured.decode()).replace("\r", "") == piped.decode()
