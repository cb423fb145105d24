"""DKIM keys on disk: created once, closed to others, never replaced."""

import base64
import shutil
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from domain.strategies import NOW
from mailworthy.dkim.record import parse
from mailworthy.domain.dkimkey import DkimPublic
from mailworthy.domain.intent import Domain, Host, Intent
from mailworthy.domain.keys import (
    KeyKind,
    create,
    existing,
    keep,
    key_path,
    kind_of,
    load,
    new_key,
    plan,
    private_key,
    read_public,
    selectors_for,
    tls_pins,
)
from mailworthy.errors import UsageError

DOMAIN = "example.com"
INTENT = Intent(
    hosts={"mail.example.com": Host(ipv4=("192.0.2.25",), mx=10)},
    domains={DOMAIN: Domain(), "parked.example": Domain(parked=True)},
)


def ensure(directory: Path, intent: Intent, now: datetime) -> dict[str, dict[str, DkimPublic]]:
    """Plan, and keep what is new."""
    made = plan(directory, intent, now)
    keep(directory, made.fresh)
    return made.keys


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with both keys of example.com."""
    directory = tmp_path_factory.mktemp("k") / "deep" / "keys"
    ensure(directory, INTENT, NOW)
    return directory


def test_two_keys_for_every_domain_that_sends(made: Path) -> None:
    assert sorted(path.name for path in made.iterdir()) == [
        "example.com.e202611.key",
        "example.com.r202611.key",
    ]
    assert selectors_for(NOW) == ("r202611", "e202611")
    assert existing(made, DOMAIN) == ("r202611", "e202611")


def test_only_the_owner_may_look(made: Path) -> None:
    assert mode(made) == 0o700
    assert {mode(path) for path in made.iterdir()} == {0o600}


def test_what_is_published_fits_the_standards(made: Path) -> None:
    for selector, k, bits in (("r202611", "rsa", 2048), ("e202611", "ed25519", 256)):
        public = read_public(made, DOMAIN, selector)
        parsed = parse(public.text)
        assert parsed.problems == ()
        assert parsed.record is not None
        assert (parsed.record.k, parsed.record.bits, parsed.record.t) == (k, bits, ("s",))


def test_a_second_run_leaves_keys_alone(made: Path) -> None:
    before = {path: path.read_bytes() for path in made.iterdir()}
    again = ensure(made, INTENT, NOW.replace(year=2027))
    assert {path: path.read_bytes() for path in made.iterdir()} == before
    assert again == load(made, INTENT)
    assert list(again) == [DOMAIN]


def test_selectors_of_the_intent(tmp_path: Path) -> None:
    wanted = Intent(hosts=INTENT.hosts, domains={DOMAIN: Domain(selectors=("e1", "e2"))})
    assert list(ensure(tmp_path / "k", wanted, NOW)[DOMAIN]) == ["e1", "e2"]
    (tmp_path / "k" / "example.com.e2.key").unlink()
    with pytest.raises(UsageError, match="e2"):
        load(tmp_path / "k", wanted)


@pytest.mark.parametrize(
    ("selector", "kind"),
    [("r202611", "rsa"), ("e202611", "ed25519"), ("email", "rsa"), ("default", "rsa")],
)
def test_the_selector_tells_the_kind(selector: str, kind: str) -> None:
    assert kind_of(selector) == kind


def test_many_creators_agree_on_one_key(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: create(directory, new_key(DOMAIN, "e1")), range(64)))
    assert len(set(found)) == 1
    assert [path.name for path in directory.iterdir()] == ["example.com.e1.key"]


def test_of_two_runs_the_slower_is_told(tmp_path: Path) -> None:
    first, second = (plan(tmp_path / "keys", INTENT, NOW) for _ in range(2))
    keep(tmp_path / "keys", first.fresh)
    with pytest.raises(UsageError, match="another run"):
        keep(tmp_path / "keys", second.fresh)
    assert load(tmp_path / "keys", INTENT) == first.keys


def test_a_plan_writes_nothing_and_shows_no_secret(tmp_path: Path) -> None:
    made = plan(tmp_path / "keys", INTENT, NOW)
    assert list(tmp_path.iterdir()) == []
    assert [repr(new) for new in made.fresh] == [
        "<new key r202611._domainkey.example.com>",
        "<new key e202611._domainkey.example.com>",
    ]


def test_whatever_lies_there_is_never_replaced(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    directory.mkdir(mode=0o700)
    path = key_path(directory, DOMAIN, "e1")
    path.write_text("my notes")
    path.chmod(0o600)
    with pytest.raises(UsageError, match="holds no RSA or Ed25519"):
        create(directory, new_key(DOMAIN, "e1"))
    assert path.read_text() == "my notes"


def test_a_dangling_link_is_not_followed(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    directory.mkdir(mode=0o700)
    key_path(directory, DOMAIN, "e1").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError):
        create(directory, new_key(DOMAIN, "e1"))
    assert not (tmp_path / "elsewhere").exists()


def test_open_files_and_folders_are_refused(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    create(directory, new_key(DOMAIN, "e1"))
    path = key_path(directory, DOMAIN, "e1")
    path.chmod(0o640)
    with pytest.raises(UsageError, match=f"chmod 0600 {path}"):
        read_public(directory, DOMAIN, "e1")
    path.chmod(0o600)
    directory.chmod(0o750)
    with pytest.raises(UsageError, match=f"chmod 0700 {directory}"):
        create(directory, new_key(DOMAIN, "e2"))


@pytest.mark.parametrize("name", ["../x", "a/b", "", "a_b", "a..b", "-a"])
def test_no_name_leaves_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        create(tmp_path / "k", new_key(DOMAIN, name))
    with pytest.raises(UsageError):
        create(tmp_path / "k", new_key(f"{name}.example", "s"))
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("")
    with pytest.raises(UsageError, match="cannot be used for keys"):
        create(tmp_path / "keys", new_key(DOMAIN, "e1"))


def test_every_form_of_an_ed25519_key_is_read() -> None:
    key = Ed25519PrivateKey.generate()
    seed = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for data in (base64.b64encode(seed), base64.b64encode(seed + public) + b"\n", pem):
        found = private_key(data)
        assert isinstance(found, Ed25519PrivateKey)
        assert found.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) == public


@pytest.mark.parametrize(
    "data",
    [b"", b"AAAA", b"\xff\xfe", b"-----BEGIN %s-----\nAAAA\n" % b"PRIVATE KEY"],
)
def test_what_is_no_key(data: bytes) -> None:
    assert private_key(data) is None


def test_keys_of_other_kinds_are_none() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert private_key(pem) is None


def test_the_secret_is_in_no_message(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    create(directory, new_key(DOMAIN, "e1", KeyKind.ED25519))
    path = key_path(directory, DOMAIN, "e1")
    secret = path.read_text()[:40]
    path.write_text(secret)
    with pytest.raises(UsageError) as caught:
        read_public(directory, DOMAIN, "e1")
    assert secret not in str(caught.value)


# TLS keys


def test_pins_of_a_key_by_host(tmp_path: Path) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "a.key").write_bytes(private)
    (tmp_path / "a.pub").write_bytes(public)
    hosts = {**INTENT.hosts, "out.example.com": Host(ipv4=("192.0.2.26",))}
    wish = Domain(dnssec=True, tls_keys=("a.key", "mail.example.com=a.pub", "gone.pem"))
    pins = tls_pins(Intent(hosts=hosts, domains={DOMAIN: wish}), tmp_path)
    assert list(pins.by_host) == ["mail.example.com"]
    assert len(pins.by_host["mail.example.com"]) == 1
    assert len(pins.notes) == 1
    assert "gone.pem" in pins.notes[0]


@pytest.mark.lab
def test_openssl_computes_the_same_pin(tmp_path: Path) -> None:
    openssl = shutil.which("openssl") or pytest.skip("openssl is not installed")
    command = f"{openssl} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    parts = f"{command} -keyout k.pem -out c.pem -days 1 -subj /CN=mail.example.com".split()
    subprocess.run(parts, cwd=tmp_path, check=True, capture_output=True)
    pipeline = (
        f"{openssl} x509 -in c.pem -noout -pubkey | {openssl} pkey -pubin -outform DER"
        f" | {openssl} dgst -sha256 -r"
    )
    digest = subprocess.run(
        ["sh", "-c", pipeline], cwd=tmp_path, check=True, capture_output=True
    ).stdout.decode()
    for name in ("c.pem", "k.pem"):
        wish = Domain(dnssec=True, tls_keys=(name,))
        pins = tls_pins(Intent(hosts=INTENT.hosts, domains={DOMAIN: wish}), tmp_path)
        assert pins.by_host == {"mail.example.com": (digest.split()[0],)}
