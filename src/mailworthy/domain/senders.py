"""Third-party senders: from a wish to the records that it asks for."""

import re

import msgspec

from mailworthy.domain.intent import SenderWish
from mailworthy.errors import UsageError
from mailworthy.names import BadName, normalize, printable, to_ascii
from mailworthy.sources.table import Sender, fill, find

_BLANK = re.compile(r"\{([a-z][a-z0-9-]*)\}")
MAX_TEXT = 2048


class SenderRecord(msgspec.Struct, frozen=True):
    """One record that a sender needs; `name` absolute in the inside form."""

    name: str
    type: str
    value: str
    bounce: bool = False


class Resolved(msgspec.Struct, frozen=True):
    """What one sender needs in a domain: domains to include in SPF, and records."""

    title: str
    includes: tuple[str, ...]
    records: tuple[SenderRecord, ...]


def resolve(wish: str | SenderWish, domain: str) -> Resolved:
    """The records of one wished sender.

    Raises UsageError for an unknown sender, an unfilled blank, and values that give no record.
    """
    if isinstance(wish, str):
        wish = SenderWish(name=wish)
    if wish.name is None:
        return _spelt_out(wish, domain)
    sender = find(wish.name)
    _check_blanks(sender, wish)
    keys = [
        _record(f"{k.selector}._domainkey.{{domain}}", k.type, k.value, domain, wish)
        for k in sender.dkim
    ]
    extra = [
        _record(f"{selector}._domainkey.{{domain}}", _dkim_type(value), value, domain, wish)
        for selector, value in wish.dkim.items()
    ]
    includes = [fill(text, domain, wish.values) for text in sender.spf]
    if wish.include:
        includes.append(wish.include)
    return Resolved(
        sender.title,
        tuple(_host(name) for name in includes),
        (*keys, *extra, *_bounces(sender, domain, wish)),
    )


def needed_blanks(sender: Sender) -> tuple[str, ...]:
    """The blanks without which a sender's mail is not authorised, in order.

    Those of a custom bounce name are not among them: that name is an extra.
    """
    texts = [*sender.spf, *(t for k in sender.dkim for t in (k.selector, k.value))]
    names = (name for text in texts for name in _BLANK.findall(text))
    return tuple(dict.fromkeys(n for n in names if n not in ("domain", "domain-dashes")))


def _check_blanks(sender: Sender, wish: SenderWish) -> None:
    missing = [name for name in needed_blanks(sender) if name not in wish.values]
    if missing:
        blanks = ", ".join(f'{name} = "…"' for name in missing)
        where = f" ({sender.help or sender.source})"
        raise UsageError(
            f"{sender.title} needs what your account there shows{where}: "
            f'{{ name = "{sender.name}", values = {{ {blanks} }} }}'
        )


def _spelt_out(wish: SenderWish, domain: str) -> Resolved:
    if not wish.include and not wish.dkim:
        raise UsageError("a sender needs a name, an include or a dkim table")
    keys = tuple(
        _record(f"{selector}._domainkey.{{domain}}", _dkim_type(value), value, domain, wish)
        for selector, value in wish.dkim.items()
    )
    title = wish.include or "another sender"
    return Resolved(title, (_host(wish.include),) if wish.include else (), keys)


def _bounces(sender: Sender, domain: str, wish: SenderWish) -> tuple[SenderRecord, ...]:
    """The records of a custom bounce name, if all of its blanks are filled."""
    records = sender.return_path_records
    blanks = {b for r in records for text in (r.name, r.value) for b in _BLANK.findall(text)}
    if not blanks <= {*wish.values, "domain", "domain-dashes"}:
        return ()
    made = [_record(f"{r.name}.{{domain}}", r.type, r.value, domain, wish) for r in records]
    return tuple(msgspec.structs.replace(record, bounce=True) for record in made)


def _dkim_type(value: str) -> str:
    """A key record holds a tag, a host name never does."""
    return "TXT" if "=" in value else "CNAME"


def _record(name: str, type_: str, value: str, domain: str, wish: SenderWish) -> SenderRecord:
    filled = fill(value, domain, wish.values)
    return SenderRecord(_host(fill(name, domain, wish.values)), type_, _value(type_, filled))


def _value(type_: str, text: str) -> str:
    if type_ == "TXT":
        return _printable(text)
    if type_ != "MX":
        return _host(text) + "."
    preference, _, exchange = text.partition(" ")
    if not (preference.isascii() and preference.isdigit() and int(preference) <= 65535):
        raise UsageError(f"{printable(text, 60)} is not an MX record: write `10 host.name`")
    return f"{int(preference)} {_host(exchange)}."


def _printable(text: str) -> str:
    if len(text) > MAX_TEXT or any(not " " <= c <= "~" for c in text) or not text:
        raise UsageError(f"{printable(text, 60)} is not a text of printable ASCII for a TXT record")
    return text


def _host(text: str) -> str:
    try:
        return normalize(to_ascii(text))
    except BadName as error:
        raise UsageError(f"a sender's value gives no name: {error}") from None
