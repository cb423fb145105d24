"""Messages of every kind for the comparison, the same for a number on every machine."""

import base64
import random
import time
from collections.abc import Callable

import msgspec

from arc_forge import ended, written
from lab.comparetables import AUTHORS, SELECTED, SPECIAL
from lab.compareworld import (
    BELOW,
    EXISTING,
    GOOD,
    GOOD6,
    LAME,
    MISSING,
    POLICIES,
    SPF,
    signing_key,
)
from lab.mtaside import Posted
from mailworthy.dkim.canonical import Canonicalization
from mailworthy.dkim.hashing import Hashing
from mailworthy.message.header import read

CLIENTS = {
    GOOD: "mail.sender.example",
    GOOD6: "mail.sender.example",
    "203.0.113.66": "mail.spoofer.example",
    "2001:db8:3::66": "mail.spoofer.example",
    "203.0.113.67": "unknown",
}
BOB = "bob@receiver.example"
KINDS = ("clean", "spoofed", "forwarded", "list", "malformed", "authors", "spf", "dkim", "below")
HELOS = ("mail.sender.example", "mail.spoofer.example", "pass.spf.example", "localhost")
NAMES = "From:To:Subject:Date:Message-ID"


class Case(msgspec.Struct, frozen=True):
    """A message, and what is known of how it was made."""

    number: int
    kind: str
    posted: Posted
    author: str  # the domain of the only From address, "" if there is none or are several
    traits: frozenset[str]  # what was done to it: "l=", "sha1", "body", …
    signatures: tuple[tuple[str, str, str], ...] = ()  # domain, selector, what is special


class Draft:
    """One message in the making; every choice comes from one seeded source."""

    def __init__(self, number: int, kind: str) -> None:
        self.number, self.kind = number, kind
        self.random = random.Random(f"mail {number}")
        self.traits: set[str] = set()
        self.signed: list[tuple[str, str, str]] = []
        self.now = int(time.time())
        self.domain = self.pick(list(POLICIES))
        self.author = self.domain
        self.ip = self.pick([GOOD, GOOD, GOOD6])
        self.helo = "mail.sender.example"
        self.sender: str | None = None
        self.fields: list[bytes] = []
        self.body = b"".join(self.line() for _ in range(self.random.randrange(1, 8)))

    def pick(self, some: list[str]) -> str:
        return self.random.choice(some)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def line(self) -> bytes:
        words = self.random.choices([b"hello", b"world", b"  ", b"\t", b"x", b"."], k=6)
        return b" ".join(words) + b"\r\n"

    def header(self, author: bytes | None = None) -> None:
        """The usual fields."""
        shown = b"alice@" + self.author.encode() if author is None else author
        self.fields = [
            b"From: " + shown,
            b"To: " + BOB.encode(),
            b"Subject: message %d" % self.number,
            b"Date: " + time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime()).encode(),
            b"Message-ID: <%d@compare.example>" % self.number,
        ]

    @property
    def message(self) -> bytes:
        return b"".join(field + b"\r\n" for field in self.fields) + b"\r\n" + self.body

    def sign(self, domain: str, name: str = "r", special: str = "", **tags: str | None) -> None:
        """One signature on top, under a selector of its own."""
        count = sum(1 for d, s, _ in self.signed if s.rstrip("0123456789") == name)
        selector = f"{name}{count}"
        algorithm = "ed25519-sha256" if name == "e" else "rsa-sha256"
        canons = self.canonicalizations(tags.get("c"))
        hashing = Hashing(read(self.message))
        length = int(tags["l"]) if tags.get("l") else None
        usual = {
            "v": "1",
            "a": algorithm,
            "c": f"{canons[0]}/{canons[1]}",
            "d": domain,
            "s": selector,
            "t": str(self.now - 10),
            "h": NAMES,
            "bh": base64.b64encode(hashing.body_hash(canons[1], length)).decode(),
        }
        own = written("DKIM-Signature", tags, usual).encode()
        chosen = [n.strip().lower().encode() for n in (tags.get("h") or NAMES).split(":")]
        data = hashing.header(chosen, own, canons[0])
        self.fields.insert(0, ended(own, data, tags, signing_key(selector)))
        self.signed.append((domain, selector, special))
        if special:
            self.traits.add(special)

    def canonicalizations(self, wanted: str | None) -> list[Canonicalization]:
        """Those of header and body: as c= says, if it says something, or any."""
        found = [self.pick(["simple", "relaxed"]) for _ in range(2)]
        if wanted and wanted != "nofws":
            header, _, body = wanted.partition("/")
            found = [header, body or "simple"]
        return [Canonicalization(each) for each in found]

    def case(self, author: str | None = None) -> Case:
        sender = f"alice@{self.author}" if self.sender is None else self.sender
        posted = Posted(self.ip, CLIENTS[self.ip], self.helo, sender, BOB, self.message)
        shown = self.author if author is None else author
        traits = frozenset(self.traits)
        return Case(self.number, self.kind, posted, shown, traits, tuple(self.signed))


