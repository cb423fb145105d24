"""Where servers of ours listen: on this machine, and nowhere else."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from ipaddress import ip_address

import msgspec

from mailworthy.errors import UsageError
from mailworthy.reports.shown import shown

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_CHUNK = 1 << 16
_MODE = 0o660


class Place(msgspec.Struct, frozen=True):
    """A socket in the file system (`path`), or a loopback address with a port."""

    path: str = ""
    host: str = ""
    port: int = 0


def parse(text: str) -> Place:
    """`unix:PATH` or `ADDRESS:PORT`. Raises UsageError for an address that others can reach."""
    if text.startswith("unix:") and text != "unix:":
        return Place(path=text.removeprefix("unix:"))
    host, _, port = text.rpartition(":")
    try:
        address, number = ip_address(host.strip("[]")), int(port)
    except ValueError:
        raise UsageError(f"{shown(text, 80)} is neither unix:PATH nor ADDRESS:PORT") from None
    if not address.is_loopback or not 0 <= number < 65536:
        raise UsageError(
            f"{shown(text, 80)} could be reached from elsewhere: listen on 127.0.0.1 or a socket,"
            " behind your own mail or web server"
        )
    return Place(host=str(address), port=number)


async def listen(place: Place, handler: Handler, *, group: str = "") -> asyncio.Server:
    """Listen; a socket in the file system is for its owner and a group. Raises OSError, and
    UsageError for a group that there is not."""
    if not place.path:
        return await asyncio.start_server(handler, place.host, place.port, limit=_CHUNK)
    old = os.umask(0o177)  # nobody gets in before the mode is set
    try:
        server = await asyncio.start_unix_server(handler, place.path, limit=_CHUNK)
    finally:
        os.umask(old)
    try:
        if group:
            shutil.chown(place.path, group=group)
    except LookupError:
        server.close()
        raise UsageError(f"there is no group {shown(group, 60)}") from None
    os.chmod(place.path, _MODE)
    return server
