"""Postfix: one table of settings, written as a script and as a fragment of main.cf.

The settings work with Postfix 3.4 and later; where and to whom mail is delivered (mydestination,
virtual domains, aliases) is left alone.
"""

import shlex
from collections.abc import Iterator

import msgspec

from mailworthy.servers.model import ConfigFile, Site, commented

MILTER = "inet:127.0.0.1:11332"
CERTIFICATES = "/etc/letsencrypt/live"
# Names each version to leave out, since ">=TLSv1.2" is read by Postfix 3.6 and later only.
MODERN_TLS = "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1"
TRUSTED = ("permit_mynetworks", "permit_sasl_authenticated")


class Setting(msgspec.Struct, frozen=True):
    """One line of main.cf and why it is there."""

    name: str
    value: str
    why: str = ""

    @property
    def line(self) -> str:
        """As main.cf and `postconf -e` want it."""
        return f"{self.name} = {self.value}".rstrip()


def files(site: Site) -> Iterator[ConfigFile]:
    """The script, the same as a fragment, and the submission services where people send."""
    table = tuple(settings(site))
    yield ConfigFile(
        path=f"postfix/{site.folder}postconf.sh",
        text=script(site, [edit(s) for s in table]),
        install="",
        why="sets main.cf; run it, it may be run again",
        mode=0o755,
        host=site.name,
    )
    yield ConfigFile(
        path=f"postfix/{site.folder}main.cf.fragment",
        text=_fragment(site, table),
        install="",
        why="the same settings, to read or for a main.cf written by hand",
        host=site.name,
    )
    if site.submission:
        yield ConfigFile(
            path=f"postfix/{site.folder}submission.sh",
            text=script(site, list(_submission())),
            install="",
            why="ports 465 and 587 for people who log in; run it once Dovecot answers for logins",
            mode=0o755,
            host=site.name,
        )


def settings(site: Site) -> Iterator[Setting]:
    """Everything that main.cf is told."""
    yield from _identity(site)
    yield from _addresses(site)
    yield from _tls(site)
    yield from _milter()
    yield from _conversation()
    yield from _restrictions()


def _identity(site: Site) -> Iterator[Setting]:
    yield Setting(
        "myhostname",
        site.name,
        "One name for HELO, banner, PTR record and certificate (RFC 5321 §2.3.5, RFC 1912 §2.1).",
    )
    yield Setting("smtp_helo_name", "$myhostname")
    yield Setting("smtpd_banner", "$myhostname ESMTP")


def _addresses(site: Site) -> Iterator[Setting]:
    v4, v6 = site.host.ipv4, site.host.ipv6
    if v4 or v6:
        families = "all" if v4 and v6 else "ipv4" if v4 else "ipv6"
        yield Setting(
            "inet_protocols",
            families,
            "Only the families whose addresses have PTR and SPF: mail from any other is refused.",
        )
    for name, found in (("smtp_bind_address", v4), ("smtp_bind_address6", v6)):
        if len(found) > 1:
            yield Setting(
                name,
                found[0],
                "Several addresses: always leave from one, so that a reputation can grow. "
                "Leave this out where the address is translated (NAT) and not on this machine.",
            )


def _tls(site: Site) -> Iterator[Setting]:
    folder = f"{CERTIFICATES}/{site.name}"
    yield Setting(
        "smtpd_tls_cert_file",
        f"{folder}/fullchain.pem",
        "A certificate for the host name, all of the chain; change the paths to where yours is.",
    )
    yield Setting("smtpd_tls_key_file", f"{folder}/privkey.pem")
    yield Setting(
        "smtpd_tls_security_level",
        "may",
        "Offers STARTTLS, and never demands it: a public port 25 must not (RFC 3207 §4).",
    )
    yield Setting("smtpd_tls_auth_only", "yes", "No login in clear text (RFC 8314 §4.1).")
    yield Setting("smtpd_tls_received_header", "yes")
    yield Setting("smtpd_tls_loglevel", "1")
    yield Setting(
        "smtp_tls_security_level",
        "may",
        "With a validating resolver on this machine (Unbound), use dane here and dnssec for "
        "smtp_dns_support_level (RFC 7672): receivers that publish TLSA are then verified.",
    )
    yield Setting("smtp_tls_loglevel", "1")
    for side in ("smtpd", "smtp"):
        yield Setting(f"{side}_tls_mandatory_protocols", MODERN_TLS, _versions(side))
        yield Setting(f"{side}_tls_protocols", MODERN_TLS)


def _versions(side: str) -> str:
    return "TLS 1.2 or later (RFC 8996, RFC 8997)." if side == "smtpd" else ""


