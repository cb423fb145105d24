"""Our own milter: its settings, its systemd units, and the lines that Postfix needs."""

from collections.abc import Iterator

from mailworthy.receive.words import DmarcReject
from mailworthy.servers.model import ConfigFile, Site, commented
from mailworthy.servers.postfix import Setting, edit, script

QUEUE = "/var/spool/postfix"  # queue_directory, where Postfix lives, locked in there or not
SOCKET_PATH = "mailworthy/milter.sock"  # beneath it
FOLDER = "/etc/mailworthy"
USER = "mailworthy"
UNIT = "mailworthy-milter"


def files(site: Site, *, dmarc_reject: DmarcReject) -> Iterator[ConfigFile]:
    """Everything for one machine."""
    yield _file(site, "milter.toml", _settings(site, dmarc_reject), FOLDER, "its settings")
    units = "/etc/systemd/system"
    yield _file(site, f"{UNIT}.service", SERVICE, units, "runs it, locked in")
    yield _file(site, f"{UNIT}.socket", SOCKET, units, "listens for it, while it restarts too")
    yield ConfigFile(
        path=f"milter/{site.folder}postconf.sh",
        text=script(site, [edit(setting) for setting in lines()]),
        install="",
        why="has Postfix ask it; run it, it may be run again",
        mode=0o755,
        host=site.name,
    )


def _file(site: Site, name: str, text: str, folder: str, why: str) -> ConfigFile:
    path = f"milter/{site.folder}{name}"
    return ConfigFile(path, text, f"{folder}/{name}", why, host=site.name)


def lines() -> Iterator[Setting]:
    """The lines of main.cf."""
    yield Setting(
        "smtpd_milters",
        f"unix:{SOCKET_PATH}",
        "In place of Rspamd. With both: ours first, `sign` empty in milter.toml, and another "
        "authserv_id there, or each takes the other's results for forged.",
    )
    yield Setting("non_smtpd_milters", "$smtpd_milters", "Mail from this machine is signed too.")
    yield Setting("milter_protocol", "6", "It asks for the macros that it needs by itself.")
    yield Setting(
        "milter_default_action",
        "tempfail",
        "While it is down: try again later. With accept, mail would come in unjudged and leave "
        "unsigned.",
    )
    yield Setting("milter_macro_daemon_name", "$myhostname")
    yield Setting("milter_connect_timeout", "10s")
    yield Setting("milter_command_timeout", "30s")
    yield Setting("milter_content_timeout", "300s")


def _settings(site: Site, dmarc_reject: DmarcReject) -> str:
    own = ", ".join(f'"{text}"' for text in (*site.host.ipv4, *site.host.ipv6))
    told = {
        "listen": '["systemd"]',
        "authserv_id": f'"{site.name}"',
        "own": f"[{own}]",
        "dmarc_reject": f'"{dmarc_reject}"',
        **({"sign": f'"{FOLDER}"'} if site.signs else {}),
        "dns": '"system"',
    }
    head = commented(
        f"Settings of `mailworthy milter` on {site.name}. All others, and what each means: "
        "mailworthy milter --settings. After a change: mailworthy milter --config FILE --check, "
        f"then systemctl reload {UNIT}."
    )
    return "\n".join([head, *(f"{name} = {value}" for name, value in told.items()), ""])


SOCKET = f"""\
# systemd holds this socket, so that Postfix finds it while the milter restarts. Nobody but Postfix
# gets in: whoever does has mail signed. For a mail server elsewhere, ListenStream=ADDRESS:PORT in
# place of the path, and inet:ADDRESS:PORT in smtpd_milters.
[Unit]
Description=Mailworthy milter (socket)

[Socket]
ListenStream={QUEUE}/{SOCKET_PATH}
SocketUser={USER}
SocketGroup=postfix
SocketMode=0660
DirectoryMode=0755
Backlog=1024
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
"""

SERVICE = f"""\
# Nothing may be written, no other user's files are seen, no privilege can be gained.
[Unit]
Description=Mailworthy milter
Requires={UNIT}.socket
After={UNIT}.socket network-online.target nss-lookup.target
Wants=network-online.target

[Service]
Type=exec
User={USER}
Group={USER}
Environment=PYTHONDONTWRITEBYTECODE=1
ExecStart=mailworthy milter --config {FOLDER}/milter.toml
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=1
TimeoutStopSec=45
LimitNOFILE=8192
TasksMax=64
UMask=0077
CapabilityBoundingSet=
AmbientCapabilities=
LockPersonality=yes
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources

[Install]
WantedBy=multi-user.target
"""


def readme(machines: tuple[Site, ...], found: tuple[ConfigFile, ...]) -> ConfigFile:
    """How all that is put in place, and taken away again."""
    parts = [INTRODUCTION, *(_steps(site, found) for site in machines), END]
    return ConfigFile("milter/README.md", "\n\n".join(parts) + "\n", "", "start here")


INTRODUCTION = """\
# Our own milter

Written by `mailworthy config milter` from `mailworthy.toml`; write it again after a change there.
All commands are run as root, in the folder above this one, and may be run again. `mailworthy` has
to be installed for everybody: `python3 -m venv /opt/mailworthy`,
`/opt/mailworthy/bin/pip install 'mailworthy[metrics]'`,
`ln -sf /opt/mailworthy/bin/mailworthy /usr/local/bin/`."""

END = f"""\
What it did with a message, and why, is one line of JSON: `journalctl -u {UNIT} -o cat`.

Undo:

```sh
cp -p /etc/postfix/main.cf.before-mailworthy /etc/postfix/main.cf
systemctl reload postfix
systemctl disable --now {UNIT}.socket {UNIT}.service
```"""


def _steps(site: Site, found: tuple[ConfigFile, ...]) -> str:
    mine = [f for f in found if f.host == site.name]
    placed = [f"install -D -m {f.mode:04o} {f.path} {f.install}" for f in mine if f.install]
    user = f"id {USER} || useradd --system --home-dir {FOLDER} --shell /usr/sbin/nologin {USER}"
    start = [
        f"mailworthy milter --config {FOLDER}/milter.toml --check",
        "systemctl daemon-reload",
        f"systemctl enable --now {UNIT}.socket {UNIT}.service",
        f"sh milter/{site.folder}postconf.sh",
        "postfix check",
        "systemctl reload postfix",
    ]
    commands = "\n".join(["```sh", user, *placed, *_keys(site), *start, "```"])
    return f"## {site.name}\n\n{commands}"


def _keys(site: Site) -> Iterator[str]:
    """What signing needs, for the eyes of the milter alone."""
    if not site.signs:
        return
    own = f"install -o {USER} -g {USER}"
    yield f"{own} -m 0640 ../mailworthy.toml {FOLDER}/mailworthy.toml"
    yield f"{own} -d -m 0700 {FOLDER}/keys"
    for domain, names in site.selectors.items():
        for name in names:
            key = f"{domain}.{name}.key"
            yield f"{own} -m 0600 ../keys/{key} {FOLDER}/keys/{key}"
