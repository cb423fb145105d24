"""What goes wrong with an IMAP server."""

from mailworthy.errors import MailworthyError


class ImapError(MailworthyError):
    """Root of these; the text is one clear line for a person."""


class Gone(ImapError):
    """The connection is lost, or the server took too long; connecting again may help."""


class Lied(Gone):
    """The server sent what no server may send, or more than anybody needs."""


class Refused(ImapError):
    """The server said no to one command; the connection is as good as before."""


class LoginRefused(ImapError):
    """The server does not let us in."""