def _milter() -> Iterator[Setting]:
    yield Setting("smtpd_milters", MILTER, "Rspamd judges what comes in and signs what goes out.")
    yield Setting("non_smtpd_milters", "$smtpd_milters", "Mail from this machine is signed too.")
    yield Setting("milter_protocol", "6")
    yield Setting(
        "milter_macro_daemon_name",
        "$myhostname",
        "The name under which Rspamd writes Authentication-Results: one, always (RFC 8601 §2.5).",
    )
    yield Setting(
        "milter_default_action",
        "tempfail",
        "While Rspamd is down: try again later. With accept, spoofed mail would come in unjudged "
        "and your own would leave unsigned; so nothing is lost but time (RFC 5321 §4.5.4.1).",
    )
    yield Setting(
        "milter_mail_macros",
        "i {mail_addr} {client_addr} {client_name} {auth_authen}",
    )


def _conversation() -> Iterator[Setting]:
    yield Setting("smtpd_helo_required", "yes", "RFC 5321 §4.1.1.1.")
    yield Setting("disable_vrfy_command", "yes", "Nobody learns addresses (RFC 5321 §7.3).")
    yield Setting(
        "smtpd_forbid_bare_newline",
        "yes",
        "Against SMTP smuggling (CVE-2023-51764). A Postfix that calls this and the next two "
        "unused is older than 3.5.23, 3.6.13, 3.7.9 or 3.8.4: update it.",
    )
    yield Setting("smtpd_forbid_bare_newline_exclusions", "$mynetworks")
    yield Setting("smtpd_forbid_unauth_pipelining", "yes")


def _restrictions() -> Iterator[Setting]:
    yield Setting(
        "smtpd_relay_restrictions",
        ", ".join((*TRUSTED, "reject_unauth_destination")),
        "No open relay: strangers may only write to addresses of ours.",
    )
    checks = {
        "client": ("reject_unknown_reverse_client_hostname",),
        "helo": (
            "reject_invalid_helo_hostname",
            "reject_non_fqdn_helo_hostname",
            "reject_unknown_helo_hostname",
        ),
        "sender": ("reject_non_fqdn_sender", "reject_unknown_sender_domain"),
    }
    why = (
        "Reverse DNS, HELO and sender domain. warn_if_reject logs (reject_warning) what would be "
        "refused and refuses nothing: one failed check is not always fatal, and Rspamd counts "
        "these too. Read the log for some weeks before you take it out."
    )
    for stage, names in checks.items():
        warned = (f"warn_if_reject {name}" for name in names)
        yield Setting(f"smtpd_{stage}_restrictions", ", ".join((*TRUSTED, *warned)), why)
        why = ""


def _submission() -> Iterator[str]:
    """`postconf` commands for ports 587 and 465 (RFC 8314 §3.3)."""
    common = {
        "smtpd_tls_security_level": "encrypt",
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sasl_type": "dovecot",
        "smtpd_sasl_path": "private/auth",
        "smtpd_client_restrictions": "",
        "smtpd_helo_restrictions": "",
        "smtpd_sender_restrictions": "",
        "smtpd_relay_restrictions": "permit_sasl_authenticated,reject",
    }
    services = {
        "submission": common,
        "submissions": common | {"smtpd_tls_wrappermode": "yes"},
    }
    for name, options in services.items():
        yield _command("-M", f"{name}/inet={name} inet n - - - - smtpd")
        for key, value in {"syslog_name": f"postfix/{name}", **options}.items():
            yield _command("-P", f"{name}/inet/{key}={value}")


def _command(flag: str, text: str) -> str:
    return f'postconf -c "$conf" {flag} {shlex.quote(text)}'


def edit(setting: Setting) -> str:
    """The command that sets one line, below why."""
    command = _command("-e", setting.line)
    return f"\n{commented(setting.why)}\n{command}" if setting.why else command


def script(site: Site, commands: list[str]) -> str:
    """A shell script of `postconf` commands that keeps what was there before."""
    head = commented(
        f"Postfix on {site.name}. Run as root: sh FILE [FOLDER], by default for /etc/postfix; "
        "changes nothing else, and may be run again.",
        "The first run keeps main.cf and master.cf as *.before-mailworthy.",
    )
    return "\n".join(("#!/bin/sh", head, GUARD, *commands, ""))


GUARD = """\
set -eu
conf=${1:-/etc/postfix}
for file in main.cf master.cf; do
    if [ ! -f "$conf/$file" ]; then
        echo "$conf/$file is missing: install Postfix first" >&2
        exit 1
    fi
    [ -e "$conf/$file.before-mailworthy" ] || cp -p "$conf/$file" "$conf/$file.before-mailworthy"
done
"""


def _fragment(site: Site, table: tuple[Setting, ...]) -> str:
    lines = [commented(f"main.cf on {site.name}: what postconf.sh sets.")]
    for setting in table:
        if setting.why:
            lines += ["", commented(setting.why)]
        lines.append(setting.line)
    return "\n".join((*lines, ""))
