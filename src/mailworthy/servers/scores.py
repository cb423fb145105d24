"""How much each failed check weighs: the arithmetic that Rspamd is given.

The law and the numbers are those of `receive.weights`: one failed check never refuses, three do.

Rspamd adds up symbols, and several of its symbols tell of the same fact: a bad HELO name may
raise three, a listed address one for every list. So each check here has a symbol of its own,
raised once, and the symbols beneath it weigh nothing. A passed check weighs nothing either:
spammers publish SPF, DKIM and DMARC too, and a merit would let a third failure through.

What the numbers have to spare covers the small change of other symbols (MIME_GOOD -0.1,
MAILLIST -0.2).
"""

from enum import StrEnum

import msgspec

from mailworthy.receive.weights import MARK, ONE, QUARANTINE, REFUSE, REJECT

__all__ = [
    "BAD_HELO",
    "LISTED",
    "MARK",
    "NOTHING",
    "ONE",
    "QUARANTINE",
    "QUIET_COMPOSITES",
    "REFUSE",
    "REJECT",
    "SCORES",
    "Check",
    "Score",
]


class Check(StrEnum):
    """The checks that count."""

    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    REVERSE_DNS = "reverse-dns"
    HELO = "helo"
    BLOCKLIST = "blocklist"


class Score(msgspec.Struct, frozen=True):
    """One symbol that weighs. `expression` is what raises it; None for a symbol of Rspamd's own."""

    symbol: str
    score: float
    check: Check
    why: str
    expression: str | None = None


BAD_HELO = (
    "HFILTER_HELO_BAREIP",
    "HFILTER_HELO_BADIP",
    "HFILTER_HELO_4",
    "HFILTER_HELO_5",
    "HFILTER_HELO_NOT_FQDN",
    "HFILTER_HELO_NORES_A_OR_MX",
    "HFILTER_HELO_NORESOLVE_MX",
    "HFILTER_HELO_IP_A",
)
LISTED = (
    "RBL_SPAMHAUS_SBL",
    "RBL_SPAMHAUS_CSS",
    "RBL_SPAMHAUS_XBL",
    "RBL_SPAMHAUS_XBL_ANY",
    "RBL_SPAMHAUS_PBL",
    "RBL_SPAMHAUS_DROP",
    "RBL_MAILSPIKE_WORST",
    "RBL_MAILSPIKE_VERYBAD",
    "RBL_SEM",
    "RBL_SEM_IPV6",
    "RBL_VIRUSFREE_BOTNET",
)

SCORES: tuple[Score, ...] = (
    Score(
        "MAILWORTHY_SPF",
        ONE,
        Check.SPF,
        "SPF says that this address may not send for the domain: fail or softfail (RFC 7208 §2.6)",
        "R_SPF_FAIL | R_SPF_SOFTFAIL",
    ),
    Score(
        "MAILWORTHY_DKIM_NONE",
        ONE,
        Check.DKIM,
        "no signature at all, or none with a usable key (RFC 6376 §6.1)",
        "(R_DKIM_NA | R_DKIM_PERMFAIL) & !R_DKIM_ALLOW & !R_DKIM_REJECT & !R_DKIM_TEMPFAIL",
    ),
    Score(
        "MAILWORTHY_DKIM_BROKEN",
        ONE,
        Check.DKIM,
        "signatures, and all broken. A list that adds a footer does that and fails DMARC by it: "
        "then it is no independent fact, and does not count beside p=reject (RFC 9989 §7.4)",
        "R_DKIM_REJECT & !R_DKIM_ALLOW & !R_DKIM_TEMPFAIL & !DMARC_POLICY_REJECT",
    ),
    Score(
        "DMARC_POLICY_REJECT",
        REJECT,
        Check.DMARC,
        "DMARC fails and the author's domain asks to reject: marked, refused with one more fact",
    ),
    Score(
        "DMARC_POLICY_QUARANTINE",
        QUARANTINE,
        Check.DMARC,
        "DMARC fails and the author's domain asks for quarantine: marked (RFC 9989 §4.7)",
    ),
    Score(
        "MAILWORTHY_REVERSE_DNS",
        ONE,
        Check.REVERSE_DNS,
        "the address has no name, or the name does not lead back to it (RFC 8601 §3, iprev)",
        "(HFILTER_HOSTNAME_UNKNOWN | RDNS_NONE) & !RDNS_DNSFAIL",
    ),
    Score(
        "MAILWORTHY_HELO",
        ONE,
        Check.HELO,
        "HELO is no name of a host: an address, one label, or unknown to DNS (RFC 5321 §4.1.4)",
        " | ".join(BAD_HELO),
    ),
    Score(
        "MAILWORTHY_LISTED",
        ONE,
        Check.BLOCKLIST,
        "the address is on a blocklist; on several, it still counts once",
        " | ".join(LISTED),
    ),
)

# What weighs nothing any more, by the file of Rspamd's that gave it a weight.
NOTHING: dict[str, tuple[str, ...]] = {
    "policies": (
        "R_SPF_FAIL",
        "R_SPF_SOFTFAIL",
        "R_SPF_ALLOW",
        "R_DKIM_REJECT",
        "R_DKIM_ALLOW",
        "DMARC_POLICY_SOFTFAIL",
        "DMARC_POLICY_ALLOW",
        "DMARC_POLICY_ALLOW_WITH_FAILURES",
        "ARC_ALLOW",
        "ARC_REJECT",
        "ARC_INVALID",
    ),
    "hfilter": ("HFILTER_HOSTNAME_UNKNOWN", *BAD_HELO),
    "headers": ("RDNS_NONE", "ONCE_RECEIVED_STRICT"),
    "rbl": (
        *LISTED,
        "RBL_MAILSPIKE_BAD",
        "RWL_MAILSPIKE_GOOD",
        "RWL_MAILSPIKE_VERYGOOD",
        "RWL_MAILSPIKE_EXCELLENT",
        "RCVD_IN_DNSWL_LOW",
        "RCVD_IN_DNSWL_MED",
        "RCVD_IN_DNSWL_HI",
        "DWL_DNSWL_LOW",
        "DWL_DNSWL_MED",
        "DWL_DNSWL_HI",
    ),
    "whitelist": ("BLACKLIST_SPF", "BLACKLIST_DKIM", "BLACKLIST_SPF_DKIM", "BLACKLIST_DMARC"),
}

# Combinations that Rspamd scores by itself and that are counted above already.
QUIET_COMPOSITES = (
    "AUTH_NA",
    "AUTH_NA_OR_FAIL",
    "BOUNCE_NO_AUTH",
    "VIOLATED_DIRECT_SPF",
    "RCVD_DKIM_ARC_DNSWL_MED",
    "RCVD_DKIM_ARC_DNSWL_HI",
)
