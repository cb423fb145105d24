"""`mailworthy verify`: real messages, from their octets to the last line of the verdict."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cases.messages.make import messages, world
from cli.clikit import inside, mailworthy
from mailworthy.message.authres import parse
from mailworthy.receive.load import names
from mailworthy.receive.words import Check
from shown import PAGE, renewed

CASES = Path(__file__).parent.parent / "cases" / "messages"
DNS = ("--dns", f"zone:{CASES / 'world.zone'}")


def text(*given: str | Path, stdin: bytes = b"") -> tuple[int, list[str]]:
    done = inside("verify", *given, stdin=stdin)
    assert done.stderr == b""
    return done.returncode, done.stdout.decode().splitlines()


def parsed(*given: str | Path, stdin: bytes = b"") -> tuple[int, dict[str, Any]]:
    done = inside("verify", *given, "--format", "json", stdin=stdin)
    assert done.stderr == b""
    return done.returncode, json.loads(done.stdout)["verdict"]


def words(verdict: dict[str, Any]) -> dict[str, str]:
    return {each["check"]: each["result"] for each in verdict["checks"]}


def test_the_messages_are_those_of_the_script() -> None:
    for name, octets in messages().items():
        assert (CASES / name).read_bytes() == octets
    assert (CASES / "world.zone").read_text() == world()


# What is said of each message


@pytest.mark.parametrize(
    ("name", "code", "head", "proven", "results"),
    [
        ("clean", 0, "  Accepted", "example.com (SPF, DKIM)", "pass pass pass"),
        ("spoofed", 1, "  Refused  550 5.7.26", "nobody", "fail none fail"),
        ("forwarded", 0, "  Accepted", "example.com (DKIM)", "fail pass pass"),
        ("list", 1, "  Spam folder", "lists.example.org (SPF, DKIM)", "pass pass fail"),
    ],
)
def test_four_messages(name: str, code: int, head: str, proven: str, results: str) -> None:
    found, lines = text(CASES / f"{name}.eml", *DNS)
    assert (found, lines[1]) == (code, head)
    assert f"  Proven to be from    {proven}" in lines
    rows = [line.split()[:3] for line in lines]
    marks = {"pass": "✓", "fail": "✗", "none": "✗"}
    for check, result in zip(("SPF", "DKIM", "DMARC"), results.split(), strict=True):
        assert [marks[result], check, result] in rows
    assert [line for line in lines if len(line) > 80 and not line.startswith("    $ ")] == []


def test_who_says_and_who_is() -> None:
    _, lines = text(CASES / "spoofed.eml", *DNS)
    assert lines[6:11] == [
        '  It says it is from   "Jane Doe" <jane@example.com>',
        "  It really came from  203.0.113.66 (203-0-113-66.dyn.example.net), calling",
        "                       itself mail.example.com",
        "  Bounces go to        jane@example.com",
        "  Proven to be from    nobody",
    ]


def test_the_deciding_records_with_the_commands_that_repeat_them() -> None:
    _, lines = text(CASES / "spoofed.eml", *DNS)
    at = lines.index("  What decided")
    assert lines[at + 1 : at + 5] == [
        "    $ dig +noall +answer _dmarc.example.com TXT",
        '      "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"',
        "    $ dig +noall +answer example.com TXT",
        '      "v=spf1 ip4:192.0.2.25 -all"',
    ]


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("spoofed", "sign it with a key of example.com"),
        ("spoofed", "203.0.113.66 is none, by its reverse name"),
        ("list", "if the list is yours, let it leave subject and body as they are"),
    ],
)
def test_what_to_do(name: str, step: str) -> None:
    _, lines = text(CASES / f"{name}.eml", *DNS)
    assert step in " ".join(" ".join(lines).split())


def test_no_advice_opens_a_door_for_a_forger() -> None:
    """Who was refused must not be told to let the forger's address into SPF."""
    _, lines = text(CASES / "spoofed.eml", *DNS)
    assert "ip4:203.0.113.66" not in "".join(lines)


def test_nothing_is_advised_for_what_is_accepted() -> None:
    _, lines = text(CASES / "forwarded.eml", *DNS)
    assert "  If this is your mail" not in lines


