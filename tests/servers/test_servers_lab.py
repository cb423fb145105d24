"""The real daemons read what was generated, without a word of complaint."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from mailworthy.servers import configuration
from mailworthy.servers.scores import MARK, NOTHING, QUIET_COMPOSITES, REFUSE, SCORES
from servers.serverskit import ANY_INTENT, INTENTS, NOW, files, need, need_root, write

pytestmark = pytest.mark.lab
PATH = {**os.environ, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
RSPAMD = Path("/etc/rspamd/rspamd.conf")
BY_INTENT = pytest.mark.parametrize("intent", INTENTS.values(), ids=INTENTS)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(c) for c in command], env=PATH, capture_output=True, text=True, check=False
    )


def quiet(*command: str | Path) -> str:
    """Run a command that must succeed and say nothing on stderr; its output."""
    done = run(*command)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


# Postfix


def postfix_folder(folder: Path) -> Path:
    """A configuration folder with the stock files of the package."""
    folder.mkdir(parents=True)
    shutil.copy("/usr/share/postfix/master.cf.dist", folder / "master.cf")
    (folder / "main.cf").write_text("compatibility_level = 3.6\n")
    return folder


def settings_of(folder: Path) -> dict[str, str]:
    lines = quiet("postconf", "-c", folder, "-n").splitlines()
    found = dict(re.split(r" =\s?", line, maxsplit=1) for line in lines)
    assert found.pop("config_directory") == str(folder)
    return found


@pytest.mark.parametrize("name", ["ipv4 only", "two hosts"])
def test_postfix_reads_script_and_fragment_alike(name, tmp_path) -> None:
    need("postconf")
    out = write(files(INTENTS[name]), tmp_path / "config")
    for script in out.glob("postfix/**/postconf.sh"):
        by_script = postfix_folder(tmp_path / script.parent.name / "script")
        quiet("sh", script, by_script)
        once = (by_script / "main.cf").read_text()
        quiet("sh", script, by_script)
        assert (by_script / "main.cf").read_text() == once
        kept = (by_script / "main.cf.before-mailworthy").read_text()
        assert kept == "compatibility_level = 3.6\n"

        by_hand = postfix_folder(tmp_path / script.parent.name / "fragment")
        fragment = (script.parent / "main.cf.fragment").read_text()
        (by_hand / "main.cf").write_text(kept + fragment)
        wanted = dict(
            line.split(" = ", 1) for line in fragment.splitlines() if line and line[0] != "#"
        )
        assert settings_of(by_script) == settings_of(by_hand)
        assert settings_of(by_hand) == {"compatibility_level": "3.6", **wanted}


def test_postfix_check_passes_and_both_submission_ports_open(tmp_path) -> None:
    need("postfix", "script")
    need_root()
    out = write(files(INTENTS["article"]), tmp_path / "config")
    folder = postfix_folder(tmp_path / "postfix")
    for name in ("postconf.sh", "submission.sh", "submission.sh"):
        quiet("sh", out / "postfix" / name, folder)
    places = {"queue_directory": tmp_path / "spool", "data_directory": tmp_path / "data"}
    for name, place in places.items():
        place.mkdir()
        quiet("postconf", "-c", folder, "-e", f"{name} = {place}")
    shutil.chown(places["data_directory"], "postfix")
    # Without a terminal Postfix tells its log and not us why it is unhappy.
    done = run("script", "-qec", f"postfix -c {folder} check", "/dev/null")
    assert (done.returncode, done.stdout) == (0, "")
    services = quiet("postconf", "-c", folder, "-P")
    for port in ("submission", "submissions"):
        assert f"{port}/inet/smtpd_tls_security_level = encrypt" in services
        assert (
            f"{port}/inet/smtpd_relay_restrictions = permit_sasl_authenticated,reject" in services
        )
        assert len(re.findall(rf"^{port}/inet/syslog_name", services, re.MULTILINE)) == 1
    assert "submissions/inet/smtpd_tls_wrappermode = yes" in services
    assert "submission/inet/smtpd_tls_wrappermode" not in services


def test_the_script_says_what_is_missing(tmp_path) -> None:
    need("postconf")
    out = write(files(INTENTS["article"]), tmp_path / "config")
    (tmp_path / "empty").mkdir()
    done = run("sh", out / "postfix/postconf.sh", tmp_path / "empty")
    assert done.returncode == 1
    assert "main.cf is missing" in done.stderr
    assert list((tmp_path / "empty").iterdir()) == []


# Rspamd


def rspamadm(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    state = tree.parent / "state"
    state.mkdir(exist_ok=True)
    return run("rspamadm", f"--var=LOCAL_CONFDIR={tree}", f"--var=DBDIR={state}", *arguments)


def dumped(tree: Path, *arguments: str) -> dict:
    text = rspamadm(tree, "configdump", "-c", str(RSPAMD), "-j", *arguments).stdout
    return json.JSONDecoder().raw_decode(text[text.index("{") :])[0]


@pytest.fixture(scope="module")
def stock_complaints(tmp_path_factory) -> set[str]:
    """What Rspamd says about its own configuration here: no network, no Redis."""
    need("rspamadm")
    tree = tmp_path_factory.mktemp("stock") / "rspamd"
    tree.mkdir()
    return set(rspamadm(tree, "configtest", "-c", str(RSPAMD)).stderr.splitlines())


@BY_INTENT
def test_rspamd_takes_the_tree(intent, tmp_path, stock_complaints) -> None:
    out = write(files(intent), tmp_path / "config")
    for tree in [p.parent for p in out.glob("rspamd/**/local.d")]:
        done = rspamadm(tree, "configtest", "-c", str(RSPAMD))
        assert (done.returncode, done.stdout.strip()) == (0, "syntax OK")
        assert set(done.stderr.splitlines()) - stock_complaints == set()


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    need("rspamadm")
    return write(files(INTENTS["several"]), tmp_path_factory.mktemp("lab")) / "rspamd"


def test_rspamd_knows_every_symbol_and_has_our_scores(tree) -> None:
    groups = dumped(tree, "-g")
    weights = {s: d["score"] for g in groups.values() for s, d in g["symbols"].items()}
    wanted = {s.symbol: s.score for s in SCORES}
    silent = [*(s for symbols in NOTHING.values() for s in symbols), *QUIET_COMPOSITES]
    wanted |= dict.fromkeys(silent, 0.0)
    assert {s: weights.get(s) for s in wanted} == wanted


def test_no_symbol_is_of_our_own_invention(tree, tmp_path) -> None:
    """A misspelt name would weigh what we say and never be raised."""
    (tmp_path / "rspamd").mkdir()
    stock = dumped(tmp_path / "rspamd", "-g")
    known = {s for g in stock.values() for s in g["symbols"]}
    text = " ".join(s.expression or s.symbol for s in SCORES)
    text += " " + " ".join(s for symbols in NOTHING.values() for s in symbols)
    assert set(re.findall(r"[A-Z0-9_]{3,}", text)) - known == set()
    composites = dumped(tmp_path / "rspamd")["composites"]
    assert set(QUIET_COMPOSITES) <= composites.keys()


def test_rspamd_keeps_its_own_composites(tree) -> None:
    composites = dumped(tree)["composites"]
    assert composites["AUTH_NA"]["expression"]
    assert {s.symbol: s.expression for s in SCORES if s.expression}.items() <= {
        name: c.get("expression") for name, c in composites.items()
    }.items()


def test_rspamd_has_our_actions_and_both_keys(tree) -> None:
    found = dumped(tree)
    actions = {k: v for k, v in found["actions"].items() if v is not None}
    assert actions == {"reject": REFUSE, "add_header": MARK}
    local = set(found["options"]["local_addrs"]) - {"127.2.4.7"}  # Rspamd's name for itself
    assert local == {"127.0.0.0/8", "::1"}
    domains = found["dkim_signing"]["domain"]
    assert set(domains) == {"example.com", "example.org", "xn--mnchen-3ya.example", "off.example"}
    for domain in domains.values():
        assert [s["selector"] for s in domain["selectors"]] == ["r202611", "e202611"]
    rbls = found["rbl"]["rbls"]
    assert rbls["spamhaus"]["exclude_checks"] == ["received"]
    assert rbls["senderscore"]["enabled"] is False
    assert rbls["sem"]["returncodes"] == {"RBL_SEM": "127.0.0.2"}


# BIND and the web


@BY_INTENT
def test_bind_takes_the_zones(intent, tmp_path) -> None:
    need("named-checkconf")
    out = write(files(intent), tmp_path)
    assert quiet("named-checkconf", out / "bind/named.conf.mailworthy") == ""
    shown = quiet("named-checkconf", "-p", out / "bind/named.conf.mailworthy")
    assert set(re.findall(r'^zone "(.*?)"', shown, re.MULTILINE)) == set(intent.domains)
    signed = sum(d.dnssec for d in intent.domains.values())
    assert len(re.findall(r'^\tdnssec-policy "mailworthy";', shown, re.MULTILINE)) == signed


def test_bind_takes_the_reverse_zones_when_they_are_wanted(tmp_path) -> None:
    need("named-checkconf")
    text = files(INTENTS["two hosts"])["bind/named.conf.mailworthy"].text
    opened = re.sub(r"^// (zone|    \w|\})", r"\1", text, flags=re.MULTILINE)
    (tmp_path / "named.conf").write_text(opened)
    shown = quiet("named-checkconf", "-p", tmp_path / "named.conf")
    assert 'zone "100.51.198.in-addr.arpa"' in shown
    assert 'zone "0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"' in shown


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for nobody; nginx wants to read one before it reads on."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    run(
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        *("-nodes", "-subj", "/CN=test", "-days", "2", "-keyout", key, "-out", cert),
    )
    return cert, key


@pytest.mark.parametrize("name", ["article", "several", "two hosts"])
def test_nginx_takes_the_sites(name, tmp_path) -> None:
    need("nginx", "openssl")
    cert, key = certificate(tmp_path)
    sites = files(INTENTS[name])["web/nginx.mailworthy.conf"].text
    sites = re.sub(r"/etc/letsencrypt/\S+/fullchain.pem", str(cert), sites)
    sites = re.sub(r"/etc/letsencrypt/\S+/privkey.pem", str(key), sites)
    main = tmp_path / "nginx.conf"
    main.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{sites}}}\n")
    done = run("nginx", "-t", "-c", main, "-e", tmp_path / "error.log")
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


@pytest.mark.parametrize("name", ["article", "several", "two hosts"])
def test_caddy_takes_the_sites(name, tmp_path) -> None:
    need("caddy")
    out = write(files(INTENTS[name]), tmp_path)
    file = out / "web/Caddyfile.mailworthy"
    done = run("caddy", "adapt", "--adapter", "caddyfile", "--config", file)
    assert done.returncode == 0, done.stderr
    hosts = re.findall(r'"host":\["(.*?)"\]', done.stdout)
    assert hosts
    assert set(hosts) == set(re.findall(r"^(\S+) \{$", file.read_text(), re.MULTILINE))
    assert "warn" not in done.stderr.lower()


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY_INTENT)
def test_any_intent_is_taken(tmp_path_factory, stock_complaints, intent) -> None:
    need("postconf", "rspamadm", "named-checkconf")
    folder = tmp_path_factory.mktemp("any")
    out = write({f.path: f for f in configuration(intent, now=NOW)}, folder / "config")
    if intent.domains:
        quiet("named-checkconf", out / "bind/named.conf.mailworthy")
    for script in out.glob("postfix/**/postconf.sh"):
        into = postfix_folder(folder / "postfix" / script.parent.name)
        fragment = (script.parent / "main.cf.fragment").read_text()
        (into / "main.cf").write_text(f"compatibility_level = 3.6\n{fragment}")
        assert "myhostname" in settings_of(into)
    for tree in [p.parent for p in out.glob("rspamd/**/local.d")]:
        done = rspamadm(tree, "configtest", "-c", str(RSPAMD))
        assert (done.returncode, done.stdout.strip()) == (0, "syntax OK")
        assert set(done.stderr.splitlines()) - stock_complaints == set()
