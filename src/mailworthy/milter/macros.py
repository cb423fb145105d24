"""The macros of one connection, as long as each of them holds, and the room that they take."""

from collections.abc import Container, Mapping

from mailworthy.milter.draft import Room
from mailworthy.milter.wire.words import Command

EACH = 200  # octets that a macro costs beside its letters
FREE = 8192  # octets that are counted as those of the connection: more than a mail server tells


class Macros:
    """What a mail server has told, by the command that it belongs to."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._values: dict[Command, Mapping[str, str]] = {}
        self._sizes: dict[Command, int] = {}
        self._taken = 0

    @property
    def lacking(self) -> bool:
        """Whether there was no room for some that hold now: who has logged in may be among them."""
        return self._values.keys() != self._sizes.keys()

    def put(self, command: Command, values: Mapping[str, str]) -> None:
        """Those of a command, in place of what it had."""
        self._drop(command)
        self._values[command] = {}
        size = sum(len(name) + len(value) + EACH for name, value in values.items())
        if self._take(sum(self._sizes.values()) + size):
            self._values[command] = values
            self._sizes[command] = size

    def together(self) -> dict[str, str]:
        """All that hold now, the later ones on top."""
        return {name: value for of in self._values.values() for name, value in of.items()}

    def keep(self, commands: Container[Command]) -> None:
        """Forget those of all other commands."""
        for command in [each for each in self._values if each not in commands]:
            self._drop(command)

    def _drop(self, command: Command) -> None:
        self._values.pop(command, None)
        self._sizes.pop(command, None)
        self._take(sum(self._sizes.values()))

    def _take(self, octets: int) -> bool:
        """Whether there is room for so many in all, which then is taken; less is always given."""
        more = max(0, octets - FREE) - self._taken
        if not self._room.take(more, always=more <= 0):
            return False
        self._taken += more
        return True