def case(number: int) -> Case:
    """The message of a number."""
    kind = KINDS[number % len(KINDS)]
    return _MAKERS[kind](Draft(number, kind))


def _clean(draft: Draft) -> Case:
    draft.header()
    for _ in range(draft.random.randrange(1, 4)):
        draft.sign(draft.author, draft.pick(["r", "e", "m"]))
    return draft.case()


def _spoofed(draft: Draft) -> Case:
    """Somebody else's address; perhaps with a signature and SPF of the spoofer's own."""
    draft.ip = draft.pick(["203.0.113.66", "2001:db8:3::66", "203.0.113.67"])
    draft.helo = draft.pick(list(HELOS))
    draft.header()
    if draft.chance(0.3):
        draft.sender = (
            f"x@{draft.pick(['spoofer.example', 'soft.spf.example', 'none.spf.example'])}"
        )
    if draft.chance(0.3):
        other = draft.pick(list(POLICIES))
        draft.sign(other)
    if draft.chance(0.3):
        draft.sign(draft.author, "wrong", "wrong key")
    return draft.case()


def _forwarded(draft: Draft) -> Case:
    """As it came, from another address; the envelope kept or rewritten."""
    draft.header()
    draft.sign(draft.author, draft.pick(["r", "e"]))
    draft.ip, draft.helo = "203.0.113.66", "mail.spoofer.example"
    if draft.chance(0.3):
        draft.sender = "srs@spoofer.example"
    if draft.chance(0.2):
        draft.sender = ""
    draft.fields.insert(0, b"Received: from a.example by b.example; " + draft.fields[-2][6:])
    return draft.case()


def _list(draft: Draft) -> Case:
    """A mailing list: a footer, a mark in the subject, perhaps a signature of its own."""
    draft.header()
    footed = draft.chance(0.7)
    length = str(len(draft.body)) if draft.chance(0.3) else None
    if length and footed:
        draft.traits.add("appended")
    draft.sign(
        draft.author,
        "r",
        "l=" if length else "",
        **({"l": length, "c": "simple/simple"} if length else {}),
    )
    draft.ip, draft.helo = "203.0.113.66", "mail.spoofer.example"
    draft.sender = "list-bounces@spoofer.example"
    if footed:
        draft.body += b"-- \r\nthe list\r\n"
    if draft.chance(0.5):
        place = next(i for i, f in enumerate(draft.fields) if f.startswith(b"Subject:"))
        draft.fields[place] = draft.fields[place].replace(b": ", b": [list] ")
    draft.fields.append(b"List-Id: <list.spoofer.example>")
    if draft.chance(0.5):
        draft.sign(draft.pick(list(POLICIES)), "e")
    return draft.case()


_MALFORMED: tuple[tuple[str, Callable[[Draft], None]], ...] = (
    ("folded", lambda d: _replace(d, b"Subject: ", b"Subject:\r\n\t \r\n odd ")),
    ("tabs", lambda d: _replace(d, b": ", b":\t \t")),
    ("trailing", lambda d: _replace(d, b"Subject: ", b"Subject:  x  \t ")),
    ("nothing", lambda d: setattr(d, "body", b"")),
    ("blank lines", lambda d: setattr(d, "body", d.body + b" \r\n\t\r\n\r\n\r\n")),
    ("8 bit", lambda d: _replace(d, b"Subject: ", b"Subject: \xe4\xff\xf6 ")),
    ("upper", lambda d: _replace(d, b"From:", b"FROM:")),
    ("two subjects", lambda d: d.fields.append(b"Subject: another")),
    ("no date", lambda d: d.fields.pop(3)),
    ("long", lambda d: d.fields.append(b"X-Long: " + b"x" * 5000)),
    ("many", lambda d: d.fields.extend([b"X-Many: y"] * 200)),
    ("empty field", lambda d: d.fields.append(b"X-Empty:")),
    ("dots", lambda d: setattr(d, "body", b".\r\n..\r\n.x\r\n")),
)


def _replace(draft: Draft, old: bytes, new: bytes) -> None:
    draft.fields = [
        f.replace(old, new, 1) if f.startswith(old[:4]) or old == b": " else f for f in draft.fields
    ]


