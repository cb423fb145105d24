"""Faults of a real mail server are found by calling it, and cured by their remedies."""

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.authority import Issued
from lab.delivery import DOMAIN, HOST, published, serving_policy
from lab.internet import Lab
from lab.machine import wait_for
from lab.mailhost import LIVE, MailHost
from lab.pick import some
from lab.plan import NETWORKS
from lab.test_server import MAIN, configured, cure, kept

pytestmark = pytest.mark.lab
MASTER = "/etc/postfix/master.cf"
FILE = f"{LIVE}/{HOST}/fullchain.pem"
FAMILIES = ("smtp-", "tls-", "dane-", "mtasts-", "bimi-", "srv-")
OLD = ("tls_medium_cipherlist = ALL:@SECLEVEL=0", "smtpd_tls_ciphers = medium")
LOGIN = (
    "smtpd_sasl_auth_enable = yes",
    "smtpd_sasl_type = dovecot",
    "smtpd_sasl_path = private/auth",
)
MAYBE = ("--deadline", "60")  # something may be undetermined
TRIALS = ("--trial", "vrfy,relay")
Finding = dict[str, Any]


def called(lab: Lab, *more: str) -> dict[str, Finding]:
    """What is found from outside, by rule."""
    where = ("--connect", "--allow", ",".join(NETWORKS), "--dir", str(lab.receiver.folder))
    done = lab.mailworthy(lab.sender, "check", DOMAIN, *where, *more, "--format", "json")
    assert done.returncode in (0, 1, 3), done.stderr
    (audit,) = json.loads(done.stdout)["audits"]
    assert more == MAYBE or not audit["undetermined"], audit["undetermined"]
    return {f["rule"]: f for f in audit["findings"] if f["rule"].startswith(FAMILIES)}


def found_and_cured(lab: Lab, rule: str, *more: str) -> Finding:
    """The fault is found alone, and gone after its remedy."""
    found = called(lab, *more)
    assert set(found) == {rule}
    cure(lab, lab.receiver, filled(lab, found[rule]))
    assert called(lab, *more) == {}
    return found[rule]


def filled(lab: Lab, finding: Finding) -> Finding:
    """The finding with its blank filled, by the command that the remedy gives."""
    for blank in finding["remedy"].get("blanks", ()):
        command = blank["meaning"].split("`")[1].replace("CERTIFICATE", FILE)
        value = lab.receiver.script(command).split()[0]
        text = json.dumps(finding).replace(f"<{blank['placeholder']}>", value)
        finding = json.loads(text)
    return finding


def test_what_mailworthy_wrote_is_healthy_from_outside(lab: Lab) -> None:
    assert called(lab, *TRIALS) == {}


SETTINGS: dict[str, tuple[str, ...]] = {
    "smtp-banner-no-name": ("smtpd_banner = localhost ESMTP",),
    "smtp-banner-differs": ("smtpd_banner = mail.elsewhere.example ESMTP",),
    "smtp-size-small": ("message_size_limit = 102400",),
    "smtp-no-8bitmime": ("smtpd_discard_ehlo_keywords = 8bitmime",),
    "smtp-no-pipelining": ("smtpd_discard_ehlo_keywords = pipelining",),
    "smtp-login-on-port-25": LOGIN,
    "smtp-vrfy-tells": ("disable_vrfy_command = no",),
    "dane-without-tls": ("smtpd_tls_security_level = none",),
    "tls-old-versions": ("smtpd_tls_protocols = >=TLSv1", *OLD),
    "tls-only-old-versions": ("smtpd_tls_protocols = TLSv1.1", *OLD),
}


RELAYS = {
    "everybody's networks": "mynetworks = 0.0.0.0/0 [::]/0",
    "a table": (
        "smtpd_relay_restrictions = permit_mynetworks, check_client_access static:OK, "
        "reject_unauth_destination"
    ),
}


@pytest.mark.parametrize("name", some(RELAYS, "everybody's networks"))
def test_an_open_relay(lab: Lab, name: str) -> None:
    with configured(lab.receiver, RELAYS[name]):
        found_and_cured(lab, "smtp-open-relay", "--trial", "relay")
    assert not lab.receiver.run(["postqueue", "-p"]).stdout.count("example.org")


@pytest.mark.parametrize(
    "rule", some(SETTINGS, "smtp-banner-differs", "dane-without-tls", "tls-old-versions")
)
def test_a_setting_of_postfix(lab: Lab, rule: str) -> None:
    with configured(lab.receiver, *SETTINGS[rule]):
        found_and_cured(lab, rule, *TRIALS)


def test_an_address_at_which_nobody_listens(lab: Lab) -> None:
    host = lab.receiver
    with kept(host, MAIN):
        host.script("postconf -e inet_protocols=ipv4")
        restart(host)
        try:
            found = called(lab)
            assert set(found) == {"smtp-ipv6-closed"}
            cure(lab, host, found["smtp-ipv6-closed"])
        finally:
            host.script("postconf -e inet_protocols=all")
            restart(host)
        assert called(lab) == {}


def restart(host: MailHost) -> None:
    """A reload is not enough for addresses."""
    host.script("postfix stop 2>&1")
    wait_for("Postfix to end", lambda: not host.answers(25))
    host.script("postfix start 2>&1")
    wait_for("Postfix to begin", lambda: host.answers(25))