def test_a_signature_that_was_broken_on_the_way_is_told_beside_the_good_one() -> None:
    _, lines = text(CASES / "list.eml", *DNS)
    told = " ".join(" ".join(lines).split())
    assert "signed by lists.example.org, and not changed since" in told
    assert "the signature of example.com: fail (the body was changed" in told


# Which server saw it


def test_the_received_field_that_was_trusted_is_named() -> None:
    _, verdict = parsed(CASES / "forwarded.eml", *DNS)
    assert verdict["assumptions"][0] == (
        "Received number 1 is right: 198.51.100.7 gave the message to mx.receiver.example "
        "on 2026-03-02 09:00 UTC."
    )
    envelope = verdict["envelope"]
    assert envelope == {
        "ip": "198.51.100.7",
        "helo": "mx.example.org",
        "mail_from": "jane@example.com",
        "rcpt_to": ["ruth@receiver.example"],
        "tls": True,
        "received_at": "2026-03-02T09:00:05Z",
    }


def test_another_hop() -> None:
    code, verdict = parsed(CASES / "forwarded.eml", *DNS, "--hop", "2")
    assert code == 0
    assert verdict["envelope"]["ip"] == "192.0.2.25"
    assert words(verdict)["spf"] == "pass"
    assert any("below number 1" in text for text in verdict["assumptions"])


def test_an_envelope_that_was_typed() -> None:
    given = (
        "--ip",
        "192.0.2.25",
        "--helo",
        "mail.example.com",
        "--mail-from",
        "<jane@example.com>",
    )
    code, verdict = parsed(*given, "--tls", *DNS, stdin=(CASES / "clean.eml").read_bytes())
    assert code == 0
    assert verdict["assumptions"] == []
    assert verdict["envelope"]["mail_from"] == "jane@example.com"
    assert {words(verdict)[c] for c in ("spf", "spf-helo", "helo", "dkim", "tls")} == {"pass"}


def test_what_is_typed_wins_over_what_was_read() -> None:
    given = (
        "--mail-from",
        "",
        "--helo",
        "mx.example.org",
        "--no-tls",
        "--rcpt-to",
        "x@example.edu",
    )
    _, verdict = parsed(CASES / "clean.eml", *given, *DNS)
    envelope = verdict["envelope"]
    assert (envelope["ip"], envelope["mail_from"], envelope["tls"]) == ("192.0.2.25", "", False)
    assert envelope["rcpt_to"] == ["x@example.edu"]
    assert verdict["spf"]["domain"] == "mx.example.org"


RETURN = b"Return-Path: <jane@example.com>\r\n"
BELOW = b"Received: from a by b; Mon, 02 Mar 2026 09:00:00 +0000\r\n" + RETURN


@pytest.mark.parametrize(
    ("top", "more", "mail_from", "said"),
    [
        (RETURN, (), "jane@example.com", "No --mail-from was given: the return path is taken to be "
         "the one at the top of the message."),
        (RETURN, ("--mail-from", ""), "", ""),
        (b"", (), "", "No --mail-from was given: the return path is taken to be empty."),
        (BELOW, (), "", "No --mail-from was given: the return path is taken to be empty."),
        (b"Subject: x\r\n" + RETURN, (), "", "No --mail-from was given: the return path is taken "
         "to be empty."),
    ],
)  # fmt: skip
def test_the_return_path_of_local_delivery(
    top: bytes, more: tuple[str, ...], mail_from: str, said: str
) -> None:
    given = ("--ip", "192.0.2.25", "--helo", "mail.example.com", *more)
    _, verdict = parsed(*given, *DNS, stdin=top + NO_HOPS)
    assert verdict["envelope"]["mail_from"] == mail_from
    assert verdict["assumptions"] == ([said] if said else [])


def test_in_which_dns_it_was_judged(tmp_path: Path) -> None:
    """A replay says what the run said that it repeats."""
    _, verdict = parsed(CASES / "clean.eml", *DNS)
    assert verdict["assumptions"][-1].endswith("by the DNS of the zone files.")
    zone, run = tmp_path / "own.zone", tmp_path / "run.jsonl"
    zone.write_text(
        f"; assumed: mail.example.com must have it\n{(CASES / 'world.zone').read_text()}"
    )
    _, verdict = parsed(CASES / "clean.eml", "--dns", f"zone:{zone}", "--record", run)
    assert verdict["assumptions"][-1].startswith("What the zone files mark as assumed is taken")
    assert parsed(CASES / "clean.eml", "--dns", f"replay:{run}")[1] == verdict
    head, *answers = run.read_text().splitlines()
    live = json.loads(head) | {"settings": {"dns": "system"}}
    run.write_text("\n".join([json.dumps(live), *answers, ""]))
    _, verdict = parsed(CASES / "clean.eml", "--dns", f"replay:{run}")
    day = live["now"][:10]
    assert verdict["assumptions"][-1].endswith(f"by DNS as it answered on {day}.")


