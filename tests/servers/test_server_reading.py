"""What a server's programs print, as values; and nothing that they print does any harm."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailworthy.servers.reading import dovecot, machine, opendkim, opendkimtables, postfix, rspamd
from mailworthy.servers.reading.engine import Places, reading
from mailworthy.servers.reading.model import (
    KeyState,
    Listener,
    OpenDkim,
    Postfix,
    Rspamd,
    Server,
    Service,
    SigningKey,
    Unread,
)
from mailworthy.servers.reading.request import Certificates, Command, Key, Outcome, Request, Told

MASTER = """\
smtp       inet  n       -       y       -       -       smtpd
192.0.2.25:submission inet n - y - - smtpd
smtp       unix  -       -       y       -       -       smtp
maildrop   unix  -       n       n       -       -       pipe flags=DRXhu argv=/usr/bin/maildrop
"""
OPTIONS = """\
smtp/inet/smtpd_milters = inet:localhost:8891
smtp/inet/syslog_name = postfix/mx
192.0.2.25:submission/inet/smtpd_tls_security_level = encrypt
"""


def test_services_have_their_own_settings_and_no_others() -> None:
    found = postfix.services(MASTER, OPTIONS)
    own = {"smtpd_milters": "inet:localhost:8891"}
    assert found[0] == Service("smtp", "inet", "smtpd", own, chroot=True)
    assert found[1].options == {"smtpd_tls_security_level": "encrypt"}
    assert [s.command for s in found] == ["smtpd", "smtpd", "smtp", "pipe"]


def test_only_port_25_is_open_to_strangers() -> None:
    lines = "127.0.0.1:25 inet n - y - - smtpd\nsmtpd pass - - y - - smtpd\n" + MASTER
    names = [s.name for s in Postfix(services=postfix.services(lines, "")).public]
    assert names == ["127.0.0.1:25", "smtpd", "smtp"]


def test_a_service_sees_its_own_value() -> None:
    found = Postfix(values={"a": "1", "b": "2"})
    service = Service("smtp", "inet", "smtpd", {"a": ""})
    assert (found.value("a", service), found.value("b", service)) == ("", "2")


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ("a.example, b.example", ["a.example", "b.example"]),
        ("inline:{ {x = y}, {z=1} } c.example", ["inline:{ {x = y}, {z=1} }", "c.example"]),
        ("", []),
        ("{ unbalanced", ["{ unbalanced"]),
        ("} a b", ["}", "a", "b"]),
    ],
)
def test_lists_are_split_outside_braces(value: str, items: list[str]) -> None:
    assert postfix.split_list(value) == items


def domains(value: str, texts: dict[str, str | None]) -> Postfix:
    found = Postfix(values={"virtual_mailbox_domains": value})
    return postfix.with_domains(found, texts)


@pytest.mark.parametrize(
    ("value", "names", "sealed"),
    [
        ("Example.COM, b.example", ("example.com", "b.example"), ()),
        ("hash:/t", ("a.example", "b.example"), ()),
        ("proxy:texthash:/t", ("a.example", "b.example"), ()),
        ("/t", ("a.example", "x", "b.example", "y"), ()),
        ("inline:{ {c.example=1}, {d.example = 2} }", ("c.example", "d.example"), ()),
        ("hash:/missing", (), ("/missing",)),
        ("mysql:/etc/postfix/domains.cf", (), ("mysql:/etc/postfix/domains.cf",)),
        ("proxy:pgsql:/x", (), ("proxy:pgsql:/x",)),
        ("user@example.com .example.com !no", (), ()),
    ],
)
def test_domains_come_from_names_and_tables(
    value: str, names: tuple[str, ...], sealed: tuple[str, ...]
) -> None:
    texts = {"/t": "# c\na.example x\n\nb.example y\n continued z.example\n", "/missing": None}
    found = domains(value, texts)
    assert found.accepts["virtual_mailbox_domains"] == names
    assert found.sealed == sealed


def test_unused_parameters_are_known_by_the_warning() -> None:
    text = (
        "postconf: warning: /etc/postfix/main.cf: unused parameter: foo_bar=1\n"
        "postconf: warning: /etc/postfix/main.cf: unused parameter: a=unused parameter: b=2\n"
    )
    assert postfix.unused(text) == ("a", "b", "foo_bar")


DUMP: dict[str, Any] = {
    "options": {"local_addrs": ["127.0.0.0/8", 7, "::1"], "dynamic_password": "secret"},
    "dkim_signing": {
        "use_domain": "header",
        "try_fallback": False,
        "sign_local": "oops",
        "domain": {
            "example.com": {
                "selectors": [
                    {"path": "/k/$domain.$selector.key", "selector": "r1"},
                    {"path": "/k/e", "selector": "e1"},
                    "nonsense",
                ]
            },
            "b.example": {"selector": "s"},
            "c.example": [{"selector": "s", "path": "/c"}],
            "not a domain": {"selector": "s"},
        },
        "selector_map": "/etc/map",
    },
    "dmarc": {"actions": {"reject": "reject", "other": "x", "none": 3}},
    "milter_headers": {"use": ["authentication-results"]},
    "spf": {"enabled": False},
    "worker": [
        {"controller": {"password": "secret", "bind_socket": "localhost:11334"}},
        {"rspamd_proxy": {"bind_socket": ["localhost:11332", "/run/r.sock mode=0666"]}},
        {"rspamd_proxy": {"milter": False, "bind_socket": "localhost:1"}},
    ],
}


def test_rspamd_is_what_its_dump_says_without_passwords() -> None:
    found = rspamd.build(json.dumps(DUMP), "")
    assert found == Rspamd(
        local=("127.0.0.0/8", "::1"),
        keys=(
            SigningKey("example.com", "r1", "/k/example.com.r1.key"),
            SigningKey("example.com", "e1", "/k/e"),
            SigningKey("b.example", "s", "/var/lib/rspamd/dkim/b.example.s.key"),
            SigningKey("c.example", "s", "/c"),
        ),
        signing={**rspamd.OPTIONS, "try_fallback": False},
        open=("selector_map",),
        off=("spf",),
        dmarc={"reject": "reject"},
        headers=("authentication-results",),
        milters=("localhost:11332", "/run/r.sock mode=0666"),
    )
    assert "secret" not in repr(found)


@pytest.mark.parametrize("text", ["", "[]", "null", '"x"', "{", "{}x"])
def test_what_is_no_dump_is_none(text: str) -> None:
    assert rspamd.build(text, "") is None


CONF = "Mode\tsv\nKeyTable refile:/kt # c\nSigningTable refile:/st\nSocket inet:8891@localhost\n"
KEYS = """\
# c
main example.com:r1:/k/r1
odd x
two b.example:s:/k/with:colon
  spare  never.example:s:/k/spare
