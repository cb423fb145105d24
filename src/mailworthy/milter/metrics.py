"""What is counted, for Prometheus or for nobody."""

from importlib.util import find_spec
from typing import Any, Protocol

from mailworthy.errors import UsageError
from mailworthy.lookup.model import NOT_ASKED, Status
from mailworthy.milter.handled import Handled

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


class Meter(Protocol):
    """Is told of everything that is worth a number."""

    def handled(self, handled: Handled, seconds: float) -> None:
        """A message was answered for."""
        ...

    def connections(self, change: int) -> None:
        """Connections came or went."""
        ...

    def in_flight(self, change: int) -> None:
        """Messages are being judged, or are no longer."""
        ...

    def error(self, kind: str) -> None:
        """Something went wrong: malformed, internal, idle, full, memory."""
        ...


class Silent:
    """For nobody."""

    def handled(self, handled: Handled, seconds: float) -> None:
        """Forget it."""

    def connections(self, change: int) -> None:
        """Forget it."""

    def in_flight(self, change: int) -> None:
        """Forget it."""

    def error(self, kind: str) -> None:
        """Forget it."""


def dns_failures(handled: Handled) -> int:
    """How many questions about a message were asked and not answered."""
    if handled.verdict is None:
        return 0
    replies = {(step.reply.ask, step.reply.why) for step in handled.verdict.trace
               if step.reply.status is Status.FAILED}  # fmt: skip
    return sum(why not in NOT_ASKED for _, why in replies)


class Prometheus:
    """For Prometheus, in a registry of its own."""

    def __init__(self, registry: Any) -> None:
        from prometheus_client import Counter, Gauge, Histogram

        name = "mailworthy_milter_"
        self._messages = Counter(
            f"{name}messages", "Messages answered for.", ["origin", "did"], registry=registry
        )
        self._results = Counter(
            f"{name}results", "Results by method.", ["method", "result"], registry=registry
        )
        self._unsigned = Counter(
            f"{name}unsigned", "Mail of our own that was not signed.", ["why"], registry=registry
        )
        self._seconds = Histogram(
            f"{name}seconds", "Time to answer for a message.", buckets=_BUCKETS, registry=registry
        )
        self._failures = Counter(
            f"{name}dns_failures", "Questions without an answer.", registry=registry
        )
        self._errors = Counter(f"{name}errors", "What went wrong.", ["kind"], registry=registry)
        self._open = Gauge(
            f"{name}connections", "Open connections.", registry=registry,
            multiprocess_mode="livesum",
        )  # fmt: skip
        self._flying = Gauge(
            f"{name}in_flight", "Messages being judged.", registry=registry,
            multiprocess_mode="livesum",
        )  # fmt: skip

    def handled(self, handled: Handled, seconds: float) -> None:
        """Count what was done and found."""
        self._messages.labels(handled.origin.value, handled.act.value).inc()
        for method, result in handled.results:
            self._results.labels(method, result).inc()
        if handled.unsigned is not None:
            self._unsigned.labels(handled.unsigned.value).inc()
        self._seconds.observe(seconds)
        if failures := dns_failures(handled):
            self._failures.inc(failures)

    def connections(self, change: int) -> None:
        """Count them."""
        self._open.inc(change)

    def in_flight(self, change: int) -> None:
        """Count them."""
        self._flying.inc(change)

    def error(self, kind: str) -> None:
        """Count it."""
        self._errors.labels(kind).inc()


def need_prometheus() -> None:
    """Raises UsageError where the library is missing."""
    if find_spec("prometheus_client") is None:
        raise UsageError("metrics need a library: pip install 'mailworthy[metrics]'")