def _malformed(draft: Draft) -> Case:
    draft.header()
    for name, change in draft.random.sample(_MALFORMED, k=draft.random.randrange(1, 4)):
        change(draft)
        draft.traits.add(name)
    if draft.chance(0.8):
        draft.sign(draft.author, draft.pick(["r", "e"]))
    if draft.chance(0.3):
        draft.sign(draft.author, "r", c="relaxed/relaxed")
    return draft.case()


def _authors(draft: Draft) -> Case:
    """From in every form."""
    trait = draft.pick(list(AUTHORS))
    domain = draft.domain.encode()
    text = AUTHORS[trait].replace(b"{d}", domain).replace(b"{D}", domain.upper())
    draft.header(text)
    draft.traits.add(trait)
    if draft.chance(0.5):
        draft.sign(draft.domain)
    if draft.chance(0.4):
        draft.ip, draft.helo = "203.0.113.66", "mail.spoofer.example"
    draft.sender = f"alice@{draft.domain}"
    single = trait not in (
        *("two", "two domains", "two fields", "two fields alike", "none", "no address"),
        *("empty group", "literal", "two brackets", "semicolon"),
    )
    return draft.case(draft.domain if single else "")


def _spf(draft: Draft) -> Case:
    """Senders of every kind, aligned or not."""
    name = draft.pick(list(SPF))
    draft.traits.add(name)
    draft.ip = draft.pick(list(CLIENTS))
    draft.helo = draft.pick([*HELOS, f"{name}.spf.example"])
    local = draft.pick(["user", "a-user", "", "A+b", "strong-bad"])
    draft.sender = f"{local}@{name}.spf.example" if local else ""
    if not local:
        draft.helo = f"{name}.spf.example"
        draft.traits.add("null sender")
    draft.header()
    if draft.chance(0.3):
        draft.sign(draft.author)
    if draft.chance(0.1):
        draft.sender = f"x@{draft.pick([LAME, 'absent.example', 'x_y.spf.example'])}"
        draft.traits.add("odd sender")
    return draft.case()


def _dkim(draft: Draft) -> Case:
    """Signatures of every kind, and up to a dozen of them."""
    draft.header()
    for _ in range(1 if draft.chance(0.7) else draft.random.randrange(2, 4)):
        _one_signature(draft)
    if draft.chance(0.1):
        for _ in range(3):
            draft.sign(draft.author, "r")
            draft.sign(draft.author, "e")
            draft.sign(draft.pick(list(POLICIES)), "m")
        draft.traits.add("many signatures")
    if draft.chance(0.15):
        draft.body += b"more\r\n"
        draft.traits.add("appended")
    if draft.chance(0.5):
        draft.sender = "x@fail.spf.example"
    return draft.case()


def _one_signature(draft: Draft) -> None:
    if draft.chance(0.4):
        name = draft.pick(SELECTED)
        draft.sign(draft.author, name, f"key {name}")
    elif draft.chance(0.1):
        draft.sign(draft.pick([LAME, "absent.example", "x.reject.example"]), "r", "no key")
    else:
        name = draft.pick(list(SPECIAL))
        here = {"now": str(draft.now), "later": str(draft.now + 9999), "d": draft.author}
        tags = {k: v and v.format(**here) for k, v in SPECIAL[name].items()}
        if name == "l too long":
            tags["bh"] = base64.b64encode(
                Hashing(read(draft.message)).body_hash(Canonicalization.SIMPLE)
            ).decode()
        draft.sign(draft.author, draft.pick(["r", "r", "e"]), name, **tags)


def _below(draft: Draft) -> Case:
    """Authors, signers and senders above and below each other."""
    domain = draft.domain
    near = [domain, f"{EXISTING}.{domain}", *(n for n in BELOW if n.endswith(f".{domain}"))]
    places = [*near, f"{MISSING}.{domain}", f"a.b.{domain}", f"shop.{domain}"]
    draft.author = draft.pick([*places, *([LAME, "absent.example"] if draft.chance(0.2) else [])])
    draft.header()
    if draft.chance(0.6):
        draft.sign(draft.pick(near), draft.pick(["r", "e"]))
    draft.sender = f"alice@{draft.pick(near)}"
    if draft.chance(0.4):
        draft.ip, draft.helo = "203.0.113.66", "mail.spoofer.example"
    return draft.case()


_MAKERS: dict[str, Callable[[Draft], Case]] = {
    "clean": _clean,
    "spoofed": _spoofed,
    "forwarded": _forwarded,
    "list": _list,
    "malformed": _malformed,
    "authors": _authors,
    "spf": _spf,
    "dkim": _dkim,
    "below": _below,
}
