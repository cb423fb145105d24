"""The zone that guides tell people to write: six green dots, and each pitfall one change away."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailworthy.audit.healthy import RSA, RSA_RECORD
from mailworthy.cli import group
from mailworthy.rdata.text import quote

ARTICLE = {
    "soa": "example.com. 3600 IN SOA ns1.example.net. hostmaster.example.com. 1 7200 900 1209600 300",
    "ns1": "example.com. IN NS ns1.example.net.",
    "ns2": "example.com. IN NS ns2.example.net.",
    "mx": "example.com. IN MX 10 mail.example.com.",
    "spf": 'example.com. IN TXT "v=spf1 mx -all"',
    "dkim": f"default._domainkey.example.com. IN TXT {quote(f'v=DKIM1; k=rsa; p={RSA}')}",
    "dmarc": '_dmarc.example.com. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@example.com"',
    "a": "mail.example.com. IN A 192.0.2.25",
    "aaaa": "mail.example.com. IN AAAA 2001:db8::25",
    "rev4": "2.0.192.in-addr.arpa. 3600 IN SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300",
    "rev6": "8.b.d.0.1.0.0.2.ip6.arpa. 3600 IN SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300",
    "ptr4": "25.2.0.192.in-addr.arpa. IN PTR mail.example.com.",
    "ptr6": f"5.2.{'0.' * 22}8.b.d.0.1.0.0.2.ip6.arpa. IN PTR mail.example.com.",
    "net": "example.net. 3600 IN SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300",
    "ns1a": "ns1.example.net. IN A 198.51.100.53",
    "ns2a": "ns2.example.net. IN A 203.0.113.53",
}


def check(tmp_path: Path, lines: dict[str, str], *more: str) -> Result:
    zone = tmp_path / "zone"
    zone.write_text("\n".join(line for line in lines.values() if line) + "\n")
    args = ["check", "example.com", "--dns", f"zone:{zone}", "--format", "json", *more]
    return CliRunner().invoke(group, args)


def test_the_article_has_six_green_dots(tmp_path: Path) -> None:
    result = check(tmp_path, ARTICLE)
    (audit,) = json.loads(result.stdout)["audits"]
    assert [dot["state"] for dot in audit["checkpoint"]] == ["pass"] * 6
    assert {f["rule"]: f["severity"] for f in audit["findings"] if f["severity"] != "advice"} == {}
    assert audit["undetermined"] == []
    assert result.exit_code == 0


ELEVEN = {
    f"i{n}": f'i{n}.example.net. IN TXT "v=spf1 include:i{n + 1}.example.net -all"'
    for n in range(1, 10)
}
ELEVEN["i10"] = 'i10.example.net. IN TXT "v=spf1 a:ns1.example.net -all"'
VOIDS = " ".join(f"a:void{n}.example.net" for n in range(3))
RSA512 = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKSiX+QM80NzFQt1fbTcUEOdKeMsBCAIIlabzdeKEJpdYQFJ4LWGJVvEqIy+vf0u1bXcbeDvK9BTXl67bTmt0IkCAwEAAQ=="

PITFALLS = {
    "PTR missing": ("ptr-missing", {"ptr4": ""}),
    "PTR and A disagree": (
        "ptr-mismatch",
        {"ptr4": "25.2.0.192.in-addr.arpa. IN PTR ns1.example.net."},
    ),
    "MX to a CNAME": (
        "mx-target-is-alias",
        {
            "mx": "example.com. IN MX 10 mx.example.com.",
            "alias": "mx.example.com. IN CNAME mail.example.com.",
        },
    ),
    "MX to an address, final dot": (
        "mx-target-is-address",
        {"mx": "example.com. IN MX 10 192.0.2.25."},
    ),
    "MX to an address, no final dot": (
        "mx-target-is-address",
        {"mx": "example.com. IN MX 10 192.0.2.25.example.com."},
    ),
    "MX to nothing": ("mx-target-missing", {"mx": "example.com. IN MX 10 nothing.example.com."}),
    "two SPF records": ("spf-several-records", {"two": 'example.com. IN TXT "v=spf1 a -all"'}),
    "an eleventh lookup": (
        "spf-too-many-lookups",
        {"spf": 'example.com. IN TXT "v=spf1 include:i1.example.net -all"'} | ELEVEN,
    ),
    "a third void lookup": (
        "spf-too-many-voids",
        {"spf": f'example.com. IN TXT "v=spf1 {VOIDS} mx -all"'},
    ),
    "+all": ("spf-authorises-everyone", {"spf": 'example.com. IN TXT "v=spf1 mx +all"'}),
    "RSA-512": (
        "dkim-weak-rsa",
        {"dkim": f'default._domainkey.example.com. IN TXT "v=DKIM1; k=rsa; p={RSA512}"'},
    ),
    "revoked key": (
        "dkim-revoked",
        {"dkim": 'default._domainkey.example.com. IN TXT "v=DKIM1; p="'},
    ),
    "two DMARC records": (
        "dmarc-several-records",
        {"two": '_dmarc.example.com. IN TXT "v=DMARC1; p=reject"'},
    ),
    "p=none without rua": (
        "dmarc-no-reports",
        {"dmarc": '_dmarc.example.com. IN TXT "v=DMARC1; p=none"'},
    ),
    "rua elsewhere": (
        "dmarc-report-not-authorised",
        {"dmarc": '_dmarc.example.com. IN TXT "v=DMARC1; p=none; rua=mailto:d@ns1.example.net"'},
    ),
    "DMARC at the apex": (
        "dmarc-misplaced",
        {"dmarc": 'example.com. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@example.com"'},
    ),
    "null MX beside a real one": ("mx-null-beside-others", {"null": "example.com. IN MX 0 ."}),
}


@pytest.mark.parametrize("name", PITFALLS)
def test_each_pitfall_is_one_change_away(tmp_path: Path, name: str) -> None:
    rule, changed = PITFALLS[name]
    result = check(tmp_path, ARTICLE | changed, "--selector", "default")
    (audit,) = json.loads(result.stdout)["audits"]
    counting = {f["rule"] for f in audit["findings"] if f["severity"] != "advice"}
    assert rule in counting
    assert result.exit_code == 1


def test_private_and_published_key_that_do_not_match(tmp_path: Path) -> None:
    out = tmp_path / "out"
    order = ["init", "example.com", "--ipv4", "192.0.2.25", "--yes", "--dir", str(out)]
    assert CliRunner().invoke(group, order).exit_code == 0
    zone = (out / "example.com.zone").read_text()
    lines = zone.splitlines()
    start = next(
        n for n, line in enumerate(lines) if line.startswith("r2") and "_domainkey" in line
    )
    lines[start : start + 2] = [f"{lines[start].split()[0]} IN TXT {quote(RSA_RECORD)}"]
    (out / "example.com.zone").write_text("\n".join(lines) + "\n")
    args = ["check", "--dir", str(out), "--dns", f"zone:{out}/example.com.zone", "--format", "json"]
    result = CliRunner().invoke(group, args)
    assert "dkim-key-differs" in {
        f["rule"] for f in json.loads(result.stdout)["audits"][0]["findings"]
    }
    assert result.exit_code == 1
