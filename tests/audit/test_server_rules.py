"""Rules about the server: the cases between their examples."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from casekit import applied, fired, outcome
from mailworthy.audit.case import Case
from mailworthy.audit.finding import Configure, Execute, Remedy
from mailworthy.audit.healthyserver import (
    CHAIN,
    ED25519_KEY,
    FILES,
    MASTER,
    OPTIONS,
    RSA_KEY,
    SELF_SIGNED,
    served,
)
from mailworthy.audit.rules.server._keys import OTHER_RSA
from mailworthy.audit.rules.server._milters import sockets
from mailworthy.audit.rules.server._relay import Relay, verdict_of
from mailworthy.render.steps import steps_of
from mailworthy.servers.reading.model import Listener, Postfix, Service

PORT_25 = Service("smtp", "inet", "smtpd")
SAFE = "permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination"


@pytest.mark.parametrize(
    ("relay", "recipient", "verdict"),
    [
        (SAFE, "", Relay.REFUSED),
        ("", SAFE, Relay.REFUSED),
        ("permit_mynetworks, defer_unauth_destination", "permit", Relay.REFUSED),
        ("permit", "reject_unauth_destination", Relay.REFUSED),
        ("permit_mynetworks reject", "", Relay.REFUSED),
        ("", "", Relay.STUCK),
        ("permit, reject_unauth_destination", "", Relay.STUCK),
        ("warn_if_reject reject_unauth_destination", "", Relay.STUCK),
        ("check_client_access static:OK, reject_unauth_destination", "", Relay.OPEN),
        ("check_client_access static:OK, reject", SAFE, Relay.REFUSED),
        ("permit_tls_all_clientcerts, reject_unauth_destination", "", Relay.OPEN),
        ("permit_mx_backup, reject_unauth_destination", "permit", Relay.OPEN),
        ("check_client_access hash:/x, reject_unauth_destination", "", Relay.REFUSED),
        ("warn_if_reject permit, reject_unauth_destination", "", Relay.REFUSED),
    ],
)
def test_what_a_stranger_may_do(relay: str, recipient: str, verdict: Relay) -> None:
    values = {"smtpd_relay_restrictions": relay, "smtpd_recipient_restrictions": recipient}
    assert verdict_of(Postfix(values=values), PORT_25)[0] is verdict


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("inet:127.0.0.1:11332", [("127.0.0.1", 11332)]),
        ("inet:localhost:8891, unix:/x, inet6:[::1]:9", [("localhost", 8891), ("::1", 9)]),
        ("{ inet:10.0.0.1:1, timeout=3s }", [("10.0.0.1", 1)]),
        ("inet:x:²", []),
    ],
)
def test_where_milters_are(value: str, found: list[tuple[str, int]]) -> None:
    assert [(m.host, m.port) for m in sockets(value)] == found


@pytest.mark.parametrize(
    ("milter", "address", "answers"),
    [
        ("inet:127.0.0.1:1", "127.0.0.1", True),
        ("inet:localhost:1", "::1", True),
        ("inet:127.0.0.1:1", "*", True),
        ("inet:127.0.0.1:1", "192.0.2.25", False),
        ("inet:127.0.0.1:2", "127.0.0.1", False),
    ],
)
def test_whether_a_milter_is_there(milter: str, address: str, answers: bool) -> None:
    (found,) = sockets(milter)
    assert found.answers((Listener(address, 1),)) is answers


@pytest.mark.parametrize(
    ("value", "weak"),
    [
        (">=TLSv1.2", False),
        (">=TLSv1.3", False),
        (">=TLSv1", True),
        (">=0303", False),
        ("!SSLv2, !SSLv3, !TLSv1, !TLSv1.1", False),
        ("!SSLv3 !TLSv1 !TLSv1.1", False),
        ("!SSLv2, !SSLv3", True),
        ("TLSv1.2, TLSv1.3", False),
        ("TLSv1 TLSv1.2", True),
        ("", True),
    ],
)
def test_versions_of_tls(value: str, weak: bool) -> None:
    case = served(main=(f"smtpd_tls_protocols = {value}",))
    assert ("server-tls-versions-old" in fired(case)) is weak


@pytest.mark.parametrize(
    ("networks", "wide"),
    [
        ("127.0.0.0/8 [::1]/128 192.168.0.0/16 [fd00::]/8", False),
        ("127.0.0.0/8 198.51.100.0/24 [2001:db8:1::]/48", False),
        ("127.0.0.0/8 198.51.0.0/16", True),
        ("127.0.0.0/8 [2000::]/3", True),
        ("/etc/postfix/networks cidr:/x !10.0.0.1", False),
        ("10.0.0.0/7", True),
    ],
)
def test_networks(networks: str, wide: bool) -> None:
    assert ("server-networks-too-wide" in fired(served(main=(f"mynetworks = {networks}",)))) is wide


def test_what_stands_in_master_cf_is_changed_there() -> None:
    line = "smtp inet n - y - - smtpd -o smtpd_tls_security_level=encrypt\n"
    case = served(files={MASTER: line + FILES[MASTER].splitlines()[1] + "\n"})
    finding = fired(case)["server-tls-demanded"]
    assert finding.remedy.steps == (Execute("postconf -P smtp/inet/smtpd_tls_security_level=may"),)
    assert "server-tls-demanded" not in fired(applied(case, finding.remedy))


def test_a_command_is_shown_as_one_line_that_steers_nothing() -> None:
    (line,) = steps_of(Remedy((Execute("chmod 640 /x\x1b[31m\n/y"),)))
    assert line.startswith("run       chmod 640 /x")
    assert line.isprintable()


def test_a_submission_service_may_demand_what_it_likes() -> None:
    line = "587 inet n - y - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_milters=\n"
    assert fired(served(files={MASTER: FILES[MASTER] + line})) == {}


MIXED: Mapping[str, dict[str, Any]] = {
    "behind NAT nothing is said of addresses": {
        "commands": {"ip addr": "10.0.0.5", "ip route": "10.0.0.5"}
    },
    "a relay sends for us": {
        "main": ("relayhost = [smtp.example.net]:587",),
        "commands": {"ip route": "192.0.2.26"},
    },
    "no Dovecot": {"commands": {"doveconf": None}},
    "ss is not there": {"commands": {"ss": None}},
    "a self-signed certificate without an enforced policy": {"files": {CHAIN: SELF_SIGNED}},
    "IPv6 is off, and nobody was promised it": {
        "main": ("inet_protocols = ipv4",),
        "drop": ("mail.example.com. AAAA",),
    },
}


@pytest.mark.parametrize("name", MIXED)
def test_no_alarm(name: str) -> None:
    assert fired(served(**MIXED[name])) == {}


def test_a_table_in_a_database_hides_its_domains() -> None:
    case = served(main=("virtual_mailbox_domains = mysql:/etc/postfix/domains.cf",))
    assert "server-domain-not-accepted" not in fired(case)


def test_an_ipv6_address_that_the_kernel_took() -> None:
    # Privacy addresses are the usual reason.
    case = served(
        commands={
            "ip addr": "192.0.2.25 2001:db8::25 2001:db8::99",
            "ip route": "192.0.2.25 2001:db8::99",
        }
    )
    found = fired(case)
    finding = found["server-address-not-authorised"]
    assert finding.subject == "2001:db8::99"
    assert finding.remedy.steps == (
        Configure("/etc/postfix/main.cf", "smtp_bind_address6 = 2001:db8::25"),
    )
    assert fired(applied(case, finding.remedy)) == {}


OPENDKIM = {
    "/etc/opendkim.conf": "Mode sv\nKeyTable refile:/kt\nSigningTable refile:/st\n"
    "MultipleSignatures yes\nSocket inet:8891@localhost\n",
    "/st": "*@example.com rsa\n*@example.com ed\n",
    "/kt": "rsa example.com:r202611:/keys/rsa\ned example.com:e202611:/keys/ed\n",
    "/keys/rsa": FILES[RSA_KEY],
    "/keys/ed": FILES[ED25519_KEY],
}


def with_opendkim(**more: Any) -> Case:
    """The healthy server with OpenDKIM in the place of Rspamd."""
    case = served(
        main=("smtpd_milters = inet:127.0.0.1:8891",),
        commands={"ss": "0.0.0.0:25 127.0.0.1:8891"},
        **more,
    )
    kept = {p: t for p, t in case.files.items() if "rspamd" not in p}
    return msgspec.structs.replace(case, files=OPENDKIM | kept | more.get("files", {}))


def test_opendkim_signs_as_well() -> None:
    result = outcome(with_opendkim())
    assert result.findings == ()
    assert result.undetermined == ()


@pytest.mark.parametrize(
    ("file", "text", "rule"),
    [
        ("/keys/rsa", f"k=rsa; p={OTHER_RSA}", "server-key-differs"),
        ("/keys/rsa", FILES[ED25519_KEY], "server-key-algorithm-differs"),
        ("/keys/ed", "it is no key", "server-key-unusable"),
        ("/kt", "* example.com:new:/keys/rsa\n", "server-key-not-published"),
        ("/kt", "* example.com:r202611:/gone\n", "server-key-file-missing"),
        ("/kt", "* example.com:r202611:./gone\n", "server-key-file-missing"),
        ("/kt", "* example.com:r202611:gone.key\n", "server-signing-tables-broken"),
        ("/kt", "rsa example.com:r202611\n", "server-signing-tables-broken"),
        ("/st", "*@example.com gone\n", "server-signing-tables-broken"),
        ("/st", "boss@example.com rsa\n", "server-senders-not-signed"),
        ("/st", "*@example.net rsa\n", "server-domain-not-signed"),
        ("/etc/opendkim.conf", "SigningTable refile:/st\n", "server-signing-tables-broken"),
    ],
)
def test_keys_of_opendkim(file: str, text: str, rule: str) -> None:
    assert list(fired(with_opendkim(files={file: text}))) == [rule]


SOCKET = "/var/spool/postfix/milter/x"
LISTENS = f"u_str LISTEN 0 128 {SOCKET} 4711 * 0\n"


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        ({}, "may not write"),
        ({"ss -lx": ""}, "nothing listens"),
        ({f"stat {SOCKET}": "directory:root"}, "is no socket"),
        ({f"setpriv {SOCKET}": "may not be used by non-root"}, None),
        ({"ss -lx": "", f"setpriv {SOCKET}": "no such user"}, "nothing listens"),
    ],
)
@pytest.mark.parametrize(
    ("written", "chroot"), [(SOCKET, "n"), ("/milter/x", "y"), ("milter/x", "-")]
)
def test_a_socket_of_a_milter(
    written: str, chroot: str, commands: dict[str, str], said: str | None
) -> None:
    usual = {"ss -lx": LISTENS, f"stat {SOCKET}": "socket:opendkim"}
    case = served(
        main=(f"smtpd_milters = unix:{written}",),
        files={MASTER: f"smtp inet n - {chroot} - - smtpd\nsmtp unix - - y - - smtp\n"},
        commands={**usual, **commands},
    )
    found = fired(case).get("server-milter-silent")
    assert (found is None) is (said is None)
    if found and said:
        assert said in found.message
        joins = "usermod -aG opendkim postfix"
        assert (found.remedy.steps == (Execute(joins),)) is ("write" in said)


ROWS = {
    "server-senders-not-signed": "boss@example.com rsa\n",
    "server-domain-not-signed": "*@example.net rsa\n",
    "server-signing-tables-broken": "*@example.com gone\n",
}


@pytest.mark.parametrize("rule", ROWS)
@pytest.mark.parametrize("kind", ["refile:", ""])
def test_what_opendkim_lacks_is_cured_by_its_remedy(rule: str, kind: str) -> None:
    rows = ROWS[rule] if kind else ROWS[rule].replace("*@", "")
    conf = OPENDKIM["/etc/opendkim.conf"].replace("refile:/st", f"{kind}/st")
    keys = {f"/etc/dkimkeys/example.com.{name}.key": FILES[RSA_KEY] for name in ("r202611",)}
    case = with_opendkim(files={"/etc/opendkim.conf": conf, "/st": rows} | keys)
    finding = fired(case)[rule]
    assert "systemctl restart opendkim" in finding.remedy.note
    assert fired(applied(case, finding.remedy)) == {}


def test_a_key_that_stands_in_the_table_is_neither_shown_nor_a_fault() -> None:
    case = with_opendkim(files={"/kt": "* example.com:r202611:MIIEowIBAAKCAQEA\n"})
    assert "MIIE" not in repr(outcome(case))
    assert "server-signing-tables-broken" not in fired(case)


def test_an_opendkim_that_nobody_asks_signs_nothing() -> None:
    case = served(files={**OPENDKIM, "/st": "*@example.com gone\n"})
    assert fired(case) == {}
    silent = "try_fallback = false;\nuse_esld = false;\n"
    case = served(files={**OPENDKIM, "/etc/rspamd/local.d/dkim_signing.conf": silent})
    assert list(fired(case)) == ["server-domain-not-signed"]


def test_an_rspamd_that_nobody_asks_is_left_alone() -> None:
    case = with_opendkim()
    stock = {"/etc/rspamd/local.d/dkim_signing.conf": "enabled = false;\n"}
    assert fired(msgspec.structs.replace(case, files=case.files | stock)) == {}


def test_with_no_signer_at_all_it_is_undetermined_who_signs() -> None:
    case = with_opendkim()
    bare = {p: t for p, t in case.files.items() if p not in OPENDKIM}
    result = outcome(msgspec.structs.replace(case, files=bare))
    assert result.findings == ()
    (gap,) = result.undetermined
    assert "apt install rspamd" in gap.why
    assert "server-domain-not-signed" in gap.rules


def test_the_trap_of_local_addrs_names_what_is_trusted() -> None:
    finding = fired(served(files={OPTIONS: None}))["server-rspamd-trusts-networks"]
    assert "10.0.0.0/8" in finding.message
    assert "override.d/options.inc" in json.dumps(msgspec.to_builtins(finding.remedy))
