"""DNS over TLS and over HTTPS, with certificates that are checked."""

import http.server
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lookup.loopback import Loopback, serving
from mailworthy.lookup.drive import drive
from mailworthy.lookup.live import Live, Pace
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Question, Status, Why
from mailworthy.lookup.model import ask as asking

QUICK = Pace((2.0,), 2.0)
WORLD = "$ORIGIN example.com.\n@ 60 SOA a b 1 2 3 4 5\n" + "".join(
    f"h{i} 60 A 192.0.2.{i}\n" for i in range(50)
)
HANDLER = serving(Memory.from_zone(WORLD, signed=["example.com"]))


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for dns.test, and a client's that trusts it."""
    path = certificate(tmp_path_factory.mktemp("tls"))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


def certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dns.test")])
    names = x509.SubjectAlternativeName(
        [x509.DNSName("dns.test"), x509.IPAddress(ip_address("127.0.0.1"))]
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture(scope="module")
def tls_port(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> Iterator[int]:
    with Loopback(HANDLER, tls=contexts[0]) as server:
        yield server.port


class Doh(http.server.BaseHTTPRequestHandler):
    """Answers `/dns-query`; other paths misbehave as their names say."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers["content-length"]))
        body, code, kind = HANDLER(query, True)[0], 200, "application/dns-message"
        if self.path == "/huge":
            body += bytes(200_000)
        if self.path == "/error":
            code = 500
        if self.path == "/html":
            kind = "text/html"
        if self.path == "/other":
            body = body[:13] + b"X" + body[14:]
        self.send_response(code)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture(scope="module")
def https_port(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Doh)
    server.daemon_threads = True
    server.socket = contexts[0].wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def ask_all(live: Live) -> tuple[Answer, ...]:
    names = [f"h{i}.example.com" for i in range(50)]
    return drive(asking(*(Question(name, "A") for name in names)), live)


def one(live: Live) -> Answer:
    (answer,) = drive(asking(Question("h1.example.com", "A")), live)
    return answer


@pytest.mark.parametrize("spec", ["tls://127.0.0.1:{}#dns.test", "tls://127.0.0.1:{}"])
def test_tls(spec: str, tls_port: int, contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    with Live(spec.format(tls_port), tls=contexts[1], pace=QUICK) as live:
        answers = ask_all(live)
    assert [a.records for a in answers] == [(f"192.0.2.{i}",) for i in range(50)]
    assert all(a.ad for a in answers)


def test_https(https_port: int, contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    with Live(f"https://127.0.0.1:{https_port}", tls=contexts[1], pace=QUICK) as live:
        answers = ask_all(live)
    assert [a.records for a in answers] == [(f"192.0.2.{i}",) for i in range(50)]
    assert all(a.ad for a in answers)


@pytest.mark.parametrize("path", ["huge", "error", "html", "other"])
def test_https_that_is_no_dns(
    path: str, https_port: int, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    with Live(f"https://127.0.0.1:{https_port}/{path}", tls=contexts[1], pace=QUICK) as live:
        assert one(live).why is Why.TIMEOUT


@pytest.mark.parametrize(
    "kind", ["tls://127.0.0.1:{}#other.test", "tls://127.0.0.1:{}", "https://127.0.0.1:{}"]
)
def test_certificates_are_checked(
    kind: str, tls_port: int, https_port: int, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    port = https_port if kind.startswith("https") else tls_port
    trusting = contexts[1] if "#" in kind else None
    with Live(kind.format(port), tls=trusting, pace=QUICK) as live:
        assert (one(live).status, one(live).why) == (Status.FAILED, Why.TIMEOUT)
