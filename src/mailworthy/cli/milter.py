"""`mailworthy milter`."""

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailworthy.lookup.drive import Resolver
    from mailworthy.milter.judge import Judge
    from mailworthy.milter.metrics import Meter
    from mailworthy.milter.policy import MilterPolicy


def _settings(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Tell every setting with its default, as TOML has it, and end."""
    import msgspec

    from mailworthy.milter.policy import HELP, MilterPolicy

    if not wanted:
        return
    for field in msgspec.structs.fields(MilterPolicy):
        click.echo(f"{field.name} = {msgspec.json.encode(field.default).decode()}")
        click.echo(click.wrap_text(HELP[field.name], 80, "    ", "    ") + "\n")
    context.exit()


@click.command()
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    envvar="MAILWORTHY_MILTER_CONFIG",
    help="The settings; `mailworthy config milter` writes them.",
)
@click.option(
    "--listen",
    multiple=True,
    metavar="WHERE",
    help="inet:ADDRESS:PORT, unix:PATH or systemd; repeatable.  [default: as the settings say]",
)
@click.option("--dns", metavar="WHERE", help="Where to ask.  [default: as the settings say]")
@click.option("--check", is_flag=True, help="Say whether settings and keys are good, and end.")
@click.option(
    "--settings",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_settings,
    help="List every setting, its default and what it means, and end.",
)
def command(config: Path | None, listen: tuple[str, ...], dns: str | None, check: bool) -> None:
    """Judge mail while the mail server takes it: accept, mark as spam, refuse, or come later.

    Adds Authentication-Results and takes forged ones out. Mail of your own people and machines is
    not judged, and is signed where the settings name keys. Every message is a line of JSON on
    standard output.

    SIGHUP reads settings and keys anew: connections that are open end with the old ones. SIGTERM
    ends when what is under way has been answered. What the places to listen, `dns`, `timeout`,
    `workers` and `metrics` say is looked at once, at the beginning.
    """
    from mailworthy.milter.load import load_judge

    policy = _policy(config, listen, dns)
    judge = load_judge(policy)
    if check:
        with _resolver(policy):
            pass  # settings of DNS are good
        which = config or "no --config, so the defaults"
        click.echo(f"{which}: good: judges as {judge.profile.name}, {_signing(judge)}")
        return
    _serve(policy, judge, lambda: load_judge(_policy(config, listen, dns)))


def _policy(config: Path | None, listen: tuple[str, ...], dns: str | None) -> "MilterPolicy":
    """The settings, with what was typed above them."""
    import msgspec

    from mailworthy.milter.load import check, environment, load_policy

    policy = load_policy(config, environment())
    typed = {"listen": listen, "dns": dns}
    policy = msgspec.structs.replace(policy, **{k: v for k, v in typed.items() if v})
    check(policy)
    return policy


def _signing(judge: "Judge") -> str:
    if not judge.signers:
        return "signs nothing"
    keys = (f"{d} ({', '.join(k.selector for k in s.keys)})" for d, s in judge.signers.items())
    return f"signs for {', '.join(keys)}"


def _serve(policy: "MilterPolicy", judge: "Judge", reload: "Callable[[], Judge]") -> None:
    from mailworthy.milter import place, workers
    from mailworthy.milter.load import environment
    from mailworthy.milter.metrics import need_prometheus
    from mailworthy.milter.process import Process

    metrics = place.metrics(policy.metrics)
    if metrics is not None:
        need_prometheus()
    places = [place.parse(text) for text in policy.listen]
    sockets = [
        sock
        for each in places
        for sock in place.sockets(
            each,
            mode=int(policy.socket_mode, 8),
            group=policy.socket_group,
            environment=environment(),
        )
    ]

    def work(meter: "Meter") -> None:
        with _resolver(policy) as resolver:
            Process(judge, resolver, sockets, reload=reload, log=_log, meter=meter).run()

    try:
        workers.run(policy.workers, metrics, work)
    finally:
        for each in places:
            place.clean_up(each)


@contextlib.contextmanager
def _resolver(policy: "MilterPolicy") -> "Iterator[Resolver]":
    """Where is asked, until the end. Raises UsageError for what is no such place."""
    from mailworthy.lookup.means import open_resolver

    resolver = open_resolver(policy.dns, timeout=policy.timeout)
    try:
        yield resolver
    finally:
        if close := getattr(resolver, "close", None):
            close()


def _log(line: str) -> None:
    """What cannot be told must not keep mail waiting."""
    with contextlib.suppress(OSError):
        sys.stdout.write(line)
        sys.stdout.flush()
