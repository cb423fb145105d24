"""DKIM key records: the TXT at `<selector>._domainkey.<domain>` (RFC 6376 §3.6.1, RFC 8463)."""

import re
from typing import TYPE_CHECKING

import msgspec

from mailworthy import taglist
from mailworthy.dkim.material import Fault, Form, Material, decode, is_private, load
from mailworthy.names import printable
from mailworthy.parsed import Parsed, Problem
from mailworthy.taglist import Tag, TagList

if TYPE_CHECKING:
    from mailworthy.dkim.material import PublicKey

KNOWN_TAGS = ("v", "k", "h", "s", "t", "n", "g", "p")
KEY_TYPES = ("rsa", "ed25519")
HASHES = ("sha256", "sha1")
_FATAL = (
    *("duplicate-tag", "missing-equals", "empty-name", "bad-name", "empty-tag"),
    "too-many-tags",
)
_SPACES = re.compile(r"[ \t\r\n]+")
_QUOTES = re.compile("[\"']")


class DkimKey(msgspec.Struct, frozen=True):
    """A key record that an engine can use.

    `v` and `h` are None where the record leaves them out; `p` is base64 without white space,
    empty when revoked. `form`, `bits` and `exponent` describe the key inside; they are
    NONE, 0 and 0 for a revoked key and for a key type we do not know. `others` keeps unknown
    tags in the order written.
    """

    p: str
    k: str = "rsa"
    v: str | None = "DKIM1"
    h: tuple[str, ...] | None = None
    s: tuple[str, ...] = ("*",)
    t: tuple[str, ...] = ()
    n: str = ""
    g: str | None = None
    others: tuple[tuple[str, str], ...] = ()
    form: Form = Form.NONE
    bits: int = 0
    exponent: int = 0

    @property
    def revoked(self) -> bool:
        """p= is empty: every signature by this selector fails (RFC 6376 §3.6.1)."""
        return not self.p

    @property
    def testing(self) -> bool:
        """t=y: verifiers treat the mail as unsigned."""
        return "y" in self.t

    @property
    def strict(self) -> bool:
        """t=s: the domain of i= must be d= itself."""
        return "s" in self.t

    @property
    def for_email(self) -> bool:
        """Whether s= lets the key sign mail."""
        return "*" in self.s or "email" in self.s

    def allows(self, hash_name: str) -> bool:
        """Whether h= lets signatures use this hash, such as "sha256"."""
        return self.h is None or hash_name in self.h

    def public_key(self) -> "PublicKey | None":
        """The key for the cryptography library; None if revoked or of an unknown type."""
        found = _material(self)
        return None if found is None else found.key


def parse(text: str) -> Parsed[DkimKey]:
    """Read a key record. Never raises; linear in the length of `text`.

    `record` is None where verifiers have no usable record: a broken tag-list, a version other
    than DKIM1, no p=, or a key that cannot be read (RFC 6376 §3.6.1, §6.1.2). A revoked key, a
    key that is too weak and an unknown key type do give a record.
    """
    tags = taglist.parse(text)
    reader = _Reader(text, tags)
    record = reader.read()
    found = sorted([*tags.problems, *reader.problems], key=lambda p: (p.start, p.end))
    return Parsed(record, tuple(found))


