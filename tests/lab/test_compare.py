"""Our milter beside Rspamd and OpenDKIM with OpenDMARC, message by message."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from agreement import MOST, Agreement
from lab.comparediffs import TABLES, Seen, coarse
from lab.comparemails import KINDS, Case, case
from lab.compareworld import world
from lab.internet import Lab
from lab.judges import Judges, Said, judges

pytestmark = pytest.mark.lab
FEW, ALL = 180, 2000
# Whether Rspamd sees the error depends on the order in which the records come.
NOT_ALWAYS = {"two records are an error"}
Row = tuple[Case, Said, Said, Said]


@pytest.fixture(scope="module")
def asked(lab: Lab) -> Iterator[tuple[Lab, Judges]]:
    """The judges, in a world of domains made for this."""
    with world(lab), judges(lab) as found:
        yield lab, found


def judged(lab: Lab, found: Judges, numbers: range) -> Iterator[Row]:
    """What everybody says of the messages of these numbers."""

    def one(number: int) -> Row:
        made = case(number)
        posted = made.posted
        with lab.receiver.inside():
            return made, found.ours(posted), found.rspamd(posted), found.open(posted, f"Q{number}")

    with ThreadPoolExecutor(8) as pool:
        yield from pool.map(one, numbers)


def compared(rows: Iterator[Row], config: pytest.Config) -> dict[tuple[str, str], Agreement]:
    """All verdicts held against ours; what no class explains is gathered, and fails at the end."""
    tables = {key: Agreement(" ".join(key), *classes) for key, classes in TABLES.items()}
    unexplained = []
    for made, ours, rspamd, others in rows:
        for (peer, method), table in tables.items():
            theirs = rspamd if peer == "Rspamd" else others
            for seen in _pairs(method, made, ours, theirs):
                try:
                    table.hold(seen.mine, seen.other, seen)
                except AssertionError as error:
                    unexplained.append(f"{made.number} {peer} {method}: {error}")
    for table in tables.values():
        table.tell(config)
    assert not unexplained, f"{len(unexplained)}:\n" + "\n".join(unexplained[:20])
    return tables


def _pairs(method: str, made: Case, ours: Said, theirs: Said) -> Iterator[Seen]:
    if method == "spf":
        yield Seen(made, ours, theirs, ours.spf, theirs.spf)
    elif method == "dmarc":
        yield Seen(made, ours, theirs, ours.dmarc, theirs.dmarc)
    else:
        for domain, selector, special in made.signatures:
            words = [coarse(said.dkim.get((domain, selector))) for said in (ours, theirs)]
            yield Seen(made, ours, theirs, *words, (domain, selector, special))


def test_the_differences_are_few() -> None:
    assert max(map(len, TABLES.values())) <= MOST


def test_a_number_is_a_message() -> None:
    first, again = case(FEW), case(FEW)
    assert first.posted.sender == again.posted.sender
    assert first.traits == again.traits
    assert {case(n).kind for n in range(len(KINDS))} == set(KINDS)


def test_some_are_judged_alike_or_we_say_why(
    asked: tuple[Lab, Judges], pytestconfig: pytest.Config
) -> None:
    tables = compared(judged(*asked, range(FEW)), pytestconfig)
    assert all(table.compared >= FEW // 2 for table in tables.values())


@pytest.mark.proof
def test_all_are_judged_alike_or_we_say_why(
    asked: tuple[Lab, Judges], pytestconfig: pytest.Config
) -> None:
    """Two thousand messages; every class of differences is really seen."""
    tables = compared(judged(*asked, range(ALL)), pytestconfig)
    unseen = [
        f"{table.peer}: {one.name}"
        for table in tables.values()
        for one in table.classes
        if not table.counts[one.name] and one.name not in NOT_ALWAYS
    ]
    assert not unseen
