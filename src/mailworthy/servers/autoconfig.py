"""What mail programs ask for to set themselves up (draft-ietf-mailmaint-autoconfig)."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mailworthy.domain.intent import Intent
from mailworthy.servers.model import ConfigFile

ROOT = "/var/www/autoconfig"


def domains(intent: Intent) -> tuple[str, ...]:
    """The domains whose people use mail programs, and that have a host to use."""
    return tuple(
        name
        for name, wish in intent.domains.items()
        if wish.people and wish.clients and not wish.parked and intent.receivers(name)
    )


def files(intent: Intent) -> Iterator[ConfigFile]:
    """One file a domain."""
    for domain in domains(intent):
        host = next(iter(intent.receivers(domain)))
        path = f"{domain}/mail/config-v1.1.xml"
        yield ConfigFile(
            path=f"autoconfig/{path}",
            text=document(domain, host),
            install=f"{ROOT}/{path}",
            why=f"https://autoconfig.{domain}/mail/config-v1.1.xml",
        )


def document(domain: str, host: str) -> str:
    """The settings for one domain: IMAP 993, submission 465 before 587 (RFC 8314 §3.2, §3.3)."""
    root = Element("clientConfig", version="1.1")
    provider = SubElement(root, "emailProvider", id=domain)
    _text(provider, "domain", domain)
    _text(provider, "displayName", domain)
    _text(provider, "displayShortName", domain)
    _server(provider, "imap", host, 993, "SSL")
    _server(provider, "smtp", host, 465, "SSL")
    _server(provider, "smtp", host, 587, "STARTTLS")
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _server(provider: Element, kind: str, host: str, port: int, socket: str) -> None:
    tag = "incomingServer" if kind == "imap" else "outgoingServer"
    server = SubElement(provider, tag, type=kind)
    _text(server, "hostname", host)
    _text(server, "port", str(port))
    _text(server, "socketType", socket)
    _text(server, "authentication", "password-cleartext")
    _text(server, "username", "%EMAILADDRESS%")


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text