def test_what_was_not_typed_is_an_assumption() -> None:
    _, verdict = parsed("--ip", "192.0.2.25", *DNS, stdin=(CASES / "clean.eml").read_bytes())
    assert [text.split()[1] for text in verdict["assumptions"]] == ["--helo", "--mail-from"]


# Receivers


def test_all_receivers_side_by_side() -> None:
    code, lines = text(CASES / "spoofed.eml", "--profile", "all", *DNS)
    assert code == 1
    rows = [line.split() for line in lines if re.match(r"  [✓✗?] [a-z]", line)]
    assert [row[1] for row in rows] == list(names())
    assert {row[0] for row in rows} <= {"✓", "✗", "?"}
    assert max(len(line) for line in lines if not line.startswith("    $ ")) <= 80


def test_a_profile_that_accepts_everything_we_accept() -> None:
    code, verdict = parsed(CASES / "clean.eml", "--profile", "strict", "--profile", "strict", *DNS)
    assert code == 0
    assert [d["profile"] for d in verdict["decisions"]] == ["strict"]
    for line in verdict["decisions"][0]["lines"]:
        assert line["source"].startswith("https://")
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", line["date"])


def test_the_name_of_a_profile_that_does_not_exist() -> None:
    done = inside("verify", CASES / "clean.eml", "--profile", "gmial", *DNS)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"no profile gmial; did you mean gmail? There are: strict, " in done.stderr


# What could not be learned


def failing(recording: Path, *wanted: str) -> None:
    """Let questions of a recording fail."""
    lines = [json.loads(line) for line in recording.read_text().splitlines()]
    seen = set()
    for line in lines:
        if line.get("name") in wanted and line.get("type") == "TXT":
            seen.add(line["name"])
            line.update(status="failed", why="servfail", records=[], rcode="SERVFAIL")
    assert seen == set(wanted)
    recording.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_not_knowing_is_neither_a_pass_nor_a_failure(tmp_path: Path) -> None:
    run = tmp_path / "run.jsonl"
    inside("verify", CASES / "spoofed.eml", *DNS, "--record", run)
    failing(run, "example.com", "_dmarc.example.com")
    code, lines = text(CASES / "spoofed.eml", "--dns", f"replay:{run}")
    assert code == 3
    assert lines[1].startswith("  Try again later  451 4.")
    rows = [line.split()[:3] for line in lines]
    assert ["?", "SPF", "temperror"] in rows
    assert ["?", "DMARC", "temperror"] in rows
    assert "      nothing was learned: servfail" in lines


def test_what_the_zone_does_not_hold_is_not_asked() -> None:
    code, verdict = parsed(CASES / "clean.eml", "--dns", f"zone:{CASES / 'world.zone'}")
    assert code == 0
    good = {each["check"]: each["good"] for each in verdict["checks"]}
    assert good["dnsbl"] == "not-asked"


# Recordings and JSON


@pytest.mark.parametrize("format", ["text", "json", "markdown"])
@pytest.mark.parametrize("more", [(), ("--blocklists",), ("--profile", "all", "--trace")])
def test_a_replay_gives_the_same_bytes(format: str, more: tuple[str, ...], tmp_path: Path) -> None:
    run = tmp_path / "run.jsonl"
    given = ("verify", CASES / "list.eml", "--format", format)
    first = inside(*given, *DNS, *more, "--record", run)
    again = inside(*given, "--dns", f"replay:{run}", *[m for m in more if m != "--blocklists"])
    assert first.stdout
    assert (again.returncode, again.stdout) == (first.returncode, first.stdout)


def keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | set().union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


