"""What the owner of a message could do so that it is accepted; never to open a door."""

from collections.abc import Callable, Iterator

from mailworthy.dkim.result import DkimSignature
from mailworthy.dkim.result import Result as Dkim
from mailworthy.dmarc.result import Result as Dmarc
from mailworthy.names import is_within, printable
from mailworthy.rdata.ptr import generic_ptr
from mailworthy.receive.evidence import Evidence
from mailworthy.receive.verdict import Verdict
from mailworthy.receive.words import Check, Disposition, Held
from mailworthy.render.verdict.deciding import decider, deciding
from mailworthy.render.verdict.words import blind, policy_result

MOST = 3
_LATER = "ask again later, or elsewhere with --dns: nothing is known to be wrong"
_SHOWN = 100


def steps(verdict: Verdict) -> list[str]:
    """At most three things to do if the message is one's own, printable; none if it is taken.

    What could not be learned is no fault, and nothing is advised about it.
    """
    if all(d.disposition is Disposition.ACCEPT for d in verdict.decisions):
        return []
    results = deciding(verdict)
    wanted = [result.check for result in results if result.good is Held.NO]
    if wanted and Check.DKIM in [result.check for result in results] and _ignored(verdict):
        wanted.append(Check.DKIM)
    if not wanted and any(result.good is Held.UNKNOWN for result in results):
        return [_LATER]
    if not wanted:  # a receiver asks for more than the checks do, such as a Message-ID
        wanted = [result.check for result in results]
    if _is_lists_copy(verdict):
        return [_list(verdict)]
    found: dict[str, None] = {}
    for check in [c for c in _ORDER if c in wanted]:
        found.update(dict.fromkeys(_STEPS[check](verdict)))
    return list(found)[:MOST]


def _is_lists_copy(verdict: Verdict) -> bool:
    """A list or forwarder that is proven to be itself has changed what the author signed."""
    evidence = verdict.evidence
    author = _author(evidence)
    strangers = [s for s in evidence.dkim.passed if not is_within(s.domain, author)]
    broken = any(
        s.result is Dkim.FAIL and is_within(author, s.domain) for s in evidence.dkim.signatures
    )
    failed = policy_result(verdict).result is Dmarc.FAIL
    return failed and broken and bool(strangers or evidence.form.mailing_list)


def _list(verdict: Verdict) -> str:
    return (
        "if the list is yours, let it leave subject and body as they are, so that the author's "
        f"signature holds, or put its own address into From in place of {_author(verdict.evidence)}"
    )


def _author(evidence: Evidence) -> str:
    return printable(evidence.author.domain or next(iter(evidence.author.domains), ""), _SHOWN)


def _reverse(verdict: Verdict) -> Iterator[str]:
    iprev, helo = verdict.evidence.iprev, verdict.evidence.helo
    if iprev.result == "temperror":
        return
    if iprev.result == "pass":
        if _is_no_server(verdict.evidence):
            yield f"ask whoever gave you {iprev.ip} to set its reverse name to a name of your own"
        return
    name = printable(helo.name, _SHOWN) if helo.matches else "its host name"
    yield f"ask whoever gave you {iprev.ip} to set its reverse name to {name}"


def _helo(verdict: Verdict) -> Iterator[str]:
    if verdict.evidence.helo.result == "fail":
        yield (
            "let the server introduce itself by its own full name, which must lead to its "
            "address (in Postfix: myhostname)"
        )


def _spf(verdict: Verdict) -> Iterator[str]:
    spf, ip = verdict.evidence.spf, verdict.evidence.iprev.ip
    domain = printable(spf.domain, _SHOWN)
    if _is_no_server(verdict.evidence):
        yield f"send it through your mail server: {ip} is none, by its reverse name"
    elif spf.result == "none":
        yield f"publish an SPF record for {domain} that names {ip}; mailworthy init writes one"
    elif spf.result in ("fail", "softfail", "neutral"):
        word = f"ip6:{ip}" if ":" in ip else f"ip4:{ip}"
        if policy_result(verdict).result is Dmarc.PASS:
            yield f"if {ip} forwards mail, let it use a return path of its own (SRS)"
        yield f"if {ip} is a server of yours, add {word} to the SPF record of {domain}"
    elif spf.result == "permerror":
        yield f"mend the SPF record of {domain}: {spf.reason}"


