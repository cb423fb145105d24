"""Exceptions, for misuse only: malformed input from the world is a value, never an exception."""


class MailworthyError(Exception):
    """Root of everything that mailworthy raises on purpose."""


class UsageError(MailworthyError):
    """The caller asked for something impossible; the text is one clear line for a person."""