def test_times_and_servers_stand_in_the_trace_alone() -> None:
    _, plain = parsed(CASES / "list.eml", *DNS)
    assert not keys(plain) & {"ttl", "ms", "server", "trace"}
    _, traced = parsed(CASES / "list.eml", *DNS, "--trace")
    trace = traced.pop("trace")
    assert traced == plain
    asked = {(step["check"], step["name"], step["type"]) for step in trace}
    assert ("dmarc", "_dmarc.example.com", "TXT") in asked
    assert ("iprev", "7.100.51.198.in-addr.arpa", "PTR") in asked


def test_the_evidence_in_json() -> None:
    _, verdict = parsed(CASES / "list.eml", *DNS)
    assert list(words(verdict)) == [check.value for check in Check]
    assert [(s["domain"], s["result"], s["counts"]) for s in verdict["dkim"]] == [
        ("lists.example.org", "pass", True),
        ("example.com", "fail", False),
        ("example.com", "fail", False),
    ]
    (judgement,) = verdict["dmarc"][0]["judgements"]
    assert judgement["organizational_domain"] == "example.com"
    assert judgement["policy"]["record"] == "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    assert [i["aligned"] for i in judgement["identifiers"]][:2] == [False, False]
    assert verdict["spf"]["path"] == ["mx"]
    assert verdict["iprev"]["names"][0]["name"] == "mx.example.org"
    assert verdict["form"]["mailing_list"] is True
    assert verdict["arc"]["result"] == "none"


def test_every_question_in_the_trace() -> None:
    _, lines = text(CASES / "clean.eml", *DNS, "--trace")
    at = lines.index("  Every question")
    assert lines[at + 1 : at + 4] == [
        "  Reverse DNS",
        "    25.2.0.192.in-addr.arpa PTR",
        "      found: mail.example.com.",
    ]


# Input


def test_from_standard_input() -> None:
    piped = text("-", *DNS, stdin=(CASES / "list.eml").read_bytes())
    assert piped == text(CASES / "list.eml", *DNS)
    assert piped == text(*DNS, stdin=(CASES / "list.eml").read_bytes())


NO_HOPS = b"From: jane@example.com\r\n\r\nbody\r\n"
MBOX = b"From jane@example.com Mon Mar  2 09:00:00 2026\nFrom: jane@example.com\n\nbody\n"
PRIVATE = b"Received: from a (a [10.0.0.1]) by b with ESMTP; Mon, 02 Mar 2026 09:00:00 +0000\r\n"


@pytest.mark.parametrize(
    ("given", "stdin", "said"),
    [
        ((), b"", "standard input is empty"),
        (("nowhere.eml",), b"", "nowhere.eml: No such file or directory"),
        ((), NO_HOPS, "the message has no Received field: say who sent it: --ip ADDRESS"),
        ((), PRIVATE + NO_HOPS, "no Received field with a public address: say who sent it"),
        (
            ("https://example.com/m.eml",),
            b"",
            "https://example.com/m.eml is an address and no file",
        ),
        (("--hop", "1"), NO_HOPS, "the message has no Received field: say who sent it"),
        (("--hop", "2"), PRIVATE + NO_HOPS, "one Received field; the topmost is number 1"),
        (("--hop", "0"), NO_HOPS, "--hop"),
        (("--ip", "192.0.2.300"), NO_HOPS, "192.0.2.300 is not an IP address"),
        (("--ip", "192.0.2.1", "--hop", "1"), NO_HOPS, "leave out --ip, or --hop"),
        (("--ip", "192.0.2.1", "--helo", "a\x1b[2J"), NO_HOPS, "a\\x1b[2J has characters"),
        (("--mail-from", "jane"), PRIVATE + NO_HOPS, "--mail-from jane is no address"),
        ((), b"%PDF-1.7\n\xe2\xe3\n1 0 obj\n", "standard input is no message, it has no header"),
        ((), "From: jane@example.com\r\n".encode("utf-16"), "is no message, it has no header"),
        ((), b"hello\n\nFrom: jane@example.com\n", "is no message, it has no header"),
        ((), b"\xef\xbb\xbf\r\n", "is no message, it has no header"),
        ((), MBOX + b"\n" + MBOX, "standard input holds several messages: save one of them"),
        (("--authserv-id", "a b"), NO_HOPS, "a b is no authserv-id"),
        (("--own", "a b"), NO_HOPS, "a b is not a domain name"),
        (("--format", "sarif"), NO_HOPS, "'sarif' is not one of 'text', 'json', 'markdown'"),
        (("--deadline", "0"), NO_HOPS, "'0' is not a number of seconds"),
    ],
)
def test_one_line_for_what_cannot_be(given: tuple[str, ...], stdin: bytes, said: str) -> None:
    done = inside("verify", *given, *DNS, stdin=stdin)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().count("\n") == 1
    assert said in done.stderr.decode()


