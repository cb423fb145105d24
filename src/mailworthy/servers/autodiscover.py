"""What Outlook asks for to set itself up (MS-OXDSCLI): one answer for everybody in a domain.

Outlook posts the address of its user; since the login name is left out of the answer, the
address itself is taken, and a file can answer.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mailworthy.domain.intent import Intent
from mailworthy.servers import autoconfig
from mailworthy.servers.model import ConfigFile

ROOT = "/var/www/autodiscover"
PATH = "/autodiscover/autodiscover.xml"
_SCHEMA = "http://schemas.microsoft.com/exchange/autodiscover"


def files(intent: Intent) -> Iterator[ConfigFile]:
    """One file a domain whose people use mail programs."""
    for domain in autoconfig.domains(intent):
        host = next(iter(intent.receivers(domain)))
        yield ConfigFile(
            path=f"autodiscover/{domain}{PATH}",
            text=document(host),
            install=f"{ROOT}/{domain}{PATH}",
            why=f"https://autodiscover.{domain}{PATH}",
        )


def document(host: str) -> str:
    """IMAP on 993 and submission on 465, both with TLS from the start (RFC 8314 §3.3)."""
    root = Element("Autodiscover", xmlns=f"{_SCHEMA}/responseschema/2006")
    response = SubElement(root, "Response", xmlns=f"{_SCHEMA}/outlook/responseschema/2006a")
    account = SubElement(response, "Account")
    _text(account, "AccountType", "email")
    _text(account, "Action", "settings")
    _protocol(account, "IMAP", host, 993)
    _protocol(account, "SMTP", host, 465)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _protocol(account: Element, kind: str, host: str, port: int) -> None:
    protocol = SubElement(account, "Protocol")
    values = {
        "Type": kind,
        "Server": host,
        "Port": str(port),
        "DomainRequired": "off",
        "SPA": "off",
        "SSL": "on",
        "AuthRequired": "on",
    }
    for tag, text in values.items():
        _text(protocol, tag, text)


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text
