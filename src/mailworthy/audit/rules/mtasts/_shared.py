"""What the rules about MTA-STS share: which record counts, what is served, and the repairs."""

from mailworthy.audit.evidence import MxSet, Policy, Published, Read
from mailworthy.audit.finding import Configure, Found, Remedy, Shown, Step, cite, word
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules._tags import with_tag
from mailworthy.domain.intent import Domain, MtaStsMode
from mailworthy.lookup.model import Fetched
from mailworthy.mtasts.policy import (
    MAX_AGE,
    Mode,
    StsPolicy,
    decode,
    is_pattern,
    policy_id,
    render,
)
from mailworthy.mtasts.record import StsRecord, is_record
from mailworthy.names import is_fqdn, printable
from mailworthy.parsed import Problem

Record = Published[StsRecord]
WEEK = 604800
_AGES = {Mode.TESTING: 86400, Mode.NONE: 86400, Mode.ENFORCE: 2 * WEEK}
# Only the first fault in this order is reported of a file: curing it may cure the others.
_FAULTS = (
    "not-utf-8",
    "byte-order-mark",
    "bad-line",
    "bad-value",
    "bad-version",
    "bad-mode",
    "bad-max-age",
    "bad-mx",
    "missing-version",
    "missing-mode",
    "missing-max-age",
    "missing-mx",
)
ASK_AGAIN = "Senders fetch the file again when the id in the TXT record changes."


def url(domain: str) -> str:
    """Where the policy file is fetched (RFC 8461 §3.2)."""
    return f"https://mta-sts.{domain}/.well-known/mta-sts.txt"


def counted(sts: Record) -> tuple[Read[StsRecord], ...]:
    """The records that senders do not discard (RFC 8461 §3.1)."""
    return tuple(read for read in sts.found if is_record(read.text))


def single(sts: Record) -> Read[StsRecord] | None:
    """The record that senders read, usable or not."""
    records = counted(sts)
    return records[0] if len(records) == 1 else None


def in_use(sts: Record) -> bool:
    """Whether senders go and fetch the policy."""
    read = single(sts)
    return read is not None and read.parsed.record is not None


def served(policy: Policy) -> bool:
    """Whether the file itself came, and nothing in its place."""
    return policy.fetched.code == 200


def current(sts: Record, policy: Policy) -> StsPolicy | None:
    """The policy that senders have learned, if there is one."""
    return policy.parsed.record if in_use(sts) and served(policy) else None


def exchanges(mx: MxSet) -> tuple[str, ...]:
    """The MX hosts that a policy could name, each once, best first."""
    return tuple(dict.fromkeys(r.exchange for r in mx.exchanges if is_fqdn(r.exchange)))


def show(fetched: Fetched) -> Shown:
    """The line of evidence for a policy file."""
    said = f"HTTP {fetched.code}, {printable(fetched.content_type, 80) or 'no content type'}"
    body = " | ".join(
        printable(line, 100) for line in decode(fetched.body[:2000]).splitlines()[:12]
    )
    return Shown(f"curl -si {word(fetched.ask.url, 400)}", f"{said}: {body}" if body else said)


def serve(domain: str, sts: Record, policy: StsPolicy) -> tuple[Step, ...]:
    """Serve this policy, and announce it under a new id (RFC 8461 §3.1)."""
    data = render(policy)
    file = Configure(url(domain), data.decode("ascii"), whole=True)
    read = single(sts)
    if read is None:
        return (file,)
    renewed = with_tag(read.text, "id", policy_id(data))
    return (file, *(edit(sts.answer, read.text, renewed) if renewed != read.text else ()))


def salvaged(domain: str, body: bytes, mx: MxSet, wish: Domain | None) -> StsPolicy:
    """The policy that a broken file meant: every usable line counts, the rest is made up for
    from the intent and the MX records."""
    lines = [line.partition(":") for line in decode(body).splitlines()]
    pairs = [(key.strip("\ufeff \t").lower(), value.strip()) for key, _, value in lines]
    values = dict(reversed(pairs))
    word = values.get("mode", "").lower()
    mode = Mode(word) if word in set(Mode) else wished_mode(wish)
    named = [v.lower().rstrip(".") for k, v in pairs if k == "mx"]
    mx_names = tuple(dict.fromkeys(n for n in named if is_pattern(n)))
    return StsPolicy(mode, _age(values.get("max_age", ""), mode), mx_names or hosts(domain, mx))


def wished_mode(wish: Domain | None) -> Mode:
    """The mode of the intent; testing where it says nothing."""
    if wish is None or wish.mta_sts is MtaStsMode.OFF:
        return Mode.TESTING
    return Mode(wish.mta_sts.value)


def hosts(domain: str, mx: MxSet) -> tuple[str, ...]:
    """The MX hosts, or the domain itself, which takes the mail where there is no MX."""
    return exchanges(mx) or (domain,)


def fresh(domain: str, mx: MxSet, wish: Domain | None) -> StsPolicy:
    """A policy for the MX hosts as they are."""
    mode = wished_mode(wish)
    return StsPolicy(mode, _AGES[mode], hosts(domain, mx))


def _age(text: str, mode: Mode) -> int:
    digits = text.replace(" ", "")
    plain = digits.isascii() and digits.isdigit() and len(digits) <= 20
    return min(int(digits), MAX_AGE) if plain else _AGES[mode]


def fault(policy: Policy) -> Problem | None:
    """What keeps senders from using the file, the most telling problem if there are several."""
    if policy.parsed.record is not None:
        return None
    ranked = [p for p in policy.parsed.problems if p.code in _FAULTS]
    return min(ranked, key=lambda p: _FAULTS.index(p.code), default=None)


def unusable(
    domain: str, sts: Record, policy: Policy, mx: MxSet, wish: Domain | None, *codes: str
) -> Found | None:
    """The finding about a file whose main fault has one of these codes."""
    problem = fault(policy)
    if not in_use(sts) or not served(policy) or problem is None or problem.code not in codes:
        return None
    better = salvaged(domain, policy.fetched.body, mx, wish)
    return Found(
        subject=f"mta-sts.{domain}",
        message=f"senders cannot use the MTA-STS policy of {domain}: {problem.message}",
        evidence=(show(policy.fetched),),
        remedy=Remedy(serve(domain, sts, better), ASK_AGAIN),
    )


def replaced(sts: Record, old: str, new: str, message: str) -> Found:
    """The finding about one TXT record, cured by another in its place."""
    return Found(
        subject=sts.name,
        message=f"{printable(sts.name, 200)} {message}",
        evidence=(cite(sts.answer, old),),
        remedy=Remedy(edit(sts.answer, old, new)),
    )