@pytest.mark.parametrize("front", [b"\xef\xbb\xbf", b"\n\r\n", b"\xef\xbb\xbf\r\n\r\n", MBOX[:47]])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_what_saving_does_to_a_message_changes_nothing(front: bytes, end: bytes) -> None:
    stored = (CASES / "clean.eml").read_bytes().replace(b"\r\n", end)
    assert text(*DNS, stdin=front + stored) == text(CASES / "clean.eml", *DNS)


def test_a_line_that_begins_with_from_is_no_second_message() -> None:
    more = b"\n\nFrom here on: 2026\nit goes: on\n\nFrom Paris\nJane: hello\n"
    assert text("--hop", "1", *DNS, stdin=MBOX[:47] + PRIVATE + NO_HOPS + more)[0] == 1


def step(client: str, address: str, server: str) -> bytes:
    when = "Mon, 02 Mar 2026 09:00:00 +0000"
    return f"Received: from {client} ({address}) by {server} with ESMTPS; {when}\r\n".encode()


def test_hosts_of_one_house_with_public_addresses_are_told() -> None:
    """As Microsoft hands messages on; a client may also call itself so, and nothing is skipped."""
    within = step("a.prod.outlook.com", "2603:10a6:208:1::15", "b.prod.outlook.com")
    outside = step("mail.example.com", "192.0.2.25", "a.mail.protection.outlook.com")
    sent = step("phone.example.com", "10.0.0.1", "mail.example.com") + NO_HOPS
    _, verdict = parsed(*DNS, stdin=within + outside + sent)
    assert verdict["envelope"]["ip"] == "2603:10a6:208:1::15"
    assert verdict["assumptions"][1] == (
        "Received number 1 is no step within outlook.com; "
        "if it is one, choose --hop 2 for 192.0.2.25."
    )
    for others in (("--hop", "1"), ("--hop", "2")):
        _, verdict = parsed(*others, *DNS, stdin=within + outside + sent)
        assert not any("step within" in text for text in verdict["assumptions"])
    _, verdict = parsed(*DNS, stdin=outside + within + sent)
    assert not any("step within" in text for text in verdict["assumptions"])


@pytest.mark.parametrize("client", ["mx.attacker.example (x [172.17.0.1])", "mx.attacker.example"])
def test_what_stands_below_a_server_that_hides_its_client_is_not_believed(client: str) -> None:
    when = "Mon, 02 Mar 2026 09:00:00 +0000"
    hidden = f"Received: from {client} by mx.receiver.example with ESMTP; {when}\r\n".encode()
    forged = step("mail.example.com", "192.0.2.25", "mx.receiver.example")
    done = inside("verify", *DNS, stdin=hidden + forged + NO_HOPS)
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("mailworthy: Received number 1 does not show who brought the message")
    assert "choose --hop 1 (mx.attacker.example, " in line
    assert "--hop 2 (mail.example.com, 192.0.2.25, to mx.receiver.example)" in line
    assert "--ip ADDRESS" in line
    _, verdict = parsed("--hop", "2", *DNS, stdin=hidden + forged + NO_HOPS)
    assert verdict["envelope"]["ip"] == "192.0.2.25"


# The header field for the message


FORGERIES = (
    b"Authentication-Results: mx.receiver.example; dkim=pass header.d=example.com\r\n"
    b"Authentication-Results: mx.example.org; spf=pass\r\n"
)


def test_the_field_for_a_message() -> None:
    _, lines = text(CASES / "clean.eml", *DNS)
    at = lines.index("  The header field for it")
    shown = [line.strip() for line in lines[at + 1 : lines.index("", at + 1)]]
    parsed_field = parse(" ".join(shown).partition(":")[2]).record
    assert parsed_field is not None
    assert parsed_field.authserv_id == "mx.receiver.example"
    assert [f"{r.method}={r.result}" for r in parsed_field.results] == [
        *("iprev=pass", "spf=pass", "spf=pass", "dkim=pass", "dkim=pass", "dmarc=pass"),
        "arc=none",
    ]


