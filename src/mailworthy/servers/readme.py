"""README.md of the configuration folder: where each file goes, in which order, how to undo it."""

from collections.abc import Iterable, Iterator

from mailworthy.domain.intent import Intent
from mailworthy.receive.words import DmarcReject
from mailworthy.servers import mtasts, web
from mailworthy.servers.model import ConfigFile, Site
from mailworthy.servers.rspamd import KEY_FOLDER, key_path
from mailworthy.servers.scores import MARK, REFUSE, SCORES


def file(
    intent: Intent,
    machines: tuple[Site, ...],
    files: Iterable[ConfigFile],
    *,
    dmarc_reject: DmarcReject,
) -> ConfigFile:
    """The README for a finished folder."""
    found = tuple(files)
    sections = [INTRODUCTION, _order(found, machines), _table(found)]
    for site in machines:
        sections += [_rspamd(site, found), _postfix(site, found)]
    sections += [
        _rules(dmarc_reject) if machines else "",
        _bind(intent, found),
        _web(intent, found),
    ]
    return ConfigFile(
        path="README.md",
        text="\n\n".join(section for section in sections if section) + "\n",
        install="",
        why="start here",
    )


OWNED = "install -o _rspamd -g _rspamd"

INTRODUCTION = """\
# Server configuration

Written by `mailworthy config` from `mailworthy.toml`; write it again after a change there.
All commands are run as root, in this folder, on a copy of it on the server, and may be run
again. The order, which is also that of the sections below:"""


_AT_LAST = """\
`mailworthy check --server --connect` on the mail server, which compares the world and the server
   itself with what you wanted; then `mailworthy send-test ADDRESS`."""
_WITHOUT_SERVER = "`mailworthy check`, which compares the world with what you wanted."


def _order(found: tuple[ConfigFile, ...], machines: tuple[Site, ...]) -> str:
    """The steps that this folder really has."""
    steps = []
    if machines:
        steps += [
            "Rspamd with its keys, then Postfix, on each mail host. Without Rspamd: "
            "`mailworthy config milter`, which writes `milter/README.md`."
        ]
    steps += ["The zone: all of it but the line `_mta-sts`, which waits for its web site."]
    if any(f.path.startswith(("mta-sts/", "autoconfig/")) for f in found):
        steps += [
            "The certificates and the web sites, once DNS has the names.",
            "The line `_mta-sts`, once the policy answers.",
        ]
    steps += [_AT_LAST if machines else _WITHOUT_SERVER]
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


def _table(files: tuple[ConfigFile, ...]) -> str:
    rows = (f"| `{f.path}` | {_place(f)} | {f.why} |" for f in files)
    return "\n".join(("| file | goes to | what for |", "| --- | --- | --- |", *rows))


def _place(file: ConfigFile) -> str:
    return f"`{file.install}`" if file.install else "stays here"


def _installs(files: Iterable[ConfigFile]) -> Iterator[str]:
    for file in files:
        yield f"install -D --backup=numbered -m {file.mode:04o} {file.path} {file.install}"


def _commands(*lines: str) -> str:
    return "\n".join(("```sh", *lines, "```"))


def _once(line: str, file: str) -> str:
    """Append a line unless it is there."""
    return f"grep -qxF '{line}' {file} || echo '{line}' >> {file}"


def _of(files: Iterable[ConfigFile], site: Site, folder: str) -> tuple[ConfigFile, ...]:
    return tuple(f for f in files if f.host == site.name and f.path.startswith(f"{folder}/"))


def _rspamd(site: Site, files: tuple[ConfigFile, ...]) -> str:
    mine = _of(files, site, "rspamd")
    return "\n\n".join(
        (
            f"## Rspamd on {site.name}",
            "If it is not there yet: `apt-get install rspamd`.",
            _keys(site),
            "Then the files (what was there before is kept as `FILE.~1~`), a test, a reload:",
            _commands(
                *_installs(mine),
                "rspamadm configtest",
                "systemctl reload-or-restart rspamd",
            ),
            "Without Redis, Rspamd says `cannot read servers definition`: it then has no "
            "greylisting, no Bayes, no DMARC reports, and needs none of them for what is here.",
            "Undo: remove the files, move each `FILE.~1~` back, then test and reload again:",
            _commands(f"rm {' '.join(f.install for f in mine)}"),
        )
    )


def _keys(site: Site) -> str:
    if not site.signs:
        return "No mail leaves from here, so nothing is signed and no key is needed."
    keys = (
        f"{OWNED} -m 0600 ../keys/{domain}.{name}.key {key_path(domain, name)}"
        for domain, names in site.selectors.items()
        for name in names
    )
    return "\n\n".join(
        (
            "The private keys first, readable by Rspamd alone (use `0640` and your group if a "
            "back-up has to read them). Change `../keys` to where yours are:",
            _commands(f"{OWNED} -d -m 0750 {KEY_FOLDER}", *keys),
        )
    )


