"""The records of reports, as they were reported."""

import sqlalchemy as sa

from mailworthy.store.schema.base import clustered, flag, number, part, part_ref, ref, text

# `dkim` and `spf` are 1 for an aligned pass. `envelope_from_id` is NULL where the reporter was
# silent, and names the empty text for the null reverse-path.
aggregate_rows = clustered(
    "aggregate_rows",
    part_ref("report_id", "reports.id"),
    part("position", sa.Integer),
    ref("address_id", "addresses.id"),
    number("messages"),
    text("disposition"),
    flag("dkim"),
    flag("spf"),
    ref("from_id", "domains.id"),
    ref("envelope_from_id", "domains.id", null=True),
    ref("envelope_to_id", "domains.id", null=True),
    ref("trail_id", "trails.id"),
    ref("remark_id", "remarks.id", null=True),
)

tls_rows = clustered(
    "tls_rows",
    part_ref("report_id", "reports.id"),
    part("position", sa.Integer),
    text("type"),
    ref("domain_id", "domains.id"),
    number("successful"),
    number("failed"),
    text("policy"),
    text("mx"),
)
tls_failures = clustered(
    "tls_failures",
    part_ref("report_id", "reports.id"),
    part("position", sa.Integer),
    part("number", sa.Integer),
    text("result_type"),
    number("sessions"),
    ref("mx_id", "domains.id"),
    text("sending_ip"),
    text("receiving_ip"),
    text("receiving_helo"),
    text("information"),
    text("reason_code"),
)

# One message each: failures and complaints, told apart by the kind of their report.
feedback_rows = clustered(
    "feedback_rows",
    part_ref("report_id", "reports.id"),
    part("position", sa.Integer),
    ref("domain_id", "domains.id"),
    ref("address_id", "addresses.id"),
    ref("campaign_id", "labels.id"),
    ref("list_id", "labels.id"),
    number("arrival", null=True),
    number("incidents"),
    *(text(name) for name in ("feedback_type", "auth_failure", "delivery_result")),
    *(text(name) for name in ("identity_alignment", "mail_from", "header_from", "rcpt_to")),
    *(text(name) for name in ("message_id", "subject", "authentication_results")),
    *(text(name) for name in ("dkim_domain", "dkim_selector", "spf_dns", "fields")),
)
