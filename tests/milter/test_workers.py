"""The process that looks after the others, at its worst moments."""

import os
import signal
import traceback
from collections.abc import Callable

from mailworthy.milter.workers import _Parent

Job = Callable[[], None]


class Interrupted(dict[int, Job]):
    """Children, one of which has just ended; a signal comes before that is known."""

    def __init__(self, parent: _Parent) -> None:
        self.parent = parent

    def pop(self, child: int, *default: object) -> Job:  # type: ignore[override]
        self.parent._pass_on(signal.SIGTERM, None)
        return super().pop(child, *default)  # type: ignore[arg-type]


def ended() -> int:
    """A child of this process that does nothing but end."""
    child = os.fork()
    if not child:
        os._exit(0)
    return child


def looked_after() -> None:
    """One child that is known, and one that is not: in a container all orphans are ours."""
    parent = _Parent(2, None, lambda _: None)
    parent._children = children = Interrupted(parent)
    ended()
    children[ended()] = lambda: None
    parent._wait()
    assert parent._ending
    assert not children


def test_a_signal_for_a_child_that_has_just_ended() -> None:
    """In a process of its own, which has no other children."""
    process = os.fork()
    if not process:
        code = 1
        try:
            looked_after()
            code = 0
        except BaseException:  # noqa: BLE001 - it is told below
            traceback.print_exc()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
