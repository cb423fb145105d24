"""What `rspamadm configdump -j` says (tested with 3.4). Nothing here raises for any text.

Passwords stand in that text: only what is named here is taken from it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from mailworthy.servers.reading.machine import decoded
from mailworthy.servers.reading.model import Rspamd, SigningKey
from mailworthy.servers.reading.postfix import domain

DEFAULT_PATH = "/var/lib/rspamd/dkim/$domain.$selector.key"
MODULES = ("spf", "dkim", "dmarc", "dkim_signing", "milter_headers")
# What a rule needs of dkim_signing, with what Rspamd takes where nothing is said.
OPTIONS: dict[str, bool | str] = {
    "use_domain": "header",
    "use_esld": True,
    "try_fallback": True,
    "sign_local": True,
    "sign_authenticated": True,
    "selector": "dkim",
    "path": DEFAULT_PATH,
}
_MAPS = ("selector_map", "path_map")
_TABLES = ("signing_table", "key_table", "sign_networks_map")
_MAX_KEYS = 10_000


def build(text: str, folder: str) -> Rspamd | None:
    """Rspamd's settings, None where the text is no dump."""
    found = decoded(text)
    if not isinstance(found, dict):
        return None
    signing = _section(found, "dkim_signing")
    options = {k: _like(signing.get(k), default) for k, default in OPTIONS.items()}
    return Rspamd(
        folder=folder or "/etc/rspamd",
        local=tuple(_words(_section(found, "options").get("local_addrs"))),
        keys=tuple(_keys(signing, options))[:_MAX_KEYS],
        signing=options,
        open=tuple(_open(signing)),
        off=tuple(m for m in MODULES if _section(found, m).get("enabled") is False),
        dmarc=_actions(_section(found, "dmarc").get("actions")),
        headers=_headers(_section(found, "milter_headers")),
        milters=tuple(_milters(found.get("worker"))),
    )


def _section(found: dict[str, Any], name: str) -> dict[str, Any]:
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _like(value: Any, default: bool | str) -> bool | str:
    """A setting, where it is of the kind that it should be."""
    return value if type(value) is type(default) else default


def _words(value: Any) -> list[str]:
    """The texts in a value that may be one text or several."""
    items = value if isinstance(value, list) else [value]
    return [v[:500] for v in items if isinstance(v, str)][:1000]


def _keys(signing: dict[str, Any], options: dict[str, bool | str]) -> Iterator[SigningKey]:
    """The keys of the `domain` block; `$domain` and `$selector` are filled in."""
    named = signing.get("domain")
    for written, value in named.items() if isinstance(named, dict) else ():
        name = domain(str(written))
        for pair in _pairs(value) if name else ():
            selector = _text(pair, "selector", options)
            path = _text(pair, "path", options)
            yield SigningKey(name, selector, filled(path, name, selector))


def _pairs(value: Any) -> Iterator[dict[str, Any]]:
    """The `selectors` of one domain, or its one pair."""
    for block in value if isinstance(value, list) else [value]:
        if isinstance(block, dict):
            several = block.get("selectors")
            pairs = several if isinstance(several, list) else [several or block]
            yield from (pair for pair in pairs if isinstance(pair, dict))


def _text(pair: dict[str, Any], name: str, options: dict[str, bool | str]) -> str:
    value = pair.get(name)
    return value[:1000] if isinstance(value, str) else str(options[name])


def filled(path: str, name: str, selector: str) -> str:
    """A path with the domain and the selector in their places."""
    return path.replace("$domain", name).replace("$selector", selector)


def _open(signing: dict[str, Any]) -> Iterator[str]:
    """Maps and tables that hold more keys than the dump tells."""
    for name in (*_MAPS, *_TABLES):
        if name != "sign_networks_map" and signing.get(name):
            yield name
    if signing.get("use_redis") is True:
        yield "use_redis"
    if signing.get("use_vault") is True:
        yield "use_vault"


def _actions(value: Any) -> dict[str, str]:
    """`actions` of dmarc.conf: what is done under each policy."""
    pairs = value.items() if isinstance(value, dict) else ()
    return {
        k: v[:100] for k, v in pairs if k in ("none", "quarantine", "reject") if isinstance(v, str)
    }


def _headers(section: dict[str, Any]) -> tuple[str, ...]:
    """The routines of milter_headers that are in use."""
    more = section.get("extended_spam_headers") is True
    return (*_words(section.get("use")), *(["authentication-results"] if more else []))


def _milters(workers: Any) -> Iterator[str]:
    """The addresses at which a proxy worker speaks to Postfix."""
    for kind, worker in _workers(workers):
        on = worker.get("milter") is not False and worker.get("enabled") is not False
        if kind == "rspamd_proxy" and on:
            yield from _words(worker.get("bind_socket"))


def _workers(value: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    blocks = value if isinstance(value, list) else [value]
    for block in blocks:
        for kind, worker in block.items() if isinstance(block, dict) else ():
            for each in worker if isinstance(worker, list) else [worker]:
                if isinstance(each, dict):
                    yield kind, each
