"""Reading a mail server: what its programs and files say, as values.

Everything here is pure: `engine.reading` yields what it wants to know, is told, and returns a
`Server`. Who asks this machine or another one is in `probe.host`.
"""

from mailworthy.servers.reading.model import Server, Unread

__all__ = ["Server", "Unread"]
