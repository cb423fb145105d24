"""What a remote server replied, taken out of what Postfix writes about a step."""

import re

import msgspec

_SAID = re.compile(
    r"host ([^\[\]\s]{1,255})\[([^\[\]]{1,100})\](?::\d{1,5})? (said|refused to talk to me): (.*)",
    re.DOTALL,
)
_COMMAND = re.compile(r" \(in reply to ([A-Za-z -]{1,40}?)(?: command)?\)\Z")
_SUSPENDED = "delivery temporarily suspended: "
_CODE = re.compile(r"\s*([245]\d\d)(?:[- ]|\Z)(?:([245]\.\d{1,3}\.\d{1,3})\b)?")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


class Reply(msgspec.Struct, frozen=True):
    """A reply, or why there was none (`code` is 0 then).

    `enhanced` is the code of RFC 3463, empty where the server gave none; `text` what it said in
    words, `command` what it answered, `host` and `ip` who it is.
    """

    code: int
    enhanced: str
    text: str
    command: str = ""
    host: str = ""
    ip: str = ""


def read(said: str, host: str = "", ip: str = "", dsn: str = "") -> Reply:
    """The reply in what stands in the parentheses of a status line. Never raises.

    `host` and `ip` are those of the relay, `dsn` the code that Postfix noted; they stand in where
    the text has none.
    """
    text = said
    while text.startswith(_SUSPENDED):
        text = text.removeprefix(_SUSPENDED)
    found = _SAID.match(text)
    if found is None:
        return _bare(text, host, ip, dsn)
    command = _COMMAND.search(found[4])
    words = found[4][: command.start()] if command else found[4]
    what = command[1] if command else ("" if found[3] == "said" else "the greeting")
    return _with(words, what, found[1], found[2], dsn)


def _bare(text: str, host: str, ip: str, dsn: str) -> Reply:
    """A reply without `host … said`, as for mail that was taken; or no reply at all."""
    if _CODE.match(text):
        return _with(text, "", host, ip, dsn)
    return Reply(0, dsn, text, "", host, ip)


def _with(text: str, command: str, host: str, ip: str, dsn: str) -> Reply:
    found = _CODE.match(text)
    if found is None:
        return Reply(0, dsn, text.strip(), command, host, ip)
    rest = text[found.end() :]
    code = found[1]
    enhanced = found[2] or ""
    if not enhanced:
        first = _ENHANCED.search(rest)
        # Some write it into the text; it has to be of the same class to be meant.
        enhanced = first[1] if first and first[1][0] == code[0] else dsn
    again = rf"\s+{code}[- ](?:[245]\.\d{{1,3}}\.\d{{1,3}}\s)?"
    # Each line of a reply begins with its code; Postfix puts all of them on one.
    words = " ".join(re.sub(again, " ", rest).split())
    return Reply(int(code), enhanced, words, command, host, ip)
