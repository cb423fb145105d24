"""What a sender does about encryption, and what `check --connect` said beforehand."""

import contextlib
import json
import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from itertools import chain

import msgspec
import pytest

from lab.authority import Issued
from lab.internet import Lab
from lab.machine import wait_for
from lab.needs import PATH
from lab.plan import NETWORKS
from mailworthy.dane import record as dane
from mailworthy.dane import verdict as dane_verdict
from mailworthy.lookup import Replay
from mailworthy.lookup.model import Answer, Dial, Dialled, Fetch, Fetched, Question, Trial
from mailworthy.mtasts import verdict as sts_verdict
from mailworthy.mtasts.policy import parse

DOMAIN, HOST = "receiver.example", "mail.receiver.example"
POLICY = f"https://mta-sts.{DOMAIN}/.well-known/mta-sts.txt"
SERVED = f"/var/www/mta-sts/{DOMAIN}/.well-known/mta-sts.txt"
PORT = 8461  # of mta-sts-daemon
SETTINGS = f"""\
host: 127.0.0.1
port: {PORT}
cache:
  type: internal
  options:
    cache_size: 100
"""


class Checked(msgspec.Struct, frozen=True):
    """What `check --connect` found and recorded, from the sender's place."""

    code: int
    findings: dict[str, str]
    tape: Replay

    def found(self, *families: str) -> set[str]:
        """The rules of some families that found something grave."""
        return {
            rule
            for rule, severity in self.findings.items()
            if severity == "blocker" and rule.startswith(families)
        }

    def dialled(self, trials: tuple[Trial, ...] = ()) -> Dialled:
        """What the host said at its first address."""
        (found,) = self._answers(Question(HOST, "A"))
        reply = self.tape.instant(Dial(HOST, found, trials=trials))
        assert isinstance(reply, Dialled)
        return reply

    def fetched(self) -> Fetched:
        """The answer to who asks for the policy."""
        reply = self.tape.instant(Fetch(POLICY))
        assert isinstance(reply, Fetched)
        return reply

    def dane(self) -> dane_verdict.Result:
        """What a sender with DANE does."""
        texts = self._answers(Question(dane.owner(HOST), "TLSA"), validated=True)
        records = [tlsa for text in texts if (tlsa := dane.parse(text).record)]
        tls = self.dialled().tls
        verdict = dane_verdict.judge(
            records, tls.chain if tls else (), names=(HOST, DOMAIN), now=self.tape.header.now
        )
        return verdict.result

    def sts(self) -> sts_verdict.StsVerdict | None:
        """What a sender with MTA-STS does; None where there is no policy to follow."""
        fetched = self.fetched()
        policy = parse(fetched.body).record if fetched.code == 200 else None
        if policy is None:
            return None
        return sts_verdict.judge(policy, HOST, self.dialled().tls, now=self.tape.header.now)

    def _answers(self, question: Question, *, validated: bool = False) -> tuple[str, ...]:
        answer = self.tape.instant(question)
        assert isinstance(answer, Answer)
        assert answer.ad or not validated
        return answer.records


def check() -> tuple[str, ...]:
    """The command."""
    return ("check", DOMAIN, "--connect", "--allow", ",".join(NETWORKS), "--format", "json")


def checked(lab: Lab, *more: str) -> Checked:
    """Run it."""
    tape = lab.state / f"{uuid.uuid4().hex}.jsonl"
    done = lab.mailworthy(lab.sender, *check(), "--record", tape, *more)
    assert not done.stderr, done.stderr
    (audit,) = json.loads(done.stdout)["audits"]
    findings = {found["rule"]: found["severity"] for found in audit["findings"]}
    return Checked(done.returncode, findings, Replay.load(tape))


class Sent(msgspec.Struct, frozen=True):
    """What became of a message: Postfix's status with its text, and what it said of TLS."""

    status: str
    text: str
    tls: str

    @property
    def arrived(self) -> bool:
        return self.status == "sent"


