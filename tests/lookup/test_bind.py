"""Memory against BIND: random legal zones, every name in and around them, the same answers."""

import random
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailworthy.lookup.drive import drive
from mailworthy.lookup.live import Live
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Question, Why
from mailworthy.lookup.model import ask as asking

NAMED = shutil.which("named") or ("/usr/sbin/named" if Path("/usr/sbin/named").exists() else "")
pytestmark = [pytest.mark.lab, pytest.mark.skipif(not NAMED, reason="named is not installed")]

LABELS = ("a", "b", "c", "*")
TYPES = ("A", "TXT", "MX", "NS", "CNAME", "DNAME", "DS", "SOA")
ZONES = 60
DATA = {
    "A": lambda r, z: f"192.0.2.{r.randrange(256)}",
    "TXT": lambda r, z: f'"t{r.randrange(9)}" "u"',
    "MX": lambda r, z: f"{r.randrange(20)} mx.outside.",
}


def target(rng: random.Random, zone: int) -> str:
    """A name in this zone, in another one, in a child, or in none."""
    where = rng.choice([f"z{zone}.test.", f"z{rng.randrange(ZONES)}.test.", "outside."])
    return ".".join([*rng.choices("abc", k=rng.randrange(3)), where])


def owners(rng: random.Random) -> list[str]:
    return list({".".join(rng.choices(LABELS, k=rng.randrange(1, 4))) for _ in range(7)})


def records(rng: random.Random, zone: int) -> Iterator[str]:
    """A zone that BIND accepts; some have a child zone of their own on the same server."""
    yield f"@ {rng.randrange(100, 200)} SOA ns.outside. h.outside. 1 2 3 4 {rng.randrange(50, 300)}"
    yield "@ 70 NS ns.outside."
    for owner in owners(rng):
        kind = rng.random()
        ttl = rng.randrange(10, 500)
        if kind < 0.25:
            yield f"{owner} {ttl} CNAME {target(rng, zone)}"
        elif kind < 0.35 and "*" not in owner:
            yield f"{owner} {ttl} DNAME {target(rng, zone)}"
        elif kind < 0.5 and "*" not in owner:
            yield f"{owner} {ttl} NS ns.outside."
            if rng.random() < 0.5:
                yield f"{owner} {ttl} DS 1 13 2 {'ab' * 32}"
        else:
            for type_ in rng.sample(sorted(DATA), rng.randrange(1, 3)):
                yield f"{owner} {ttl} {type_} {DATA[type_](rng, zone)}"


def zone_texts() -> dict[str, str]:
    texts = {}
    for number in range(ZONES):
        rng = random.Random(number)
        apex = f"z{number}.test"
        lines = list(records(rng, number))
        if number % 3 == 0:
            child = f"a.b.{apex}"
            lines = [line for line in lines if not line.startswith(("b ", "a.b "))]
            lines += ["a.b 70 NS ns.outside.", f"a.b 44 DS 1 13 2 {'cd' * 32}"]
            below = [f"$ORIGIN {child}.", *records(rng, number)]
            texts[child] = "\n".join(below) + "\n"
        texts[apex] = "\n".join([f"$ORIGIN {apex}.", *lines]) + "\n"
    return texts


def questions() -> list[Question]:
    rng = random.Random(1)
    names = []
    for number in range(ZONES):
        for _ in range(30):
            parts = rng.choices(("a", "b", "c", "*", "x"), k=rng.randrange(5))
            names.append(".".join([*parts, f"z{number}.test"]))
    return [Question(name, type_) for name in dict.fromkeys(names) for type_ in TYPES]


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def bind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("bind")
    port = free_port()
    clauses = []
    for apex, text in zone_texts().items():
        (folder / apex).write_text(text)
        clauses.append(f'zone "{apex}" {{ type primary; file "{apex}"; }};')
    options = f"""
        directory "{folder}"; pid-file none; session-keyfile none; recursion no;
        listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
        empty-zones-enable no; check-integrity no; check-names primary ignore; notify no;
        dnssec-validation no; zero-no-soa-ttl no; managed-keys-directory "{folder}";
    """
    controls = "controls { };"
    (folder / "named.conf").write_text(
        f"options {{ {options} }};\n{controls}\n" + "\n".join(clauses)
    )
    process = subprocess.Popen(
        [NAMED, "-g", "-4", "-n", "1", "-c", str(folder / "named.conf")],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    log = []
    for line in process.stderr:
        log.append(line)
        if line.rstrip().endswith(" running"):
            break
    else:
        pytest.fail("named did not start:\n" + "".join(log[-20:]))
    assert not [line for line in log if "not loaded" in line]
    yield f"127.0.0.1:{port}"
    process.stderr.close()
    process.terminate()
    process.wait()


def shown(answer: Answer) -> tuple[object, ...]:
    if answer.why is not None:
        # Asked for what it is not responsible for, a server refuses or refers.
        why = Why.OUTSIDE if answer.why is Why.REFUSED else answer.why
        return why, answer.chain
    return answer.status, answer.records, answer.splits, answer.chain, answer.ttl


def test_memory_answers_as_bind_does(bind: str) -> None:
    memory = Memory.from_zone("\n".join(zone_texts().values()))
    asked = questions()
    with Live(bind) as live:
        answers = drive(asking(*asked), live)
    differences = []
    results = set()
    for answer in answers:
        expected = memory.instant(answer.ask)
        assert isinstance(expected, Answer)
        results.add((expected.why or expected.status, bool(expected.chain)))
        if expected.why is Why.LOOP and answer.why is Why.SERVFAIL:
            continue  # what BIND says of a DNAME that leads to itself
        if shown(answer) != shown(expected):
            differences.append((answer.ask, shown(answer), shown(expected)))
    assert len(results) >= 8, results
    assert not differences, f"{len(differences)} of {len(asked)}; first: {differences[:6]}"
