"""Recordings: every answer behind a result, kept as JSON Lines, and asked again offline."""

import contextlib
import os
import stat
import tempfile
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Protocol, Self, TypeVar, cast, runtime_checkable

import msgspec

from mailworthy.errors import UsageError
from mailworthy.lookup.drive import Instant, Resolver, Waiting
from mailworthy.lookup.lines import Key, decode_scoped, encode, key
from mailworthy.lookup.model import Answer, Ask, Fetched, Reply, Why, failed
from mailworthy.names import printable

T = TypeVar("T")
MAX_FILE = 1024 * 1024 * 1024
MAX_LINE = 32 * 1024 * 1024
_HEAD = b'{"kind":"run",'


class ReplayError(UsageError):
    """A recording that cannot be read or written; the text names file, line and fault."""


class Run(msgspec.Struct, frozen=True, tag="run", tag_field="kind"):
    """The first line of a recording: when the run was, by which version, with what settings."""

    now: Annotated[datetime, msgspec.Meta(tz=True)]
    version: str
    settings: dict[str, Any] = {}


class Sink(Protocol):
    """Where lines go: an open binary file, say."""

    def write(self, data: bytes, /) -> object:
        """Take some octets."""
        ...


@runtime_checkable
class Scoped(Protocol):
    """A resolver that keeps runs apart, which may have been told different things."""

    def scoped(self, scope: str) -> Resolver:
        """The same resolver for one run, which `scope` names."""
        ...


class _Writer:
    """Lines to a sink, or to a file that appears under its name only when it is whole.

    The first reply to an ask stands for all runs. A run that was told something else (its
    deadline came first, or the server awoke later) gets a line of its own at the end.
    """

    def __init__(self, to: str | Path | Sink, header: Run) -> None:
        self._temporary = ""
        self._known: dict[Key, int] = {}
        self._apart: dict[tuple[str, Key], Reply] = {}
        self._path: Path | None = None
        self._sink: Any = to
        if isinstance(to, str | Path):
            self._path = Path(to)
            self._sink = self._open(self._path)
        self._put(msgspec.json.encode(header))

    def _open(self, path: Path) -> Any:
        _check_place(path)
        try:
            handle, self._temporary = tempfile.mkstemp(
                prefix=f".{path.name}.", suffix=".part", dir=path.parent
            )
        except OSError as error:
            raise ReplayError(f"{path}: cannot be written: {error.strerror}") from None
        return os.fdopen(handle, "wb")

    def _put(self, line: bytes) -> None:
        try:
            self._sink.write(line + b"\n")
        except OSError as error:
            raise ReplayError(f"the recording cannot be written: {error.strerror}") from None

    def add(self, reply: Reply, scope: str) -> None:
        """Keep a reply of the resolver."""
        where, told = key(reply.ask), _told(reply)
        if where not in self._known:
            self._known[where] = told
            self._put(encode(reply))
        elif self._known[where] != told:
            self._apart.setdefault((scope, where), reply)

    def late(self, reply: Reply, scope: str) -> None:
        """Keep what a run was told instead of a reply."""
        self._apart[scope, key(reply.ask)] = reply

    def close(self) -> None:
        """Put the recording under its name."""
        if self._sink is None:
            return
        try:
            for (scope, where), reply in self._apart.items():
                if where not in self._known:
                    self.add(reply, "")
                elif self._known[where] != _told(reply):
                    self._put(encode(reply, scope))
            if self._path is not None:
                self._finish(self._path)
        finally:
            self.discard()

    def discard(self) -> None:
        """Leave nothing behind that is not whole. May be called after `close`."""
        if self._path is not None and self._sink is not None:
            with contextlib.suppress(OSError):
                self._sink.close()
            with contextlib.suppress(OSError):
                Path(self._temporary).unlink()
        self._sink = None

    def _finish(self, path: Path) -> None:
        try:
            self._sink.close()
            Path(self._temporary).replace(path)
        except OSError as error:
            raise ReplayError(f"{path}: cannot be written: {error.strerror}") from None


def _told(reply: Reply) -> int:
    """What a reply says, without who said it and how fast."""
    plain = {"ms": 0.0, "server": ""} if isinstance(reply, Answer) else {"ms": 0.0}
    return hash(encode(msgspec.structs.replace(reply, **plain)))


