"""Rspamd itself judges messages with the generated scores: the arithmetic, in real life."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailworthy.dkim.signing import signing_key
from mailworthy.domain.intent import Domain, Intent
from mailworthy.servers import DmarcReject
from mailworthy.servers.rspamdsigner import RspamdSigner
from mailworthy.servers.scores import SCORES
from mailworthy.setup.letter import letter
from servers.rspamdlab import Scanner, rspamd
from servers.serverskit import NOW, ONE, files, need, need_root

pytestmark = pytest.mark.lab

POLICIES = ("reject", "quarantine", "none")
GOOD, BAD, LISTED = "198.51.100.10", "198.51.100.66", "198.51.100.99"
SELECTORS = ("r1", "e1")


def domains() -> list[str]:
    """`p-reject.example` and so on, and one without DMARC."""
    return [f"p-{policy}.example" for policy in (*POLICIES, "absent")]


def zone(keys: Path) -> dict[tuple[str, str], str]:
    """Sending domains, their keys, the host names, and one blocklist entry."""
    found = {
        ("mail.example.com", "A"): GOOD,
        ("out.list.example", "A"): BAD,
        ("list.example", "TXT"): f'"v=spf1 ip4:{BAD} -all"',
        ("list.example", "A"): BAD,
        ("10.100.51.198.in-addr.arpa", "PTR"): "mail.example.com.",
        ("99.100.51.198.zen.spamhaus.org", "A"): "127.0.0.2",
        ("99.100.51.198.bl.spameatingmonkey.net", "A"): "127.0.0.2",
        ("99.100.51.198.rep.mailspike.net", "A"): "127.0.0.10",
        # A list that answers with its refusal must not count.
        ("10.100.51.198.zen.spamhaus.org", "A"): "127.255.255.254",
        ("66.100.51.198.bl.spameatingmonkey.net", "A"): "127.0.0.255",
    }
    for domain in domains():
        found[domain, "TXT"] = f'"v=spf1 ip4:{GOOD} -all"'
        found[domain, "A"] = GOOD
        policy = domain.removeprefix("p-").partition(".")[0]
        if policy in POLICIES:
            found[f"_dmarc.{domain}", "TXT"] = f'"v=DMARC1; p={policy}"'
        for selector in SELECTORS:
            found[f"{selector}._domainkey.{domain}", "TXT"] = key(keys, domain, selector)
    return found


def key(keys: Path, domain: str, selector: str) -> str:
    """Make a key as Rspamd does; what to publish, as quoted strings."""
    path = str(keys / f"{domain}.{selector}.key")
    kind = ("-t", "ed25519") if selector.startswith("e") else ("-b", "2048")
    text = subprocess.run(
        ("/usr/bin/rspamadm", "dkim_keygen", "-k", path, "-s", selector, "-d", domain, *kind),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return " ".join(re.findall(r'"[^"]*"', text))


@pytest.fixture(scope="module")
def lab() -> Iterator[tuple[dict, Path, dict]]:
    """The intent's configuration, the keys, and the DNS."""
    need("rspamd", "rspamadm")
    need_root()
    wishes = {domain: Domain(selectors=SELECTORS) for domain in domains()}
    intent = Intent(hosts={"mail.example.com": ONE}, domains=wishes)
    with tempfile.TemporaryDirectory(prefix="mailworthy-keys-") as folder:
        keys = Path(folder)
        keys.chmod(0o755)
        yield {reject: files(intent, reject) for reject in DmarcReject}, keys, zone(keys)


@pytest.fixture(scope="module")
def scanner(lab) -> Iterator[Scanner]:
    configurations, keys, records = lab
    with rspamd(configurations[DmarcReject.INDEPENDENT], keys, records) as found:
        yield found


def message(domain: str, body: str = "Shall we meet on Tuesday at ten?") -> bytes:
    lines = (
        f"From: Alice <alice@{domain}>",
        "To: Bob <bob@receiver.example>",
        "Subject: Tuesday",
        "Date: Mon, 23 Nov 2026 12:00:00 +0000",
        f"Message-ID: <1@{domain}>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        body,
        "",
    )
    return "\r\n".join(lines).encode()


