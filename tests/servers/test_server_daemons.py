"""The rules about a server, with the real `postconf` and `rspamadm` in the place of played ones."""

import os
import re
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from casekit import target
from mailworthy.audit.case import Case
from mailworthy.audit.collect import collect
from mailworthy.audit.cure import with_line
from mailworthy.audit.evidence import Evidence
from mailworthy.audit.finding import Configure, Execute, Finding, Remedy
from mailworthy.audit.healthyserver import MAIN, MASTER, served
from mailworthy.audit.rule import Rule, load
from mailworthy.audit.run import run
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.probe.host import Local, read_server
from mailworthy.servers.reading.model import Postfix, Rspamd, Server
from mailworthy.servers.reading.request import Command, Request, Told
from servers.serverskit import INTENTS, files, need, write
from serverworld import KNOWN, Machine, server

RULES = [r for r in load() if r.family == "server"]
PATH = f"{os.environ['PATH']}:/usr/sbin:/usr/bin:/sbin:/bin"


def put(place: Path, text: str) -> None:
    """Write a file as it was long ago: Postfix waits for one to be two seconds old."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    os.utime(place, (0, 0))


class Real(Machine):
    """A case whose Postfix or Rspamd is the one of this machine, with the files of the case."""

    def __init__(self, case: Case, folder: Path, *programs: str) -> None:
        super().__init__(case)
        self.folder, self.programs = folder, programs
        for path, text in case.files.items():
            if path.startswith(("/etc/postfix/", "/etc/rspamd/")):
                put(folder / path.removeprefix("/etc/"), text)

    def tell(self, requests: Sequence[Request]) -> list[Told]:
        return [self._real(each) or self._tell(each) for each in requests]

    def _real(self, request: Request) -> Told | None:
        if not isinstance(request, Command) or request.argv[0] not in self.programs:
            return None
        option = {
            "postconf": ("-c", str(self.folder / "postfix")),
            "rspamadm": (f"--var=LOCAL_CONFDIR={self.folder / 'rspamd'}",),
        }[request.argv[0]]
        (told,) = Local().tell([Command((request.argv[0], *option, *request.argv[1:]))])
        return told

    def do(self, remedy: Remedy) -> bool:
        """Carry out what a remedy says, on the real files and with the real programs; whether
        there was anything to do on the server."""
        done = False
        for step in remedy.steps:
            if isinstance(step, Configure):
                place = self.place(step.file)
                put(place, with_line(place.read_text() if place.exists() else "", step.line))
            elif isinstance(step, Execute) and step.command.startswith("postconf "):
                words = shlex.split(step.command)
                subprocess.run(words, check=True, env={"PATH": PATH})
            done = done or isinstance(step, Configure | Execute)
        return done

    def place(self, path: str) -> Path:
        """Where a file of the server is: Rspamd's are below the folder, Postfix says its own."""
        mine = self.folder / path.removeprefix("/etc/")
        return Path(path) if Path(path).is_relative_to(self.folder) else mine


def evidence(case: Case, found: Server) -> Evidence:
    bodies = {u: b.encode() if isinstance(b, str) else b for u, b in case.fetches.items()}
    memory = Memory.from_zone(case.zones, signed=case.signed, fetches=bodies)
    return drive(collect(msgspec.structs.replace(target(case), server=found)), memory)


def judged(rule: Rule, case: Case, reach: Machine) -> list[Finding]:
    return list(run(evidence(case, read_server(reach)), (rule,)).findings)


def about(prefix: str) -> list[Rule]:
    """The rules whose bad case differs from the healthy server in a file below this folder."""
    good = served().files
    return [
        rule
        for rule in RULES
        if any(
            path.startswith(prefix) and good.get(path) != rule.meta.bad.files.get(path)
            for path in {*good, *rule.meta.bad.files}
        )
    ]


POSTFIX, RSPAMD = about("/etc/postfix/"), about("/etc/rspamd/")


def test_there_are_rules_about_both() -> None:
    assert len(POSTFIX) >= 25
    assert len(RSPAMD) >= 7


@pytest.mark.parametrize("rule", POSTFIX, ids=lambda r: r.id)
def test_real_postfix_has_the_fault_and_is_cured_of_it(rule: Rule, tmp_path: Path) -> None:
    need("postconf")
    reach = Real(rule.meta.bad, tmp_path, "postconf")
    found = judged(rule, rule.meta.bad, reach)
    assert found, "the fault is not seen in what the real postconf says"
    if reach.do(found[0].remedy):
        assert not judged(rule, rule.meta.bad, reach)


