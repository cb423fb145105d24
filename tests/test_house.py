"""The laws of the house, read from the source: layers, sizes, docstrings and a few habits."""

import ast
import statistics
import subprocess
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src"


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Protocol packages: engines, records and results. Pure; all they know is in PURE and each other.
PROTOCOLS = words("""
    spf dkim dmarc arc iprev helo mx dnsbl mtasts tlsrpt dane bimi caa dnssec rdata message
    certificate
""")
PURE = words("""
    callable names taglist parsed errors reserved rdata
    lookup.model lookup.branches lookup.drive lookup.run
""")
# Rules see what was learned, and never how.
RULES_MAY_IMPORT = PURE - {"lookup.drive", "lookup.run"} | words("""
    audit.case audit.compare audit.evidence audit.finding audit.healthy audit.part audit.rule
    audit.rules domain.intent domain.recordset sources.table
    audit.healthyserver audit.serverparts servers.reading.model servers.reading.postfix
    audit.healthyoutward audit.healthyconnect audit.healthychain audit.connectparts
    servers.reading.opendkimtables servers.reading.places
""")

# What reaches outside the program, and the only modules that may; a package covers its modules.
OUTSIDE = words("""
    asyncio ctypes fcntl ftplib getpass http imaplib multiprocessing os poplib pty select selectors
    shutil signal smtplib socket socketserver ssl subprocess tempfile termios threading time tty
    urllib.request webbrowser
""")
INSIDE = words("socket.AF_INET6 socket.inet_ntop socket.inet_pton")  # texts of addresses
SHELLS = words("""
    cli web milter watch probe store publish scan reports.intake
    sendtest.edge inbox.edge
    lookup.drive lookup.run lookup.live lookup.replay
    domain.keys domain.regular domain.write audit.many
""")
ENTRANCES = {"__main__"}

MAX_FUNCTION = 60
MAX_FILE = 400
MEDIAN_FUNCTION = 10
CONTROL = {c for c in range(32) if c not in (9, 10)} | {127} | set(range(0x80, 0xA0))
# Directions and invisible characters that make source read otherwise than it runs.
TROJAN = set(range(0x202A, 0x202F)) | set(range(0x2066, 0x206A)) | {0x200B, 0x200E, 0x200F, 0xFEFF}


def module_name(path: Path) -> str:
    """The name below `mailworthy`: `lookup.model`, `cli` for a package, "" for the root."""
    parts = path.relative_to(SRC / "mailworthy").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PATHS = sorted((SRC / "mailworthy").rglob("*.py"))
