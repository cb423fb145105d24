"""The engines in one table, in one run: mailworthy, and beside it what people use today.

    python benchmarks/engines.py [--smoke]

One core, DNS in memory. Peers: dkimpy, pyspf and authheaders (make oracles), `openssl speed` for
the key operation alone, and mailauth where there is node and MAILAUTH names a folder with
node_modules/mailauth (with node 20 it wants the override undici 6). We keep parsed records and
loaded keys between messages, as a server does; so does OpenSSL. Every figure is the best of
several rounds. `mark` is what we want of ourselves.
"""

import argparse
import base64
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import bench_dkim
import bench_spf
import dkim as dkimpy
from bench_dkim import FULL, HEADER, NOW, SMOKE, Key, Size, attachment, keys, rate, text
from mailworthy import dkim
from mailworthy.dkim import engine
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Question, Status
from mailworthy.receive import Envelope, evaluate
from table import show

HEAD = ("", "mailworthy /s", "MB/s", "beside us /s", "of whom", "times", "mark", "")
HERE = Path(__file__).parent
ZONE = """
example.com.       300 SOA ns.example. root.example. 1 2 3 4 5
2.0.192.in-addr.arpa. 300 SOA ns.example. root.example. 1 2 3 4 5
com.               300 SOA ns.example. root.example. 1 2 3 4 5
example.com.       300 TXT "v=spf1 mx a ip4:192.0.2.0/24 ~all"
example.com.       300 MX 10 mail.example.com.
example.com.       300 A 192.0.2.10
mail.example.com.  300 A 192.0.2.25
mail.example.com.  300 TXT "v=spf1 a -all"
_dmarc.example.com. 300 TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
25.2.0.192.in-addr.arpa. 300 PTR mail.example.com.
"""
IP, HELO, SENDER = "192.0.2.25", "mail.example.com", "joe@example.com"


class Row(msgspec.Struct, frozen=True):
    """One kind of work: our rate, a peer's, and the ratio that we want."""

    name: str
    ours: float
    peer: str
    theirs: float | None = None
    mark: float | None = None  # times the peer's rate
    floor: float | None = None  # in units of the row: calls or megabytes a second
    octets: int = 0

    def cells(self) -> tuple[str, ...]:
        """As printed."""
        megabytes = self.ours * self.octets / 1e6
        reached = megabytes if self.octets else self.ours
        times = None if self.theirs is None else self.ours / self.theirs
        met = (self.mark is None or times is None or times >= self.mark) and (
            self.floor is None or reached >= self.floor
        )
        wanted = "" if self.mark is None else f"{self.mark:.1f} ×"
        if self.floor is not None:
            wanted = f"{self.floor:,.0f} {'MB/s' if self.octets else '/s'}"
        return (
            self.name,
            f"{self.ours:,.0f}",
            f"{megabytes:,.0f}" if self.octets else "",
            "–" if self.theirs is None else f"{self.theirs:,.0f}",
            self.peer,
            "–" if times is None else f"{times:.1f}",
            wanted,
            "" if not wanted else "ok" if met else "MISSED",
        )


