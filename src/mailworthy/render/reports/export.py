"""Rows of an export as CSV, JSON or Parquet, written while they are read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from importlib import import_module
from typing import Any, BinaryIO, TypeAlias

from mailworthy.errors import UsageError
from mailworthy.render.jsontext import encode
from mailworthy.render.reports import csvtext

Batches: TypeAlias = Iterable[list[tuple[Any, ...]]]
Columns: TypeAlias = Mapping[str, type]


def write(format_: str, columns: Columns, batches: Batches, file: BinaryIO) -> None:
    """Write all rows. Raises UsageError if the library for a format is not there."""
    _WRITERS[format_](columns, batches, file)


def _csv(columns: Columns, batches: Batches, file: BinaryIO) -> None:
    file.write(csvtext.head(columns).encode())
    for batch in batches:
        file.write(csvtext.text(batch).encode())


def _jsonl(columns: Columns, batches: Batches, file: BinaryIO) -> None:
    for line in _lines(columns, batches):
        file.write(line.encode())


def _json(columns: Columns, batches: Batches, file: BinaryIO) -> None:
    lead = "[\n"
    for line in _lines(columns, batches):
        file.write((lead + line.rstrip("\n")).encode())
        lead = ",\n"
    file.write(b"[]\n" if lead == "[\n" else b"\n]\n")


def _lines(columns: Columns, batches: Batches) -> Iterator[str]:
    names = list(columns)
    for batch in batches:
        yield from (encode(dict(zip(names, row, strict=True))) for row in batch)


def _parquet(columns: Columns, batches: Batches, file: BinaryIO) -> None:
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise UsageError("Parquet needs a library: pip install 'mailworthy[parquet]'") from error
    types = {int: arrow.int64(), str: arrow.string(), date: arrow.date32()}
    schema = arrow.schema([(name, types[kind]) for name, kind in columns.items()])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            arrays = [
                arrow.array(values, field.type)
                for values, field in zip(zip(*batch, strict=True), schema, strict=True)
            ]
            writer.write_batch(arrow.record_batch(arrays, schema=schema))


_WRITERS: dict[str, Callable[[Columns, Batches, BinaryIO], None]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "json": _json,
    "parquet": _parquet,
}
