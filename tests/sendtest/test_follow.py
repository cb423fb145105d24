"""A message through the queue, filters and all."""

import pytest

from mailworthy.sendtest.follow import Follower, State, Trail

ID = "<test@a.example>"
HEAD = "Nov 23 18:01:44 mail postfix/"
NAMED = "cleanup[1]: {id}: message-id=<test@a.example>"
STEP = (
    "{program}[1]: {id}: to=<bob@b.example>, relay={relay}, delay=1, delays=0/0/0/1, dsn={dsn}, "
    "status={word} ({said})"
)


def named(queue_id: str) -> str:
    return HEAD + NAMED.format(id=queue_id)


def step(
    queue_id: str,
    word: str,
    said: str,
    *,
    relay: str = "mx.b.example[192.0.2.1]:25",
    program: str = "smtp",
) -> str:
    dsn = {"sent": "2.0.0", "deferred": "4.7.1", "bounced": "5.7.1"}[word]
    return HEAD + STEP.format(
        program=program, id=queue_id, relay=relay, dsn=dsn, word=word, said=said
    )


def followed(*lines: str, queue_id: str = "") -> Trail:
    follower = Follower(ID, queue_id)
    follower.feed(lines)
    return follower.trail()


FILTER = "127.0.0.1[127.0.0.1]:10024"


@pytest.mark.parametrize(
    ("lines", "state", "ids"),
    [
        ([], State.UNSEEN, ()),
        ([named("4AAAA")], State.QUEUED, ("4AAAA",)),
        ([named("4AAAA"), step("4AAAA", "sent", "250 ok")], State.DELIVERED, ("4AAAA",)),
        ([named("4AAAA"), step("4AAAA", "bounced", "550 no")], State.BOUNCED, ("4AAAA",)),
        ([named("4AAAA"), step("4AAAA", "deferred", "450 later")], State.DEFERRED, ("4AAAA",)),
        (
            [
                named("4AAAA"),
                step("4AAAA", "deferred", "450 later"),
                step("4AAAA", "sent", "250 ok"),
            ],
            State.DELIVERED,
            ("4AAAA",),
        ),
        # A filter takes it, and hands it back under another id.
        (
            [
                named("4AAAA"),
                named("4BBBB"),
                step("4AAAA", "sent", "250 2.0.0 Ok: queued as 4BBBB", relay=FILTER),
            ],
            State.QUEUED,
            ("4AAAA", "4BBBB"),
        ),
        (
            [
                named("4AAAA"),
                named("4BBBB"),
                step("4AAAA", "sent", "250 2.0.0 Ok: queued as 4BBBB", relay=FILTER),
                step("4BBBB", "bounced", "550 no"),
            ],
            State.BOUNCED,
            ("4AAAA", "4BBBB"),
        ),
        # One that is a program, and tells no id.
        (
            [
                named("4AAAA"),
                step(
                    "4AAAA", "sent", "delivered via filter service", relay="filter", program="pipe"
                ),
                named("4BBBB"),
                step("4BBBB", "deferred", "450 later"),
            ],
            State.DEFERRED,
            ("4AAAA", "4BBBB"),
        ),
        # postsuper -r
        (
            [
                named("4AAAA"),
                HEAD + "pickup[1]: 4BBBB: uid=0 from=<a@a.example> orig_id=4AAAA",
                named("4BBBB"),
                step("4BBBB", "sent", "250 ok"),
            ],
            State.DELIVERED,
            ("4AAAA", "4BBBB"),
        ),
        ([named("4AAAA"), HEAD + "postsuper[1]: 4AAAA: placed on hold"], State.HELD, ("4AAAA",)),
        (
            [
                named("4AAAA"),
                HEAD + "postsuper[1]: 4AAAA: placed on hold",
                step("4AAAA", "sent", "250 ok"),
            ],
            State.DELIVERED,
            ("4AAAA",),
        ),
        (
            [
                named("4AAAA"),
                step("4AAAA", "deferred", "450 later"),
                HEAD + "qmgr[1]: 4AAAA: from=<a@a.example>, status=expired, returned to sender",
            ],
            State.BOUNCED,
            ("4AAAA",),
        ),
    ],
)
def test_where_it_is(lines: list[str], state: State, ids: tuple[str, ...]) -> None:
    trail = followed(*lines)
    assert (trail.state, trail.queue_ids) == (state, ids)


def test_a_filter_of_the_server_itself_refuses() -> None:
    trail = followed(
        named("4AAAA"),
        HEAD + "cleanup[1]: 4AAAA: milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: "
        "5.7.1 Spam message rejected; from=<a@a.example> to=<bob@b.example> proto=ESMTP helo=<x>",
    )
    assert (trail.state, trail.refused) == (State.BOUNCED, "5.7.1 Spam message rejected")


def test_somebody_elses_mail_with_our_message_id_is_not_ours() -> None:
    trail = followed(
        named("4AAAA"),
        step("4AAAA", "bounced", "550 5.7.1 no"),
        named("4EVIL"),
        step("4EVIL", "sent", "250 ok"),
    )
    assert (trail.state, trail.queue_ids) == (State.BOUNCED, ("4AAAA",))


def test_the_id_that_the_server_told_goes_before_any_other() -> None:
    lines = (named("4EVIL"), step("4EVIL", "sent", "250 ok"), named("4AAAA"))
    assert followed(*lines).state is State.DELIVERED
    assert followed(*lines, queue_id="4AAAA").state is State.QUEUED


def test_the_queue_id_at_the_receiver_is_none_of_ours() -> None:
    trail = followed(named("4AAAA"), step("4AAAA", "sent", "250 2.0.0 Ok: queued as 4THEIR"))
    assert (trail.state, trail.queue_ids) == (State.DELIVERED, ("4AAAA",))
    assert not trail.inner


def test_a_step_to_a_program_may_not_be_the_last() -> None:
    local = step("4AAAA", "sent", "delivered via lda service", relay="lda", program="pipe")
    trail = followed(named("4AAAA"), local)
    assert (trail.state, trail.inner) == (State.DELIVERED, True)


def test_of_several_people_behind_an_address_the_worst_counts() -> None:
    """And of each the last: who was put off and then reached is no trouble."""
    ann, ben = (
        "to=<ann@b.example>, orig_to=<bob@b.example>",
        "to=<ben@b.example>, orig_to=<bob@b.example>",
    )
    lines = [named("4AAAA")]
    for who, word, said in (
        (ann, "deferred", "450 later"),
        (ben, "bounced", "550 no"),
        (ann, "sent", "250 ok"),
    ):
        lines.append(step("4AAAA", word, said).replace("to=<bob@b.example>", who))
    trail = followed(*lines)
    assert trail.state is State.BOUNCED
    assert trail.last is not None
    assert trail.last.recipient == "ben@b.example"
    assert followed(*lines[:2], lines[3]).state is State.DELIVERED


def test_a_flood_of_ids_ends() -> None:
    trail = followed(*(named(f"4{n:05}") for n in range(10_000)))
    assert trail.queue_ids == ("400000",)


def test_a_circle_of_ids_ends() -> None:
    trail = followed(
        named("4AAAA"),
        named("4BBBB"),
        step("4AAAA", "sent", "250 Ok: queued as 4BBBB", relay=FILTER),
        step("4BBBB", "sent", "250 Ok: queued as 4AAAA", relay=FILTER),
    )
    assert trail.queue_ids == ("4AAAA", "4BBBB")
