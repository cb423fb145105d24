"""Logical views: rows as people read them, with names instead of numbers.

SQLite and PostgreSQL make them as views of the first migration; the Selects of
mailworthy.store.queries know them by these columns.
"""

import sqlalchemy as sa

from mailworthy.store.schema.base import Day

_MESSAGE_COLUMNS = (
    "report",
    "position",
    "domain",
    "reporter",
    "trust",
    "proven",
    "received",
    "arrival",
    "feedback_type",
    "address",
    "incidents",
    "campaign",
    "list_id",
    "auth_failure",
    "delivery_result",
    "identity_alignment",
    "mail_from",
    "header_from",
    "rcpt_to",
    "message_id",
    "subject",
    "authentication_results",
    "dkim_domain",
    "dkim_selector",
    "spf_dns",
    "fields",
)

# One row for each record of an aggregate report; `remark` is JSON.
report_rows = sa.table(
    "report_rows",
    sa.column("report", sa.BigInteger),
    sa.column("position", sa.Integer),
    sa.column("domain", sa.Text),
    sa.column("day", Day),
    sa.column("begin", sa.BigInteger),
    sa.column("end", sa.BigInteger),
    sa.column("reporter", sa.Text),
    sa.column("report_id", sa.Text),
    sa.column("trust", sa.Text),
    sa.column("proven", sa.SmallInteger),
    sa.column("address", sa.Text),
    sa.column("messages", sa.BigInteger),
    sa.column("disposition", sa.Text),
    sa.column("dkim", sa.SmallInteger),
    sa.column("spf", sa.SmallInteger),
    sa.column("header_from", sa.Text),
    sa.column("envelope_from", sa.Text),
    sa.column("envelope_to", sa.Text),
    sa.column("trail_id", sa.BigInteger),
    sa.column("remark", sa.Text),
)

# One row for each message that failed, or that somebody complained about.
failures = sa.table(
    "failures", *(sa.column(name) for name in _MESSAGE_COLUMNS), sa.column("day", Day)
)
complaints = sa.table(
    "complaints", *(sa.column(name) for name in _MESSAGE_COLUMNS), sa.column("day", Day)
)

_MESSAGE_ROWS = """
    SELECT f.report_id AS report, f.position, d.name AS domain, r.day, o.name AS reporter,
        r.trust, r.proven, r.received, f.arrival, f.feedback_type, a.name AS address, f.incidents,
        c.name AS campaign, l.name AS list_id, f.auth_failure, f.delivery_result,
        f.identity_alignment, f.mail_from, f.header_from, f.rcpt_to, f.message_id, f.subject,
        f.authentication_results, f.dkim_domain, f.dkim_selector, f.spf_dns, f.fields
    FROM feedback_rows f
    JOIN reports r ON r.id = f.report_id
    JOIN domains d ON d.id = f.domain_id
    JOIN reporters o ON o.id = r.reporter_id
    JOIN addresses a ON a.id = f.address_id
    JOIN labels c ON c.id = f.campaign_id
    JOIN labels l ON l.id = f.list_id
"""

DEFINITIONS = (
    """
    CREATE VIEW report_rows AS
    SELECT t.report_id AS report, t.position, d.name AS domain, r.day, r.begin, r."end",
        o.name AS reporter, r.report_id, r.trust, r.proven, a.name AS address, t.messages,
        t.disposition, t.dkim, t.spf, f.name AS header_from, e.name AS envelope_from,
        n.name AS envelope_to, t.trail_id, m.body AS remark
    FROM aggregate_rows t
    JOIN reports r ON r.id = t.report_id
    JOIN domains d ON d.id = r.domain_id
    JOIN reporters o ON o.id = r.reporter_id
    JOIN addresses a ON a.id = t.address_id
    JOIN domains f ON f.id = t.from_id
    LEFT JOIN domains e ON e.id = t.envelope_from_id
    LEFT JOIN domains n ON n.id = t.envelope_to_id
    LEFT JOIN remarks m ON m.id = t.remark_id
    """,
    f"CREATE VIEW failures AS {_MESSAGE_ROWS} WHERE r.kind = 'failure'",
    f"CREATE VIEW complaints AS {_MESSAGE_ROWS} WHERE r.kind = 'complaint'",
)