def test_passwords_in_clear_text(lab: Lab) -> None:
    with configured(lab.receiver, *LOGIN, "smtpd_tls_auth_only = no"):
        found = called(lab)
        assert set(found) == {"smtp-login-in-clear"}
        cure(lab, lab.receiver, found["smtp-login-in-clear"])
        assert set(called(lab)) == {"smtp-login-on-port-25"}


@pytest.mark.parametrize(
    ("rule", "option"),
    [
        ("smtp-submission-without-login", "submissions/inet/smtpd_sasl_auth_enable=no"),
        ("smtp-submission-without-encryption", "submission/inet/smtpd_tls_security_level=none"),
    ],
)
def test_submission(lab: Lab, rule: str, option: str) -> None:
    with kept(lab.receiver, MASTER):
        lab.receiver.script(f"postconf -P {option}")
        lab.receiver.reload()
        found_and_cured(lab, rule)


@contextlib.contextmanager
def showing(lab: Lab, issued: Issued) -> Iterator[None]:
    """The receiver has this certificate; `certbot` there gets it the usual one again."""
    host, place = lab.receiver, f"{LIVE}/{HOST}"
    usual = {name: host.path(f"{place}/{name}").read_bytes() for name in FILES}
    for name, data in usual.items():
        host.path(f"/root/{name}").write_bytes(data)
    host.write("/usr/local/bin/certbot", CERTBOT.format(place=place), mode=0o755)
    with host.other_certificate(issued):
        yield
    host.script("rm /usr/local/bin/certbot")


FILES = ("fullchain.pem", "privkey.pem")
CERTBOT = """\
#!/bin/sh
set -e
for word; do case "$word" in mail.receiver.example) named=yes;; esac; done
test "$named" = yes
cat /root/fullchain.pem >{place}/fullchain.pem
cat /root/privkey.pem >{place}/privkey.pem
"""
CERTIFICATES: dict[str, Callable[[Lab], Issued]] = {
    "tls-certificate-expired": lambda lab: lab.issue([HOST], expired=True),
    "tls-name-not-covered": lambda lab: lab.issue(["www.receiver.example"]),
    "tls-untrusted": lambda lab: lab.issue([HOST], self_signed=True),
}


@pytest.mark.parametrize("rule", some(CERTIFICATES, "tls-certificate-expired"))
def test_a_certificate(lab: Lab, rule: str) -> None:
    with published(lab, ()), showing(lab, CERTIFICATES[rule](lab)):
        found = called(lab)
        assert rule in found
        # Mail programs come by the same certificate.
        assert set(found) <= {rule, "tls-submission-certificate"}
        cure(lab, lab.receiver, found[rule])
        assert called(lab) == {}


def test_an_enforced_policy_that_the_server_does_not_hold(lab: Lab) -> None:
    unknown = lab.issue([HOST], self_signed=True)
    with published(lab, ()), serving_policy(lab, "enforce", HOST), showing(lab, unknown):
        found = called(lab)
        assert not [rule for rule in found if rule.startswith(("tls-cert", "tls-untrusted"))]
        assert found["mtasts-mx-not-validated"]["severity"] == "blocker"
        cure(lab, lab.receiver, found["mtasts-mx-not-validated"])
        assert "mtasts-mx-not-validated" not in called(lab)


def test_a_record_of_another_key(lab: Lab) -> None:
    with published(lab, [f"3 1 1 {'00' * 32}"]):
        found = found_and_cured(lab, "dane-matches-nothing")
    assert found["severity"] == "blocker"


def test_a_server_whose_key_is_another_one(lab: Lab) -> None:
    with kept(lab.receiver, MAIN):
        lab.receiver.script("openssl ecparam -name prime256v1 -genkey -noout -out /root/other.pem")
        lab.receiver.script("postconf -e smtpd_tls_key_file=/root/other.pem")
        lab.receiver.reload()
        with published(lab, ()):
            assert "tls-handshake-fails" in called(lab, *MAYBE)


def test_the_evidence_repeats_what_was_seen(lab: Lab) -> None:
    with published(lab, [f"3 1 1 {'00' * 32}"]):
        (found,) = called(lab).values()
    (_, shown, *_) = found["evidence"]
    assert shown["command"].startswith("openssl s_client -starttls smtp -connect ")
    said = lab.sender.run(["sh", "-c", f"{shown['command']} 2>&1"]).stdout
    assert f"subject=CN = {HOST}" in said


def test_a_web_server_without_the_files(lab: Lab) -> None:
    name = f"autoconfig.{DOMAIN}"
    path = f"/var/www/autoconfig/{DOMAIN}/mail/config-v1.1.xml"
    with kept(lab.receiver, path):
        lab.receiver.write(path, lab.receiver.path(path).read_text().replace(HOST, "old.example"))
        found = called(lab)
        assert set(found) == {"srv-autoconfig-other-host"}
        assert found["srv-autoconfig-other-host"]["subject"] == name
        lab.receiver.script(f"mv {path} {path}.away")
        assert set(called(lab)) == {"srv-autoconfig-unavailable"}
        lab.receiver.script(f"mv {path}.away {path}")
    assert called(lab) == {}
