"""The page of numbers that Prometheus fetches, for whoever asks, and at no cost to mail."""

import contextlib
import socket
import threading
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

AT_ONCE = 8  # who came first has to go when one more comes
_SECONDS = 10.0  # of silence


class _Handler(WSGIRequestHandler):
    timeout = _SECONDS

    def log_message(self, format: str, *args: Any) -> None:
        """Whoever asks for what is nobody's concern."""


class _Server(ThreadingMixIn, WSGIServer):
    """Descriptors and threads are those of the milter too: it holds only so many."""

    daemon_threads = True

    def __init__(self, *given: Any) -> None:
        self._open: dict[Any, None] = {}
        self._lock = threading.Lock()
        super().__init__(*given)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Everybody is served, and the oldest hung up on if they are too many."""
        with self._lock:
            self._open[request] = None
            oldest = next(iter(self._open)) if len(self._open) > AT_ONCE else None
            self._open.pop(oldest, None)
        if oldest is not None:
            with contextlib.suppress(OSError):
                oldest.shutdown(socket.SHUT_RDWR)
        return True

    def shutdown_request(self, request: Any) -> None:
        """It has been served."""
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who hangs up in the middle, or is silent, is no fault of ours."""


class _Server6(_Server):
    address_family = socket.AF_INET6


def serve(where: tuple[str, int], registry: Any) -> int:
    """Serve the numbers of a registry from a thread; the port. Raises OSError."""
    from prometheus_client import make_wsgi_app

    kind = _Server6 if ":" in where[0] else _Server
    made = make_server(*where, make_wsgi_app(registry), kind, _Handler)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    return made.server_port
