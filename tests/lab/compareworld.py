"""The names of the comparison: domains with policies, keys and SPF records of every kind."""

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from lab.dns import CONF
from lab.internet import Lab
from lab.machine import wait_for
from lab.plan import BLOCKLIST
from mailworthy.dkim import public_text
from mailworthy.dnsbl.lists import default
from mailworthy.dnsbl.model import Dnsbl
from mailworthy.dnsbl.subject import probes

SOA = "@ 60 SOA ns1.provider.example. root.provider.example. 1 3600 900 604800 60"
NS = "ns1.provider.example."
GOOD, GOOD6 = "192.0.2.25", "2001:db8:1::25"
OWN_SPF = f"v=spf1 ip4:{GOOD} ip6:{GOOD6} -all"
LAME = "lame.example"  # delegated to a server that knows nothing of it

POLICIES: dict[str, tuple[str, ...]] = {
    "nothing.example": (),
    "monitor.example": ("v=DMARC1; p=none",),
    "quar.example": ("v=DMARC1; p=quarantine",),
    "reject.example": ("v=DMARC1; p=reject; rua=mailto:d@reject.example",),
    "sp.example": ("v=DMARC1; p=reject; sp=none",),
    "np.example": ("v=DMARC1; p=none; np=reject",),
    "trial.example": ("v=DMARC1; p=reject; t=y",),
    "strict.example": ("v=DMARC1; p=reject; adkim=s; aspf=s",),
    "psd.example": ("v=DMARC1; p=reject; psd=y",),
    "parts.example": ("v=DMARC1; p=reject",),
    "own.example": ("v=DMARC1; p=reject",),
    "twice.example": ("v=DMARC1; p=reject", "v=DMARC1; p=none"),
    "broken.example": ("v=DMARC1; p=refuse",),
    "bare.example": ("v=DMARC1; rua=mailto:d@bare.example",),
    "pct.example": ("v=DMARC1; p=reject; pct=0",),
    "odd.example": ("v=DMARC1 ;  p = reject ; x=y;",),
}
BELOW: dict[str, str] = {
    "dept.parts.example": "v=DMARC1; p=none; psd=n",
    "team.own.example": "v=DMARC1; p=none",
}
# Below every author domain: a name that exists, and one that does not.
EXISTING, MISSING = "mail", "nowhere"

SPF: dict[str, tuple[str, ...]] = {
    "pass": (f"v=spf1 ip4:{GOOD} ip6:{GOOD6} -all",),
    "wide": (f"v=spf1 ip4:{GOOD} ip4:203.0.113.64/26 -all",),
    "soft": ("v=spf1 ip4:198.51.100.1 ~all",),
    "fail": ("v=spf1 -all",),
    "neutral": ("v=spf1 ?all",),
    "silent": ("v=spf1 ip4:198.51.100.1",),
    "none": (),
    "other": ("some text",),
    "twice": ("v=spf1 -all", "v=spf1 +all"),
    "syntax": ("v=spf1 ip4:1.2.3 -all",),
    "unknown": ("v=spf1 foo:bar -all",),
    "modifier": ("v=spf1 foo=bar +all",),
    "include": ("v=spf1 include:pass.spf.example -all",),
    "include-fail": ("v=spf1 include:fail.spf.example ?all",),
    "include-none": ("v=spf1 include:none.spf.example -all",),
    "include-temp": (f"v=spf1 include:{LAME} -all",),
    "temp": (f"v=spf1 a:x.{LAME} -all",),
    "redirect": ("v=spf1 redirect=pass.spf.example",),
    "redirect-none": ("v=spf1 redirect=none.spf.example",),
    "loop": ("v=spf1 include:loop.spf.example -all",),
    "eleven": ("v=spf1 " + " ".join(f"a:a{n}.spf.example" for n in range(11)) + " +all",),
    "ten": ("v=spf1 " + " ".join(f"a:a{n}.spf.example" for n in range(10)) + " +all",),
    "void": ("v=spf1 " + " ".join(f"a:v{n}.spf.example" for n in range(3)) + " +all",),
    "void2": ("v=spf1 " + " ".join(f"a:v{n}.spf.example" for n in range(2)) + " +all",),
    "mx": ("v=spf1 mx -all",),
    "manymx": ("v=spf1 mx:manymx.spf.example +all",),
    "a": ("v=spf1 a:mail.sender.example -all",),
    "cidr": ("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8:1::/48 -all",),
    "ptr": ("v=spf1 ptr:sender.example -all",),
    "exists": ("v=spf1 exists:%{i}._x.spf.example -all",),
    "macro": ("v=spf1 exists:%{l1r-}.%{o}.%{d2} -all",),
    "badmacro": ("v=spf1 exists:%{q}.spf.example -all",),
    "upper": (f"V=SPF1 IP4:{GOOD} IP6:{GOOD6} -ALL",),
    "afterall": ("v=spf1 -all redirect=pass.spf.example",),
    "halves": (f"v=spf1 ip4:{GOOD[:5]}|{GOOD[5:]} ip6:{GOOD6} -all",),
    "tab": (f"v=spf1\\009ip4:{GOOD} -all",),
    "tworedirect": ("v=spf1 redirect=pass.spf.example redirect=fail.spf.example",),
}


