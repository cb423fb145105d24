"""What is kept of contents in which people are: the same reports, told anew without them."""

import re
import shutil
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

from mailworthy.reports import feedback
from mailworthy.reports.envelope import Content, Form, Limits
from mailworthy.reports.envelope import open as open_envelope
from mailworthy.reports.envelope.mime import Part
from mailworthy.reports.feedback import Redactor
from mailworthy.reports.model import Place, Unreadable

PRIVATE = frozenset({Form.FEEDBACK, Form.PROSE})
_WRITTEN = frozenset({"text/plain", "text/html", "text/calendar"})
# In memory; what is larger lies in a temporary file.
_HELD = 4 * 1024 * 1024
_OURS = re.compile(r"(?:part|mail) [0-9.]{1,40}|a file without a name")
_SUFFIX = re.compile(r"\.(?:eml|msg|txt|xml|json|mbox|zip|gz|tar|tgz)$", re.IGNORECASE)


def is_private(item: Content | Unreadable) -> bool:
    """Whether people are in what was found, since it is a report about one message."""
    return isinstance(item, Content) and item.form in PRIVATE


def is_file(part: Part) -> bool:
    """Whether a part of a mail may be a file for machines: neither text, nor a picture or mail."""
    word = part.type.word
    return word not in _WRITTEN and not word.startswith(("message/", "image/"))


def without_people(raw: bytes | BinaryIO, salt: bytes, limits: Limits) -> bytes | BinaryIO:
    """What to keep in place of a content in which people are; `raw` is left where it stood.

    Of one mail, however it is wrapped, the same told anew; of several things a ZIP archive with
    each report. What cannot be read leaves nothing, but for who sent it. Raises what the file
    raises.
    """
    stood = 0 if isinstance(raw, bytes) else raw.tell()
    try:
        return _kept(raw, stood, salt, limits)
    finally:
        if not isinstance(raw, bytes):
            raw.seek(stood)


def _kept(raw: bytes | BinaryIO, stood: int, salt: bytes, limits: Limits) -> bytes | BinaryIO:
    found = (each for each in open_envelope(raw, limits=limits) if isinstance(each, Content))
    first = next(found, None)
    if first is None:
        if not isinstance(raw, bytes):
            raw.seek(stood)
        return feedback.retold(raw if isinstance(raw, bytes) else raw.read(limits.mail), salt)
    only = _retold(first, salt)
    if only is None:
        return _archive(first, None, found, salt)
    second = next(found, None)
    if second is None:
        return only
    return _archive(second, only, found, salt)


def _archive(
    next_: Content, before: bytes | None, rest: Iterator[Content], salt: bytes
) -> BinaryIO:
    file = cast(BinaryIO, SpooledTemporaryFile(max_size=_HELD))  # noqa: SIM115, closed when unused
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        if before is not None:
            archive.writestr(_member("0.eml"), before)
        _write(archive, 1, next_, salt)
        for number, content in enumerate(rest, 2):
            _write(archive, number, content, salt)
    file.seek(0)
    return file


def _write(archive: ZipFile, number: int, content: Content, salt: bytes) -> None:
    mail = _retold(content, salt)
    if mail is not None:
        archive.writestr(_member(f"{number}.eml"), mail)
        return
    with archive.open(_member(f"{number}.{content.form}"), "w", force_zip64=True) as member:
        shutil.copyfileobj(content.source, member, 1 << 16)


def _member(name: str) -> ZipInfo:
    made = ZipInfo(name)  # with a date that is always the same
    made.compress_type = ZIP_DEFLATED
    return made


def _retold(content: Content, salt: bytes) -> bytes | None:
    if content.form not in PRIVATE or content.mail is None:
        return None
    return feedback.retold(content.mail.raw, salt)


def hidden(place: Place, redactor: Redactor) -> Place:
    """The same place without the names that others gave to files, which may be people's."""
    first, *inner = place.path or ("",)
    path = (redactor.text(first), *(_name(name, redactor) for name in inner))
    return msgspec.structs.replace(place, path=path)


def _name(name: str, redactor: Redactor) -> str:
    if _OURS.fullmatch(name):
        return name
    found = _SUFFIX.search(name)
    end = found[0].lower() if found else ""
    stem = name[: found.start()] if found else name
    return redactor.name(stem) + end
