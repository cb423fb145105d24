"""What `config milter` writes: settings that our milter takes, units that systemd takes."""

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from mailworthy.milter.load import check
from mailworthy.milter.outgoing import may_write
from mailworthy.milter.policy import HELP, MilterPolicy
from mailworthy.servers import ConfigFile, DmarcReject, milter_configuration
from mailworthy.servers.rspamd_texts import SIGNING
from servers.serverskit import ANY_INTENT, INTENTS, NOW, write


def files(name: str = "article", **more: DmarcReject) -> dict[str, ConfigFile]:
    return {f.path: f for f in milter_configuration(INTENTS[name], now=NOW, **more)}


@settings(max_examples=50)
@given(ANY_INTENT)
def test_any_intent_gives_settings_that_are_taken(intent) -> None:
    found = milter_configuration(intent, now=NOW)
    assert found[0].path == "milter/README.md"
    for file in found:
        assert file.path.startswith("milter/")
        assert file.text.endswith("\n")
        if file.path.endswith("milter.toml"):
            check(msgspec.convert(tomllib.loads(file.text), MilterPolicy))


@pytest.mark.parametrize("name", INTENTS)
def test_the_readme_installs_everything_and_nothing_else(name: str) -> None:
    found = files(name)
    commands = [
        shlex.split(line)
        for line in found["milter/README.md"].text.splitlines()
        if line.startswith(("install", "sh "))
    ]
    named = {word for command in commands for word in command if word.startswith("milter/")}
    assert named == found.keys() - {"milter/README.md"}
    keys = {word for command in commands for word in command if word.startswith("../keys/")}
    signs = "sign = " in "".join(f.text for f in found.values())
    assert bool(keys) is signs


def test_the_readme_and_the_postfix_lines_name_the_same_place() -> None:
    found = files()
    (place,) = re.findall(r"smtpd_milters = unix:(\S+)'", found["milter/postconf.sh"].text)
    assert not place.startswith("/")  # seen from within Postfix's chroot, and from outside
    unit = found["milter/mailworthy-milter.socket"].text.splitlines()
    assert f"ListenStream=/var/spool/postfix/{place}" in unit
    assert {"SocketUser=mailworthy", "SocketGroup=postfix", "SocketMode=0660"} <= {*unit}


def test_the_choice_about_reject_is_handed_on() -> None:
    text = files(dmarc_reject=DmarcReject.ALWAYS)["milter/milter.toml"].text
    assert tomllib.loads(text)["dmarc_reject"] == "always"


def test_every_setting_has_a_meaning() -> None:
    assert list(HELP) == list(MilterPolicy.__struct_fields__)


# The login, the domain of From, and whether that is signed for.
LOGINS = [
    ("anna", "example.com", True),
    ("anna@EXAMPLE.com.", "example.com", True),
    ("anna@staff.example.com", "example.com", True),
    ("anna@example.com", "staff.example.com", True),
    ("bob@other.example", "example.com", False),
    ("bob@notexample.com", "example.com", False),
    ("bob@", "example.com", False),
    ("bob@.", "example.com", False),
    ("a@example.com@other.example", "example.com", False),
]


def test_rspamd_signs_for_the_logins_that_we_sign_for(tmp_path: Path) -> None:
    if not shutil.which("rspamadm"):
        pytest.skip("rspamadm is not installed")
    (rule,) = re.findall(r"(?s)use_domain_custom = <<EOD\n(.*?)\nEOD;\n", SIGNING)
    script = tmp_path / "rule.lua"
    script.write_text(
        f"local chosen = loadstring([[{rule}]])()\n"
        "local function said(user, domain)\n"
        "  print(chosen({ get_user = function() return user end,\n"
        "    get_from = function() return {{ domain = domain }} end }) or 'nobody')\n"
        "end\n" + "".join(f"said('{login}', '{domain}')\n" for login, domain, _ in LOGINS)
    )
    argv = ["rspamadm", "lua", str(script)]
    done = subprocess.run(
        argv, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    assert done.stdout.split() == [d if signed else "nobody" for _, d, signed in LOGINS]
    assert [may_write(login, domain) for login, domain, _ in LOGINS] == [s for *_, s in LOGINS]


@pytest.mark.lab
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    folder = write(files(), tmp_path) / "milter"
    unit = folder / "mailworthy-milter.service"
    unit.write_text(unit.read_text().replace("ExecStart=mailworthy", "ExecStart=/bin/true"))
    units = [str(path) for path in sorted(folder.glob("mailworthy-milter.*"))]
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