def signed(scanner: Scanner, domain: str) -> bytes:
    """The message as our own server hands it out."""
    text = message(domain)
    reply = scanner.scan(text, **{"IP": "127.0.0.1", "From": f"alice@{domain}", "User": "alice"})
    signatures = reply["dkim-signature"]
    assert len(signatures) == len(SELECTORS)
    return b"".join(f"DKIM-Signature: {s}\r\n".encode() for s in signatures) + text


def judged(
    scanner: Scanner,
    text: bytes,
    *,
    sender: str,
    ip: str = GOOD,
    helo: str = "mail.example.com",
    hostname: str | None = "mail.example.com",
) -> tuple[str, frozenset[str]]:
    """What Rspamd does, and which of our symbols it raised."""
    headers = {"IP": ip, "Helo": helo, "From": sender, "Rcpt": "bob@receiver.example"}
    if hostname:
        headers["Hostname"] = hostname
    reply = scanner.scan(text, **headers)
    ours = {s.symbol for s in SCORES}
    return reply["action"], frozenset(ours & reply["symbols"].keys())


SPF, NONE, BROKEN = "MAILWORTHY_SPF", "MAILWORTHY_DKIM_NONE", "MAILWORTHY_DKIM_BROKEN"
RDNS, HELO, LIST = "MAILWORTHY_REVERSE_DNS", "MAILWORTHY_HELO", "MAILWORTHY_LISTED"
REJECT, QUARANTINE = "DMARC_POLICY_REJECT", "DMARC_POLICY_QUARANTINE"
LOCALHOST = {"helo": "localhost"}
NAMELESS = {"hostname": None, "ip": GOOD}
# domain, signed or not, how it comes; what is raised, what is done
CASES = {
    "all well": ("p-reject", "signed", {}, set(), "no action"),
    "no signature": ("p-absent", "bare", {}, {NONE}, "no action"),
    "no signature, p=reject, aligned SPF": ("p-reject", "bare", {}, {NONE}, "no action"),
    "broken signature": ("p-absent", "broken", {}, {BROKEN}, "no action"),
    "SPF fails": ("p-absent", "signed", {"ip": BAD}, {SPF}, "no action"),
    "HELO": ("p-reject", "signed", LOCALHOST, {HELO}, "no action"),
    "HELO is an address": ("p-reject", "signed", {"helo": f"[{BAD}]"}, {HELO}, "no action"),
    "two": ("p-absent", "bare", LOCALHOST, {NONE, HELO}, "add header"),
    "three": ("p-absent", "bare", {"ip": BAD, **LOCALHOST}, {SPF, NONE, HELO}, "reject"),
    "three lists are one": ("p-absent", "signed", {"ip": LISTED}, {SPF, LIST}, "add header"),
    "spoofed, none": ("p-none", "bare", {"ip": BAD}, {SPF, NONE}, "add header"),
    "spoofed, absent": ("p-absent", "bare", {"ip": BAD}, {SPF, NONE}, "add header"),
    "spoofed, quarantine": (
        *("p-quarantine", "bare", {"ip": BAD}),
        *({SPF, NONE, QUARANTINE}, "reject"),
    ),
    "spoofed, reject": ("p-reject", "bare", {"ip": BAD}, {SPF, NONE, REJECT}, "reject"),
}
# A mailing list sends under its own envelope, which passes SPF, and breaks the signature.
LISTS = {
    "list, reject": ("p-reject", "broken", {REJECT}, "add header"),
    "list, quarantine": ("p-quarantine", "broken", {QUARANTINE, BROKEN}, "add header"),
    "list, none": ("p-none", "broken", {BROKEN}, "no action"),
    "list, unsigned, reject": ("p-reject", "bare", {REJECT, NONE}, "reject"),
}


def prepared(scanner: Scanner, domain: str, how: str) -> bytes:
    if how == "bare":
        return message(domain)
    text = signed(scanner, domain)
    return text if how == "signed" else text.replace(b"Tuesday at ten", b"Sunday at two")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_direct(scanner, case) -> None:
    domain, how, envelope, raised, action = case
    name = f"{domain}.example"
    text = prepared(scanner, name, how)
    found = judged(scanner, text, sender=f"alice@{name}", **envelope)
    assert found == (action, raised)


