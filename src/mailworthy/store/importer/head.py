"""The head of a report as the columns of its row."""

from typing import Any

import sqlalchemy as sa

from mailworthy.reports.model import Head, PolicyPublished
from mailworthy.reports.shown import shown
from mailworthy.store.importer.identity import booked, known_as
from mailworthy.store.importer.reader import reader
from mailworthy.store.importer.rows import listed
from mailworthy.store.opened import Store
from mailworthy.store.schema.dictionaries import domains, reporters

TEXT = 255
ERRORS = 100
NO_POLICY = PolicyPublished(domain="")
NOT_COUNTED = (0, 0, 0, 0, 0)  # complete, records, messages, omissions, flaws


def head_row(
    store: Store, connection: sa.Connection, head: Head, domain: str, sender: str
) -> tuple[Any, ...]:
    """The values of the columns from `kind` to `reader`; `sender` is the author of the mail."""
    day, days = booked(head.window.begin, head.window.end)
    number = store.dictionaries.number
    who = (head.reporter.email, head.reporter.contact, head.reporter.generator, head.report_id)
    return (
        head.kind.value,
        head.format.value,
        number(connection, reporters, known_as(head, sender)),
        *(shown(text, TEXT) for text in who),
        head.window.begin,
        head.window.end,
        day,
        days,
        number(connection, domains, domain),
        *_policy(head.policy or NO_POLICY),
        listed(head.errors[:ERRORS]),
        *NOT_COUNTED,
        reader(),
    )


def _policy(policy: PolicyPublished) -> list[str]:
    said = (policy.p, policy.sp, policy.np, policy.adkim, policy.aspf, policy.fo, policy.pct)
    return [shown(word, TEXT) for word in (*said, policy.testing, policy.discovery)]
