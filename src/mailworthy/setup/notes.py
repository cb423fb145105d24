"""What a person has to know about an intent that no record shows."""

from collections.abc import Iterator

from mailworthy.domain.generate import Generated
from mailworthy.domain.intent import Intent
from mailworthy.domain.records.plan import permissions

OTHERS = "others.zone"
_INFIX = "._report._dmarc."
# Where everybody may have a mailbox, nobody may have a record.
_PROVIDERS = """
    aol.com fastmail.com freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com
    hotmail.com icloud.com live.com mac.com mail.ru mailbox.org me.com msn.com orange.fr
    outlook.com posteo.de proton.me protonmail.com qq.com t-online.de web.de yahoo.com yandex.ru
"""


def report_notes(intent: Intent) -> Iterator[str]:
    """Reports that go to a mailbox whose domain has to agree (RFC 9990 §4)."""
    for domain in intent.domains:
        for name in permissions(intent, domain):
            if intent.zone_of(name) is None:
                host = name.partition(_INFIX)[2]
                yield (
                    f"reports about {domain} go to a mailbox at {host}, which would have to "
                    f'publish {name} TXT "v=DMARC1"; {_outcome(host)}'
                )


def _outcome(host: str) -> str:
    if host in _PROVIDERS.split():
        return (
            "mailbox providers do not, and then no reports are sent: "
            "name a mailbox at a domain of yours"
        )
    return "until it does, no reports are sent there"


def assumptions(generated: Generated) -> Iterator[str]:
    """What a rehearsal takes for granted: the content of `others.zone`, a line each."""
    for request in generated.requests:
        yield f"PTR of {request.address} is {request.host}"
    for wanted in generated.others:
        if _INFIX in wanted.name:
            domain, _, host = wanted.name.partition(_INFIX)
            yield f"{host} agrees to receive the reports about {domain}"
        elif wanted.type != "PTR":
            yield f"{wanted.name} has {wanted.type} {', '.join(wanted.values)}"


def host_missing(intent: Intent, domain: str) -> bool:
    """Whether a domain that is to have mail has no host to send it."""
    return not intent.domains[domain].parked and not intent.senders(domain)
