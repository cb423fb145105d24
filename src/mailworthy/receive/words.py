"""The words of a verdict: checks, facts, dispositions."""

from enum import StrEnum


class Check(StrEnum):
    """What a receiver asks of every message, in the order in which it is told."""

    REVERSE_DNS = "iprev"
    HELO = "helo"
    SPF = "spf"
    SPF_HELO = "spf-helo"
    DKIM = "dkim"
    DMARC = "dmarc"
    ARC = "arc"
    SENDER = "sender-domain"  # can the MAIL FROM domain be answered?
    AUTHOR = "author-domain"  # can the From domain be answered?
    BLOCKLIST = "dnsbl"
    FORM = "message"
    TLS = "tls"


class Held(StrEnum):
    """Whether something is so."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"  # asked, and nothing was learned
    NOT_ASKED = "not-asked"  # this run has no means, or nobody wanted it asked


class Fact(StrEnum):
    """What can be held against a message, each told by one test of the evidence."""

    __hash__ = str.__hash__  # the one of Enum runs in Python, for every look-up in a table

    NO_REVERSE_NAME = "no-reverse-name"
    REVERSE_NOT_CONFIRMED = "reverse-not-confirmed"  # no name, or none leads back
    GENERIC_REVERSE_NAME = "generic-reverse-name"  # the address written into it, dyn, pool
    HELO_UNUSABLE = "helo-unusable"  # no name of a host
    HELO_ELSEWHERE = "helo-elsewhere"  # a host, and another one
    SPF_NONE = "spf-none"
    SPF_FAIL = "spf-fail"
    SPF_FAIL_OR_SOFTFAIL = "spf-fail-or-softfail"
    SPF_INVALID = "spf-invalid"  # permerror
    SPF_NOT_PASS = "spf-not-pass"
    DKIM_NONE = "dkim-none"  # no signature, or none with a usable key
    DKIM_BROKEN = "dkim-broken"  # signatures, and all of them broken
    DKIM_NOT_PASS = "dkim-not-pass"
    DKIM_WEAK_KEY = "dkim-weak-key"  # only keys of less than 1024 bits
    DKIM_SHORT_KEY = "dkim-short-key"  # passes only with RSA keys of less than 2048 bits
    UNAUTHENTICATED = "unauthenticated"  # neither SPF nor DKIM passes
    UNALIGNED = "unaligned"  # nothing that passes aligns with From
    DKIM_UNALIGNED = "dkim-unaligned"  # no signature that passes aligns with From
    DMARC_NONE = "dmarc-none"  # no policy applies
    DMARC_WITHOUT_REPORTS = "dmarc-without-reports"  # no rua
    DMARC_FAIL = "dmarc-fail"
    DMARC_QUARANTINE = "dmarc-quarantine"  # fails, and the owner asks for quarantine
    DMARC_REJECT = "dmarc-reject"  # fails, and the owner asks for reject
    AUTHOR_UNCLEAR = "author-unclear"  # From has no single author domain
    SENDER_UNREACHABLE = "sender-unreachable"  # MAIL FROM: no such domain, null MX, no host
    AUTHOR_UNREACHABLE = "author-unreachable"  # From: the same
    LISTED = "listed"
    LISTED_BY_SPAMHAUS = "listed-by-spamhaus"
    MALFORMED = "malformed"  # not as RFC 5322 wants it
    NO_MESSAGE_ID = "no-message-id"
    DUPLICATE_FIELD = "duplicate-field"
    NO_ONE_CLICK = "no-one-click"  # RFC 8058, where bulk mail needs it
    NOT_ENCRYPTED = "not-encrypted"


class DmarcReject(StrEnum):
    """When a DMARC failure under `p=reject` refuses a message (RFC 9989 §7.4)."""

    INDEPENDENT = "independent"  # only together with a second, independent fact
    ALWAYS = "always"


class Disposition(StrEnum):
    """What becomes of a message, from mild to severe; RFC 9989 §5.4 leaves it to the receiver."""

    ACCEPT = "accept"
    SPAM = "spam folder"
    DEFER = "defer"
    REJECT = "reject"
