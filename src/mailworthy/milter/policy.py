"""What a milter is told to do: its settings, and what each of them means."""

from enum import StrEnum

import msgspec

from mailworthy.receive.words import DmarcReject

_MIB = 1 << 20


class Fallback(StrEnum):
    """What becomes of mail that could not be judged."""

    ACCEPT = "accept"  # with a field that says so
    TEMPFAIL = "tempfail"  # the sender tries again


class Quarantine(StrEnum):
    """How mail for the spam folder is marked."""

    HEADER = "header"
    HOLD = "hold"  # in the queue, until somebody looks at it


class MilterPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every setting of `milter.toml`; `HELP` says what they mean."""

    listen: tuple[str, ...] = ("inet:127.0.0.1:11335",)
    socket_mode: str = "0660"
    socket_group: str = ""
    workers: int = 1
    connections: int = 500
    memory: int = 256 * _MIB
    idle: float = 7200.0
    metrics: str = ""
    dns: str = "system"
    timeout: float = 5.0

    authserv_id: str = ""
    own: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    profile: str = "strict"
    dmarc_reject: DmarcReject = DmarcReject.INDEPENDENT
    blocklists: bool = True
    refuse: bool = True
    quarantine: Quarantine = Quarantine.HEADER
    spam_header: str = "X-Spam"
    deadline: float = 20.0
    on_dns_failure: Fallback = Fallback.TEMPFAIL
    on_error: Fallback = Fallback.TEMPFAIL
    on_oversize: Fallback = Fallback.ACCEPT
    max_message: int = 100 * _MIB

    sign: str = ""
    sign_mismatch: bool = False
    seal: str = ""


HELP = {
    "listen": "Where the mail server finds us: `inet:ADDRESS:PORT`, `unix:PATH`, or `systemd` for "
    "the sockets that systemd hands over. Nobody is asked for a password there, and who gets in "
    "has mail signed: at `inet` on this machine that is every user of it, at `unix` the "
    "`socket_group`.",
    "socket_mode": "The mode of sockets of `unix:PATH`.",
    "socket_group": "The group of sockets of `unix:PATH`; Postfix needs to be in it.",
    "workers": "Processes that share the work. One judges some hundred messages a second.",
    "connections": "Connections of the mail server at the same time in each process; who comes "
    "beyond them is told to come again later.",
    "memory": "Octets of messages, whole or not, in memory at the same time in each process, not "
    "counting what is needed to judge them, some three times a message, and 64 KiB for each "
    "connection. A message beyond is told to come again later.",
    "idle": "Seconds that a connection may say nothing. A client may take long to hand its message "
    "to the mail server, which says nothing to us meanwhile.",
    "metrics": "`ADDRESS:PORT` where Prometheus finds numbers; nowhere by default.",
    "dns": "Where to ask: `system`, `ADDRESS[:PORT]`, `tls://HOST`, `https://URL`, "
    "`zone:FILE[,FILE…]` or `replay:FILE`. A validating resolver on this machine is best.",
    "timeout": "Seconds to wait for one answer of DNS.",
    "authserv_id": "The name in our Authentication-Results, always the same for all servers of "
    "yours (RFC 8601 §2.5). By default what the mail server calls itself (macro `j`).",
    "own": "More names and addresses of yours, which no client may claim to be.",
    "trusted": "Networks whose mail is yours: it is not judged, and is signed.",
    "profile": "By which receiver's rules mail is judged; `strict` is a server of your own.",
    "dmarc_reject": "When a failure under `p=reject` refuses a message: `independent`, only with a "
    "second fact (RFC 9989 §7.4), or `always`.",
    "blocklists": "Whether blocklists are asked.",
    "refuse": "Whether anything is refused. With `false` what would be refused is marked as spam: "
    "for the first weeks.",
    "quarantine": "What is done with mail for the spam folder: `header` adds `spam_header`, `hold` "
    "has the mail server hold it.",
    "spam_header": "The header field that marks spam, with the value `Yes`, as Rspamd has it. "
    "Fields of this name that come from outside are taken out.",
    "deadline": "Seconds to judge one message; what is not known then is not known.",
    "on_dns_failure": "What is done with mail where an answer of DNS is missing that would decide: "
    "`tempfail` or `accept`.",
    "on_error": "What is done with mail that we fail to judge, by a fault of ours.",
    "on_oversize": "What is done with mail larger than `max_message`, which is not judged.",
    "max_message": "Octets of a body; a larger one is not judged, and marked so.",
    "sign": "The folder with `mailworthy.toml` and its `keys`, relative to that of this file: "
    "mail of its domains from people who have logged in, and from `trusted` networks, is signed "
    "with all keys of the domain.",
    "sign_mismatch": "Whether mail is signed too where its author is not of the domain with "
    "which somebody has logged in. By default it is signed if the login has no domain, or has "
    "that of From, one above or one below it: else everybody with a password could have mail of "
    "everybody signed. Turn it on only where the mail server holds From against the login.",
    "seal": "The domain that seals mail from outside (ARC), with its first RSA key; it has to be "
    "one of `sign`. By default nothing is sealed.",
}