class _Recorder:
    """What both kinds of recorder share."""

    def __init__(self, resolver: Any, writer: _Writer, scope: str = "") -> None:
        self.resolver = resolver
        self._writer = writer
        self._scope = scope

    def scoped(self, scope: str) -> Self:
        """The same recorder for one of several runs."""
        return type(self)(self.resolver, self._writer, scope)

    def note(self, reply: Reply) -> None:
        """Keep what the deadline left unasked, so that a replay leaves it unasked too."""
        self._writer.late(reply, self._scope)

    def close(self) -> None:
        """Finish the recording and put it under its name. The resolver stays open."""
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Close, or leave no recording of a run that did not come to its end."""
        if kind is None:
            self.close()
        else:
            self._writer.discard()


class InstantRecorder(_Recorder):
    """Records what a resolver that never waits has answered."""

    def instant(self, ask: Ask) -> Reply:
        """The reply of the recorded resolver."""
        reply = cast(Instant, self.resolver).instant(ask)
        self._writer.add(reply, self._scope)
        return reply


class WaitingRecorder(_Recorder):
    """Records what a resolver that does I/O has answered."""

    async def answer(self, ask: Ask, timeout: float | None = None) -> Reply:
        """The reply of the recorded resolver."""
        reply = await cast(Waiting, self.resolver).answer(ask, timeout)
        self._writer.add(reply, self._scope)
        return reply

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine where the recorded resolver runs."""
        return cast(T, cast(Waiting, self.resolver).run(work))


def Recorder(
    resolver: Resolver,
    to: str | Path | Sink,
    *,
    now: datetime,
    version: str,
    settings: dict[str, Any] | None = None,
) -> InstantRecorder | WaitingRecorder:
    """Wrap a resolver so that everything it answers is recorded; close the wrapper afterwards.

    `to` is a path, written under a temporary name until it is whole, or anything with
    `write(bytes)`. Of several replies to one ask the first is kept, unless `scoped` tells the
    runs apart that got them. Raises ReplayError.
    """
    writer = _Writer(to, Run(now, version, settings or {}))
    if isinstance(resolver, Instant):
        return InstantRecorder(resolver, writer)
    return WaitingRecorder(resolver, writer)


class Replay:
    """A recording as a resolver; what it does not hold is FAILED, `why=not_recorded`."""

    def __init__(self, header: Run, replies: dict[tuple[str, Key], Reply], scope: str = "") -> None:
        self.header = header
        self._replies = replies
        self._scope = scope

    def __len__(self) -> int:
        return len(self._replies)

    def scoped(self, scope: str) -> "Replay":
        """The same recording as one of several runs saw it."""
        return Replay(self.header, self._replies, scope)

    @classmethod
    def load(cls, path: str | Path) -> "Replay":
        """Read a recording. Raises ReplayError with the line that is wrong."""
        try:
            with Path(path).open("rb") as file:
                if os.fstat(file.fileno()).st_size > MAX_FILE:
                    raise ReplayError(f"{path}: larger than {MAX_FILE >> 20} MiB")
                return cls.read(file, str(path))
        except OSError as error:
            raise ReplayError(f"{path}: {error.strerror}") from None

    @classmethod
    def read(cls, file: Any, source: str = "recording") -> "Replay":
        """Read a recording from a binary file. Raises ReplayError."""
        header = None
        replies: dict[tuple[str, Key], Reply] = {}
        decode_run = msgspec.json.Decoder(Run)
        for number, line in enumerate(iter(lambda: file.readline(MAX_LINE + 1), b""), 1):
            try:
                _check_whole(line)
                if header is None:
                    header = decode_run.decode(line)
                    continue
                scope, reply = decode_scoped(line)
            except (msgspec.DecodeError, ValueError) as error:
                shown = printable(str(error), 200)
                raise ReplayError(
                    f"{source}:{number}: not a line of a recording: {shown}"
                ) from None
            replies.setdefault((scope, key(reply.ask)), reply)
        if header is None:
            raise ReplayError(f"{source}: empty, so not a recording")
        return cls(header, replies)

    def instant(self, ask: Ask) -> Reply:
        """The recorded reply."""
        where = key(ask)
        reply = self._replies.get((self._scope, where)) or self._replies.get(("", where))
        if reply is None:
            return failed(ask, Why.NOT_RECORDED)
        if isinstance(reply, Fetched) and len(reply.body) > getattr(ask, "max_bytes", 0):
            return failed(ask, Why.OVERSIZE)
        return reply if reply.ask == ask else msgspec.structs.replace(reply, ask=ask)


def _check_place(path: Path) -> None:
    """Only a recording is replaced: neither a link such as /dev/stdout nor the zone file that
    was meant for another option."""
    try:
        mode = path.lstat().st_mode
        known = stat.S_ISREG(mode) and _begins_a_recording(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise ReplayError(f"{path}: cannot be written: {error.strerror}") from None
    if not known:
        raise ReplayError(f"{path} is there and is no recording: name another file")


def _begins_a_recording(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(len(_HEAD))
    return head in (b"", _HEAD)


def _check_whole(line: bytes) -> None:
    if len(line) > MAX_LINE:
        raise ValueError(f"longer than {MAX_LINE >> 20} MiB")
    if not line.endswith(b"\n"):
        raise ValueError("it is cut off")
