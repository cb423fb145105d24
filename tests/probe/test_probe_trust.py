"""Chains of certificates, judged without a connection."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import issued, root
from mailworthy.errors import UsageError
from mailworthy.lookup.model import Why
from mailworthy.probe import tls
from mailworthy.probe.reach import missed
from mailworthy.probe.trust import untrusted

TODAY = datetime.now(UTC)
ROOT = issued(authority=True, title="Trust Root", start=TODAY - timedelta(days=900), days=2000)
BETWEEN = ROOT.issue(
    authority=True,
    title="Between",
    start=TODAY - timedelta(days=9),
    key=ec.generate_private_key(ec.SECP384R1()),
)


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    path = tmp_path_factory.mktemp("trust") / "ca.pem"
    path.write_bytes(ROOT.certificate.public_bytes(Encoding.PEM))
    return tls.trusting(str(path))


def good(**more: Any) -> Any:
    return ROOT.issue("a.example", **{"start": TODAY - timedelta(days=1), **more})


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 1024),
        rsa.generate_private_key(65537, 2048),
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP521R1()),
        ed25519.Ed25519PrivateKey.generate(),
    ],
    ids=lambda key: f"{type(key).__name__}-{getattr(key, 'key_size', '')}",
)
def test_keys_of_all_kinds(key: Any, authorities: ssl.SSLContext) -> None:
    assert untrusted([good(key=key).der], authorities) == ""


def test_a_key_that_nobody_could_use(authorities: ssl.SSLContext) -> None:
    class Huge:
        def public_key(self) -> rsa.RSAPublicKey:
            return rsa.RSAPublicNumbers(65537, (1 << 16383) + 12345).public_key()

    assert untrusted([good(key=Huge()).der], authorities) == ""


def test_chains(authorities: ssl.SSLContext) -> None:
    leaf = BETWEEN.issue("a.example", start=TODAY - timedelta(days=1))
    assert untrusted([leaf.der, BETWEEN.der], authorities) == ""
    assert untrusted([leaf.der, BETWEEN.der, ROOT.der], authorities) == ""
    assert untrusted([leaf.der, good().der, BETWEEN.der], authorities) == ""
    assert "unable to get local issuer" in untrusted([leaf.der], authorities)
    assert untrusted([leaf.der, BETWEEN.der] * 40, authorities) == ""


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        ([], "no certificate"),
        ([b""], "cannot be read"),
        ([b"nonsense"], "cannot be read"),
        ([good().der[:-9]], "cannot be read"),
        ([good().der + b"x"], "cannot be read"),
        ([good(start=TODAY - timedelta(days=800), days=30).der], "has expired"),
        ([good(start=TODAY + timedelta(days=2)).der], "not yet valid"),
        ([issued(["a.example"]).der], "self-signed"),
        ([issued(["a.example"]).der, ROOT.der], "self-signed"),
        ([root("Trust Root").issue("a.example").der], "signature failure"),
    ],
)
def test_what_is_not_trusted(chain: list[bytes], said: str, authorities: ssl.SSLContext) -> None:
    assert said in untrusted(chain, authorities)


def test_authorities_of_this_machine_know_none_of_these() -> None:
    assert untrusted([good().der], tls.trusting()) != ""


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=4), st.integers(0, 400), st.binary(max_size=3))
def test_never_raises(chain: list[bytes], at: int, change: bytes) -> None:
    der = LEAF.der[:at] + change + LEAF.der[at + len(change) :]
    for tried in (chain, [der]):
        assert untrusted(tried, tls.trusting()).isprintable()


LEAF = good()


def test_a_ca_file_must_be_one(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    with pytest.raises(UsageError, match="no file"):
        tls.strict(str(path))
    path.write_text("nothing")
    with pytest.raises(UsageError, match="cannot be read"):
        tls.trusting(str(path))
    with pytest.raises(UsageError, match="no version"):
        tls.lenient("TLSv9")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ConnectionRefusedError(111, "refused"), Why.UNREACHABLE),
        (OSError(113, "no route to host"), Why.UNREACHABLE),
        (OSError(101, "network unreachable"), Why.NO_MEANS),
        (OSError(99, "cannot assign"), Why.NO_MEANS),
        (PermissionError(1, "not permitted"), Why.NO_MEANS),
        (OSError("\x1b[2J"), Why.UNREACHABLE),
    ],
)
def test_whose_fault_it_is(error: OSError, why: Why) -> None:
    found, detail = missed(error, "2001:db8::1")
    assert found is why
    assert detail.isprintable()
    assert ("IPv6" in detail) == (why is Why.NO_MEANS)
