"""What the rules about the zone itself share."""

from mailworthy.audit.case import Case
from mailworthy.audit.evidence import Nameservers
from mailworthy.audit.finding import Blank, Remedy
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rules._records import mend
from mailworthy.domain.intent import Domain
from mailworthy.lookup.model import Answer
from mailworthy.names import normalize
from mailworthy.rdata.fields import absolute
from mailworthy.rdata.soa import Soa, render

NAME_SERVER = Blank("name-server", "the name of a server that answers for the zone")


def served_by(*names: str, more: tuple[str, ...] = ()) -> Case:
    """The healthy world with these name servers instead of the second one."""
    return healthy(
        drop=("example.com. NS ns2",),
        add=(*(f"example.com. NS {name}." for name in names), *more),
        blanks={"name-server": "ns2.example.net"},
    )


def started(values: str) -> Case:
    """The healthy world with another SOA record."""
    return healthy(drop=("example.com. 3600 SOA",), add=(f"example.com. 3600 SOA {values}",))


def stand_in(wish: Domain | None) -> bool:
    """Whether the intent names no servers yet, so that a mail host holds their place."""
    return wish is not None and not wish.nameservers


def texts(ns: Nameservers, name: str) -> tuple[str, ...]:
    """The NS records that name a server, as published."""
    return tuple(text for text in ns.answer.records if normalize(text) == name)


def renamed(ns: Nameservers, domain: str, name: str, new: str) -> Remedy:
    """Put another name in the place of a server's; what is there already stays."""
    value = absolute(new)
    add = () if value in ns.answer.records else (value,)
    blanks = (NAME_SERVER,) if new == f"<{NAME_SERVER.placeholder}>" else ()
    return Remedy(
        mend(ns.answer, domain, remove=texts(ns, name), add=add),
        note="The registrar must have the same names.",
        blanks=blanks,
    )


def dismissed(ns: Nameservers, domain: str, name: str) -> Remedy:
    """Take a server out if enough others stay; else put one in its place that the user knows."""
    if len(ns.names) > 2:
        return Remedy(
            mend(ns.answer, domain, remove=texts(ns, name)),
            note="Have the registrar take it out too.",
        )
    return renamed(ns, domain, name, f"<{NAME_SERVER.placeholder}>")


def restarted(answer: Answer, domain: str, soa: Soa) -> Remedy:
    """Replace the SOA record."""
    return Remedy(
        mend(answer, domain, remove=answer.records, add=(render(soa),)),
        note="Raise the serial number as well, so that the secondaries notice.",
    )
