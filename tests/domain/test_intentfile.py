"""The intent file: what it means, what it says when it cannot be used, and the way back."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.strategies import intents
from mailworthy.domain.intent import DmarcWish, Domain, Host, Intent, SenderWish, SpfEnd, Waiver
from mailworthy.domain.intentfile import IntentError, dumps, load, loads

HOST = '[hosts."mail.example.com"]\nipv4 = ["192.0.2.25"]\nmx = 10\n'
DOMAIN = HOST + '[domains."example.com"]\n'

FULL = """\
[hosts."Mail.Example.COM."]
ipv4 = ["192.0.2.25"]
ipv6 = ["2001:DB8:0::25"]
mx = 10

[domains."bücher.example"]
people = false
reports = "dmarc@Bücher.example"
senders = ["mailchimp", { include = "spf.x.example", dkim = { s1 = "k.x.example" } }]
nameservers = ["ns1.example.net"]
spf = "fail"
spf_terms = ["ip4:198.51.100.7"]
ca = ["letsencrypt.org"]
selectors = ["Default"]
dmarc.p = "quarantine"

[domains."parked.example"]
parked = true

[[waive]]
rule = "dnssec-unsigned"
reason = "our registrar cannot yet"
until = 2027-01-31
"""


def test_everything_is_read() -> None:
    assert loads(FULL) == Intent(
        hosts={"mail.example.com": Host(ipv4=("192.0.2.25",), ipv6=("2001:db8::25",), mx=10)},
        domains={
            "xn--bcher-kva.example": Domain(
                people=False,
                reports="dmarc@xn--bcher-kva.example",
                senders=(
                    "mailchimp",
                    SenderWish(include="spf.x.example", dkim={"s1": "k.x.example"}),
                ),
                nameservers=("ns1.example.net",),
                spf=SpfEnd.FAIL,
                spf_terms=("ip4:198.51.100.7",),
                ca=("letsencrypt.org",),
                selectors=("default",),
                dmarc=DmarcWish(p="quarantine"),
            ),
            "parked.example": Domain(parked=True),
        },
        waive=(Waiver("dnssec-unsigned", "our registrar cannot yet", date(2027, 1, 31)),),
    )


# Text, position, and words of the message.
FAULTS = {
    "syntax": ("[hosts\n", ":1:", "Expected"),
    "unquoted name": ("[hosts.mail.example.com]\nmx = 1\n", ":1:2:", 'quotes: [hosts."mail'),
    "unknown table": ("[domain.x]\n", ":1:2:", "did you mean domains?"),
    "unknown key": (DOMAIN + 'reprots = "a@b.example"\n', ":5:1:", "did you mean reports?"),
    "unknown key of a host": (HOST + "send = true\n", ":4:1:", "did you mean sends?"),
    "unknown key of a policy": (DOMAIN + 'dmarc.pp = "none"\n', ":5:1:", "did you mean p?"),
    "text for a list": ('[hosts."m.example.com"]\nipv4 = "192.0.2.1"\n', ":2:1:", "brackets"),
    "text for a number": (HOST.replace("10", '"10"'), ":3:1:", "whole number"),
    "true for a number": (HOST.replace("10", "true"), ":3:1:", "whole number"),
    "mx too large": (HOST.replace("10", "65536"), ":3:1:", "65535"),
    "no address": ('[hosts."m.example.com"]\nmx = 1\n', ":1:2:", "needs an address"),
    "no such address": (HOST.replace("192.0.2.25", "192.0.2.256"), ":2:1:", "not an IP address"),
    "leading zeros": (HOST.replace("192.0.2.25", "192.0.2.025"), ":2:1:", "not an IP address"),
    "wrong family": (HOST.replace("192.0.2.25", "2001:db8::1"), ":2:1:", "under ipv6"),
    "any address": (HOST.replace("192.0.2.25", "0.0.0.0"), ":2:1:", "no address"),
    "loopback": (HOST.replace("192.0.2.25", "127.0.0.1"), ":2:1:", "this machine"),
    "multicast": (HOST.replace("192.0.2.25", "224.0.0.1"), ":2:1:", "multicast"),
    "broadcast": (HOST.replace("192.0.2.25", "255.255.255.255"), ":2:1:", "reserved"),
    "scope": ('[hosts."m.example.com"]\nipv6 = ["fe80::1%eth0"]\n', ":2:1:", "not an IP"),
    "mapped": ('[hosts."m.example.com"]\nipv6 = ["::ffff:192.0.2.1"]\n', ":2:1:", "disguise"),
    "two owners": (HOST + '[hosts."b.example.com"]\nipv4 = ["192.0.2.25"]\n', ":4:2:", "only one"),
    "bad host": ('[hosts."ma il.example.com"]\n', ":1:2:", "letters, digits and hyphens"),
    "single label": ('[hosts."localhost"]\nmx = 1\n', ":1:2:", "full host name"),
    "an address as a name": ('[hosts."192.0.2.1"]\nmx = 1\n', ":1:2:", "full host name"),
    "underscore": ('[domains."_dmarc.example.com"]\n', ":1:2:", "full host name"),
    "twice": (DOMAIN + '[domains."EXAMPLE.com"]\n', ":5:2:", "twice"),
    "web reports": (DOMAIN + 'reports = "https://x.example/"\n', ":5:1:", "not to a web address"),
    "mailto": (DOMAIN + 'reports = "mailto:a@x.example"\n', ":5:1:", "without mailto"),
    "no mailbox": (DOMAIN + 'reports = "dmarc"\n', ":5:1:", "name@domain"),
    "non-ASCII mailbox": (DOMAIN + 'reports = "dmärc@x.example"\n', ":5:1:", "mail"),
    "unknown host": (DOMAIN + 'hosts = ["mial.example.com"]\n', ":5:1:", "did you mean mail.ex"),
    "unknown sender": (DOMAIN + 'senders = ["mailchmp"]\n', ":5:1:", "did you mean mailchimp"),
    "open blanks": (DOMAIN + 'senders = ["sendgrid"]\n', ":5:1:", 'account = "…"'),
    "key of a sender": (DOMAIN + 'senders = [{ nam = "x" }]\n', ":5:1:", "did you mean name?"),
    "empty sender": (DOMAIN + "senders = [{}]\n", ":5:1:", "needs a name"),
    "selector taken": (
        DOMAIN + 'selectors = ["k1"]\nsenders = [{ dkim = { k1 = "a.b.example" } }]\n',
        ":6:1:",
        "both need k1._domainkey.example.com",
    ),
    "bad selector": (DOMAIN + 'selectors = ["a_b"]\n', ":5:1:", "no selector"),
    "selector path": (DOMAIN + 'selectors = ["../../etc"]\n', ":5:1:", "no selector"),
    "bad policy": (DOMAIN + 'dmarc.p = "monitor"\n', ":5:1:", "none, quarantine, reject"),
    "fo alone": (DOMAIN + 'dmarc.fo = "1"\n', ":5:1:", "without ruf"),
    "fo both": (DOMAIN + 'dmarc = { fo = "0:1", ruf = ["a@example.com"] }\n', ":5:1:", "0 or 1"),
    "spf word": (DOMAIN + 'spf = "hard"\n', ":5:1:", "softfail, fail"),
    "spf end": (DOMAIN + 'spf_terms = ["-all"]\n', ":5:1:", "softfail"),
    "spf term": (DOMAIN + 'spf_terms = ["ip4:192.0.2.256"]\n', ":5:1:", "not one SPF mechanism"),
    "two spf terms": (DOMAIN + 'spf_terms = ["a mx"]\n', ":5:1:", "not one SPF mechanism"),
    "bad ca": (DOMAIN + 'ca = ["; x=y"]\n', ":5:1:", "names no CA"),
    "nameserver": (DOMAIN + 'nameservers = ["ns1.example.net=x"]\n', ":5:1:", "NAME=ADDRESS"),
    "nameserver inside": (DOMAIN + 'nameservers = ["ns1.example.com"]\n', ":5:1:", "needs its add"),
    "no_mail": (DOMAIN + 'no_mail = ["_x"]\n', ":5:1:", "such as www"),
    "no_mail of all": (DOMAIN + 'no_mail = ["example.com"]\n', ":5:1:", "below the domain"),
    "no host": (
        HOST + '[domains."example.com"]\nhosts = []\n',
        ":4:2:",
        "no host serves example.com",
    ),
    "tls key": (DOMAIN + 'tls_keys = ["mial.example.com=x.pem"]\n', ":5:1:", "did you mean mail"),
    "ttl": (DOMAIN + "ttl = 1\n", ":5:1:", "604800"),
    "parked host": (DOMAIN + "parked = true\n", ":1:2:", "which is parked"),
    "parked sender": (
        HOST + '[domains."p.example"]\nparked = true\nsenders = ["mailchimp"]\n',
        ":6:1:",
        "senders says nothing",
    ),
    "parked reports": (
        DOMAIN + 'reports = "a@p.example"\n[domains."p.example"]\nparked = true\n',
        ":5:1:",
        "receives nothing",
    ),
    "waiver without reason": ('[[waive]]\nrule = "x"\nuntil = 2027-01-01\n', ":1:3:", "reason"),
    "waiver without end": ('[[waive]]\nrule = "x"\nreason = "y"\n', ":1:3:", "until is missing"),
    "second waiver": (
        '[[waive]]\nrule = "x"\nreason = "y"\nuntil = 2027-01-01\n'
        '[[waive]]\nrule = "X"\nreason = "y"\nuntil = 2027-01-01\n',
        ":6:1:",
        "no rule's id",
    ),
    "no date": (
        '[[waive]]\nrule = "x"\nreason = "y"\nuntil = "soon"\n',
        ":4:1:",
        "until should be a date such as 2027-01-31, without quotes",
    ),
    "a date of its own": (
        '[[waive]]\nrule = "x"\nreason = "y"\nuntil = "31.12.2026"\n',
        ":4:1:",
        "write until = 2026-12-31, without quotes",
    ),
    "a day that is none": (
        '[[waive]]\nrule = "x"\nreason = "y"\nuntil = "31.02.2026"\n',
        ":4:1:",
        "until should be a date",
    ),
    "address without quotes": (
        '[hosts."a.example"]\nipv4 = [45.76.81.20, 45.76.81.21]  # two\n',
        ":2:",
        'quotes are missing: ipv4 = ["45.76.81.20", "45.76.81.21"]',
    ),
    "IPv6 without quotes": (
        '[hosts."a.example"]\nipv6 = [2001:db8::25]\n',
        ":2:",
        'quotes are missing: ipv6 = ["2001:db8::25"]',
    ),
    "mailbox without quotes": (
        '[domains."a.example"]\nreports = a@a.example\n',
        ":2:",
        'quotes are missing: reports = "a@a.example"',
    ),
    "hosts is no table": ("hosts = 1\n", ":1:1:", "tables"),
    "waive is a table": ("[waive]\nx = 1\n", ":1:2:", "two brackets"),
    "deep": ("a = " + "[" * 100_000, "f.toml", "nested"),
    "U-label": ('[domains."bücher.example"]\nttl = 1\n', ":2:1:", "ttl"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_line_with_its_place(name: str) -> None:
    text, place, words = FAULTS[name]
    with pytest.raises(IntentError) as caught:
        loads(text, source="f.toml")
    message = str(caught.value)
    assert message.startswith("f.toml")
    assert place in message
    assert words in message
    assert "\n" not in message


def outcome(text: str) -> str:
    """The error, or nothing; any other exception goes through."""
    try:
        loads(text)
    except IntentError as error:
        return str(error)
    return ""


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert "\n" not in outcome(text)


@given(st.sampled_from([t for t, _, _ in FAULTS.values() if len(t) < 1000]), st.data())
def test_no_damage_breaks_the_reader(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    piece = data.draw(st.sampled_from(['"', "[", "]", "=", "\n", "{", "\x00", "ß", "[[a]]\n", ","]))
    assert "\n" not in outcome(text[:at] + piece + text[at:])


@given(intents())
def test_what_is_written_is_read_back(intent: Intent) -> None:
    assert loads(dumps(intent)) == intent


def test_defaults_are_not_written() -> None:
    intent = loads(DOMAIN + 'reports = "dmarc@example.com"\n')
    lines = [line for line in dumps(intent).splitlines() if line and not line.startswith("#")]
    assert [line.partition("  #")[0] for line in lines] == [
        '[hosts."mail.example.com"]',
        'ipv4 = ["192.0.2.25"]',
        "mx = 10",
        '[domains."example.com"]',
        'reports = "dmarc@example.com"',
    ]


def test_a_person_sees_the_u_label() -> None:
    intent = Intent(
        hosts={"mail.example.com": Host(ipv4=("192.0.2.25",))},
        domains={"xn--bcher-kva.example": Domain()},
    )
    assert "# bücher.example\n" in dumps(intent)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "mailworthy.toml"
    path.write_text(FULL)
    assert load(path) == loads(FULL)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "No such file"),
        (b"# \xff\n", ":1: an octet that is not UTF-8"),
        (b"#" * (1 << 20) + b"##", "larger than 1 MiB"),
    ],
)
def test_unusable_files(tmp_path: Path, data: bytes | None, words: str) -> None:
    path = tmp_path / "mailworthy.toml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(IntentError, match=words):
        load(path)
