"""The resolver that `--dns` names."""

from collections.abc import Iterable
from pathlib import Path

from mailworthy.errors import UsageError
from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.live import Live, Pace
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.replay import Replay
from mailworthy.names import printable


def open_resolver(
    spec: str = "system",
    *,
    trust_ad: bool | None = None,
    timeout: float | None = None,
    signed: Iterable[str] = (),
) -> Resolver:
    """Open `system`, `ADDRESS[:PORT]`, `tls://…`, `https://…`, `zone:FILE[,FILE…]`, `replay:FILE`.

    `timeout` is how many seconds one question may take in all, `signed` names the zones of
    zone files that count as signed. Raises UsageError with one line for a person.
    """
    kind, _, rest = spec.partition(":")
    if kind == "zone":
        paths = [path for path in rest.split(",") if path]
        if not paths:
            raise UsageError("zone: needs a file, for example --dns zone:example.com.zone")
        return Memory.from_files(paths, signed=signed)
    if kind == "replay":
        if not rest:
            raise UsageError("replay: needs a file, for example --dns replay:run.jsonl")
        return Replay.load(rest)
    if timeout is not None and not 0 < timeout <= 3600:
        raise UsageError(f"a timeout of {printable(str(timeout))} seconds makes no sense")
    if Path(spec).is_file():
        raise UsageError(f"{printable(spec, 200)} is a file; a zone is read with --dns zone:FILE")
    pace = None if timeout is None else Pace((timeout * 0.3, timeout * 0.7), timeout)
    return Live(spec, trust_ad=trust_ad, pace=pace)
