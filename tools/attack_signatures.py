"""Sign what tests/cases/attacks/signing.yaml says, and write it to signatures.yaml beside it.

A second, small implementation of RFC 6376 §3.4, §3.7 and RFC 8617 §5.1.1 on purpose: the suite
must not be right only in the eyes of the engine that it judges. Signatures are deterministic.
"""

import base64
import hashlib
import json
import re
import sys
from functools import cache
from pathlib import Path
from textwrap import indent
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from attacks_suite import FOLDER, SIGNATURES, SIGNING, octets, parts, read

HEAD = "# Written by tools/attack_signatures.py from signing.yaml.\n"
DIGEST_INFO = {  # RFC 8017 §9.2 note 1
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
}


def relaxed_field(field: str) -> str:
    """RFC 6376 §3.4.2, without the CRLF at the end."""
    name, _, value = field.partition(":")
    unfolded = re.sub(r"\r\n(?=[ \t])", "", value)
    squeezed = re.sub(r"[ \t]+", " ", unfolded).strip(" ")
    return f"{name.strip().lower()}:{squeezed}"


def canonical_field(field: str, how: str) -> str:
    """A field in one of the two ways of §3.4.1 and §3.4.2."""
    return relaxed_field(field) if how == "relaxed" else field


def canonical_body(body: str, how: str) -> str:
    """RFC 6376 §3.4.3, §3.4.4."""
    lines = body.split("\r\n")
    if how == "relaxed":
        lines = [re.sub(r"[ \t]+", " ", line).rstrip(" ") for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        return "" if how == "relaxed" else "\r\n"
    return "\r\n".join([*lines, ""])


def parse(message: str) -> tuple[list[str], str]:
    """The header fields without their last CRLF, and the body."""
    header, _, body = message.partition("\r\n\r\n")
    return re.split(r"\r\n(?![ \t])", header), body


def chosen(fields: list[str], names: str) -> list[str]:
    """What h= selects, each name from the bottom upwards (§5.4.2)."""
    left = list(fields)
    found = []
    for name in names.lower().split(":"):
        for place in range(len(left) - 1, -1, -1):
            if left[place].partition(":")[0].strip().lower() == name.strip():
                found.append(left.pop(place))
                break
    return found


def tags(text: str) -> dict[str, str]:
    """The tags of a recipe."""
    pairs = (piece.partition("=") for piece in text.split(";") if piece.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def crypt(key: Any, data: bytes, digest: str, recipe: dict[str, Any]) -> str:
    """b=, folded: PKCS #1 v1.5 by plain arithmetic, so that no library refuses a small key."""
    hashed = hashlib.new(digest, data).digest()
    if "forged" in recipe:
        return folded(base64.b64decode(recipe["forged"]))
    if not isinstance(key, RSAPrivateKey):
        return folded(key.sign(hashed))
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n
    size = (modulus.bit_length() + 7) // 8
    info = DIGEST_INFO[digest] + hashed
    padded = b"\x00\x01" + b"\xff" * (size - len(info) - 3) + b"\x00" + info
    exponent = recipe.get("exponent", numbers.d)
    return folded(pow(int.from_bytes(padded, "big"), exponent, modulus).to_bytes(size, "big"))


def folded(value: bytes) -> str:
    text = base64.b64encode(value).decode()
    return "\r\n ".join(text[at : at + 70] for at in range(0, len(text), 70))


def signature(recipe: dict[str, Any], key: Any) -> str:
    """One field: DKIM-Signature, ARC-Message-Signature, or ARC-Seal where `seals` says of what."""
    found = tags(recipe["tags"])
    name = recipe.get("field", "ARC-Seal" if "seals" in recipe else "DKIM-Signature")
    digest = found["a"].rpartition("-")[2]
    start = f"{name}: {recipe['tags']};\n b=".replace("\n", "\r\n")
    if "seals" in recipe:
        data = seal_input(octets(recipe["seals"]).decode(), start)
    else:
        start, data = message_input(octets(recipe["over"]).decode("latin-1"), found, start, digest)
    return (start + crypt(key, data, digest, recipe) + "\r\n").replace("\r\n", "\n")


def seal_input(sets: str, own: str) -> bytes:
    fields = [f for f in re.split(r"\r\n(?![ \t])", sets) if f]
    return "\r\n".join(map(relaxed_field, [*fields, own])).encode()


def message_input(
    message: str, found: dict[str, str], start: str, digest: str
) -> tuple[str, bytes]:
    header_way, _, body_way = found.get("c", "simple/simple").partition("/")
    fields, body = parse(message)
    whole = canonical_body(body, body_way or "simple").encode("latin-1")
    part = whole[: int(found["l"])] if found.get("l", "").isdigit() else whole
    bh = base64.b64encode(hashlib.new(digest, part).digest()).decode()
    start = start.removesuffix("b=") + f"bh={bh};\r\n b="
    signed = [canonical_field(f, header_way) for f in [*chosen(fields, found["h"]), start]]
    return start, "\r\n".join(signed).encode("latin-1")


@cache
def signatures() -> dict[str, str]:
    """All signatures of signing.yaml by name."""
    signing = read(SIGNING)
    keys = {name: load_pem_private_key(pem.encode(), None) for name, pem in signing["keys"].items()}
    known = parts()  # a seal is about the signatures before it
    for name, recipe in signing["signatures"].items():
        known[name] = signature(recipe, keys[recipe["key"]])
    return {name: known[name] for name in signing["signatures"]}


def document() -> str:
    """The text of signatures.yaml."""
    return HEAD + "".join(f"{name}: {scalar(text)}" for name, text in signatures().items())


def scalar(text: str) -> str:
    """A text in YAML: as a block, or escaped where it has control characters."""
    if text.replace("\n", "").isprintable():
        return "|\n" + indent(text, "  ")
    return json.dumps(text) + "\n"


def main() -> None:
    """Write the file."""
    (FOLDER / SIGNATURES).write_text(document())


if __name__ == "__main__":
    main()
