"""What the rules about autoconfig share: where the file is, and a world with a good one."""

from typing import Any

from mailworthy.audit.case import Case
from mailworthy.audit.finding import Configure, Shown, word
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.lookup.model import Fetched, Status
from mailworthy.names import printable

URL = "https://autoconfig.example.com/mail/config-v1.1.xml"


def config(domain: str, host: str) -> str:
    """The file for one domain, with one server for everything."""
    return _FILE.format(domain=domain, host=host)


def programs(file: str | Fetched, **more: Any) -> Case:
    """The healthy world with this file of settings."""
    return healthy(fetches={POLICY_URL: POLICY, URL: file}, **more)


def write(domain: str, host: str) -> Configure:
    """Serve the file for this server."""
    where = f"https://autoconfig.{domain}/mail/config-v1.1.xml"
    return Configure(where, config(domain, host), whole=True)


def show(file: Fetched, said: str = "") -> Shown:
    """The line of evidence for the file."""
    why = file.detail if file.status is Status.FAILED else f"HTTP {file.code}"
    return Shown(f"curl -si {word(file.ask.url)}", printable(said or why, 300))


_FILE = """\
<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="{domain}">
    <domain>{domain}</domain>
    <displayName>{domain}</displayName>
    <incomingServer type="imap">
      <hostname>{host}</hostname>
      <port>993</port>
      <socketType>SSL</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </incomingServer>
    <outgoingServer type="smtp">
      <hostname>{host}</hostname>
      <port>465</port>
      <socketType>SSL</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </outgoingServer>
  </emailProvider>
</clientConfig>
"""
