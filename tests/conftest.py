"""What every test may rely on: markers, Hypothesis profiles, and no silent skips under CI."""

import os
import shutil
import signal
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

MARKERS = {
    "lab": "needs real daemons (BIND, Postfix, Rspamd, nginx) on this machine",
    "browser": "needs a real browser",
    "proof": "long: left out of `make test`, part of `make proof`",
    "oracle": "compares with another implementation (extra: oracles)",
    "daemon(name)": "needs this daemon, which .ci/run may put into CI_WITHOUT: see there",
}
MUST_RUN = ("lab", "browser")
CI = bool(os.environ.get("CI"))
# Daemons that this release of the system has no package of.
WITHOUT = frozenset(os.environ.get("CI_WITHOUT", "").split())

# No deadlines: this may run on a busy machine, and time is never what a test asserts.
settings.register_profile(
    "smoke", deadline=None, derandomize=CI, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "proof",
    deadline=None,
    max_examples=5000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("smoke")


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    # A shell has what it runs in the background ignore Ctrl-C, and all that this starts: some
    # tests are about what Ctrl-C does.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI a lab or browser test that was skipped has failed."""
    report = yield
    must_run = any(item.get_closest_marker(name) for name in MUST_RUN) and not excused(item)
    if CI and must_run and report.skipped and not hasattr(report, "wasxfail"):
        refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file of `tests/lab` or `tests/browser` that skips itself."""
    report = yield
    must_run = any(f"/{name}/" in f"/{collector.nodeid}" for name in MUST_RUN)
    if CI and must_run and report.skipped:
        refuse(report)
    return report


def excused(item: pytest.Item) -> bool:
    """Whether a test needs a daemon that cannot be had here: one that is there is no excuse."""
    names = {mark.args[0] for mark in item.iter_markers("daemon")}
    return any(name in WITHOUT and shutil.which(name) is None for name in names)


def refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure that keeps the reason."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"skipped, and CI allows no skip here: {reason}"