@pytest.mark.parametrize("rule", RSPAMD, ids=lambda r: r.id)
def test_real_rspamd_has_the_fault_and_is_cured_of_it(rule: Rule, tmp_path: Path) -> None:
    need("rspamadm")
    reach = Real(rule.meta.bad, tmp_path, "rspamadm")
    found = judged(rule, rule.meta.bad, reach)
    assert found, "the fault is not seen in what the real rspamadm says"
    assert reach.do(found[0].remedy)
    assert not judged(rule, rule.meta.bad, reach)


@pytest.fixture
def healthy(tmp_path: Path) -> Server:
    need("postconf", "rspamadm")
    return read_server(Real(served(), tmp_path, "postconf", "rspamadm"))


def test_the_played_programs_say_what_the_real_ones_do(healthy: Server) -> None:
    played = server(served())
    assert played is not None
    assert isinstance(healthy.postfix, Postfix)
    assert isinstance(played.postfix, Postfix)
    assert isinstance(healthy.rspamd, Rspamd)
    assert isinstance(played.rspamd, Rspamd)
    names = [n for n in KNOWN if n not in ("config_directory", "mail_version", "mydomain")]
    mine = {n: played.postfix.value(n) for n in names}
    assert {n: healthy.postfix.value(n) for n in names} == mine
    assert healthy.postfix.services == played.postfix.services
    assert healthy.postfix.accepts == played.postfix.accepts
    assert healthy.rspamd.keys == played.rspamd.keys
    assert healthy.rspamd.signing == played.rspamd.signing
    assert healthy.rspamd.headers == played.rspamd.headers


def test_the_healthy_server_is_healthy_for_the_real_programs(healthy: Server) -> None:
    result = run(evidence(served(), healthy), RULES)
    assert [(f.rule, f.message) for f in result.findings] == []
    assert result.undetermined == ()


@pytest.mark.parametrize("name", ["article", "several", "ipv4 only"])
def test_what_config_writes_passes_every_rule(name: str, tmp_path: Path) -> None:
    need("postconf", "rspamadm")
    case = generated(name, tmp_path)
    reach = Real(case, tmp_path / "etc", "postconf", "rspamadm")
    script = tmp_path / "written" / "postfix" / "postconf.sh"
    folder = tmp_path / "etc" / "postfix"
    subprocess.run(["sh", script, folder], check=True, env={"PATH": PATH})
    os.utime(folder / "main.cf", (0, 0))
    found = read_server(reach)
    assert isinstance(found.postfix, Postfix)
    assert found.postfix.value("myhostname") == "mail.example.com"
    result = run(evidence(case, found), RULES)
    assert [(f.rule, f.message) for f in result.findings] == []
    assert result.undetermined == ()


def generated(name: str, tmp_path: Path) -> Case:
    """The healthy server with the files that `config` writes, in the world of its intent."""
    intent = INTENTS[name]
    written = write(files(intent), tmp_path / "written")
    main = "compatibility_level = 3.6\nmydestination = localhost\nmynetworks = 127.0.0.0/8\n"
    texts = {
        MAIN: f"{main}virtual_mailbox_domains = {', '.join(intent.domains)}\n",
        MASTER: served().files[MASTER],
    }
    for path in (written / "rspamd").rglob("*.*/*"):
        texts[f"/etc/rspamd/{path.relative_to(written / 'rspamd')}"] = path.read_text()
    signing = texts["/etc/rspamd/local.d/dkim_signing.conf"]
    selectors = re.findall(r"example\.com\.(\w+)\.key", signing)
    records = zip(selectors, ("r202611", "e202611"), strict=False)
    zone = served().zones
    keys = {}
    for mine, theirs in records:
        text = served().files[f"/var/lib/rspamd/dkim/example.com.{theirs}.key"]
        keys[f"/var/lib/rspamd/dkim/example.com.{mine}.key"] = text
        zone = zone.replace(f"{theirs}._domainkey", f"{mine}._domainkey")
    if not intent.hosts["mail.example.com"].ipv6:
        zone = "".join(
            line for line in zone.splitlines(True) if not line.startswith("mail.example.com. AAAA")
        )
    keep = {p: t for p, t in served().files.items() if p.startswith("/etc/letsencrypt")}
    return msgspec.structs.replace(
        served(), zones=zone, files=texts | keys | keep, selectors=tuple(selectors)
    )
