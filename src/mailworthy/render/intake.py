"""What became of reports that came in, for people and for programs."""

from collections.abc import Iterator

import msgspec

from mailworthy.reports.intake.model import Done, What


def text_lines(done: Done) -> Iterator[str]:
    """A line for the thing, and one for everything in it that could not be read."""
    reports = len(done.saved)
    of = f" ({reports} reports)" if reports > 1 else ""
    trust = f", {done.trust.word}" if done.trust is not None and done.saved else ""
    reason = f": {done.reason}" if done.reason else ""
    yield f"{done.what:9} {done.name}{of}{trust}{reason}"
    for problem in done.problems:
        if done.what is not What.OTHER:
            yield f"          {problem.fault}: {problem.reason}"


def json_line(done: Done) -> str:
    """All of it as one line of JSON."""
    return msgspec.json.encode(done).decode()