@cache
def keys() -> dict[str, Any]:
    """The private keys: usual, weak, and one that nobody publishes."""
    return {
        "rsa": rsa.generate_private_key(65537, 2048),
        "short": rsa.generate_private_key(65537, 1024),
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
        "weak": load_pem_private_key(_weak(), None),
        "unknown": rsa.generate_private_key(65537, 2048),
    }


def _weak() -> bytes:
    """A key that the library would not make."""
    return subprocess.run(["openssl", "genrsa", "768"], capture_output=True, check=True).stdout


# Selectors: the key that is published there, and how. `{n}` keeps several apart.
SELECTORS = {
    "r": ("rsa", "v=DKIM1; k=rsa; p={p}"),
    "e": ("ed25519", "v=DKIM1; k=ed25519; p={p}"),
    "m": ("short", "v=DKIM1; p={p}"),
    "w": ("weak", "v=DKIM1; p={p}"),
    "plain": ("rsa", "p={p}"),
    "revoked": ("rsa", "v=DKIM1; p="),
    "trial": ("rsa", "v=DKIM1; t=y; p={p}"),
    "same": ("rsa", "v=DKIM1; t=s; p={p}"),
    "sha1": ("rsa", "v=DKIM1; h=sha1; p={p}"),
    "both": ("rsa", "v=DKIM1; h=sha1:sha256; p={p}"),
    "tls": ("rsa", "v=DKIM1; s=tlsrpt; p={p}"),
    "kind": ("rsa", "v=DKIM1; k=ed25519; p={p}"),
    "other": ("rsa", "v=DKIM1; k=dsa; p={p}"),
    "garbage": ("rsa", "v=DKIM1; p=@@@@"),
    "text": ("rsa", "hello"),
    "version": ("rsa", "v=DKIM2; p={p}"),
    "spaces": ("rsa", "v=DKIM1 ; n=some notes; x=y ; p={p} ;"),
    "wrong": ("unknown", "v=DKIM1; p={p}"),
}


def signing_key(selector: str) -> Any:
    """The private key that signs under a selector."""
    name = SELECTORS.get(selector.rstrip("0123456789"), ("rsa", ""))[0]
    return keys()["rsa" if name == "unknown" else name]


def zones() -> dict[str, str]:
    """The text of every zone."""
    made = {domain: _author(domain, texts) for domain, texts in POLICIES.items()}
    return {**made, "spf.example": _spf()}


