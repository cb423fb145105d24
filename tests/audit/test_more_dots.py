"""The dots of what was called and of the server that was read."""

import pytest
from msgspec.structs import replace

from casekit import evidence
from mailworthy.audit.case import Case
from mailworthy.audit.facade import conclude
from mailworthy.audit.healthy import healthy
from mailworthy.audit.healthyconnect import connected, ehlo, world
from mailworthy.audit.healthyserver import served
from mailworthy.audit.part import Unknown
from mailworthy.audit.rule import load
from mailworthy.lookup.model import Status, Why

SILENT = {"status": Status.FAILED, "why": Why.TIMEOUT, "banner": None, "ehlo": None, "tls": None}
CLEAR = {"ehlo": ehlo(drop="STARTTLS"), "starttls": None, "tls": None, "ehlo_tls": None}
CONNECTIONS = {
    "healthy": (connected(), "pass", "mail.example.com (TLSv1.3)"),
    "silent": (
        connected(dials=world(second=SILENT)),
        "undetermined",
        "mail.example.com (TLSv1.3 at 1 of 2, no answer in time at 1 of 2)",
    ),
    "clear": (connected(dials=world(CLEAR)), "fail", "mail.example.com (no TLS)"),
}


def dots(case: Case) -> dict[str, tuple[str, str]]:
    judged = conclude(evidence(case), load(), ())
    return {dot.name: (dot.state.value, dot.says) for dot in judged.checkpoint}


@pytest.mark.parametrize(("case", "state", "says"), CONNECTIONS.values(), ids=CONNECTIONS)
def test_what_was_called(case: Case, state: str, says: str) -> None:
    assert dots(case)["Connections"] == (state, says)


def test_the_server_that_was_read() -> None:
    state, says = dots(served())["Server"]
    assert state == "pass"
    assert says.startswith("Postfix 3.")
    assert "Rspamd; signs with " in says


def test_a_server_with_a_fault_is_red() -> None:
    assert dots(served(main=("mynetworks = 0.0.0.0/0",)))["Server"][0] == "fail"


def test_a_server_that_could_not_be_read_is_unknown() -> None:
    seen = replace(evidence(served()), postfix=Unknown("Postfix's settings", "denied"))
    judged = {dot.name: dot for dot in conclude(seen, load(), ()).checkpoint}
    assert judged["Server"].state == "undetermined"
    assert judged["Server"].says.startswith("Rspamd")


def test_without_connections_and_server_there_are_six() -> None:
    assert len(dots(replace(healthy(), files={}))) == 6
