"""The words of feedback reports, and which names of fields are kept (RFC 5965 §7, RFC 6591 §3)."""

from mailworthy.reports.model import Kind

# RFC 5965 §7.3, RFC 6430, RFC 6591 §3.1; then what large receivers send beside them.
TYPES = {
    **dict.fromkeys(("abuse", "fraud", "virus", "other", "not-spam"), Kind.COMPLAINT),
    **dict.fromkeys(("opt-out", "opt-out-list", "spam", "complaint"), Kind.COMPLAINT),
    **dict.fromkeys(("auth-failure", "dmarc", "dkim", "spf"), Kind.FAILURE),
}
REGISTERED = frozenset(("abuse", "fraud", "virus", "other", "not-spam", "auth-failure"))
DKIM_FAILURES = frozenset(("bodyhash", "revoked", "signature"))
AUTH_FAILURES = DKIM_FAILURES | {"adsp", "spf", "dmarc"}
DELIVERY_RESULTS = frozenset(("delivered", "spam", "policy", "reject", "other"))
MECHANISMS = frozenset(("dkim", "spf"))
# Fields of which there may be several (RFC 5965 §3.3, RFC 6591 §3.2.6).
SEVERAL = frozenset(
    ("authentication-results", "original-rcpt-to", "reported-domain", "reported-uri", "spf-dns")
)
ALIGNED = MECHANISMS | {"none"}
# What the world writes beside those of RFC 6591 §3.2.2.
DELIVERED = DELIVERY_RESULTS | {"quarantine", "none", "inbox", "junk", "accept"}
DELIVERED |= {"discard", "smg-policy-action"}
# Fields whose names tell nothing but what the field is: RFC 5965 §3, RFC 6591 §3, and common ones.
NAMES = frozenset(
    (
        *("feedback-type", "user-agent", "version", "arrival-date", "received-date"),
        *("original-mail-from", "original-rcpt-to", "reporting-mta", "source-ip", "incidents"),
        *("authentication-results", "reported-domain", "auth-failure", "delivery-result"),
        *("identity-alignment", "dkim-domain", "dkim-identity", "dkim-selector"),
        *("dkim-adsp-dns", "dkim-selector-dns", "spf-dns", "source-port", "reported-uri"),
        *("original-envelope-id", "dkim-canonicalized-header", "dkim-canonicalized-body"),
        *("removal-recipient", "message-id", "subject", "from", "to", "source"),
    )
)
# Header fields by which senders mark a mailing, most telling first (RFC 9477 §3.3).
CAMPAIGNS = (
    *("cfbl-feedback-id", "feedback-id", "x-campaign", "x-campaign-id", "x-campaignid"),
    *("x-mailing-id", "x-mailingid", "x-mc-campaign", "x-mailgun-tag", "x-mailjet-campaign"),
    *("x-msys-campaign", "x-job", "x-jobid", "x-report-abuse-id"),
)
