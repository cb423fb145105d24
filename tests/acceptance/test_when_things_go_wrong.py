"""Whatever is typed, wherever it is written and whoever answers: one clear line, or the truth."""

import json
import os
import resource
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import dns.message
import pytest

from cli.clikit import COMMAND, PLAIN, inside, mailworthy, tree
from lookup.loopback import Handler, Loopback, asked_of, respond, serving
from mailworthy.audit.healthy import HEALTHY
from mailworthy.lookup.memory import Memory

ORDER = ("init", "example.com", "--ipv4", "192.0.2.25")
QUICK = ("--timeout", "1", "--deadline", "3")


def one_line(done: subprocess.CompletedProcess[bytes], *parts: str) -> None:
    """Exit code 2, one line that says what is wrong, and nothing on standard output."""
    said = done.stderr.decode()
    assert done.returncode == 2, said
    assert said.count("\n") == 1
    assert said.startswith("mailworthy")
    assert said[:-1].isprintable()
    assert "Traceback" not in said
    assert len(said) < 400
    for part in parts:
        assert part in said
    assert done.stdout == b""


# What was typed

NAMES = {
    "foo..bar": "two dots follow each other",
    "-x.example": "begins or ends with a hyphen",
    "a" * 300: "more than 63 characters",
    ".".join(["a" * 60] * 5): "longer than the 253 characters",
    "\N{GRINNING FACE}": "is not a domain name",
    "exa mple.com": "a character other than letters, digits and hyphens",
    "ex\x1b[31mample.com": "\\x1b",
    "": "an empty text",
    "192.0.2.1/24": "is not a domain name",
}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_unusable_names(name: str, tmp_path: Path) -> None:
    one_line(inside("check", "--dns", "127.0.0.1:9", "--", name, cwd=tmp_path), NAMES[name])
    order = ("init", "--ipv4", "192.0.2.1", "--yes", "--dir", tmp_path / "out", "--", name)
    one_line(inside(*order), NAMES[name])
    assert list(tmp_path.iterdir()) == []


ORDERS = {
    "an octet too large": (("--ipv4", "300.1.2.3"), "300.1.2.3 is not an IP address"),
    "the other family": (("--ipv4", "2001:db8::25"), "it belongs under ipv6"),
    "the other way round": (("--ipv6", "192.0.2.25"), "it belongs under ipv4"),
    "no address": ((), "needs an address: --ipv4"),
    "ourselves": (("--ipv4", "127.0.0.1"), "is this machine itself"),
    "a host name that is none": (
        ("--ipv4", "192.0.2.1", "--hostname", "mail_.example.com"),
        "is not a full host name",
    ),
    "an unknown sender": (
        ("--ipv4", "192.0.2.1", "--sender", "mailchmp"),
        "did you mean mailchimp",
    ),
    "no mailbox": (("--ipv4", "192.0.2.1", "--reports", "me"), "is not a mail address"),
    "no CA": (("--ipv4", "192.0.2.1", "--ca", "let's encrypt"), "names no CA"),
    "no name server": (("--ipv4", "192.0.2.1", "--nameserver", "ns1=x=y"), "ns1=x=y"),
    "an option misspelt": (("--ipv5", "192.0.2.1"), "--ipv4"),
}


@pytest.mark.parametrize("name", ORDERS)
def test_unusable_orders(name: str, tmp_path: Path) -> None:
    given, said = ORDERS[name]
    done = inside("init", "example.com", *given, "--yes", "--dir", tmp_path / "out")
    one_line(done, said)
    assert list(tmp_path.iterdir()) == []


TOML = {
    "no syntax": ('[hosts."mail.example.com"]\nipv4 = [oops]\n', "mailworthy.toml:2:9: "),
    "a key misspelt": (
        '[hosts."mail.example.com"]\nipv4 = ["192.0.2.1"]\nsend = true\n',
        "mailworthy.toml:3:1: send is not known here; did you mean sends?",
    ),
    "an unknown sender": (
        '[hosts."mail.example.com"]\nipv4 = ["192.0.2.1"]\nmx = 10\n'
        '[domains."example.com"]\nsenders = ["mailchmp"]\n',
        "mailworthy.toml:5:1: no sender 'mailchmp' in the table; did you mean mailchimp",
    ),
    "a text for a list": (
        '[hosts."mail.example.com"]\nipv4 = "192.0.2.1"\n',
        "mailworthy.toml:2:1: ipv4 should be a list, not a text in quotes: put it in brackets",
    ),
    "an address that is none": (
        '[hosts."mail.example.com"]\nipv4 = ["192.0.2.256"]\n',
        "mailworthy.toml:2:1: 192.0.2.256 is not an IP address",
    ),
    "no UTF-8": (b"# \xff\n", "mailworthy.toml:1: an octet that is not UTF-8"),
}


