"""The views of the first schema."""

_MESSAGES = """
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

VIEWS = (
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
    f"CREATE VIEW failures AS {_MESSAGES} WHERE r.kind = 'failure'",
    f"CREATE VIEW complaints AS {_MESSAGES} WHERE r.kind = 'complaint'",
)
