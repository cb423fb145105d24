"""Target: the chain of a message (ARC), read and validated."""

from fuzz_dkim import KEY, NOW, SIGNATURE, SIGNED, P
from fuzzkit import Answers, Target, bounded, plain
from mailworthy.arc import engine
from mailworthy.arc.result import Result
from mailworthy.arc.sets import MAX_SETS, read_chain
from mailworthy.lookup.drive import drive
from mailworthy.message.header import read


def check_chain(data: bytes) -> None:
    """Key records are the first line, cut at bars; the message is the rest."""
    first, _, message = data.partition(b"\n")
    world = Answers(first.decode("latin-1").split("|"))
    chain = read_chain(read(message))
    found = drive(engine.verify(message, now=NOW), world)
    assert world.asks <= 2 * MAX_SETS
    assert (found.result is Result.NONE) == (chain is None)
    assert len(found.instances) <= MAX_SETS
    assert (found.oldest_pass is not None) == (found.result is Result.PASS)
    plain(found.reason)
    assert found.section.startswith("RFC ")
    for one in found.instances:
        plain(one.domain, "domain", 253)
        plain(one.seal.reason)
        plain(one.message_signature.reason)
        assert one.results is None or one.results.authserv_id is not None
    assert drive(engine.verify(read(message).data, now=NOW), Answers(world.lines)) == found
    bounded(found, len(data), 300)


def chain_of(i: int, status: str) -> bytes:
    """A set whose signatures are well-formed and wrong."""
    tags = f"i={i}; a=rsa-sha256; d=example.com; s=s; t=1;"
    return (
        f"ARC-Seal: {tags} cv={status}; b=AAAA\r\n"
        f"ARC-Message-Signature: {tags} c=relaxed/relaxed; h=from; bh=AAAA; b=AAAA\r\n"
        f"ARC-Authentication-Results: i={i}; mx.example.com; spf=pass smtp.mailfrom=a.test\r\n"
    ).encode()


CHAIN = Target(
    "arc_chain",
    check_chain,
    (
        b"v=DKIM1; p=" + P + b"\n" + chain_of(1, "none") + SIGNED,
        b"!|v=DKIM1; p=" + P + b"\n" + chain_of(2, "pass") + chain_of(1, "none") + SIGNED,
        b"?\n" + chain_of(1, "fail") + b"ARC-Seal: x\r\n" + SIGNED,
    ),
    (*SIGNATURE.words, *KEY.words[-4:], b"ARC-Seal:", b"ARC-Message-Signature:", b"i=1;", b"i=2;",
     b"ARC-Authentication-Results:", b"cv=none;", b"cv=pass;", b"|", b"!:", b"?:", b"i=51;"),
)  # fmt: skip

TARGETS = (CHAIN,)