@pytest.mark.parametrize("name", TOML)
@pytest.mark.parametrize(
    "command", [("check",), ("zone",), ("config",), ("zone", "--write"), ORDER]
)
def test_an_unusable_file(name: str, command: tuple[str, ...], tmp_path: Path) -> None:
    text, said = TOML[name]
    data = text if isinstance(text, bytes) else text.encode()
    (tmp_path / "mailworthy.toml").write_bytes(data)
    one_line(inside(*command, "--dir", tmp_path), said)
    assert tree(tmp_path) == {"mailworthy.toml": data}


USES = {
    "a rule misspelt": (("explain", "ptr-mising"), "did you mean ptr-missing"),
    "no rule at all": (("explain", "zzz\x1b[31m\n"), "there is no rule"),
    "a command misspelt": (("chekc",), "Did you mean 'check'?"),
    "an option misspelt": (("check", "--selectr", "x"), "--selector"),
    "a format misspelt": (("check", "--format", "jason", "example.com"), "'junit', 'markdown'"),
    "no domain": (("check",), "mailworthy check example.com"),
    "no folder": (("zone", "--dir", "none"), "mailworthy init DOMAIN"),
    "no DNS server": (("check", "a.example", "--dns", "somewhere"), "is no DNS server"),
    "no port": (("check", "a.example", "--dns", "192.0.2.1:99999"), "from 1 to 65535"),
    "no zone file": (("check", "a.example", "--dns", "zone:none"), "none: No such file"),
    "no zone text": (("check", "a.example", "--dns", "zone:bad"), "bad:1"),
    "a folder for a zone": (("check", "a.example", "--dns", "zone:."), "Is a directory"),
    "no recording": (("check", "a.example", "--dns", "replay:bad"), "bad:1"),
    "a folder for a recording": (("check", "a.example", "--record", "."), ". is not a file"),
    "a device": (("check", "a.example", "--record", "/dev/null"), "/dev/null is not a file"),
    "no place": (("check", "a.example", "--record", "none/x"), "cannot be written"),
    "a selector that is none": (("check", "a.example", "--selector", "a..b"), "two dots"),
    "no time": (("check", "a.example", "--deadline", "0"), "above 0"),
    "no number": (("check", "a.example", "--timeout", "nan"), "is not a number of seconds"),
    "for ever": (("check", "a.example", "--deadline", "inf"), "is not a number of seconds"),
    "no jobs": (("check", "a.example", "--jobs", "0"), "--jobs"),
    "a signed zone that is none": (
        ("check", "a.example", "--dns", "zone:good", "--signed", "a..b"),
        "is not a domain name",
    ),
    "no source": (("init", "a.example", "--from", "there"), "live, or zone:FILE"),
    "no shell": (("completion", "tcsh"), "'bash', 'zsh', 'fish'"),
}


@pytest.mark.parametrize("name", USES)
def test_unusable_uses(name: str, tmp_path: Path) -> None:
    (tmp_path / "bad").write_text("this is neither\n")
    (tmp_path / "good").write_text(HEALTHY)
    before = tree(tmp_path)
    arguments, said = USES[name]
    one_line(inside(*arguments, cwd=tmp_path), said)
    assert tree(tmp_path) == before
    assert Path("/dev/null").is_char_device()


# Where it is written


@pytest.mark.parametrize("below", ["file", "file/deep/er"])
@pytest.mark.parametrize("command", [(*ORDER, "--yes"), ("check",), ("zone",), ("config",)])
def test_a_file_stands_where_the_folder_should(
    command: tuple[str, ...], below: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    one_line(inside(*command, "--dir", tmp_path / below), "file")
    assert tree(tmp_path) == {"file": b""}


def full_disk(octets: int) -> Callable[[], None]:
    """No file of the process may grow beyond this; like a full disk, it is met while writing."""
    import signal

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))

    return limit


