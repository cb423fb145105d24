"""Text of a report made fit for keeping: one line, printable, bounded."""

from mailworthy.names import harmless


def shown(text: str, limit: int = 200) -> str:
    """`text` on one line of at most `limit` characters, ending in `…` where it was cut.

    Letters of any script stay; what could steer a terminal is escaped, lone surrogates included.
    """
    line = harmless(" ".join(text[: 2 * limit].split()))
    return line if len(line) <= limit and len(text) <= 2 * limit else line[: limit - 1] + "…"
