"""What to do about a source, in sentences that can be followed."""

from collections.abc import Iterator

from mailworthy.rdata.address import address
from mailworthy.sources.expect import Word
from mailworthy.sources.signals import Class, listed, share
from mailworthy.sources.table import Check, ReturnPath, Sender
from mailworthy.sources.view import Holder, View

STRICT = ("quarantine", "reject")


def todo(view: View, class_: Class) -> tuple[str, ...]:
    """What to do, most urgent first; at least one sentence."""
    if view.word is Word.IGNORE:
        return ("Nothing: you said to ignore it.",)
    steps = {
        Class.OWN: _own,
        Class.APPROVED: _approved,
        Class.FORWARDER: _forwarder,
        Class.THREAT: _threat,
        Class.UNKNOWN: _unknown,
    }[class_]
    return tuple(steps(view)) or ("Nothing to do.",)


# Own


def _own(view: View) -> Iterator[str]:
    facts = view.facts
    if view.sender is None and view.unlisted:
        yield from _unlisted(view)
    elif facts.messages > view.named and view.refused:
        yield (
            f"SPF does not pass for {share(view.refused, view)} although mailworthy.toml has the "
            "address: publish the SPF record of `mailworthy zone`."
        )
    if facts.messages - view.aligned > 0:
        yield from _unsigned(view)


def _unlisted(view: View) -> Iterator[str]:
    """A machine that signs with our key or may send, but that the intent does not know."""
    shown = [ip for ip in view.unlisted if address(ip)][:3]
    terms = " ".join(f"{'ip6' if ':' in ip else 'ip4'}:{ip}" for ip in shown)
    where = listed(view.unlisted)
    if view.named:
        yield f"Add {where} to mailworthy.toml, so that it is not lost: SPF lets it send already."
    else:
        yield (
            f"This is your server, but {where} is not in SPF: add it to [hosts] in "
            f"mailworthy.toml, or {terms} to the SPF record of {view.facts.domain}."
        )


def _unsigned(view: View) -> Iterator[str]:
    broken = any(d.result == "fail" and view.expected.ours(d.domain) for d in view.facts.dkim)
    count = share(view.facts.messages - view.aligned, view)
    if broken:
        yield (
            f"{count} have no good signature of yours: compare the key that signs with the one "
            f"in DNS (`mailworthy check {view.facts.domain}`), and look for what changes mail on "
            "its way."
        )
    else:
        yield f"{count} are not signed in your name: let the server sign all that it sends."


# Approved


def _approved(view: View) -> Iterator[str]:
    sender, facts = view.sender, view.facts
    if sender is None:
        if facts.neither:
            yield f"{share(facts.neither, view)} do not pass: ask it to sign in your name."
        return
    if view.approved is None:
        yield f'Add "{sender.name}" to senders in mailworthy.toml, since your DNS allows it.'
    if facts.messages > view.aligned:
        yield from _keys(sender, view)
    if facts.neither and not facts.messages > facts.neither:
        yield from _envelope(sender, view)
    if sender.return_path is ReturnPath.OWN and view.refused == 0 and facts.dkim_only:
        yield "SPF does not align, as its bounces go to itself: no harm while DKIM does."


def _keys(sender: Sender, view: View) -> Iterator[str]:
    """How its mail gets a signature in our name."""
    count = share(view.facts.messages - view.aligned, view)
    signs = listed(view.strange_signers)
    lead = f"DKIM signs with {signs}" if signs else "It does not sign"
    yield f"{lead}, not with {view.facts.domain}, in {count}: {_setup(sender, view.facts.domain)}."


def _setup(sender: Sender, domain: str) -> str:
    """The records of its key, as far as the table knows them."""
    page = sender.help or (sender.source if sender.dkim or sender.return_path else None)
    shown = f" ({page})" if page else ""
    keys = [k for k in sender.dkim if "{" not in k.selector]
    if not keys:
        return f"let it sign in your domain and publish the records that it shows{shown}"
    names = listed(tuple(f"{k.selector}._domainkey.{domain}" for k in keys))
    kinds = "/".join(dict.fromkeys(k.type.value for k in keys))
    targets = listed(tuple(k.value for k in keys if k.type.value == "CNAME" and "{" not in k.value))
    where = f" to {targets}" if targets else ", as your account there shows it"
    return f"add {kinds} {names}{where}{shown}"


def _envelope(sender: Sender, view: View) -> Iterator[str]:
    """How its envelope becomes ours, where the service offers that."""
    if Check.SPF not in sender.aligns or sender.return_path is not ReturnPath.SUBDOMAIN:
        return
    records = [r for r in sender.return_path_records if "{" not in r.name]
    names = listed(tuple(dict.fromkeys(f"{r.name}.{view.facts.domain}" for r in records)))
    yield f"Set up a return path of your own there too{f' ({names})' if names else ''}."


# Forwarders


def _forwarder(view: View) -> Iterator[str]:
    facts = view.facts
    if facts.dkim_only:
        yield "Nothing to do: it hands mail on, which costs SPF, and DKIM survives."
    else:
        yield "Nothing that you could do: it hands mail on and changes it."
    if facts.neither and facts.dkim_only:
        yield (
            f"{share(facts.neither, view)} lose their signature on the way: a reason for "
            "p=quarantine rather than p=reject where people write mail (RFC 9989 §7.4)."
        )
    if not view.relay and view.facts.reverse is None and not view.foreign and facts.dkim_only:
        yield (
            f"If {listed(facts.addresses)} is a server of yours after all, add it to [hosts] in "
            "mailworthy.toml."
        )


# Threats and strangers


def _threat(view: View) -> Iterator[str]:
    facts, policy = view.facts, view.expected.policy
    if policy in STRICT:
        stopped = facts.neither - facts.let_through
        yield f"Nothing to do: p={policy} stopped {stopped} of {facts.neither} messages."
    elif facts.let_through:
        yield (
            f"Nothing to do against the forger; p=quarantine would stop the {facts.let_through} "
            "messages that came through."
        )
    else:
        yield "Nothing to do: receivers stopped all of it, whatever your policy says."


def _unknown(view: View) -> Iterator[str]:
    sender, facts = view.sender, view.facts
    if view.keys[Holder.STRANGE]:
        keys = tuple(dict.fromkeys(d.selector for d in view.keys[Holder.STRANGE]))
        yield (
            f"Find out whose key {listed(keys)} is: if yours, add it to selectors in "
            "mailworthy.toml, else take it out of DNS."
        )
    elif view.approved is not None:
        yield (
            f"Look whether your account at {view.approved.title} sent it. If not, another of its "
            "customers used your name, and p=quarantine or reject stops that."
        )
    elif sender is not None:
        yield (
            f'If you send with {sender.title}, add "{sender.name}" to senders in mailworthy.toml '
            f"and {_setup(sender, facts.domain)}."
        )
        yield "If not, it is somebody else's, and a policy of p=quarantine or reject stops it."
    else:
        yield (
            f"Ask who sends from {listed(facts.addresses)}: a machine or service of yours must "
            "sign in your name and be in mailworthy.toml."
        )
        yield f"If nobody does, leave it: {share(facts.neither, view)} fail DMARC anyway."