@pytest.mark.parametrize("octets", [0, 100, 3000, 6000])
def test_a_full_disk_leaves_nothing_half_written(octets: int, tmp_path: Path) -> None:
    done = mailworthy(*ORDER, "--yes", "--dir", tmp_path, preexec_fn=full_disk(octets))
    one_line(done, "cannot be written: File too large")
    left = tree(tmp_path)
    assert all(path.startswith("keys/") and path.endswith(".key") for path in left)
    assert mailworthy(*ORDER, "--yes", "--dir", tmp_path).returncode == 0
    assert left.items() <= tree(tmp_path).items()


def test_a_full_disk_leaves_the_old_files(tmp_path: Path) -> None:
    assert mailworthy(*ORDER, "--yes", "--dir", tmp_path).returncode == 0
    before = tree(tmp_path)
    changed = (*ORDER, "--ipv6", "2001:db8::1", "--yes", "--dir", tmp_path)
    done = mailworthy(*changed, preexec_fn=full_disk(1500))
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("octets", [0, 2000])
@pytest.mark.parametrize("served", [False, True])
def test_a_full_disk_leaves_no_recording(served: bool, octets: int, tmp_path: Path) -> None:
    zone = tmp_path / "zone"
    zone.write_text(HEALTHY)
    with Loopback(healthy()) as server:
        dns = server.spec if served else f"zone:{zone}"
        what = ("check", "example.com", "--dns", dns, "--record", tmp_path / "run")
        done = mailworthy(*what, preexec_fn=full_disk(octets))
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"cannot be written: File too large" in done.stderr
    assert b"internal error" not in done.stdout
    assert list(tree(tmp_path)) == ["zone"]


def test_a_full_disk_takes_no_output(tmp_path: Path) -> None:
    (tmp_path / "zone").write_text(HEALTHY)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "check", "example.com", "--dns", "zone:zone"],
            **{"cwd": tmp_path, "env": PLAIN, "stdout": full, "stderr": subprocess.PIPE},
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"mailworthy: cannot go on: No space left on device\n"


# Who answers


def healthy() -> Handler:
    return serving(Memory.from_zone(HEALTHY))


def wrong_id(data: bytes, tcp: bool) -> list[bytes]:
    """Every answer to another question's number."""
    (number,) = struct.unpack("!H", data[:2])
    return [struct.pack("!H", number ^ 1) + r[2:] for r in healthy()(data, tcp)]


def other_question(data: bytes, tcp: bool) -> list[bytes]:
    return [respond(data).to_wire().replace(b"\x07example", b"\x07elpmaxe")]


def circle(data: bytes, tcp: bool) -> list[bytes]:
    """Every name is an alias of a longer one."""
    name = asked_of(data).name
    if len(name) > 200:
        name = "example.com"
    return [respond(data, f"{name}. 60 IN CNAME a.{name}.").to_wire()]


def itself(data: bytes, tcp: bool) -> list[bytes]:
    name = asked_of(data).name
    return [respond(data, f"{name}. 60 IN CNAME {name}.").to_wire()]


def huge(data: bytes, tcp: bool) -> list[bytes]:
    """The largest TXT answer that a message can hold, for every question."""
    question = asked_of(data)
    strings = " ".join(['"' + "v=spf1 ".ljust(255, "x") + '"'] * 250)
    if question.type != "TXT":
        return [respond(data).to_wire()]
    message = respond(data, f"{question.name}. 60 IN TXT {strings}")
    return [truncated(data)] if not tcp else [message.to_wire(max_size=65535)]


def truncated(data: bytes) -> bytes:
    short = respond(data)
    short.flags |= dns.flags.TC
    return short.to_wire()


def garbage(data: bytes, tcp: bool) -> list[bytes]:
    return [data[:2] + bytes((i * 37 + j) % 256 for j in range(400)) for i in range(5)]


def cut_off(data: bytes, tcp: bool) -> list[bytes]:
    return [r[: len(r) - 7] for r in healthy()(data, tcp)]


