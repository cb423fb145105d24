"""What `init` says and refuses, and what it makes of a zone that exists."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from cli.clikit import COMMAND, PLAIN, inside
from mailworthy.domain.intentfile import load

ORDER = ("init", "example.com", "--ipv4", "192.0.2.25", "--yes", "--dir", "out")
START = "$ORIGIN example.com.\n$TTL 3600\n@ IN SOA ns1.example.net. root 1 3600 900 604800 300\n"
OUTSIDE = START + '@ MX 10 mx.example.net.\n@ TXT "v=spf1 -all"\nmail A 192.0.2.25\n'
OLD = START + "@ MX 10 mail\n@ MX 20 backup.example.net.\nmail A 192.0.2.25\napp A 192.0.2.26\n"


def said(*arguments: str, cwd: Path) -> str:
    """Everything that a run prints, on both streams, with its exit code."""
    done = inside(*arguments, cwd=cwd)
    return f"{done.stdout.decode()}{done.stderr.decode()}[{done.returncode}]"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--sender", "mailchmp"), "did you mean mailchimp"),
        (("--sender", "qqqqqq"), "init --list-senders"),
        (("--sender", "sendgrid"), "--sender 'sendgrid:account=VALUE"),
        (("--sender", "mailchimp:account"), "--sender mailchimp:account: "),
        (("--nameserver", "ns1.example.com"), "--nameserver: ns1.example.com lies in"),
        (("--reports", "bob"), "--reports: bob is not a mail address"),
        (("--ipv4", "2001:db8::1"), "--ipv4: 2001:db8::1 is an IPv6 address"),
    ],
)
def test_an_error_speaks_of_flags(tmp_path: Path, more: tuple[str, ...], words: str) -> None:
    text = said(*ORDER, *more, cwd=tmp_path)
    assert words in text
    assert text.endswith("[2]")
    assert list(tmp_path.iterdir()) == []


def test_a_sender_takes_values(tmp_path: Path) -> None:
    blanks = "sendgrid:account=u123,pool=wl9"
    said(*ORDER, "--sender", blanks, cwd=tmp_path)
    (sender,) = load(tmp_path / "out/mailworthy.toml").domains["example.com"].senders
    assert not isinstance(sender, str)
    assert (sender.name, sender.values["account"]) == ("sendgrid", "u123")


def test_senders_are_listed_without_a_domain(tmp_path: Path) -> None:
    text = said("init", "--list-senders", cwd=tmp_path)
    assert [line for line in text.splitlines() if line.split() == ["mailchimp", "Mailchimp"]]
    assert text.endswith("[0]")


def test_a_mailbox_elsewhere_is_told_of(tmp_path: Path) -> None:
    text = said(*ORDER, "--reports", "bob@gmail.com", cwd=tmp_path)
    assert "publish example.com._report._dmarc.gmail.com TXT" in text
    assert "mailbox providers do not" in text
    assert "assumed: PTR of 192.0.2.25 is mail.example.com (others.zone)" in text
    assert "assumed: gmail.com agrees to receive the reports" in text


def test_a_parked_domain_alone(tmp_path: Path) -> None:
    text = said("init", "parked.example", "--parked", "--yes", "--dir", "out", cwd=tmp_path)
    assert text.endswith("[0]")
    for output in ("octodns", "json", "records", "table"):
        shown = said("zone", "--dir", "out", "--as", output, cwd=tmp_path)
        assert "v=DMARC1" in shown
        assert "your-name-server" not in shown
        assert "SOA " not in shown.replace("SOA and NS", "")


def test_a_second_domain_uses_the_host_that_is_there(tmp_path: Path) -> None:
    said(*ORDER, cwd=tmp_path)
    file = tmp_path / "out/mailworthy.toml"
    file.write_text(f"# mine\n{file.read_text()}")
    again = ("init", "second.example", "--dir", "out")
    assert "this adds to mailworthy.toml; run again with --yes" in said(*again, cwd=tmp_path)
    text = said(*again, "--yes", cwd=tmp_path)
    assert "mail.example.com of mailworthy.toml serves second.example too" in text
    intent = load(file)
    assert list(intent.hosts) == list(intent.receivers("second.example")) == ["mail.example.com"]
    assert file.read_text().startswith("# mine\n")


def test_a_second_domain_with_its_own_host_leaves_the_first_alone(tmp_path: Path) -> None:
    said(*ORDER, cwd=tmp_path)
    own = ("init", "second.example", "--ipv4", "192.0.2.26", "--dir", "out", "--yes")
    said(*own, cwd=tmp_path)
    intent = load(tmp_path / "out/mailworthy.toml")
    assert list(intent.receivers("example.com")) == ["mail.example.com"]
    assert list(intent.receivers("second.example")) == ["mail.second.example"]
    third = said("init", "third.example", "--dir", "out", "--yes", cwd=tmp_path)
    assert "which host serves third.example? --hostname NAME" in third
    picked = ("init", "third.example", "--hostname", "mail.example.com", "--dir", "out", "--yes")
    said(*picked, cwd=tmp_path)
    intent = load(tmp_path / "out/mailworthy.toml")
    assert list(intent.receivers("third.example")) == ["mail.example.com"]


def adopt(tmp_path: Path, zone: str, *more: str) -> str:
    """Adopt example.com from a zone text."""
    (tmp_path / "old.zone").write_text(zone)
    source = ("init", "example.com", "--from", "zone:old.zone", "--dir", "out", "--yes")
    return said(*source, *more, cwd=tmp_path)


def test_one_unknown_exchange_does_not_close_the_other(tmp_path: Path) -> None:
    text = adopt(tmp_path, OLD)
    assert '[hosts."backup.example.net"] with ipv4 = ["ADDRESS"], mx = 20' in text
    zone = (tmp_path / "out/example.com.zone").read_text()
    assert "0 ." not in zone.replace("0 0 0 .", "")
    assert "_dmarc.mail" not in zone
    assert len(list((tmp_path / "out/keys").iterdir())) == 2


def test_without_a_host_of_ours_one_can_be_named(tmp_path: Path) -> None:
    text = adopt(tmp_path, OUTSIDE)
    assert "run this again with --hostname mail.example.com --ipv4 ADDRESS" in text
    assert "example.com has no host that sends, so no keys: add it" in text
    text = adopt(tmp_path, OUTSIDE, "--hostname", "mail.example.com", "--dir", "new")
    assert "no host that sends" not in text
    intent = load(tmp_path / "new/mailworthy.toml")
    assert intent.hosts["mail.example.com"].ipv4 == ("192.0.2.25",)
    assert list(intent.receivers("example.com")) == []
    assert (tmp_path / "new/keys").is_dir()
    assert "mail" not in (tmp_path / "new/example.com.other.zone").read_text().split()


def test_a_host_of_the_folder_can_send_for_an_adopted_domain(tmp_path: Path) -> None:
    first = ("init", "first.example", "--ipv4", "192.0.2.99", "--yes", "--dir", "out")
    said(*first, cwd=tmp_path)
    adopt(tmp_path, OUTSIDE, "--hostname", "mail.first.example")
    intent = load(tmp_path / "out/mailworthy.toml")
    assert list(intent.hosts) == list(intent.senders("example.com")) == ["mail.first.example"]
    zone = (tmp_path / "out/example.com.zone").read_text()
    assert [line.split()[-1] for line in zone.splitlines() if " MX " in line] == ["mx.example.net."]
    assert "v=STSv1" not in zone
    assert "ip4:192.0.2.99" in zone


def test_an_adopted_domain_without_a_host_uses_none_of_the_folder(tmp_path: Path) -> None:
    first = ("init", "first.example", "--ipv4", "192.0.2.99", "--yes", "--dir", "out")
    said(*first, cwd=tmp_path)
    adopt(tmp_path, OUTSIDE)
    assert "192.0.2.99" not in (tmp_path / "out/example.com.zone").read_text()


@pytest.mark.parametrize(
    ("zone", "more", "words"),
    [
        (OLD, ("--ipv4", "192.0.2.9"), "found the host mail.example.com"),
        (OUTSIDE, ("--ipv4", "192.0.2.9"), "has A 192.0.2.25 in DNS"),
        (OUTSIDE, ("--hostname", "x.example.com"), "needs an address: --ipv4"),
        (OUTSIDE, ("--hostname", "a b"), "a b"),
        (OUTSIDE, ("--ipv6", "::1"), "this machine itself"),
        (OUTSIDE, ("--sender", "mailchimp"), "with --from go --reports"),
        (START + "@ MX 0 .\n", ("--ipv4", "192.0.2.9"), "null MX"),
        ('_dmarc.example.com. 60 TXT "v=DMARC1; p=none"\n', (), "run this again with --hostname"),
        (OUTSIDE, ("--from", "zone:"), "zone: needs a file"),
        (OUTSIDE, ("--from", "zone:old.zone,none.zone"), "none.zone cannot be read"),
    ],
)
def test_what_cannot_go_with_a_source(
    tmp_path: Path, zone: str, more: tuple[str, ...], words: str
) -> None:
    text = adopt(tmp_path, zone, *more)
    assert words in text
    assert text.endswith("[2]")
    assert not (tmp_path / "out").exists()


def test_several_files_are_read(tmp_path: Path) -> None:
    reverse = (
        "$ORIGIN 2.0.192.in-addr.arpa.\n@ 60 SOA a. b. 1 1 1 1 1\n26 60 PTR app.example.com.\n"
    )
    (tmp_path / "reverse.zone").write_text(reverse)
    assert "app: an address and no mail records" in adopt(tmp_path, OLD)
    text = adopt(tmp_path, OLD, "--from", "zone:old.zone,reverse.zone", "--dir", "new")
    assert "app.example.com is left as it is: its address 192.0.2.26 has the reverse name" in text


def test_a_domain_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "com.zone").write_text("$ORIGIN com.\n@ 60 SOA a. b. 1 1 1 1 1\n")
    nowhere = ("--from", "live", "--dns", "zone:com.zone", "--dir", "out")
    text = said("init", "example.com", *nowhere, cwd=tmp_path)
    assert text.startswith("mailworthy: example.com does not exist in DNS: mailworthy init example")
    assert text.count("\n") == 1


def test_each_answer_is_judged_as_it_is_given(tmp_path: Path) -> None:
    answers = (
        "mail", "mail.example.com", "", "", "192.0.2.256", "2001:db8::1", "192.0.2.25", "",
        "bob", "bob@example.com",
    )  # fmt: skip
    ours, theirs = pty.openpty()
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    command = [*COMMAND, "init", "example.com", "--dir", "out"]
    done = subprocess.run(
        command, stdin=theirs, capture_output=True, cwd=tmp_path, env=PLAIN, check=False, timeout=60
    )
    os.close(ours)
    os.close(theirs)
    text = done.stdout.decode() + done.stderr.decode()
    for words in (
        "mail is not a full host name",
        "a mail host needs an address",
        "192.0.2.256 is not an IP address",
        "belongs under ipv6",
        "bob is not a mail address",
    ):
        assert words in text
    intent = load(tmp_path / "out/mailworthy.toml")
    assert intent.hosts["mail.example.com"].ipv4 == ("192.0.2.25",)
    assert intent.domains["example.com"].reports == "bob@example.com"
