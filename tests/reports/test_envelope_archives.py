"""Archives and compressed files: against the standard library's readers, damaged, and lying."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import report_wraps as wraps
from mailworthy.reports import envelope
from mailworthy.reports.envelope import Content, inflate, tararchive, ziparchive
from mailworthy.reports.envelope.limits import Budget, Limits, Trouble
from mailworthy.reports.envelope.streams import Given, Reader
from mailworthy.reports.model import Fault, Unreadable

NAMES = st.text(st.characters(categories=["Ll", "Nd"]), min_size=1, max_size=20)
FILES = st.dictionaries(NAMES, st.binary(max_size=2000), max_size=5)
ZIP_METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
TAR_STYLES = [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT]
PACKERS: list[tuple[Callable[[bytes], bytes], inflate.Coding]] = [
    (gzip.compress, inflate.GZIP),
    (bz2.compress, inflate.BZIP2),
    (lzma.compress, inflate.XZ),
]


def unzipped(data: bytes, limits: Limits | None = None) -> dict[str, bytes | Trouble]:
    """Every member by its name, and the trouble of the archive under no name."""
    archive = ziparchive.Archive(io.BytesIO(data), Budget(limits or Limits()))
    found: dict[str, bytes | Trouble] = {}
    for member in archive.members():
        opened = archive.open(member)
        if isinstance(opened, Reader):
            content = opened.read()
            found[member.name] = opened.trouble or content
        else:
            found[member.name] = opened
    return found | dict.fromkeys([""] * len(archive.troubles), *archive.troubles[:1])


def untarred(data: bytes) -> dict[str, bytes | Trouble]:
    archive = tararchive.Archive(reader(data), Budget(Limits()))
    found: dict[str, bytes | Trouble] = {}
    for name, member in archive.members():
        content = member.read()
        found[name] = member.trouble or content
    return found | ({"": archive.trouble} if archive.trouble else {})


def reader(data: bytes) -> Reader:
    return Reader(Given(io.BytesIO(data)))


def faults(found: dict[str, bytes | Trouble]) -> dict[str, Fault]:
    return {name: item.fault for name, item in found.items() if isinstance(item, Trouble)}


# What others write


@given(FILES, st.sampled_from(ZIP_METHODS), st.binary(max_size=30), st.binary(max_size=30))
@example({}, zipfile.ZIP_STORED, b"", b"PK\5\6")
@example({"a": b"x"}, zipfile.ZIP_STORED, b"", b"PK\5\6" + bytes(24))
def test_zip_as_python_writes_it(
    files: dict[str, bytes], method: int, before: bytes, after: bytes
) -> None:
    data = bytearray(before + wraps.zipped(files, method) + after)
    struct.pack_into("<H", data, len(data) - len(after) - 2, len(after))
    assert unzipped(bytes(data)) == files


@given(FILES, st.sampled_from(ZIP_METHODS))
def test_zip_written_to_a_pipe(files: dict[str, bytes], method: int) -> None:
    class Pipe(io.RawIOBase):
        written = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:
            self.written += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    assert unzipped(pipe.written) == files


def test_zip64() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        with archive.open("a", "w", force_zip64=True) as member:
            member.write(b"content")
        archive.writestr("b", b"more")
    data = file.getvalue()
    assert unzipped(data) == {"a": b"content", "b": b"more"}
    end = data.rindex(b"PK\x05\x06")
    start = data.index(b"PK\x01\x02")
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 2, 2, end - start, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert unzipped(data[:end] + record + locator + last) == {"a": b"content", "b": b"more"}


@given(FILES, st.sampled_from(TAR_STYLES))
def test_tar_as_python_writes_it(files: dict[str, bytes], style: int) -> None:
    assert untarred(wraps.tarred(files, style)) == files


@pytest.mark.parametrize("style", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_tar_with_long_names(style: int) -> None:
    files = {"a" * 150: b"1", "b" * 99: b"2", "c/" * 60 + "d": b"3"}
    assert untarred(wraps.tarred(files, style)) == files


def test_tar_leaves_out_what_is_no_file() -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo(f"n{kind!r}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("f")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"x"))
    assert untarred(file.getvalue()) == {"f": b"x"}


@given(st.binary(max_size=3000), st.sampled_from(PACKERS), st.integers(1, 100))
def test_compressed(data: bytes, packer: tuple[Callable, inflate.Coding], size: int) -> None:
    compress, coding = packer
    packed = compress(data) + compress(data)
    stream = Reader(inflate.Inflated(reader(packed), coding, Budget(Limits())))
    pieces = list(iter(lambda: stream.read(size), b""))
    assert b"".join(pieces) == data + data
    assert stream.trouble is None


# Damage


@pytest.mark.parametrize("packer", PACKERS)
def test_what_breaks_off_gives_what_there_is(packer: tuple[Callable, inflate.Coding]) -> None:
    compress, coding = packer
    data = wraps.report(3000)
    packed = compress(data)
    stream = Reader(inflate.Inflated(reader(packed[:-4]), coding, Budget(Limits())))
    assert data.startswith(stream.read())
    assert stream.trouble == Trouble(Fault.DAMAGED, "the compressed data breaks off")


@given(st.integers(10, 10_000), st.integers(1, 255))
def test_damage_costs_nothing_that_comes_before(at: int, change: int) -> None:
    data = bytes(range(256)) * 20 + wraps.report(20)
    packed = bytearray(gzip.compress(data, mtime=0))
    at %= len(packed)
    packed[at] ^= change
    stream = Reader(inflate.Inflated(reader(bytes(packed)), inflate.GZIP, Budget(Limits())))
    got = stream.read()
    assert (got == data) or stream.trouble
    if at >= len(packed) - 8:
        assert got == data


def change(
    data: bytes, signature: bytes, at: int, form: str, number: int, *, nth: int = 0
) -> bytes:
    """The archive with another number in a record."""
    where = -1
    for _ in range(nth + 1):
        where = data.index(signature, where + 1)
    changed = bytearray(data)
    struct.pack_into(form, changed, where + at, number)
    return bytes(changed)


ZIP = wraps.zipped({"a": b"A" * 500, "b": b"B" * 500})
CENTRAL, LOCAL, END = b"PK\1\2", b"PK\3\4", b"PK\5\6"
LIES: dict[str, tuple[bytes, dict[str, Fault]]] = {
    "encrypted": (change(ZIP, CENTRAL, 8, "<H", 1), {"a": Fault.ENCRYPTED}),
    "sum": (change(ZIP, CENTRAL, 16, "<L", 1), {"a": Fault.DAMAGED}),
    "too short": (change(ZIP, CENTRAL, 24, "<L", 5), {"a": Fault.DAMAGED}),
    "too long": (change(ZIP, CENTRAL, 24, "<L", 2**31), {"a": Fault.DAMAGED}),
    "packed, too short": (change(ZIP, CENTRAL, 20, "<L", 5), {"a": Fault.DAMAGED}),
    "packed, over the next": (change(ZIP, CENTRAL, 20, "<L", 99), {"": Fault.DAMAGED}),
    "place of another": (change(ZIP, CENTRAL, 42, "<L", 0, nth=1), {"": Fault.DAMAGED}),
    "place beyond": (change(ZIP, CENTRAL, 42, "<L", 2**31), {"a": Fault.DAMAGED}),
    "place of nothing": (change(ZIP, CENTRAL, 42, "<L", 1), {"a": Fault.DAMAGED}),
    "method": (change(ZIP, CENTRAL, 10, "<H", 9), {"a": Fault.UNKNOWN_FORMAT}),
    "other method": (change(ZIP, CENTRAL, 10, "<H", 12), {"a": Fault.DAMAGED}),
    "lzma": (change(ZIP, CENTRAL, 10, "<H", 14), {"a": Fault.DAMAGED}),
    "count": (change(ZIP, END, 10, "<H", 900), {"": Fault.DAMAGED}),
    "directory elsewhere": (change(ZIP, END, 12, "<L", 9), {"": Fault.DAMAGED}),
    "no end": (ZIP[: ZIP.index(END)], {"": Fault.DAMAGED}),
    "no directory": (ZIP[: ZIP.index(CENTRAL)], {"": Fault.DAMAGED}),
    "half": (ZIP[: ZIP.index(b"PK\3\4", 9) + 35], {"": Fault.DAMAGED, "b": Fault.DAMAGED}),
}


OVERLAPS = {"packed, over the next", "place of another"}


@pytest.mark.parametrize("lie", LIES)
def test_zip_archives_that_lie(lie: str) -> None:
    data, wanted = LIES[lie]
    found = unzipped(data)
    assert faults(found) == wanted
    assert "a" in wanted or found["a"] == b"A" * 500
    assert "b" in wanted or found.get("b") == (None if lie in OVERLAPS else b"B" * 500)


def test_methods_that_are_not_read_are_named() -> None:
    for method, name in [(9, "Deflate64"), (93, "Zstandard"), (77, "method 77")]:
        archive = change(wraps.zipped({"a.xml": wraps.XML}), CENTRAL, 10, "<H", method)
        [item] = envelope.open(archive)
        assert isinstance(item, Unreadable)
        assert name in item.reason


def test_lzma_that_wants_much_memory_is_refused() -> None:
    archive = bytearray(wraps.zipped({"a": b"A" * 500}, zipfile.ZIP_LZMA))
    struct.pack_into("<L", archive, archive.index(b"PK\3\4") + 31 + 5, 2**31)
    assert faults(unzipped(bytes(archive))) == {"a": Fault.DAMAGED}
    greedy = lzma.compress(b"x", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 29}])
    stream = Reader(inflate.Inflated(reader(greedy), inflate.XZ, Budget(Limits())))
    assert stream.read() == b""
    assert stream.trouble


@pytest.mark.parametrize("cut", [1, 300, 511, 513, 700])
def test_tar_that_breaks_off(cut: int) -> None:
    data = wraps.tarred({"a": b"A" * 500, "b": b"B" * 500})[: 1024 + cut]
    found = untarred(data)
    assert found["a"] == b"A" * 500
    assert set(faults(found)) <= {"b", ""}
    assert faults(found)


@given(st.binary(max_size=600), st.integers(0, 1100))
def test_any_octets_within_an_archive(junk: bytes, at: int) -> None:
    for whole, read in ((ZIP, unzipped), (wraps.tarred({"a": b"A", "b": b"B"}), untarred)):
        read(whole[:at] + junk)
        read(whole[:at] + junk + whole[at + len(junk) :])


# Bombs


def test_files_that_share_their_octets() -> None:
    found = unzipped(wraps.overlapping_zip(900, 1000))
    assert len([item for item in found.values() if isinstance(item, bytes)]) == 1
    assert "899 files overlap" in str(found[""])


@pytest.mark.parametrize(
    ("limits", "most", "reason"),
    [
        (Limits(octets=1 << 20), 1 << 20, "more than 1048576 octets"),
        (Limits(total=1 << 20), 1 << 20, "are packed into this"),
        (Limits(free=1 << 20), 250 << 16, "more than 250 times"),
    ],
)
def test_bombs_are_stopped(limits: Limits, most: int, reason: str) -> None:
    budget = Budget(limits)
    stream = Reader(inflate.Inflated(reader(wraps.gzip_bomb(1 << 28)), inflate.GZIP, budget))
    size = stream.skip(1 << 30)
    assert most >> 1 < size <= most
    assert stream.trouble
    assert stream.trouble.fault is Fault.TOO_LARGE
    assert reason in stream.trouble.reason
    assert budget.unpacked < most + (1 << 17)


def test_an_honest_report_may_be_packed_tightly() -> None:
    data = wraps.report(100)
    limits = Limits(free=1 << 10, ratio=250)
    assert len(data) > 40 * len(gzip.compress(data))
    [item] = envelope.open(gzip.compress(data), limits=limits)
    assert isinstance(item, Content)
    assert item.source.read() == data


def test_texts_in_a_row_are_limited() -> None:
    packed = gzip.compress(b"x") * 50
    stream = Reader(inflate.Inflated(reader(packed), inflate.GZIP, Budget(Limits(members=20))))
    assert stream.read() == b"x" * 20
    assert stream.trouble
    assert stream.trouble.fault is Fault.TOO_MANY


@pytest.mark.parametrize("end", [0, 1, 2])
def test_texts_in_a_row_across_the_edge_of_a_chunk(end: int) -> None:
    first = gzip.compress(b"", mtime=0)
    extra = 65536 - end - len(first) - 2
    padded = first[:3] + b"\4" + first[4:10] + struct.pack("<H", extra) + bytes(extra) + first[10:]
    assert len(padded) == 65536 - end
    data = padded + gzip.compress(b"second")
    stream = Reader(inflate.Inflated(reader(data), inflate.GZIP, Budget(Limits())))
    assert stream.read() == b"second"
    assert stream.trouble is None
    assert zlib.decompress(padded, 31) == b""


def test_a_tar_header_may_claim_much() -> None:
    """A header that says that a name of a gibibyte follows."""
    info = tarfile.TarInfo("n")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 30
    data = info.tobuf(tarfile.GNU_FORMAT) + b"x" * 2000
    assert untarred(data) == {}
    [item] = envelope.open(gzip.compress(data))
    assert isinstance(item, Unreadable)
