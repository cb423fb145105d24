"""An inbox as a process: listens until it is told to stop, and tidies up in between."""

import asyncio
import contextlib
import signal
import socket
import ssl
from collections.abc import Callable, Sequence

import msgspec

from mailworthy.errors import UsageError
from mailworthy.inbox.boxes import Boxes
from mailworthy.inbox.edge.desk import Desk
from mailworthy.inbox.edge.pages import Folder
from mailworthy.inbox.edge.server import How, Server
from mailworthy.milter.place import Place, clean_up, parse, sockets
from mailworthy.names import printable

_HOUR = 3600.0


class Where(msgspec.Struct, frozen=True):
    """A place to listen: `unix:PATH` or `ADDRESS:PORT`."""

    text: str
    lmtp: bool = False


class Serving(msgspec.Struct, frozen=True):
    """What is served, where, and within which bounds; `group` may use sockets too."""

    desk: Desk
    boxes: Boxes
    places: Sequence[Where]
    folder: Folder | None = None
    octets: int = 10 << 20
    tls: ssl.SSLContext | None = None
    group: str = ""


def certificate(chain: str, key: str) -> ssl.SSLContext:
    """What STARTTLS is offered with. Raises OSError for files that hold no such thing."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, key)
    return context


def serve(serving: Serving, told: Callable[[str], None]) -> None:
    """Listen until SIGINT or SIGTERM; `told` hears where. Raises UsageError where that is
    impossible."""
    with contextlib.ExitStack() as stack:
        listening = []
        for where in serving.places:
            place = _place(where.text)
            found = sockets(place, mode=0o660, group=serving.group, environment={})
            stack.callback(clean_up, place)  # not before it is ours
            listening += [(where, sock) for sock in found]
        asyncio.run(_serve(serving, listening, told))


def _place(text: str) -> Place:
    """Where to listen. Raises UsageError for what is no such place."""
    try:
        return parse(text if text.startswith("unix:") else f"inet:{text}")
    except UsageError:
        shown = printable(text, 80)
        raise UsageError(f"{shown} is no place to listen: ADDRESS:PORT, unix:/PATH") from None


async def _serve(
    serving: Serving, listening: Sequence[tuple[Where, socket.socket]], told: Callable[[str], None]
) -> None:
    stopped = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    if serving.folder is not None:
        serving.folder.prepare()
    servers = [await _server(serving, where, sock) for where, sock in listening]
    for _, sock in listening:
        told(f"listening on {_shown(sock)}")
    tidying = asyncio.create_task(_tidy(serving.folder))
    await stopped.wait()
    tidying.cancel()
    for server in servers:
        server.close()


async def _server(serving: Serving, where: Where, sock: socket.socket) -> asyncio.Server:
    tls = None if where.lmtp else serving.tls
    how = How(socket.gethostname(), serving.octets, where.lmtp, tls)
    handler = Server(serving.boxes, serving.desk.take, how).serve
    return await asyncio.start_server(handler, sock=sock)


async def _tidy(folder: Folder | None) -> None:
    """Remove what is old, as long as we run."""
    while folder is not None:
        await asyncio.to_thread(folder.clean)
        await asyncio.sleep(_HOUR)


def _shown(sock: socket.socket) -> str:
    name = sock.getsockname()
    return name if isinstance(name, str) else f"{name[0]}:{name[1]}"
