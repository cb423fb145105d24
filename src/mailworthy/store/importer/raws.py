"""What came in, kept as it came: packed, in chunks, each content once."""

import zlib
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import Any, BinaryIO, TypeAlias

import msgspec
import sqlalchemy as sa

from mailworthy.store.backends.base import Backend
from mailworthy.store.errors import StoreError
from mailworthy.store.model import Origin, Trust
from mailworthy.store.opened import Store
from mailworthy.store.schema.reports import raw_chunks, raws

PIECE = 64 * 1024
CHUNK = 512 * 1024
FAST = 4 * 1024 * 1024  # from here on speed counts for more than size
PACKED, PLAIN = "zlib", "plain"


class Named(msgspec.Struct, frozen=True):
    """A content with its SHA-256 in hex and its size, so that many reports in it cost one look."""

    raw: Any
    sha256: str
    octets: int


Raw: TypeAlias = bytes | BinaryIO | Named


def named(raw: Raw, kept: bytes | BinaryIO | None = None) -> Named:
    """The content with its fingerprint; it must not change as long as this is used.

    `kept` is what is kept in its place.
    """
    if isinstance(raw, Named):
        return raw
    return Named(raw if kept is None else kept, *fingerprint(raw))


def opened(raw: Raw) -> BinaryIO:
    """The content as a file."""
    if isinstance(raw, Named):
        return opened(raw.raw)
    return BytesIO(raw) if isinstance(raw, bytes) else raw


def fingerprint(raw: Raw) -> tuple[str, int]:
    """SHA-256 in hex, and the size; a file is left where it stood, since others may read it."""
    if isinstance(raw, Named):
        return raw.sha256, raw.octets
    if isinstance(raw, bytes):
        return sha256(raw).hexdigest(), len(raw)
    file, digest, octets = opened(raw), sha256(), 0
    for piece in _pieces(file):
        digest.update(piece)
        octets += len(piece)
    return digest.hexdigest(), octets


def keep(
    store: Store,
    connection: sa.Connection,
    raw: Raw,
    *,
    origin: Origin,
    trust: Trust,
) -> int:
    """The number of a content, which is stored if it is not there yet (or no longer)."""
    name, octets = fingerprint(raw)
    found = _found(connection, store, name, raw)
    if found is not None:
        return found
    came = (origin.received, origin.name, trust.value, "", 1)
    if octets <= PIECE:
        return _small(store, connection, b"".join(_pieces(opened(raw))), (name, octets), came)
    return _new(store, connection, raw, (name, octets, 0, PLAIN, *came))


def load(store: Store, sha256_: str) -> Iterator[bytes]:
    """A content as it came, in pieces. Raises StoreError if it is not kept (any more)."""
    with store.reading() as connection:
        row = connection.execute(
            sa.select(raws.c.id, raws.c.method, raws.c.kept).where(raws.c.sha256 == sha256_)
        ).one_or_none()
        if row is None or not row.kept:
            raise StoreError(f"no content {sha256_[:16]} is kept here")
        chunks = connection.execution_options(yield_per=1).execute(
            sa.select(raw_chunks.c.data)
            .where(raw_chunks.c.raw_id == row.id)
            .order_by(raw_chunks.c.position)
        )
        yield from _unpacked((data for (data,) in chunks), row.method)


def _found(connection: sa.Connection, store: Store, name: str, raw: Raw) -> int | None:
    found = store.statements.get("raw", _by_name).run(connection, name=name)
    if not found:
        return None
    id_, kept = found[0]
    if not kept:
        method, packed = _write_chunks(store, connection, id_, raw, FAST)
        _packed_as(store, connection, id_, method, packed)
    return int(id_)


def _new(store: Store, connection: sa.Connection, raw: Raw, row: tuple[Any, ...]) -> int:
    name, octets, *_ = row
    # Somebody else may bring the same at the same time; it is there in any case.
    store.statements.enter(raws).many(connection, [row])
    id_ = int(store.statements.get("raw", _by_name).run(connection, name=name)[0][0])
    method, packed = _write_chunks(store, connection, id_, raw, octets)
    _packed_as(store, connection, id_, method, packed)
    return id_


def _small(
    store: Store,
    connection: sa.Connection,
    content: bytes,
    head: tuple[str, int],
    came: tuple[Any, ...],
) -> int:
    """The same for one piece, packed before its row is written."""
    packed = zlib.compress(content)
    method, data = (PACKED, packed) if _shrinks(packed, content) else (PLAIN, content)
    row = (*head, len(data), method, *came)
    store.statements.enter(raws).many(connection, [row])
    id_ = int(store.statements.get("raw", _by_name).run(connection, name=head[0])[0][0])
    if data:
        store.statements.insert(raw_chunks, ignore=True).many(connection, [(id_, 0, data)])
    return id_


def _by_name(_: Backend) -> sa.Select[Any]:
    return sa.select(raws.c.id, raws.c.kept).where(raws.c.sha256 == sa.bindparam("name"))


def _packed_as(store: Store, connection: sa.Connection, id_: int, method: str, size: int) -> None:
    store.statements.get("packed as", _packing).run(
        connection, raw=id_, method_=method, packed_=size
    )


def _packing(_: Backend) -> sa.Update:
    values = {"method": sa.bindparam("method_"), "packed": sa.bindparam("packed_"), "kept": 1}
    return sa.update(raws).where(raws.c.id == sa.bindparam("raw")).values(values)


def _write_chunks(
    store: Store, connection: sa.Connection, id_: int, raw: Raw, octets: int
) -> tuple[str, int]:
    method, size = _method(opened(raw)), 0
    insert = store.statements.insert(raw_chunks, ignore=True)
    for position, data in enumerate(_chunks(_packed(_pieces(opened(raw)), method, octets))):
        insert.many(connection, [(id_, position, data)])
        size += len(data)
    return method, size


def _method(file: BinaryIO) -> str:
    """Archives and the like do not get smaller."""
    first = next(_pieces(file), b"")
    return PACKED if _shrinks(zlib.compress(first, 1), first) else PLAIN


def _shrinks(packed: bytes, content: bytes) -> bool:
    return len(packed) < 0.9 * len(content)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """The whole file, which stands afterwards where it stood before."""
    stood = file.tell()
    try:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
    finally:
        file.seek(stood)


def _packed(pieces: Iterator[bytes], method: str, octets: int) -> Iterator[bytes]:
    if method == PLAIN:
        yield from pieces
        return
    packer = zlib.compressobj(1 if octets >= FAST else 6)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def _unpacked(chunks: Iterator[bytes], method: str) -> Iterator[bytes]:
    if method == PLAIN:
        yield from chunks
        return
    unpacker = zlib.decompressobj()
    for chunk in chunks:
        data = chunk
        while piece := unpacker.decompress(data, CHUNK):
            yield piece
            data = unpacker.unconsumed_tail
    if rest := unpacker.flush():
        yield rest


def _chunks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        if len(waiting) >= CHUNK:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)
