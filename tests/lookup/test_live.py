"""The live resolver against servers on this machine, honest and hostile."""

import asyncio
import os
import resource
import signal
import struct
import threading
from collections.abc import Callable, Iterator

import dns.edns
import dns.flags
import dns.message
import pytest

from lookup.loopback import Handler, Loopback, asked_of, respond, serving
from mailworthy.errors import UsageError
from mailworthy.lookup.drive import adrive, drive
from mailworthy.lookup.live import Live, Pace
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Asking, Dial, Fetch, Question, Status, Why
from mailworthy.lookup.model import ask as asking

QUICK = Pace((0.1, 0.2), 0.3)  # where nothing will come
SECOND = Pace((0.15, 20.0), 20.0)  # where only a second attempt can bring something
PATIENT = Pace((20.0, 20.0), 40.0)
LONG = " ".join(f'"{chr(97 + i % 26) * 250}"' for i in range(200))
WORLD = f"""
$ORIGIN example.com.
@ 60 SOA ns hostmaster 1 3600 900 604800 30
@ 600 NS ns
@ 600 MX 10 mail
@ 600 TXT "v=spf1 " "a -all"
@ 600 TXT "\\195\\164\\000"
mail 60 A 192.0.2.25
mail 60 AAAA 2001:db8::25
a 300 CNAME b
b 30 CNAME mail
loop1 CNAME loop2
loop2 CNAME loop1
big TXT {LONG}
deep.er A 192.0.2.9
@ SSHFP 1 1 abcdabcdabcdabcdabcdabcdabcdabcdabcdabcd
"""
MEMORY = Memory.from_zone(WORLD, signed=["example.com"])
X = Question("x.test", "A")


def look(resolver: Live, name: str, type_: str) -> Answer:
    (answer,) = drive(asking(Question(name, type_)), resolver)
    return answer


def plain(answer: Answer) -> tuple[object, ...]:
    return (
        answer.why or answer.status,
        answer.records,
        answer.splits,
        answer.chain,
        answer.ttl,
        answer.ad,
        answer.rcode,
    )


@pytest.fixture(scope="module")
def honest() -> Iterator[Live]:
    with Loopback(serving(MEMORY)) as server, Live(server.spec, pace=PATIENT) as live:
        yield live


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("example.com", "MX"),
        ("EXAMPLE.com.", "TXT"),
        ("example.com", "SSHFP"),
        ("example.com", "SOA"),
        ("mail.example.com", "AAAA"),
        ("a.example.com", "A"),
        ("a.example.com", "CNAME"),
        ("a.example.com", "TXT"),
        ("nowhere.example.com", "A"),
        ("er.example.com", "A"),
        ("big.example.com", "TXT"),
        ("a" * 64, "A"),
        ("example.com", "ANY"),
    ],
)
def test_live_and_memory_agree(honest: Live, name: str, type_: str) -> None:
    expected = MEMORY.instant(Question(name, type_))
    assert isinstance(expected, Answer)
    answer = look(honest, name, type_)
    assert plain(answer) == plain(expected)


def test_other_asks_have_no_means(honest: Live) -> None:
    async def both() -> list[Why | None]:
        asks = (Fetch("https://example.com/"), Dial("mail.example.com"))
        return [(await honest.answer(ask)).why for ask in asks]

    assert asyncio.run(both()) == [Why.NO_MEANS, Why.NO_MEANS]


def steps(*handlers: Handler) -> Handler:
    """The first query meets the first handler, and so on; the last one stays."""
    left = list(handlers)

    def handle(data: bytes, tcp: bool) -> list[bytes]:
        return (left.pop(0) if len(left) > 1 else left[0])(data, tcp)

    return handle


def silent(data: bytes, tcp: bool) -> list[bytes]:
    return []


def good(data: bytes, tcp: bool) -> list[bytes]:
    return [respond(data, f"{asked_of(data).name}. 60 IN A 192.0.2.1").to_wire()]


def rcode(number: int, *codes: int) -> Handler:
    def handle(data: bytes, tcp: bool) -> list[bytes]:
        response = respond(data, rcode=number)
        if codes:
            response.use_edns(options=[dns.edns.EDEOption(code) for code in codes])
        return [response.to_wire()]

    return handle


