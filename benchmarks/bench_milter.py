"""Postfix with our milter, with OpenDKIM and OpenDMARC, and with none: messages a second, latency.

    python benchmarks/bench_milter.py [--smoke] [--messages 10000]

In the lab of `tests/lab` (needs root and its daemons): smtp-source hands signed messages of 5 KB to
the receiver's Postfix over ten connections, which drops them behind its queue. Meanwhile one more
client measures how long a message takes from its last dot to the answer. All judges ask the same
resolver, whose answers hold for a second; ours asks no blocklists, since the others do not either.
The kinds take turns, round by round, and the median of the rounds is told; memory is what the
processes of the judges hold at the end (PSS).
"""

import argparse
import contextlib
import re
import smtplib
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from lab.internet import Lab, running  # noqa: E402
from lab.mailhost import MailHost  # noqa: E402
from lab.openjudges import judging  # noqa: E402
from lab.ourmilter import CONFIG, installed, start, stop  # noqa: E402
from mailworthy.dkim.facade import sign  # noqa: E402
from table import show  # noqa: E402

HEAD = ("", "messages/s", "of none", "p50 ms", "p99 ms", "added p50", "added p99", "MB")
ROUNDS = 3
SESSIONS = 10
PAUSE = 0.02  # between two messages whose latency is measured
ALICE, BOB = "alice@sender.example", "bob@receiver.example"
TEXT = (
    f"From: {ALICE}\r\nTo: {BOB}\r\nSubject: hello\r\nMessage-ID: <1@sender.example>\r\n"
    "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n\r\n"
) + "It was the best of times, it was the worst of times.\r\n" * 95


class Run(msgspec.Struct, frozen=True):
    """What one run came to."""

    rate: float
    latencies: list[float]
    memory: int


class Kind(msgspec.Struct, frozen=True):
    """One way to judge: the programs in words of their commands, and how they are set up."""

    name: str
    programs: tuple[str, ...]
    set_up: Callable[[MailHost], AbstractContextManager[None]]


@contextlib.contextmanager
def none(host: MailHost) -> Iterator[None]:
    """Nobody judges."""
    with host.milters():
        yield


@contextlib.contextmanager
def ours(host: MailHost) -> Iterator[None]:
    """Our milter, as written, but without blocklists."""
    with installed(host):
        host.write(CONFIG, f"{host.path(CONFIG).read_text()}blocklists = false\n")
        stop(host)
        start(host)
        yield


KINDS = (
    Kind("no milter", (), none),
    Kind("mailworthy milter", ("milter --config",), ours),
    Kind("OpenDKIM + OpenDMARC", ("opendkim -f", "opendmarc -f"), judging),
)


def letter(lab: Lab) -> bytes:
    """A message of 5 KB, signed."""
    folder = lab.sender.folder / "keys"
    (path,) = folder.glob(f"{lab.sender.domain}.r*.key")
    selector = path.name.removeprefix(f"{lab.sender.domain}.").removesuffix(".key")
    return sign(TEXT.encode(), domain=lab.sender.domain, selector=selector, key=path.read_bytes())


def measure(lab: Lab, kind: Kind, file: Path, count: int) -> Run:
    """Hand so many messages over, as fast as they are taken."""
    send(lab, file, min(count, 100))  # caches are warm then
    latencies: list[float] = []
    done = threading.Event()
    sampler = threading.Thread(target=sample, args=(lab, file.read_bytes(), done, latencies))
    sampler.start()
    began = time.perf_counter()
    send(lab, file, count)
    seconds = time.perf_counter() - began
    done.set()
    sampler.join()
    return Run(count / seconds, latencies, memory(lab.receiver, kind.programs))


def send(lab: Lab, file: Path, count: int) -> None:
    """`smtp-source`, to its end."""
    there = f"inet:{lab.receiver.place.address()}:25"
    argv = ["smtp-source", "-s", SESSIONS, "-m", count, "-f", ALICE, "-t", BOB]
    where = ["-M", lab.sender.place.hostname, "-F", file, there]
    lab.sender.run([str(word) for word in (*argv, *where)], check=True, seconds=3600)


def sample(lab: Lab, message: bytes, done: threading.Event, latencies: list[float]) -> None:
    """Measure single messages until the others are through; each is one more on the line."""
    wire = message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    with lab.sender.inside(), smtplib.SMTP(local_hostname=lab.sender.place.hostname) as smtp:
        smtp.connect(lab.receiver.place.address(), 25)
        smtp.ehlo()
        while not done.is_set():
            smtp.mail(ALICE)
            smtp.rcpt(BOB)
            began = time.perf_counter()
            code, text = smtp.data(wire)
            if code != 250:
                raise RuntimeError(f"refused: {code} {text!r}")
            latencies.append(1000 * (time.perf_counter() - began))
            done.wait(PAUSE)


def memory(host: MailHost, programs: tuple[str, ...]) -> int:
    """What the processes hold, memory that they share counted once."""
    found = 0
    for words in programs:
        for process in host.processes(words):
            text = host.path(f"/proc/{process}/smaps_rollup").read_text()
            found += int(re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE)[0])
    return found


def play(lab: Lab, count: int, rounds: int) -> dict[str, list[Run]]:
    """All kinds in turn, round by round."""
    file = lab.state / "letter"
    file.write_bytes(letter(lab).replace(b"\r\n", b"\n"))
    host = lab.receiver
    host.script("postconf -e virtual_transport=discard: in_flow_delay=0")
    runs: dict[str, list[Run]] = {kind.name: [] for kind in KINDS}
    for _ in range(rounds):
        for kind in KINDS:
            with kind.set_up(host):
                runs[kind.name].append(measure(lab, kind, file, count))
    return runs


def quantile(runs: list[Run], share: float) -> float:
    """The median over the rounds of a quantile of each."""
    found = [sorted(run.latencies) for run in runs]
    return statistics.median(each[int((len(each) - 1) * share)] for each in found)


def rows(runs: dict[str, list[Run]]) -> list[tuple[str, ...]]:
    """A line for each kind."""
    first = next(iter(runs.values()))
    base = statistics.median(run.rate for run in first)
    lines = []
    for name, found in runs.items():
        rate = statistics.median(run.rate for run in found)
        p50, p99 = quantile(found, 0.5), quantile(found, 0.99)
        added = [p50 - quantile(first, 0.5), p99 - quantile(first, 0.99)]
        held = max(run.memory for run in found) / 1024
        figures = [f"{rate:.0f}", f"{rate / base:.0%}", f"{p50:.1f}", f"{p99:.1f}"]
        lines.append((name, *figures, *(f"{each:+.1f}" for each in added), f"{held:.0f}"))
    return lines


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true", help="only show that it runs")
    parser.add_argument("--messages", type=int, default=10_000, help="for each kind and round")
    options = parser.parse_args()
    count, rounds = (60, 1) if options.smoke else (options.messages, ROUNDS)
    with running() as lab:
        found = play(lab, count, rounds)
    show(f"{count} messages of 5 KB, {SESSIONS} connections", HEAD, rows(found))


if __name__ == "__main__":
    main()
