"""`check --server` on real servers: what is wrong with them is found, and cured by its remedy."""

import contextlib
import email.utils
import json
import re
import shutil
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.internet import Lab
from lab.machine import wait_for
from lab.mailhost import MailHost
from lab.needs import PATH
from lab.plan import MAIL, NETWORKS, SENDER, SPOOFER, reverse_zone
from mailworthy.audit.cure import with_line
from mailworthy.rdata.address import reverse_name
from mailworthy.rdata.text import quote

pytestmark = pytest.mark.lab
MAIN, SIGNING = "/etc/postfix/main.cf", "/etc/rspamd/local.d/dkim_signing.conf"
Finding = dict[str, Any]


def check(lab: Lab, host: MailHost, *more: str) -> dict[str, Finding]:
    """The findings about a mail server, by rule; advice too."""
    where = ("--server", "--dns", lab.resolver, "--dir", str(host.folder))
    done = lab.mailworthy(host, "check", *where, *more, "--format", "json")
    assert done.returncode in (0, 1, 3), done.stderr
    found = json.loads(done.stdout)
    (audit,) = found["audits"] if isinstance(found, dict) and "audits" in found else [found]
    assert not audit["undetermined"], audit["undetermined"]
    return {f["rule"]: f for f in audit["findings"]}


def cure(lab: Lab, host: MailHost, finding: Finding) -> None:
    """Do what the remedy says, in the files of the server, with its programs, and in DNS."""
    for step in finding["remedy"]["steps"]:
        do(lab, host, step)
    reload(host)


def reload(host: MailHost) -> None:
    """Postfix reads its files again; it waits for one to be two seconds old, so they are."""
    host.script("touch -d '1 hour ago' /etc/postfix/main.cf")
    host.reload()


def do(lab: Lab, host: MailHost, step: Finding) -> None:
    kind = step["type"]
    if kind == "configure":
        text = host.path(step["file"]).read_text()
        host.write(step["file"], with_line(text, step["line"]))
    elif kind == "execute":
        host.script(step["command"])
    elif kind == "ask":
        for change in step["changes"]:
            do(lab, host, change)
    else:
        record = step["record"]
        line = f"{record['name']}. {record['type']} {shown(record)}"
        side: dict[str, tuple[str, ...]] = {"adds" if kind == "publish" else "deletes": (line,)}
        lab.update(zone_of(record["name"]), **side)


def shown(record: Finding) -> str:
    value: str = record["value"]
    return quote(value) if record["type"] == "TXT" else value


def zone_of(name: str) -> str:
    if name.endswith(".arpa"):
        return reverse_zone(name)
    return next(place.domain for place in MAIL if name.endswith(place.domain))


@contextlib.contextmanager
def kept(host: MailHost, *paths: str) -> Iterator[None]:
    """These files are put back, whatever becomes of them."""
    before = {path: host.path(path).read_bytes() for path in paths}
    try:
        yield
    finally:
        for path, data in before.items():
            host.path(path).write_bytes(data)
        reload(host)


@contextlib.contextmanager
def configured(host: MailHost, *lines: str) -> Iterator[None]:
    """These lines stand in main.cf for a while."""
    with kept(host, MAIN):
        text = host.path(MAIN).read_text()
        for line in lines:
            text = with_line(text, line)
        host.write(MAIN, text)
        reload(host)
        yield


def letter(author: str, to: str) -> tuple[str, bytes]:
    name = f"<{uuid.uuid4().hex}@{author.rpartition('@')[2]}>"
    head = f"From: {author}\r\nTo: {to}\r\nSubject: x\r\nMessage-ID: {name}\r\n"
    return name, f"{head}Date: {email.utils.formatdate()}\r\n\r\nHello.\r\n".encode()


@pytest.mark.parametrize("label", ["sender", "receiver"])
def test_what_mailworthy_wrote_is_healthy(lab: Lab, label: str) -> None:
    found = check(lab, getattr(lab, label))
    assert not [rule for rule, finding in found.items() if finding["severity"] != "advice"]
    assert not [rule for rule in found if rule.startswith("server-")]


