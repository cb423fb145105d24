"""Intents to configure, and a folder to write them to."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import strategies as st

from mailworthy.domain.intent import Domain, Host, Intent, MtaStsMode
from mailworthy.servers import ConfigFile, DmarcReject, configuration

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ONE = Host(ipv4=("192.0.2.25",), ipv6=("2001:db8::25",), mx=10)

INTENTS = {
    "article": Intent(
        hosts={"mail.example.com": ONE},
        domains={"example.com": Domain(selectors=("default",))},
    ),
    "several": Intent(
        hosts={"mail.example.com": ONE},
        domains={
            "example.com": Domain(dnssec=True),
            "example.org": Domain(people=False, mta_sts=MtaStsMode.ENFORCE),
            "xn--mnchen-3ya.example": Domain(mta_sts=MtaStsMode.NONE),
            "off.example": Domain(mta_sts=MtaStsMode.OFF, clients=False),
            "parked.example": Domain(parked=True),
        },
    ),
    "parked only": Intent(domains={"parked.example": Domain(parked=True)}),
    "parked with a host": Intent(
        hosts={"mail.example.com": ONE}, domains={"parked.example": Domain(parked=True)}
    ),
    "ipv4 only": Intent(
        hosts={"mail.example.com": Host(ipv4=("192.0.2.25", "192.0.2.26"), mx=10)},
        domains={"example.com": Domain()},
    ),
    "two hosts": Intent(
        hosts={
            "mx.example.com": Host(ipv6=("2001:db8::1",), mx=10, sends=False),
            "out.example.com": Host(ipv4=("198.51.100.7",), ipv6=("2001:db8::2", "2001:db8::3")),
            "web.example.com": Host(ipv4=("198.51.100.8",), sends=False),
        },
        domains={"example.com": Domain(), "example.net": Domain(hosts=("out.example.com",))},
    ),
}

LABELS = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,3})?", fullmatch=True)
V4 = st.ip_addresses(network="192.0.2.0/24").map(str)
V6 = st.ip_addresses(network="2001:db8::/32").map(str)
HOSTS = st.builds(
    Host,
    ipv4=st.lists(V4, max_size=2, unique=True).map(tuple),
    ipv6=st.lists(V6, max_size=2, unique=True).map(tuple),
    mx=st.none() | st.integers(0, 65535),
    sends=st.booleans(),
)
DOMAINS = st.builds(
    Domain,
    people=st.booleans(),
    parked=st.booleans(),
    dnssec=st.booleans(),
    clients=st.booleans(),
    selectors=st.lists(LABELS, max_size=2, unique=True).map(tuple),
    mta_sts=st.sampled_from(MtaStsMode),
)
ANY_INTENT = st.builds(
    Intent,
    hosts=st.dictionaries(LABELS.map("{}.example.com".format), HOSTS, max_size=3),
    domains=st.dictionaries(LABELS.map("{}.example".format), DOMAINS, max_size=4),
)


def files(
    intent: Intent, dmarc_reject: DmarcReject = DmarcReject.INDEPENDENT
) -> dict[str, ConfigFile]:
    """The configuration by path."""
    return {f.path: f for f in configuration(intent, now=NOW, dmarc_reject=dmarc_reject)}


def write(found: dict[str, ConfigFile], folder: Path) -> Path:
    """The folder as `config` would write it."""
    for path, file in found.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text)
        target.chmod(file.mode)
    return folder


def need(*programs: str) -> None:
    """Skip where a program is missing (under CI that is a failure)."""
    for program in programs:
        if not shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin"):
            pytest.skip(f"{program} is not installed")


def need_root() -> None:
    """Skip for anybody else: these daemons start as root and change to a user of their own."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
