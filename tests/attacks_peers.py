"""dkimpy and pyspf on the cases of the attack suite, in its words."""

import logging
from importlib import import_module
from typing import Any

from attacks_suite import Case, text
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Question, Status

LARGE = 40_000  # octets: dkimpy takes time in the square of some messages
SILENT = logging.getLogger("silent")
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False


def answered(resolver: Memory, name: str, type_: str) -> Answer:
    reply = resolver.instant(Question(name.rstrip(".").lower(), type_))
    assert isinstance(reply, Answer)
    return reply


def dkimpy(case: Case) -> dict[str, Any]:
    """Whether each signature passes, which is all that dkimpy tells; errors are no pass."""
    dkim: Any = import_module("dkim")
    message, resolver, wanted = case.message, case.resolver, case.expect["dkim"]
    if not wanted or len(message) > LARGE:
        return {}

    def dnsfunc(name: bytes, timeout: int = 5) -> bytes | None:
        answer = answered(resolver, name.decode("latin-1"), "TXT")
        return answer.records[0].encode("latin-1") if answer.records else None

    found = []
    for index in range(len(wanted)):
        try:
            good = dkim.DKIM(message, logger=SILENT).verify(index, dnsfunc)
            found.append("pass" if good else "no pass")
        except dkim.DKIMException:
            found.append("no pass")
        except Exception as error:  # noqa: BLE001 - what escapes from it is what is to be seen
            found.append(type(error).__name__)
    return {"dkim": found}


def pyspf(case: Case) -> dict[str, Any]:
    """Both identities."""
    spf: Any = import_module("spf")
    resolver = case.resolver

    def lookup(name: str, type_: str, strict: object = True, timeout: object = 0) -> list[Any]:
        answer = answered(resolver, name, type_)
        if answer.status is Status.FAILED:
            raise spf.TempError("DNS SERVFAIL")
        return [((name, type_), value(type_, record)) for record in answer.records]

    def ask(sender: str) -> str:
        before, spf.DNSLookup = spf.DNSLookup, lookup
        try:
            helo = text(case.session["helo"])
            return str(
                spf.query(i=case.session["client"], s=sender, h=helo, strict=True).check()[0]
            )
        except Exception as error:  # noqa: BLE001 - as above
            return type(error).__name__
        finally:
            spf.DNSLookup = before

    return {"spf": ask(text(case.session["mail-from"])), "spf-helo": ask("")}


def value(type_: str, record: str) -> Any:
    if type_ == "MX":
        preference, _, host = record.partition(" ")
        return int(preference), host.rstrip(".")
    return (record.encode("latin-1"),) if type_ == "TXT" else record.rstrip(".")
