"""A mail server as its owner has it: what `mailworthy` wrote for it, installed as it says.

The lines of shell in `config/README.md` are run as they stand. The box adds only what is of the
box: a main.cf to begin with, mailboxes, the key that may update DNS, where logs go.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain
from pathlib import Path

from lab import dns
from lab.authority import Issued
from lab.machine import Machine, wait_for
from lab.plan import PASSWORD, USERS, MailPlace

COMMAND = (sys.executable, "-m", "mailworthy")
LIVE = "/etc/letsencrypt/live"
MAILBOXES = "/var/vmail"

INTENT = """\
[hosts."{host.hostname}"]
ipv4 = ["{host.addresses[0]}"]
ipv6 = ["{host.addresses[1]}"]
mx = 10

[domains."{host.domain}"]
reports = "dmarc@{host.domain}"
nameservers = ["ns1.{host.domain}={host.addresses[0]}"]
dnssec = true
tls_keys = ["{host.hostname}={certificate}"]
{host.intent}"""

# What Debian's "Internet Site" has, and where mail is delivered.
MAIN = """\
compatibility_level = 3.6
queue_directory = /var/spool/postfix
data_directory = /var/lib/postfix
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = /var/log/mail.log
biff = no
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8 [::1]/128
inet_interfaces = all
smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = inline:{{ {users} }}
virtual_transport = lmtp:unix:/run/dovecot/lmtp
queue_run_delay = 2s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
in_flow_delay = 0
smtpd_error_sleep_time = 0
"""
# `postconf.sh` says to do this where the resolver validates.
DANE = "postconf -e smtp_tls_security_level=dane smtp_dns_support_level=dnssec"

DOVECOT = """\
log_path = /var/log/dovecot.log
protocols = lmtp imap
listen = *, ::
ssl = required
ssl_cert = <{live}/fullchain.pem
ssl_key = <{live}/privkey.pem
auth_failure_delay = 0
first_valid_uid = 8
first_valid_gid = 8
mail_location = maildir:~/Maildir
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={mailboxes}/%n
}}
# Whoever guessed wrong is not made to wait.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener /var/spool/postfix/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
service lmtp {{
  unix_listener lmtp {{
    mode = 0660
    user = postfix
  }}
}}
"""
# Rspamd's own list of public suffixes lacks `example`, and takes 16 s to compile.
SUFFIXES = "// ===BEGIN ICANN DOMAINS===\ncom\nnet\norg\nexample\n// ===END ICANN DOMAINS===\n"


class MailHost(Machine):
    """A mail server; `folder` is where `mailworthy` wrote, on this machine and on that one."""

    place: MailPlace

    def __init__(self, place: MailPlace, state: Path, resolver: str) -> None:
        super().__init__(place, state, resolver)
        self.folder = self.state / "mailworthy"
        self._read: dict[str, bytes] = {}

    @property
    def domain(self) -> str:
        """The domain whose mail it serves."""
        return self.place.domain

    def generate(self, issued: Issued) -> None:
        """Write the intent, and have everything else written."""
        self.folder.mkdir()
        text = INTENT.format(host=self.place, certificate=issued.certificate)
        (self.folder / "mailworthy.toml").write_text(text)
        self.run([*COMMAND, "zone", "--write", "--yes", "--dir", self.folder], check=True)

    def install(self, issued: Issued, authority: Path) -> str:
        """Install what was written, and start all but Postfix; the DS record of the domain."""
        self.write(f"{MAILBOXES}/.keep", "")
        self.script(f"cat {authority} >>/etc/ssl/certs/ca-certificates.crt; chown mail {MAILBOXES}")
        self._issued = issued
        self.certificate(issued, reload=False)
        self._install_rspamd()
        ds = self._install_bind()
        live = f"{LIVE}/{self.place.hostname}"
        text = DOVECOT.format(live=live, password=PASSWORD, mailboxes=MAILBOXES)
        self.write("/etc/dovecot/dovecot.conf", text)
        self.spawn("dovecot", ["dovecot", "-F"])
        return ds

    def start_postfix(self) -> None:
        """Configure Postfix as `config/README.md` says, and start it."""
        users = " ".join(f"{{ {user}@{self.domain} = {user} }}" for user in USERS)
        self.write("/etc/postfix/main.cf", MAIN.format(domain=self.domain, users=users))
        master = self.path("/etc/postfix/master.cf.proto").read_text()
        # No service in a chroot: it would need copies of resolv.conf and more.
        master = re.sub(r"(?m)^(\w\S*(?:[ \t]+\S+){3}[ \t]+)y", r"\1n", master)
        self.write("/etc/postfix/master.cf", master)
        self.script(f"{self.readme('Postfix')}\n{DANE}", folder=self.folder / "config")
        self.script("postfix start 2>&1")

    def restart(self) -> None:
        """Postfix from its beginning, with no mail in its queue and nothing that it remembers."""
        self.script("postsuper -d ALL 2>&1; postfix stop 2>&1; postfix start 2>&1")
        for port in (25, 465, 587):
            wait_for(f"port {port} of {self.place.label}", partial(self.answers, port))

    def start_web(self, issued: Issued) -> None:
        """The web sites of the domain, as `config/README.md` says, with nginx."""
        for name in issued.names:
            self._keep(issued, name)
        self.script(self.readme("Web sites"), folder=self.folder / "config")
        self.script("rm -f /etc/nginx/sites-enabled/default; mkdir -p /var/log/nginx")
        self.spawn("nginx", ["nginx", "-g", "daemon off;"])

    def certificate(self, issued: Issued, *, reload: bool = True) -> None:
        """Put a certificate where Postfix and Dovecot look for it."""
        self._keep(issued, self.place.hostname)
        if reload:
            self.reload()

    def reload(self) -> None:
        """Have Postfix and Dovecot read their files again; who read the old ones has ended then."""
        old = {*self.processes("smtpd -n"), *self.processes("imap-login")}
        self.script("postfix reload 2>&1; doveadm reload")
        names = ("smtpd -n", "imap-login")
        wait_for("the old servers to end", lambda: not old & {*chain(*map(self.processes, names))})

    @contextmanager
    def other_certificate(self, issued: Issued) -> Iterator[None]:
        """Another certificate for a while."""
        self.certificate(issued)
        try:
            yield
        finally:
            self.certificate(self._issued)

    @contextmanager
    def milters(self, *sockets: str) -> Iterator[None]:
        """Postfix asks these, and no other, for a while: `inet:127.0.0.1:PORT`, `unix:PATH`."""
        before = self.script("postconf -h smtpd_milters").strip()
        self.script(f"postconf -e 'smtpd_milters={', '.join(sockets)}'")
        self.reload()
        try:
            yield
        finally:
            self.script(f"postconf -e 'smtpd_milters={before}'")
            self.reload()

    def readme(self, section: str) -> str:
        """The lines of a section of `config/README.md` that install something."""
        text = (self.folder / "config/README.md").read_text()
        found = re.search(rf"^## {section}.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        assert found is not None, section
        lines = found[0].partition("\nUndo")[0].splitlines()
        return "\n".join(
            x for x in lines if x.startswith(("install ", "sh ", "grep -qxF 'include"))
        )

    def delivered(self, message_id: str) -> bytes | None:
        """The mail with a Message-Id as it lies in a mailbox, if it is there yet."""
        wanted = message_id.strip("<>").encode()
        for path in self.path(MAILBOXES).glob("*/Maildir/[cn]*/*.*"):
            # A mail program moves it to `cur`, and adds flags to its name.
            name = path.name.partition(":")[0]
            if path.parent.name in ("cur", "new") and name not in self._read:
                with suppress(FileNotFoundError):
                    self._read[name] = path.read_bytes()
        return next((m for m in self._read.values() if _message_id(m) == wanted), None)

    def _keep(self, issued: Issued, name: str) -> None:
        self.write(f"{LIVE}/{name}/fullchain.pem", issued.certificate.read_text())
        self.write(f"{LIVE}/{name}/privkey.pem", issued.key.read_text(), mode=0o600)

    def _install_rspamd(self) -> None:
        self.script(self.readme("Rspamd"), folder=self.folder / "config")
        self.write("/etc/rspamd/suffixes", SUFFIXES)
        self.write("/etc/rspamd/local.d/options.inc", 'url_tld = "/etc/rspamd/suffixes";\n')
        self.script("for d in run log; do install -o _rspamd -g _rspamd -d /var/$d/rspamd; done")
        self.spawn("rspamd-out", ["rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd"])

    def _install_bind(self) -> str:
        self.script(self.readme("BIND"), folder=self.folder / "config")
        self.write("/etc/bind/named.conf.options", dns.TSIG + dns.OPTIONS)
        ds = dns.sign(self, self.domain, "mailworthy", "/etc/bind/named.conf.mailworthy")
        dns.start_bind(self)
        return ds


def _message_id(mail: bytes) -> bytes | None:
    found = re.search(rb"(?im)^message-id:\s*<([^>\n]*)>", mail)
    return found[1] if found else None