def altered(change) -> Handler:  # type: ignore[no-untyped-def]
    """A forged answer first, the true one after it."""

    def handle(data: bytes, tcp: bool) -> list[bytes]:
        forged = bytearray(respond(data, "x.test. 60 IN A 192.0.2.66").to_wire())
        change(forged)
        return [bytes(forged), *good(data, tcp)]

    return handle


def other_id(message: bytearray) -> None:
    message[0] ^= 1


def other_name(message: bytearray) -> None:
    message[13] = ord("y")


def other_type(message: bytearray) -> None:
    message[21] = 2


def a_query(message: bytearray) -> None:
    message[2] &= 0x7F


def truncated_for_udp(data: bytes, tcp: bool) -> list[bytes]:
    response = respond(data)
    response.flags |= dns.flags.TC
    return good(data, tcp) if tcp else [response.to_wire()]


def refuses_edns(data: bytes, tcp: bool) -> list[bytes]:
    bare = dns.message.from_wire(data).edns < 0
    return good(data, tcp) if bare else [struct.pack("!2s5H", data[:2], 0x8001, 0, 0, 0, 0)]


def badvers(data: bytes, tcp: bool) -> list[bytes]:
    return good(data, tcp) if dns.message.from_wire(data).edns < 0 else rcode(16)(data, tcp)


def loops(data: bytes, tcp: bool) -> list[bytes]:
    records = ("x.test. 60 IN CNAME y.test.", "y.test. 60 IN CNAME x.test.")
    return [respond(data, *records).to_wire()]


def endless(data: bytes, tcp: bool) -> list[bytes]:
    """One alias an answer, for ever."""
    name = asked_of(data).name
    return [respond(data, f"{name}. 60 IN CNAME a{name}.").to_wire()]


def unfinished(data: bytes, tcp: bool) -> list[bytes]:
    """An authoritative server that knows only its own part of a chain."""
    if asked_of(data).name == "x.test":
        return [respond(data, "x.test. 20 IN CNAME y.other.").to_wire()]
    return good(data, tcp)


def foreign_soa(data: bytes, tcp: bool) -> list[bytes]:
    """The same with the SOA of its own zone, which says nothing about the alias's target."""
    if asked_of(data).name != "x.test":
        return good(data, tcp)
    response = respond(data, "x.test. 20 IN CNAME y.other.")
    response.authority = respond(data, "test. 60 IN SOA a. b. 1 2 3 4 5").answer
    return [response.to_wire()]


def half_signed(ad_of: str) -> Handler:
    def handle(data: bytes, tcp: bool) -> list[bytes]:
        response = dns.message.from_wire(unfinished(data, tcp)[0])
        response.flags |= dns.flags.AD if asked_of(data).name == ad_of else 0
        return [response.to_wire()]

    return handle


def contradicts_itself(data: bytes, tcp: bool) -> list[bytes]:
    return [respond(data, "x.test. 60 IN A 192.0.2.1", rcode=3).to_wire()]


def ping_pong(data: bytes, tcp: bool) -> list[bytes]:
    name = asked_of(data).name
    other = "y.test" if name == "x.test" else "x.test"
    return [respond(data, f"{name}. 60 IN CNAME {other}.").to_wire()]


def referral(ra: bool) -> Handler:
    def handle(data: bytes, tcp: bool) -> list[bytes]:
        response = respond(data)
        response.flags &= ~(0 if ra else dns.flags.RA)
        response.authority = respond(data, "test. 60 IN NS ns.test.").answer
        return [response.to_wire()]

    return handle


def child_side(data: bytes, tcp: bool) -> list[bytes]:
    response = respond(data)
    response.flags |= dns.flags.AA
    response.authority = respond(data, "x.test. 60 IN SOA a. b. 1 2 3 4 5").answer
    return [response.to_wire()]


def garbage(data: bytes, tcp: bool) -> list[bytes]:
    return [data[:2], b"", b"\xff" * 40, data[:2] + b"\x81\x80" + b"\xff" * 60]


def rotten(data: bytes, tcp: bool) -> list[bytes]:
    """The right id and question, and records that cannot be read."""
    return [respond(data, "x.test. 60 IN A 192.0.2.66").to_wire()[:-7]]


