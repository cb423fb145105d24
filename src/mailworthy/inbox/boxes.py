"""The addresses that mail is taken for."""

import re
from collections.abc import Callable

import msgspec

from mailworthy.names import BadName, to_ascii

TOKEN = re.compile(r"[a-z2-7]{16}")  # 80 random bits: nobody guesses one
_SAFE = re.compile(r"[^a-z0-9._-]+")
PREFIX = "box-"
MAX_ADDRESS = 320


class Box(msgspec.Struct, frozen=True):
    """An address, and the name of the folder for its pages: letters that any system takes."""

    address: str
    name: str


class Boxes:
    """Which addresses there are: those that are fixed, and at `domains` those given out, as
    `given` tells of a token and a domain."""

    def __init__(
        self,
        fixed: tuple[str, ...] = (),
        domains: tuple[str, ...] = (),
        given: Callable[[str, str], bool] = lambda _token, _domain: False,
    ) -> None:
        self._fixed = {each: Box(each, folder(each)) for each in fixed}
        self._domains = frozenset(domains)
        self._given = given

    def find(self, recipient: str) -> Box | None:
        """The box of a recipient; None for whoever is not here. Never raises.

        Case does not matter, and what follows a `+` belongs to the same box.
        """
        if len(recipient) > MAX_ADDRESS:
            return None
        local, _, domain = recipient.rpartition("@")
        local = local.lower().partition("+")[0]
        try:
            domain = to_ascii(domain)
        except BadName:
            return None
        if found := self._fixed.get(f"{local}@{domain}"):
            return found
        if domain in self._domains and TOKEN.fullmatch(local) and self._given(local, domain):
            return Box(f"{local}@{domain}", local)
        return None


def folder(address: str) -> str:
    """The name of a folder for a fixed address; never that of a token, `.` or `..`."""
    return PREFIX + _SAFE.sub("-", address.lower().replace("@", "-at-"))[:100]
