"""Lines that are no From field, and that some readers take for one (RFC 5322 §2.2, §2.3)."""

import re

from mailworthy.message.header import Message

_NOT_IN_NAMES = bytes({*range(256)} - {*range(33, 127)})
_AFTER_CR = re.compile(rb"\r(?!\n)from[ \t]*:([^\r\n]*)", re.IGNORECASE)
_FROM = b"from"


def disguised(message: Message) -> tuple[bytes, ...]:
    """The values of From fields in disguise, from top to bottom of each kind. Linear.

    Such a field has octets in or around its name that many readers drop: a NUL, another control
    character, a byte order mark, white space before the first line; or it stands behind a CR
    without LF, which ends a line for many.
    """
    places = message.places
    names = [n for n in places if n != _FROM and n.translate(None, _NOT_IN_NAMES) == _FROM]
    found = [message.lines[i].partition(b":")[2] for name in names for i in places[name]]
    header = message.header
    if message.lone_cr:
        found += [line[1] for line in _AFTER_CR.finditer(header)]
    return tuple(found)
