"""What a start loads: a command that asks nothing must not wait for cryptography and DNS."""

import json
import subprocess
import sys

import pytest

LIST = """
import sys
before = set(sys.modules)
{}
print("\\n" + " ".join(sorted(set(sys.modules) - before)), file=sys.stderr)
"""
RUN = "from mailworthy.cli import main\ntry:\n    main({!r})\nexcept SystemExit:\n    pass"
OURS = {"mailworthy"} | {f"mailworthy.{m}" for m in ("cli", "cli.streams", "errors", "names")}
STANDARD = sys.stdlib_module_names
# What is slow to load and has no business in `--help`, though Python brings it along.
SLOW = {"asyncio", "concurrent", "email", "http", "logging", "multiprocessing", "sqlite3", "ssl"}


def loaded(code: str) -> set[str]:
    """The modules that a fresh interpreter loads for some lines of code."""
    run = subprocess.run(
        [sys.executable, "-c", LIST.format(code)], capture_output=True, text=True, check=True
    )
    return set(run.stderr.splitlines()[-1].split())


def foreign(modules: set[str]) -> set[str]:
    """Packages that are neither Python's nor ours."""
    return {m.partition(".")[0] for m in modules} - STANDARD - {"mailworthy"}


def own(modules: set[str]) -> set[str]:
    return {m for m in modules if m.partition(".")[0] == "mailworthy"}


@pytest.mark.parametrize("option", ["--help", "-h", "--nonsense", "chekc"])
def test_help_loads_click_alone(option: str) -> None:
    modules = loaded(RUN.format([option]))
    assert foreign(modules) == {"click"}
    assert own(modules) <= OURS
    assert not SLOW & modules


def test_the_version_needs_what_python_keeps_it_in() -> None:
    modules = loaded(RUN.format(["--version"]))
    assert foreign(modules) == {"click"}
    assert own(modules) <= OURS
    assert SLOW & modules <= {"email"}  # importlib.metadata reads a mail header


@pytest.mark.parametrize(
    "command", ["check", "init", "zone", "config", "explain", "milter", "send-test", "inbox"]
)
def test_the_help_of_a_command_asks_nothing(command: str) -> None:
    modules = loaded(RUN.format([command, "--help"]))
    assert foreign(modules) <= {"click", "msgspec", "typing_extensions"}
    assert not SLOW & modules
    assert not {m for m in modules if m.startswith("mailworthy.audit.rules.")}


def test_importing_the_package_loads_nothing() -> None:
    modules = loaded("import mailworthy")
    assert own(modules) == {"mailworthy"}
    assert foreign(modules) == set()


@pytest.mark.parametrize(
    ("code", "spared"),
    [
        ("import mailworthy; mailworthy.audit", ["dns", "msgspec", "cryptography", "asyncio"]),
        ("import mailworthy; mailworthy.MailworthyError", ["dns", "msgspec", "asyncio"]),
        ("import mailworthy; mailworthy.spf.parse", ["dns", "cryptography", "idna"]),
        ("import mailworthy; mailworthy.lookup.Memory", ["ssl", "cryptography"]),
    ],
)
def test_a_name_loads_what_it_needs(code: str, spared: list[str]) -> None:
    assert not set(spared) & loaded(code)


def test_names_are_listed_before_they_are_loaded() -> None:
    code = "import json, mailworthy; print(json.dumps([dir(mailworthy), mailworthy.__all__]))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    listed, public = json.loads(run.stdout)
    assert set(public) <= set(listed)
