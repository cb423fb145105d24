"""A world that answers every SPF question with whatever might do harm."""

import random
from collections.abc import Iterator

from hypothesis import strategies as st

from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.spf.record import render
from spf_values import record_texts, records

WHYS = list(Why)


class Hostile:
    """Answers everything, differently for every seed and always alike for one."""

    def __init__(self, seed: int, texts: list[str]) -> None:
        self.seed, self.texts = seed, texts
        self.asks = 0

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asks += 1
        luck = random.Random(f"{self.seed} {ask.name} {ask.type}")
        kind = luck.random()
        if kind < 0.1:
            return failed(ask, luck.choice(WHYS))
        if kind < 0.2:
            return Answer(ask, luck.choice([Status.EMPTY, Status.ABSENT]))
        return Answer(ask, Status.FOUND, records=tuple(self.records(ask.type, luck)))

    def records(self, type_: str, luck: random.Random) -> Iterator[str]:
        number = luck.randrange(256)
        odd = ["", "\x00", "nonsense", "10", "10 . .", "-1 x.example.", "99999 a..b.", "::1%x"]
        for _ in range(luck.choice([1, 1, 1, 2, 30]) if type_ != "TXT" else 1):
            match type_:
                case "TXT":
                    yield luck.choice(self.texts)
                case "MX":
                    yield luck.choice([*odd, f"{number % 9} m{number}.example."])
                case "PTR":
                    yield luck.choice([*odd, f"p{luck.randrange(99)}.example.", "d.example."])
                case _:
                    yield luck.choice([*odd, f"192.0.2.{number}", "2001:db8::1"])


BUSHY = ["v=spf1 " + " ".join(f"include:%{{d1r}}{i}.example mx:m{i}.example" for i in range(9))]
texts = st.lists(record_texts | records().map(render), min_size=1, max_size=5)
worlds = st.builds(Hostile, st.integers(0, 10**6), st.just(BUSHY) | texts.map(lambda t: t + BUSHY))
