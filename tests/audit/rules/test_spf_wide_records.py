"""Includes by the hundred, and includes whose names only a message tells."""

from casekit import fired, target
from mailworthy.audit.collect import collect
from mailworthy.audit.facade import conclude
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import load
from mailworthy.lookup.drive import drive
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.rdata.text import quote


class Wide:
    """A world in which every SPF record includes 800 others."""

    asked = 0

    def instant(self, ask: Ask) -> Reply:
        self.asked += 1
        if not isinstance(ask, Question) or ask.type != "TXT" or ask.name.startswith("_"):
            return failed(ask, Why.REFUSED)
        terms = " ".join(f"include:i{n}.{ask.name[-40:]}" for n in range(800))
        return Answer(ask, Status.FOUND, records=(f"v=spf1 {terms} -all",))


def test_a_tree_of_hundreds_of_includes_is_judged_in_bounds() -> None:
    wide = Wide()
    evidence = drive(collect(target(healthy())), wide)
    audit = conclude(evidence, [r for r in load() if r.family == "spf"], ())
    assert wide.asked < 200
    assert "spf-too-many-lookups" in {f.rule for f in audit.findings}


def test_includes_that_the_message_decides_do_not_cover_each_other() -> None:
    hosts = "ip4:192.0.2.25 ip6:2001:db8::25"
    own = f"v=spf1 {hosts} include:%{{ir}}._a.example.net include:_b.example.net ~all"
    other = "v=spf1 include:%{ir}._x.example.net -all"
    case = healthy(
        drop=("example.com. TXT",),
        add=(f"example.com. TXT {quote(own)}", f"_b.example.net. TXT {quote(other)}"),
    )
    assert fired(case) == {}