def test_forged_fields_are_named_before_ours_is_added() -> None:
    stored = (CASES / "clean.eml").read_bytes()
    at = stored.index(b"From: ")
    forged = stored[:at] + FORGERIES + stored[at:]
    line = forged[:at].count(b"\n") + 1
    said = (
        f"first remove the Authentication-Results of mx.receiver.example on line {line}: "
        "it claims to be ours"
    )
    assert said in " ".join(" ".join(text(*DNS, stdin=forged)[1]).split())
    _, verdict = parsed(*DNS, stdin=forged)
    marking = verdict["authentication_results"]
    assert marking["authserv_id"] == "mx.receiver.example"
    assert marking["field"].startswith("Authentication-Results: mx.receiver.example;\r\n\tiprev=")
    (stale,) = marking["remove"]
    assert (stale["line"], stale["why"]) == (line, "it claims to be ours")
    _, verdict = parsed("--authserv-id", "mx.example.org", *DNS, stdin=forged)
    (stale,) = verdict["authentication_results"]["remove"]
    assert stale["line"] == line + 1


def test_nobody_speaks_without_a_name() -> None:
    given = ("--ip", "192.0.2.25", "--mail-from", "jane@example.com", "--helo", "mail.example.com")
    stored = (CASES / "clean.eml").read_bytes()
    assert "  The header field for it" not in text(*given, *DNS, stdin=stored)[1]
    assert parsed(*given, *DNS, stdin=stored)[1]["authentication_results"] is None
    _, verdict = parsed(*given, "--authserv-id", "mx", *DNS, stdin=stored)
    assert verdict["authentication_results"]["authserv_id"] == "mx"
    shown = inside("verify", *given, "--authserv-id", "mx", *DNS, "--format", "markdown",
                   stdin=FORGERIES.replace(b"mx.receiver.example", b"mx") + stored)  # fmt: skip
    assert b"## The header field for it" in shown.stdout
    assert b"- first remove the Authentication-Results of mx on line 1" in shown.stdout


@pytest.mark.parametrize(
    ("own", "result"),
    [
        ((), "pass"),
        (("--own", "Mail.Example.COM."), "fail"),
        (("--own", "mx.receiver.example", "--own", "mail.example.com"), "fail"),
        (("--own", "mail.example.com", "--own", "192.0.2.25"), "neutral"),  # it is we ourselves
    ],
)
def test_our_own_name_is_nobody_else_s(own: tuple[str, ...], result: str) -> None:
    _, verdict = parsed(CASES / "clean.eml", *own, *DNS)
    assert words(verdict)["helo"] == result


def test_no_name_is_told_as_an_empty_one() -> None:
    _, lines = text("--ip", "192.0.2.25", *DNS, stdin=(CASES / "clean.eml").read_bytes())
    assert any("an empty name is not a fully qualified domain name" in line for line in lines)


def test_a_private_address_may_be_meant() -> None:
    _, verdict = parsed("--hop", "1", *DNS, stdin=PRIVATE + NO_HOPS)
    assert verdict["envelope"]["ip"] == "10.0.0.1"


def test_an_argument_that_is_no_text() -> None:
    done = mailworthy("verify", "--ip", "192.0.2.1", "--helo", "\udcff", *DNS, stdin=NO_HOPS)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1


def test_receivers_are_completed() -> None:
    asked = {"COMP_WORDS": "mailworthy verify --profile gm", "COMP_CWORD": "3"}
    done = mailworthy(env={"_MAILWORTHY_COMPLETE": "bash_complete", **asked})
    offered = [line.split(",")[1] for line in done.stdout.decode().splitlines()]
    assert offered == [name for name in names() if name.startswith("gm")]
    assert "gmail" in offered


# The page about it


def test_the_docs_show_what_it_prints() -> None:
    """Where this fails, tools/shown.py writes the page anew: look at what it changed."""
    page = PAGE.read_text()
    assert page.count("$ mailworthy verify ") == 2
    assert renewed(page) == page
