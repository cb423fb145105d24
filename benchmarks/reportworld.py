"""Synthetic aggregate reports, written as the large reporters write theirs.

`ordinary` has what a domain with its own server, two services, forwarders and forgers gets: many
addresses, few kinds of records. `unlike` has a selector of its own in every record, so that no two
records have more in common than their elements: what a reader that remembers can least use.
"""

import random
from collections.abc import Iterator

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<feedback>
 <version>1.0</version>
 <report_metadata>
  <org_name>reporter{number}.example</org_name>
  <email>noreply-dmarc@reporter{number}.example</email>
  <extra_contact_info>https://reporter{number}.example/dmarc</extra_contact_info>
  <report_id>{id}</report_id>
  <date_range>
   <begin>{begin}</begin>
   <end>{end}</end>
  </date_range>
 </report_metadata>
 <policy_published>
  <domain>example.com</domain>
  <adkim>r</adkim>
  <aspf>r</aspf>
  <p>quarantine</p>
  <sp>quarantine</sp>
  <pct>100</pct>
  <np>reject</np>
 </policy_published>
"""
RECORD = """ <record>
  <row>
   <source_ip>{ip}</source_ip>
   <count>{count}</count>
   <policy_evaluated>
    <disposition>{disposition}</disposition>
    <dkim>{dkim}</dkim>
    <spf>{spf}</spf>
{reason}   </policy_evaluated>
  </row>
  <identifiers>
   <header_from>{author}</header_from>
   <envelope_from>{sender}</envelope_from>
  </identifiers>
  <auth_results>
{signatures}   <spf>
    <domain>{sender}</domain>
    <scope>mfrom</scope>
    <result>{result}</result>
   </spf>
  </auth_results>
 </record>
"""
SIGNATURE = """   <dkim>
    <domain>{domain}</domain>
    <result>{result}</result>
    <selector>{selector}</selector>
   </dkim>
"""
REASON = """    <reason>
     <type>{type}</type>
     <comment>{comment}</comment>
    </reason>
"""
TAIL = "</feedback>\n"
BEGIN = 1_788_220_800
DAY = 86_400


def report(records: int, *, number: int = 0, unlike: bool = False) -> Iterator[bytes]:
    """One report in pieces; the same numbers give the same report."""
    dice = random.Random(number * 1_000_003 + records)
    begin = BEGIN - (number % 300) * DAY
    head = HEAD.format(
        number=number % 97, id=dice.getrandbits(64), begin=begin, end=begin + DAY - 1
    )
    yield head.encode()
    for first in range(0, records, 1000):
        size = min(1000, records - first)
        yield "".join(_record(dice, unlike=unlike) for _ in range(size)).encode()
    yield TAIL.encode()


def _record(dice: random.Random, *, unlike: bool) -> str:
    kind = dice.choices((_own, _service, _forwarder, _forger), (40, 30, 20, 10))[0]
    fields = kind(dice, dice.randbytes(8).hex() if unlike else "")
    return RECORD.format(ip=_ip(dice), count=int(dice.paretovariate(1.1)) % 100_000 + 1, **fields)


def _ip(dice: random.Random) -> str:
    if dice.random() < 0.2:
        return f"2001:db8:{dice.randrange(16):x}::{dice.randrange(1, 4096):x}"
    return f"198.{18 + dice.randrange(2)}.{dice.randrange(64)}.{dice.randrange(256)}"


def _fields(author: str, sender: str, verdict: tuple[str, str, str], **more: str) -> dict[str, str]:
    dkim, spf, result = verdict
    disposition = "none" if "pass" in (dkim, spf) else "quarantine"
    return {
        "author": author,
        "sender": sender,
        "dkim": dkim,
        "spf": spf,
        "result": result,
        "disposition": disposition,
        "reason": "",
        "signatures": "",
        **more,
    }


def _sign(domain: str, selector: str, result: str = "pass") -> str:
    return SIGNATURE.format(domain=domain, selector=selector, result=result)


def _own(dice: random.Random, mark: str) -> dict[str, str]:
    author = dice.choice(("example.com", "example.com", "shop.example.com", "news.example.com"))
    selector = mark or dice.choice(("r202610", "r202611"))
    signatures = _sign("example.com", selector)
    return _fields(author, author, ("pass", "pass", "pass"), signatures=signatures)


def _service(dice: random.Random, mark: str) -> dict[str, str]:
    number = dice.randrange(4)
    sender = f"bounce{number}.service.example"
    signatures = _sign("example.com", mark or f"s{number}") + _sign("service.example", "smtp")
    return _fields("example.com", sender, ("pass", "fail", "pass"), signatures=signatures)


def _forwarder(dice: random.Random, mark: str) -> dict[str, str]:
    sender = f"forward{dice.randrange(200)}.example.net"
    reason = REASON.format(type="local_policy", comment="arc=pass")
    signatures = _sign("example.com", mark or "r202611", "fail")
    return _fields(
        "example.com", sender, ("fail", "fail", "pass"), signatures=signatures, reason=reason
    )


def _forger(dice: random.Random, mark: str) -> dict[str, str]:
    sender = f"{mark or dice.randrange(50)}.invalid"
    return _fields("example.com", sender, ("fail", "fail", "softfail"))
