"""The two hashes of a signature (RFC 6376 §3.7), with work shared between signatures."""

import hashlib
from collections.abc import Iterable

from mailworthy.dkim import canonical
from mailworthy.dkim.canonical import Canonicalization
from mailworthy.message.header import Message


class Hashing:
    """One message, canonical as far as anybody asked; every part is worked out once."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.odd = canonical.is_odd(message.header)
        self._bodies: dict[Canonicalization, bytes] = {}
        self._digests: dict[tuple[Canonicalization, int | None], bytes] = {}
        self._fields: dict[int, bytes] = {}
        self.headers: dict[int, bytes] = {}  # the hash that each signature is of, by its place

    def body(self, algorithm: Canonicalization) -> bytes:
        """The canonical body."""
        if algorithm not in self._bodies:
            self._bodies[algorithm] = canonical.body(self.message.body, algorithm)
        return self._bodies[algorithm]

    def body_hash(self, algorithm: Canonicalization, length: int | None = None) -> bytes:
        """SHA-256 of the canonical body, or of its first `length` octets."""
        key = algorithm, length
        if key not in self._digests:
            data = self.body(algorithm)
            part = data if length is None else memoryview(data)[:length]
            self._digests[key] = hashlib.sha256(part).digest()
        return self._digests[key]

    def header(
        self, names: Iterable[bytes], own: bytes, algorithm: Canonicalization, skip: int = -1
    ) -> bytes:
        """What the signature is about: the fields of h=, then the signature's own field.

        `own` is that field with an empty b=, `skip` its place in the message, so that it is
        never taken for one of the fields that it signs.
        """
        parts = [self.field(i, algorithm) for i in self.chosen(names, skip)]
        parts.append(self.apart(own, algorithm))
        return b"\r\n".join(parts)

    def apart(self, line: bytes, algorithm: Canonicalization) -> bytes:
        """A canonical field that is not one of the message as it stands."""
        name = line[: line.find(b":")].rstrip(b" \t\r\n").lower()
        return canonical.field(name, line, algorithm, odd=self.odd)

    def chosen(self, names: Iterable[bytes], skip: int = -1) -> list[int]:
        """The fields that h= selects: from the bottom upwards (RFC 6376 §5.4.2)."""
        places = self.message.places
        left: dict[bytes, list[int]] = {}
        found: list[int] = []
        for name in names:
            if name not in places:
                continue
            if name not in left:
                left[name] = places[name].copy()
                if skip in left[name]:
                    left[name].remove(skip)
            if left[name]:
                found.append(left[name].pop())
        return found

    def field(self, index: int, algorithm: Canonicalization) -> bytes:
        """One canonical field of the message."""
        if algorithm is Canonicalization.SIMPLE:
            return self.message.lines[index]
        if index not in self._fields:
            name, line = self.message.names[index], self.message.lines[index]
            self._fields[index] = canonical.field(name, line, algorithm, odd=self.odd)
        return self._fields[index]
