"""Aggregate reports as Hypothesis makes them: values that a valid report can carry."""

from hypothesis import strategies as st

from aggregate_xml import NOW, render
from mailworthy.reports.model import (
    AggregateRecord,
    DkimAuth,
    Format,
    Head,
    Kind,
    PolicyPublished,
    Reason,
    Reporter,
    SpfAuth,
    Window,
)

END = int(NOW.timestamp())
LABELS = st.from_regex(r"[a-z0-9_]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
DOMAINS = st.lists(LABELS, min_size=1, max_size=3).map(".".join)
PROSE = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=30)
SOME = st.just("") | PROSE
RESULTS = st.sampled_from(["none", "pass", "fail", "neutral", "temperror", "permerror", "policy"])
ALIGNED = st.sampled_from(["pass", "fail"])
ADDRESSES = st.ip_addresses().map(lambda ip: str(getattr(ip, "ipv4_mapped", None) or ip))
REASONS = st.builds(Reason, st.sampled_from(["other", "local_policy", "mailing_list"]), SOME)
DKIM = st.builds(DkimAuth, DOMAINS, RESULTS, DOMAINS, SOME)
SPF = st.builds(SpfAuth, DOMAINS, RESULTS, st.sampled_from(["", "mfrom"]), SOME)
RECORDS = st.builds(
    AggregateRecord,
    ip=ADDRESSES,
    count=st.integers(1, 10**10),
    disposition=st.sampled_from(["none", "pass", "quarantine", "reject"]),
    dkim=ALIGNED,
    spf=ALIGNED,
    header_from=DOMAINS,
    envelope_from=st.none() | st.just("") | DOMAINS,
    envelope_to=st.none() | DOMAINS,
    reasons=st.lists(REASONS, max_size=2).map(tuple),
    dkim_auth=st.lists(DKIM, max_size=2).map(tuple),
    spf_auth=st.lists(SPF, max_size=1).map(tuple),
)
ASKED = st.sampled_from(["none", "quarantine", "reject"])
PUBLISHED = st.builds(
    PolicyPublished,
    domain=DOMAINS,
    p=ASKED,
    sp=st.just("") | ASKED,
    np=st.just("") | ASKED,
    adkim=st.sampled_from(["", "r", "s"]),
    aspf=st.sampled_from(["", "r", "s"]),
    fo=st.sampled_from(["", "0", "1:d:s"]),
    pct=st.sampled_from(["", "100"]),
    testing=st.sampled_from(["", "y", "n"]),
    discovery=st.sampled_from(["", "psl", "treewalk"]),
)
WINDOWS = st.builds(
    lambda begin, size: Window(begin, begin + size),
    st.integers(10**6, END - 86400 * 366),
    st.integers(0, 86400 * 366),
)
HEADS = st.builds(
    Head,
    kind=st.just(Kind.AGGREGATE),
    format=st.just(Format.RFC9990),
    reporter=st.builds(Reporter, PROSE, DOMAINS.map(lambda name: f"a@{name}"), SOME, SOME),
    report_id=st.from_regex(r"[A-Za-z0-9]{1,9}(@[a-z]{1,9})?", fullmatch=True),
    window=WINDOWS,
    policy=PUBLISHED,
    errors=st.lists(PROSE, max_size=2).map(tuple),
)


PIECES = st.sampled_from(
    [
        *(b"<", b">", b"</", b"/>", b"&", b"&amp;", b"&#65;", b"]]>", b"<!--", b"-->", b"'", b'"'),
        *(b"<![CDATA[", b"<?x?>", b"<!DOCTYPE x>", b"\0", b"\x85", "é".encode(), b"\xe9", b" "),
        *(b"<record>", b"</record>", b"<row>", b"</row>", b"<count>", b"</count>", b"<count>3"),
        *(b"</feedback>", b"<feedback>", b"<report_metadata>", b"</identifiers>", b"<spf/>", b"1"),
    ]
)


@st.composite
def mutated(draw: st.DrawFn, texts: st.SearchStrategy[str], most: int = 3) -> bytes:
    """A text with a few pieces put in, taken out or in another's place."""
    data = draw(texts).encode()
    for _ in range(draw(st.integers(0, most))):
        at = draw(st.integers(0, len(data)))
        size = draw(st.integers(0, 40))
        data = data[:at] + draw(PIECES | st.just(b"")) + data[at + size :]
    return data


REPORTS = st.builds(render, HEADS, st.lists(RECORDS, max_size=2))