@pytest.mark.parametrize(("domain", "how", "raised", "action"), LISTS.values(), ids=LISTS)
def test_through_a_list(scanner, domain, how, raised, action) -> None:
    text = prepared(scanner, f"{domain}.example", how)
    found = judged(
        scanner,
        text,
        sender="bounces@list.example",
        ip=BAD,
        helo="out.list.example",
        hostname="out.list.example",
    )
    assert found == (action, raised)


def tags(field: str) -> dict[str, str]:
    """The tags of a signature, without its white space."""
    found = (tag.partition("=") for tag in "".join(field.split()).split(";") if tag)
    return {name: value for name, _, value in found}


def test_the_rehearsal_signs_as_rspamd_does(lab, scanner) -> None:
    domain, (_, keys, _) = "p-none.example", lab
    text = letter(domain, "mail.example.com", NOW)
    reply = scanner.scan(text, **{"IP": "127.0.0.1", "From": f"a@{domain}", "User": "a"})
    theirs = {(found := tags(field))["s"]: found for field in reply["dkim-signature"]}
    for selector in SELECTORS:
        key = signing_key(selector, (keys / f"{domain}.{selector}.key").read_bytes())
        signer = RspamdSigner(domain, (key,))
        field = signer.signatures(text, now=NOW).decode().partition(":")[2]
        ours = tags(field)
        assert sorted(ours["h"].split(":")) == sorted(theirs[selector]["h"].split(":"))
        for tag in ("v", "a", "c", "d", "bh"):
            assert ours[tag] == theirs[selector][tag]
        assert ("i" in ours, "x" in ours) == ("i" in theirs[selector], "x" in theirs[selector])


@pytest.mark.parametrize(
    ("login", "signs"),
    [("alice@p-none.example", True), ("a@sub.p-none.example", True), ("b@p-reject.example", False)],
)
def test_nobody_signs_for_another_domain(scanner, login, signs) -> None:
    headers = {"IP": BAD, "From": "b@p-none.example", "User": login}
    reply = scanner.scan(message("p-none.example"), **headers)
    assert len(reply.get("dkim-signature", ())) == (len(SELECTORS) if signs else 0)


def test_no_reverse_dns(scanner) -> None:
    text = signed(scanner, "p-reject.example")
    found = judged(scanner, text, sender="alice@p-reject.example", ip=BAD, hostname=None)
    assert found == ("add header", {SPF, RDNS})


def test_always_refuses_what_a_list_broke(lab) -> None:
    configurations, keys, records = lab
    with rspamd(configurations[DmarcReject.ALWAYS], keys, records) as scanner:
        test_through_a_list(scanner, "p-reject", "broken", {REJECT}, "reject")
        test_through_a_list(scanner, "p-quarantine", "broken", {QUARANTINE, BROKEN}, "add header")


@pytest.mark.parametrize(
    ("envelope", "method"),
    [
        ({"IP": BAD}, "dmarc=fail"),
        # Our own people could forge it as well, and their login name is nobody's business.
        ({"IP": GOOD, "User": "login7"}, ""),
        ({"IP": "127.0.0.1"}, ""),
    ],
)
def test_authentication_results_are_ours_alone(scanner, envelope, method) -> None:
    forged = b"Authentication-Results: mail.example.com; dmarc=pass header.from=p-reject.example"
    text = forged + b"\r\n" + message("p-reject.example")
    sender = "alice@p-reject.example"
    headers = {"Helo": "x.example", "From": sender, "MTA-Name": "mail.example.com"}
    changes = scanner.scan(text, **headers, **envelope)["milter"]
    assert changes["remove_headers"]["Authentication-Results"] == 0
    added = changes["add_headers"]["Authentication-Results"]["value"]
    assert added.startswith("mail.example.com;")
    assert method in added
    assert "dmarc=pass" not in added
    assert "login7" not in added
