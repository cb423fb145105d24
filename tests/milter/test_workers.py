"""The process that looks after the others, at its worst moments."""

import os
import signal
from collections.abc import Callable

from mailworthy.milter.workers import _Parent


class Interrupted(dict[int, Callable[[], None]]):
    """Children, one of which has just ended; a signal comes before they are told apart."""

    def __init__(self, parent: _Parent) -> None:
        self.parent = parent
        self.signalled = False

    def pop(self, child: int, *default: object) -> Callable[[], None]:  # type: ignore[override]
        self.parent._pass_on(signal.SIGTERM, None)
        self.signalled = True
        return super().pop(child)


def test_a_signal_for_a_child_that_has_just_ended() -> None:
    parent = _Parent(2, None, lambda _: None)
    parent._children = children = Interrupted(parent)
    child = os.fork()
    if not child:
        os._exit(0)
    children[child] = lambda: None
    parent._wait()
    assert children.signalled
    assert not children
