"""Whatever a server says of itself, an audit ends and is shown safely; not knowing is no fault."""

import re
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casekit import target
from mailworthy.audit.collect import Target, collect
from mailworthy.audit.facade import Audit, conclude
from mailworthy.audit.healthyserver import (
    CERTIFICATE,
    ED25519,
    OTHER_KEY,
    RSA,
    SELF_SIGNED,
    served,
)
from mailworthy.audit.rule import load
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Ask, Reply, Why, failed
from mailworthy.render import document
from mailworthy.servers.reading.model import (
    CertificateFile,
    KeyFile,
    Listener,
    OpenDkim,
    Postfix,
    Rspamd,
    Server,
    Service,
    SigningKey,
    Unread,
)
from mailworthy.servers.reading.postfix import NAMES

RULES = [rule for rule in load() if rule.family == "server"]
CASE = served()
WORLD = Memory.from_zone(
    CASE.zones,
    signed=CASE.signed,
    fetches={u: b.encode() for u, b in CASE.fetches.items() if isinstance(b, str)},
)
HEALTHY = target(CASE)
STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
COLOUR = re.compile("\x1b\\[[0-9;]*m")

ODD = st.sampled_from(
    [
        *(
            "",
            "x",
            "\x1b[31m",
            "\u202e",
            "$(id)",
            "'\"; touch x",
            "a b",
            "{ {",
            "0.0.0.0/0",
            "::/0",
        ),
        *(
            "mail.example.com",
            "example.com",
            "localhost",
            "192.0.2.25",
            "2001:db8::25",
            "[::1]/128",
        ),
        *("permit", "reject", "warn_if_reject reject", "reject_unauth_destination", "none", "may"),
        *("inet:127.0.0.1:99999999", "inet:[::1]:11332", "unix:/x", "yes", "no", "6", "999999999"),
        *("header", "encrypt", ">=TLSv1", "!SSLv2", "x" * 3000, "²", "é", "xn--a", "%s{0}"),
    ]
)
TEXT = st.one_of(ODD, st.text(max_size=20), st.lists(ODD, max_size=4).map(" ".join))
TEXTS = st.lists(TEXT, max_size=4).map(tuple)
KEYS = st.sampled_from([f"k=rsa; p={RSA}", f"k=ed25519; p={ED25519}", "k=rsa; p=AAAA", "", "\x1b"])
PEMS = st.sampled_from([CERTIFICATE, OTHER_KEY, SELF_SIGNED, "-----BEGIN CERTIFICATE-----", "\x1b"])
PATHS = st.sampled_from(["/k/1", "/k/2", "\x1b[0m/x", "/a 'b'"])
UNREAD = st.builds(Unread, TEXT, TEXT, st.booleans())
SIGNING_KEYS = st.lists(
    st.builds(SigningKey, st.sampled_from(["example.com", "x.example"]), TEXT, PATHS), max_size=3
).map(tuple)
POSTFIX = st.builds(
    Postfix,
    folder=TEXT,
    version=TEXT,
    values=st.dictionaries(st.sampled_from(NAMES), TEXT, max_size=len(NAMES)),
    given=TEXTS,
    unknown=TEXTS,
    services=st.lists(
        st.builds(
            Service,
            st.one_of(st.just("smtp"), TEXT),
            st.sampled_from(["inet", "pass", "unix"]),
            st.sampled_from(["smtpd", "x"]),
            st.dictionaries(st.sampled_from(NAMES), TEXT, max_size=5),
        ),
        max_size=3,
    ).map(tuple),
    accepts=st.dictionaries(TEXT, TEXTS, max_size=3),
    sealed=TEXTS,
)
RSPAMD = st.builds(
    Rspamd,
    folder=TEXT,
    local=TEXTS,
    keys=SIGNING_KEYS,
    signing=st.dictionaries(TEXT, st.one_of(TEXT, st.booleans()), max_size=4),
    off=TEXTS,
    dmarc=st.dictionaries(st.sampled_from(["none", "quarantine", "reject"]), TEXT),
    headers=TEXTS,
    milters=TEXTS,
)
OPENDKIM = st.builds(OpenDkim, file=TEXT, mode=TEXT, keys=SIGNING_KEYS, socket=TEXT)
SERVERS = st.builds(
    Server,
    where=TEXT,
    hostname=st.one_of(TEXT, UNREAD),
    postfix=st.one_of(POSTFIX, UNREAD),
    rspamd=st.one_of(RSPAMD, UNREAD),
    opendkim=st.one_of(OPENDKIM, UNREAD),
    addresses=st.one_of(TEXTS, UNREAD),
    sources=st.one_of(st.just(("192.0.2.26",)), TEXTS, UNREAD),
    listening=st.one_of(
        st.lists(st.builds(Listener, TEXT, st.integers()), max_size=2).map(tuple), UNREAD
    ),
    keys=st.lists(
        st.builds(KeyFile, path=PATHS, text=KEYS, why=TEXT, mode=st.none() | st.integers(0, 4095)),
        max_size=3,
    ).map(tuple),
    certificates=st.lists(
        st.builds(
            CertificateFile, path=PATHS, services=TEXTS, chain=st.lists(PEMS, max_size=2).map(tuple)
        ),
        max_size=2,
    ).map(tuple),
)


