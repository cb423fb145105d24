"""The same zones from a real name server, from a file and from a recording: the same result."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from acceptance.test_article import ARTICLE, PITFALLS
from cli.clikit import mailworthy
from cli.namedkit import NAMED, Named, split
from lookup.loopback import Loopback, asked_of, serving
from mailworthy.audit.healthy import PTR4, RSA_RECORD, healthy
from mailworthy.cli import group
from mailworthy.lookup.memory import Memory
from mailworthy.names import is_within
from mailworthy.rdata.text import quote
from mailworthy.setup.trial import NO_KEY

pytestmark = [pytest.mark.lab, pytest.mark.skipif(not NAMED, reason="named is not installed")]

FORMATS = ("text", "json", "jsonl", "sarif", "junit", "markdown", "html")
SOA = "3600 IN SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300"
QUICK = ("--timeout", "1", "--deadline", "3")

# A server has every zone that it answers for, and a zone has name servers.
ROOT = (f". {SOA}", ". IN NS a.root.test.", "a.root.test. IN A 198.51.100.1")
ARTICLE_ROOT = dict(enumerate(ROOT)) | {
    f"ns of {zone}": f"{zone} IN NS ns1.example.net."
    for zone in ("example.net.", "2.0.192.in-addr.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa.")
}
NS = ROOT[1:] + tuple(
    f"{zone} NS ns1.example.net." for zone in ("2.0.192.in-addr.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa.")
)
LONG = "v=spf1 " + " ".join(f"ip4:198.51.100.{n}" for n in range(60)) + " -all"
BROKEN = {
    "healthy": healthy(add=NS),
    "no mail": healthy(add=NS, drop=("example.com. MX",)),
    "no PTR": healthy(add=NS, drop=(PTR4,)),
    "MX to a loop of aliases": healthy(
        add=(
            *NS,
            "example.com. MX 20 a.example.com.",
            "a.example.com. CNAME b.example.com.",
            "b.example.com. CNAME a.example.com.",
        )
    ),
    "a wildcard for everything": healthy(
        add=(*NS, '*.example.com. TXT "v=spf1 -all"', "*.example.com. MX 10 mail.example.com.")
    ),
    "SPF in many strings": healthy(
        add=(*NS, f"example.com. TXT {quote(LONG)}"), drop=('example.com. TXT "v=spf1',)
    ),
    "hostile text": healthy(
        add=(*NS, '_dmarc.example.com. TXT "v=DMARC1; p=\\027[2J\\000\\255; rua=\\"`</x>"')
    ),
    "a key under the wrong name": healthy(
        add=(*NS, f"r202611._domainkey.mail.example.com. TXT {quote(RSA_RECORD)}"),
        drop=("r202611._domainkey",),
    ),
    "everything twice": healthy(
        add=(
            *NS,
            'example.com. TXT "v=spf1 mx -all"',
            '_dmarc.example.com. TXT "v=DMARC1; p=reject"',
            '_mta-sts.example.com. TXT "v=STSv1; id=2"',
            '_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=mailto:a@example.com"',
            "example.com. MX 0 .",
        )
    ),
}
WORLDS = {
    **{f"article: {name}": ARTICLE_ROOT | ARTICLE | lines for name, (_, lines) in PITFALLS.items()},
    "article": ARTICLE_ROOT | ARTICLE,
    **{name: dict(enumerate(case.zones.splitlines())) for name, case in BROKEN.items()},
}


def lines_of(world: str) -> list[str]:
    return [line for line in WORLDS[world].values() if line]


def check(*arguments: object, format: str = "json") -> Result:
    args = ["check", *map(str, arguments), "--format", format]
    return CliRunner().invoke(group, args, catch_exceptions=False)


def audits(result: Result) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(result.stdout)["audits"]
    return found


def beside_mail(result: Result) -> str:
    """What was said, but for the mail that only a rehearsal tries."""
    found = audits(result)
    for audit in found:
        audit["trials"] = []
        audit["not_rehearsed"] = [g for g in audit["not_rehearsed"] if g["why"] != NO_KEY.why]
    return json.dumps({"audits": found}, indent=2, ensure_ascii=False) + "\n"


def zone_file(folder: Path, lines: list[str]) -> str:
    path = folder / "zones"
    path.write_text("\n".join(["$TTL 3600", *lines]) + "\n")
    return f"zone:{path}"


@pytest.mark.parametrize("world", WORLDS)
def test_a_server_and_a_file_say_the_same(world: str, tmp_path: Path) -> None:
    lines = lines_of(world)
    what = ("example.com", "--selector", "r202611", "--selector", "default")
    with Named(tmp_path / "named", split(lines)) as named:
        served = check(*what, "--dns", named.spec)
    filed = check(*what, "--dns", zone_file(tmp_path, lines))
    # What BIND says of aliases in a circle, it says of other troubles too.
    loops = world == "MX to a loop of aliases"
    said = served.stdout.replace('"why": "servfail"', '"why": "loop"') if loops else served.stdout
    assert said == beside_mail(filed)
    assert served.exit_code == filed.exit_code
    assert bool(audits(served)[0]["undetermined"]) is loops
    if world.startswith("article: "):
        assert served.exit_code == 1


def test_without_the_world_around_only_the_gaps_differ(tmp_path: Path) -> None:
    lines = [line for line in lines_of("article") if line not in ROOT]
    with Named(tmp_path / "named", split(lines)) as named:
        served = audits(check("example.com", "--dns", named.spec))[0]
    filed = audits(check("example.com", "--dns", zone_file(tmp_path, lines)))[0]
    for audit in (served, filed):
        del audit["undetermined"], audit["not_rehearsed"]
    assert served == filed


def test_what_init_wrote_is_the_same_when_it_is_served(tmp_path: Path) -> None:
    out = tmp_path / "out"
    order = ["init", "example.com", "--ipv4", "192.0.2.25", "--ipv6", "2001:db8::25", "--yes"]
    for name in ("ns1.example.com=192.0.2.53", "ns2.example.com=198.51.100.53"):
        order += ["--nameserver", name]
    assert CliRunner().invoke(group, [*order, "--dir", str(out)]).exit_code == 0
    paths = [out / "example.com.zone", *(out / "reverse").glob("*.zone")]
    below = (f"{zone} IN NS ns1.example.com." for zone in ("example.com.", *reverse_names(out)))
    root = "\n".join(["$TTL 3600", *ROOT, *below, ""])
    (out / "root").write_text(root)
    zones = {".": root} | {p.name.removesuffix(".zone"): p.read_text() for p in paths}
    with Named(tmp_path / "named", zones) as named:
        served = check("--dir", out, "--dns", named.spec)
    files = ",".join(map(str, [*paths, out / "root"]))
    filed = check("--dir", out, "--dns", f"zone:{files}")
    assert served.stdout == beside_mail(filed)
    assert audits(filed)[0]["trials"] != audits(served)[0]["trials"] == []
    assert (served.exit_code, audits(served)[0]["findings"]) == (0, [])
    assert {dot["state"] for dot in audits(served)[0]["checkpoint"]} == {"pass"}


def reverse_names(out: Path) -> list[str]:
    return [path.name.removesuffix("zone") for path in (out / "reverse").iterdir()]


# Recordings


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Named]:
    folder = tmp_path_factory.mktemp("recorded")
    with Named(folder, split(lines_of("everything twice"))) as named:
        yield named


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("source", ["named", "zone"])
def test_a_recording_gives_the_same_bytes(
    source: str, format: str, served: Named, tmp_path: Path
) -> None:
    lines = lines_of("everything twice")
    dns = served.spec if source == "named" else zone_file(tmp_path, lines)
    domains = ("example.com", "example.net", "nowhere.example.org", "mail.example.com")
    record = tmp_path / "run.jsonl"
    once = check(*domains, "--dns", dns, "--record", record, format=format)
    again = check(*domains, "--dns", f"replay:{record}", format=format)
    assert (once.stdout, once.exit_code) == (again.stdout, again.exit_code)
    assert once.exit_code == 1
    assert [p.name for p in tmp_path.iterdir() if p.suffix != ""] == ["run.jsonl"]


# Servers that are gone


def undetermined(result: Result, *domains: str) -> None:
    """Nothing was learned, so nothing was found, and that is said."""
    assert result.exit_code == 3
    assert [audit["domain"] for audit in audits(result)] == list(domains)
    for audit in audits(result):
        assert {dot["state"] for dot in audit["checkpoint"]} == {"undetermined"}
        assert audit["findings"] == []
        assert audit["undetermined"] != []


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes every question and answers none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hole:
        hole.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{hole.getsockname()[1]}"


def test_a_stopped_server_leaves_everything_undetermined(tmp_path: Path) -> None:
    with Named(tmp_path / "named", split(lines_of("healthy"))) as named:
        spec = named.spec
    record = tmp_path / "run.jsonl"
    once = check("example.com", "--dns", spec, *QUICK, "--record", record)
    undetermined(once, "example.com")
    again = check("example.com", "--dns", f"replay:{record}")
    assert (again.stdout, again.exit_code) == (once.stdout, 3)


@pytest.mark.parametrize(
    "pace",
    [("--timeout", "0.4", "--deadline", "3"), ("--timeout", "5", "--deadline", "0.4")],
    ids=["timeout", "deadline"],
)
def test_a_silent_server_costs_one_deadline(
    pace: tuple[str, ...], silent: str, tmp_path: Path
) -> None:
    record, domains = tmp_path / "run.jsonl", ("example.com", "example.net", "example.org")
    once = check(*domains, "--dns", silent, *pace, "--record", record)
    undetermined(once, *domains)
    again = check(*domains, "--dns", f"replay:{record}")
    assert (again.stdout, again.exit_code) == (once.stdout, 3)


@pytest.mark.parametrize("format", FORMATS)
def test_what_was_not_learned_is_replayed_in_every_format(
    format: str, silent: str, tmp_path: Path
) -> None:
    record, what = tmp_path / "run.jsonl", ("example.com", "example.net")
    pace = ("--deadline", "0.3", "--record", record)
    once = check(*what, "--dns", silent, *pace, format=format)
    again = check(*what, "--dns", f"replay:{record}", format=format)
    assert (again.stdout, again.exit_code) == (once.stdout, 3)


def test_one_dead_domain_hurts_no_other(tmp_path: Path) -> None:
    """A resolver that answers for all but one domain; that one comes last to its end."""
    answer = serving(Memory.from_zone("\n".join(lines_of("healthy"))))

    def handle(data: bytes, tcp: bool) -> list[bytes]:
        return [] if is_within(asked_of(data).name, "dead.example.org") else answer(data, tcp)

    record, domains = tmp_path / "run.jsonl", ("example.com", "dead.example.org", "example.net")
    with Loopback(handle) as server:
        what = (*domains, "--dns", server.spec, "--no-trust-ad", *QUICK, "--format", "jsonl")
        done = mailworthy("check", *what, "--record", record)
        alone = {d: mailworthy("check", d, *what[3:]).stdout for d in domains[::2]}
    lines = done.stdout.splitlines(keepends=True)
    assert [json.loads(line)["domain"] for line in lines] == list(domains)
    assert (lines[0], lines[2]) == (alone["example.com"], alone["example.net"])
    dead = json.loads(lines[1])
    assert dead["findings"] == []
    assert {dot["state"] for dot in dead["checkpoint"]} == {"undetermined"}
    assert done.returncode == 1  # a finding elsewhere outweighs what is unknown here
    again = mailworthy("check", *domains, "--dns", f"replay:{record}", "--format", "jsonl")
    assert (again.stdout, again.returncode) == (done.stdout, done.returncode)
