"""Where to look instead, when a period is empty."""

from datetime import date

from mailworthy.reports.model import Kind
from mailworthy.store import Store, queries
from mailworthy.store.queries import Scope


def newest_report(
    store: Store, scope: Scope, kind: Kind | None = None, reporter: str | None = None
) -> date | None:
    """The day of the last report about the domains of a scope, whatever its period. Raises
    StoreError."""
    ever = Scope(scope.domains, proven=scope.proven)
    found = store.rows(queries.reports(ever, kind=kind, reporter=reporter, limit=1))
    return found[0].day if found else None


def unknown_domains(store: Store, scope: Scope) -> tuple[str, ...]:
    """The domains of a scope that no report was ever about. Raises StoreError."""
    return tuple(
        name for name in scope.domains if not store.rows(queries.reports(Scope((name,)), limit=1))
    )
