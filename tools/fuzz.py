"""`make fuzz`: hostile input for every parser, for as long as wanted.

    tools/fuzz.py --seconds 600 --target spf_record --engine atheris

The targets are those of `tests/fuzz`. Two engines run them: atheris, which is guided by what the
code does and keeps its corpus in `build/fuzz`, and Hypothesis, which needs nothing more than the
tests do. What breaks a target is written to `build/fuzz/found`; put into
`tests/cases/fuzz/TARGET`, it is a test for ever.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "build" / "fuzz"
ENGINES = ("atheris", "hypothesis")
MAX_LENGTH = 4096


def main() -> int:
    """Fuzz the targets that are asked for, one after the other; 1 if one of them broke."""
    sys.path[:0] = [str(ROOT / "tests" / "fuzz"), str(ROOT / "tests")]
    options = arguments()
    if options.list:
        say(*targets())
        return 0
    if options.only:
        return ENGINE[options.engine](options.only, options.seconds)
    unknown = set(options.target) - set(targets())
    if unknown:
        say(f"no target {', '.join(sorted(unknown))}; --list shows them all")
        return 2
    broken = [name for name in options.target or targets() if not survives(name, options)]
    say(f"broken: {', '.join(broken)}" if broken else "nothing broke")
    return 1 if broken else 0


def say(*lines: str) -> None:
    """Tell whoever waits, at once."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=int, default=600, help="for each target (600)")
    parser.add_argument("--target", action="append", default=[], help="one of --list; repeatable")
    parser.add_argument("--engine", choices=ENGINES, default=best_engine())
    parser.add_argument("--list", action="store_true", help="the names of all targets")
    parser.add_argument("--only", help=argparse.SUPPRESS)  # this process runs the one target
    return parser.parse_args()


def best_engine() -> str:
    """Atheris where it is installed."""
    return "atheris" if find_spec("atheris") else "hypothesis"


def targets() -> dict[str, Any]:
    """All targets by name."""
    from fuzz_targets import TARGETS

    return TARGETS


def survives(name: str, options: argparse.Namespace) -> bool:
    """Run one target in a process of its own, so that nothing of one run is left for the next."""
    command = [sys.executable, __file__, "--only", name, "--engine", options.engine]
    began = time.monotonic()
    log = HOME / f"{name}.{options.engine}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        run = subprocess.run(
            [*command, "--seconds", str(options.seconds)],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONHASHSEED": "0"},
            check=False,
        )
    took = time.monotonic() - began
    word = "ok" if run.returncode == 0 else f"BROKEN, see {log.relative_to(ROOT)}"
    say(f"{name}: {options.engine}, {took:.0f} s, {runs(log)} inputs: {word}")
    return run.returncode == 0


def runs(log: Path) -> str:
    """How many inputs a run says that it has tried."""
    lines = log.read_text(errors="replace").splitlines()
    done = [line.split()[1] for line in lines if line.startswith(("Done ", "tried "))]
    return done[-1] if done else "?"


def fuzz_atheris(name: str, seconds: int) -> int:
    """Let atheris, which is libFuzzer, run one target; does not return."""
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["mailworthy"]):
        target = targets()[name]
    corpus, given, found = (HOME / kind / name for kind in ("corpus", "seeds", "found"))
    for folder in (corpus, given, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.cases()):
        (given / f"{number:03}").write_bytes(data)
    words = HOME / f"{name}.dict"
    words.write_text(dictionary(target.words))
    limits = [f"-max_total_time={seconds}", f"-max_len={MAX_LENGTH}", "-timeout=20"]
    places = [f"-dict={words}", f"-artifact_prefix={found}/"]
    quiet = ["-verbosity=1", "-print_final_stats=1", "-rss_limit_mb=1500", "-close_fd_mask=0"]
    atheris.Setup([sys.argv[0], *limits, *places, *quiet, str(corpus), str(given)], target.check)
    atheris.Fuzz()
    return 0


def dictionary(words: Iterable[bytes]) -> str:
    """Words as libFuzzer reads them."""
    octets = ([f"\\x{octet:02x}" for octet in word] for word in words)
    return "".join(f'"{"".join(word)}"\n' for word in octets)


def fuzz_hypothesis(name: str, seconds: int) -> int:
    """Let Hypothesis run one target, a thousand inputs at a time."""
    from hypothesis import HealthCheck, given, settings

    target = targets()[name]
    tried = 0
    end = time.monotonic() + seconds

    def check(data: bytes) -> None:
        nonlocal tried
        tried += 1
        target.check(data)

    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    limits = settings(
        max_examples=1000, deadline=None, derandomize=False, suppress_health_check=slow
    )
    attack: Any = given(target.inputs())
    run = limits(attack(check))
    while time.monotonic() < end:
        run()
    say(f"tried {tried} inputs")
    return 0


ENGINE: dict[str, Callable[[str, int], int]] = {
    "atheris": fuzz_atheris,
    "hypothesis": fuzz_hypothesis,
}

if __name__ == "__main__":
    sys.exit(main())