@pytest.mark.parametrize(
    ("handler", "result"),
    [
        (good, "192.0.2.1"),
        (silent, "timeout"),
        (steps(silent, good), "192.0.2.1"),
        (altered(other_id), "192.0.2.1"),
        (altered(other_name), "192.0.2.1"),
        (altered(other_type), "192.0.2.1"),
        (altered(a_query), "192.0.2.1"),
        (truncated_for_udp, "192.0.2.1"),
        (refuses_edns, "192.0.2.1"),
        (badvers, "192.0.2.1"),
        (rcode(2), "servfail"),
        (rcode(5), "refused"),
        (rcode(4), "refused"),
        (rcode(1), "servfail"),
        (rcode(9), "servfail"),
        (rcode(2, 6), "bogus"),
        (rcode(2, 22, 9), "bogus"),
        (rcode(2, 22), "servfail"),
        (rcode(5, 6), "refused"),
        (rcode(3), "absent"),
        (rcode(0), "empty"),
        (loops, "loop"),
        (endless, "loop"),
        (unfinished, "192.0.2.1"),
        (foreign_soa, "192.0.2.1"),
        (contradicts_itself, "absent"),
        (ping_pong, "loop"),
        (referral(ra=False), "outside"),
        (referral(ra=True), "servfail"),
        (child_side, "empty"),
        (garbage, "timeout"),
        (rotten, "servfail"),
    ],
)
def test_what_servers_do(handler: Handler, result: str) -> None:
    pace = QUICK if result == "timeout" else SECOND
    with Loopback(handler) as server, Live(server.spec, pace=pace) as live:
        answer = look(live, "x.test", "A")
    assert (answer.why or (answer.records or (answer.status,))[0]) == result
    assert (answer.status is Status.FAILED) == (answer.why is not None)


def test_the_child_has_no_say_about_its_ds() -> None:
    with Loopback(child_side) as server, Live(server.spec, pace=PATIENT) as live:
        assert look(live, "x.test", "DS").why is Why.OUTSIDE
        assert look(live, "y.x.test", "DS").status is Status.EMPTY


def test_an_unfinished_chain_is_told_whole() -> None:
    with Loopback(unfinished) as server, Live(server.spec, pace=PATIENT) as live:
        answer = look(live, "x.test", "A")
    assert (answer.chain, answer.ttl) == (("y.other",), 20)


@pytest.mark.parametrize("ad_of", ["x.test", "y.other"])
def test_a_chain_is_authentic_only_as_a_whole(ad_of: str) -> None:
    with Loopback(half_signed(ad_of)) as server, Live(server.spec, pace=PATIENT) as live:
        answer = look(live, "x.test", "A")
    assert (answer.status, answer.ad) == (Status.FOUND, False)


def test_a_loop_is_noticed_when_it_closes() -> None:
    with Loopback(ping_pong) as server, Live(server.spec, pace=PATIENT) as live:
        assert look(live, "x.test", "A").chain == ("y.test", "x.test", "y.test")
        assert len(server.asked) == 3


def test_extended_errors_and_servers_are_kept() -> None:
    with Loopback(rcode(2, 22, 9)) as server, Live(server.spec, pace=PATIENT) as live:
        answer = look(live, "x.test", "A")
        assert (answer.ede, answer.rcode, answer.server) == ((22, 9), "SERVFAIL", server.spec)


def test_a_stream_that_breaks_off() -> None:
    with (
        Loopback(truncated_for_udp, drip=True) as server,
        Live(server.spec, pace=QUICK) as live,
    ):
        assert look(live, "x.test", "A").why is Why.TIMEOUT


def test_a_stream_that_ends_between_two_questions() -> None:
    with Loopback(truncated_for_udp) as server, Live(server.spec, pace=PATIENT) as live:
        engine = live._started()[1]
        assert look(live, "x.test", "A").status is Status.FOUND

        async def cut() -> None:
            await engine._upstreams[0]._tcp._connection.close()  # type: ignore[attr-defined]

        live.run(cut())
        assert look(live, "y.test", "A").status is Status.FOUND


def test_a_stream_that_is_closed_on_its_second_question() -> None:
    with (
        Loopback(truncated_for_udp, per_stream=1) as server,
        Live(server.spec, pace=PATIENT) as live,
    ):
        assert look(live, "x.test", "A").status is Status.FOUND
        assert look(live, "y.test", "A").status is Status.FOUND
        assert [tcp for _, tcp in server.asked] == [False, True, False, True]


