"""Whether readers can leave with one click (RFC 8058), as bulk mail has to offer."""

import re
from enum import StrEnum

import msgspec

from mailworthy.dkim.result import DkimResults, DkimSignature, Result
from mailworthy.message.header import Message
from mailworthy.message.lexer import decode
from mailworthy.names import harmless

LIST_UNSUBSCRIBE = b"list-unsubscribe"
LIST_UNSUBSCRIBE_POST = b"list-unsubscribe-post"
MAX_FIELD = 16384  # characters that are read
MAX_URI = 2000  # characters of a URI that are kept
_POST = "list-unsubscribe=one-click"  # RFC 8058 §5; literals of ABNF have no case
_BETWEEN = r"(?:\s|\([^()]*\))*"  # white space and comments
_ITEM = re.compile(rf"{_BETWEEN}<([^<>]*)>{_BETWEEN}(,?)")
_HTTPS = re.compile(r"https://[^/?#]")
_SPACE = re.compile(r"\s+")


class OneClickProblem(StrEnum):
    """What keeps one-click unsubscription from working, most basic first."""

    ABSENT = "absent"
    SEVERAL_FIELDS = "several-fields"
    HTTP_NOT_HTTPS = "http-not-https"
    NO_HTTPS = "no-https"
    SEVERAL_HTTPS = "several-https"
    NO_POST = "no-post"
    SEVERAL_POST = "several-post"
    WRONG_POST = "wrong-post"
    NOT_SIGNED = "not-signed"
    SIGNATURE_UNKNOWN = "signature-unknown"

    @property
    def message(self) -> str:
        """The same for people."""
        return _TEXTS[self][0]

    @property
    def section(self) -> str:
        """What decides it."""
        return _TEXTS[self][1]


_TEXTS = {
    OneClickProblem.ABSENT: ("there is no List-Unsubscribe field", "RFC 8058 §3.1"),
    OneClickProblem.SEVERAL_FIELDS: ("there are several List-Unsubscribe fields", "RFC 8058 §3.1"),
    OneClickProblem.HTTP_NOT_HTTPS: ("List-Unsubscribe has an http: address", "RFC 8058 §3.1"),
    OneClickProblem.NO_HTTPS: ("List-Unsubscribe has no https: address", "RFC 8058 §3.1"),
    OneClickProblem.SEVERAL_HTTPS: (
        "List-Unsubscribe has several https: addresses",
        "RFC 8058 §3.1",
    ),
    OneClickProblem.NO_POST: ("there is no List-Unsubscribe-Post field", "RFC 8058 §3.1"),
    OneClickProblem.SEVERAL_POST: (
        "there are several List-Unsubscribe-Post fields",
        "RFC 8058 §3.1",
    ),
    OneClickProblem.WRONG_POST: (
        "List-Unsubscribe-Post says something else than List-Unsubscribe=One-Click",
        "RFC 8058 §5",
    ),
    OneClickProblem.NOT_SIGNED: (
        "no valid DKIM signature covers both List-Unsubscribe and List-Unsubscribe-Post",
        "RFC 8058 §4",
    ),
    OneClickProblem.SIGNATURE_UNKNOWN: (
        "whether a valid DKIM signature covers the List-Unsubscribe fields is not known",
        "RFC 8058 §4",
    ),
}


class OneClick(msgspec.Struct, frozen=True):
    """The facts about one-click unsubscription.

    `uris` are those of List-Unsubscribe in order, made printable. `claimed` tells whether the
    message says that it offers it: there is a List-Unsubscribe-Post. `signed` is None where DKIM
    was not judged, or could not be.
    """

    uris: tuple[str, ...] = ()
    claimed: bool = False
    signed: bool | None = None
    problems: tuple[OneClickProblem, ...] = ()

    @property
    def problem(self) -> OneClickProblem | None:
        """The most basic of the problems."""
        return self.problems[0] if self.problems else None

    @property
    def ok(self) -> bool | None:
        """Whether it works; None where only the signature is in doubt."""
        if self.problem is OneClickProblem.SIGNATURE_UNKNOWN:
            return None
        return not self.problems


def one_click(message: Message, dkim: DkimResults | None) -> OneClick:
    """What List-Unsubscribe, List-Unsubscribe-Post and the signatures say together.

    `dkim` is None where signatures were not judged. Never raises; nothing is fetched.
    """
    posts = message.places.get(LIST_UNSUBSCRIBE_POST, ())
    fields = message.places.get(LIST_UNSUBSCRIBE, ())
    if not fields:
        return OneClick(claimed=bool(posts), problems=(OneClickProblem.ABSENT,))
    found = [_uris(_value(message, place)) for place in fields[:2]]
    signed = _signed(dkim)
    problems = (
        *_address_problems(found),
        *_post_problems([_value(message, place) for place in posts[:2]]),
        *_signature_problems(signed),
    )
    return OneClick(tuple(uri for uris in found for uri in uris), bool(posts), signed, problems)


def _value(message: Message, place: int) -> str:
    return decode(message.lines[place].partition(b":")[2][:MAX_FIELD])


def _uris(text: str) -> list[str]:
    """What stands in angle brackets, up to the first item that does not (RFC 2369 §2)."""
    found = []
    at, more = 0, True
    while more and (item := _ITEM.match(text, at)):
        found.append(harmless(_SPACE.sub("", item[1])[:MAX_URI]))
        at, more = item.end(), bool(item[2])
    return found


def _address_problems(found: list[list[str]]) -> list[OneClickProblem]:
    uris = [uri.lower() for each in found for uri in each]
    secure = [uri for uri in uris if _HTTPS.match(uri)]
    problems = []
    if len(found) > 1:
        problems.append(OneClickProblem.SEVERAL_FIELDS)
    if any(uri.startswith("http:") for uri in uris):
        problems.append(OneClickProblem.HTTP_NOT_HTTPS)
    elif not secure:
        problems.append(OneClickProblem.NO_HTTPS)
    if len(secure) > 1:
        problems.append(OneClickProblem.SEVERAL_HTTPS)
    return problems


def _post_problems(values: list[str]) -> list[OneClickProblem]:
    if not values:
        return [OneClickProblem.NO_POST]
    if len(values) > 1:
        return [OneClickProblem.SEVERAL_POST]
    return [] if values[0].strip(" \t\r\n").lower() == _POST else [OneClickProblem.WRONG_POST]


def _signature_problems(signed: bool | None) -> list[OneClickProblem]:
    if signed is None:
        return [OneClickProblem.SIGNATURE_UNKNOWN]
    return [] if signed else [OneClickProblem.NOT_SIGNED]


def _signed(dkim: DkimResults | None) -> bool | None:
    """Whether one signature is valid and covers both; None if that could not be learned."""
    if dkim is None:
        return None
    if any(_covers(signature) for signature in dkim.signatures):
        return True
    return None if any(_might_cover(signature) for signature in dkim.signatures) else False


def _covers(signature: DkimSignature) -> bool:
    return all(
        signature.covers(name.decode()) for name in (LIST_UNSUBSCRIBE, LIST_UNSUBSCRIBE_POST)
    )


def _might_cover(signature: DkimSignature) -> bool:
    """Its key could not be asked for, and h= has both."""
    return (
        signature.result is Result.TEMPERROR
        and signature.signature is not None
        and {LIST_UNSUBSCRIBE, LIST_UNSUBSCRIBE_POST} <= set(signature.signature.h)
    )