def always_truncated(data: bytes, tcp: bool) -> list[bytes]:
    """Truncated over UDP, and silent over TCP."""
    return [] if tcp else [truncated(data)]


def servfail(data: bytes, tcp: bool) -> list[bytes]:
    return [respond(data, rcode=2).to_wire()]


def refused(data: bytes, tcp: bool) -> list[bytes]:
    return [respond(data, rcode=5).to_wire()]


def bogus(data: bytes, tcp: bool) -> list[bytes]:
    """SERVFAIL with the reason of RFC 8914 §4.7."""
    message = respond(data, rcode=2)
    message.use_edns(0, options=[dns.edns.EDEOption(dns.edns.EDECode.DNSSEC_BOGUS, "forged")])
    return [message.to_wire()]


def silent(data: bytes, tcp: bool) -> list[bytes]:
    return []


UNHELPFUL = {
    wrong_id: {"timeout", "deadline"},
    other_question: {"timeout", "deadline", "servfail"},
    circle: {"loop"},
    itself: {"loop"},
    garbage: {"timeout", "deadline", "servfail"},
    cut_off: {"timeout", "deadline", "servfail"},
    always_truncated: {"timeout", "deadline", "oversize"},
    servfail: {"servfail"},
    refused: {"refused"},
    bogus: {"bogus"},
    silent: {"timeout", "deadline"},
}


@pytest.mark.parametrize("handler", UNHELPFUL, ids=lambda h: h.__name__)
def test_servers_that_tell_nothing(handler: Handler, tmp_path: Path) -> None:
    """Undetermined with the reason, no finding, exit code 3, and the same from a recording."""
    what = ("--format", "json", "--record", tmp_path / "run")
    with Loopback(handler) as server:
        done = inside("check", "example.com", "--dns", server.spec, *QUICK, *what)
    (audit,) = json.loads(done.stdout)["audits"]
    assert (done.returncode, done.stderr, audit["findings"]) == (3, b"", [])
    assert {dot["state"] for dot in audit["checkpoint"]} == {"undetermined"}
    assert {gap["why"] for gap in audit["undetermined"]} <= UNHELPFUL[handler]
    again = inside("check", "example.com", "--dns", f"replay:{tmp_path / 'run'}", *what[:2])
    assert (again.stdout, again.returncode) == (done.stdout, 3)
    asked = len(server.asked)
    assert asked < 2000


# Text that somebody else wrote

NASTY = "\x1b[2J\x1b]0;owned\x07\r\n\x00\x7f\x9b31m\xff</script>```]]>"
ESCAPED = "".join(c if c.isalnum() else f"\\{ord(c):03d}" for c in NASTY)
HOSTILE = f"""
example.com. TXT "v=spf1 {ESCAPED} -all"
example.com. TXT "v=spf1 include:{ESCAPED}.example.org ~all"
_dmarc.example.com. TXT "v=DMARC1; p={ESCAPED}; rua=mailto:{ESCAPED}@{ESCAPED}; {ESCAPED}=1"
r202611._domainkey.example.com. TXT "v=DKIM1; k={ESCAPED}; {ESCAPED}={ESCAPED}; p=AAAA"
_mta-sts.example.com. TXT "v=STSv1; id={ESCAPED}"
_smtp._tls.example.com. TXT "v=TLSRPTv1; rua={ESCAPED}"
default._bimi.example.com. TXT "v=BIMI1; l=https://{ESCAPED}/"
example.com. MX 5 {ESCAPED}.example.com.
example.com. CAA 0 issue "{ESCAPED}"
_imaps._tcp.example.com. SRV 0 1 993 {ESCAPED}.example.com.
{"5.2." + "0." * 22}8.b.d.0.1.0.0.2.ip6.arpa. PTR {ESCAPED}.example.com.
"""
FORMATS = ("text", "json", "jsonl", "sarif", "junit", "markdown", "html")


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    with Loopback(serving(Memory.from_zone(HEALTHY + HOSTILE))) as server:
        yield server.spec


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_text_is_shown_escaped(format: str, hostile: str) -> None:
    what = ("--selector", "r202611", "--format", format, "--timeout", "10", "--deadline", "60")
    done = inside("check", "example.com", "--dns", hostile, *what)
    assert (done.returncode, done.stderr) == (1, b"")
    text = done.stdout.decode()
    assert [c for c in text if not c.isprintable() and c != "\n"] == []
    assert "owned" in text