def judged(server: Any, world: Any = WORLD, **more: Any) -> Audit:
    wish: Target = msgspec.structs.replace(HEALTHY, server=server, **more)
    return conclude(drive(collect(wish), world), RULES, ())


def rules(audit: Audit) -> set[str]:
    return {f.rule for f in audit.findings}


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(SERVERS)
def test_whatever_a_server_says_an_audit_ends(server: Server) -> None:
    audit = judged(server)
    for finding in audit.findings:
        shown = (finding.message, *(f"{e.command}{e.said}" for e in finding.evidence))
        assert not any(map(STEERS.search, shown)), finding.rule
    for name in ("text", "markdown", "html", "sarif", "junit", "json"):
        assert not STEERS.search(COLOUR.sub("", document(name)([audit]))), name


@settings(max_examples=100)
@given(SERVERS)
def test_a_reading_comes_back_from_a_recording(server: Server) -> None:
    line = msgspec.json.encode(msgspec.to_builtins(server))
    again = msgspec.convert(msgspec.json.decode(line), Server)
    assert again == server
    assert judged(again) == judged(server)


class Mute:
    """The world of the healthy server, in which one question is not answered."""

    def __init__(self, mute: Ask | None = None) -> None:
        self.mute = mute
        self.asked: dict[Ask, None] = {}

    def instant(self, ask: Ask) -> Reply:
        self.asked[ask] = None
        return failed(ask, Why.SERVFAIL) if ask == self.mute else WORLD.instant(ask)


def test_no_answer_is_no_finding() -> None:
    world = Mute()
    usual = rules(judged(HEALTHY.server, world))
    assert usual == set()
    for ask in world.asked:
        audit = judged(HEALTHY.server, Mute(ask))
        assert rules(audit) == set(), ask
        assert audit.exit_code() in (0, 3)


PARTS = ("postfix", "rspamd", "addresses", "sources", "listening", "hostname")


@pytest.mark.parametrize("part", PARTS)
def test_what_was_not_read_is_no_finding(part: str) -> None:
    server = msgspec.structs.replace(HEALTHY.server, **{part: Unread(part, "broken")})
    audit = judged(server)
    assert rules(audit) == set()
    if part in ("postfix", "rspamd", "addresses"):
        assert audit.exit_code() == 3
        assert any("broken" in gap.why for gap in audit.undetermined)


def test_a_server_that_was_not_read_at_all_is_undetermined() -> None:
    audit = judged(Unread("the server itself", "not in the recording"))
    assert rules(audit) == set()
    assert audit.exit_code() == 3


def test_what_concerns_the_whole_server_is_said_once() -> None:
    server = msgspec.structs.replace(
        HEALTHY.server, rspamd=msgspec.structs.replace(_rspamd(), local=("10.0.0.0/8",))
    )
    assert rules(judged(server)) == {"server-rspamd-trusts-networks"}
    assert rules(judged(server, first=False)) == set()


def _rspamd() -> Rspamd:
    assert isinstance(HEALTHY.server, Server)
    assert isinstance(HEALTHY.server.rspamd, Rspamd)
    return HEALTHY.server.rspamd
