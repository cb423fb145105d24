"""What the generator writes passes our own audit, and nothing of it can go missing unseen."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from domain.strategies import ED25519, NOW, RSA, intents, keys_for
from mailworthy.audit.collect import Target, collect
from mailworthy.audit.facade import Audit, conclude
from mailworthy.audit.finding import Severity
from mailworthy.audit.rule import load
from mailworthy.audit.trial import Answer, answer
from mailworthy.domain.folder import Folder
from mailworthy.domain.generate import Generated, files
from mailworthy.domain.intent import Domain, Host, Intent
from mailworthy.domain.keys import NewKey, new_key
from mailworthy.domain.recordset import Record
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.zonetext import ZoneRecord, read_zone
from mailworthy.render.trials import told
from mailworthy.setup.rehearse import rehearsal
from mailworthy.setup.targets import of_folder

SIMPLE = Intent(
    hosts={"mail.example.com": Host(("192.0.2.25",), ("2001:db8::25",), mx=10)},
    domains={
        "example.com": Domain(
            reports="dmarc@example.com",
            selectors=("r202611", "e202611"),
            nameservers=("ns1.example.net", "ns2.example.net"),
        )
    },
)
PARKED = Intent(hosts={}, domains={"parked.example": Domain(parked=True)})


def reviewed(intent: Intent, domain: str, how: str, record: ZoneRecord) -> str | None:
    """Why the loss or change of a record cannot be seen, for the few where it cannot."""
    if intent.zone_of(record.name) != domain:
        return "a delegation and its glue: the child's servers answer, and its own check compares"
    if how == "corrupt" and record.type in ("SOA", "NS") and record.name == domain:
        named = intent.domains[domain].nameservers
        return None if named else "a stand-in, as no name servers are named: meant to be replaced"
    return None


PAIR = tuple(new_key("example.com", public.selector) for public in (RSA, ED25519))


def folder_of(intent: Intent) -> Folder:
    """A folder whose domains have keys that really sign; the same for all, to save time."""
    domains = keys_for(intent)
    keys = {name: {key.public.selector: key.public for key in PAIR} for name in domains}
    fresh = tuple(NewKey(name, key.public, key.secret) for name in domains for key in PAIR)
    return Folder(Path(), intent, keys, {}, {}, fresh)


def check(folder: Folder, generated: Generated, domain: str, zone: list[ZoneRecord]) -> Audit:
    """`mailworthy check DOMAIN --dir … --dns zone:FILE`, without the command line."""
    target = of_folder(folder, Target(domain=domain, now=NOW), generated.zones[domain])
    signed = tuple(d for d, wish in folder.intent.domains.items() if wish.dnssec)
    evidence = drive(collect(target), Memory(zone, signed=signed))
    return conclude(evidence, load(), folder.intent.waive)


def zones_of(folder: Folder) -> tuple[Generated, dict[str, list[ZoneRecord]]]:
    """The zones as they stand in the files, read back."""
    generated = folder.generated(NOW)
    texts = files(generated, now=NOW)
    return generated, {d: list(read_zone(texts[f"{d}.zone"])) for d in folder.intent.domains}


def shown(audit: Audit) -> list[str]:
    return [f"{f.rule} {f.subject}: {f.message}" for f in audit.findings]


@pytest.mark.parametrize("intent", [SIMPLE, PARKED], ids=["simple", "parked"])
def test_simple_zone_alone_is_clean(intent: Intent) -> None:
    folder = folder_of(intent)
    generated, zones = zones_of(folder)
    for domain, zone in zones.items():
        audit = check(folder, generated, domain, zone)
        assert shown(audit) == []
        assert audit.undetermined == ()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(intent=intents())
def test_random_intents_are_clean(intent: Intent) -> None:
    rehearse_random(intent)


@pytest.mark.proof
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(intent=intents())
def test_five_hundred_random_intents_are_clean(intent: Intent) -> None:
    rehearse_random(intent)


def rehearse_random(intent: Intent) -> None:
    folder = folder_of(intent)
    generated, zones = zones_of(folder)
    for audit in rehearsal(folder, generated, NOW):
        assert (audit.domain, shown(audit), audit.undetermined) == (audit.domain, [], ())
        check_trials(intent, audit)
    for domain, zone in zones.items():
        assert (domain, shown(check(folder, generated, domain, zone))) == (domain, [])


def check_trials(intent: Intent, audit: Audit) -> None:
    """Every receiver accepts mail from every address, with nothing left open."""
    hosts = {} if intent.domains[audit.domain].parked else intent.senders(audit.domain)
    ips = [ip for host in hosts.values() for ip in (*host.ipv4, *host.ipv6)]
    assert [trial.ip for trial in audit.trials] == ips
    refused = [(t.says, t.profile, t.why, t.ips) for t in told(audit.trials) if t.line]
    assert (audit.domain, refused) == (audit.domain, [])
    assert {answer(d) for t in audit.trials for d in t.decisions} <= {Answer.ACCEPTED}
    assert audit.exit_code(Severity.ADVICE) == 0


def mutants(zone: list[ZoneRecord]) -> list[tuple[str, ZoneRecord, list[ZoneRecord]]]:
    """Each record removed, then each record corrupted."""
    found = []
    for index, record in enumerate(zone):
        rest = [*zone[:index], *zone[index + 1 :]]
        bad = ZoneRecord(record.name, record.type, corrupt(record), record.ttl)
        found.append(("remove", record, rest))
        found.append(("corrupt", record, [*rest, bad]))
    return found


CORRUPT = {
    "A": "203.0.113.66",
    "AAAA": "2001:db8:bad::66",
    "CNAME": "wrong.example.com.",
    "NS": "ns9.example.net.",
    "MX": "10 wrong.example.com.",
    "SRV": "0 1 4465 wrong.example.com.",
    "SOA": "ns9.example.net. hostmaster.example.com. 1 14400 3600 1209600 300",
    "TLSA": "3 1 1 " + "00" * 32,
    "CAA": '0 issue "wrong.example"',
}


def corrupt(record: ZoneRecord) -> str:
    """The record with something else in it."""
    if record.type != "TXT":
        return CORRUPT[record.type]
    value = record.value
    middle = len(value) // 2
    letter = "x" if value[middle].lower() != "x" else "y"  # not the same letter in capitals
    return value[:middle] + letter + value[middle + 1 :]


def names(audit: Audit) -> set[str]:
    """Every name that a finding is about, or whose records its remedy touches."""
    found = set()
    for finding in audit.findings:
        found.add(finding.subject)
        for step in finding.remedy.steps:
            for change in getattr(step, "changes", None) or (step,):
                record = getattr(change, "record", None)
                if isinstance(record, Record):
                    found.add(record.name)
    return found


def unseen(intent: Intent) -> list[str]:
    folder = folder_of(intent)
    generated, zones = zones_of(folder)
    missed = []
    for domain, zone in zones.items():
        for how, record, mutant in mutants(zone):
            if reviewed(intent, domain, how, record):
                continue
            if record.name not in names(check(folder, generated, domain, mutant)):
                missed.append(f"{how} {record.name} {record.type} {record.value[:60]}")
    return missed


@pytest.mark.parametrize("intent", [SIMPLE, PARKED], ids=["simple", "parked"])
def test_no_mutant_goes_unseen(intent: Intent) -> None:
    assert unseen(intent) == []


@pytest.mark.proof
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(intent=intents())
def test_no_mutant_of_random_zones_goes_unseen(intent: Intent) -> None:
    assert unseen(intent) == []