def test_the_settings_of_the_server_tell_its_domain_and_its_keys(lab: Lab) -> None:
    where = ("check", "--server", "--dns", lab.resolver)
    done = lab.mailworthy(lab.receiver, *where, "--format", "json")
    assert "domains by this host's own settings: receiver.example" in done.stderr
    assert "no_key_found" not in done.stdout
    assert re.search(
        r"r\d{6} \(rsa 2048\), e\d{6} \(ed25519\)", lab.mailworthy(lab.receiver, *where).stdout
    )


def test_another_key_than_the_published_one(lab: Lab) -> None:
    host = lab.sender
    path = re.findall(r'path = "([^"]+\.r\d+\.key)"', host.path(SIGNING).read_text())[0]
    selector = path.split(".")[-2]
    name = f"{selector}._domainkey.{host.domain}"
    with kept(host, path), lab.changed(host.domain, (), (f"{name}. TXT",)):
        assert "server-key-not-published" in check(lab, host)
    with kept(host, path):
        host.script(f"openssl genrsa -out {path} 2048 2>&1")
        found = check(lab, host)
        assert found["server-key-differs"]["severity"] == "blocker"
        with restored(lab, host.domain, f"{name}. TXT"):
            cure(lab, host, found["server-key-differs"])
            assert "server-key-differs" not in check(lab, host)
    assert "server-key-differs" not in check(lab, host)


@contextlib.contextmanager
def restored(lab: Lab, zone: str, what: str) -> Iterator[None]:
    """What stands at a name (`NAME TYPE`) is put back."""
    name, type_ = what.split()
    asked = lab.dns.run(["dig", "+short", f"@{lab.resolver}", name, type_], check=True)
    before = [line for line in asked.stdout.splitlines() if line]
    try:
        yield
    finally:
        lab.update(zone, [f"{name} {type_} {value}" for value in before], [what])


def test_a_key_that_others_may_read(lab: Lab) -> None:
    host = lab.sender
    path = re.findall(r'path = "([^"]+\.key)"', host.path(SIGNING).read_text())[0]
    mode = host.path(path).stat().st_mode & 0o777
    host.path(path).chmod(0o644)
    try:
        found = check(lab, host)
        cure(lab, host, found["server-key-file-open"])
        assert "server-key-file-open" not in check(lab, host)
    finally:
        host.path(path).chmod(mode)


def test_no_reverse_name(lab: Lab) -> None:
    host = lab.receiver
    name = reverse_name(host.place.address(4))
    with lab.changed(reverse_zone(name), (), (f"{name}. PTR",)):
        found = check(lab, host)
        assert found["ptr-missing"]["severity"] == "blocker"
        cure(lab, host, found["ptr-missing"])
        assert "ptr-missing" not in check(lab, host)


def test_mail_leaves_from_an_address_that_nobody_knows(lab: Lab) -> None:
    host, other = lab.receiver, "198.51.100.99"
    name = reverse_name(other)
    device = host.script("ip -o -4 addr show scope global | awk '{print $2; exit}'").strip()
    host.script(f"ip addr add {other}/24 dev {device}")
    try:
        with configured(host, f"smtp_bind_address = {other}"):
            found = check(lab, host)
            assert found["server-address-without-ptr"]["subject"] == other
            assert found["server-address-not-authorised"]["subject"] == other
            cure(lab, host, found["server-address-not-authorised"])
            assert f"smtp_bind_address = {host.place.address(4)}" in host.path(MAIN).read_text()
            assert not [r for r in check(lab, host) if r.startswith("server-")]
        bound = configured(host, f"smtp_bind_address = {other}")
        with bound, restored(lab, reverse_zone(name), f"{name}. PTR"):
            cure(lab, host, check(lab, host)["server-address-without-ptr"])
            assert "server-address-without-ptr" not in check(lab, host)
    finally:
        host.script(f"ip addr del {other}/24 dev {device}")


