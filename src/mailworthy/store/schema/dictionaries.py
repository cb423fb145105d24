"""Dictionary tables: each text is kept once, and rows name it by a number.

What reporters saw of SPF and DKIM comes in few combinations, so each of them is an entry too: a
*trail* is the results without free text, a *remark* is the free text and the reasons.
"""

import sqlalchemy as sa

from mailworthy.store.schema.base import clustered, flag, key, metadata, part, part_ref, ref, text


def _texts(name: str) -> sa.Table:
    return sa.Table(name, metadata, key(), sa.Column("name", sa.Text, nullable=False, unique=True))


def _digests(name: str, *columns: sa.Column[int] | sa.Column[str]) -> sa.Table:
    digest = sa.Column("digest", sa.Text, nullable=False, unique=True)
    return sa.Table(name, metadata, key(), digest, *columns)


domains = _texts("domains")
addresses = _texts("addresses")
reporters = _texts("reporters")
labels = _texts("labels")

trails = _digests("trails")
trail_dkim = clustered(
    "trail_dkim",
    part_ref("trail_id", "trails.id"),
    part("position", sa.Integer),
    ref("domain_id", "domains.id"),
    text("selector"),
    text("result"),
)
trail_spf = clustered(
    "trail_spf",
    part_ref("trail_id", "trails.id"),
    part("position", sa.Integer),
    ref("domain_id", "domains.id"),
    text("scope"),
    text("result"),
)
# `forwarded` and `overridden` are what rollups count; `body` is JSON: reasons, and what reporters
# said in their own words about each signature and SPF result.
remarks = _digests("remarks", flag("forwarded"), flag("overridden"), text("body"))

sa.Index(None, trail_dkim.c.domain_id, trail_dkim.c.selector)
sa.Index(None, trail_spf.c.domain_id)
