"""Which version of ours has read a content: a later one may see more in it."""

from functools import cache
from importlib.metadata import version


@cache
def reader() -> str:
    """The version of mailworthy."""
    return version("mailworthy")
