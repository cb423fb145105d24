"""What has to be said of the DNS in which a message is judged."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.replay import Replay

OLD = 86400  # seconds after which DNS may have changed
_MARK = "; assumed:"  # before records in zone files that somebody else must publish


def assumes(dns: str) -> bool:
    """Whether zone files hold what other parties must publish, as others.zone of `init` does."""
    kind, _, places = dns.partition(":")
    return kind == "zone" and any(map(_is_marked, filter(None, places.split(","))))


def _is_marked(place: str) -> bool:
    """A file that cannot be read is complained about where it is read as a zone."""
    try:
        text = Path(place).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return False
    return any(line.startswith(_MARK) for line in text.splitlines())


def told(
    resolver: Resolver, dns: str, assumed: bool, came: datetime | None, now: datetime
) -> Iterator[str]:
    """Sentences about a message that came then; a replay has those of the run it repeats."""
    settings: dict[str, Any] = {"dns": dns, "assumed": assumed}
    inner = getattr(resolver, "resolver", resolver)  # a recorder asks another
    if isinstance(inner, Replay):
        settings = inner.header.settings
    zone = str(settings.get("dns")).startswith("zone:")
    if came is not None and abs((now - came).total_seconds()) >= OLD:
        day = now.astimezone(UTC).strftime("%Y-%m-%d")
        means = "the DNS of the zone files" if zone else f"DNS as it answered on {day}"
        yield f"It is judged as of {shown(came)}, by {means}."
    if zone and settings.get("assumed") is True:
        yield (
            "What the zone files mark as assumed is taken as published, though others than you "
            "must publish it."
        )


def shown(moment: datetime) -> str:
    """A moment for people."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