def megabytes() -> Handler:
    """64 KiB of TXT as SPF, DKIM, DMARC and whatever else is asked for."""
    starts = {"_dmarc": "v=DMARC1; p=none; ", "_domainkey": "v=DKIM1; p=AAAA; "}

    def handle(data: bytes, tcp: bool) -> list[bytes]:
        question = asked_of(data)
        if question.type != "TXT":
            return healthy()(data, tcp)
        start = next((s for part, s in starts.items() if part in question.name), "v=spf1 a ")
        text = start + "".join(f"a{n}={'x' * 3000}; " for n in range(20))
        strings = " ".join(f'"{text[i : i + 250]}"' for i in range(0, len(text), 250))
        message = respond(data, f"{question.name}. 60 IN TXT {strings}")
        return [message.to_wire(max_size=65535)] if tcp else [truncated(data)]

    return handle


@pytest.mark.parametrize("handler", [huge, megabytes()], ids=["huge", "megabytes"])
@pytest.mark.parametrize("format", ["text", "html", "sarif"])
def test_huge_answers_stay_small_on_the_screen(handler: Handler, format: str) -> None:
    with Loopback(handler) as server:
        pace = ("--timeout", "10", "--deadline", "60", "--selector", "s", "--format", format)
        done = mailworthy(
            "check", "example.com", "--dns", server.spec, *pace, preexec_fn=little_memory
        )
    assert (done.returncode, done.stderr) == (1, b"")
    assert len(done.stdout) < 600_000


def little_memory() -> None:
    """A gigabyte of addresses, threads' stacks and all."""
    resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))


# What comes in, and who reads on


def check_healthy(*arguments: str | Path, **more: object) -> subprocess.CompletedProcess[bytes]:
    return inside("check", *arguments, "--dns", "zone:zone", **more)  # type: ignore[arg-type]


@pytest.fixture
def world(tmp_path: Path) -> Path:
    (tmp_path / "zone").write_text(HEALTHY)
    return tmp_path


def test_domains_from_standard_input(world: Path) -> None:
    names = "example.com\r\n\n# a comment\n  EXAMPLE.net.  # mine\nexample.com\n"
    done = check_healthy("mail.example.com", "-", "--format", "jsonl", stdin=names, cwd=world)
    found = [json.loads(line)["domain"] for line in done.stdout.splitlines()]
    assert found == ["mail.example.com", "example.com", "example.net"]


@pytest.mark.parametrize("data", [b"example.com\nfoo..bar\n", b"\xff\xfe\n", b"", b"\0\n"])
def test_standard_input_that_is_no_list(data: bytes, world: Path) -> None:
    one_line(check_healthy("-", stdin=data, cwd=world))


@pytest.mark.parametrize("format", FORMATS)
def test_nobody_reads_on(format: str, world: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, "check", "example.com", "--dns", "zone:zone", "--format", format],
        **{"cwd": world, "env": PLAIN, "stdout": writer, "stderr": subprocess.PIPE},
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_reader_that_has_seen_enough(world: Path) -> None:
    names = " ".join(f"n{n}.example.com" for n in range(60))
    command = f"{' '.join(COMMAND)} check {names} --dns zone:zone --format jsonl | head -1"
    done = subprocess.run(
        ["bash", "-c", command],
        **{"cwd": world, "env": PLAIN, "capture_output": True},
        check=False,
    )
    assert done.stderr == b""
    assert json.loads(done.stdout)["domain"] == "n0.example.com"


def test_no_output_at_all(world: Path) -> None:
    command = f"exec {' '.join(COMMAND)} check example.com --dns zone:zone >&- 2>&-"
    done = subprocess.run(["bash", "-c", command], cwd=world, env=PLAIN, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("format", "encoding"), [*((f, "ascii") for f in FORMATS[1:]), ("text", "latin-1")]
)
def test_terminals_of_every_alphabet(encoding: str, format: str, world: Path) -> None:
    env = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    what = ("check", "example.com", "--dns", "zone:zone", "--format", format)
    done = mailworthy(*what, cwd=world, env=env)
    assert done.stderr == b""
    if format == "text":
        done.stdout.decode(encoding)
    else:  # these say by themselves how they are encoded
        assert done.stdout == inside(*what, cwd=world).stdout


