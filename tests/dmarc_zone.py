"""A resolver for tests: a dictionary of TXT records that counts what it is asked."""

from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed


class Zone:
    """`txt` maps names to texts, or to the reason why a look-up fails; `exist` are bare names."""

    def __init__(self, txt: dict[str, str | list[str] | Why], exist: tuple[str, ...] = ()) -> None:
        self.txt = txt
        self.names = {*txt, *exist}
        self.asked: list[str] = []
        self.aliases: set[str] = set()

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        assert ask.type == "TXT"
        self.asked.append(ask.name)
        found = self.txt.get(ask.name)
        if isinstance(found, Why):
            return failed(ask, found)
        if ask.name in self.aliases:
            return Answer(ask, Status.ABSENT, rcode="NXDOMAIN", chain=("gone.example.",))
        if found is None:
            below = any(name.endswith("." + ask.name) for name in self.names)
            there = below or ask.name in self.names
            return Answer(ask, Status.EMPTY if there else Status.ABSENT)
        records = tuple([found] if isinstance(found, str) else found)
        return Answer(ask, Status.FOUND, records=records)
