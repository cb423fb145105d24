"""What the rules about conversations share: how they are shown, and what cures them."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import AskOther, Configure, Execute, Remedy, Shown, word
from mailworthy.audit.part import Known
from mailworthy.certificate import Certificate, read
from mailworthy.dane.record import Tlsa
from mailworthy.lookup.model import Dialled, Encryption, Said
from mailworthy.mtasts.policy import StsPolicy, allows
from mailworthy.names import printable

MAIN = "/etc/postfix/main.cf"
RELOAD = "then: postfix reload"
DEPLOY = "Programs that hold the old one must read it anew; certbot's --deploy-hook sees to that."


def ours(host: HostEvidence) -> bool:
    """Whether the owner of the domain is likely to run the host."""
    return host.within or host.ours


def settled(host: HostEvidence, *lines: str, note: str = "", then: str = RELOAD) -> Remedy:
    """Lines of Postfix's main.cf; the request to who runs the host where that is another."""
    said = f"{note}; {then}" if note else then
    if ours(host):
        return Remedy(tuple(Configure(MAIN, line) for line in lines), said)
    return asked(host, f"with Postfix: {'; '.join(lines)}")


def asked(host: HostEvidence, what: str) -> Remedy:
    """The request to whoever runs a host."""
    return Remedy((AskOther(f"whoever runs {shown(host.name)}", f"Please mend this: {what}"),))


def renewed(host: HostEvidence, *names: str) -> Remedy:
    """A certificate for these names, at once."""
    if not ours(host):
        return asked(host, f"a valid certificate for {', '.join(map(shown, names))} is needed")
    return certified(*names)


def certified(*names: str) -> Remedy:
    """Get a certificate for these names of our own."""
    domains = " ".join(f"-d {word(name)}" for name in dict.fromkeys(names))
    hook = "--deploy-hook 'systemctl reload postfix dovecot'"
    command = f"certbot certonly --standalone --force-renewal {domains} {hook}"
    return Remedy((Execute(command),), DEPLOY)


def shown(name: str) -> str:
    """A name, safe in a sentence."""
    return printable(name, 100)


def told(said: Said | None) -> str:
    """A reply in one line."""
    if said is None:
        return "nothing"
    return printable(f"{said.code} {' | '.join(said.lines[:20])}", 500).strip()


def _place(talk: Dialled) -> str:
    ip = f"[{talk.ask.ip}]" if ":" in talk.ask.ip else talk.ask.ip
    return word(f"{ip}:{talk.ask.port}")


def openssl(talk: Dialled, said: str, more: str = "") -> Shown:
    """What was seen of encryption, and the command that shows it again. `more` are words of the
    shell that come last: options, or a program that reads what was seen."""
    how = "" if talk.ask.encryption is Encryption.IMPLICIT else "-starttls smtp "
    name = word(talk.ask.host)
    command = f"openssl s_client {how}-connect {_place(talk)} -servername {name} </dev/null{more}"
    return Shown(command, printable(said, 500))


def greeting(talk: Dialled, said: str, *lines: str) -> Shown:
    """What was said in clear text, and the command that hears it again."""
    typed = "\\r\\n".join((*lines, "QUIT", ""))
    where = f"{word(talk.ask.ip)} {talk.ask.port}"
    return Shown(f"(sleep 2; printf '{typed}'; sleep 2) | nc {where}", printable(said, 500))


def hello(talk: Dialled, said: str = "") -> Shown:
    """The reply to EHLO, and the command that hears it again."""
    return greeting(talk, said or told(talk.ehlo), "EHLO localhost")


def first_fault(
    talks: Iterable[Dialled], fault: Callable[[Dialled], str]
) -> tuple[Dialled, str] | None:
    """The first conversation with a fault, and the words of it: with the address where the
    fault is not everywhere."""
    every = [(talk, fault(talk)) for talk in talks]
    bad = [(talk, words) for talk, words in every if words]
    if not bad:
        return None
    talk, words = bad[0]
    return talk, words if len(bad) == len(every) else f"{words} (at {talk.ask.ip})"


def parameter(said: Said | None, keyword: str) -> str | None:
    """What follows a keyword of EHLO; None without the keyword."""
    for line in said.lines[1:] if said else ():
        first, _, rest = line.partition(" ")
        if first.upper() == keyword:
            return rest.strip()
    return None


@lru_cache(maxsize=256)
def _read(der: bytes) -> Certificate | None:
    return read(der).record


def leaf(talk: Dialled) -> Certificate | None:
    """The certificate of the server, if it showed one that can be read."""
    return _read(talk.tls.chain[0]) if talk.tls and talk.tls.chain else None


def dates(certificate: Certificate) -> str:
    """From when to when it is valid."""
    return f"notBefore {certificate.not_before:%Y-%m-%d}, notAfter {certificate.not_after:%Y-%m-%d}"


def pins(host: HostEvidence) -> tuple[Tlsa, ...]:
    """The TLSA records that senders with DANE go by: signed, and some of them usable."""
    if not isinstance(host.tlsa, Known) or not host.tlsa.value.answer.ad:
        return ()
    records = tuple(r.parsed.record for r in host.tlsa.value.found if r.parsed.record)
    return records if any(record.usable for record in records) else ()


def guarded(host: HostEvidence, enforced: StsPolicy | None) -> bool:
    """Whether an enforced MTA-STS policy counts on this host: its rule speaks then."""
    return enforced is not None and allows(enforced, host.name)
