"""The configuration as text: what is in it, for whom, and what never gets in."""

import re
import shlex
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from mailworthy.domain.intent import Domain, Host, Intent, MtaStsMode
from mailworthy.errors import UsageError
from mailworthy.mtasts.policy import Mode, parse
from mailworthy.servers import DmarcReject, configuration
from servers.serverskit import ANY_INTENT, INTENTS, NOW, ONE, files


@settings(max_examples=50)
@given(ANY_INTENT)
def test_any_intent_gives_a_folder_that_stands_on_its_own(intent) -> None:
    found = configuration(intent, now=NOW)
    assert found == configuration(intent, now=NOW)
    paths = [f.path for f in found]
    assert len(paths) == len(set(paths))
    assert paths[0] == "README.md"
    for file in found:
        assert not file.path.startswith("/")
        assert ".." not in file.path.split("/")
        assert file.install == "" or file.install.startswith("/")
        assert file.text.endswith("\n")
        assert not re.search(r"[^\x20-\x7e\n\t§]", file.text), file.path
        assert f"`{file.path}`" in found[0].text or file.path == "README.md"


@settings(max_examples=50)
@given(ANY_INTENT)
def test_every_path_that_the_readme_names_is_there(intent) -> None:
    found = files(intent)
    commands = re.findall(r"^(?:install|sh) .*$", found["README.md"].text, re.MULTILINE)
    sources = {
        word
        for command in commands
        for word in shlex.split(command)[1:]
        if "/" in word and not word.startswith(("/", "../"))
    }
    assert sources <= found.keys()
    installed = {f.path for f in found.values() if f.install}
    assert installed - sources == set()


@pytest.mark.parametrize("intent", INTENTS.values(), ids=INTENTS)
def test_script_and_fragment_say_the_same(intent) -> None:
    found = files(intent)
    for path in found:
        if path.endswith("postconf.sh"):
            script = [
                shlex.split(line)[-1]
                for line in found[path].text.splitlines()
                if line.startswith("postconf ")
            ]
            fragment = found[path.replace("postconf.sh", "main.cf.fragment")].text
            lines = [line for line in fragment.splitlines() if line and line[0] != "#"]
            assert script == lines
            assert len({line.split(" = ")[0] for line in lines}) == len(lines)


def test_one_machine_needs_no_folder_and_two_have_one_each() -> None:
    assert "postfix/postconf.sh" in files(INTENTS["article"])
    two = files(INTENTS["two hosts"])
    assert {p.split("/")[1] for p in two if p.startswith(("postfix/", "rspamd/"))} == {
        "mx.example.com",
        "out.example.com",
    }


def test_mail_leaves_only_by_families_that_are_announced() -> None:
    def protocols(intent: Intent, path: str = "postfix/main.cf.fragment") -> str:
        return re.findall(r"^inet_protocols = (.*)$", files(intent)[path].text, re.MULTILINE)[0]

    assert protocols(INTENTS["article"]) == "all"
    assert protocols(INTENTS["ipv4 only"]) == "ipv4"
    assert protocols(INTENTS["two hosts"], "postfix/mx.example.com/main.cf.fragment") == "ipv6"


def test_several_addresses_leave_by_one() -> None:
    single = files(INTENTS["ipv4 only"])["postfix/main.cf.fragment"].text
    assert "\nsmtp_bind_address = 192.0.2.25\n" in single
    double = files(INTENTS["two hosts"])["postfix/out.example.com/main.cf.fragment"].text
    assert "\nsmtp_bind_address6 = 2001:db8::2\n" in double
    assert "smtp_bind_address =" not in double


def test_port_25_never_demands_tls_and_checks_only_warn() -> None:
    text = files(INTENTS["article"])["postfix/main.cf.fragment"].text
    assert "\nsmtpd_tls_security_level = may\n" in text
    for stage in ("client", "helo", "sender"):
        line = re.findall(rf"^smtpd_{stage}_restrictions = (.*)$", text, re.MULTILINE)[0]
        first, second, *checks = line.split(", ")
        assert (first, second) == ("permit_mynetworks", "permit_sasl_authenticated")
        assert checks
        assert all(check.startswith("warn_if_reject reject_") for check in checks)


def test_both_keys_sign_for_every_domain_and_parked_ones_never() -> None:
    text = files(INTENTS["several"])["rspamd/local.d/dkim_signing.conf"].text
    for domain in ("example.com", "example.org", "xn--mnchen-3ya.example", "off.example"):
        for selector in ("r202611", "e202611"):
            path = f"/var/lib/rspamd/dkim/{domain}.{selector}.key"
            assert f'path = "{path}"; selector = "{selector}";' in text
    assert "parked.example" not in text


