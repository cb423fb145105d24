"""What it costs Postfix to have mail judged: by nobody, by us, by OpenDKIM and OpenDMARC.

    python benchmarks/milter.py [--smoke] [--messages 10000] [--rounds 5]

In the lab (tests/lab/README.md), so it needs Linux and root. `smtp-source` hands messages with two
signatures over, one connection each, eight at the same time, to one Postfix that throws them
away; its queue is in memory, its limits are the same for all. The three take turns, round by
round. Latency is that of whole conversations of another client, one at a time: by itself, and
beside that load; "added" is beyond what Postfix needs alone.

Ours is started as `config milter` says, and does more: reverse name, HELO, ARC, blocklists
and whether the sender can be answered. Theirs check DKIM (OpenDKIM), SPF and DMARC (OpenDMARC).
Over TCP small packets that wait for each other slow them down, so that all are asked over unix
sockets too; there ours has a row without blocklists as well, since theirs ask none.
"""

import argparse
import smtplib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from statistics import quantiles

import msgspec

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from lab.compareworld import blocklists
from lab.internet import Lab, running
from lab.machine import wait_for
from lab.mailhost import COMMAND, MailHost
from lab.needs import missing
from lab.openjudges import judging, judging_locally
from mailworthy.dkim.facade import sign
from mailworthy.domain.keys import new_key
from table import show

ALICE, BOB = "alice@sender.example", "bob@receiver.example"
PORT = 11335
PARALLEL = 8
HEAD = ("", "messages/s", "lost", "added p50", "p99", "loaded p50", "p99", "RSS MB", "PSS MB")
OURS, THEIRS = "mailworthy", "OpenDKIM + OpenDMARC"
ALIKE = "mailworthy, unix, no blocklists"
LOCALLY = "the same, unix sockets"
SETTINGS = (
    "postconf -e virtual_transport=discard: smtpd_milters= non_smtpd_milters= "
    "smtpd_client_connection_count_limit=0 default_process_limit=100"
)


class Judge(msgspec.Struct, frozen=True):
    """Who judges: how Postfix comes to ask them, and words of their processes' commands."""

    name: str
    judging: Callable[[MailHost], AbstractContextManager[None]]
    processes: tuple[str, ...] = ()


class Run(msgspec.Struct):
    """What was measured of one of them, over all rounds: seconds, and kilobytes at the end."""

    messages: int = 0
    seconds: float = 0.0
    alone: list[float] = []
    loaded: list[float] = []
    rss: int = 0
    pss: int = 0

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds


@contextmanager
def ours(
    host: MailHost,
    place: str = f"inet:127.0.0.1:{PORT}",
    name: str = "tcp",
    changed: tuple[str, ...] = (),
) -> Iterator[None]:
    """Our milter, as `config milter` has it, but for systemd's socket and for `changed` lines."""
    conf = f"/etc/mailworthy/{name}.toml"
    if not host.processes(f"--config {conf}"):
        host.run([*COMMAND, "config", "milter", "--yes", "--dir", host.folder], check=True)
        config = (host.folder / "config/milter/milter.toml").read_text()
        # It receives here, and signs nothing.
        own = ("sign =", "socket_mode =", *(line.partition("=")[0] for line in changed))
        lines = [line for line in config.splitlines() if not line.startswith(own)]
        host.write(conf, "\n".join([*lines, 'socket_mode = "0666"', *changed]))
        host.spawn(f"milter-{name}", [*COMMAND, "milter", "--config", conf, "--listen", place])
        wait_for("the milter", lambda: '"started"' in host.log(f"milter-{name}"))
    with host.milters(place):
        yield


JUDGES = (
    Judge("no milter", lambda host: nullcontext()),
    Judge(OURS, ours, ("--config /etc/mailworthy/tcp.toml",)),
    Judge(
        "mailworthy, unix socket",
        partial(ours, place="unix:/run/mailworthy.sock", name="unix"),
        ("--config /etc/mailworthy/unix.toml",),
    ),
    Judge(
        ALIKE,
        partial(
            ours,
            place="unix:/run/mailworthy-alike.sock",
            name="alike",
            changed=("blocklists = false",),
        ),
        ("--config /etc/mailworthy/alike.toml",),
    ),
    Judge(THEIRS, judging, ("/etc/opendkim.conf", "/etc/opendmarc.conf")),
    Judge(LOCALLY, judging_locally, ("/etc/opendkim-local.conf", "/etc/opendmarc-local.conf")),
)


