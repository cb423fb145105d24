"""What the rules about reverse DNS share."""

from mailworthy.audit.case import Case
from mailworthy.audit.evidence import AddressEvidence, AddressSet, Forward, Ptr
from mailworthy.audit.finding import AskOther, Blank, Publish, Remedy, Withdraw, publish, withdraw
from mailworthy.audit.healthy import PTR4, healthy
from mailworthy.audit.rules._records import owner
from mailworthy.names import printable
from mailworthy.rdata.address import Kind, kind
from mailworthy.rdata.fields import absolute
from mailworthy.rdata.ptr import generic_ptr
from mailworthy.reserved import documentation_name

MAX_NAMES = 10  # RFC 8601 §3, RFC 7208 §4.6.4: receivers read no more
MAIL_HOST = Blank("mail-host", "a name of your own for the host, with this address")


def reversed_to(*names: str, more: tuple[str, ...] = ()) -> Case:
    """The healthy world in which the IPv4 address of the mail host has these PTR names."""
    pointers = tuple(f"{PTR4} PTR {name}." for name in names)
    return healthy(drop=(PTR4,), add=(*pointers, *more), blanks={"mail-host": "mail.example.com"})


def counts(address: AddressEvidence) -> bool:
    """Whether receivers see this address: mail leaves from it, and it is a public one."""
    found = kind(address.ip)
    example = found is Kind.DOCUMENTATION and documentation_name(address.hosts[0])
    return address.outbound and (found is Kind.GLOBAL or example)


def unconfirmed(address: AddressEvidence, forward: Forward) -> bool:
    """Whether the address has PTR names, none of which leads back to it."""
    return counts(address) and bool(forward.names) and not forward.confirmed


def confirmed(address: AddressEvidence, forward: Forward) -> tuple[AddressSet, ...]:
    """The PTR names that lead back, if there are not too many to read them all."""
    if not counts(address):
        return ()
    return tuple(s for s in forward.names if s.name in forward.confirmed)


def in_reverse_zone(name: str) -> bool:
    """Whether a final dot was forgotten in the reverse zone."""
    return name.endswith((".in-addr.arpa", ".ip6.arpa"))


def request(address: AddressEvidence, ptr: Ptr, name: str, *, note: str = "") -> Remedy:
    """Have the PTR of an address set to one name, instead of all that it has now."""
    place, value = owner(ptr.answer), absolute(name)
    old = tuple(withdraw(place, "PTR", text) for text in ptr.answer.records if text != value)
    new = () if value in ptr.answer.records else (publish(place, "PTR", value),)
    changes: tuple[Publish | Withdraw, ...] = (*old, *new)
    what = f"Please set the reverse DNS (PTR) of {address.ip} to {printable(name, 253)}"
    alone = ", and to that alone" if old else ""
    blanks = (MAIL_HOST,) if name.startswith("<") else ()
    steps = (AskOther("the provider of the address", what + alone, changes),)
    return Remedy(steps, note=note, blanks=blanks)


def own_name(address: AddressEvidence) -> str:
    """The name to ask for: the best mail host with the address, unless its name is as bad."""
    good = [h for h in address.hosts if generic_ptr(h, address.ip) is None]
    return good[0] if good else f"<{MAIL_HOST.placeholder}>"
