"""From what was handed in to every report in it, through whatever it is wrapped in."""

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, TypeAlias

import msgspec

from mailworthy.reports.envelope import inflate, letter, mbox, mime, tararchive, ziparchive
from mailworthy.reports.envelope.content import Content, Form
from mailworthy.reports.envelope.limits import Budget, Limits, Trouble
from mailworthy.reports.envelope.sniff import Seen, Shape, recognise
from mailworthy.reports.envelope.streams import Given, Reader, Span, Taken
from mailworthy.reports.envelope.transfer import decoded
from mailworthy.reports.model import Fault, Place, Unreadable
from mailworthy.reports.shown import shown

Found: TypeAlias = Content | Unreadable

_CODINGS = {
    Shape.GZIP: (inflate.GZIP, ".gz"),
    Shape.BZIP2: (inflate.BZIP2, ".bz2"),
    Shape.XZ: (inflate.XZ, ".xz"),
}
_FORMS = {Shape.XML: Form.AGGREGATE, Shape.JSON: Form.TLS}
# What ordinary mails and archives hold beside a report, and what is not worth a word there.
_ORDINARY = frozenset({Fault.UNKNOWN_FORMAT, Fault.EMPTY, Fault.NO_REPORT})
_SENT = frozenset({"text/rfc822-headers", "message/delivery-status"})


class _Spot(msgspec.Struct, frozen=True):
    """Where the walk is: the path, how many archives are around, and the mail that brought it."""

    path: tuple[str, ...]
    depth: int = 0
    mail: mime.Mail | None = None

    def into(self, *names: str) -> "_Spot":
        """The same a container further in."""
        path = self.path + tuple(shown(name) for name in names if name)
        return _Spot(path, self.depth + 1, self.mail)


