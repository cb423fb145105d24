"""What `init` asks where somebody can answer; each answer is judged as it is given."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from mailworthy.domain.folder import INTENT, has_intent
from mailworthy.domain.intent import Host
from mailworthy.domain.intentcheck import check_host, mailbox, name_of
from mailworthy.domain.intentfile import load
from mailworthy.domain.intentplace import IntentError
from mailworthy.setup.order import Order, receiving_host

NO_PATH = ()
_FAMILY = {"ipv4": "IPv4", "ipv6": "IPv6"}


def order(domain: str, given: dict[str, Any], path: Path, *, ask: bool) -> Order:
    """The order as typed; what is missing is asked for where somebody can answer."""
    name = name_of(domain, NO_PATH)
    if ask and sys.stdin.isatty() and not given["parked"]:
        if not _served(path, name) or given["hostname"]:
            _ask_host(name, given)
        question = "Who reads DMARC reports"
        default = f"postmaster@{name}"
        given["reports"] = given["reports"] or _asked(
            question, lambda text: mailbox(text, NO_PATH), default
        )
    return Order(domain, **given)


def _served(path: Path, name: str) -> bool:
    """Whether the folder has the host already: for this domain, or one that receives."""
    before = load(path / INTENT) if has_intent(path) else None
    return before is not None and (name in before.domains or receiving_host(before) is not None)


def _ask_host(domain: str, given: dict[str, Any]) -> None:
    given["hostname"] = given["hostname"] or _asked(
        "Mail host", lambda text: name_of(text, NO_PATH), f"mail.{domain}"
    )
    while not given["ipv4"] and not given["ipv6"]:
        given["ipv4"] = _addresses("ipv4")
        given["ipv6"] = _addresses("ipv6")
        if not given["ipv4"] and not given["ipv6"]:
            click.echo("Error: a mail host needs an address")


def _addresses(family: str) -> tuple[str, ...]:
    def judged(text: str) -> str:
        addresses = tuple(text.replace(",", " ").split())
        if addresses:
            check_host(replace(Host(), **{family: addresses}), (family,))
        return text

    question = f"{_FAMILY[family]} address (empty for none)"
    return tuple(_asked(question, judged, "", show=False).replace(",", " ").split())


def _asked(question: str, judge: Callable[[str], str], default: str, *, show: bool = True) -> str:
    """An answer that is good; after any other the reason, and the question again."""

    def value(text: str) -> str:
        try:
            return judge(text)
        except IntentError as error:
            raise click.BadParameter(str(error)) from None

    answer: str = click.prompt(question, default=default, show_default=show, value_proc=value)
    return answer