class _Reader:
    def __init__(self, text: str, tags: TagList) -> None:
        self.text = text
        self.tags = tags
        self.problems: list[Problem] = []
        # RFC 6376 §3.2: one bad tag-spec or a duplicate spoils the whole list.
        self.usable = not tags.has(*_FATAL)

    def read(self) -> DkimKey | None:
        self.version()
        self.leaked()
        key = self.key()
        h = self.hashes()
        record = DkimKey(
            p=key[1],
            k=key[0],
            v=self.tags.get("v"),
            h=h,
            s=self.services(),
            t=self.flags(),
            n=self.tags.get("n", "") or "",
            g=self.granularity(),
            others=self.others(),
        )
        return self.fill(record) if self.usable else None

    def fill(self, record: DkimKey) -> DkimKey:
        found = _material(record)
        if found is None:
            return record
        return msgspec.structs.replace(
            record, form=found.form, bits=found.bits, exponent=found.exponent
        )

    def note(self, code: str, message: str, tag: Tag | None = None) -> None:
        if tag is None:
            self.problems.append(Problem(code, message, 0, len(self.text)))
        else:
            self.problems.append(Problem(code, message, tag.start, tag.end))

    def fatal(self, code: str, message: str, tag: Tag | None = None) -> None:
        self.usable = False
        self.note(code, message, tag)

    def version(self) -> None:
        tag = self.tags.tag("v")
        if tag is None:
            return
        if tag.value != "DKIM1":
            shown = printable(tag.value, 40)
            self.fatal("bad-version", f"the version must be DKIM1, not {shown}", tag)
        if self.tags.tags[0] is not tag:
            self.fatal("version-not-first", "v=DKIM1 must be the first tag", tag)

    def leaked(self) -> None:
        p = self.tags.tag("p")
        rest = self.text if p is None else self.text[: p.start] + self.text[p.end :]
        if is_private(rest):
            self.note("private-key-published", "a private key stands in the record")

    def key(self) -> tuple[str, str]:
        k, tag = self.tags.get("k", "rsa") or "", self.tags.tag("p")
        if k not in KEY_TYPES:
            shown = printable(k, 40) or "an empty k="
            self.note("unknown-key-type", f"{shown} is no known key type", self.tags.tag("k"))
        if tag is None:
            self.fatal("missing-p", "the public key, p=, is missing")
            return k, ""
        p = _SPACES.sub("", tag.value)
        if not p:
            self.note("revoked", "p= is empty: this key is revoked", tag)
            return k, p
        self.splitting(tag, p)
        self.inside(k, p, tag)
        return k, p

    def splitting(self, tag: Tag, p: str) -> None:
        if len(p) != len(tag.value):
            self.note("whitespace-in-key", "white space stands inside p=", tag)
        if _QUOTES.search(p):
            self.note("quotes-in-key", "quotation marks became part of p=", tag)

    def inside(self, k: str, p: str, tag: Tag) -> None:
        if k not in KEY_TYPES and not is_private(p):
            return
        found = load(k, p)
        if isinstance(found, Fault):
            self.fatal(found.code, found.message, tag)
        elif k == "rsa":
            self.size(found.bits, tag)

    def size(self, bits: int, tag: Tag) -> None:
        """RFC 8301 §3.2."""
        if bits < 1024:
            self.note("weak-rsa", f"{bits} bits: signatures with this key always fail", tag)
        elif bits < 2048:
            self.note("small-rsa", f"{bits} bits: 2048 are recommended", tag)
        elif bits > 4096:
            self.note("large-rsa", f"{bits} bits: verifiers need not go beyond 4096", tag)

    def words(self, name: str) -> tuple[str, ...] | None:
        tag = self.tags.tag(name)
        if tag is None:
            return None
        return tuple(w for part in tag.value.split(":") if (w := part.strip(" \t\r\n")))

    def hashes(self) -> tuple[str, ...] | None:
        h, tag = self.words("h"), self.tags.tag("h")
        if h is None:
            return None
        if "sha256" not in h and "sha1" in h:
            self.note("sha1-only", "h= allows only sha1, which nobody accepts", tag)
        if unknown := [w for w in h if w not in HASHES]:
            shown = printable(unknown[0], 40)
            self.note("unknown-hash", f"{shown} is no known hash algorithm", tag)
        return h

    def services(self) -> tuple[str, ...]:
        s = self.words("s")
        if s is None:
            return ("*",)
        if "*" not in s and "email" not in s:
            message = "s= names neither * nor email: the key is not for mail"
            self.note("service-not-email", message, self.tags.tag("s"))
        return s

    def flags(self) -> tuple[str, ...]:
        t = self.words("t") or ()
        if "y" in t:
            message = "t=y, testing: verifiers treat the mail as unsigned"
            self.note("testing", message, self.tags.tag("t"))
        return t

    def granularity(self) -> str | None:
        g = self.tags.get("g")
        if g is not None:
            hazard = "an empty g= matched no address at all" if not g else "it limits nothing today"
            message = f"g= went out with RFC 4871: {hazard}"
            self.note("granularity", message, self.tags.tag("g"))
        return g

    def others(self) -> tuple[tuple[str, str], ...]:
        unknown = [t for t in self.tags if t.name not in KNOWN_TAGS]
        for tag in unknown:
            self.note("unknown-tag", f"the tag {printable(tag.name, 40)} is not defined", tag)
        return tuple((t.name, t.value) for t in unknown)


def _material(key: DkimKey) -> Material | None:
    if key.revoked or key.k not in KEY_TYPES:
        return None
    found = load(key.k, key.p)
    return None if isinstance(found, Fault) else found


def render(key: DkimKey) -> str:
    """The record as text, defaults left out except for k=, the key last."""
    pairs: list[tuple[str, str]] = [] if key.v is None else [("v", key.v)]
    pairs.append(("k", key.k))
    if key.h is not None:
        pairs.append(("h", ":".join(key.h)))
    if key.s != ("*",):
        pairs.append(("s", ":".join(key.s)))
    if key.t:
        pairs.append(("t", ":".join(key.t)))
    if key.n:
        pairs.append(("n", key.n))
    if key.g is not None:
        pairs.append(("g", key.g))
    return taglist.render([*pairs, *key.others, ("p", key.p)])


def same_key(a: DkimKey, b: DkimKey) -> bool:
    """Whether two records hold the same key, however it is packed.

    A revoked record holds none and is the same as nothing.
    """
    if a.k != b.k or a.revoked or b.revoked:
        return False
    one, other = _material(a), _material(b)
    if one is None or other is None:
        return one is other and (a.p == b.p or _octets(a) == _octets(b) is not None)
    return one.key == other.key


def _octets(key: DkimKey) -> bytes | None:
    return decode(key.p)
