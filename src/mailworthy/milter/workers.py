"""Several processes on the same sockets, and one that looks after them."""

import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from mailworthy.milter.metrics import Meter, Prometheus, Silent

_PAUSE = 1.0  # seconds before a process is replaced that died by itself
_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

Work = Callable[[Meter], None]


def run(count: int, metrics: tuple[str, int] | None, work: Work) -> None:
    """Run `work` in this process, or in `count` of them, with a page of numbers for Prometheus.

    A process that dies is replaced; signals go to all.
    """
    if count == 1:
        work(_alone(metrics))
    else:
        _Parent(count, metrics, work).run()


def _alone(metrics: tuple[str, int] | None) -> Meter:
    if metrics is None:
        return Silent()
    from prometheus_client import CollectorRegistry

    from mailworthy.milter.scrape import serve

    registry = CollectorRegistry()
    serve(metrics, registry)
    return Prometheus(registry)


class _Parent:
    """Owns the processes; their numbers meet in a folder that goes when it ends."""

    def __init__(self, count: int, metrics: tuple[str, int] | None, work: Work) -> None:
        self._count, self._metrics, self._work = count, metrics, work
        self._children: dict[int, Callable[[], None]] = {}
        self._ending = False
        self._alive = os.pipe()  # of which the children see the end when their parent is killed

    def run(self) -> None:
        folder = tempfile.mkdtemp(prefix="mailworthy") if self._metrics else ""
        if folder:  # the library looks at this once, when it is loaded
            os.environ[_FOLDER] = folder
        for number in _PASSED_ON:
            signal.signal(number, self._pass_on)
        try:
            for _ in range(self._count):
                self._start(self._serve)
            if self._metrics:
                self._start(self._page)
            self._wait()
        finally:
            if folder:
                shutil.rmtree(folder, ignore_errors=True)

    def _start(self, job: Callable[[], None]) -> None:
        """Signals wait until parent and child know who they are."""
        sys.stdout.flush()
        signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
        child = os.fork()
        if child:
            self._children[child] = job
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
            return
        for number in _PASSED_ON:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
        os.close(self._alive[1])
        threading.Thread(target=_outlive, args=(self._alive[0],), daemon=True).start()
        _end_after(job)

    def _serve(self) -> None:
        meter: Meter = Silent()
        if self._metrics:
            from prometheus_client import CollectorRegistry

            meter = Prometheus(CollectorRegistry())
        self._work(meter)

    def _page(self) -> None:
        from prometheus_client import CollectorRegistry
        from prometheus_client.multiprocess import MultiProcessCollector

        from mailworthy.milter.scrape import serve

        assert self._metrics is not None
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        serve(self._metrics, registry)
        signal.pause()

    def _wait(self) -> None:
        while self._children:
            job = self._children.pop(child := _ended(), None)
            os.waitpid(child, 0)  # only now: a signal may come at any time, and be passed on
            if job is None:  # an orphan: in a container we may be number 1
                continue
            if self._metrics:
                from prometheus_client.multiprocess import mark_process_dead

                mark_process_dead(child)  # type: ignore[no-untyped-call]
            if not self._ending:
                time.sleep(_PAUSE)
            if not self._ending:
                self._start(job)
            if self._ending:  # perhaps since a moment ago
                self._tell(signal.SIGTERM)

    def _pass_on(self, number: int, _: Any) -> None:
        self._ending = self._ending or number != signal.SIGHUP
        self._tell(number)

    def _tell(self, number: int) -> None:
        for child in self._children:
            os.kill(child, number)


def _ended() -> int:
    """A child that has ended, and still has its number."""
    found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    assert found is not None
    return found.si_pid


def _outlive(pipe: int) -> None:
    """A child without a parent ends: nobody would replace it or tell it to."""
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _end_after(job: Callable[[], None]) -> NoReturn:
    """A child does its work and nothing of what its parent would do then."""
    code = 1
    try:
        job()
        code = 0
    except BaseException:  # noqa: BLE001 - there is nobody above us
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)
