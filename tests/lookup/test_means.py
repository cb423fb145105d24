"""What `--dns` accepts."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailworthy.errors import UsageError
from mailworthy.lookup.live import Live
from mailworthy.lookup.live.servers import resolv_conf, servers, system
from mailworthy.lookup.means import open_resolver
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Question, Status
from mailworthy.lookup.replay import Recorder, Replay


@pytest.mark.parametrize(
    ("spec", "shown", "trusted"),
    [
        ("9.9.9.9", "9.9.9.9:53", False),
        ("9.9.9.9:5353", "9.9.9.9:5353", False),
        ("127.0.0.1", "127.0.0.1:53", True),
        ("::1", "[::1]:53", True),
        ("[2620:fe::fe]:53", "[2620:fe::fe]:53", False),
        ("2620:fe::fe", "[2620:fe::fe]:53", False),
        ("tls://9.9.9.9", "tls://9.9.9.9:853", True),
        ("tls://9.9.9.9:8853#dns.quad9.net", "tls://9.9.9.9:8853", True),
        ("tls://dns.quad9.net", "tls://dns.quad9.net:853", True),
        ("tls://[2620:fe::fe]", "tls://[2620:fe::fe]:853", True),
        ("https://dns.quad9.net/dns-query", "https://dns.quad9.net/dns-query", True),
        ("https://dns.quad9.net", "https://dns.quad9.net/dns-query", True),
        ("https://9.9.9.9:444/q", "https://9.9.9.9:444/q", True),
    ],
)
def test_servers(spec: str, shown: str, trusted: bool) -> None:
    (server,) = servers(spec)
    assert (str(server), server.trust_ad) == (shown, trusted)


def test_a_certificate_name_can_be_given() -> None:
    assert servers("tls://9.9.9.9#dns.quad9.net")[0].tls_name == "dns.quad9.net"
    assert servers("tls://9.9.9.9")[0].tls_name == "9.9.9.9"


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "dns.quad9.net",
        "9.9.9.9:0",
        "9.9.9.9:70000",
        "9.9.9.9:x",
        "9.9.9.9:\u0665",
        "[::1",
        "[::1]53",
        "9.9.9",
        "tls://",
        "tls://a b",
        "tls://9.9.9.9#a b",
        "https://",
        "https://user@host/",
        "https://host/?x=1",
        "https://[::1/",
        "https://host:99999/",
        "https://host/\n",
        "http://host/",
        "9.9.9.9\x1b[31m",
        "zone:",
        "zone:,",
        "zone:/does/not/exist",
        "replay:",
        "replay:/does/not/exist",
        "replay:/",
    ],
)
def test_what_is_no_means(spec: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_resolver(spec)
    assert str(caught.value).isprintable()


def test_a_timeout_must_make_sense() -> None:
    with pytest.raises(UsageError, match="timeout"):
        open_resolver("9.9.9.9", timeout=0)
    with pytest.raises(UsageError, match="timeout"):
        open_resolver("9.9.9.9", timeout=float("nan"))


def test_resolv_conf() -> None:
    text = """
    # comment
    nameserver 192.0.2.1
    nameserver fe80::1%eth0
    nameserver nonsense
    nameserver
    search example.com
    options edns0 {trust}
    nameserver 192.0.2.3
    nameserver 192.0.2.4
    """
    found = resolv_conf(text.format(trust=""))
    assert [s.host for s in found] == ["192.0.2.1", "fe80::1%eth0", "192.0.2.3"]
    assert [s.trust_ad for s in found] == [False] * 3
    assert all(s.trust_ad for s in resolv_conf(text.format(trust="trust-ad")))


def test_a_machine_without_servers(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "empty"):
        with pytest.raises(UsageError, match="--dns"):
            system(str(path))
        (tmp_path / "empty").write_text("search example.com\n")


def test_every_means_opens(tmp_path: Path) -> None:
    zone = tmp_path / "a.zone"
    zone.write_text("x.test. A 192.0.2.1\n")
    memory = open_resolver(f"zone:{zone},{zone}", signed=["x.test"])
    assert isinstance(memory, Memory)
    question = Question("x.test", "A")
    assert memory.instant(question).status is Status.FOUND
    with Recorder(memory, tmp_path / "r", now=datetime.now(UTC), version="1") as recorder:
        assert recorder.instant(question).ad  # type: ignore[union-attr]
    replay = open_resolver(f"replay:{tmp_path / 'r'}")
    assert isinstance(replay, Replay)
    assert replay.instant(question) == memory.instant(question)
    live = open_resolver("127.0.0.1:5353", timeout=2.0, trust_ad=False)
    assert isinstance(live, Live)
    live.close()
