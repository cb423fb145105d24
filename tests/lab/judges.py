"""Four judges of one message: our milter, Rspamd, OpenDKIM and OpenDMARC. What they say of SPF,
of every signature, and of DMARC, in one form."""

import email
import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from typing import Any

import msgspec

from lab.internet import Lab
from lab.machine import wait_for
from lab.mailhost import COMMAND, MailHost
from lab.mtaside import Milter, Posted, changed
from lab.openjudges import OPENDKIM, OPENDMARC
from lab.plan import RESOLVER
from mailworthy.message.authres import MethodResult
from mailworthy.message.authresread import Reader
from milterkit import Answer

OURS, REFUSING, ALWAYS, DKIM, DMARC, RSPAMD = 11336, 11337, 11338, 8901, 8903, 11333
SETTINGS = f"""\
authserv_id = "ours.example"
on_dns_failure = "accept"
dns = "{RESOLVER[0]}"
deadline = 30.0
"""
# Our milter: taking everything, refusing, and refusing whatever fails under p=reject.
WAYS = {
    OURS: "refuse = false",
    REFUSING: "refuse = true",
    ALWAYS: 'dmarc_reject = "always"',
}
ACTIONS = ("no action", "add header", "reject")  # as Rspamd calls them
Signatures = dict[tuple[str, str], str]


class Said(msgspec.Struct, frozen=True):
    """The words of one judge; None where it does not judge that, or says nothing of it.

    `why` are reasons by method, `action` is what would become of the message.
    """

    spf: str | None = None
    dmarc: str | None = None
    dkim: Signatures = {}
    why: dict[str, str] = {}
    action: str = ""


class Judges:
    """The three, asked from the machine on which they run."""

    def __init__(self, host: MailHost) -> None:
        self._host = host
        name = host.place.hostname
        self._ours, self._dkim, self._dmarc = (Milter(port, name) for port in (OURS, DKIM, DMARC))
        self._refusing = {always: Milter((REFUSING, ALWAYS)[always], name) for always in (0, 1)}

    def ours(self, posted: Posted) -> Said:
        """Our milter."""
        found = _results(changed(b"\r\n", self._ours.judge(posted)))
        (spf, *_) = found.of("spf")
        return Said(
            spf.result,
            found.of("dmarc")[0].result,
            found.signatures(),
            {r.method: r.reason or "" for r in reversed(found.results)},
        )

    def action(self, posted: Posted, *, always: bool = False) -> str:
        """What our milter does with a message, in Rspamd's words."""
        said = self._refusing[always].judge(posted)
        if said[-1].letter == "y":
            return "reject" if said[-1].text.startswith("5") else "soft reject"
        return "add header" if b"X-Spam: Yes" in changed(b"", _inserts(said)) else "no action"

    def open(self, posted: Posted, queue_id: str) -> Said:
        """OpenDKIM, and OpenDMARC with what OpenDKIM says; its SPF is its own."""
        said = self._dkim.judge(posted, queue_id)
        dkim = _results(changed(b"\r\n", said))
        top = changed(b"", _inserts(said))
        told = msgspec.structs.replace(posted, message=top + posted.message)
        final = self._dmarc.judge(told, queue_id)
        dmarc = _results(changed(b"\r\n", final))
        spf = dmarc.of("spf")
        judged = dmarc.of("dmarc")
        return Said(
            spf[0].result.replace("tempfail", "temperror") if spf else None,
            judged[0].result if judged else None,
            dkim.signatures(),
            {"last": said[-1].letter + final[-1].letter},
        )

    def rspamd(self, posted: Posted) -> Said:
        """Rspamd, over HTTP."""
        asked = http.client.HTTPConnection("127.0.0.1", RSPAMD, timeout=60)
        about = {
            "IP": posted.ip,
            "Helo": posted.helo,
            # Rspamd's proxy does not pass on what Postfix says where there is no name.
            "Hostname": "" if posted.client == "unknown" else posted.client,
            "From": posted.sender,
            "Rcpt": posted.recipient,
            "MTA-Name": "rspamd.example",
        }
        asked.request("POST", "/checkv2", posted.message, {k: v for k, v in about.items() if v})
        told = json.loads(asked.getresponse().read())
        asked.close()
        return _symbols(told)


