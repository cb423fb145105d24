"""What `postconf` prints, as values (postconf(1)). Nothing here raises for any text."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from mailworthy.names import BadName, is_hostname, to_ascii
from mailworthy.servers.reading.model import Postfix, Service


def words(value: str) -> tuple[str, ...]:
    """The words of a list, separated by white space or commas."""
    return tuple(value.replace(",", " ").split()[:10_000])


# The parameters that rules look at: `postconf` is asked for these and no others, since main.cf
# may hold passwords.
NAMES = words(
    """
    mail_version config_directory queue_directory mail_owner myhostname mydomain compatibility_level
    inet_interfaces inet_protocols smtp_bind_address smtp_bind_address6 smtp_helo_name
    smtpd_banner mynetworks mynetworks_style relayhost default_transport
    transport_maps sender_dependent_relayhost_maps sender_dependent_default_transport_maps
    smtp_fallback_relay smtp_address_preference
    mydestination virtual_mailbox_domains virtual_alias_domains relay_domains
    smtpd_relay_restrictions smtpd_recipient_restrictions smtpd_sender_restrictions
    smtpd_helo_restrictions smtpd_client_restrictions smtpd_delay_reject smtpd_helo_required
    smtpd_tls_security_level smtpd_use_tls smtpd_enforce_tls smtpd_tls_auth_only
    smtpd_tls_chain_files smtpd_tls_cert_file smtpd_tls_key_file smtpd_tls_eccert_file
    smtpd_tls_dcert_file smtpd_tls_protocols smtpd_tls_mandatory_protocols
    smtpd_tls_wrappermode smtpd_sasl_auth_enable
    smtp_tls_security_level smtp_tls_protocols smtp_use_tls smtp_dns_support_level
    smtpd_milters non_smtpd_milters milter_default_action milter_protocol
    disable_vrfy_command smtpd_forbid_bare_newline smtpd_forbid_unauth_pipelining
    """
)
CLASSES = ("mydestination", "virtual_mailbox_domains", "virtual_alias_domains", "relay_domains")
_MAX_LINES = 20_000
_MAX_DOMAINS = 10_000
_ASSIGNMENT = re.compile(r"([A-Za-z0-9_.-]{1,200})\s{0,20}=\s{0,20}(.*)", re.DOTALL)
_UNUSED = re.compile(r"unused parameter: ([A-Za-z0-9_.-]{1,200})=")
# Tables that are made from a text of the same name, or are one.
_TEXTS = ("hash", "btree", "lmdb", "cdb", "dbm", "sdbm", "texthash")


def assignments(text: str) -> dict[str, str]:
    """The `name = value` lines that postconf prints; the last of each name stands."""
    found = (_ASSIGNMENT.fullmatch(line.strip()) for line in text.splitlines()[:_MAX_LINES])
    return {m[1]: m[2].strip() for m in found if m}


def unused(complaints: str) -> tuple[str, ...]:
    """The parameters of main.cf that nothing uses, from the warnings of postconf."""
    return tuple(sorted(set(_UNUSED.findall(complaints[:1_000_000]))))


def services(lines: str, options: str) -> tuple[Service, ...]:
    """The services of `postconf -M`, each with its settings of `postconf -P`."""
    own: dict[str, dict[str, str]] = {}
    for key, value in assignments_of_services(options):
        label, _, name = key.rpartition("/")
        if name in NAMES:
            own.setdefault(label, {})[name] = value
    split = (line.split() for line in lines.splitlines()[:_MAX_LINES])
    return tuple(
        Service(
            words[0],
            words[1],
            words[7],
            own.get(f"{words[0]}/{words[1]}", {}),
            words[4] == "y",  # nothing said (`-`) is no, since Postfix 3.0
        )
        for words in split
        if len(words) >= 8 and not words[0].startswith("#")
    )


def assignments_of_services(text: str) -> Iterator[tuple[str, str]]:
    """`service/type/name = value` lines; the service of `inet:` may hold colons and brackets."""
    for line in text.splitlines()[:_MAX_LINES]:
        key, equals, value = line.partition("=")
        if equals and key.count("/") >= 2:
            yield key.strip(), value.strip()


def split_list(value: str) -> list[str]:
    """The items of a list: by white space and commas, except inside braces."""
    items, depth, item = [], 0, ""
    for char in value[:100_000]:
        depth += (char == "{") - (char == "}")
        if depth <= 0 and (char.isspace() or char == ","):
            items.append(item)
            item = ""
        else:
            item += char
    return [i for i in (*items, item) if i]


class Source(msgspec.Struct, frozen=True):
    """Where the domains of one item come from: a name itself, a text to read, or nothing known."""

    name: str = ""
    file: str = ""
    listed: bool = False  # the text is a list of names, not a table
    sealed: str = ""


def sources(value: str) -> Iterator[Source]:
    """What each item of a domain list stands for (postconf(5), mydestination)."""
    for item in split_list(value):
        kind, colon, rest = item.partition(":")
        if item.startswith("/"):
            yield Source(file=item, listed=True)
        elif not colon:
            yield from _named(item)
        elif kind == "inline":
            yield from _inline(rest)
        elif (kind := _plain_kind(kind, rest)[0]) in _TEXTS:
            yield Source(file=_plain_kind(item.partition(":")[0], rest)[1])
        else:
            yield Source(sealed=item[:200])


def _plain_kind(kind: str, rest: str) -> tuple[str, str]:
    """`proxy:hash:/file` is `hash:/file`."""
    if kind != "proxy":
        return kind, rest
    inner, _, path = rest.partition(":")
    return inner, path


def _named(item: str) -> Iterator[Source]:
    if name := domain(item):
        yield Source(name=name)


def _inline(body: str) -> Iterator[Source]:
    for pair in re.findall(r"\{?\s*([^\s{}=,]{1,253})\s*=", body[:100_000]):
        yield from _named(pair)


def listed(text: str, *, table: bool) -> tuple[str, ...]:
    """The domains of a text: the keys of a table, or every word of a list."""
    found: dict[str, None] = {}
    for line in text.splitlines()[:_MAX_LINES]:
        if line[:1].isspace() or line.startswith("#"):
            continue
        items = line.split()
        for item in items[:1] if table else items:
            if name := domain(item):
                found[name] = None
    return tuple(found)[:_MAX_DOMAINS]


def domain(text: str) -> str:
    """A domain name in the inside form; empty for anything else (addresses, patterns)."""
    try:
        name = to_ascii(text)
    except BadName:
        return ""
    return name if is_hostname(name) else ""


def build(
    *, given: str, complaints: str, effective: str, lines: str, options: str, folder: str
) -> Postfix:
    """Postfix from what its commands print, but for the domains that lie in tables."""
    found = {n: v for n, v in assignments(effective).items() if n in NAMES}
    return Postfix(
        folder=folder or found.get("config_directory", "") or "/etc/postfix",
        version=found.get("mail_version", ""),
        values=found,
        given=tuple(assignments(given)),
        unknown=unused(complaints),
        services=services(lines, options),
    )


def with_domains(postfix: Postfix, texts: dict[str, str | None]) -> Postfix:
    """The same with its domains; `texts` holds what the files say, None for one not read."""
    accepts: dict[str, tuple[str, ...]] = {}
    sealed: list[str] = []
    for name in CLASSES:
        found: dict[str, None] = {}
        for source in sources(postfix.value(name)):
            text = texts.get(source.file) if source.file else ""
            if source.sealed or text is None:
                sealed.append(source.sealed or source.file)
            found |= dict.fromkeys(_of(source, text or ""))
        accepts[name] = tuple(found)
    return msgspec.structs.replace(postfix, accepts=accepts, sealed=tuple(dict.fromkeys(sealed)))


def _of(source: Source, text: str) -> Iterable[str]:
    if source.name:
        return (source.name,)
    return listed(text, table=not source.listed) if source.file else ()


def files(postfix: Postfix) -> tuple[str, ...]:
    """The texts that hold domains."""
    found = (s.file for name in CLASSES for s in sources(postfix.value(name)) if s.file)
    return tuple(dict.fromkeys(found))[:50]
