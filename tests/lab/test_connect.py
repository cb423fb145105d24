"""`check --connect` says what real senders then do: with DANE, and with MTA-STS.

Postfix judges DANE; for MTA-STS it asks postfix-mta-sts-resolver, a program of others.
"""

import asyncio
import contextlib
import json
import smtplib
from collections.abc import Callable, Iterator

import msgspec
import pytest

from lab.authority import Issued
from lab.delivery import (
    DOMAIN,
    HOST,
    alone,
    check,
    checked,
    policy_of_sts,
    published,
    send,
    serving_policy,
    without_starttls,
)
from lab.internet import Lab
from lab.mailhost import LIVE
from lab.pick import some
from lab.plan import NETWORKS
from mailworthy.dane.record import Matching, Selector, Usage, from_certificate, render
from mailworthy.dane.verdict import Result
from mailworthy.lookup import Memory
from mailworthy.lookup.model import Dial, Dialled, Status, Trial, Why
from mailworthy.mtasts.verdict import Result as Outcome
from mailworthy.probe.connecting import Connecting
from mailworthy.probe.lines import Limits
from mailworthy.probe.public import Allowed
from mailworthy.probe.smtp import Caller, converse

pytestmark = pytest.mark.lab
knows_sts = pytest.mark.daemon("postfix-mta-sts-resolver")
WRONG = f"3 1 1 {'00' * 32}"


class Way(msgspec.Struct, frozen=True):
    """How the receiver is for a while: certificate and TLSA records, made by the lab."""

    certificate: Callable[[Lab], Issued] | None = None
    records: Callable[[Lab, Issued | None], list[str]] | None = None
    encrypted: bool = True


@contextlib.contextmanager
def being(lab: Lab, way: Way) -> Iterator[None]:
    issued = way.certificate(lab) if way.certificate else None
    with contextlib.ExitStack() as stack:
        if issued:
            stack.enter_context(lab.receiver.other_certificate(issued))
        if way.records:
            stack.enter_context(published(lab, way.records(lab, issued)))
        if not way.encrypted:
            stack.enter_context(without_starttls(lab))
        yield


def good(lab: Lab) -> Issued:
    return lab.issue([HOST])


def stranger(lab: Lab) -> Issued:
    return lab.issue(["other.example"])


def expired(lab: Lab) -> Issued:
    return lab.issue([HOST], expired=True)


def self_signed(lab: Lab) -> Issued:
    return lab.issue(["other.example"], expired=True, self_signed=True)


def unknown(lab: Lab) -> Issued:
    return lab.issue([HOST], self_signed=True)


def leaf_alone(lab: Lab) -> Issued:
    return alone(lab.issue([HOST]))


def of(
    usage: Usage, selector: Selector = Selector.SPKI, matching: Matching = Matching.SHA2_256
) -> Callable[[Lab, Issued | None], list[str]]:
    """The record of the authority, or of the certificate."""

    def records(lab: Lab, issued: Issued | None) -> list[str]:
        path = lab.authority.path if usage in (Usage.DANE_TA, Usage.PKIX_TA) else None
        pem = (path or (issued or lab.receiver._issued).certificate).read_text()
        return [render(from_certificate(pem, usage, selector, matching))]

    return records


def wrong(lab: Lab, issued: Issued | None) -> list[str]:
    return [WRONG]


def rolling(lab: Lab, issued: Issued | None) -> list[str]:
    return [WRONG, lab.receiver._issued.tlsa]


def none(lab: Lab, issued: Issued | None) -> list[str]:
    return []


