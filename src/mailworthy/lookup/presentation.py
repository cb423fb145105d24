"""Presentation text of record data, through dnspython, for every type that it knows."""

from functools import lru_cache

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from dns.rdtypes.txtbase import TXTBase

from mailworthy.lookup.rrset import Value, joined

STRINGS = frozenset({"TXT", "SPF"})  # types whose records are character-strings only


@lru_cache(maxsize=512)
def mnemonic(text: str) -> str | None:
    """The usual name of a record type (`txt`, `TYPE16` give TXT); None for no type of data."""
    try:
        number = dns.rdatatype.from_text(text)
    except (dns.exception.DNSException, ValueError):
        return None
    return None if number == 0 or dns.rdatatype.is_metatype(number) else _type_text(number)


@lru_cache(maxsize=512)
def _type_text(number: int) -> str:
    return str(dns.rdatatype.to_text(dns.rdatatype.RdataType.make(number)))


@lru_cache(maxsize=512)
def type_number(text: str) -> int:
    """The number of a type that `mnemonic` has accepted."""
    return int(dns.rdatatype.from_text(text))


def value(rdata: dns.rdata.Rdata) -> Value:
    """Record data as Answer.records writes it: names absolute and lower case, TXT joined."""
    if isinstance(rdata, TXTBase) and _type_text(rdata.rdtype) in STRINGS:
        return joined(rdata.strings)
    return lowered(rdata).to_text(), ()


def lowered(rdata: dns.rdata.Rdata) -> dns.rdata.Rdata:
    """Record data with its domain names in lower case."""
    slots = [slot for kind in type(rdata).__mro__ for slot in getattr(kind, "__slots__", ())]
    names = {slot: getattr(rdata, slot, None) for slot in slots}
    changed = {s: n.canonicalize() for s, n in names.items() if isinstance(n, dns.name.Name)}
    return rdata.replace(**changed) if changed else rdata


def from_text(type_: str, text: str, origin: str) -> Value:
    """Read the data of one record; relative names are completed with `origin`.

    Raises ValueError with a fragment for people if the text is not data of that type.
    """
    try:
        rdata = dns.rdata.from_text(
            dns.rdataclass.IN, type_, text, dns.name.from_text(origin), relativize=False
        )
    except dns.exception.DNSException as error:
        raise ValueError(str(error) or type(error).__name__) from None
    return value(rdata)
