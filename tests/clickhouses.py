"""Two ClickHouse servers of our own for tests: Debian's, of 2018, in a folder that is removed.

clickhouse-connect does not speak to servers of that age, so this module does, and it writes joins
of several tables as that server wants them: one within the other.
"""

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.sql.selectable import Join

PROGRAM = "clickhouse-server"
CLUSTER = "two"
TRIES = 300
SETTINGS = {
    "distributed_product_mode": "global",
    "insert_distributed_sync": "1",
    "join_use_nulls": "1",
    "output_format_json_quote_64bit_integers": "0",
}
CONFIG = """<yandex>
  <logger><level>warning</level><log>{folder}/log</log><errorlog>{folder}/errors</errorlog></logger>
  <listen_host>127.0.0.1</listen_host><http_port>{http}</http_port><tcp_port>{tcp}</tcp_port>
  <path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path>
  <mark_cache_size>5368709</mark_cache_size><users_config>users.xml</users_config>
  <default_profile>default</default_profile><default_database>default</default_database>
  <remote_servers><two>{shards}</two></remote_servers>
</yandex>"""
SHARD = "<shard><replica><host>127.0.0.1</host><port>{port}</port></replica></shard>"
USERS = """<yandex>
  <profiles><default></default></profiles><quotas><default></default></quotas>
  <users><default><password></password><networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota></default></users>
</yandex>"""


@contextmanager
def running() -> Iterator[list["Old"]]:
    """Connections to two servers that are the shards of a cluster."""
    with tempfile.TemporaryDirectory(prefix="ch") as name, ExitStack() as stack:
        tcp = [_free_port() for _ in range(2)]
        shards = "".join(SHARD.format(port=port) for port in tcp)
        links = []
        for number, port in enumerate(tcp):
            folder = Path(name, str(number))
            values = {"folder": folder, "http": _free_port(), "tcp": port, "shards": shards}
            stack.enter_context(_server(folder, CONFIG.format(**values)))
            links.append(Old(int(str(values["http"]))))
        for link in links:
            link.wait()
        yield links


@contextmanager
def _server(folder: Path, config: str) -> Iterator[None]:
    for each in (folder / "data", folder / "tmp"):
        each.mkdir(parents=True)
    (folder / "users.xml").write_text(USERS)
    (folder / "config.xml").write_text(config)
    found = shutil.which(PROGRAM)
    assert found is not None
    process = subprocess.Popen(
        [found, f"--config-file={folder}/config.xml"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Old:
    """A connection to one of the servers, by HTTP."""

    def __init__(self, port: int) -> None:
        self.port = port

    def wait(self) -> None:
        """Return when the server answers."""
        for _ in range(TRIES):
            try:
                return self.run("SELECT 1")
            except ConnectionError:
                time.sleep(0.1)
        raise AssertionError("no ClickHouse")

    def run(self, text: str) -> None:
        """Do something that has no answer."""
        self._post(text)

    def answer(self, query: sa.Select[Any]) -> list[Any]:
        """The rows of the answer."""
        dialect = _dialect()
        text = query.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        rows = json.loads(self._post(f"{text}\nFORMAT JSONCompact"))["data"]
        types = [column.type for column in query.selected_columns]
        makers = [kind.dialect_impl(dialect).result_processor(dialect, None) for kind in types]
        return [
            tuple(make(value) if make else value for make, value in zip(makers, row, strict=True))
            for row in rows
        ]

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Write rows."""
        named = (dict(zip(columns, row, strict=True)) for row in rows)
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in named)
        names = ", ".join(f"`{name}`" for name in columns)
        self._post(f"INSERT INTO {table} ({names}) FORMAT JSONEachRow\n{lines}")

    def close(self) -> None:
        """Nothing is kept open."""

    def _post(self, text: str) -> str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", f"/?{urlencode(SETTINGS)}", text.encode())
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        assert response.status == 200, f"{body}\n{text[:3000]}"
        return body


def _dialect() -> sa.Dialect:
    from clickhouse_connect.cc_sqlalchemy.dialect import ClickHouseDialect
    from clickhouse_connect.cc_sqlalchemy.sql.compiler import ChStatementCompiler

    class Compiler(_Nested, ChStatementCompiler):  # type: ignore[misc, unused-ignore]
        pass

    dialect: sa.Dialect = ClickHouseDialect()
    dialect.statement_compiler = Compiler
    return dialect


class _Nested:
    """A compiler that puts joins into each other.

    `a JOIN b JOIN c` becomes `(SELECT a.x AS c0__x, b.y AS c1__y FROM a JOIN b) AS j JOIN c`, and
    what names a column of a or b elsewhere in the same SELECT names one of j.
    """

    def visit_select(self, select: sa.Select[Any], *args: Any, **kw: Any) -> str:
        scopes: list[dict[Any, int | None]] = self.__dict__.setdefault("scopes", [])
        scope: dict[Any, int | None] = {}
        for each in select.get_final_froms():
            scope |= _places(_leaves(each))
        scopes.append(scope)
        try:
            return str(super().visit_select(select, *args, **kw))  # type: ignore[misc]
        finally:
            scopes.pop()

    def visit_column(self, column: Any, *args: Any, **kw: Any) -> str:
        for scope in reversed(self.__dict__.get("scopes", [])):
            if column.table in scope:
                if scope[column.table] is not None:
                    return f"j.c{scope[column.table]}__{column.name}"
                break
        return str(super().visit_column(column, *args, **kw))  # type: ignore[misc]

    def visit_join(self, join: Join, **kw: Any) -> str:
        kw["asfrom"] = True
        scope = self.__dict__["scopes"][-1]
        leaves = _leaves(join)
        before = dict(scope)
        left = self._left(join.left, **kw)
        scope.update(_places(leaves))
        on = self.process(join.onclause)  # type: ignore[attr-defined]
        right = self.process(join.right, **kw)  # type: ignore[attr-defined]
        scope.update(before)
        return f"{left} {'LEFT' if join.isouter else 'INNER'} JOIN {right} ON {on}"

    def _left(self, left: Any, **kw: Any) -> str:
        if isinstance(left, sa.Table):
            return f"(SELECT * FROM {left.name}) AS {left.name}"
        text = str(self.process(left, **kw))  # type: ignore[attr-defined]
        if not isinstance(left, Join):
            return text
        leaves = _leaves(left)
        self.__dict__["scopes"][-1].update(_places(leaves))
        columns = [
            f"{self.process(column)} AS c{place}__{column.name}"  # type: ignore[attr-defined]
            for place, leaf in enumerate(leaves)
            for column in leaf.c
        ]
        return f"(SELECT {', '.join(columns)} FROM {text}) AS j"


def _places(leaves: list[Any]) -> dict[Any, int | None]:
    """Which tables are within j when the last is joined to the others."""
    nested = leaves[:-1] if len(leaves) > 2 else []
    return {**dict.fromkeys(leaves), **{leaf: place for place, leaf in enumerate(nested)}}


def _leaves(each: Any) -> list[Any]:
    return [*_leaves(each.left), each.right] if isinstance(each, Join) else [each]
