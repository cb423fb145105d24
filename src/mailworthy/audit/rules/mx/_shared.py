"""What the rules about MX records share."""

from mailworthy.audit.case import Case
from mailworthy.audit.evidence import HostEvidence, MxSet
from mailworthy.audit.finding import Blank, Remedy, Shown, cite
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.audit.part import Known
from mailworthy.audit.rules._dots import undoubled
from mailworthy.audit.rules._records import mend
from mailworthy.lookup.model import Fetched
from mailworthy.names import labels
from mailworthy.rdata.fields import absolute
from mailworthy.rdata.mx import Mx, looks_like_address, render
from mailworthy.reserved import documentation_name, special_use

MAIL_HOST = Blank("mail-host", "the name of a host that takes mail for this domain")
TLSA = "TLSA 3 1 1 35b730f28a25edb6e26cf2244627b5cd973a6515442d80d14f413c6212b5d144"
# A healthy domain that neither sends nor receives, and says so.
NO_MAIL = (
    "example.com. MX",
    "example.com. TXT",
    "_25._tcp.mail.",
    "r202611._domainkey",
    "e202611._domainkey",
    "_dmarc.",
    "_mta-sts.",
    "mta-sts.",
    "_smtp._tls.",
    "_sub",
    "_imap",
    "_pop3",
    "auto",
    "_autodiscover.",
)
SAYS_SO = (
    'example.com. TXT "v=spf1 -all"',
    '*._domainkey.example.com. TXT "v=DKIM1; p="',
    '_dmarc.example.com. TXT "v=DMARC1; p=reject; sp=reject; np=reject; psd=n"',
)


def second(host: str, *lines: str, policy: str = "") -> Case:
    """The healthy world with one more MX host; the MTA-STS policy lists it, or `policy`."""
    return healthy(add=(f"example.com. MX 20 {host}.", *lines), fetches=allowing(policy or host))


def only(host: str, *lines: str) -> Case:
    """The healthy world with another MX host instead."""
    return healthy(
        drop=("example.com. MX",),
        add=(f"example.com. MX 10 {host}.", *lines),
        fetches={POLICY_URL: POLICY.replace("mail.example.com", host)},
        blanks={"ipv4": "192.0.2.25", "mail-host": "mail.example.com"},
    )


def allowing(*patterns: str) -> dict[str, str | Fetched]:
    """The MTA-STS policy with more hosts in it."""
    return {POLICY_URL: POLICY + "".join(f"mx: {pattern}\n" for pattern in patterns)}


def silent_domain(*lines: str, parked: bool = True) -> Case:
    """The healthy world in which the domain has no mail, and these MX records."""
    return healthy(drop=NO_MAIL, add=(*SAYS_SO, *lines), selectors=(), fetches={}, parked=parked)


def of_host(mx: MxSet, name: str) -> tuple[Mx, ...]:
    """The MX records that name a host, best first."""
    return tuple(r for r in mx.exchanges if r.exchange == name)


def texts(records: tuple[Mx, ...]) -> tuple[str, ...]:
    """MX records as they are published."""
    return tuple(render(record) for record in records)


def retarget(mx: MxSet, domain: str, name: str, new: str) -> Remedy:
    """Send the mail of one exchange to another; a record that would be a double is left out."""
    old = of_host(mx, name)
    there = {r.exchange for r in mx.exchanges}
    add = () if new in there else (f"{old[0].preference} {absolute(new)}",)
    blanks = (MAIL_HOST,) if new == f"<{MAIL_HOST.placeholder}>" else ()
    return Remedy(mend(mx.answer, domain, remove=texts(old), add=add), blanks=blanks)


def dropped(mx: MxSet, domain: str, name: str, hosts: tuple[HostEvidence, ...]) -> Remedy:
    """Take one exchange out if another works; else put a host in its place that only the
    user can name."""
    if any(h.name != name and works(h) for h in hosts):
        return Remedy(mend(mx.answer, domain, remove=texts(of_host(mx, name))))
    return retarget(mx, domain, name, f"<{MAIL_HOST.placeholder}>")


def works(host: HostEvidence) -> bool:
    """Whether an MX host has an address as far as we know."""
    return (
        host.preference is not None
        and isinstance(host.addresses, Known)
        and bool(host.addresses.value.ips)
    )


def shown(mx: MxSet, name: str) -> Shown:
    """The line of evidence for the record that names a host."""
    return cite(mx.answer, texts(of_host(mx, name))[0])


def malformed(host: str, domain: str) -> bool:
    """Whether a rule of its own says why an exchange has no address."""
    return (
        looks_like_address(host, domain) is not None
        or undoubled(host, domain) is not None
        or len(labels(host)) == 1
        or placeholder(host)
        or internal(host, domain) is not None
    )


def placeholder(host: str) -> bool:
    """The record by which Microsoft verifies a domain."""
    return host.endswith(".msv1.invalid")


def internal(host: str, domain: str) -> str | None:
    """The document that takes a name out of the public DNS, as far as the domain is in it:
    examples may use each other's names."""
    document = special_use(host)
    both_examples = documentation_name(host) and documentation_name(domain)
    return None if both_examples or document == special_use(domain) else document