def _postfix(site: Site, files: tuple[ConfigFile, ...]) -> str:
    folder = f"postfix/{site.folder}"
    parts = [
        f"## Postfix on {site.name}",
        "`postconf.sh` sets main.cf line by line and touches nothing else; the fragment shows "
        "the same lines to read. It replaces restrictions and milters that you have set yourself "
        "(`smtpd_milters`: an OpenDKIM there would sign twice, and goes): look first.",
        _commands(
            f"diff {folder}main.cf.fragment /etc/postfix/main.cf",
            f"sh {folder}postconf.sh",
            "postfix check",
            "systemctl reload postfix",
        ),
        f"The certificate has to name {site.name} and lie where `smtpd_tls_cert_file` says; with "
        "certbot, once DNS has the name, and port 80 free for the moment:",
        _commands(
            f"certbot certonly --standalone -d {site.name} --deploy-hook 'systemctl reload postfix'"
        ),
        "Where mail is delivered (mydestination, virtual domains, mailboxes) is yours to set; "
        "`postmaster@` and `abuse@` must work for every domain (RFC 5321 §4.5.1, RFC 2142).",
    ]
    if any(f.path == f"{folder}submission.sh" for f in files):
        parts += [_submission(folder)]
    parts += [
        "Undo:",
        _commands(
            "cd /etc/postfix",
            "cp -p main.cf.before-mailworthy main.cf",
            "cp -p master.cf.before-mailworthy master.cf",
            "postfix check",
            "systemctl reload postfix",
        ),
    ]
    return "\n\n".join(parts)


def _submission(folder: str) -> str:
    return f"""\
For people who send with a mail program, ports 465 and 587, with logins checked by Dovecot:

```sh
sh {folder}submission.sh
systemctl reload postfix
```

Dovecot needs this in `/etc/dovecot/conf.d/10-master.conf`:

```
service auth {{
  unix_listener /var/spool/postfix/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
```

Whoever logs in may write under every address of yours, and it is signed, until
`smtpd_sender_login_maps` says whose is whose and `reject_sender_login_mismatch` is among the
`smtpd_sender_restrictions` of both services."""


def _rules(reject: DmarcReject) -> str:
    rows = (f"| `{s.symbol}` | {s.check} | {s.score:g} | {s.why} |" for s in SCORES)
    refused = (
        "A failure under `p=reject` is always refused, as you chose."
        if reject is DmarcReject.ALWAYS
        else "A failure under `p=reject` marks, and refuses together with one more fact."
    )
    return "\n".join(
        (
            "## What is refused",
            "",
            f"From {MARK:g} points on a message is marked (`X-Spam: Yes`), from {REFUSE:g} on "
            "refused. One failed check does neither, two mark, three refuse. A DMARC failure under "
            f"`p=quarantine` marks by itself, as the owner of the domain asks. {refused} "
            "`p=none` changes nothing.",
            "",
            "| symbol | check | points | raised when |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            "The text of a message has points of its own, by Rspamd's other rules; a sender on "
            "Rspamd's own list of well-known domains (WHITELIST_DMARC) is forgiven much.",
        )
    )


def _bind(intent: Intent, files: tuple[ConfigFile, ...]) -> str:
    mine = tuple(f for f in files if f.path.startswith("bind/"))
    if not mine:
        return ""
    zones = " ".join(f"../{domain}.zone" for domain in intent.domains)
    include = 'include "/etc/bind/named.conf.mailworthy";'
    return "\n\n".join(
        (
            "## BIND, where this machine is the primary name server",
            "Set the addresses of your secondaries in `allow-transfer`. Where a provider serves "
            "the zone, put the lines of `DOMAIN.records` into its form instead.",
            _commands(
                *_installs(mine),
                f"install -o bind -g bind -m 0644 {zones} /var/lib/bind/",
                _once(include, "/etc/bind/named.conf.local"),
                "named-checkconf -z",
                "rndc reconfig",
            ),
            "Undo: take the include line out again, `named-checkconf -z`, `rndc reconfig`.",
        )
    )


def _web(intent: Intent, files: tuple[ConfigFile, ...]) -> str:
    mine = [f for f in files if f.path.startswith(("mta-sts/", "autoconfig/", "autodiscover/"))]
    names = [site.name for site in web.web_sites(intent)]
    if not mine:
        return ""
    parts = [
        "## Web sites",
        f"These names need an address that leads to the web server: {', '.join(names)}.",
        _commands(*_installs(mine)),
        "With Caddy, which gets the certificates by itself:",
        _commands(
            "install -D -m 0644 web/Caddyfile.mailworthy /etc/caddy/mailworthy.caddy",
            _once("import mailworthy.caddy", "/etc/caddy/Caddyfile"),
            "caddy validate --config /etc/caddy/Caddyfile",
            "systemctl reload caddy",
        ),
        "Or with nginx, after the certificates are there:",
        _commands(
            *(f"certbot certonly --nginx -d {name}" for name in names),
            "install -m 0644 web/nginx.mailworthy.conf /etc/nginx/conf.d/mailworthy.conf",
            "nginx -t",
            "systemctl reload nginx",
        ),
    ]
    if policies := mtasts.domains(intent):
        parts.append(_policies(policies))
    parts.append("Undo: remove the file again, test, reload.")
    return "\n\n".join(parts)


def _policies(domains: tuple[str, ...]) -> str:
    urls = [f"curl -si {mtasts.url(domain)}" for domain in domains]
    return "\n\n".join(
        (
            "Each policy has to answer with 200, no redirect and a valid certificate, before its "
            "TXT record `_mta-sts` is published; change the `id` there whenever it changes:",
            _commands(*urls),
        )
    )