class _Enough(Exception):
    """No more of this call: everything in it together is too much."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.reason)
        self.trouble = trouble


class Walk:
    """One call: what it may cost is counted over all of it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.budget = Budget(limits)

    def start(self, source: BinaryIO, name: str) -> Iterator[Found]:
        """Everything in a source that the caller gave."""
        seekable = source if source.seekable() else None
        at = source.tell() if seekable else 0
        reader = Reader(Given(source))
        seen = recognise(reader.peek(1))
        spot = _Spot((shown(name),))
        if seen.shape is Shape.ZIP and seekable:
            seekable.seek(at)
            yield from self.bounded(self.zip(seekable, spot), spot)
        else:
            yield from self.bounded(self.open(seen, reader, spot), spot)

    def bounded(self, found: Iterable[Found], spot: _Spot) -> Iterator[Found]:
        """All of it, or as much as one call may have."""
        try:
            yield from found
        except _Enough as enough:
            yield _cannot(spot, enough.trouble.fault, enough.trouble.reason)

    def visit(self, reader: Reader, spot: _Spot) -> Iterator[Found]:
        """Everything in what is read here."""
        if trouble := self.budget.open():
            raise _Enough(trouble)
        yield from self.open(recognise(reader.peek(1)), reader, spot)

    def open(self, seen: Seen, reader: Reader, spot: _Spot) -> Iterator[Found]:
        kind = seen.shape
        if kind in _FORMS:
            yield from self.content(_FORMS[kind], reader, spot)
        elif kind in {Shape.UNKNOWN, Shape.EMPTY}:
            yield self.unknown(seen, reader, spot)
        elif spot.depth >= self.limits.depth:
            reason = f"archives nested more than {self.limits.depth} deep"
            yield _cannot(spot, Fault.TOO_DEEP, reason)
        else:
            yield from self.opener(kind)(reader, spot)

    def opener(self, kind: Shape) -> Callable[[Reader, _Spot], Iterator[Found]]:
        """How what holds others is opened."""
        openers: dict[Shape, Callable[[Reader, _Spot], Iterator[Found]]] = {
            Shape.ZIP: self.held_zip,
            Shape.TAR: self.tar,
            Shape.MBOX: self.mbox,
            Shape.MAIL: self.held_mail,
        }
        return openers.get(kind) or (lambda reader, spot: self.compressed(kind, reader, spot))

    def unknown(self, seen: Seen, reader: Reader, spot: _Spot) -> Unreadable:
        if reader.trouble:
            return _cannot(spot, reader.trouble.fault, reader.trouble.reason)
        if seen.shape is Shape.EMPTY:
            return _cannot(spot, Fault.EMPTY, "there is nothing in it")
        note = f"no report: {seen.note}" if seen.note else "neither a report nor what holds one"
        return _cannot(spot, Fault.UNKNOWN_FORMAT, note)

    def content(self, form: Form, reader: Reader, spot: _Spot) -> Iterator[Content]:
        yield Content(form, spot.path, Taken(reader, self.budget), spot.mail)

    # Compressed files and archives

    def compressed(self, kind: Shape, reader: Reader, spot: _Spot) -> Iterator[Found]:
        coding, suffix = _CODINGS[kind]
        last = spot.path[-1]
        inner = last[: -len(suffix)] if last.lower().endswith(suffix) else ""
        stream = inflate.Inflated(reader, coding, self.budget)
        yield from self.visit(Reader(stream), spot.into(inner))

    def held_zip(self, reader: Reader, spot: _Spot) -> Iterator[Found]:
        most = self.budget.room
        yield from self.held(reader, most, spot, lambda data: self.zip(io.BytesIO(data), spot))

    def zip(self, file: BinaryIO, spot: _Spot) -> Iterator[Found]:
        archive = ziparchive.Archive(file, self.budget)
        yield from self.archive(self.zip_members(archive, spot), spot)

    def zip_members(self, archive: ziparchive.Archive, spot: _Spot) -> Iterator[Found]:
        for member in archive.members():
            inside = spot.into(member.name or "a file without a name")
            opened = archive.open(member)
            if member.folder or _is_hidden(member.name):
                continue
            if isinstance(opened, Trouble):
                yield _cannot(inside, opened.fault, opened.reason)
            else:
                yield from self.visit(opened, inside)
        for trouble in archive.troubles:
            yield _cannot(spot, trouble.fault, trouble.reason)

    def tar(self, reader: Reader, spot: _Spot) -> Iterator[Found]:
        yield from self.archive(self.tar_members(reader, spot), spot)

    def tar_members(self, reader: Reader, spot: _Spot) -> Iterator[Found]:
        archive = tararchive.Archive(reader, self.budget)
        for name, member in archive.members():
            if not _is_hidden(name):
                yield from self.visit(member, spot.into(name or "a file without a name"))
        trouble = reader.trouble or archive.trouble
        if trouble:
            yield _cannot(spot, trouble.fault, trouble.reason)

    def archive(self, found: Iterable[Found], spot: _Spot) -> Iterator[Found]:
        """What an archive holds; one word for all of it if that is nothing to us."""
        ordinary: list[Unreadable] = []
        several = False
        for item in found:
            if not several and isinstance(item, Unreadable) and item.fault in _ORDINARY:
                ordinary.append(item)
                continue
            several = True
            yield from ordinary
            ordinary.clear()
            yield item
        if len(ordinary) == 1 and ordinary[0].fault is Fault.UNKNOWN_FORMAT:
            yield ordinary[0]
        elif not several:
            yield _cannot(spot, Fault.NO_REPORT, "an archive without a report")

    # Mails

    def mbox(self, reader: Reader, spot: _Spot) -> Iterator[Found]:
        for number, mail in enumerate(mbox.mails(reader, self.limits.mail), 1):
            inside = spot.into(f"mail {number}")
            if not spot.depth:
                self.budget.renew()
            if mail is None:
                yield _cannot(inside, Fault.TOO_LARGE, f"more than {self.limits.mail} octets")
            else:
                with self.charge(len(mail)):
                    found = self.mail(mail, inside)
                    yield from found if spot.depth else self.bounded(found, inside)
        if reader.trouble:
            yield _cannot(spot, reader.trouble.fault, reader.trouble.reason)

    def held_mail(self, reader: Reader, spot: _Spot) -> Iterator[Found]:
        most = min(self.limits.mail, self.budget.room)
        yield from self.held(reader, most, spot, lambda data: self.mail(data, spot))

    def mail(self, data: bytes, spot: _Spot) -> Iterator[Found]:
        """The reports that a mail brings; NO_REPORT for any other mail."""
        blank = len(data) - len(data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))
        whole = data[blank:] if blank else data
        split = mime.split(whole, self.limits, outer=spot.mail, enclosed=spot.depth > 0)
        told = letter.feedback(split)
        if told is not split.mails[0] and letter.is_bounce(split):
            yield _cannot(spot, Fault.NO_REPORT, "a mail that tells what became of another")
        elif told:
            yield from self.whole(Form.FEEDBACK, told, spot)
        elif told := letter.prose(split):
            yield from self.whole(Form.PROSE, told, spot)
        else:
            yield from self.brought(split, spot)

    def whole(self, form: Form, mail: mime.Mail, spot: _Spot) -> Iterator[Content]:
        reader = Reader(Span(mail.data, mail.start, mail.end))
        yield from self.content(form, reader, _Spot(spot.path, spot.depth, mail))

    def brought(self, split: mime.Split, spot: _Spot) -> Iterator[Found]:
        """What the parts of a mail hold. What is no report is worth a word only beside one, or
        where the mail says that it brings one."""
        troubles: list[Unreadable] = []
        found = False
        for item in self.parts(split, spot):
            if isinstance(item, Content):
                yield from troubles
                troubles.clear()
                found = True
                yield item
            elif item.fault not in _ORDINARY:
                troubles.append(item)
        if found or (troubles and letter.claims_a_report(split)):
            yield from troubles
        else:
            yield _cannot(spot, Fault.NO_REPORT, "a mail without a report")

    def parts(self, split: mime.Split, spot: _Spot) -> Iterator[Found]:
        for part in split.parts:
            if part.quoted or part.type.word in _SENT:
                continue
            reader = decoded(part.mail.data, part.start, part.end, part.encoding)
            yield from self.part(reader, part, spot)
        for trouble in split.troubles:
            yield _cannot(spot, trouble.fault, trouble.reason)

    def part(self, reader: Reader, part: mime.Part, spot: _Spot) -> Iterator[Found]:
        if trouble := self.budget.open():
            raise _Enough(trouble)
        written = part.type.word.startswith("text/") and not part.filename
        seen = recognise(reader.peek(1), loose=not written)
        if written and seen.shape in {Shape.MAIL, Shape.MBOX}:
            return
        names = tuple(name for name in (f"part {part.number}", part.filename) if name)
        yield from self.open(seen, reader, _Spot(spot.path + names, spot.depth, part.mail))

    # What is held in memory

    def held(
        self, reader: Reader, most: int, spot: _Spot, opened: Callable[[bytes], Iterator[Found]]
    ) -> Iterator[Found]:
        """All octets of a reader opened at once, and counted as long as that takes."""
        data = reader.read(most + 1)
        if len(data) > most:
            reason = f"more than {most} octets, which must be held at once"
            yield _cannot(spot, Fault.TOO_LARGE, reason)
            return
        with self.charge(len(data)):
            yield from opened(data)
        if reader.trouble:
            yield _cannot(spot, reader.trouble.fault, reader.trouble.reason)

    @contextmanager
    def charge(self, octets: int) -> Iterator[None]:
        self.budget.held += octets
        try:
            yield
        finally:
            self.budget.held -= octets


def _cannot(spot: _Spot, fault: Fault, reason: str) -> Unreadable:
    return Unreadable(Place(spot.path), fault, shown(reason, 400))


def _is_hidden(name: str) -> bool:
    """Whether a file manager added it to the archive, and not who made it."""
    file = name.rpartition("/")[2]
    return name.startswith("__MACOSX/") or file.startswith("._") or file == ".DS_Store"
