"""What makes no sense in an intent, part by part; names and addresses take their inside form."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from msgspec.structs import replace

from mailworthy.dmarc.record import Alignment, Policy, Psd
from mailworthy.dmarc.uri import mailto
from mailworthy.domain.intent import DmarcWish, Domain, Host, Intent, Waiver
from mailworthy.domain.intentplace import IntentError, Path
from mailworthy.domain.senders import resolve
from mailworthy.errors import UsageError
from mailworthy.names import BadName, is_fqdn, is_hostname, printable, to_ascii
from mailworthy.rdata.address import address as parse_address
from mailworthy.rdata.address import render as render_address
from mailworthy.rdata.caa import issue_value
from mailworthy.spf.model import Kind
from mailworthy.spf.record import parse as parse_spf
from mailworthy.spf.record import render as render_spf

MIN_TTL, MAX_TTL = 30, 604800
_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DMARC_WORDS = {"p": Policy, "sp": Policy, "np": Policy, "adkim": Alignment, "aspf": Alignment}
_MAIL_KEYS = "hosts senders selectors spf spf_terms dmarc mta_sts tls_keys tls_reports"
_FO = frozenset({"0", "1", "d", "s"})


def name_of(text: str, path: Path) -> str:
    """A host or domain name as A-labels."""
    try:
        name = to_ascii(text)
    except BadName as error:
        raise IntentError(str(error), path) from None
    if not is_fqdn(name):
        raise IntentError(f"{printable(text, 80)} is not a full host name", path)
    return name


def check_host(host: Host, path: Path) -> Host:
    """Addresses of the right family that the world can reach, an MX preference in range."""
    if not host.ipv4 and not host.ipv6:
        raise IntentError('a host needs an address: ipv4 = ["…"] or ipv6 = ["…"]', path)
    if host.mx is not None and not 0 <= host.mx <= 65535:
        raise IntentError(f"mx is {host.mx}; it is a number from 0 to 65535", (*path, "mx"))
    return replace(
        host,
        ipv4=tuple(_address(a, 4, (*path, "ipv4")) for a in host.ipv4),
        ipv6=tuple(_address(a, 6, (*path, "ipv6")) for a in host.ipv6),
    )


def _address(text: str, version: int, path: Path) -> str:
    ip = parse_address(text.strip())
    if ip is None:
        raise IntentError(f"{printable(text, 60)} is not an IP address", path)
    if ip.version != version:
        raise IntentError(
            f"{ip} is an IPv{ip.version} address: it belongs under ipv{ip.version}", path
        )
    useless = (
        (ip.is_unspecified, "means no address"),
        (ip.is_loopback, "is this machine itself"),
        (ip.is_multicast, "is a multicast address"),
        (ip.is_link_local, "is reachable on one cable only"),
        (ip.version == 6 and getattr(ip, "ipv4_mapped", None), "is an IPv4 address in disguise"),
        (ip.version == 4 and ip.is_reserved, "is reserved"),
    )
    for is_so, why in useless:
        if is_so:
            raise IntentError(f"{ip} {why}: a mail host needs one that others can reach", path)
    return render_address(ip)


def check_domain(wish: Domain, path: Path) -> Domain:
    """Everything about one domain that needs no look at the others."""
    if wish.parked:
        _check_parked(wish, path)
    if not MIN_TTL <= wish.ttl <= MAX_TTL:
        raise IntentError(f"ttl is {wish.ttl}; use {MIN_TTL} to {MAX_TTL} seconds", (*path, "ttl"))
    return replace(
        wish,
        reports=_optional_mailbox(wish.reports, (*path, "reports")),
        tls_reports=_optional_mailbox(wish.tls_reports, (*path, "tls_reports")),
        hosts=_names(wish.hosts, (*path, "hosts")) if wish.hosts is not None else None,
        no_mail=None if wish.no_mail is None else _labels(wish.no_mail, (*path, "no_mail")),
        nameservers=tuple(_nameserver(n, (*path, "nameservers")) for n in wish.nameservers),
        selectors=tuple(_selector(s, (*path, "selectors")) for s in wish.selectors),
        spf_terms=tuple(_spf_term(t, (*path, "spf_terms")) for t in wish.spf_terms),
        ca=tuple(_issuer(ca, (*path, "ca")) for ca in wish.ca),
        dmarc=_dmarc(wish.dmarc, (*path, "dmarc")),
    )


def _check_parked(wish: Domain, path: Path) -> None:
    plain = Domain()
    for key in (
        "hosts",
        "senders",
        "selectors",
        "spf",
        "spf_terms",
        "dmarc",
        "mta_sts",
        "tls_keys",
    ):
        if getattr(wish, key) != getattr(plain, key):
            raise IntentError(f"a parked domain has no mail, so {key} says nothing", (*path, key))


def _names(texts: Iterable[str], path: Path) -> tuple[str, ...]:
    return tuple(name_of(text, path) for text in texts)


def _labels(texts: Iterable[str], path: Path) -> tuple[str, ...]:
    """Names below a domain, with or without it; those of hosts only."""
    return tuple(_label(text, path) for text in texts)


def _label(text: str, path: Path) -> str:
    try:
        name = to_ascii(text)
    except BadName as error:
        raise IntentError(str(error), path) from None
    if not is_hostname(name) or name == path[1]:
        shown = printable(text, 80)
        raise IntentError(f"{shown} is no name below the domain: write one such as www", path)
    return name


def _optional_mailbox(text: str | None, path: Path) -> str | None:
    return None if text is None else mailbox(text, path)


def mailbox(text: str, path: Path) -> str:
    """A mail address for reports, its domain as A-labels."""
    bare = text.strip()
    if re.match("https?:", bare, re.IGNORECASE):
        raise IntentError("reports go to a mail address, not to a web address", path)
    if bare.lower().startswith("mailto:"):
        raise IntentError(f"write the address without mailto: {printable(bare[7:], 80)}", path)
    local, at, domain = bare.rpartition("@")
    if not at:
        raise IntentError(f"{printable(bare, 80)} is not a mail address: write name@domain", path)
    address = f"{local}@{name_of(domain, path)}"
    try:
        mailto(address)
    except UsageError as error:
        raise IntentError(str(error), path) from None
    return address


def _nameserver(text: str, path: Path) -> str:
    name, given, address = text.partition("=")
    if not given:
        return name_of(name, path)
    ip = parse_address(address.strip())
    if ip is None:
        shown = printable(text, 80)
        raise IntentError(f"{shown}: write NAME or NAME=ADDRESS, one address each", path)
    return f"{name_of(name, path)}={_address(address, ip.version, path)}"


def _selector(text: str, path: Path) -> str:
    """RFC 6376 §3.1."""
    selector = text.strip().lower()
    if not is_hostname(selector) or len(selector) > 120:
        raise IntentError(f"{printable(text, 80)} is no selector: letters, digits, hyphens", path)
    return selector


def _spf_term(text: str, path: Path) -> str:
    parsed = parse_spf(f"v=spf1 {text.strip()}")
    record = parsed.record
    if record is None or len(record.terms) != 1 or not record.mechanisms:
        why = f": {parsed.problems[0].message}" if parsed.problems else ""
        raise IntentError(f"{printable(text, 80)} is not one SPF mechanism{why}", path)
    if record.mechanisms[0].kind is Kind.ALL:
        raise IntentError('how the record ends is said by spf = "softfail" or "fail"', path)
    return render_spf(record).removeprefix("v=spf1 ")


def _issuer(text: str, path: Path) -> str:
    issuer = issue_value(text).record
    if issuer is None or not issuer.domain:
        raise IntentError(f"{printable(text, 80)} names no CA: write its domain", path)
    return text.strip()


def _dmarc(wish: DmarcWish, path: Path) -> DmarcWish:
    for key, kind in _DMARC_WORDS.items():
        _word(getattr(wish, key), kind, (*path, key))
    _word(wish.psd, Psd, (*path, "psd"))
    if wish.fo is not None:
        _failure_options(wish, (*path, "fo"))
    return replace(
        wish,
        rua=tuple(mailbox(text, (*path, "rua")) for text in wish.rua),
        ruf=tuple(mailbox(text, (*path, "ruf")) for text in wish.ruf),
    )


def _word(value: str | None, kind: Iterable[str], path: Path) -> None:
    words = [str(word) for word in kind]
    if value is not None and value not in words:
        raise IntentError(f"{path[-1]} is one of {', '.join(words)}", path)


def _failure_options(wish: DmarcWish, path: Path) -> None:
    """RFC 9989 §4.7: 0 or 1, d, s, each once; without ruf= nobody reads it."""
    options = (wish.fo or "").split(":")
    if not set(options) <= _FO or len(set(options)) < len(options) or {"0", "1"} <= set(options):
        raise IntentError("fo is 0 or 1, d, s, each once, with colons between", path)
    if not wish.ruf:
        raise IntentError("fo means nothing without ruf", path)


def check_waiver(waiver: Waiver, path: Path) -> Waiver:
    """A rule's id and a reason."""
    if not _RULE.fullmatch(waiver.rule):
        raise IntentError(f"{printable(waiver.rule, 60)} is no rule's id", (*path, "rule"))
    if not waiver.reason.strip():
        raise IntentError("a waiver needs its reason", (*path, "reason"))
    return waiver