def _author(domain: str, policies: tuple[str, ...]) -> str:
    lines = [*_start(), f"@ TXT {_quoted(OWN_SPF)}", f"@ A {GOOD}", f"@ MX 10 {EXISTING}"]
    lines += [f"{EXISTING} A {GOOD}", f"{EXISTING} TXT {_quoted(OWN_SPF)}"]
    lines += [f"_dmarc TXT {_quoted(text)}" for text in policies]
    own = {n.removesuffix(f".{domain}"): t for n, t in BELOW.items() if n.endswith(f".{domain}")}
    lines += [f"_dmarc.{name} TXT {_quoted(text)}" for name, text in own.items()]
    for place in ("", f".{EXISTING}", *(f".{name}" for name in own)):
        lines += [f"{s}._domainkey{place} TXT {_quoted(text)}" for s, text in _records()]
    return "\n".join((*lines, ""))


def _records() -> Iterator[tuple[str, str]]:
    for name, (kind, text) in SELECTORS.items():
        shown = public_text(keys()[kind])[1]
        for number in range(4):
            yield f"{name}{number}", text.format(p=shown)


def _spf() -> str:
    lines = [*_start(), *(f"a{n} A 198.51.100.9" for n in range(11)), f"*._x A {GOOD}"]
    lines += ["mx MX 10 mail.sender.example.", "user.spf.example A 127.0.0.2"]
    lines += [f"manymx MX {n} a{n % 11}" for n in range(11)]
    for name, texts in SPF.items():
        lines += [f"{name} A 198.51.100.9"]
        lines += [f"{name} TXT {' '.join(map(_quoted, text.split('|')))}" for text in texts]
    return "\n".join((*lines, ""))


def _start() -> list[str]:
    return ["$TTL 60", SOA, f"@ NS {NS}"]


def _quoted(text: str) -> str:
    return " ".join(f'"{text[at : at + 250]}"' for at in range(0, len(text), 250)) or '""'


@contextmanager
def world(lab: Lab) -> Iterator[None]:
    """The provider serves these zones for a while."""
    with served(lab, zones(), parent="example", lame=(LAME,)):
        yield


@contextmanager
def blocklists(lab: Lab) -> Iterator[None]:
    """The provider serves the blocklists that we ask by default, but for the one that it has:
    nobody is listed there but the entry for tests."""
    found = {each.zone: _blocklist(each) for each in default() if each.zone != BLOCKLIST}
    with served(lab, found, parent="."):
        yield


def _blocklist(dnsbl: Dnsbl) -> str:
    code = dnsbl.codes[0]
    answer = code.answer.replace("*", "2") if code.answer else f"127.0.0.{code.bit}"
    present = [probes(dnsbl, kind)[0] for kind in dnsbl.kinds]
    return "\n".join((*_start(), *(f"{name}. A {answer}" for name in present), ""))


@contextmanager
def served(
    lab: Lab, found: Mapping[str, str], *, parent: str, lame: Sequence[str] = ()
) -> Iterator[None]:
    """The provider serves zones below another for a while; it knows nothing of the `lame` ones."""
    before = lab.dns.path(CONF).read_text()
    for zone, text in found.items():
        lab.dns.write(_file(zone), text, owner="bind")
    lines = [f"{zone} NS {NS}" for zone in (*found, *lame)]
    try:
        _serve(lab, _with(before, list(found)))
        assert lab.updates.send(parent, lines) == "NOERROR"
        for zone in found:
            wait_for(zone, lambda zone=zone: "provider" in _asked(lab, zone))  # type: ignore[misc]
        yield
    finally:
        lab.updates.send(parent, deletes=lines)
        _serve(lab, before)


def _file(zone: str) -> str:
    return f"/var/lib/bind/{zone}.zone"


def _with(before: str, found: list[str]) -> str:
    """The configuration of BIND with these zones in the provider's view."""
    head, start, rest = before.partition("view provider {")
    first, end, more = rest.partition("};")
    how = "type primary; check-names ignore;"
    new = [f'  zone "{zone}" {{ {how} file "{_file(zone)}"; }};' for zone in found]
    return "\n".join((head + start + first + end, *new, more))


def _serve(lab: Lab, text: str) -> None:
    lab.dns.write(CONF, text)
    lab.dns.kill("named -g", signal.SIGHUP)


def _asked(lab: Lab, zone: str) -> str:
    return lab.dns.run(["dig", "+short", f"@{lab.resolver}", zone, "SOA"]).stdout