EE, TA = Usage.DANE_EE, Usage.DANE_TA
DANE = {
    "as written": (Way(), Result.VERIFIED),
    "wrong record": (Way(records=wrong), Result.FAILED),
    "wrong and right record": (Way(records=rolling), Result.VERIFIED),
    "whole certificate": (Way(records=of(EE, Selector.CERT)), Result.VERIFIED),
    "sha-512": (Way(records=of(EE, matching=Matching.SHA2_512)), Result.VERIFIED),
    "another certificate": (Way(good), Result.FAILED),
    "pinned whatever it says": (Way(self_signed, of(EE)), Result.VERIFIED),
    "authority": (Way(records=of(TA)), Result.VERIFIED),
    "authority, other name": (Way(stranger, of(TA)), Result.FAILED),
    "authority, expired": (Way(expired, of(TA)), Result.FAILED),
    "authority, not sent": (Way(leaf_alone, of(TA)), Result.FAILED),
    "authority, self-signed": (Way(self_signed, of(TA)), Result.FAILED),
    "nothing usable": (Way(records=of(Usage.PKIX_EE)), Result.ENCRYPTED),
    "no starttls": (Way(encrypted=False), Result.FAILED),
}


@pytest.mark.parametrize(
    "name", some(DANE, "as written", "wrong record", "authority", "nothing usable", "no starttls")
)
def test_dane(lab: Lab, name: str) -> None:
    way, expected = DANE[name]
    with being(lab, way):
        said = checked(lab)
        sent = send(lab)
    assert said.dane() is expected
    assert bool(said.found("dane-")) == (expected is Result.FAILED), said.findings
    assert sent.arrived == (expected is not Result.FAILED), sent
    assert sent.tls.startswith("Verified") == (expected is Result.VERIFIED), sent


STS = {
    "as it should be": (Way(), "enforce", HOST, Outcome.VALID),
    "wildcard": (Way(), "enforce", f"*.{DOMAIN}", Outcome.VALID),
    "another host": (Way(), "enforce", f"other.{DOMAIN}", Outcome.MX_MISMATCH),
    "self-signed": (Way(unknown), "enforce", HOST, Outcome.NOT_TRUSTED),
    "expired": (Way(expired), "enforce", HOST, Outcome.EXPIRED),
    "other name": (Way(stranger), "enforce", HOST, Outcome.HOST_MISMATCH),
    "no starttls": (Way(encrypted=False), "enforce", HOST, Outcome.STARTTLS_NOT_SUPPORTED),
    "testing": (Way(stranger, none), "testing", HOST, Outcome.HOST_MISMATCH),
}


@knows_sts
@pytest.mark.parametrize(
    "name", some(STS, "as it should be", "another host", "other name", "testing")
)
def test_mta_sts(lab: Lab, name: str) -> None:
    way, mode, pattern, expected = STS[name]
    with being(lab, way), serving_policy(lab, mode, pattern), policy_of_sts(lab):
        said = checked(lab)
        sent = send(lab)
    verdict = said.sts()
    assert verdict is not None
    assert verdict.result is expected
    assert bool(said.found("mtasts-")) == (not verdict.delivers), said.findings
    assert sent.arrived == verdict.delivers, sent
    assert sent.tls.startswith("Verified") == (expected is Outcome.VALID), sent


@contextlib.contextmanager
def web_certificate(lab: Lab, issued: Issued) -> Iterator[None]:
    """The site of the policy shows another certificate for a while."""
    folder = lab.receiver.path(f"{LIVE}/mta-sts.{DOMAIN}")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    (folder / "fullchain.pem").write_bytes(issued.certificate.read_bytes())
    (folder / "privkey.pem").write_bytes(issued.key.read_bytes())
    lab.receiver.script("nginx -s reload")
    try:
        yield
    finally:
        for path, data in before.items():
            path.write_bytes(data)
        lab.receiver.script("nginx -s reload")


@knows_sts
def test_a_policy_from_a_host_that_nobody_trusts_is_none(lab: Lab) -> None:
    # Under it nothing would be delivered: it names another host.
    site = lab.issue([f"mta-sts.{DOMAIN}"], self_signed=True)
    other = serving_policy(lab, "enforce", f"other.{DOMAIN}")
    with other, web_certificate(lab, site), policy_of_sts(lab):
        said = checked(lab)
        assert send(lab).arrived
    fetched = said.fetched()
    assert (fetched.status, fetched.why, said.sts()) == (Status.FAILED, Why.TLS, None)
    assert "self-signed" in fetched.detail
    assert "mtasts-host-untrusted" in said.findings