def _inserts(said: list[Answer]) -> list[Answer]:
    return [answer for answer in said if answer.letter in "ih"]


class _Found(msgspec.Struct, frozen=True):
    results: tuple[MethodResult, ...]

    def of(self, method: str) -> list[MethodResult]:
        """The results of a method."""
        return [r for r in self.results if r.method == method]

    def signatures(self) -> Signatures:
        """By domain and selector."""
        found = {}
        for result in self.of("dkim"):
            about = {p.property: p.value for p in result.properties}
            if "d" in about or "s" in about:
                found[about.get("d", "").lower(), about.get("s", "")] = result.result
        return found


def _results(message: bytes) -> _Found:
    parsed: Message = email.message_from_bytes(message)
    fields = [str(v) for v in parsed.get_all("Authentication-Results", [])]
    read = [Reader(" ".join(text.split())).read() for text in fields]
    return _Found(tuple(r for one in read if one is not None for r in one.results))


_SPF = {
    "R_SPF_ALLOW": "pass",
    "R_SPF_FAIL": "fail",
    "R_SPF_SOFTFAIL": "softfail",
    "R_SPF_NEUTRAL": "neutral",
    "R_SPF_NA": "none",
    "R_SPF_PERMFAIL": "permerror",
    "R_SPF_DNSFAIL": "temperror",
}
_DMARC = {
    "DMARC_POLICY_ALLOW": "pass",
    "DMARC_POLICY_ALLOW_WITH_FAILURES": "pass",
    "DMARC_POLICY_REJECT": "fail",
    "DMARC_POLICY_QUARANTINE": "fail",
    "DMARC_POLICY_SOFTFAIL": "fail",
    "DMARC_NA": "none",
    "DMARC_BAD_POLICY": "permerror",
    "DMARC_DNSFAIL": "temperror",
}
_TRACE = {"+": "pass", "-": "fail", "~": "permerror", "?": "temperror"}
_SIGNED = {
    "R_DKIM_ALLOW": "pass",
    "R_DKIM_REJECT": "fail",
    "R_DKIM_PERMFAIL": "permerror",
    "R_DKIM_TEMPFAIL": "temperror",
}


def _symbols(told: dict[str, Any]) -> Said:
    symbols = told["symbols"]
    dkim: Signatures = {}
    for symbol, word in _SIGNED.items():
        for option in symbols.get(symbol, {}).get("options", ()):
            domain, _, selector = option.partition(":s=")
            dkim[domain.lower(), selector] = word
    why = {name: ", ".join(s.get("options", ())) for name, s in symbols.items()}
    return Said(
        next((word for name, word in _SPF.items() if name in symbols), None),
        next((word for name, word in _DMARC.items() if name in symbols), None),
        dkim,
        why,
        told["action"],
    )


@contextmanager
def judges(lab: Lab) -> Iterator[Judges]:
    """All of them are there for a while, beside those that Postfix asks."""
    host = lab.receiver
    for port, way in WAYS.items():
        name = f"/etc/mailworthy/compare.{port}.toml"
        host.write(name, f'{SETTINGS}listen = ["inet:127.0.0.1:{port}"]\n{way}\n')
        host.spawn(f"compare-milter-{port}", [*COMMAND, "milter", "--config", name])
    where = {"resolver": RESOLVER[0], "host": "compare.example"}
    dkim = OPENDKIM.format(**where).replace("8891", str(DKIM))
    dmarc = OPENDMARC.format(**where).replace("8893", str(DMARC))
    host.write("/etc/opendkim-compare.conf", dkim)
    host.write(
        "/etc/opendmarc-compare.conf", dmarc.replace("RejectFailures true", "RejectFailures false")
    )
    host.write("/etc/opendmarc/ignored", "192.0.2.255\n")
    host.script("install -o opendmarc -g opendmarc -d /var/lib/opendmarc")
    host.spawn("opendkim-compare", ["opendkim", "-f", "-x", "/etc/opendkim-compare.conf"])
    host.spawn("opendmarc-compare", ["opendmarc", "-f", "-c", "/etc/opendmarc-compare.conf"])
    for port in (*WAYS, DKIM, DMARC):
        wait_for(f"port {port}", lambda port=port: host.answers(port))
    try:
        yield Judges(host)
    finally:
        host.kill("compare.")