def check_intent(intent: Intent) -> None:
    """What hosts and domains say about each other."""
    _check_addresses(intent)
    for name in intent.hosts:
        home = intent.zone_of(name)
        if home is not None and intent.domains[home].parked:
            raise IntentError(f"{name} lies in {home}, which is parked", ("hosts", name))
    for domain, wish in intent.domains.items():
        path = ("domains", domain)
        _check_mailboxes(intent, wish, path)
        _check_nameservers(intent, domain, path)
        if not wish.parked:
            _check_hosts(intent, domain, path)
            _check_tls_keys(intent, domain, path)
            _check_senders(domain, wish, path)


def _check_addresses(intent: Intent) -> None:
    owners: dict[str, str] = {}
    for name, host in intent.hosts.items():
        for address in (*host.ipv4, *host.ipv6):
            if owners.setdefault(address, name) != name:
                both = f"{address} belongs to {owners[address]} and {name}"
                raise IntentError(f"{both}; its reverse name can be only one", ("hosts", name))
        if len({*host.ipv4, *host.ipv6}) < len(host.ipv4) + len(host.ipv6):
            raise IntentError(f"an address of {name} is there twice", ("hosts", name))


def _check_mailboxes(intent: Intent, wish: Domain, path: Path) -> None:
    boxes = [("reports", wish.reports), ("tls_reports", wish.tls_reports)]
    for key, box in boxes:
        home = intent.domains.get(box.rpartition("@")[2]) if box else None
        if home is not None and home.parked:
            raise IntentError(f"{box} is at a parked domain, which receives nothing", (*path, key))


