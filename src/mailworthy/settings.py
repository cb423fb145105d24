"""Every setting once: name, type, default, help.

Command-line options, environment variables (`MAILWORTHY_DNS`, …) and the reference page derive
from this table. Engines never see it; they are handed small limits.
"""

import msgspec


class Setting(msgspec.Struct, frozen=True):
    """One setting. `choices` lists the words allowed, where they are a closed set."""

    name: str
    type: type
    default: str | float | int | bool | None
    help: str
    choices: tuple[str, ...] = ()
    metavar: str | None = None

    @property
    def flag(self) -> str:
        """The long option."""
        return "--" + self.name.replace("_", "-")

    @property
    def env(self) -> str:
        """The environment variable."""
        return "MAILWORTHY_" + self.name.upper()


SETTINGS = (
    Setting(
        "dns",
        str,
        "system",
        "Where to ask: system, ADDRESS[:PORT], tls://HOST, https://URL, zone:FILE[,FILE…] "
        "or replay:FILE.",
        metavar="WHERE",
    ),
    Setting("record", str, None, "Save every answer to FILE, for replay.", metavar="FILE"),
    Setting("timeout", float, 5.0, "Seconds to wait for one answer.", metavar="SECONDS"),
    Setting(
        "deadline", float, 20.0, "Seconds for one domain or message in all.", metavar="SECONDS"
    ),
    Setting(
        "trust_ad",
        bool,
        None,
        "Believe the resolver's DNSSEC verdict (default: if it is local or reached by TLS).",
    ),
    Setting(
        "signed",
        str,
        None,
        "With zone files: take these zones as DNSSEC-signed.",
        metavar="ZONE[,ZONE…]",
    ),
    Setting(
        "allow",
        str,
        None,
        "With connections: go to these addresses too, though they are not public (for labs).",
        metavar="PREFIX[,PREFIX…]",
    ),
    Setting(
        "ca",
        str,
        None,
        "With connections: trust the authorities in this PEM file too.",
        metavar="FILE",
    ),
    Setting(
        "helo",
        str,
        None,
        "With connections: our name in EHLO (default: our address).",
        metavar="NAME",
    ),
    Setting(
        "receivers",
        str,
        None,
        "With --server --connect: call the servers of these domains to see whether port 25 is "
        "open on the way out; empty for nobody (default: large receivers).",
        metavar="DOMAIN[,DOMAIN…]",
    ),
    Setting(
        "fail_on",
        str,
        "warning",
        "The mildest severity that makes the exit code 1.",
        choices=("blocker", "warning", "advice"),
    ),
    Setting(
        "format",
        str,
        "text",
        "How to print the result.",
        choices=("text", "json", "jsonl", "sarif", "junit", "markdown", "html"),
    ),
    Setting("jobs", int, 16, "Domains checked at the same time.", metavar="N"),
    Setting(
        "dir",
        str,
        None,
        "The folder with mailworthy.toml and the keys (default: this one, if it has them).",
        metavar="DIR",
    ),
    Setting(
        "keep_raw",
        int,
        400,
        "Days that mails and files are kept as they came, and what could not be read.",
        metavar="DAYS",
    ),
    Setting(
        "keep_rows",
        int,
        400,
        "Days that single records of reports are kept; sums by day are kept for ever.",
        metavar="DAYS",
    ),
    Setting(
        "keep_whole",
        bool,
        False,
        "Keep failure reports and complaints as they came, with all the people in them.",
    ),
)

BY_NAME = {setting.name: setting for setting in SETTINGS}
