"""Who may send, and what receivers shall think of the rest: SPF, DKIM, DMARC."""

from collections.abc import Iterator

from mailworthy.dmarc.record import Alignment, DmarcRecord, Policy, Psd, render
from mailworthy.dmarc.uri import mailto
from mailworthy.domain.intent import DmarcWish, SpfEnd
from mailworthy.domain.records.plan import Plan, is_inner, permissions, psd, report_hosts
from mailworthy.domain.recordset import RecordSet, Section
from mailworthy.domain.senders import Resolved, resolve

SPF_NOTHING = "v=spf1 -all"
NO_KEY = "v=DKIM1; p="
SPF_HELO = "v=spf1 a -all"
REPORTS_WELCOME = "v=DMARC1"


def senders_of(plan: Plan) -> tuple[Resolved, ...]:
    """The third parties that send for the domain."""
    return tuple(resolve(wish, plan.domain) for wish in plan.wish.senders)


def spf(plan: Plan) -> Iterator[RecordSet]:
    """The record of the domain, then those of the hosts' own names."""
    text = spf_text(plan)
    literal = all(term.startswith(("ip4:", "ip6:")) for term in text.split()[1:-1])
    yield plan.made(
        plan.domain,
        "TXT",
        [text],
        "who may send: addresses need no look-up" if literal else "who may send",
        "RFC 7208 §10.1.1",
        section=Section.SPF,
        exclusive=False,
    )
    for name in plan.intent.hosts_within(plan.domain):
        if name != plan.domain:
            yield plan.made(
                name,
                "TXT",
                [SPF_HELO],
                "the name in EHLO, which counts where the sender is empty",
                "RFC 7208 §2.3",
                "RFC 7208 §10.1.2",
                section=Section.SPF,
                exclusive=False,
            )


def spf_text(plan: Plan) -> str:
    """The SPF record of the domain: literals, wished terms, includes, and the end."""
    hosts = plan.intent.senders(plan.domain).values()
    terms = [f"ip4:{address}" for host in hosts for address in host.ipv4]
    terms += [f"ip6:{address}" for host in hosts for address in host.ipv6]
    terms += plan.wish.spf_terms
    terms += [f"include:{name}" for sender in senders_of(plan) for name in sender.includes]
    # Where nothing may send there is no doubt that softness would be for (RFC 7208 §10.1.2).
    end = "-all" if plan.wish.spf is SpfEnd.FAIL or not terms else "~all"
    return " ".join(["v=spf1", *dict.fromkeys(terms), end])


def dkim(plan: Plan) -> Iterator[RecordSet]:
    """The keys of our own servers."""
    for selector, key in plan.keys.items():
        algorithm = "RFC 8463 §4" if key.k == "ed25519" else "RFC 8301 §3.2"
        yield plan.made(
            f"{selector}._domainkey.{plan.domain}",
            "TXT",
            [key.text],
            f"the public key of what our servers sign ({key.k})",
            "RFC 6376 §3.6.1",
            algorithm,
            section=Section.DKIM,
        )


def third_parties(plan: Plan) -> Iterator[RecordSet]:
    """Keys and bounce names of the services that send for the domain."""
    for sender in senders_of(plan):
        grouped: dict[tuple[str, str, bool], list[str]] = {}
        for record in sender.records:
            grouped.setdefault((record.name, record.type, record.bounce), []).append(record.value)
        for (name, type_, bounce), values in grouped.items():
            what = "the bounce name" if bounce else "the key"
            reference = "RFC 9989 §4.4.2" if bounce else "RFC 6376 §3.6.2"
            yield plan.made(
                name,
                type_,
                dict.fromkeys(values),
                f"{what} of {sender.title}",
                reference,
                section=Section.SENDERS,
            )


def dmarc(plan: Plan) -> Iterator[RecordSet]:
    """The policy, and leave for our other domains to have their reports sent here."""
    yield plan.made(
        f"_dmarc.{plan.domain}",
        "TXT",
        [render(dmarc_record(plan))],
        _dmarc_comment(plan),
        "RFC 9989 §4.7",
        "RFC 9989 §5.1",
        section=Section.DMARC,
    )
    yield from report_permissions(plan)