class Bench:
    """One key, one zone, three messages; the rows about them."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.key = keys()["RSA-2048"]
        self.record = self.key.record.encode()
        self.memory = Memory.from_zone(ZONE + _key_line(self.key))
        self.signer = dkim.signer("example.com", [(self.key.selector, self.key.private)])
        self.small = HEADER + text(5000 - len(HEADER), spaces=False)
        self.signed = self.sign(self.small)
        self.spaced = self.sign(HEADER + text(1_000_000, spaces=True))
        self.encoded = self.sign(HEADER + attachment(1_000_000))
        self.openssl = openssl(size)
        self.mailauth = mailauth(self)

    def sign(self, message: bytes) -> bytes:
        """Relaxed/relaxed."""
        return self.signer.sign(message, now=NOW)

    def rate(self, work: Callable[[], Any]) -> float:
        """How often a second."""
        return rate(work, self.size)

    def rows(self) -> list[Row]:
        """The whole table."""
        return [*self.verifying(), *self.signing(), *self.large(), *self.spf(), *self.whole()]

    def verifying(self) -> list[Row]:
        """DKIM, 5 KB."""
        name = "DKIM verify, RSA-2048, 5 KB"
        ours = self.rate(lambda: drive(engine.verify(self.signed, now=NOW), self.memory))
        theirs = self.rate(lambda: self.dkimpy(self.signed))
        return [
            Row(name, ours, "dkimpy", theirs, mark=4),
            Row(name, ours, "mailauth", self.mailauth.get("verify")),
            Row(name, ours, "openssl, key alone", self.openssl.get("verify")),
        ]

    def dkimpy(self, message: bytes) -> bool:
        """Its verdict, without a cache, which it has none of."""
        good: bool = dkimpy.verify(message, dnsfunc=lambda name, timeout=5: self.record)
        return good

    def signing(self) -> list[Row]:
        """DKIM, 5 KB."""
        name = "DKIM sign, RSA-2048, 5 KB"
        ours = self.rate(lambda: self.sign(self.small))
        theirs = self.rate(lambda: bench_dkim._sign_theirs(self.small, self.key))
        return [
            Row(name, ours, "dkimpy", theirs),
            Row(name, ours, "mailauth", self.mailauth.get("sign")),
            Row(name, ours, "openssl, key alone", self.openssl.get("sign"), mark=0.6),
        ]

    def large(self) -> list[Row]:
        """DKIM, 1 MB."""
        rows = []
        for kind, name, message, marks in (
            ("spaced", "DKIM verify, 1 MB of text", self.spaced, (3.0, None)),
            ("encoded", "DKIM verify, 1 MB of base64", self.encoded, (None, 150.0)),
        ):
            ours = self.rate(lambda m=message: drive(engine.verify(m, now=NOW), self.memory))  # type: ignore[misc]
            theirs = self.rate(lambda m=message: self.dkimpy(m))  # type: ignore[misc]
            size = len(message)
            rows.append(Row(name, ours, "dkimpy", theirs, marks[0], marks[1], octets=size))
            rows.append(Row(name, ours, "mailauth", self.mailauth.get(kind), octets=size))
        return rows

    def spf(self) -> list[Row]:
        """check_host()."""
        memory = Memory.from_zone(bench_spf.ZONES)
        other = bench_spf.peer(memory)
        count = 20 if self.size is SMOKE else 3000
        rates = []
        for case in bench_spf.CASES:
            cells = bench_spf.measure(case, memory, other, count)
            rates.append((case.name, *(_number(cell) for cell in cells[2:4])))
        rows = [Row(f"SPF: {name}", ours or 0, "pyspf", theirs) for name, ours, theirs in rates]
        ours_all = len(rates) / sum(1 / (ours or 1) for _, ours, _ in rates)
        theirs_all = None
        if all(theirs for _, _, theirs in rates):
            theirs_all = len(rates) / sum(1 / (theirs or 1) for _, _, theirs in rates)
        return [*rows, Row("SPF: one of each in turn", ours_all, "pyspf", theirs_all, mark=4)]

    def whole(self) -> list[Row]:
        """Message and envelope to a verdict."""
        envelope = Envelope(IP, HELO, SENDER, tls=True)

        def ours() -> Any:
            return evaluate(self.signed, envelope, resolver=self.memory, now=NOW)

        verdict = ours()
        said = [verdict.check(c).result for c in ("spf", "dkim", "dmarc")]
        assert said == ["pass"] * 3, said
        speed = self.rate(ours)
        peers = [("authheaders", self.authheaders()), ("mailauth", self.mailauth.get("whole"))]
        name = "message to verdict, 5 KB"
        return [Row(name, speed, peer, theirs, floor=3000) for peer, theirs in peers]

    def authheaders(self) -> float | None:
        """Its whole field; it asks DNS itself wherever it lets nobody in."""
        try:
            import authheaders
        except ImportError:
            return None
        bench_spf.peer(self.memory)
        policy = "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"

        def look(name: Any, timeout: int = 5) -> bytes | str | None:
            """Keys as octets, policies as text, as it wants them."""
            asked = name.decode() if isinstance(name, bytes) else name
            if "._domainkey." in asked:
                return self.record
            return policy if asked.rstrip(".") == "_dmarc.example.com" else None

        def work() -> str:
            field: str = authheaders.authenticate_message(
                self.signed,
                "mx.example.net",
                spf=True,
                ip=IP,
                mail_from=SENDER,
                helo=HELO,
                dnsfunc=look,
            )
            return field

        assert all(f"{c}=pass" in work() for c in ("spf", "dkim", "dmarc")), work()
        return self.rate(work)


def _number(cell: str) -> float | None:
    return None if cell == "-" else float(cell.replace(",", ""))


def _key_line(key: Key) -> str:
    parts = " ".join(f'"{key.record[i : i + 200]}"' for i in range(0, len(key.record), 200))
    return f"{key.selector}._domainkey.example.com. 300 IN TXT {parts}\n"


def openssl(size: Size) -> dict[str, float]:
    """What `openssl speed` says of RSA-2048; empty where it is not installed."""
    program = shutil.which("openssl")
    if program is None:
        return {}
    seconds = "1" if size is SMOKE else "3"
    run = subprocess.run(
        [program, "speed", "-seconds", seconds, "rsa2048"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"rsa\s+2048 bits\s+\S+\s+\S+\s+([\d.]+)\s+([\d.]+)", run.stdout)
    return {"sign": float(found[1]), "verify": float(found[2])} if found else {}


def mailauth(bench: Bench) -> dict[str, Any]:
    """What mailauth makes of the same messages and zone; empty where it is not installed."""
    home = Path(os.environ.get("MAILAUTH", "/usr/local/lib"))
    if shutil.which("node") is None or not (home / "node_modules" / "mailauth").is_dir():
        return {}
    pem = bench.key.private.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    work = {
        "message": base64.b64encode(bench.signed).decode(),
        "spaced": base64.b64encode(bench.spaced).decode(),
        "encoded": base64.b64encode(bench.encoded).decode(),
        "key": pem.decode(),
        "ip": IP,
        "helo": HELO,
        "sender": SENDER,
        "domain": "example.com",
        "answers": _answers(bench.memory),
    }
    seconds = "0.05" if bench.size is SMOKE else "1"
    run = subprocess.run(
        ["node", HERE / "mailauth.mjs", home, seconds],
        input=json.dumps(work),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(run.stdout)
    assert found["said"] == ["pass"] * 3, found["said"]
    return found


def _answers(memory: Memory) -> dict[str, Any]:
    """The zone as node's resolver would give it."""
    found: dict[str, Any] = {}
    names = ["example.com", "mail.example.com", "_dmarc.example.com", "r._domainkey.example.com"]
    for name in [*names, "25.2.0.192.in-addr.arpa"]:
        for type_ in ("A", "MX", "TXT", "PTR"):
            answer = memory.instant(Question(name, type_))
            if isinstance(answer, Answer) and answer.status is Status.FOUND:
                found[f"{name}/{type_}"] = [_node(type_, record) for record in answer.records]
    return found


def _node(type_: str, record: str) -> Any:
    if type_ == "TXT":
        return [record]
    if type_ == "MX":
        preference, host = record.split()
        return {"priority": int(preference), "exchange": host.rstrip(".")}
    return record.rstrip(".")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="only show that it runs")
    size = SMOKE if parser.parse_args().smoke else FULL
    rows = Bench(size).rows()
    show("The engines, one core, DNS in memory", HEAD, [row.cells() for row in rows])


if __name__ == "__main__":
    main()
