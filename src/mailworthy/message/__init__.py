"""Messages as they came: any bytes, never written anew (RFC 5322, read without trust)."""

from mailworthy.message.faults import faults
from mailworthy.message.header import Field, Message, read

__all__ = ["Field", "Message", "faults", "read"]