def _is_no_server(evidence: Evidence) -> bool:
    found = [forward.name for forward in evidence.iprev.names]
    return bool(found) and all(generic_ptr(name, evidence.iprev.ip) for name in found)


def _dkim(verdict: Verdict) -> Iterator[str]:
    evidence, author = verdict.evidence, _author(verdict.evidence)
    passed = evidence.dkim.passed
    if _ignored(verdict):
        yield _other_key(verdict)
    elif any(is_within(author, s.domain) or is_within(s.domain, author) for s in passed):
        return
    elif passed:
        theirs = printable(passed[0].domain, _SHOWN)
        yield f"let it be signed with a key of {author}, not of {theirs} alone"
    elif not evidence.dkim.signatures:
        yield f"sign it with a key of {author}; mailworthy init makes keys and configuration"
    elif any(s.result is Dkim.FAIL for s in evidence.dkim.signatures):
        yield "sign last: something changed the message after it was signed (a footer, a filter)"
    else:
        yield _mended(evidence.dkim.signatures[0])


def _mended(broken: DkimSignature) -> str:
    name = printable(f"{broken.selector}._domainkey.{broken.domain}", _SHOWN)
    if broken.code == "no-key":
        return f"publish the key that it is signed with, at {name}"
    if broken.code == "key-revoked":
        return f"sign with another key: the one at {name} is revoked (its p= is empty)"
    return f"mend the signature with the key {name}: {broken.reason}"


def _ignored(verdict: Verdict) -> bool:
    """Whether whoever decided verifies nothing of what holds."""
    return decider(verdict).profile in blind(verdict)


def _other_key(verdict: Verdict) -> str:
    """What is left to do about RSA where Ed25519 is not enough."""
    signatures, author = verdict.evidence.dkim.signatures, _author(verdict.evidence)
    others = [s for s in signatures if s.algorithm.startswith("rsa") and s.result is not Dkim.PASS]
    if others:
        return _mended(others[0])
    return f"sign it with an RSA key of {author} too: not every receiver verifies Ed25519"


def _dmarc(verdict: Verdict) -> Iterator[str]:
    if policy_result(verdict).result is Dmarc.NONE and (author := _author(verdict.evidence)):
        yield f"publish a DMARC policy for {author}; mailworthy init writes one"
    yield from _dkim(verdict)


def _sender(verdict: Verdict) -> Iterator[str]:
    if (sender := verdict.evidence.sender) is not None:
        yield f"use a return path whose domain takes mail: {sender.reason}"


def _author_domain(verdict: Verdict) -> Iterator[str]:
    if (found := verdict.evidence.author_mx) is not None:
        yield f"use a From address whose domain takes mail: {found.reason}"


def _lists(verdict: Verdict) -> Iterator[str]:
    listings = verdict.evidence.listings
    for entry in listings.listed if listings is not None else ():
        where = f" at {printable(entry.dnsbl.removal, 200)}" if entry.dnsbl.removal else ""
        subject, title = printable(entry.subject, _SHOWN), printable(entry.dnsbl.title, _SHOWN)
        yield f"find out why {title} lists {subject}, end the cause, then ask for removal{where}"


def _form(verdict: Verdict) -> Iterator[str]:
    for flaw in verdict.evidence.form.flaws:
        yield f"mend the message: {flaw.message}{f' ({flaw.detail})' if flaw.detail else ''}"
    problem = verdict.evidence.form.one_click.problem
    if problem is not None and not verdict.evidence.form.flaws:
        yield f"offer one-click unsubscription in bulk mail: {problem.message}"


def _tls(_: Verdict) -> Iterator[str]:
    yield "let the server send encrypted where it can (in Postfix: smtp_tls_security_level = may)"


_STEPS: dict[Check, Callable[[Verdict], Iterator[str]]] = {
    Check.FORM: _form,
    Check.DKIM: _dkim,
    Check.SPF: _spf,
    Check.SPF_HELO: _spf,
    Check.REVERSE_DNS: _reverse,
    Check.HELO: _helo,
    Check.DMARC: _dmarc,
    Check.SENDER: _sender,
    Check.AUTHOR: _author_domain,
    Check.BLOCKLIST: _lists,
    Check.TLS: _tls,
}
_ORDER = tuple(_STEPS)
