"""A real name server on this machine, responsible for some zones and nothing else."""

import shutil
import socket
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Self

NAMED = shutil.which("named", path="/usr/sbin:/usr/bin:/sbin:/bin")


def split(lines: Iterable[str]) -> dict[str, str]:
    """Lines, each one record with an absolute owner, as one text for every zone among them.

    NS records of a zone stand in the zone above it, too.
    """
    records = [line for line in lines if line.strip()]
    apexes = [owner(line) for line in records if " SOA " in line]
    texts = {apex: ["$TTL 3600"] for apex in apexes}
    for line in sorted(records, key=lambda line: " SOA " not in line):
        where = home(line, apexes)
        texts[where].append(line)
        if " NS " in line and owner(line) == where and where != ".":
            for above in apexes_above(where, apexes):
                texts[above].append(line)
    return {apex.rstrip(".") or ".": "\n".join(text) + "\n" for apex, text in texts.items()}


def owner(line: str) -> str:
    return line.split(maxsplit=1)[0].lower()


def home(line: str, apexes: Iterable[str]) -> str:
    """The zone that a record belongs to; a DS record is its parent's."""
    name, above = owner(line), " DS " in line
    fits = [a for a in apexes if a in (".", name) or name.endswith("." + a)]
    return max((a for a in fits if not (above and a == name)), key=len)


def apexes_above(apex: str, apexes: Iterable[str]) -> list[str]:
    """The zone that delegates another, if it is here."""
    found = [a for a in apexes if a != apex and (a == "." or apex.endswith("." + a))]
    return [max(found, key=len)] if found else []


class Named:
    """`named` with these zones, until closed."""

    def __init__(self, folder: Path, zones: dict[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        clauses = []
        for number, (apex, text) in enumerate(zones.items()):
            (folder / f"{number}.zone").write_text(text)
            clauses.append(f'zone "{apex}" {{ type primary; file "{number}.zone"; }};')
        options = f"""
            directory "{folder}"; pid-file none; session-keyfile none; recursion no;
            listen-on port {self.port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
            empty-zones-enable no; check-integrity no; check-names primary ignore; notify no;
            dnssec-validation no; managed-keys-directory "{folder}"; check-wildcard no;
        """
        config = f"options {{ {options} }};\ncontrols {{ }};\n" + "\n".join(clauses)
        (folder / "named.conf").write_text(config)
        command = [str(NAMED), "-g", "-4", "-n", "1", "-c", str(folder / "named.conf")]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.log: list[str] = []
        self._wait()

    def _wait(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)
            if line.rstrip().endswith(" running"):
                break
        else:
            raise AssertionError("named did not start:\n" + "".join(self.log[-20:]))
        refused = [line for line in self.log if "not loaded" in line or "rejected" in line]
        if refused:
            self.close()
            raise AssertionError("".join(line for line in self.log if "zone " in line))

    @property
    def spec(self) -> str:
        return f"127.0.0.1:{self.port}"

    def close(self) -> None:
        assert self.process.stderr is not None
        self.process.stderr.close()
        self.process.terminate()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
