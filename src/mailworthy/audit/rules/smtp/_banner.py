"""What the rules about greetings share."""

from mailworthy.lookup.model import Dialled
from mailworthy.names import normalize

BANNER = "smtpd_banner = $myhostname ESMTP"


def name_of(talk: Dialled) -> str:
    """The first word of the greeting, as a name in the inside form; empty without one."""
    lines = talk.banner.lines if talk.banner and talk.banner.code == 220 else ()
    words = lines[0].split() if lines else []
    return normalize(words[0][:255]) if words else ""


def names_of(talks: tuple[Dialled, ...]) -> tuple[str, ...]:
    """All of them, each once."""
    return tuple(dict.fromkeys(name for talk in talks if (name := name_of(talk))))