@pytest.mark.parametrize("change", [other_id, other_name, other_type, a_query])
def test_a_stream_is_not_believed_blindly(change) -> None:  # type: ignore[no-untyped-def]
    def handle(data: bytes, tcp: bool) -> list[bytes]:
        return altered(change)(data, tcp) if tcp else truncated_for_udp(data, tcp)

    with Loopback(handle) as server, Live(server.spec, pace=PATIENT) as live:
        assert look(live, "x.test", "A").records == ("192.0.2.1",)


def test_servers_are_asked_in_turn() -> None:
    with (
        Loopback(rcode(2)) as broken,
        Loopback(silent) as mute,
        Loopback(good) as healthy,
        Live(broken.spec, mute.spec, healthy.spec, pace=Pace((0.5, 20.0), 20.0)) as live,
    ):
        answer = look(live, "x.test", "A")
        assert (answer.status, answer.server) == (Status.FOUND, healthy.spec)
        assert (len(broken.asked), len(mute.asked), len(healthy.asked)) == (1, 1, 1)


def test_a_server_that_is_not_there_costs_no_waiting() -> None:
    with Loopback(good) as server:
        spec = server.spec
    with Live(spec, pace=Pace((100.0, 100.0), 200.0)) as live:
        (answer,) = drive(asking(X), live, deadline=60)
        assert answer.why is Why.TIMEOUT  # and not the deadline


def test_a_refusing_server_is_asked_once_and_a_mute_one_twice() -> None:
    with Loopback(rcode(5)) as refusing, Live(refusing.spec, pace=PATIENT) as live:
        look(live, "x.test", "A")
        assert len(refusing.asked) == 1
    with Loopback(silent) as mute, Live(mute.spec, pace=QUICK) as live:
        look(live, "x.test", "A")
        assert len(mute.asked) == 2


def test_edns_is_left_out_only_after_it_has_failed() -> None:
    with Loopback(refuses_edns) as server, Live(server.spec, pace=PATIENT) as live:
        look(live, "x.test", "A")
        look(live, "y.test", "A")
        seen = [dns.message.from_wire(data).edns for data, _ in server.asked]
    assert seen == [0, -1, -1]


@pytest.mark.parametrize(("trust", "expected"), [(None, True), (True, True), (False, False)])
def test_ad_counts_only_where_it_is_trusted(trust: bool | None, expected: bool) -> None:
    with (
        Loopback(serving(MEMORY)) as server,
        Live(server.spec, trust_ad=trust, pace=PATIENT) as live,
    ):
        assert look(live, "example.com", "MX").ad is expected
        assert look(live, "nowhere.example.com", "MX").ad is expected


def test_a_question_flies_once_and_is_kept() -> None:
    with Loopback(good) as server, Live(server.spec, pace=PATIENT) as live:

        async def many() -> list[object]:
            return list(await asyncio.gather(*(live.answer(X) for _ in range(50))))

        first = asyncio.run(many())
        assert len({id(a) for a in first}) == 1
        assert look(live, "X.test.", "A").records == ("192.0.2.1",)
        assert len(server.asked) == 1


def test_a_burst_arrives_whole() -> None:
    questions = [Question(f"h{i}.test", "A") for i in range(2000)]
    with Loopback(good) as server, Live(server.spec) as live:
        answers = drive(asking(*questions), live)
    assert [a.ask for a in answers] == questions
    assert {a.status for a in answers} == {Status.FOUND}
    ports_and_ids = {data[:2] for data, _ in server.asked}
    assert len(ports_and_ids) > 1000


def test_it_works_inside_a_running_loop_and_in_several() -> None:
    def engine() -> Asking[Status]:
        (answer,) = yield from asking(X)
        return answer.status

    with Loopback(good) as server, Live(server.spec, pace=PATIENT) as live:

        async def inside() -> tuple[Status, Status]:
            return drive(engine(), live), await adrive(engine(), live)

        for _ in range(2):
            assert asyncio.run(inside()) == (Status.FOUND, Status.FOUND)


def test_a_deadline_ends_a_run_against_a_mute_server() -> None:
    with Loopback(silent) as server, Live(server.spec, pace=Pace((60.0,), 60.0)) as live:
        (answer,) = drive(asking(X), live, deadline=0.05)
        assert answer.why is Why.DEADLINE