def test_trials_of_the_own_server(lab: Lab) -> None:
    """From elsewhere; on the server itself everybody may relay."""

    def tried(lab: Lab) -> dict[str, list[int]]:
        said = checked(lab, "--dir", str(lab.receiver.folder), "--trial", "vrfy,relay").dialled(
            (Trial.VRFY, Trial.RELAY)
        )
        codes: dict[str, list[int]] = {"vrfy": [], "relay": []}
        for trial, reply in said.tried:
            codes[trial].append(reply.code)
        return codes

    assert tried(lab) == {"vrfy": [502, 502], "relay": [554, 554]}
    lab.receiver.script("postconf -e disable_vrfy_command=no mynetworks=0.0.0.0/0,[::]/0")
    lab.receiver.reload()
    try:
        assert tried(lab) == {"vrfy": [252, 550], "relay": [250]}
    finally:
        networks = "127.0.0.0/8 [::1]/128"
        lab.receiver.script(f"postconf -e disable_vrfy_command=yes 'mynetworks={networks}'")
        lab.receiver.reload()
    assert not lab.receiver.run(["postqueue", "-p"]).stdout.count("example.org")


def test_whose_fault_it_is_that_nobody_answers(lab: Lab) -> None:
    def dialled(ip: str) -> Dialled:
        with lab.sender.inside():
            return asyncio.run(converse(Dial("mail.spoofer.example", ip), Caller()))

    refused = dialled(lab.spoofer.place.address())
    assert (refused.why, "refused" in refused.detail) == (Why.UNREACHABLE, True)
    for ip in ("2600::1", "8.8.8.8"):  # nothing leads out
        away = dialled(ip)
        assert (away.why, "no way from here" in away.detail) == (Why.NO_MEANS, True)


def test_silence_on_port_25_is_nobody_known(lab: Lab) -> None:
    """No reply finds its way back: this network or that one may be the reason."""
    there, back = lab.receiver.place.address(), f"blackhole {lab.sender.place.address()}/32"
    resolver = Connecting(Memory.from_zone(""), allowed=Allowed(NETWORKS), limits=Limits(1, 1, 3))
    lab.receiver.script(f"ip route add {back}")
    try:
        with lab.sender.inside():
            silent = asyncio.run(resolver.answer(Dial(HOST, there)))
    finally:
        lab.receiver.script(f"ip route del {back}")
    assert isinstance(silent, Dialled)
    assert (silent.status, silent.why) == (Status.FAILED, Why.TIMEOUT)
    assert "many networks close port 25" in silent.detail


def test_a_recording_says_the_same_and_calls_nobody(lab: Lab) -> None:
    tape = str(lab.state / "run.jsonl")
    live = lab.mailworthy(lab.sender, *check(), "--record", tape)
    again = lab.mailworthy(lab.spoofer, *check(), "--dns", f"replay:{tape}")
    assert json.loads(live.stdout)["audits"][0]["domain"] == DOMAIN
    assert (again.stdout, again.returncode) == (live.stdout, live.returncode)


def test_a_server_that_has_enough_of_us_is_no_server_without_encryption(lab: Lab) -> None:
    """Postfix says 421 to the second client from an address while the first one is there."""
    names = ("smtpd_client_connection_count_limit", "smtpd_client_event_limit_exceptions")
    lab.receiver.script(f"postconf -e {names[0]}=1 {names[1]}=")
    lab.receiver.reload()
    try:
        with lab.sender.inside(), smtplib.SMTP(lab.receiver.place.address(), timeout=10):
            ask = Dial(HOST, lab.receiver.place.address())
            busy = asyncio.run(converse(ask, Caller()))
    finally:
        lab.receiver.script(f"postconf -X {' '.join(names)}")
        lab.receiver.reload()
    assert (busy.status, busy.why) == (Status.FAILED, Why.BUSY)
    assert "too many connections" in busy.detail
