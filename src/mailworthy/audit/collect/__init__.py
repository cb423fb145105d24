"""One engine collects all evidence about a domain, in few rounds."""

from typing import Any

import msgspec

from mailworthy.audit.collect.alias import as_alias
from mailworthy.audit.collect.connect import called, conversations, submissions_of
from mailworthy.audit.collect.fetched import indicator_of, settings_of
from mailworthy.audit.collect.frugal import perhaps
from mailworthy.audit.collect.hosts import addresses_of, hosts_of, mx_of, reverse_of
from mailworthy.audit.collect.listed import listed_of
from mailworthy.audit.collect.missing import judged_absent, nothing_but
from mailworthy.audit.collect.names import bystanders_of, services_of, wanted_of
from mailworthy.audit.collect.outbound import departures
from mailworthy.audit.collect.outlets import outlets_of
from mailworthy.audit.collect.policies import (
    bimi_of,
    dmarc_of,
    legacy_of,
    mta_sts_of,
    spf_of,
    tls_rpt_of,
)
from mailworthy.audit.collect.reports import destinations_of
from mailworthy.audit.collect.selectors import keys_of
from mailworthy.audit.collect.server import authorised, server_of
from mailworthy.audit.collect.target import Target
from mailworthy.audit.collect.zone import caa_of, dnssec_of, existence, ns_of, soa_of
from mailworthy.audit.evidence import NO_INTENT, AddressEvidence, Evidence
from mailworthy.audit.part import Known, NotAsked, Part, Unknown
from mailworthy.lookup.drive import together
from mailworthy.lookup.model import NOT_ASKED, Asking, look
from mailworthy.reserved import documentation_name
from mailworthy.spf.authorise import authorises
from mailworthy.spf.treemodel import SpfTree

__all__ = ["Target", "collect"]

Fields = dict[str, Any]


def collect(target: Target) -> Asking[Evidence]:
    """Everything about `target.domain` that asking can tell."""
    mail, spf, keys, policies, rest, server, outlets = yield from together(
        _mail(target),
        _spf(target),
        _keys(target),
        _policies(target),
        _rest(target),
        server_of(target),
        outlets_of(target),
    )
    fields = mail | spf | keys | policies | rest
    fields = as_alias(fields)
    fields["addresses"] = _authorise(fields["addresses"], fields["spf_tree"])
    fields["listed"] = yield from listed_of(fields["spf"], fields["hosts"], fields["addresses"])
    wish = target.wish
    fields["hosts"], fields["addresses"] = departures(
        fields["hosts"], fields["addresses"], fields["spf_tree"], intended=wish is not None
    )
    fields["spf_tree"] = _decisive(fields["spf_tree"])
    if server:
        server["departures"] = authorised(server["departures"], fields["spf_tree"])
    absent = yield from judged_absent(fields["existence"])
    if isinstance(absent, Unknown):
        fields = dict.fromkeys(fields, absent)
    elif absent:
        fields = nothing_but(fields)
    return Evidence(
        domain=target.domain,
        now=target.now,
        parked=target.parked or bool(wish and wish.parked),
        documentation=documentation_name(target.domain),
        intent=Known(wish) if wish else NO_INTENT,
        wish=wish,
        **fields,
        **server,
        **outlets,
    )


def _mail(target: Target) -> Asking[Fields]:
    soa, mx, own = yield from together(
        look(target.domain, "SOA"), mx_of(target.domain), addresses_of(target.domain)
    )
    hosts = yield from hosts_of(target, mx)
    addresses, hosts = yield from together(reverse_of(target, hosts), called(target, hosts))
    return {
        "existence": existence(soa),
        "soa": soa_of(soa),
        "mx": mx,
        "own": own,
        "hosts": hosts,
        "conversations": conversations(hosts),
        "addresses": addresses,
    }


def _spf(target: Target) -> Asking[Fields]:
    record, tree = yield from spf_of(target.domain)
    return {"spf": record, "spf_tree": tree}


