"""Facts of SPF: may this server send for the MAIL FROM domain? (RFC 7208)."""

from collections.abc import Callable, Collection

from mailworthy.receive.facts.view import NO, Said, View, shown, unlearned
from mailworthy.receive.words import Held
from mailworthy.spf.model import Result
from mailworthy.spf.result import SpfResult


def holds(*results: Result) -> Callable[[View], Said]:
    """The fact that SPF has one of these results."""
    wanted: Collection[Result] = frozenset(results)

    def test(view: View) -> Said:
        spf = view.evidence.spf
        if spf.result is Result.TEMPERROR:
            return unlearned((spf.failed,))
        return (Held.YES, told(spf)) if spf.result in wanted else NO

    return test


def told(spf: SpfResult) -> str:
    """What SPF found, for people."""
    if not spf.domain:
        return "the sender gave no domain for which its address could be checked (SPF)"
    return _WORDING[spf.result].format(
        ip=spf.ip, domain=shown(spf.domain), where=shown(spf.where or spf.domain), why=spf.reason
    )


# Whatever stands in the braces was made printable before.
_WORDING = {
    Result.PASS: "{ip} may send for {domain}",
    Result.FAIL: "{ip} may not send for {domain}, says its SPF record",
    Result.SOFTFAIL: "{ip} probably may not send for {domain}, says its SPF record (softfail)",
    Result.NEUTRAL: "the SPF record of {domain} does not say whether {ip} may send for it",
    Result.NONE: "{domain} does not say which servers may send for it (no SPF record)",
    Result.PERMERROR: "the SPF record of {where} is broken: {why}",
    Result.TEMPERROR: "whether {ip} may send for {domain} could not be learned",
}
NOT_PASS = holds(*[r for r in Result if r not in (Result.PASS, Result.TEMPERROR)])
