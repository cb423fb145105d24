"""What the rules about DNSSEC share: DS against DNSKEY, and whom to ask for a change."""

from collections.abc import Iterable

from mailworthy.audit.evidence import Dnssec
from mailworthy.audit.finding import AskOther, Blank, Remedy, publish, withdraw
from mailworthy.names import printable
from mailworthy.rdata.ds import Dnskey, Ds, delegation, matches, render_ds

# More than any zone has; a set of thousands is there to keep us busy.
MAX_DS = 16
MAX_KEYS = 32
# What validators can follow; a zone with nothing else counts as unsigned (RFC 4035 §5.2).
ALGORITHMS = frozenset({5, 7, 8, 10, 13, 14, 15, 16})
DIGESTS = frozenset({1, 2, 4})
SIGNED = ("example.com. DS", "example.com. DNSKEY", "example.com. NSEC3PARAM")
KEY = Blank("dnskey", "the DNSKEY record that the signer of the zone shows, e.g. `257 3 13 …`")
DS = Blank("ds", "the DS record that the signer of the zone shows, e.g. `23483 13 2 …`")
FILLED = {
    "dnskey": "257 3 13 /7bxf1C9nYpDKUBy+zpBYd++szab9NQ+9YDe1CtGemMWeaZPOSJ0oLADRYlLF9N8KYX7MtVcjPlW3NSwpDJlUw==",
    "ds": "23483 13 2 00380ef8cf3d44832ec216e542c60e25f2537b480f20309a6fa81c793722fbee",
}


def too_many(dnssec: Dnssec) -> bool:
    """Whether comparing them all would cost too much."""
    return len(dnssec.delegated) > MAX_DS or len(dnssec.keys) > MAX_KEYS


def followed(dnssec: Dnssec, domain: str) -> tuple[Ds, ...]:
    """The DS records that lead to a key of the zone."""
    return tuple(ds for ds in dnssec.delegated if _leads(ds, dnssec.keys, domain))


def _leads(ds: Ds, keys: tuple[Dnskey, ...], domain: str) -> bool:
    return any(matches(ds, key, domain) for key in keys)


def proper(dnssec: Dnssec, domain: str) -> tuple[str, ...]:
    """The DS records, with SHA-256, that the keys of the zone call for: those of its entry
    points, or of all keys if none is marked."""
    keys = [key for key in dnssec.keys if key.is_zone_key]
    entries = [key for key in keys if key.is_sep] or keys
    made = (delegation(key, domain) for key in entries[:MAX_DS])
    return tuple(dict.fromkeys(render_ds(ds) for ds in made if ds))


def registrar(domain: str, remove: Iterable[str] = (), add: Iterable[str] = ()) -> AskOther:
    """The request to change DS records, which stand in the parent zone."""
    old, new = tuple(remove), tuple(add)
    parts = [f"remove the DS record {printable(text, 200)}" for text in old]
    parts += [f"publish the DS record {printable(text, 200)}" for text in new]
    return AskOther(
        "the registrar of the domain",
        f"For {printable(domain, 200)}, please {', and '.join(parts)}.",
        (
            *(withdraw(domain, "DS", text) for text in old),
            *(publish(domain, "DS", text) for text in new),
        ),
    )


def sign(domain: str, dnssec: Dnssec) -> Remedy:
    """Sign the zone with a new key; whatever keys and DS records are there go."""
    operator = AskOther(
        "whoever runs the name servers of the domain",
        f"Please sign the zone {printable(domain, 200)} with DNSSEC, algorithm 13, "
        "and tell me the DNSKEY and DS records.",
        (
            *(withdraw(domain, "DNSKEY", text) for text in dnssec.dnskey.records),
            publish(domain, "DNSKEY", f"<{KEY.placeholder}>"),
        ),
    )
    parent = registrar(domain, dnssec.ds.records, (f"<{DS.placeholder}>",))
    return Remedy((operator, parent), blanks=(KEY, DS))
