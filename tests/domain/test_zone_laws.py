"""Laws that hold for the zones of every intent."""

import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given, settings

from domain.strategies import NOW, intents, keys_for
from mailworthy.domain.generate import Generated, everything, files
from mailworthy.domain.intent import Intent
from mailworthy.domain.outputs import OUTPUTS
from mailworthy.domain.recordset import RecordSet
from mailworthy.domain.zonefile import render_snippet, render_zone
from mailworthy.lookup.zonetext import read_zone
from mailworthy.names import is_within
from mailworthy.spf.record import is_spf

TLS = "ab" * 32
# Every example is several whole zones: a quarter of what the profile asks for is plenty.
QUARTER = settings(max_examples=settings().max_examples // 4)


def generated(intent: Intent) -> Generated:
    tls = dict.fromkeys(intent.hosts, (TLS,))
    return everything(intent, keys=keys_for(intent), now=NOW, tls=tls)


def rows(sets: tuple[RecordSet, ...]) -> set[tuple[str, str, str, int]]:
    return {(r.name, r.type, r.value, r.ttl) for s in sets for r in s.records}


@QUARTER
@given(intents())
def test_zone_text_holds_exactly_the_records(intent: Intent) -> None:
    for domain, sets in generated(intent).zones.items():
        read = read_zone(render_zone(sets, domain=domain))
        assert {(r.name, r.type, r.value, r.ttl) for r in read} == rows(sets)
        assert len(read) == len(rows(sets)), "a record stands there twice"


@QUARTER
@given(intents())
def test_a_snippet_is_the_zone_without_its_frame(intent: Intent) -> None:
    for domain, sets in generated(intent).zones.items():
        # No origin: every name must be absolute. A sub-zone's addresses go with its NS records.
        read = read_zone(render_snippet(sets, domain=domain))
        assert {(r.name, r.type, r.value, r.ttl) for r in read} <= rows(sets)
        types = {(s.name, s.type) for s in sets} - {(r.name, r.type) for r in read}
        assert (domain, "SOA") in types
        assert (domain, "NS") in types


@QUARTER
@given(intents())
def test_a_zone_is_legal(intent: Intent) -> None:
    for domain, sets in generated(intent).zones.items():
        at_name: dict[str, set[str]] = defaultdict(set)
        ttls: dict[tuple[str, str], set[int]] = defaultdict(set)
        for s in sets:
            assert is_within(s.name, domain)
            assert s.values
            assert s.comment
            at_name[s.name].add(s.type)
            ttls[s.name, s.type].add(s.ttl)
        assert all(len(types) == 1 for types in at_name.values() if "CNAME" in types)
        assert all(len(found) == 1 for found in ttls.values())
        assert sum(is_spf(v) for s in sets if s.name == domain for v in s.values) == 1
        nulls = [s for s in sets if s.type == "MX" and "0 ." in s.values]
        assert all(s.values == ("0 .",) and s.name not in intent.hosts for s in nulls)


@QUARTER
@given(intents())
def test_a_second_run_changes_no_file(intent: Intent) -> None:
    made = generated(intent)
    first = files(made, now=NOW)
    later = everything(
        intent,
        keys=keys_for(intent),
        now=NOW.replace(year=2027),
        tls=dict.fromkeys(intent.hosts, (TLS,)),
    )
    assert files(later, now=NOW.replace(year=2027), existing=first) == first


@QUARTER
@given(intents())
def test_what_others_publish_lies_outside_our_zones(intent: Intent) -> None:
    made = generated(intent)
    assert all(s.assumed and intent.zone_of(s.name) is None for s in made.others)
    asked = {request.address for request in made.requests}
    owned = {a for host in intent.hosts.values() for a in (*host.ipv4, *host.ipv6)}
    assert asked == owned
    assert len([s for zone in made.reverse for s in zone.sets if s.type == "PTR"]) == len(owned)


@QUARTER
@given(intents())
def test_every_output_holds_every_record(intent: Intent) -> None:
    for domain, sets in generated(intent).zones.items():
        # What stands in for name servers that nobody named is for people to replace.
        named = bool(intent.domains[domain].nameservers)
        start = set() if named else {(domain, "SOA"), (domain, "NS")}
        wanted = {(s.name, s.type) for s in sets} - start
        tree = yaml.safe_load(OUTPUTS["octodns"](sets, domain))
        full = {
            (f"{n}.{domain}".removeprefix("."), r["type"]) for n, rs in tree.items() for r in rs
        }
        assert full == wanted - {(domain, "SOA")}
        decoded = msgspec.json.decode(OUTPUTS["json"](sets, domain))
        assert {(s["name"], s["type"]) for s in decoded["record_sets"]} == wanted
        table = OUTPUTS["table"](sets, domain).splitlines()
        assert table[0].split() == ["NAME", "TYPE", "TTL", "VALUE"]
        assert all(len(line.split(None, 3)) == 4 for line in table)


@pytest.mark.lab
@QUARTER
@given(intents())
def test_bind_loads_every_zone(intent: Intent) -> None:
    made = generated(intent)
    for path, text in files(made, now=NOW).items():
        if path.endswith(".zone") and path != "others.zone":
            checked(Path(path).name.removesuffix(".zone"), text)


def checked(zone: str, text: str) -> None:
    program = shutil.which("named-checkzone") or pytest.skip("named-checkzone is not installed")
    done = subprocess.run(
        [program, "-i", "local", "-k", "fail", zone, "/dev/stdin"],
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()
    faults = ("has no address", "CNAME and other data", "ignoring out-of-zone", "TTL")
    assert not [
        line for line in done.stdout.decode().splitlines() if any(f in line for f in faults)
    ]
