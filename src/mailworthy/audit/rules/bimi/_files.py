"""What the rules about the files of BIMI share: how they are shown, and a world with good ones."""

from base64 import b64encode
from typing import Any

from mailworthy.audit.case import Case
from mailworthy.audit.finding import AskOther, Found, Remedy, Shown, word
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.audit.healthychain import AUTHORITY, GOOD
from mailworthy.audit.rules.bimi._shared import OWN, line
from mailworthy.lookup.model import Fetch, Fetched, Status
from mailworthy.names import printable

LOGO_URL = "https://www.example.com/logo.svg"
MARK_URL = "https://www.example.com/mark.pem"
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" '
    'viewBox="0 0 9 9"><title>Example</title><circle cx="4" cy="4" r="4"/></svg>'
)
WHO = "whoever runs the web server"


def pem(*chain: bytes) -> str:
    """Certificates as text."""
    parts = (b64encode(der).decode() for der in chain)
    return "".join(f"{_BEGIN}\n{part}\n{_END}\n" for part in parts)


_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
MARK = pem(GOOD, AUTHORITY)


def picture(logo: str | Fetched = LOGO, mark: str | Fetched = MARK, **more: Any) -> Case:
    """The healthy world with BIMI in use, and these two files."""
    record = line(f"v=BIMI1; l={LOGO_URL}; a={MARK_URL}")
    fetches = {POLICY_URL: POLICY, LOGO_URL: logo, MARK_URL: mark}
    return healthy(drop=(OWN,), add=(record,), fetches=fetches, **more)


def status(url: str, code: int) -> Fetched:
    """An answer without a file."""
    return Fetched(Fetch(url), Status.FOUND, code=code, content_type="text/html")


def served(file: Fetched) -> bool:
    """Whether the file itself came."""
    return file.status is Status.FOUND and file.code == 200


def complaint(name: str, file: Fetched, message: str, what: str) -> Found:
    """The finding about a file, to be mended where it is served."""
    url = printable(file.ask.url, 300)
    said = f"HTTP {file.code}, {file.content_type or 'no content type'}, {len(file.body)} octets"
    why = file.detail if file.status is Status.FAILED else said
    return Found(
        subject=name,
        message=f"{url} {message}",
        evidence=(Shown(f"curl -si {word(file.ask.url)}", printable(why, 200)),),
        remedy=Remedy((AskOther(WHO, f"Please mend {url}: {what}"),)),
    )
