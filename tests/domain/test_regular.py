"""What else a name on disk may stand for: pipes, devices, links, names that cannot be."""

import os
from pathlib import Path

import pytest

from mailworthy.domain.intent import Domain, Host, Intent
from mailworthy.domain.intentfile import IntentError
from mailworthy.domain.intentfile import load as load_intent
from mailworthy.domain.keys import read_public, tls_pins
from mailworthy.domain.regular import read_regular
from mailworthy.domain.write import File, read_texts, write
from mailworthy.errors import UsageError

TEXT = '[hosts."m.example.com"]\r\nipv4 = ["192.0.2.25"]\r\n'


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "example.com.r1.key"
    os.mkfifo(path, 0o600)
    return path


def test_nobody_waits_for_a_pipe(pipe: Path) -> None:
    with pytest.raises(OSError, match="no regular file"):
        read_regular(pipe, 10)
    with pytest.raises(UsageError, match="is not a key file"):
        read_public(pipe.parent, "example.com", "r1")
    with pytest.raises(IntentError, match="cannot be read"):
        load_intent(pipe)
    with pytest.raises(UsageError, match="cannot be read"):
        write(pipe.parent, {pipe.name: File("x")}, overwrite=lambda change: True)


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null", "/dev", "a\0b", "missing"])
def test_what_no_tls_key_can_be_read_from_is_a_note(name: str, tmp_path: Path) -> None:
    wish = Domain(tls_keys=(name,))
    hosts = {"m.example.com": Host(ipv4=("192.0.2.25",), mx=10)}
    pins = tls_pins(Intent(hosts=hosts, domains={"example.com": wish}), tmp_path)
    assert pins.by_host == {}
    assert len(pins.notes) == 1


def test_a_name_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_texts(tmp_path, ["a\0b"])


def test_an_intent_from_another_system_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mailworthy.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert list(load_intent(path).hosts) == ["m.example.com"]
