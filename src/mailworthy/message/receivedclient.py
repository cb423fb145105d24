"""The client in the from clause of a Received field: its HELO name, reverse name and address."""

import re

import msgspec

from mailworthy.rdata.address import address, render, unmapped

_NESTED = re.compile(r"\([^()]*+\)")
_HELO = re.compile(r"(?:^|\s)(?:HELO|EHLO)[= ]\s*+([^\s()]+)", re.IGNORECASE)
_GREETING = re.compile(r"(?:^|\s)(?:HELO|EHLO)[= ]", re.IGNORECASE)
# What servers say of the session after they have said who the client is; names that the client
# chose may stand in it: of its certificate, of its account.
_SESSION = re.compile(
    r"\s*+(?:client|authenticated|auth|account|using|no|not|envelope-\w+)\b(?!\s*+\[)",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s(?:port|ident)=.*", re.DOTALL)
_LITERAL = re.compile(r"\[([^\[\]]*+)\]")
_UNKNOWN = frozenset(("", "unknown", "softdnserr", "?"))


class Item(msgspec.Struct, frozen=True):
    """A word as it is written, or the text of a comment."""

    text: str
    start: int
    end: int
    comment: bool = False


class Client(msgspec.Struct, frozen=True):
    """Who the server says it was. `used` are the comments that tell of the client, `source` is
    where the address stands. `disputed` tells that it says several addresses."""

    helo: str = ""
    reverse: str = ""
    ip: str = ""
    claimed: bool = False
    disputed: bool = False
    source: Item | None = None
    used: tuple[Item, ...] = ()


class _Found(msgspec.Struct, frozen=True):
    """An address in a comment: what stands before it, whether in brackets, whether with a port."""

    ip: str
    before: str = ""
    bracketed: bool = True
    port: bool = False


def client(items: list[Item]) -> Client:
    """Read what follows `from`. Never raises; linear.

    What the server learned from the connection (TCP-info, RFC 5321 §4.4) goes before what the
    client says of itself: `helo (reverse [ip])`, `reverse ([ip] helo=helo)`, `reverse (HELO helo)
    (ip)`, `helo (ip)`, `[ip] (helo=helo)`, `name [ip]`. Of several addresses in comments the last
    counts: a client may have put comments into its HELO name, and the server writes after that.
    """
    words = [item for item in items if not item.comment]
    comments = [item for item in items if item.comment]
    first = words[0].text if words else ""
    greeted = next(((c, m[1]) for c in comments if (m := _HELO.search(c.text))), None)
    said = (greeted[0],) if greeted else ()
    infos = [(c, info) for c in comments if (info := _address_in(c.text)) is not None]
    if not infos:
        return _without_info(words, greeted[1] if greeted else None, said)
    comment, found = infos[-1]
    helo, reverse = _names(first, found, greeted[1] if greeted else None)
    others = {info.ip for _, info in infos} | _greeted_at(words, comments)
    used = tuple(dict.fromkeys((*[c for c, _ in infos], *said)))
    return Client(helo, reverse, found.ip, False, others != {found.ip}, comment, used)


def _greeted_at(words: list[Item], comments: list[Item]) -> set[str]:
    """The address in `[ip] (helo=helo)`, which may be a claim too if another comment follows."""
    begins = bool(comments) and _GREETING.match(comments[0].text) is not None
    ip = _literal(words[0].text) if words and begins else ""
    return {ip} if ip else set()


def _names(first: str, found: _Found, greeting: str | None) -> tuple[str, str]:
    """The HELO name and the reverse name."""
    if greeting is not None:  # the server puts the reverse name first
        return greeting, found.before or _reverse(first)
    if found.port:  # Exim, which leaves out a HELO name that is the reverse name
        return first, found.before or _reverse(first)
    if not found.bracketed and first.lower() in _UNKNOWN:  # qmail, of a client without a name
        return "", ""
    return first, found.before


def _without_info(words: list[Item], greeting: str | None, used: tuple[Item, ...]) -> Client:
    """An address in a word. The first word alone may be a mere claim of the client."""
    first = words[0].text if words else ""
    for word in words[1:2]:
        if ip := _literal(word.text):
            return Client(greeting or first, "", ip, source=word, used=used)
    if words and (ip := _literal(first) or _ip(first)):
        return Client(greeting or first, "", ip, greeting is None, source=words[0], used=used)
    reverse = _reverse(first) if greeting is not None else ""
    return Client(greeting or first, reverse, used=used)


def _address_in(comment: str) -> _Found | None:
    """What a comment says of the connection; what the client itself may have said is cut off."""
    if _SESSION.match(comment):
        return None
    greeting = _GREETING.search(comment)
    text = _AFTER.sub("", comment[: greeting.start()] if greeting else comment)
    if text.startswith("["):
        literal = _LITERAL.match(text)
        port = literal is not None and text[literal.end() : literal.end() + 1] == ":"
        ip = _ip(literal[1]) if literal else ""
        return _Found(ip, port=port) if ip else None
    text = _NESTED.sub("", text)
    at, end = text.rfind("["), text.rfind("]")
    if 0 <= at < end:
        ip = _ip(text[at + 1 : end])
        return _Found(ip, _reverse(text[:at])) if ip else None
    ip = _ip(text.rpartition("@")[2])
    return _Found(ip, bracketed=False) if ip else None


def _literal(word: str) -> str:
    found = _LITERAL.fullmatch(word)
    return _ip(found[1]) if found else ""


def _ip(text: str) -> str:
    """Canonical text of an address, with or without `IPv6:`, zone or port; else empty."""
    text = text.strip()
    if text[:5].lower() == "ipv6:":
        text = text[5:]
    text = text.partition("%")[0]
    ip = address(text) or (address(text.partition(":")[0]) if text.count(":") == 1 else None)
    return "" if ip is None else render(unmapped(ip))


def _reverse(text: str) -> str:
    """The last word, without an identity before it; empty for what is no name."""
    name = (text.split() or [""])[-1].rpartition("@")[2]
    return "" if name.lower() in _UNKNOWN or _literal(name) or _ip(name) else name