def _keys(target: Target) -> Asking[Fields]:
    keys, selectors = yield from keys_of(target)
    return {"keys": keys, "selectors": selectors}


def _policies(target: Target) -> Asking[Fields]:
    (dmarc, policy), tls_rpt = yield from together(
        dmarc_of(target.domain), _unless_checkpoint(target, "TLS-RPT", tls_rpt_of(target.domain))
    )
    destinations = yield from destinations_of(target.domain, dmarc, tls_rpt)
    return {"dmarc": dmarc, "policy": policy, "tls_rpt": tls_rpt, "destinations": destinations}


_REST = (
    *("legacy", "mta_sts", "mta_sts_host", "mta_sts_policy", "mta_sts_fetch"),
    *("bimi", "bimi_logo", "bimi_certificate", "caa", "dnssec", "ns", "nameservers"),
    *("services", "submissions", "autoconfig", "autoconfig_file", "autodiscover"),
    *("bystanders", "wanted"),
)


def _rest(target: Target) -> Asking[Fields]:
    domain = target.domain
    if target.checkpoint:
        return {name: _left_out(target, name) for name in _REST}
    (
        legacy,
        sts,
        bimi,
        caa,
        dnssec,
        ns,
        services,
        config,
        discover,
        others,
        wanted,
    ) = yield from together(
        legacy_of(domain),
        mta_sts_of(domain),
        _bimi(domain),
        caa_of(domain),
        dnssec_of(domain),
        ns_of(domain),
        _services(target),
        _autoconfig(domain),
        perhaps(f"autodiscover.{domain}"),
        bystanders_of(target),
        wanted_of(target.wanted),
    )
    values = (legacy, *sts, *bimi, caa, dnssec, *ns, *services, *config, discover)
    fields = dict(zip(_REST, values, strict=False))
    return fields | {
        "bystanders": Known(others),
        "wanted": Known(wanted) if target.wanted else NO_INTENT,
    }


def _bimi(domain: str) -> Asking[tuple[Any, ...]]:
    record = yield from bimi_of(domain)
    files = yield from indicator_of(record)
    return (record, *files)


def _services(target: Target) -> Asking[tuple[Any, ...]]:
    services = yield from services_of(target.domain)
    submissions = yield from submissions_of(target, services)
    return Known(services), submissions


def _autoconfig(domain: str) -> Asking[tuple[Any, ...]]:
    host = yield from perhaps(f"autoconfig.{domain}")
    file = yield from settings_of(domain, host)
    return host, file


def _unless_checkpoint(target: Target, what: str, engine: Asking[Any]) -> Asking[Any]:
    if target.checkpoint:
        engine.close()
        return _left_out(target, what)
    return (yield from engine)


def _left_out(target: Target, what: str) -> NotAsked:
    label = what.replace("_", " ")
    return NotAsked(f"{label} of {target.domain}", "not part of this check")


def _authorise(
    addresses: Part[tuple[AddressEvidence, ...]], tree: Part[SpfTree]
) -> Part[tuple[AddressEvidence, ...]]:
    """Add to each address what the SPF record says of it."""
    if not isinstance(addresses, Known):
        return addresses
    return Known(tuple(_authorised(address, tree) for address in addresses.value))


def _authorised(address: AddressEvidence, tree: Part[SpfTree]) -> AddressEvidence:
    said = Known(authorises(tree.value, address.ip)) if isinstance(tree, Known) else tree
    return msgspec.structs.replace(address, authorisation=said)


def _decisive(tree: Part[SpfTree]) -> Part[SpfTree]:
    """A tree with gaps is unknown, unless what was seen breaks a limit already."""
    if not isinstance(tree, Known) or not tree.value.unknown:
        return tree
    if tree.value.over() or tree.value.errors:
        return tree
    gap = tree.value.unknown[0]
    kind = NotAsked if gap.why in NOT_ASKED else Unknown
    return kind(f"{gap.name} (SPF)", str(gap.why))