def test_an_open_relay(lab: Lab) -> None:
    host = lab.receiver
    there = (host.place.address(4), 25)

    def relayed() -> int:
        _, message = letter("x@spoofer.example", "alice@sender.example")
        return lab.send(
            lab.spoofer, "x@spoofer.example", "alice@sender.example", message, server=there
        )[0]

    relay = "check_client_access static:OK, reject_unauth_destination"
    with configured(host, f"smtpd_relay_restrictions = {relay}"):
        assert relayed() == 250
        found = check(lab, host)
        assert found["server-open-relay"]["severity"] == "blocker"
        cure(lab, host, found["server-open-relay"])
        assert "server-open-relay" not in check(lab, host)
        assert relayed() == 554


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("smtp_helo_name = mail.spoofer.example", "server-helo-leads-elsewhere"),
        ("smtp_helo_name = nowhere.receiver.example", "server-helo-without-address"),
        ("smtp_helo_name = localhost", "server-helo-not-full"),
        ("myhostname = box", "server-hostname-not-full"),
        ("smtpd_banner = hello", "server-banner-differs"),
        ("smtpd_tls_security_level = none", "server-tls-not-offered"),
        ("smtpd_milters = inet:127.0.0.1:1", "server-milter-silent"),
        ("mynetworks = 0.0.0.0/0", "server-networks-too-wide"),
        ("inet_protocols = ipv4", "server-family-not-served"),
        ("smtpd_relay_restrictions = permit, reject", "server-relaying-undecided"),
        ("virtual_mailbox_domains =", "server-domain-not-accepted"),
        ("smtpd_relay_restriction = reject", "server-unknown-parameter"),
    ],
)
def test_a_wrong_line_is_found_and_cured(lab: Lab, line: str, rule: str) -> None:
    host = lab.receiver
    with configured(host, line):
        found = check(lab, host)
        assert rule in found
        cure(lab, host, found[rule])
        assert not [r for r in check(lab, host) if r.startswith("server-")]


OPENDKIM = "Mode v\nSyslog no\nUMask 0\nSocket local:{socket}\n"


def test_a_socket_at_which_postfix_gets_no_milter(lab: Lab) -> None:
    """Each state of it: what Postfix makes of mail, and what is said of it."""
    host, socket = lab.receiver, "/var/spool/postfix/lab/milter"
    host.script(
        "mkdir -p /var/spool/postfix/lab /var/spool/postfix/etc; ln -s lab /var/spool/postfix/other"
    )
    host.write("/etc/opendkim-lab.conf", OPENDKIM.format(socket=socket))
    daemon = ["/usr/sbin/opendkim", "-f", "-x", "/etc/opendkim-lab.conf"]

    def seen() -> tuple[int, str]:
        _, message = letter("x@spoofer.example", "alice@receiver.example")
        code, _ = lab.send(lab.spoofer, "x@spoofer.example", "alice@receiver.example", message)
        found = check(lab, host).get("server-milter-silent")
        return code, found["message"].partition(": ")[2] if found else ""

    lines = ("smtpd_milters = unix:/other/milter", "milter_default_action = tempfail")
    with kept(host, "/etc/postfix/master.cf"), configured(host, *lines):
        assert seen() == (451, "/other/milter is not there")
        host.script("postconf -F smtp/inet/chroot=y; cp /etc/resolv.conf /var/spool/postfix/etc/")
        reload(host)
        assert seen() == (451, "/var/spool/postfix/other/milter is not there")
        host.spawn("opendkim-lab", daemon)
        wait_for("the socket", lambda: host.path(socket).exists())
        assert seen() == (250, "")
        host.path(socket).chmod(0o600)
        assert seen() == (451, "Postfix may not write to /var/spool/postfix/other/milter")
        host.kill(" ".join(daemon), signal.SIGKILL)
        host.path(socket).chmod(0o777)
        assert seen() == (451, "nothing listens at /var/spool/postfix/other/milter")


def test_an_expired_certificate_and_a_new_key(lab: Lab) -> None:
    host = lab.receiver
    names = [host.place.hostname]
    owner = f"_25._tcp.{host.place.hostname}."
    with host.other_certificate(lab.issue(names, expired=True)):
        found = check(lab, host)
        assert found["server-certificate-expired"]["severity"] == "blocker"
    with host.other_certificate(lab.issue(["www.receiver.example"])):
        assert "server-certificate-name-missing" in check(lab, host)
    with host.other_certificate(lab.issue(names)):
        found = check(lab, host)
        assert found["server-certificate-not-pinned"]["severity"] == "blocker"
        with restored(lab, host.domain, f"{owner} TLSA"):
            cure(lab, host, found["server-certificate-not-pinned"])
            assert "server-certificate-not-pinned" not in check(lab, host)
    assert not [r for r in check(lab, host) if r.startswith("server-")]


