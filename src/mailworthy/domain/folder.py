"""The folder that holds an intent with its keys: what `init` writes and every command reads."""

from datetime import datetime
from pathlib import Path

import msgspec

from mailworthy.domain import keys as dkim_keys
from mailworthy.domain.dkimkey import DkimPublic
from mailworthy.domain.generate import Generated, everything
from mailworthy.domain.intent import Intent
from mailworthy.domain.intentfile import load
from mailworthy.domain.recordset import Record
from mailworthy.domain.write import read_foreign
from mailworthy.errors import UsageError

INTENT = "mailworthy.toml"
KEYS = "keys"


class Folder(msgspec.Struct, frozen=True):
    """An intent as it lies on disk, with the public halves of its keys and foreign records.

    `fresh` are those keys that are not on disk yet.
    """

    path: Path
    intent: Intent
    keys: dict[str, dict[str, DkimPublic]]
    foreign: dict[str, tuple[Record, ...]]
    tls: dict[str, tuple[str, ...]]
    fresh: tuple[dkim_keys.NewKey, ...] = ()

    @property
    def key_folder(self) -> Path:
        """Where the private keys are."""
        return self.path / KEYS

    def generated(self, now: datetime) -> Generated:
        """Everything that the intent implies."""
        return everything(self.intent, keys=self.keys, now=now, foreign=self.foreign, tls=self.tls)


def has_intent(path: Path) -> bool:
    """Whether a folder holds a `mailworthy.toml`."""
    return (path / INTENT).is_file()


def open_folder(path: Path) -> Folder:
    """Read a folder. Raises UsageError, in one line, for anything missing or wrong in it."""
    if not has_intent(path):
        raise UsageError(
            f"there is no {INTENT} in {path}; "
            "mailworthy init DOMAIN writes one, --dir names another"
        )
    intent = load(path / INTENT)
    return Folder(
        path=path,
        intent=intent,
        keys=dkim_keys.load(path / KEYS, intent),
        foreign=read_foreign(intent, path),
        tls=dict(dkim_keys.tls_pins(intent, path).by_host),
    )
