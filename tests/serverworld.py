"""The server of a case: its programs, as far as rules ask them, played from its files."""

import json
import re
import shlex
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from mailworthy.audit.case import Case
from mailworthy.audit.cure import with_line
from mailworthy.audit.finding import Configure, Execute, Remedy
from mailworthy.probe.host import read_server
from mailworthy.servers.reading.model import Server
from mailworthy.servers.reading.request import (
    Certificates,
    Command,
    File,
    Key,
    Outcome,
    Request,
    Told,
)

MAIN, MASTER = "/etc/postfix/main.cf", "/etc/postfix/master.cf"
# `postconf -d`, Postfix 3.7 with compatibility_level = 3.6
DEFAULTS = {
    "mail_version": "3.7.11",
    "config_directory": "/etc/postfix",
    "myhostname": "mail.localdomain",
    "mydomain": "localdomain",
    "compatibility_level": "0",
    "inet_interfaces": "all",
    "inet_protocols": "all",
    "smtp_helo_name": "$myhostname",
    "smtpd_banner": "$myhostname ESMTP $mail_name",
    "mail_name": "Postfix",
    "mynetworks_style": "host",
    "mynetworks": "127.0.0.0/8 [::1]/128",
    "default_transport": "smtp",
    "mydestination": "$myhostname, localhost.$mydomain, localhost",
    "smtpd_relay_restrictions": "permit_mynetworks, permit_sasl_authenticated, "
    "defer_unauth_destination",
    "smtpd_delay_reject": "yes",
    "smtpd_helo_required": "no",
    "smtpd_use_tls": "no",
    "smtpd_enforce_tls": "no",
    "smtpd_tls_auth_only": "no",
    "smtpd_tls_protocols": ">=TLSv1",
    "smtpd_tls_mandatory_protocols": ">=TLSv1",
    "smtpd_tls_wrappermode": "no",
    "smtpd_sasl_auth_enable": "no",
    "smtp_tls_protocols": ">=TLSv1",
    "smtp_use_tls": "no",
    "milter_default_action": "tempfail",
    "milter_protocol": "6",
    "disable_vrfy_command": "no",
    "smtpd_forbid_bare_newline": "no",
    "smtpd_forbid_unauth_pipelining": "no",
}
KNOWN = {*DEFAULTS, "smtpd_tls_key_file", "smtp_dns_support_level", "virtual_mailbox_domains"}
# `rspamadm configdump -j` of Rspamd 3.4 with nothing in local.d
STOCK: dict[str, Any] = {
    "options": {"local_addrs": ["192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "fd00::/8"]},
    "dkim_signing": {
        "use_domain": "header",
        "use_esld": True,
        "try_fallback": True,
        "sign_local": True,
        "sign_authenticated": True,
        "selector": "dkim",
    },
    "dmarc": {},
    "milter_headers": {"use": []},
    "spf": {},
    "dkim": {},
    "worker": [{"rspamd_proxy": {"bind_socket": "localhost:11332", "milter": True}}],
}
SECTIONS = {
    "options.inc": "options",
    "dkim_signing.conf": "dkim_signing",
    "dmarc.conf": "dmarc",
    "milter_headers.conf": "milter_headers",
    "spf.conf": "spf",
    "dkim.conf": "dkim",
}


def server(case: Case) -> Server | None:
    """What is read of the server of a case; None if it has none."""
    return read_server(Machine(case)) if case.files else None


class Machine:
    """Answers as the server of a case would."""

    where = "this host"

    def __init__(self, case: Case) -> None:
        self.case = case

    def tell(self, requests: Sequence[Request]) -> list[Told]:
        return [self._tell(each) for each in requests]

    def _tell(self, request: Request) -> Told:
        if isinstance(request, Command):
            return self._run(request.argv)
        text = self.case.files.get(request.path)
        if text is None:
            return Told(Outcome.MISSING, err="No such file or directory")
        if isinstance(request, Key):
            mode = self.case.modes.get(request.path, 0o640)
            if not text.startswith("k="):
                return Told(Outcome.FAILED, "", text, mode, "root:_rspamd")
            return Told(Outcome.DONE, text, "", mode, "root:_rspamd")
        assert isinstance(request, File | Certificates)
        return Told(Outcome.DONE, text)

    def _run(self, argv: tuple[str, ...]) -> Told:
        if argv[0] in ("postconf", "rspamadm"):
            return self._postconf(argv) if argv[0] == "postconf" else self._rspamadm()
        if argv[0] in ("stat", "setpriv"):
            said = self.case.commands.get(f"{argv[0]} {argv[-1]}")
            failed = Told(Outcome.FAILED, err=said or "")
            return Told(Outcome.DONE, said) if said and argv[0] == "stat" else failed
        if "-lxnH" in argv:
            return Told(Outcome.DONE, self.case.commands.get("ss -lx", ""))
        name = "ip route" if "route" in argv else "ip addr" if argv[0] == "ip" else argv[0]
        said = self.case.commands.get(name)
        if said is None:
            return Told(Outcome.MISSING)
        return Told(Outcome.DONE, _PRINTED[name](said, argv) if name in _PRINTED else said)

    def _postconf(self, argv: tuple[str, ...]) -> Told:
        if MAIN not in self.case.files:
            return Told(Outcome.MISSING)
        given = settings(self.case.files[MAIN])
        if "-M" in argv or "-P" in argv:
            return Told(Outcome.DONE, "\n".join(_services(self.case, options="-P" in argv)))
        if "-n" in argv:
            odd = [n for n in given if n not in KNOWN and not _is_known(n)]
            warnings = [f"postconf: warning: {MAIN}: unused parameter: {n}={given[n]}" for n in odd]
            return Told(Outcome.DONE, _lines(given), "\n".join(warnings))
        names = argv[argv.index("-x") + 1 :]
        every = {**DEFAULTS, **given}
        return Told(Outcome.DONE, _lines({n: expanded(every.get(n, ""), every) for n in names}))

    def _rspamadm(self) -> Told:
        if not any(path.startswith("/etc/rspamd/") for path in self.case.files):
            return Told(Outcome.MISSING)
        found = json.loads(json.dumps(STOCK))
        for place in ("local.d", "override.d"):
            for path, text in self.case.files.items():
                name = path.rpartition("/")[2]
                if path == f"/etc/rspamd/{place}/{name}" and name in SECTIONS:
                    merge(found[SECTIONS[name]], ucl(text))
        return Told(Outcome.DONE, json.dumps(found))


def _is_known(name: str) -> bool:
    from mailworthy.servers.reading.postfix import NAMES

    return name in NAMES


def _lines(values: dict[str, str]) -> str:
    return "\n".join(f"{n} = {v}" for n, v in values.items())


def settings(text: str) -> dict[str, str]:
    """The assignments of a main.cf; the last of each name stands."""
    joined = re.sub(r"\n[ \t]+", " ", text)
    pairs = (line.partition("=") for line in joined.splitlines() if not line.startswith("#"))
    return {n.strip(): v.strip() for n, equals, v in pairs if equals}


def expanded(value: str, every: dict[str, str]) -> str:
    for _ in range(5):
        value = re.sub(r"\$\{?(\w+)\}?", lambda m: every.get(m[1], ""), value)
    return value


def _services(case: Case, *, options: bool) -> Iterable[str]:
    for line in case.files[MASTER].splitlines():
        words = shlex.split(line)
        if not options:
            yield line
        for flag, pair in pairwise(words):
            if options and flag == "-o":
                name, _, value = pair.partition("=")
                yield f"{words[0]}/{words[1]}/{name} = {value}"


def _addresses(said: str, argv: tuple[str, ...]) -> str:
    return json.dumps([{"addr_info": [{"local": ip} for ip in said.split()]}])


def _route(said: str, argv: tuple[str, ...]) -> str:
    mine = [ip for ip in said.split() if (":" in ip) == ("-6" in argv)]
    return json.dumps([{"prefsrc": ip} for ip in mine])


def _sockets(said: str, argv: tuple[str, ...]) -> str:
    return "\n".join(f"LISTEN 0 128 {place} 0.0.0.0:*" for place in said.split())


_PRINTED = {"ip addr": _addresses, "ip route": _route, "ss": _sockets}


def merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def ucl(text: str) -> dict[str, Any]:
    """As much of UCL as these files need: values, lists, and blocks with one name."""
    bare = re.sub(r"(?m)^\s*#.*$", "", text)
    tokens = re.findall(r'"[^"]*"|[{}\[\],;=]|[^\s{}\[\],;="]+', bare)
    tokens.append("}")
    return _block(tokens)


def _block(tokens: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while (word := tokens.pop(0)) != "}":
        if word in (";", ","):
            continue
        if tokens[0] == "=":
            tokens.pop(0)
        merge(found, {word.strip('"'): _value(tokens)})
    return found


def _value(tokens: list[str]) -> Any:
    word = tokens.pop(0)
    if word == "{":
        return _block(tokens)
    if word == "[":
        items = []
        while tokens[0] != "]":
            if tokens[0] in (",", ";"):
                tokens.pop(0)
            else:
                items.append(_value(tokens))
        tokens.pop(0)
        return items
    if word.startswith('"'):
        return word.strip('"')
    return {"true": True, "false": False, "null": None}.get(word, word)


def carried_out(case: Case, remedy: Remedy) -> Case:
    """The case after the files of the server were changed and the commands were run there."""
    files, modes = dict(case.files), dict(case.modes)
    for step in remedy.steps:
        if isinstance(step, Configure) and not step.file.startswith("https://"):
            before = "" if step.whole else files.get(step.file, "")
            files[step.file] = with_line(before, step.line)
        elif isinstance(step, Execute):
            _execute(shlex.split(step.command), files, modes, case)
    commands = case.commands | {n[2:]: t for n, t in files.items() if n.startswith("$ ")}
    files = {n: t for n, t in files.items() if not n.startswith("$ ")}
    return msgspec.structs.replace(case, files=files, modes=modes, commands=commands)


def _execute(words: list[str], files: dict[str, str], modes: dict[str, int], case: Case) -> None:
    if words[:2] == ["postconf", "-X"]:
        text = settings(files[MAIN])
        files[MAIN] = _lines({n: v for n, v in text.items() if n not in words[2:]}) + "\n"
    elif words[:2] == ["postconf", "-P"]:
        files[MASTER] = _overridden(files[MASTER], words[2])
    elif words[0] == "chmod":
        modes[words[2]] = int(words[1], 8)
    else:
        assert case.after, f"what does {' '.join(words)} leave behind?"
        files.update(case.after)


def _overridden(text: str, wanted: str) -> str:
    """master.cf after `postconf -P service/type/name=value`."""
    service, type_, pair = wanted.split("/", 2)
    name = pair.partition("=")[0]

    def changed(line: str) -> str:
        bare = re.sub(rf" -o {name}=[^ ]*", "", line)
        return f"{bare} -o {shlex.quote(pair)}" if line.split()[:2] == [service, type_] else line

    return "".join(f"{changed(line)}\n" for line in text.splitlines())