def _check_nameservers(intent: Intent, domain: str, path: Path) -> None:
    wish = intent.domains[domain]
    addressed = {e.partition("=")[0] for e in wish.nameservers if "=" in e} | set(intent.hosts)
    for entry in wish.nameservers:
        inside = intent.zone_of(entry.partition("=")[0]) == domain
        if inside and wish.records is None and entry.partition("=")[0] not in addressed:
            raise IntentError(
                f'{entry} lies in {domain} and needs its address: "{entry}=ADDRESS"',
                (*path, "nameservers"),
            )


def _check_hosts(intent: Intent, domain: str, path: Path) -> None:
    wish = intent.domains[domain]
    for name in wish.hosts or ():
        if name not in intent.hosts:
            raise IntentError(
                f"{name} is no host here{_close(name, intent.hosts)}", (*path, "hosts")
            )
    if not intent.domain_hosts(domain) and not wish.senders and wish.records is None:
        raise IntentError(f"no host serves {domain}: add one under [hosts], or parked = true", path)


def _check_tls_keys(intent: Intent, domain: str, path: Path) -> None:
    for entry in intent.domains[domain].tls_keys:
        host, given, _ = entry.partition("=")
        if given and host not in intent.hosts_within(domain):
            hint = _close(host, intent.hosts)
            message = f"{printable(host, 80)} is no host in {domain}{hint}; write HOST=FILE or FILE"
            raise IntentError(message, (*path, "tls_keys"))


def _check_senders(domain: str, wish: Domain, path: Path) -> None:
    """Known, complete, and no two of them at the same name."""
    taken = {f"{selector}._domainkey.{domain}": "our own key" for selector in wish.selectors}
    for sender in wish.senders:
        try:
            found = resolve(sender, domain)
        except UsageError as error:
            raise IntentError(str(error), (*path, "senders")) from None
        names = {record.name for record in found.records}
        for name in sorted(names & taken.keys()):
            message = f"{found.title} and {taken[name]} both need {name}"
            raise IntentError(message, (*path, "senders"))
        taken.update(dict.fromkeys(names, found.title))


def _close(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