def letter(lab: Lab) -> bytes:
    """A message of 5 KB with an RSA and an Ed25519 signature, whose keys are then published."""
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    head = f"From: {ALICE}\r\nTo: {BOB}\r\nSubject: load\r\nMessage-ID: <1@sender.example>\r\n"
    mail = f"{head}Date: {date}\r\n\r\n".encode() + (b"y" * 70 + b"\r\n") * 68
    for selector, kind in (("rsa1", "rsa"), ("ed1", "ed25519")):
        key = new_key("sender.example", selector, kind=kind)
        text = key.public.text
        quoted = " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))
        lab.update("sender.example", [f"{selector}._domainkey.sender.example TXT {quoted}"])
        mail = sign(mail, domain="sender.example", selector=selector, key=key.secret)
    return mail


def load(lab: Lab, path: Path, count: int) -> float:
    """The seconds that `smtp-source` takes to hand so many messages over."""
    there = f"inet:{lab.receiver.place.address()}:25"
    argv = ["smtp-source", "-s", str(PARALLEL), "-m", str(count), "-M", lab.sender.place.hostname]
    began = time.perf_counter()
    lab.sender.run([*argv, "-f", ALICE, "-t", BOB, "-F", path, there], check=True, seconds=600)
    return time.perf_counter() - began


def talk(lab: Lab, mail: bytes, go_on: Callable[[int], bool]) -> list[float]:
    """The seconds of whole conversations, one after the other."""
    found = []
    with lab.sender.inside():
        while go_on(len(found)):
            began = time.perf_counter()
            smtp = smtplib.SMTP(
                lab.receiver.place.address(), 25, local_hostname=lab.sender.place.hostname
            )
            smtp.sendmail(ALICE, [BOB], mail)
            found.append(time.perf_counter() - began)
            smtp.quit()
    return found


def measure(lab: Lab, run: Run, mail: bytes, path: Path, count: int) -> None:
    """One round."""
    load(lab, path, PARALLEL * 4)  # everybody has started, and knows the names
    run.alone += talk(lab, mail, lambda done: done < max(20, count // 10))
    ended = threading.Event()
    beside: list[float] = []
    client = threading.Thread(
        target=lambda: beside.extend(talk(lab, mail, lambda _: not ended.is_set()))
    )
    client.start()
    seconds = load(lab, path, count)
    ended.set()
    client.join()
    run.messages, run.seconds = run.messages + count + len(beside), run.seconds + seconds
    run.loaded += beside


def memory(host: MailHost, words: tuple[str, ...]) -> tuple[int, int]:
    """RSS and PSS of processes, in kilobytes."""
    found = [0, 0]
    for pid in {pid for each in words for pid in host.processes(each)}:
        lines = host.path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        sizes = dict(line.split(":") for line in lines[1:])
        found[0] += int(sizes["Rss"].split()[0])
        found[1] += int(sizes["Pss"].split()[0])
    return found[0], found[1]


def compare(lab: Lab, count: int, rounds: int) -> dict[str, Run]:
    """All of them, in turns."""
    host, mail = lab.receiver, letter(lab)
    path = lab.state / "letter"
    path.write_bytes(mail.replace(b"\r\n", b"\n"))
    host.script(SETTINGS)
    # What a resolver remembers elsewhere: minutes.
    for limit in ("cache-max-ttl:", "cache-max-negative-ttl:"):
        lab.dns.run(["unbound-control", "set_option", limit, "300"], check=True)
    runs = {judge.name: Run() for judge in JUDGES}
    for _ in range(rounds):
        for judge in JUDGES:
            host.reload()
            with judge.judging(host):
                run = runs[judge.name]
                measure(lab, run, mail, path, count // rounds)
                run.rss, run.pss = memory(host, judge.processes)
    return runs


def row(name: str, run: Run, bare: Run) -> tuple[str, ...]:
    """One line of the table."""
    cells = [f"{run.rate:.0f}", "" if run is bare else f"{bare.rate - run.rate:.0f}"]
    for mine, base in ((run.alone, bare.alone), (run.loaded, bare.loaded)):
        for at in (49, 98):
            ms = quantiles(mine, n=100)[at] * 1000
            extra = "" if run is bare else "+"
            ms -= 0 if run is bare else quantiles(base, n=100)[at] * 1000
            cells.append(f"{extra if ms >= 0 else ''}{ms:.1f} ms")
    sizes = (f"{run.rss / 1024:.0f}", f"{run.pss / 1024:.0f}") if run.rss else ("", "")
    return (name, *cells, *sizes)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="only show that it runs")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if lack := missing():
        show(f"not measured: {', '.join(lack)}", HEAD, ())
        return
    count, rounds = (100, 1) if given.smoke else (given.messages, given.rounds)
    with running() as lab, blocklists(lab):
        runs = compare(lab, count, rounds)
    bare = runs[JUDGES[0].name]
    rows = [row(name, run, bare) for name, run in runs.items()]
    show(f"{count} messages of 5 KB through Postfix, {PARALLEL} at a time", HEAD, rows)


if __name__ == "__main__":
    main()
