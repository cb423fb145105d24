"""What the rules about TLSA records share: whose they are, and what takes their place."""

from collections.abc import Iterable, Iterator

from mailworthy.audit.evidence import HostEvidence, Read, TlsaSet
from mailworthy.audit.finding import Blank, Found, Remedy, cite
from mailworthy.audit.rules._records import mend
from mailworthy.dane.record import Tlsa
from mailworthy.names import printable

DIGEST = Blank(
    "digest",
    "the SHA-256 of the server's public key, 64 hexadecimal digits: `openssl x509 -in CERTIFICATE "
    "-noout -pubkey | openssl pkey -pubin -outform DER | sha256sum` prints it",
)
BEST = f"3 1 1 <{DIGEST.placeholder}>"
CURRENT = "35b730f28a25edb6e26cf2244627b5cd973a6515442d80d14f413c6212b5d144"
OWNER = "_25._tcp.mail.example.com."


def ours(host: HostEvidence) -> bool:
    """Whether the owner of the domain is likely to run the host, and its TLSA records."""
    return host.within or host.ours


def receives(host: HostEvidence) -> bool:
    """Whether mail from strangers comes here: only then TLSA at port 25 has a reader."""
    return host.preference is not None


def with_problem(tlsa: TlsaSet, code: str) -> tuple[Read[Tlsa], ...]:
    """The records that were read with this remark."""
    return tuple(read for read in tlsa.found if read.parsed.has(code))


def usable(tlsa: TlsaSet) -> bool:
    """Whether any record can authenticate the server."""
    return any(read.parsed.record and read.parsed.record.usable for read in tlsa.found)


def without(host: HostEvidence, domain: str, tlsa: TlsaSet, bad: Iterable[Read[Tlsa]]) -> Remedy:
    """Take records out; if no usable one is left, put the recommended kind in their place."""
    texts = tuple(read.text for read in bad)
    if usable(tlsa):
        return Remedy(mend(tlsa.answer, domain_of(host, domain), remove=texts))
    steps = mend(tlsa.answer, domain_of(host, domain), remove=texts, add=(BEST,))
    return Remedy(steps, blanks=(DIGEST,))


def domain_of(host: HostEvidence, domain: str) -> str:
    """Where the user can change records about a host: in the domain, or in the host's own."""
    return domain if host.within else host.name


def useless(host: HostEvidence, domain: str, tlsa: TlsaSet, code: str) -> Iterator[Found]:
    """The finding about all records with one remark, which senders cannot use."""
    bad = with_problem(tlsa, code)
    if not bad or not ours(host):
        return
    problem = next(p for p in bad[0].parsed.problems if p.code == code)
    name = printable(tlsa.answer.ask.name, 200)
    yield Found(
        subject=tlsa.answer.ask.name,
        message=f"{name} has a TLSA record that senders cannot use: {problem.message}",
        evidence=tuple(cite(tlsa.answer, read.text) for read in bad[:4]),
        remedy=without(host, domain, tlsa, bad),
    )
