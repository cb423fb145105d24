"""What follows from a folder, as one text."""

from datetime import datetime

from mailworthy.domain.folder import Folder
from mailworthy.domain.generate import files
from mailworthy.domain.outputs import OUTPUTS
from mailworthy.errors import UsageError
from mailworthy.names import to_ascii

_FILES = {"others": "others.zone", "ptr": "ptr-requests.txt"}


def shown(folder: Folder, domain: str | None, output: str, now: datetime) -> str:
    """A zone in one of the notations of `domain.outputs`, or `others` or `ptr`.

    Raises UsageError for a domain that is not in the intent, or where several are and none is
    named.
    """
    generated = folder.generated(now)
    if output in _FILES:
        return files(generated, now=now).get(_FILES[output], "")
    name = _one(list(generated.zones), domain)
    return OUTPUTS[output](generated.zones[name], name)


def _one(known: list[str], domain: str | None) -> str:
    if domain is None and len(known) == 1:
        return known[0]
    listed = ", ".join(known[:8]) or "none"
    if domain is None:
        raise UsageError(f"name a domain; mailworthy.toml has {listed}")
    name = to_ascii(domain)
    if name not in known:
        raise UsageError(f"{name} is not in mailworthy.toml, which has {listed}")
    return name
