"""What came in, the reports that were in it, and what could not be read."""

import sqlalchemy as sa

from mailworthy.store.schema.base import (
    clustered,
    day,
    flag,
    key,
    metadata,
    number,
    part,
    part_ref,
    ref,
    text,
)

# Each content once, whatever it was called and however often it came. `method` tells how the
# chunks are packed, `reader` which version has read all of it (empty: not to its end), `kept`
# whether the chunks are still there.
raws = sa.Table(
    "raws",
    metadata,
    key(),
    sa.Column("sha256", sa.Text, nullable=False, unique=True),
    number("octets"),
    number("packed"),
    text("method"),
    sa.Column("received", sa.BigInteger, nullable=False, index=True),
    text("origin"),
    text("trust"),
    text("reader"),
    flag("kept"),
)
raw_chunks = sa.Table(
    "raw_chunks",
    metadata,
    part_ref("raw_id", "raws.id"),
    part("position", sa.Integer),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

# `identity` is that of mailworthy.store.importer.identity, `series` the same without the content.
# `path` tells where a report was as people see it, `spot` where in its content, which may be called
# something else the next time.
# `identity` is NULL only within the transaction that writes the report.
reports = sa.Table(
    "reports",
    metadata,
    key(),
    sa.Column("identity", sa.Text, nullable=True, unique=True),
    sa.Column("series", sa.Text, nullable=False, index=True),
    ref("raw_id", "raws.id"),
    text("path"),
    text("spot"),
    text("kind"),
    text("format"),
    ref("reporter_id", "reporters.id"),
    text("email"),
    text("contact"),
    text("generator"),
    text("report_id"),
    number("begin"),
    number("end"),
    day("day"),
    sa.Column("days", sa.Integer, nullable=False),
    ref("domain_id", "domains.id"),
    *(text(name) for name in ("p", "sp", "np", "adkim", "aspf", "fo", "pct")),
    *(text(name) for name in ("testing", "discovery")),
    text("errors"),
    flag("complete"),
    number("records"),
    number("messages"),
    number("omissions"),
    number("flaws"),
    text("reader"),
    text("trust"),
    flag("proven"),
    text("origin"),
    sa.Column("received", sa.BigInteger, nullable=False, index=True),
    flag("rows_kept"),
)
sa.Index(None, reports.c.domain_id, reports.c.day)
sa.Index(None, reports.c.day)
sa.Index(None, reports.c.raw_id)
sa.Index(None, reports.c.reporter_id, reports.c.day)

# Every content that brought a report, with what became of it there.
arrivals = clustered(
    "arrivals",
    part_ref("report_id", "reports.id"),
    part_ref("raw_id", "raws.id"),
    part("spot", sa.Text),
    text("outcome"),
    number("received"),
    text("origin"),
    text("trust"),
)
sa.Index(None, arrivals.c.outcome)

flaws = clustered(
    "flaws",
    part_ref("report_id", "reports.id"),
    part("code", sa.Text),
    text("message"),
    text("section"),
)

# What could not be read at all (`report_id` is NULL), and what was left out of a report.
problems = sa.Table(
    "problems",
    metadata,
    key(),
    sa.Column("identity", sa.Text, nullable=False, unique=True),
    ref("raw_id", "raws.id"),
    ref("report_id", "reports.id", null=True),
    text("path"),
    text("fault"),
    text("place"),
    text("reason"),
    text("excerpt"),
    sa.Column("received", sa.BigInteger, nullable=False, index=True),
    text("origin"),
)
sa.Index(None, problems.c.report_id)
sa.Index(None, problems.c.raw_id)

# Where each intake stands, in words of its own: a mailbox's UIDVALIDITY, the last UID, and so on.
intake_state = clustered(
    "intake_state",
    part("source", sa.Text),
    part("name", sa.Text),
    text("value"),
    number("changed"),
)
meta = clustered("meta", part("name", sa.Text), text("value"))
