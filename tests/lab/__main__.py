"""`make lab`: the box and a shell in it, or one command: `make lab ARGS="receiver mailq"`."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from lab.internet import Lab, running
from lab.machine import ENVIRONMENT, Machine
from lab.needs import PATH, missing

USAGE = "usage: make lab [ARGS='dns|sender|receiver|spoofer [COMMAND …]']"


def main(argv: list[str]) -> int:
    """Bring it up, let somebody work in it, take it down; the exit code of what ran there."""
    if lack := missing():
        print(f"no lab here: {', '.join(lack)}", file=sys.stderr)
        return 2
    print("Bringing up the lab ...", file=sys.stderr)
    with running() as lab:
        machines = {machine.place.label: machine for machine in lab.machines}
        label, *command = argv or ["sender"]
        if label not in machines:
            print(USAGE, file=sys.stderr)
            return 2
        if command:
            return enter(machines[label], command)
        print(told(lab))
        # What a shell ends with is no failure of ours.
        return enter(machines[label], [os.environ.get("SHELL") or "bash"]) and 0


def told(lab: Lab) -> str:
    """Who is where, and what to try."""
    lines = [""]
    for machine in lab.machines:
        addresses = "  ".join(machine.place.addresses)
        lines.append(f"  {machine.place.label:<9} {machine.place.hostname:<22} {addresses}")
    lines += [
        "",
        f"  The resolver is {lab.resolver}; what mailworthy wrote is in",
        *(f"    {host.folder}" for host in (lab.sender, lab.receiver)),
        f"  Logs: {lab.state}/*/log. Root can enter a machine from another terminal:",
        *(
            f"    {machine.place.label:<9} {' '.join(machine.enter)} bash"
            for machine in lab.machines
        ),
        "",
        "  Try:  mailworthy check receiver.example",
        "        echo hello | sendmail -f alice@sender.example bob@receiver.example",
        "        mailworthy check --dir $FOLDER        # in a shell of a mail server",
        "",
        "  The lab ends with this shell.",
        "",
    ]
    return "\n".join(lines)


def enter(machine: Machine, command: list[str]) -> int:
    """Run a command with this terminal."""
    terms = {name: os.environ[name] for name in ("TERM", "COLORTERM") if name in os.environ}
    environment = {
        **ENVIRONMENT,
        **terms,
        "PATH": f"{Path(sys.executable).parent}:{PATH}",
        "FOLDER": str(machine.state / "mailworthy"),
    }
    # Ctrl-C is for what runs there.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.call([*machine.enter, *command], env=environment)
    finally:
        signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
