"""The settings of a milter from its file and the environment, and the judge that follows."""

import os
import re
import socket
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from mailworthy.arc.sealer import Sealer
from mailworthy.dkim.signing import Signer
from mailworthy.dnsbl.lists import default as blocklists
from mailworthy.domain.folder import INTENT, KEYS, Folder, has_intent
from mailworthy.domain.intentfile import load as load_intent
from mailworthy.domain.keys import load as load_keys
from mailworthy.errors import UsageError
from mailworthy.message.authres import is_identifier
from mailworthy.milter import place
from mailworthy.milter.judge import Judge, networks
from mailworthy.milter.policy import MilterPolicy
from mailworthy.names import BadName, printable, to_ascii
from mailworthy.rdata.address import address, render
from mailworthy.receive.load import load as load_profile
from mailworthy.setup.signing import by_folder

ENVIRONMENT = "MAILWORTHY_MILTER_"
_MAX_FILE = 1 << 20
_NAME = re.compile(r"[!-9;-~]{1,60}")
# Fields that mail is made of: those of this name are taken out (RFC 5322 §3.6, RFC 2045 §1).
_MEANT = """
    from sender reply-to to cc bcc date message-id in-reply-to references subject comments keywords
    return-path received resent-from resent-sender resent-to resent-cc resent-bcc resent-date
    resent-message-id mime-version content-type content-transfer-encoding content-id
    content-description content-disposition content-language delivered-to auto-submitted list-id
    list-unsubscribe list-unsubscribe-post list-post list-help list-owner list-archive
    authentication-results received-spf dkim-signature domainkey-signature arc-seal
    arc-message-signature arc-authentication-results bimi-selector bimi-location bimi-indicator
"""
_LISTS = ("listen", "own", "trusted")
_POSITIVE = ("workers", "connections", "memory", "idle", "timeout", "deadline", "max_message")


def load_policy(path: Path | None, environment: Mapping[str, str]) -> MilterPolicy:
    """The settings in a file, and above them those of the environment
    (`MAILWORTHY_MILTER_LISTEN`; lists with commas). A folder is relative to that of the file.
    Raises UsageError in one line."""
    given = {} if path is None else _table(path)
    given |= _from_environment(environment)
    try:
        policy = msgspec.convert(given, MilterPolicy, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path or 'the environment'}: {printable(str(error), 200)}") from None
    check(policy)
    if path is not None and policy.sign:
        policy = msgspec.structs.replace(policy, sign=str(path.parent / policy.sign))
    return policy


def _table(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.loads(file.read(_MAX_FILE).decode())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: {printable(str(error), 200)}") from None


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in MilterPolicy.__struct_fields__:
        text = environment.get(ENVIRONMENT + name.upper())
        if text is not None:
            found[name] = [t for t in text.split(",") if t] if name in _LISTS else text
    return found


def check(policy: MilterPolicy) -> None:
    """Raises UsageError for a setting that makes no sense."""
    for name in _POSITIVE:
        if not getattr(policy, name) > 0:
            raise UsageError(f"{name} has to be more than nothing")
    if not policy.listen:
        raise UsageError("listen names no place")
    for text in policy.listen:
        place.parse(text)
    place.metrics(policy.metrics)
    if not re.fullmatch(r"0?[0-7]{3}", policy.socket_mode):
        raise UsageError(f"socket_mode is {printable(policy.socket_mode, 20)}, not such as 0660")
    if not _NAME.fullmatch(policy.spam_header):
        raise UsageError(f"{printable(policy.spam_header, 60)} is no name of a header field")
    if policy.spam_header.lower() in _MEANT.split():
        raise UsageError(f"{policy.spam_header} marks no spam: the field has a meaning of its own")
    if policy.authserv_id and not is_identifier(policy.authserv_id):
        raise UsageError(f"{printable(policy.authserv_id, 60)} is no authserv-id")
    if policy.seal and not policy.sign:
        raise UsageError("seal needs the keys of sign")


def load_judge(policy: MilterPolicy) -> Judge:
    """The judge that a policy describes, with the keys that it names, read once.

    Raises UsageError for what is not there.
    """
    signers = _signers(policy)
    host = socket.gethostname()
    return Judge(
        policy=policy,
        profile=load_profile(policy.profile),
        host=host,
        networks=_networks(policy),
        own=tuple(map(_own, policy.own)),
        signers=signers,
        sealer=_sealer(policy, signers, host),
        lists=blocklists() if policy.blocklists else (),
    )


def _networks(policy: MilterPolicy) -> Any:
    try:
        return networks(policy.trusted)
    except ValueError as error:
        raise UsageError(f"trusted: {printable(str(error), 100)}") from None


def _own(text: str) -> str:
    found = address(text)
    return to_ascii(text) if found is None else render(found)


def _signers(policy: MilterPolicy) -> dict[str, Signer]:
    if not policy.sign:
        return {}
    folder = _folder(Path(policy.sign))
    found = {d: by_folder(folder, d, (), exact=True) for d, keys in folder.keys.items() if keys}
    if not found:
        raise UsageError(f"{policy.sign} has no DKIM keys to sign with")
    return found


def _folder(path: Path) -> Folder:
    """Only what signing needs: the records and certificates of a domain may be elsewhere."""
    if not has_intent(path):
        raise UsageError(f"sign: there is no {INTENT} in {path}")
    intent = load_intent(path / INTENT)
    return Folder(path, intent, load_keys(path / KEYS, intent), {}, {})


def _sealer(policy: MilterPolicy, signers: Mapping[str, Signer], host: str) -> Sealer | None:
    """RFC 8617 §4.2.1: a set is made with one key; RSA is what everybody verifies."""
    if not policy.seal:
        return None
    try:
        domain = to_ascii(policy.seal)
    except BadName as error:
        raise UsageError(f"seal: {error}") from None
    if domain not in signers:
        raise UsageError(f"seal: there is no key of {printable(policy.seal, 100)} to seal with")
    keys = sorted(signers[domain].keys, key=lambda key: key.algorithm != "rsa-sha256")
    return Sealer(Signer(domain, (keys[0],)), policy.authserv_id or host)


def environment() -> Mapping[str, str]:
    """That of this process."""
    return os.environ