any %:w:/k/%.key
secret c.example:s:MIIEowIBAAKCAQEA
"""
ROWS = "*@example.com main\n*@B.example two:x@b.example\n*@c.example secret\n*@d.example any\n"


def test_opendkim_with_tables() -> None:
    found = opendkim.build(CONF, {"/kt": KEYS, "/st": ROWS}, "/etc/opendkim.conf")
    assert found.keys == (
        SigningKey("example.com", "r1", "/k/r1"),
        SigningKey("b.example", "s", "/k/with:colon"),
        SigningKey("d.example", "w", "/k/d.example.key"),
    )
    assert found.open == ()
    assert "MIIE" not in repr(found)
    assert opendkim.tables(CONF) == ("/kt", "/st")


def test_opendkim_with_a_key_table_alone() -> None:
    text = "KeyTable csl:k=a.example:s:/k/a,l=b.example:t:/k/b\n"
    found = opendkim.build(text, {}, "x")
    assert [key.path for key in found.keys] == ["/k/a", "/k/b"]


@pytest.mark.parametrize(
    ("lines", "unread"),
    [
        ("KeyTable refile:/kt\nSigningTable refile:/gone\n", "SigningTable refile:/gone"),
        ("KeyTable /gone\nSigningTable refile:/st\n", "KeyTable /gone"),
        ("KeyTable dsn:mysql://u:hidden@h/d\nSigningTable refile:/st\n", "KeyTable dsn:…"),
        ("KeyTable /kt\nSigningTable ldap://x/hidden\n", "SigningTable ldap:…"),
        ("KeyTable lua:/x\n", "KeyTable lua:…"),
        ("KeyTable /kt.db\nSigningTable refile:/st\n", "KeyTable /kt.db"),
        ("KeyFile /k\nDomain refile:/gone\n", "Domain refile:/gone"),
        ("KeyFile /k\nDomain *.example\n", "Domain *.example"),
        ("Include /etc/more\nKeyFile /k\n", "Include /etc/more"),
    ],
)
def test_what_opendkim_keeps_elsewhere_is_named_without_passwords(lines: str, unread: str) -> None:
    found = opendkim.build(lines, {"/kt": KEYS, "/st": ROWS, "/gone": None}, "x")
    assert found.open == (unread,)
    assert found.signs
    assert "hidden" not in repr(found)


@pytest.mark.parametrize(
    ("pattern", "text", "whole"),
    [
        ("*", "x@a.example", True),
        ("*@A.example", "x@a.EXAMPLE", True),
        ("*@a.example", "x@b.a.example", False),
        ("x*@*.example", "xy@a.example", True),
        ("a*a", "a", False),
        ("[x]?", "x1", False),
        ("", "", True),
        ("*a*b*", "xxbxa", False),
    ],
)
def test_in_patterns_only_the_star_is_special(pattern: str, text: str, whole: bool) -> None:
    assert opendkimtables.matches(pattern, text) is whole


def test_opendkim_with_one_key() -> None:
    found = opendkim.build("Domain example.com\nSelector s\nKeyFile /k\n", {}, "x")
    assert found.keys == (SigningKey("example.com", "s", "/k"),)
    listed = "Domain file:/list\nKeyFile /k\n"
    assert opendkim.build(listed, {"/list": "a.example\n"}, "x").keys == (
        SigningKey("a.example", "default", "/k"),
    )
    assert found.mode == "sv"


def test_addresses_of_a_machine() -> None:
    text = json.dumps(
        [
            {"addr_info": [{"local": "127.0.0.1"}, {"local": "fe80::1"}]},
            {
                "addr_info": [
                    {"local": "2001:db8::99", "temporary": True},
                    {"local": "192.0.2.25"},
                    {"local": "2001:DB8::25"},
                    {"local": "nonsense"},
                ]
            },
        ]
    )
    assert machine.addresses(text) == ("192.0.2.25", "2001:db8::25", "2001:db8::99")
    assert machine.source('[{"dst":"198.51.100.1","prefsrc":"192.0.2.25"}]') == "192.0.2.25"
    assert machine.source('[{"dst":"198.51.100.1"}]') == ""


def test_listeners() -> None:
    text = (
        "LISTEN 0      100          0.0.0.0:25        0.0.0.0:*\n"
        "LISTEN 0      100             [::]:25           [::]:*\n"
        "LISTEN 0      128    127.0.0.1%lo:11332 0.0.0.0:*\n"
        "LISTEN 0      128    *:443 *:*\nodd\n"
    )
    assert machine.listeners(text) == (
        Listener("0.0.0.0", 25),
        Listener("::", 25),
        Listener("127.0.0.1", 11332),
        Listener("*", 443),
    )


def test_certificates_of_dovecot() -> None:
    text = "ssl_cert = </a.pem\nlocal_name x {\n  ssl_cert = </b.pem\n}\nssl_key = # hidden\n"
    assert dovecot.certificates(text) == ("/a.pem", "/b.pem")
    assert dovecot.certificates("ssl = no\n" + text) == ()


JUNK = st.one_of(
    st.text(max_size=300),
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=9) | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
        max_leaves=12,
    ).map(json.dumps),
    st.sampled_from([json.dumps(DUMP), MASTER, OPTIONS]).flatmap(
        lambda t: st.integers(0, len(t)).map(lambda at: t[:at] + "\x00{" + t[at + 2 :])
    ),
)


@settings(max_examples=300, deadline=None)
@given(JUNK)
def test_no_text_breaks_a_reader(text: str) -> None:
    found = postfix.build(
        given=text, complaints=text, effective=text, lines=text, options=text, folder=""
    )
    assert isinstance(postfix.with_domains(found, {}), Postfix)
    for value in ("domain", "options", "dkim_signing", "worker", "dmarc"):
        rspamd.build(json.dumps({value: text}), "")
    assert isinstance(rspamd.build(text, ""), Rspamd | None)
    both = f"KeyTable file:/t\nSigningTable refile:/t\nMultipleSignatures yes\n{text}"
    for conf in (text, both):
        signer = opendkim.build(conf, dict.fromkeys(opendkim.tables(conf), text), "x")
        assert isinstance(signer, OpenDkim)
        opendkimtables.chosen(signer, "example.com")
    assert isinstance(list(postfix.sources(text)), list)
    machine.addresses(text)
    machine.source(text)
    machine.listeners(text)
    machine.full_name(text)
    dovecot.certificates(text)


@settings(max_examples=100, deadline=None)
@given(JUNK, st.sampled_from(Outcome), st.integers(0, 2**16))
def test_whatever_is_told_a_server_comes_out(text: str, outcome: Outcome, seed: int) -> None:
    def told(number: int, _: Request) -> Told:
        return Told(outcome if (seed >> number) & 1 else Outcome.DONE, text, text)

    rounds: list[int] = []

    def tell(wanted: tuple[Request, ...]) -> tuple[Told, ...]:
        rounds.append(len(wanted))
        return tuple(told(n, r) for n, r in enumerate(wanted))

    assert isinstance(played(tell), Server)
    assert len(rounds) == 3


def played(tell: Callable[[tuple[Request, ...]], tuple[Told, ...]]) -> Server:
    """A reading to its end."""
    engine = reading(Places())
    wanted = next(engine)
    try:
        while True:
            wanted = engine.send(tell(wanted))
    except StopIteration as end:
        found: Server = end.value
        return found


def answers(**said: Told) -> Server:
    """A server of which only these programs are there."""

    def told(request: Request) -> Told:
        name = request.argv[0] if isinstance(request, Command) else request.path
        return said.get(name.rpartition("/")[2].replace(".", "_"), Told(Outcome.MISSING))

    return played(lambda wanted: tuple(map(told, wanted)))


def test_what_is_not_installed_is_named_with_its_package() -> None:
    found = answers()
    assert isinstance(found.postfix, Unread)
    assert found.postfix.absent
    assert "apt install postfix" in found.postfix.why
    assert "/usr/sbin" in found.postfix.why
    assert isinstance(found.rspamd, Unread)
    assert "apt install rspamd" in found.rspamd.why


def test_what_may_not_be_read_asks_for_sudo() -> None:
    found = answers(rspamadm=Told(Outcome.DENIED), opendkim_conf=Told(Outcome.DENIED))
    for part in (found.rspamd, found.opendkim):
        assert isinstance(part, Unread)
        assert not part.absent
        assert "sudo" in part.why


def test_what_a_program_says_when_it_fails_is_kept() -> None:
    found = answers(postconf=Told(Outcome.FAILED, "", "postconf: fatal: open main.cf:\n nothing"))
    assert isinstance(found.postfix, Unread)
    assert found.postfix.why == "postconf: fatal: open main.cf: nothing"


def test_what_takes_too_long_or_says_too_much_is_told_so() -> None:
    found = answers(rspamadm=Told(Outcome.LATE), postconf=Told(Outcome.LARGE, "x"))
    assert isinstance(found.rspamd, Unread)
    assert isinstance(found.postfix, Unread)
    assert found.rspamd.why == "rspamadm: it gave no answer in time"
    assert "more than anybody" in found.postfix.why


def test_private_keys_and_chains_are_asked_for_as_such() -> None:
    asked: list[Request] = []
    dump = json.dumps(DUMP)
    said = {
        "postconf": Told(Outcome.DONE, "smtpd_tls_chain_files = /tls/both.pem\n"),
        "rspamadm": Told(Outcome.DONE, dump),
    }

    def tell(wanted: tuple[Request, ...]) -> tuple[Told, ...]:
        asked.extend(wanted)
        names = (r.argv[0] if isinstance(r, Command) else "" for r in wanted)
        return tuple(said.get(name, Told(Outcome.MISSING)) for name in names)

    states = {key.state for key in played(tell).keys}
    assert Certificates("/tls/both.pem") in asked
    assert Key("/k/e") in asked
    assert states == {KeyState.MISSING}
