"""A store is brought to the newest schema when it is opened, by one process at a time."""

from pathlib import Path

import sqlalchemy as sa

from mailworthy.store.backends.base import Backend
from mailworthy.store.backends.sqlite import WRITE
from mailworthy.store.errors import StoreUnusable
from mailworthy.store.schema import REVISION, metadata
from mailworthy.store.schema.views import DEFINITIONS

HERE = Path(__file__).parent / "migrations"
VERSION = sa.table("alembic_version", sa.column("version_num", sa.Text))
# As Alembic makes it.
VERSION_TABLE = """
    CREATE TABLE alembic_version (
        version_num VARCHAR(32) NOT NULL,
        CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
    )
"""


def upgrade(backend: Backend) -> None:
    """Bring the store to the newest schema.

    Raises StoreUnusable if it was written by a later version, or holds something else.
    """
    with backend.engine.connect() as connection:
        if revision(connection) == REVISION:
            return
    with (
        backend.engine.connect().execution_options(**{WRITE: True}) as connection,
        connection.begin(),
    ):
        backend.lock_schema(connection)
        _migrate(connection)


def revision(connection: sa.Connection) -> str | None:
    """The revision of a store; None for an empty database."""
    if not sa.inspect(connection).has_table(VERSION.name):
        return None
    found: str | None = connection.execute(sa.select(VERSION.c.version_num)).scalar()
    return found


def _migrate(connection: sa.Connection) -> None:
    here = revision(connection)
    if here is None:
        _create(connection)
    elif here != REVISION:  # else somebody did it while we waited
        run(connection, here)


def _create(connection: sa.Connection) -> None:
    """The newest schema in an empty database: what all migrations in a row would make of it."""
    if sa.inspect(connection).has_table("reports"):
        raise StoreUnusable("the database has a table `reports` that is not ours")
    metadata.create_all(connection)
    for definition in DEFINITIONS:
        connection.exec_driver_sql(definition)
    connection.exec_driver_sql(VERSION_TABLE)
    connection.execute(sa.insert(VERSION).values(version_num=REVISION))


def run(connection: sa.Connection, here: str | None) -> None:
    """Run the migrations that follow a revision; all of them for None."""
    # Loaded only here: Alembic takes longer and more memory than everything else that opening does.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if here is not None and here not in known:
        raise StoreUnusable(f"the store was written by a later version (schema {here})")
    command.upgrade(config, "head")