def test_a_timeout_of_the_caller_is_kept() -> None:
    with Loopback(silent) as server, Live(server.spec, pace=Pace((60.0,), 60.0)) as live:
        assert asyncio.run(live.answer(X, 0.05)).why is Why.TIMEOUT


def test_misuse_is_told() -> None:
    live = Live("127.0.0.1:1")
    live.close()
    live.close()
    with pytest.raises(UsageError, match="closed"):
        look(live, "x.test", "A")

    with Live("127.0.0.1:1") as other:

        async def nested() -> None:
            look(other, "x.test", "A")

        with pytest.raises(UsageError, match="await adrive"):
            other.run(nested())


def test_a_resolver_can_be_closed_while_it_waits() -> None:
    with Loopback(silent) as server:
        live = Live(server.spec, pace=Pace((60.0,), 60.0))

        async def wait_and_close() -> None:
            waiting = asyncio.ensure_future(live.answer(X))
            while not server.asked:
                await asyncio.sleep(0.001)
            await asyncio.to_thread(live.close)
            await asyncio.gather(waiting, return_exceptions=True)
            assert waiting.cancelled()

        asyncio.run(wait_and_close())


def test_what_the_system_refuses_is_an_answer() -> None:
    """A broadcast address cannot be connected to without asking for it."""
    with Live("255.255.255.255", pace=Pace((100.0, 100.0), 200.0)) as live:
        (answer,) = drive(asking(X), live, deadline=60)
        assert answer.why is Why.TIMEOUT


@pytest.fixture
def no_more_files() -> Iterator[Callable[[], None]]:
    """A function that lets this process open no further file."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)

    def exhaust() -> None:
        probe = os.dup(0)
        os.close(probe)
        resource.setrlimit(resource.RLIMIT_NOFILE, (probe, before[1]))

    yield exhaust
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_too_many_open_files(no_more_files: Callable[[], None]) -> None:
    with Loopback(good) as server, Live(server.spec, pace=PATIENT) as live:
        look(live, "x.test", "A")
        no_more_files()
        answers = drive(asking(*(Question(f"h{i}.test", "A") for i in range(40))), live)
        assert {a.status for a in answers} == {Status.FOUND}


def test_too_many_open_files_for_the_first_socket(no_more_files: Callable[[], None]) -> None:
    with Loopback(good) as server, Live(server.spec, pace=QUICK) as live:
        live.run(asyncio.sleep(0))
        no_more_files()
        assert look(live, "x.test", "A").why is Why.TIMEOUT


def absent(data: bytes, tcp: bool) -> list[bytes]:
    """The query itself as an NXDOMAIN, which costs no time to make."""
    return [data[:2] + b"\x81\x83" + data[4:]]


def test_ports_change() -> None:
    with Loopback(absent) as server, Live(server.spec) as live:
        for batch in range(5):
            questions = [Question(f"h{i}.{batch}.test", "A") for i in range(1000)]
            found = drive(asking(*questions), live)
            assert {a.status for a in found} == {Status.ABSENT}
        udp = live._started()[1]._upstreams[0]
        assert len(udp._ports) <= 16  # type: ignore[attr-defined]
        assert not udp._retired  # type: ignore[attr-defined]
        assert all(not port.pending for port in udp._ports)  # type: ignore[attr-defined]
        assert sum(port.uses for port in udp._ports) < 5000  # type: ignore[attr-defined]


def test_threads_may_share_a_resolver() -> None:
    found: list[Status] = []

    def work(number: int) -> None:
        found.append(look(live, f"h{number}.test", "A").status)

    with Loopback(absent) as server, Live(server.spec) as live:
        threads = [threading.Thread(target=work, args=(i,)) for i in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [Status.ABSENT] * 20


def test_an_interrupt_closes_the_engine_and_leaves_the_resolver_usable() -> None:
    closed = []

    def engine() -> Asking[None]:
        try:
            yield (Question("interrupt.test", "A"),)
        except GeneratorExit:
            closed.append(True)
            raise

    def handle(data: bytes, tcp: bool) -> list[bytes]:
        if asked_of(data).name == "interrupt.test":
            os.kill(os.getpid(), signal.SIGINT)
            return []
        return good(data, tcp)

    with Loopback(handle) as server, Live(server.spec, pace=PATIENT) as live:
        with pytest.raises(KeyboardInterrupt):
            drive(engine(), live)
        assert closed == [True]
        assert look(live, "x.test", "A").status is Status.FOUND
