"""DNS from anywhere, conversations from here: through `drive`, recorded and replayed."""

import asyncio
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread

import msgspec
import pytest

from mailworthy.lookup import Live, Memory, Replay, drive
from mailworthy.lookup.drive import together
from mailworthy.lookup.model import (
    Asking,
    Dial,
    Dialled,
    Encryption,
    Fetch,
    Reply,
    Status,
    Why,
    dial,
    fetch,
    look,
)
from mailworthy.lookup.replay import Recorder
from mailworthy.names import BadName
from mailworthy.probe.connecting import IN_ALL, Connecting
from mailworthy.probe.lines import Limits
from mailworthy.probe.public import Allowed
from mailworthy.probe.smtp import NO_CONNECTION
from smtpfake import Server, serving

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ZONE = "mail.example.com. A 127.0.0.1\n"
HERE = Allowed(["127.0.0.0/8"])


@contextmanager
def server(script: Server) -> Iterator[int]:
    """A server in a thread of its own; its port."""
    ports: list[int] = []
    ready, done = Event(), Event()

    async def run() -> None:
        async with serving(script) as port:
            ports.append(port)
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        assert ready.wait(5)
        yield ports[0]
    finally:
        done.set()
        thread.join()


def connecting(port: int, allowed: Allowed = HERE) -> Connecting:
    memory = Memory.from_zone(ZONE)
    return Connecting(memory, allowed=allowed, limits=Limits(1, 1, 2), ports={port})


def plain(port: int, ip: str = "127.0.0.1") -> Dial:
    return Dial("mail.example.com", ip, port, Encryption.NEVER)


def test_questions_and_conversations_in_one_run() -> None:
    def engine(port: int) -> Asking[tuple[Reply, Reply, Reply]]:
        return (
            yield from together(
                look("mail.example.com", "A"), dial(plain(port)), fetch("http://no.example/")
            )
        )

    with server(Server()) as port:
        resolver = connecting(port)
        out = io.BytesIO()
        with Recorder(resolver, out, now=NOW, version="1") as recorder:
            answer, dialled, fetched = drive(engine(port), recorder)
        resolver.close()
    assert answer.status is Status.FOUND
    assert isinstance(dialled, Dialled)
    assert dialled.banner
    assert fetched.why is Why.BAD_NAME
    replay = Replay.read(io.BytesIO(out.getvalue()))
    again = drive(engine(port), replay)
    assert again == (answer, dialled, fetched)


def test_under_asyncio_and_with_a_live_resolver() -> None:
    with server(Server()) as port, Live("127.0.0.1:1") as live:
        resolver = Connecting(live, allowed=HERE, limits=Limits(1, 1, 2), ports={port})
        assert drive(dial(plain(port)), resolver).status is Status.FOUND


def test_the_address_may_be_looked_up() -> None:
    with server(Server()) as port:
        resolver = connecting(port)
        reply = drive(dial(plain(port, "")), resolver)
        assert reply.status is Status.FOUND
        assert reply.ask == plain(port, "")
        resolver.close()


def test_the_same_conversation_is_had_once() -> None:
    script = Server()
    with server(script) as port:
        resolver = connecting(port)

        def engine() -> Asking[object]:
            return (yield from together(*(dial(plain(port, ip)) for ip in ("127.0.0.1", ""))))

        first, again = drive(engine(), resolver)
        assert msgspec.structs.replace(again, ask=first.ask) == first
        assert drive(dial(plain(port)), resolver) == first
        resolver.close()
    assert script.heard.count(b"QUIT") == 1


def test_a_conversation_goes_on_when_one_run_is_over() -> None:
    script = Server(slow=0.3)
    with server(script) as port:
        resolver = connecting(port)
        assert drive(dial(plain(port)), resolver, deadline=0.1).why is Why.DEADLINE
        assert drive(dial(plain(port)), resolver).status is Status.FOUND
        resolver.close()
    assert script.heard.count(b"QUIT") == 1


def test_one_that_does_not_know_the_address() -> None:
    resolver = Connecting(
        Memory.from_zone("$ORIGIN a.example.\n@ SOA . . 1 1 1 1 1\n"), allowed=HERE
    )
    outside = drive(dial(Dial("other.example")), resolver)
    assert outside.why is Why.OUTSIDE
    fetched = drive(fetch("https://other.example/"), resolver)
    assert fetched.why is Why.OUTSIDE
    assert drive(dial(Dial("none.a.example")), resolver).why is Why.UNREACHABLE
    resolver.close()


@pytest.mark.parametrize("helo", ["a\r\nRCPT TO:<x>", "a b", "x" * 70])
def test_the_name_given_is_a_name(helo: str) -> None:
    with pytest.raises(BadName):
        Connecting(Memory.from_zone(""), allowed=HERE, helo=helo)


def test_nobody_answers_on_port_25() -> None:
    def told(ip: str, why: Why, detail: str) -> str:
        resolver = Connecting(Memory.from_zone(""), allowed=HERE)
        reply = Dialled(Dial("a", ip), Status.FAILED, why, detail)
        return resolver._explained(reply).detail

    assert "many networks close port 25" in told("192.0.2.1", Why.TIMEOUT, NO_CONNECTION)
    assert told("192.0.2.1", Why.UNREACHABLE, "refused") == "refused"
    assert told("192.0.2.1", Why.TIMEOUT, "no reply in time") == "no reply in time"
    resolver = Connecting(Memory.from_zone(""), allowed=HERE)
    resolver._explained(Dialled(Dial("a", "192.0.2.1"), Status.FOUND))
    late = Dialled(Dial("a", "192.0.2.2"), Status.FAILED, Why.TIMEOUT, NO_CONNECTION)
    assert resolver._explained(late).detail == NO_CONNECTION


def test_an_address_is_called_so_often_and_no_more() -> None:
    script = Server()
    with server(script) as port:
        resolver = connecting(port)
        asks = [Dial(f"{n}.example.com", "127.0.0.1", port) for n in range(IN_ALL + 2)]
        replies = [drive(dial(ask), resolver) for ask in asks]
        resolver.close()
    assert [r.status for r in replies[:IN_ALL]] == [Status.FOUND] * IN_ALL
    assert {r.why for r in replies[IN_ALL:]} == {Why.BUSY}
    assert script.heard.count(b"QUIT") == IN_ALL


@pytest.mark.parametrize("ip", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1"])
def test_no_zone_leads_us_inside(ip: str) -> None:
    script = Server()
    with server(script) as port:
        resolver = connecting(port, Allowed())
        reply = drive(dial(plain(port, ip)), resolver)
        resolver.close()
    assert (reply.status, reply.why) == (Status.FAILED, Why.NO_MEANS)
    assert script.heard == []


def test_only_the_ports_of_mail() -> None:
    resolver = Connecting(Memory.from_zone(""), allowed=HERE)
    reply = drive(dial(Dial("a", "127.0.0.1", 6379)), resolver)
    assert reply.why is Why.NO_MEANS
    resolver.close()


def test_a_deadline_ends_it() -> None:
    def engine() -> Asking[Reply]:
        (reply,) = yield (Fetch("https://mail.example.com:1/", timeout=60.0),)
        return reply

    with server(Server(banner=b"")) as port:
        resolver = connecting(port)
        reply = drive(dial(plain(port)), resolver, deadline=0.2)
        assert reply.why in (Why.DEADLINE, Why.TIMEOUT)
        assert drive(engine(), resolver, deadline=0.2).status is Status.FAILED
        resolver.close()
