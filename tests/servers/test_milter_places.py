"""Which milter Postfix asks: whole places are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.servers.reading.model import OpenDkim, Postfix, Rspamd, Server, Service, Unread
from mailworthy.servers.reading.places import asked, asks_opendkim, asks_rspamd, files, of_opendkim

GAP = Unread("x", "x")


def server(milters: str, rspamd: str = "", opendkim: str = "", option: str = "") -> Server:
    options = {"smtpd_milters": option} if option else {}
    service = Service("submission", "inet", "smtpd", options)
    return Server(
        hostname="mail",
        postfix=Postfix(
            values={"smtpd_milters": milters, "queue_directory": "/var/spool/postfix"},
            services=(service,),
        ),
        rspamd=Rspamd(milters=(rspamd,) if rspamd else ()),
        opendkim=OpenDkim(socket=opendkim),
        addresses=("192.0.2.25", "2001:db8::25"),
        sources=GAP,
        listening=GAP,
    )


@pytest.mark.parametrize(
    ("milters", "socket", "is_asked"),
    [
        ("inet:127.0.0.1:11332", "localhost:11332", True),
        ("inet:localhost:11332", "*:11332", True),
        ("{ inet:[::1]:11332, default_action = accept }", "[::1]:11332", True),
        ("inet:192.0.2.25:11332", "*:11332", True),
        ("inet:rspamd.example:11332", "*:11332", True),
        ("inet:127.0.0.1:11332", "localhost:113", False),
        ("inet:127.0.0.1:113", "localhost:11332", False),
        ("inet:198.51.100.1:11332", "*:11332", False),
        ("inet:127.0.0.1:11332", "192.0.2.25:11332", False),
        ("unix:/run/rspamd/milter", "/run/rspamd/milter mode=0660 owner=_rspamd", True),
        ("unix:rspamd/milter", "/var/spool/postfix/rspamd/milter", True),
        ("unix:/rspamd/milter", "/var/spool/postfix/rspamd/milter", True),
        ("unix:/run/rspamd/milter2", "/run/rspamd/milter", False),
        ("unix:run/rspamd/milter", "/run/rspamd/milter", False),
        ("", "localhost:11332", False),
        ("inet:127.0.0.1:11332", "systemd:0", False),
    ],
)
def test_rspamd_is_asked_where_it_waits(milters: str, socket: str, is_asked: bool) -> None:
    assert asks_rspamd(server(milters, socket)) is is_asked
    assert asks_rspamd(server("", socket, option=milters)) is is_asked


@pytest.mark.parametrize(
    ("milters", "socket", "is_asked"),
    [
        ("inet:127.0.0.1:8891", "inet:8891@localhost", True),
        ("inet:127.0.0.1:8891", "inet:8891", True),
        ("inet:127.0.0.1:8891", "inet:889@localhost", False),
        ("unix:opendkim/x", "local:/var/spool/postfix/opendkim/x", True),
        ("unix:/run/x", "/run/x", True),
        ("unix:/run/x", "local:/run/y", False),
        ("inet:127.0.0.1:8891", "", True),
    ],
)
def test_opendkim_is_asked_where_it_waits(milters: str, socket: str, is_asked: bool) -> None:
    assert asks_opendkim(server(milters, opendkim=socket)) is is_asked


@given(st.text(), st.text(), st.text())
def test_no_text_breaks_it(milters: str, socket: str, folder: str) -> None:
    asks_rspamd(server(milters, socket))
    asks_opendkim(server(milters, opendkim=socket))
    of_opendkim(socket)
    for place in asked(milters):
        assert files(place.path, folder)