MODULES = {module_name(path): path for path in PATHS}
TREES = {name: ast.parse(path.read_text(), str(path)) for name, path in MODULES.items()}
PYTHON = sorted(
    path
    for folder in ("src", "tests", "tools", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)


def package(name: str) -> str:
    """The first part of a module's name."""
    return name.partition(".")[0]


def covered(name: str, allowed: frozenset[str]) -> bool:
    """Whether a module, or a package that it lies in, is on a list."""
    parts = name.split(".")
    return any(".".join(parts[:n]) in allowed for n in range(1, len(parts) + 1))


def imported(node: ast.AST) -> list[str]:
    """The full dotted name of everything that one import statement brings in."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def own_imports(tree: ast.AST, *, top_level: bool = False) -> dict[str, int]:
    """Our own modules that a tree imports, each with a line number."""
    found: dict[str, int] = {}
    for node in at_import(tree) if top_level else ast.walk(tree):
        for dotted in imported(node):
            if (name := own_module(dotted)) is not None:
                found.setdefault(name, getattr(node, "lineno", 0))
    return found


def own_module(dotted: str) -> str | None:
    """The module of ours that holds a dotted name: itself, or the one it is an attribute of."""
    if not dotted.startswith("mailworthy."):
        return None
    name = dotted.removeprefix("mailworthy.")
    return name if name in MODULES else name.rpartition(".")[0]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("from mailworthy.lookup.model import Ask", "lookup.model"),
        ("from mailworthy.lookup import model", "lookup.model"),
        ("from mailworthy import names", "names"),
        ("import mailworthy.cli", "cli"),
        ("def f():\n    from mailworthy.cli import main", "cli"),
    ],
)
def test_imports_are_seen(line: str, found: str) -> None:
    assert list(own_imports(ast.parse(line))) == [found]


def test_imports_are_absolute() -> None:
    none(
        [
            where(MODULES[name], node.lineno, "a relative import")
            for name, tree in TREES.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.level
        ]
    )


def at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """Statements that run when a module is imported: no function bodies, no TYPE_CHECKING."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from at_import(node)


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, decorators not counted."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def where(path: Path, line: int, what: str) -> str:
    return f"{path.relative_to(ROOT)}:{line}: {what}"


def none(faults: list[str]) -> None:
    """Fail with every place, one a line."""
    if faults:
        pytest.fail(f"{len(faults)} places:\n" + "\n".join(faults), pytrace=False)


# Layers


def test_protocol_packages_know_only_pure_modules() -> None:
    none(
        [
            where(MODULES[name], line, f"{name} may not import {target}")
            for name, tree in TREES.items()
            if package(name) in PROTOCOLS
            for target, line in own_imports(tree).items()
            if not covered(target, PURE | PROTOCOLS)
        ]
    )


def test_rules_know_only_evidence() -> None:
    none(
        [
            where(MODULES[name], line, f"{name} may not import {target}")
            for name, tree in TREES.items()
            if name.startswith("audit.rules.")
            for target, line in own_imports(tree).items()
            if not covered(target, RULES_MAY_IMPORT | PROTOCOLS)
        ]
    )


def test_nobody_imports_the_shells() -> None:
    none(
        [
            where(MODULES[name], line, f"{name or 'mailworthy'} may not import {target}")
            for name, tree in TREES.items()
            for target, line in own_imports(tree).items()
            if package(target) in {"cli", "web"} and package(target) != package(name)
            if name not in ENTRANCES
        ]
    )


def test_only_shells_touch_the_outside_world() -> None:
    faults = []
    for name, tree in TREES.items():
        if covered(name, SHELLS):
            continue
        for node in ast.walk(tree):
            faults += [
                where(MODULES[name], node.lineno, f"{name} may not import {target}")  # type: ignore[attr-defined]
                for target in imported(node)
                if covered(target, OUTSIDE) and target not in INSIDE
            ]
    none(faults)


def test_nothing_reads_the_clock_or_files_outside_the_shells() -> None:
    clocks = {"now", "utcnow", "today"}
    faults = []
    for name, tree in TREES.items():
        if not covered(name, PROTOCOLS | {"audit.rules"}):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            word = node.func.id if isinstance(node.func, ast.Name) else ""
            if attribute in clocks or word in {"open", "input"}:
                faults.append(where(MODULES[name], node.lineno, ast.unparse(node)[:60]))
    none(faults)


def test_no_import_circles() -> None:
    graph = {
        name: own_imports(tree, top_level=True).keys() - {name} for name, tree in TREES.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail("circle: " + " <- ".join(error.args[1]), pytrace=False)


# Sizes


def test_functions_are_short() -> None:
    none(
        [
            where(MODULES[name], node.lineno, f"{node.name} has {length(node)} lines")
            for name, tree in TREES.items()
            for node in functions(tree)
            if length(node) > MAX_FUNCTION
        ]
    )


def test_the_median_function_is_shorter() -> None:
    lengths = [length(node) for tree in TREES.values() for node in functions(tree)]
    assert statistics.median(lengths) <= MEDIAN_FUNCTION


def test_files_are_short() -> None:
    none(
        [
            where(path, lines, f"{lines} lines")
            for path in PATHS
            if (lines := path.read_text().count("\n")) > MAX_FILE
        ]
    )


# Docstrings


def public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Top-level functions and classes without an underscore."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    for node in tree.body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node


def is_rule(name: str) -> bool:
    """A rule's docstring is that of its file."""
    return name.startswith("audit.rules.") and name.count(".") == 3 and "._" not in name


def test_every_module_has_a_docstring() -> None:
    none(
        [where(MODULES[n], 1, "no docstring") for n, t in TREES.items() if not ast.get_docstring(t)]
    )


def test_every_public_function_and_class_has_a_docstring() -> None:
    none(
        [
            where(MODULES[name], node.lineno, f"{node.name} has no docstring")
            for name, tree in TREES.items()
            if package(name) != "cli" and not is_rule(name)
            for node in public(tree)
            if not ast.get_docstring(node)
        ]
    )


# Habits


def test_no_mocks() -> None:
    words = ("unittest." + "mock", "mock." + "patch", "mock" + "er")
    none(
        [
            where(path, number, line.strip())
            for path in PYTHON
            for number, line in enumerate(path.read_text().splitlines(), 1)
            if any(word in line for word in words)
        ]
    )


def test_no_swallowed_exceptions_and_no_assert_false() -> None:
    faults = []
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text(), str(path))):
            if isinstance(node, ast.ExceptHandler):
                if node.type is None:
                    faults.append(where(path, node.lineno, "bare except"))
                if all(isinstance(n, ast.Pass) for n in node.body):
                    faults.append(where(path, node.lineno, "an exception is swallowed"))
            if isinstance(node, ast.Assert) and ast.unparse(node.test) == "False":
                faults.append(where(path, node.lineno, "assert False"))
    none(faults)


def test_only_the_command_line_prints() -> None:
    none(
        [
            where(MODULES[name], node.lineno, "print(")
            for name, tree in TREES.items()
            if package(name) not in {"cli", "render"}
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
        ]
    )


def tracked() -> list[Path]:
    """The files of the repository; those of the source folders where git is not at hand."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = [n for n in listed.stdout.decode().split("\0") if n]
    return [ROOT / n for n in names if (ROOT / n).is_file()] or PYTHON


def is_evidence(path: Path) -> bool:
    """Cases are what the world sends, with every fault it has."""
    return "cases" in path.parts or path.suffix in {".png", ".ico", ".woff2", ".gz", ".zip", ".eml"}


def test_every_text_is_plain() -> None:
    faults = []
    for path in tracked():
        if is_evidence(path):
            continue
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as error:
            faults.append(where(path, 0, f"not UTF-8: {error}"))
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if odd := [c for c in line if ord(c) in CONTROL or ord(c) in TROJAN]:
                faults.append(where(path, number, f"unprintable {odd[0]!r}"))
        if text and not text.endswith("\n"):
            faults.append(where(path, text.count("\n") + 1, "no newline at the end"))
    none(faults)


def test_the_repository_holds_no_private_keys() -> None:
    marker = b"PRIVATE " + b"KEY-----"
    none(
        [
            where(path, 1, "a private key")
            for path in tracked()
            if b"BEGIN" in (data := path.read_bytes())
            and marker in data
            and "cases" not in path.parts
        ]
    )
