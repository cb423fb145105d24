"""Facts of DKIM: who signed the message, and does the signature hold? (RFC 6376)."""

from mailworthy.dkim.result import DkimSignature
from mailworthy.dkim.result import Result as Dkim
from mailworthy.receive.facts.view import NO, Said, View, shown
from mailworthy.receive.words import Held

WEAK = 1024  # RFC 8301 §3.2: below is no key
SHORT = 2048
_BROKEN = (Dkim.FAIL, Dkim.POLICY)


def none(view: View) -> Said:
    """No signature, or none that could hold."""
    if view.passing or _broken(view):
        return NO
    return _doubt(view) or (Held.YES, _unsigned(view))


def broken(view: View) -> Said:
    """Signatures, and all of them broken or refused."""
    found = _broken(view)
    if view.passing or not found:
        return NO
    return _doubt(view) or (Held.YES, _unheld(view, found[0]))


def not_pass(view: View) -> Said:
    """No signature passes, whatever the cause."""
    if view.passing:
        return NO
    if doubt := _doubt(view):
        return doubt
    found = _broken(view)
    return Held.YES, _unheld(view, found[0]) if found else _unsigned(view)


def weak_key(view: View) -> Said:
    """Every key is RSA of less than 1024 bits."""
    keys = [(s, s.key) for s in _usable(view) if s.key is not None and s.key.bits]
    if not keys or any(key.k != "rsa" or key.bits >= WEAK for _, key in keys):
        return NO
    signature, key = keys[0]
    return _doubt(view) or (Held.YES, _of_bits(signature, key.bits))


def short_key(view: View) -> Said:
    """What passes, passes with RSA keys of less than 2048 bits alone."""
    keys = [(s, s.key) for s in view.passing if s.key is not None]
    if not keys or any(key.k != "rsa" or key.bits >= SHORT for _, key in keys):
        return NO
    signature, key = keys[0]
    return _doubt(view) or (Held.YES, _of_bits(signature, key.bits))


def _broken(view: View) -> list[DkimSignature]:
    return [s for s, result in view.signatures if result in _BROKEN]


def _doubt(view: View) -> Said | None:
    """A signature that might still turn out good keeps everything open."""
    if not view.doubtful:
        return None
    text = "the key of the signature of {} could not be had: {}"
    return Held.UNKNOWN, _about(text, view.doubtful[0])


def _unsigned(view: View) -> str:
    if not view.signatures:
        return "nobody signed the message (no DKIM-Signature)"
    usable = _usable(view)
    if not usable:
        return f"{view.ignored}, and there is no other signature"
    return _more(view, _about("the signature of {} cannot be used: {}", usable[0]))


def _unheld(view: View, signature: DkimSignature) -> str:
    return _more(view, _about("the signature of {} does not hold: {}", signature))


def _more(view: View, text: str) -> str:
    """The sentence, and that other signatures are not verified."""
    return f"{text}; {view.ignored}" if view.ignored else text


def _usable(view: View) -> list[DkimSignature]:
    return [s for s, _ in view.signatures if not view.profile.verifier.ignores(s)]


def _about(text: str, signature: DkimSignature) -> str:
    """The sentence with whose signature it is, and what verification said of it."""
    reason = signature.reason
    if signature.result is Dkim.PASS:
        reason = "l= leaves room for text that nobody signed"
    return text.format(shown(signature.domain) or "an unnamed domain", reason)


def _of_bits(signature: DkimSignature, bits: int) -> str:
    name = f"{shown(signature.selector)}._domainkey.{shown(signature.domain)}"
    return f"the message is signed with a key of only {bits} bits ({name})"