def _dmarc_comment(plan: Plan) -> str:
    if plan.wish.dmarc.p in (None, "none"):
        return "first look at the reports, then ask receivers to act"
    return "what receivers shall do with mail that fails"


def dmarc_record(plan: Plan) -> DmarcRecord:
    """The record wished, and where nothing is wished the start of the roll-out.

    np=reject is safe for names that do not exist and never sent. A domain below another of ours
    gives no sp=, np=: the walk takes them from the organisation (RFC 9989 §4.10.1).
    """
    wish = plan.wish.dmarc
    p = Policy(wish.p or "none")
    inner = is_inner(plan.intent, plan.domain)
    sp = wish.sp or (None if inner else p.value)
    np = wish.np or (None if inner else "reject")
    addresses = [*([plan.reports] if plan.reports else []), *wish.rua]
    return DmarcRecord(
        p=p,
        sp=None if sp is None else Policy(sp),
        np=None if np is None else Policy(np),
        adkim=Alignment(wish.adkim or "r"),
        aspf=Alignment(wish.aspf or "r"),
        fo=_failure_options(wish),
        psd=Psd(psd(plan.intent, plan.domain) or "u"),
        t=wish.t,
        rua=tuple(mailto(address) for address in dict.fromkeys(addresses)),
        ruf=tuple(mailto(address) for address in wish.ruf),
    )


def _failure_options(wish: DmarcWish) -> tuple[str, ...]:
    """fo= means nothing without ruf= (RFC 9989 §4.7)."""
    return tuple(wish.fo.split(":")) if wish.fo and wish.ruf else DmarcRecord().fo


def report_permissions(plan: Plan) -> Iterator[RecordSet]:
    """`_report._dmarc` records for our other domains whose reports come here (RFC 9990 §4)."""
    for domain in plan.intent.domains:
        for name in permissions(plan.intent, domain):
            if plan.holds(name):
                yield plan.made(
                    name,
                    "TXT",
                    [REPORTS_WELCOME],
                    f"reports about {domain} may be sent here",
                    "RFC 9990 §4",
                    section=Section.DMARC,
                )


def parked(plan: Plan) -> Iterator[RecordSet]:
    """A domain without mail: nothing is received, nothing sent, nothing signed."""
    yield plan.made(
        plan.domain, "MX", ["0 ."], "receives no mail", "RFC 7505 §3", section=Section.MAIL
    )
    yield plan.made(
        plan.domain,
        "TXT",
        [SPF_NOTHING],
        "sends no mail",
        "RFC 7208 §10.1.2",
        section=Section.SPF,
        exclusive=False,
    )
    yield plan.made(
        f"*._domainkey.{plan.domain}",
        "TXT",
        [NO_KEY],
        "every key is revoked",
        "RFC 6376 §3.6.1",
        section=Section.DKIM,
    )
    yield plan.made(
        f"_dmarc.{plan.domain}",
        "TXT",
        [render(_parked_record(plan))],
        "whatever claims to come from here is forged",
        "RFC 9989 §4.7",
        section=Section.DMARC,
    )
    yield from report_permissions(plan)


def _parked_record(plan: Plan) -> DmarcRecord:
    inner = is_inner(plan.intent, plan.domain)
    return DmarcRecord(
        p=Policy.REJECT,
        sp=None if inner else Policy.REJECT,
        np=None if inner else Policy.REJECT,
        psd=Psd.UNKNOWN if inner else Psd.NO,
        rua=(mailto(plan.wish.reports),) if plan.wish.reports else (),
    )


def bystander_policy(plan: Plan) -> DmarcRecord:
    """The record of a name without mail: reject, and no psd=, for it is no organisation.

    Reports are asked for only where nobody else would have to allow them for every such name.
    """
    own = plan.wish.reports and not permissions(plan.intent, plan.domain)
    hosts = report_hosts(plan.intent, plan.domain)
    return DmarcRecord(
        p=Policy.REJECT,
        rua=(mailto(plan.wish.reports),) if own and hosts and plan.wish.reports else (),
    )