def send(lab: Lab) -> Sent:
    """Send one message to the receiver, as the sender's Postfix does now."""
    _forget(lab)
    before = len(lab.log(lab.sender))
    mail = f"From: alice@sender.example\r\nMessage-ID: <{uuid.uuid4().hex}@x>\r\n\r\nHello.\r\n"
    code, text = lab.send(lab.sender, "alice@sender.example", f"bob@{DOMAIN}", mail.encode())
    assert code == 250, text
    queued = text.split()[-1]
    line = lab.logged(lab.sender, f"{queued}:", "status=")
    found = re.search(r"status=(\w+) \((.*)\)", line)
    assert found is not None, line
    assert "temporarily suspended" not in line, line
    said = re.findall(
        r": (\w+ TLS connection established to mail\S*)", lab.log(lab.sender)[before:]
    )
    if found[1] != "sent":
        lab.sender.script(f"postsuper -d {queued} 2>&1")
    return Sent(found[1], found[2], said[-1] if said else "")


def _forget(lab: Lab) -> None:
    """Have the sender forget that the receiver could not be reached, and what is configured."""
    names = ("qmgr -", "smtp -")
    old = {*chain(*map(lab.sender.processes, names))}
    lab.sender.script("postfix reload 2>&1")
    wait_for("what ran to end", lambda: not old & {*chain(*map(lab.sender.processes, names))})


@contextlib.contextmanager
def policy_of_sts(lab: Lab) -> Iterator[None]:
    """The sender asks another program than ours for MTA-STS, with no memory of before."""
    if not shutil.which("mta-sts-daemon", path=PATH):
        pytest.skip("no mta-sts-daemon (postfix-mta-sts-resolver)")
    lab.sender.write("/etc/mta-sts-daemon.yml", SETTINGS)
    lab.sender.spawn("mta-sts", ["mta-sts-daemon"])
    try:
        wait_for("mta-sts-daemon", lambda: lab.sender.answers(PORT))
        table = f"socketmap:inet:127.0.0.1:{PORT}:postfix"
        lab.sender.script(f"postconf -e smtp_tls_policy_maps={table}")
        yield
    finally:
        lab.sender.script("postconf -X smtp_tls_policy_maps")
        lab.sender.kill("mta-sts-daemon")
        wait_for("mta-sts-daemon to end", lambda: not lab.sender.answers(PORT))


@contextlib.contextmanager
def serving_policy(lab: Lab, mode: str, *patterns: str) -> Iterator[None]:
    """The receiver serves another policy for a while."""
    path = lab.receiver.path(SERVED)
    before = path.read_text()
    lines = ("version: STSv1", f"mode: {mode}", *(f"mx: {p}" for p in patterns), "max_age: 86400")
    path.write_text("".join(f"{line}\n" for line in lines))
    try:
        yield
    finally:
        path.write_text(before)


@contextlib.contextmanager
def without_starttls(lab: Lab) -> Iterator[None]:
    """The receiver offers no encryption for a while."""
    lab.receiver.script("postconf -e smtpd_tls_security_level=none")
    lab.receiver.reload()
    try:
        yield
    finally:
        lab.receiver.script("postconf -e smtpd_tls_security_level=may")
        lab.receiver.reload()


@contextlib.contextmanager
def published(lab: Lab, records: Sequence[str]) -> Iterator[None]:
    """These TLSA records and no others."""
    name = f"{dane.owner(HOST)} TLSA"
    with lab.changed(DOMAIN, [f"{name} {record}" for record in records], [name]):
        yield


def alone(issued: Issued) -> Issued:
    """The same certificate without the authority's."""
    first = issued.certificate.read_text().partition("-----END CERTIFICATE-----\n")
    path = issued.certificate.with_suffix(".alone.pem")
    path.write_text(first[0] + first[1])
    return msgspec.structs.replace(issued, certificate=path)