# What the exit code says

EXITS = {
    "clean": ((), 0),
    "advice counts": (("--fail-on", "advice"), 1),
    "a warning": (("--selector", "none"), 1),
    "no blocker": (("--selector", "r202611", "--fail-on", "blocker"), 0),
}


@pytest.mark.parametrize("name", EXITS)
def test_exit_codes(name: str, world: Path) -> None:
    more, code = EXITS[name]
    if "--selector" not in more:
        more = (*more, "--selector", "r202611", "--selector", "e202611")
    (world / "zone").write_text(HEALTHY.replace("; psd=n", "; psd=n; t=y"))
    done = check_healthy("example.com", *more, cwd=world)
    assert (done.returncode, done.stderr) == (code, b"")


WAIVER = '\n[[waive]]\nrule = "{}"\nreason = "{}"\nuntil = {}\n{}'


@pytest.fixture(scope="module")
def ordered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder, and a zone in which something is missing."""
    folder = tmp_path_factory.mktemp("waived")
    assert inside(*ORDER, "--yes", "--dir", folder).returncode == 0
    zone = (folder / "example.com.zone").read_text()
    (folder / "broken").write_text(
        "\n".join(line for line in zone.splitlines() if not line.startswith("_smtp._tls"))
    )
    return folder


WAIVERS = {
    "none": ("", 1, None),
    "in force": (WAIVER.format("zone-record-missing", "no", "2999-01-31", ""), 0, "no"),
    "of this name": (
        WAIVER.format(
            "zone-record-missing", "no", "2999-01-31", 'subject = "_smtp._tls.example.com"'
        ),
        0,
        "no",
    ),
    "of another name": (
        WAIVER.format("zone-record-missing", "no", "2999-01-31", 'subject = "example.net"'),
        1,
        None,
    ),
    "expired": (WAIVER.format("zone-record-missing", "no", "2020-01-31", ""), 1, None),
    "of another rule": (WAIVER.format("mx-missing", "no", "2999-01-31", ""), 1, None),
}


@pytest.mark.parametrize("name", WAIVERS)
def test_waivers(name: str, ordered: Path, tmp_path: Path) -> None:
    text, code, reason = WAIVERS[name]
    toml = (ordered / "mailworthy.toml").read_text() + text
    (tmp_path / "mailworthy.toml").write_text(toml)
    (tmp_path / "keys").symlink_to(ordered / "keys")
    what = ("--dir", tmp_path, "--dns", f"zone:{ordered / 'broken'}")
    done = inside("check", *what, "--format", "json")
    found = json.loads(done.stdout)["audits"][0]["findings"]
    assert [f["waived"] for f in found if f["rule"] == "zone-record-missing"] == [reason]
    assert done.returncode == code


NO_WAIVERS = {
    "an unknown rule": (
        WAIVER.format("zone-record-mising", "no", "2999-01-31", ""),
        "zone-record-mising; did you mean zone-record-missing",
    ),
    "no reason": (WAIVER.format("mx-missing", " ", "2999-01-31", ""), "a waiver needs its reason"),
    "no end": ('\n[[waive]]\nrule = "mx-missing"\nreason = "no"\n', "until is missing"),
    "an end that is none": (
        WAIVER.format("mx-missing", "no", '"soon"', ""),
        "until should be a date",
    ),
}


@pytest.mark.parametrize("name", NO_WAIVERS)
def test_waivers_that_are_none(name: str, ordered: Path, tmp_path: Path) -> None:
    text, said = NO_WAIVERS[name]
    toml = (ordered / "mailworthy.toml").read_text() + text
    (tmp_path / "mailworthy.toml").write_text(toml)
    (tmp_path / "keys").symlink_to(ordered / "keys")
    done = inside("check", "--dir", tmp_path, "--dns", f"zone:{ordered / 'broken'}")
    one_line(done, "mailworthy.toml", said)
