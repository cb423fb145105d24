"""What the rules about OpenDKIM share: rows of its tables as remedies."""

import shlex
from collections.abc import Iterable

from mailworthy.audit.evidence import SelectorEvidence
from mailworthy.audit.finding import Configure, Remedy, Shown, Step
from mailworthy.audit.rules.server._shared import noted, with_keys
from mailworthy.servers.reading.model import OpenDkim

TABLE = "/etc/opendkim/keytable"
ROWS = "/etc/opendkim/signingtable"
KEYS = "the file is the private key of what is published"
RESTART = "then: systemctl restart opendkim"


def published(selectors: Iterable[SelectorEvidence]) -> str:
    """A selector of the domain that has a key in DNS, or one to begin with."""
    return next(iter(with_keys(selectors)), "default")


def key_row(signer: OpenDkim, name: str, domain: str, selector: str) -> tuple[Step, ...]:
    """A row of the KeyTable, and the table itself where there is no text of it."""
    row = f"{name} {domain}:{selector}:/etc/dkimkeys/{domain}.{selector}.key"
    if signer.key_file:
        return (Configure(signer.key_file, row),)
    return Configure(signer.file, f"KeyTable file:{TABLE}"), Configure(TABLE, row)


def sender_row(signer: OpenDkim, name: str, domain: str) -> tuple[Step, ...]:
    """A row of the SigningTable for all addresses at the domain."""
    if signer.row_file:
        who = f"*@{domain}" if signer.patterns else domain
        return (Configure(signer.row_file, f"{who} {name}"),)
    return Configure(signer.file, f"SigningTable file:{ROWS}"), Configure(ROWS, f"{domain} {name}")


def mended(steps: tuple[Step, ...], note: str = "") -> Remedy:
    """The steps, and what makes them count."""
    return Remedy(steps, f"{note}; {RESTART}" if note else RESTART)


def looked(signer: OpenDkim, word: str, said: str) -> tuple[Shown, ...]:
    """The evidence for a row of a table."""
    file = signer.row_file or signer.file
    return (noted(f"grep -i {shlex.quote(word)} {shlex.quote(file)}", said),)
