"""Rspamd: the files below /etc/rspamd (tested with 3.4).

`local.d` is merged with what Rspamd ships, `override.d` replaces it; the shipped files stay as
they are, so that an update of the package has nothing to ask.
"""

from collections.abc import Iterator

from mailworthy.receive.words import DmarcReject
from mailworthy.servers import rspamd_texts as texts
from mailworthy.servers import scores
from mailworthy.servers.model import ConfigFile, Site, commented

KEY_FOLDER = "/var/lib/rspamd/dkim"

SIGN_HEADERS = ":".join(
    (
        "(o)from:(x)sender:(o)reply-to:(o)subject:(o)date:(x)message-id:(o)to:(o)cc",
        "(x)mime-version:(x)content-type:(x)content-transfer-encoding",
        "(x)in-reply-to:(x)references",
        "resent-to:resent-cc:resent-from:resent-sender:resent-message-id",
        "list-id:list-help:list-owner:list-unsubscribe:list-unsubscribe-post:list-subscribe",
        "list-post",
    )
)


def key_path(domain: str, selector: str) -> str:
    """Where Rspamd finds the private key of a selector."""
    return f"{KEY_FOLDER}/{domain}.{selector}.key"


def files(site: Site, *, dmarc_reject: DmarcReject) -> Iterator[ConfigFile]:
    """The whole tree for one machine."""
    yield _file(site, "override.d/options.inc", texts.OPTIONS, "whose mail is judged")
    yield _file(site, "local.d/actions.conf", _actions(), "from which score on what is done")
    yield _file(site, "local.d/composites.conf", _composites(), "one symbol for each check")
    for group, symbols in scores.NOTHING.items():
        text = _group(group, symbols)
        yield _file(site, f"local.d/{group}_group.conf", text, "what weighs nothing beneath them")
    yield _file(site, "local.d/dmarc.conf", _dmarc(dmarc_reject), "what a DMARC failure does")
    yield _file(site, "local.d/hfilter.conf", texts.HFILTER, "HELO and reverse DNS")
    yield _file(site, "local.d/rbl.conf", texts.RBL, "which blocklists are asked")
    yield _file(site, "local.d/milter_headers.conf", texts.HEADERS, "Authentication-Results")
    yield _file(site, "local.d/greylist.conf", texts.GREYLIST, "no greylisting")
    yield _file(site, "local.d/arc.conf", texts.ARC, "ARC is verified and not sealed")
    yield _file(site, "local.d/dkim_signing.conf", _signing(site), "both DKIM signatures")


def _file(site: Site, name: str, text: str, why: str) -> ConfigFile:
    return ConfigFile(
        path=f"rspamd/{site.folder}{name}",
        text=text,
        install=f"/etc/rspamd/{name}",
        why=why,
        host=site.name,
    )


def _actions() -> str:
    head = commented(
        "One failed check (about 5) leaves a message alone, two mark it, three refuse it; the "
        "arithmetic is in composites.conf.",
        "Greylisting needs Redis, delays honest mail too, and is off.",
    )
    return (
        f"{head}\nreject = {scores.REFUSE};\nadd_header = {scores.MARK};\n"
        "rewrite_subject = null;\ngreylist = null;\n"
    )


def _composites() -> str:
    head = commented(
        "Each check raises one symbol, once, whatever it found; the symbols beneath weigh nothing "
        "(see the *_group.conf files here).",
    )
    own = "\n".join(_composite(score) for score in scores.SCORES if score.expression)
    quiet = "\n".join(f"{name} {{ score = 0.0; }}" for name in scores.QUIET_COMPOSITES)
    why = commented("Rspamd's own sums of the same facts: counted above, so not again.")
    return f"{head}\n{own}\n{why}\n{quiet}\n"


def _composite(score: scores.Score) -> str:
    return (
        f"{commented(score.why)}\n"
        f"{score.symbol} {{\n"
        f'  expression = "{score.expression}";\n'
        f"  score = {score.score};\n"
        '  policy = "leave";\n'
        '  group = "mailworthy";\n'
        f'  description = "{score.check}: {score.why.partition(" (")[0].partition(". ")[0]}";\n'
        "}\n"
    )


def _group(group: str, symbols: tuple[str, ...]) -> str:
    weights = dict.fromkeys(symbols, 0.0)
    if group == "policies":
        weights |= {s.symbol: s.score for s in scores.SCORES if s.expression is None}
    head = commented(
        "Facts that composites.conf counts, or that must not outweigh a failed check."
        if group != "whitelist"
        else "A listed domain that fails a check has failed that check, and is not counted twice."
    )
    lines = "\n".join(f'  "{symbol}" {{ weight = {w}; }}' for symbol, w in weights.items())
    return f"{head}\nsymbols = {{\n{lines}\n}}\n"


def _dmarc(reject: DmarcReject) -> str:
    if reject is DmarcReject.ALWAYS:
        rule = "Your choice (dmarc_reject = always): every failure under p=reject is refused."
        action = 'actions = {\n  reject = "reject";\n}\n'
    else:
        rule = (
            "No action here: p=reject marks by its score and refuses with one more fact. A "
            "message that only fails DMARC may come from a mailing list, and must not be refused "
            "for that alone (RFC 9989 §7.4)."
        )
        action = ""
    reports = "Sending aggregate reports needs Redis and a timer, and is off."
    return (
        f"{commented(rule)}\n{action}{commented(reports)}\nreporting {{\n  enabled = false;\n}}\n"
    )


def _signing(site: Site) -> str:
    domains = "\n".join(_keys(domain, names) for domain, names in site.selectors.items())
    body = f"domain {{\n{domains}\n}}\n" if site.signs else "enabled = false;\n"
    return f'{texts.SIGNING}sign_headers = "{SIGN_HEADERS}";\n{body}'


def _keys(domain: str, names: tuple[str, ...]) -> str:
    keys = "\n".join(
        f'      {{ path = "{key_path(domain, name)}"; selector = "{name}"; }},' for name in names
    )
    return f'  "{domain}" {{\n    selectors [\n{keys}\n    ]\n  }}'
