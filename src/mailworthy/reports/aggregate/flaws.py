"""What a valid report would not have, each with the section of RFC 9990 that it breaks."""

from mailworthy.reports.model import Flaw

# code: (section of RFC 9990, what it means)
KNOWN = {
    "encoding": ("3.1.1", "the octets are not in the encoding that the text declares"),
    "ill-formed": ("3.1.1", "not well-formed XML; it was mended or passed over"),
    "junk-before": ("3.1.1", "something stands before the XML"),
    "junk-after": ("3.1.1", "something stands after the end of the report"),
    "stray-text": ("3.1.1", "text between elements"),
    "too-long": ("3.1.1", "a text is longer than anything it could mean; it was cut"),
    "wrapped": ("3.1.1.1", "<feedback> is not the outermost element"),
    "namespace": ("3.1.1.1", "<feedback> is not in the namespace urn:ietf:params:xml:ns:dmarc-2.0"),
    "version": ("3.1.1.2", "<version> is not 1.0"),
    "no-record": ("3.1.1.2", "no record at all"),
    "element-order": ("3.1.1", "elements in another order than the standard has"),
    "element-unknown": ("3.1.1", "an element that the standard does not know"),
    "element-missing": ("3.1.1", "a required element is missing"),
    "element-repeated": ("3.1.1", "an element stands there more than once"),
    "org-name-empty": ("3.1.1.3", "<org_name> is empty; the domain of <email> takes its place"),
    "email": ("3.1.1.3", "<email> is no mail address"),
    "report-id": ("3.5.1", "<report_id> is empty or not a dot-atom as RFC 5322 has it"),
    "time-form": ("3.1.1.4", "a time is not in whole seconds since 1970"),
    "window-empty": ("3.1.1.4", "the reporting period is empty"),
    "window-long": ("3.1.1.4", "the reporting period is longer than two days"),
    "window-old": ("3.1.1.4", "the reporting period is older than DMARC"),
    "pct-present": ("3.1.1.5", "<pct> has been removed from the standard"),
    "policy-word": ("3.1.1.5", "a word in <policy_published> that the standard does not know"),
    "ip-form": ("3.1.1.8", "<source_ip> is not written as RFC 3986 has it"),
    "count-form": ("3.1.1.8", "<count> is not written in digits only"),
    "disposition-word": ("3.1.1.9", "a <disposition> that the standard does not know"),
    "alignment-word": ("3.1.1.9", "an aligned result other than pass and fail"),
    "reason-missing": ("3.1.1.9", "a policy that was not applied, without a <reason>"),
    "address": ("3.1.1.10", "a mail address where only its domain belongs"),
    "domain-form": ("3.1.1.10", "a domain that DNS could not hold"),
    "spf-repeated": ("3.1.1.11", "more than one SPF result in a record"),
    "selector-missing": ("3.1.1.12", "a DKIM result without <selector>"),
    "dkim-word": ("3.1.1.12", "a DKIM result that the standard does not know"),
    "spf-word": ("3.1.1.13", "an SPF result that the standard does not know"),
    "scope": ("3.1.1.13", "the scope of SPF is not mfrom"),
    "reason-word": ("3.1.6", "the type of a <reason> is none that the standard has"),
    "signatures-many": ("3.1.3", "more than 100 results in a record"),
    "word-case": ("3.1.1", "a word is not in lower case"),
}


class Flaws:
    """A list of flaws, each code once: what comes first is told with its detail."""

    def __init__(self) -> None:
        self.found: list[Flaw] = []
        self._codes: set[str] = set()

    def add(self, code: str, detail: str = "") -> None:
        """Note a flaw; `detail` is printable and bounded."""
        if code in self._codes:
            return
        self._codes.add(code)
        section, meaning = KNOWN[code]
        self.found.append(
            Flaw(code, f"{meaning}: {detail}" if detail else meaning, f"RFC 9990 §{section}")
        )
