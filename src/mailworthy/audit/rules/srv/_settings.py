"""The file that mail programs set themselves up from (autoconfig), as far as rules ask."""

from xml.parsers import expat

from mailworthy.lookup.model import Fetched

MAX_SERVERS = 20


def hosts(file: Fetched) -> tuple[str, ...] | None:
    """The host names of the servers in it; None if it is no such file."""
    seen = _Seen()
    try:
        seen.parser.Parse(file.body, True)
    except (expat.ExpatError, ValueError, LookupError, _Doctype):
        return None
    return tuple(dict.fromkeys(seen.hosts))[:MAX_SERVERS] if seen.root == "clientConfig" else None


class _Doctype(Exception):
    """Entities are nothing that such a file needs."""


class _Seen:
    def __init__(self) -> None:
        self.root, self.inside, self.text = "", "", ""
        self.hosts: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def doctype(self, *_: object) -> None:
        raise _Doctype

    def start(self, name: str, _: dict[str, str]) -> None:
        self.root = self.root or name
        self.inside, self.text = name, ""

    def characters(self, text: str) -> None:
        if self.inside == "hostname" and len(self.text) < 500:
            self.text += text

    def end(self, name: str) -> None:
        if name == "hostname" and self.text.strip() and len(self.hosts) < MAX_SERVERS:
            self.hosts.append(self.text.strip()[:500])
        self.inside = ""
