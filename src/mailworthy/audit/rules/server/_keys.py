"""What the rules about DKIM keys on the server share."""

from mailworthy.audit.finding import Remedy, Shown, word
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.server._shared import noted, short
from mailworthy.audit.serverparts import KeyOnServer
from mailworthy.dkim.record import DkimKey, parse
from mailworthy.lookup.model import Answer

# The public half of a key that nobody uses.
OTHER_RSA = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr0gqrtD+SHt7VIfi2HsGzZ7Zasoai+vNXKY5B5FV7S5oH/zT"
    "84HzM5MEM4LyE9+6segigFc+mJd48THCBnVHJJUaZygmcI2pxqmxzC7isEfPRmz4vA6DyfepqNBh7rVzHbz+rUoTVwmZ"
    "xg/sIKdhvYZ8xk/uaxpkSaIFSssViC9Sjzy4C+QK+flmlTTyaaZFdtaSRJaC5Hyz7qVbOsvApEWTI3ZemYCFSaz6s2OH"
    "F9ys7Lt7sTNsGY8FOeV8IRS1G0L/d8WpiuKg6aCl/cZZ/uq9qu5M68kVmYMs6X3Dwzc9Bsp6Mq9He5gDWl6P9HkbhGu4"
    "MAafE55qGObroWd8dwIDAQAB"
)


def key_of(text: str) -> DkimKey | None:
    """The public half of a key on the server."""
    return parse(text).record


def published_key(answer: Answer) -> tuple[str, DkimKey] | None:
    """The one record of a selector, and the key in it; None where there is none, or several."""
    if len(answer.records) != 1:
        return None
    found = parse(answer.records[0]).record
    return None if found is None else (answer.records[0], found)


def publish_key(answer: Answer, old: str | None, text: str) -> Remedy:
    """Put the server's key where the selector is."""
    return Remedy(edit(answer, old, f"v=DKIM1; {text}"))


def shown_key(each: KeyOnServer, text: str) -> Shown:
    """The evidence for the key on the server."""
    command = f"openssl pkey -in {word(each.file.path)} -pubout"
    return noted(command, short(text, 500))