def test_a_domain_is_signed_only_where_it_is_served() -> None:
    found = files(INTENTS["two hosts"])
    assert "enabled = false" in found["rspamd/mx.example.com/local.d/dkim_signing.conf"].text
    assert "example.net" in found["rspamd/out.example.com/local.d/dkim_signing.conf"].text
    assert "submission.sh" not in str([p for p in found if "mx.example.com" in p])


def test_named_selectors_are_used_as_they_are() -> None:
    text = files(INTENTS["article"])["rspamd/local.d/dkim_signing.conf"].text
    assert "/example.com.default.key" in text
    assert "202611" not in text


def test_keys_that_exist_are_the_ones_that_sign() -> None:
    found = configuration(INTENTS["several"], now=NOW, selectors={"example.org": ["s1", "s2"]})
    texts = {f.path: f.text for f in found}
    text = texts["rspamd/local.d/dkim_signing.conf"]
    assert "example.org.s1.key" in text
    assert "example.org.s2.key" in text
    assert "example.org.r202611" not in text
    assert "example.com.r202611" in text
    assert "../keys/example.org.s1.key" in texts["README.md"]
    with pytest.raises(UsageError, match="selector"):
        configuration(INTENTS["several"], now=NOW, selectors={"example.org": ["a b"]})


def test_p_reject_forces_an_action_only_when_asked_to() -> None:
    def dmarc(reject: DmarcReject) -> str:
        return files(INTENTS["article"], reject)["rspamd/local.d/dmarc.conf"].text

    assert 'reject = "reject"' in dmarc(DmarcReject.ALWAYS)
    assert "actions" not in dmarc(DmarcReject.INDEPENDENT)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (MtaStsMode.TESTING, (Mode.TESTING, 86400, ("mail.example.com",))),
        (MtaStsMode.ENFORCE, (Mode.ENFORCE, 14 * 86400, ("mail.example.com",))),
        (MtaStsMode.NONE, (Mode.NONE, 86400, ("mail.example.com",))),
        (MtaStsMode.OFF, None),
    ],
)
def test_the_policy_is_the_intent(mode, expected) -> None:
    intent = Intent(
        hosts={"mail.example.com": ONE, "out.example.com": Host(ipv4=("192.0.2.9",))},
        domains={"example.com": Domain(mta_sts=mode)},
    )
    found = files(intent)
    file = found.get("mta-sts/example.com/.well-known/mta-sts.txt")
    assert (file is None) == (expected is None)
    assert ("mta-sts." in found.get("web/nginx.mailworthy.conf", found["README.md"]).text) == (
        expected is not None
    )
    if file is not None:
        parsed = parse(file.text.encode())
        assert parsed.problems == ()
        assert (parsed.record.mode, parsed.record.max_age, parsed.record.mx) == expected


def test_programs_find_the_first_mx() -> None:
    text = files(INTENTS["article"])["autoconfig/example.com/mail/config-v1.1.xml"].text
    root = ElementTree.fromstring(text)
    servers = [
        (s.get("type"), s.findtext("hostname"), s.findtext("port"), s.findtext("socketType"))
        for s in root.iter()
        if s.tag.endswith("Server")
    ]
    assert servers == [
        ("imap", "mail.example.com", "993", "SSL"),
        ("smtp", "mail.example.com", "465", "SSL"),
        ("smtp", "mail.example.com", "587", "STARTTLS"),
    ]


@pytest.mark.parametrize(
    ("intent", "word"),
    [
        (Intent(hosts={"mail.example.com;rm": ONE}), "host name"),
        (Intent(hosts={"localhost": ONE}), "host name"),
        (Intent(hosts={"a.example\n": ONE}), "host name"),
        (Intent(domains={'a"; };.example': Domain()}), "mail domain"),
        (Intent(domains={"$(id).example": Domain()}), "mail domain"),
        (Intent(domains={"../../etc": Domain()}), "mail domain"),
        (Intent(hosts={"a.example.com": Host(ipv4=("192.0.2.1; x",))}), "IPv4"),
        (Intent(hosts={"a.example.com": Host(ipv6=("fe80::1%$(id)",))}), "IPv6"),
        (Intent(domains={"a.example": Domain(selectors=('x"; }',))}), "selector"),
        (Intent(domains={"a.example": Domain(selectors=("../x",))}), "selector"),
    ],
)
def test_nothing_but_names_gets_in(intent, word) -> None:
    with pytest.raises(UsageError, match=word) as error:
        configuration(intent, now=NOW)
    assert "\n" not in str(error.value)
