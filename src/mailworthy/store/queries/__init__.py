"""What can be asked: each function returns a Select, and never runs it.

    store.rows(queries.overview(Scope(domains=("example.com",))))

All but the lists of single rows are answered from daily sums.
"""

from mailworthy.store.queries.feedback import (
    campaigns,
    complaint_list,
    complaint_rate,
    failure_list,
    feedback_days,
    feedback_of,
)
from mailworthy.store.queries.messages import by_author, by_domain, by_reporter, overview, totals
from mailworthy.store.queries.reports import (
    deliveries,
    flaw_counts,
    problem_list,
    quality,
    records,
    report,
    report_flaws,
    reports,
)
from mailworthy.store.queries.scope import EVERYTHING, Scope
from mailworthy.store.queries.sources import (
    known,
    selectors,
    shared,
    source_days,
    source_rows,
    sources,
    trail_paths,
    trail_signatures,
    trails,
)
from mailworthy.store.queries.tls import (
    tls_days,
    tls_failure_rows,
    tls_failure_totals,
    tls_failures_of,
    tls_policies_of,
)

__all__ = [
    "EVERYTHING",
    "Scope",
    "by_author",
    "by_domain",
    "by_reporter",
    "campaigns",
    "complaint_list",
    "complaint_rate",
    "deliveries",
    "failure_list",
    "feedback_days",
    "feedback_of",
    "flaw_counts",
    "known",
    "overview",
    "problem_list",
    "quality",
    "records",
    "report",
    "report_flaws",
    "reports",
    "selectors",
    "shared",
    "source_days",
    "source_rows",
    "sources",
    "tls_days",
    "tls_failure_rows",
    "tls_failure_totals",
    "tls_failures_of",
    "tls_policies_of",
    "totals",
    "trail_paths",
    "trail_signatures",
    "trails",
]
