"""The web sites that mail needs, for Caddy and for nginx: mta-sts, autoconfig, autodiscover."""

from collections.abc import Iterator

import msgspec

from mailworthy.domain.intent import Intent
from mailworthy.servers import autoconfig, autodiscover, mtasts
from mailworthy.servers.model import ConfigFile, commented
from mailworthy.servers.postfix import CERTIFICATES


class WebSite(msgspec.Struct, frozen=True):
    """One name that serves one file; with `posts` in answer to POST requests too."""

    name: str
    root: str
    path: str
    content_type: str
    posts: bool = False


def web_sites(intent: Intent) -> tuple[WebSite, ...]:
    """All sites, policies first."""
    policies = (
        WebSite(
            f"mta-sts.{domain}",
            f"{mtasts.ROOT}/{domain}",
            "/.well-known/mta-sts.txt",
            "text/plain",
        )
        for domain in mtasts.domains(intent)
    )
    programs = (
        WebSite(
            f"autoconfig.{domain}",
            f"{autoconfig.ROOT}/{domain}",
            "/mail/config-v1.1.xml",
            "text/xml",
        )
        for domain in autoconfig.domains(intent)
    )
    outlook = (
        WebSite(
            f"autodiscover.{domain}",
            f"{autodiscover.ROOT}/{domain}",
            autodiscover.PATH,
            "text/xml",
            posts=True,
        )
        for domain in autoconfig.domains(intent)
    )
    return (*policies, *programs, *outlook)


def files(intent: Intent) -> Iterator[ConfigFile]:
    """Both; one of them is used."""
    found = web_sites(intent)
    if not found:
        return
    yield ConfigFile(
        path="web/Caddyfile.mailworthy",
        text="\n".join((commented(CADDY), *map(_caddy, found))),
        install="/etc/caddy/mailworthy.caddy",
        why="where Caddy is the web server; it gets the certificates itself",
    )
    yield ConfigFile(
        path="web/nginx.mailworthy.conf",
        text="\n".join((commented(NGINX), *map(_nginx, found))),
        install="/etc/nginx/conf.d/mailworthy.conf",
        why="where nginx is the web server",
    )


CADDY = "Add this line to /etc/caddy/Caddyfile: import mailworthy.caddy"
NGINX = (
    "Each name needs a certificate of its own before nginx starts with this file; certbot writes "
    "it where the paths point: certbot certonly --nginx -d NAME. No redirect anywhere: a sender "
    "must not follow one (RFC 8461 §3.3)."
)


def _caddy(site: WebSite) -> str:
    # A file answers GET alone, and what is posted need not be read.
    method = "\t\tmethod GET\n" if site.posts else ""
    return f"""\
{site.name} {{
	root * {site.root}
	handle {site.path} {{
{method}		header Content-Type "{site.content_type}; charset=utf-8"
		file_server
	}}
	handle {{
		respond 404
	}}
}}
"""


def _nginx(site: WebSite) -> str:
    certificate = f"{CERTIFICATES}/{site.name}"
    # nginx refuses to POST to a file; its refusal is turned into the file.
    posted = f"\n        error_page 405 =200 {site.path};" if site.posts else ""
    return f"""\
server {{
    listen 443 ssl;
    listen [::]:443 ssl;
    server_name {site.name};
    ssl_certificate {certificate}/fullchain.pem;
    ssl_certificate_key {certificate}/privkey.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    root {site.root};
    location = {site.path} {{
        types {{ }}
        default_type "{site.content_type}; charset=utf-8";{posted}
    }}
    location / {{
        return 404;
    }}
}}
"""