@contextlib.contextmanager
def shut(host: MailHost, *versions: int) -> Iterator[None]:
    """The network of the host lets nothing out on port 25."""
    rules = [
        f"ip -{n} rule {{}} pref 9 ipproto tcp dport 25 to {place.address(n)} blackhole"
        for n in versions
        for place in (SENDER, SPOOFER)
    ]
    host.script("\n".join(rule.format("add") for rule in rules))
    try:
        yield
    finally:
        host.script("\n".join(rule.format("del") for rule in rules))


def test_port_25_is_closed_on_the_way_out(lab: Lab) -> None:
    """Nobody listens at the spoofer; that the sender answers is enough."""
    host, others = lab.receiver, "sender.example,spoofer.example"
    called = ("--connect", "--allow", ",".join(NETWORKS), "--receivers", others)
    closed, six = "server-outbound-port-25-closed", "server-outbound-ipv6-closed"

    def found() -> dict[str, Finding]:
        return {r: f for r, f in check(lab, host, *called).items() if r in (closed, six)}

    assert found() == {}
    with shut(host, 4, 6):
        assert found()[closed]["severity"] == "blocker"
    with kept(host, MAIN), shut(host, 6):
        (finding,) = found().values()
        assert finding["rule"] == six
        cure(lab, host, finding)
        assert found() == {}
    assert found() == {}


def test_networks_that_rspamd_trusts(lab: Lab) -> None:
    host, path = lab.receiver, "/etc/rspamd/override.d/options.inc"
    with kept(host, path):
        text = host.path(path).read_text()
        host.write(path, with_line(text, 'local_addrs = ["127.0.0.0/8", "192.0.2.0/24"];'))
        found = check(lab, host)
        cure(lab, host, found["server-rspamd-trusts-networks"])
        assert "server-rspamd-trusts-networks" not in check(lab, host)


def test_a_recording_judges_alike_elsewhere(lab: Lab, tmp_path: Path) -> None:
    host, record = lab.receiver, lab.state / "server.jsonl"
    with configured(host, "mynetworks = 0.0.0.0/0"):
        first = lab.mailworthy(
            host, "check", "--server", "--dns", lab.resolver, host.domain, "--record", record
        )
    again = lab.mailworthy(lab.spoofer, "check", host.domain, "--dns", f"replay:{record}")
    assert again.stdout == first.stdout
    assert "server-networks-too-wide" in again.stdout
    assert "PRIVATE" not in record.read_text()


def test_another_machine_over_ssh(lab: Lab) -> None:
    host, key = lab.receiver, lab.state / "ssh-key"
    if not shutil.which("sshd", path=PATH):
        pytest.skip("no sshd (openssh-server)")
    lab.sender.script(f"ssh-keygen -q -t ed25519 -N '' -f {key}")
    host.script("mkdir -p /run/sshd")
    host.write("/etc/ssh/lab_keys", Path(f"{key}.pub").read_text(), mode=0o600)
    options = ("AuthorizedKeysFile=/etc/ssh/lab_keys", "PermitRootLogin=yes", "UsePAM=no")
    given = [part for option in options for part in ("-o", option)]
    host.spawn("sshd", ["/usr/sbin/sshd", "-D", "-e", *given])
    wait_for("sshd", lambda: host.answers(22))
    mine = (f"IdentityFile={key}", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null")
    passed = [part for option in mine for part in ("--ssh-option", option)]
    there = ("--ssh", f"root@{host.place.address(4)}", *passed)
    with configured(host, "smtp_helo_name = mail.spoofer.example"):
        done = lab.mailworthy(lab.sender, "check", *there, "--dns", lab.resolver)
    assert "server-helo-leads-elsewhere" in done.stdout, done.stderr
    assert "server-key" not in done.stdout
    assert "receiver.example" in done.stderr
    healthy = lab.mailworthy(lab.sender, "check", *there, "--dns", lab.resolver)
    assert "server-" not in healthy.stdout
    assert healthy.returncode == 0, healthy.stdout
