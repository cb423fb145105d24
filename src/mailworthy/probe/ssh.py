"""Another machine, over the system's `ssh`: one small script of read-only commands a round.

`ssh` brings its own configuration, keys and known hosts. It may ask nothing (BatchMode). A private
key never leaves the machine: its public half is made there, by openssl.
"""

import binascii
import re
import shlex
from collections.abc import Iterator, Sequence

from mailworthy.errors import UsageError
from mailworthy.names import printable
from mailworthy.probe.local import MAX_FILE, MAX_KEY, outcome
from mailworthy.probe.process import run
from mailworthy.servers.reading.request import (
    Certificates,
    Command,
    File,
    Key,
    Outcome,
    Request,
    Told,
)

SECONDS = 60.0
EACH = 20  # seconds for one command there, where `timeout` is installed
# Of several values ssh takes the first: those of the user stand between these two.
FIRST = ("BatchMode=yes", "ClearAllForwardings=yes")
LAST = ("ConnectTimeout=15", "ServerAliveInterval=10")
_PUBLIC = re.compile(
    r"-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]{1,8000})-----END PUBLIC KEY-----"
)
_SPKI_ED25519 = bytes.fromhex("302a300506032b6570032100")  # RFC 8410 §4

# `run N COMMAND…` prints lines "N o TEXT" for the output, "N e TEXT" for complaints, "N r CODE".
# Nothing is written to a file; `exec 3>&1` lets output pass while complaints are collected.
HEAD = r"""
LC_ALL=C; PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
export LC_ALL PATH
exec 3>&1
limit=; command -v timeout >/dev/null 2>&1 && limit='timeout EACH'
# The last line of an output may lack its end.
lines() { cat; echo; }
coded() { "$@" </dev/null 3>&-; echo "mailworthy-code $?" >&2; }
said() {
    n=$1; shift
    err=$({ coded "$@" | lines | sed "s/^/$n o /" >&3; } 2>&1)
    printf '%s\n' "$err" | sed -e "s/^mailworthy-code /$n r /" -e t -e "s/^/$n e /"
}
run() {
    n=$1; shift
    if command -v "$1" >/dev/null 2>&1; then said "$n" $limit "$@"; else echo "$n r 127"; fi
}
there() {
    why=$(ls -d -L -- "$2" 2>&1 >/dev/null) && return 0
    case $why in
        *ermission*) echo "$1 e Permission denied"; echo "$1 r 1" ;;
        *) echo "$1 r 126" ;;
    esac
    return 1
}
no() { there "$1" "$2" && echo "$1 r 1"; }
# Files of the kernel (/proc/kmsg) look regular, have no size, and may wait for ever.
text() {
    if [ -f "$2" ] && [ ! -s "$2" ] && there "$1" "$2"; then echo "$1 r 0"
    elif [ -f "$2" ]; then said "$1" $limit head -c MAX_FILE -- "$2"; else no "$1" "$2"; fi
}
# Up to any other line with dashes: behind a certificate without its end there may be a key.
pem() { $limit sed -n '/-----BEGIN CERTIFICATE-----/,/-----/p' <"$1"; }
certificates() {
    if [ -f "$2" ] && [ ! -s "$2" ] && there "$1" "$2"; then echo "$1 r 0"
    elif [ -f "$2" ]; then said "$1" pem "$2"; else no "$1" "$2"; fi
}
# The octets before the seed of an Ed25519 key in PKCS#8.
seed() {
    printf '\060\056\002\001\000\060\005\006\003\053\145\160\004\042\004\040'
    $limit base64 -d <"$1" | head -c 32
}
public() {
    if [ ! -r "$1" ]; then echo 'Permission denied' >&2; return 1; fi
    if $limit grep -q -e '-----BEGIN' "$1"; then $limit openssl pkey -in "$1" -passin pass: -pubout
    else seed "$1" | openssl pkey -inform DER -pubout; fi
}
key() {
    there "$1" "$2" || return 0
    stat -L -c "$1 m %a %U:%G" -- "$2" || :
    size=0; [ -f "$2" ] && [ -s "$2" ] && size=$($limit wc -c 2>/dev/null <"$2" || echo 1)
    if [ "$size" -gt 0 ] && [ "$size" -le MAX_KEY ]; then said "$1" public "$2"
    else echo "$1 r 1"; fi
}
"""


class Ssh:
    """A machine that `ssh HOST` leads to; `options` are passed on as `-o NAME=VALUE`.

    Raises UsageError for a host that ssh would take for an option.
    """

    def __init__(self, host: str, options: Sequence[str] = (), program: str = "ssh") -> None:
        if not host or host.startswith("-") or not host.isprintable() or " " in host:
            raise UsageError(f"{printable(host, 100)!r} is no host for ssh")
        self.where = printable(host, 200)
        given = [part for o in (*FIRST, *options, *LAST) for part in ("-o", o)]
        self._command = (program, *given, "-T", "--", host, "sh -s")

    def tell(self, requests: Sequence[Request]) -> list[Told]:
        """An answer to each request. Raises UsageError where there is no connection."""
        script = script_of(requests)
        try:
            ran = run(self._command, given=script.encode(), seconds=SECONDS, most=4 * MAX_FILE)
        except FileNotFoundError:
            raise UsageError(
                "there is no ssh on this machine: install the OpenSSH client"
            ) from None
        if ran.code == 255:
            said = " ".join(ran.err.decode(errors="replace").split())
            raise UsageError(f"ssh {self.where}: {printable(said, 400) or 'no connection'}")
        late = Outcome.LATE if ran.late else Outcome.LARGE if ran.large else None
        return list(read(ran.out.decode(errors="replace"), requests, late))


def script_of(requests: Sequence[Request]) -> str:
    """The shell script that answers them all; every word of theirs is quoted."""
    head = HEAD
    for name, value in (("EACH", EACH), ("MAX_FILE", MAX_FILE), ("MAX_KEY", MAX_KEY)):
        head = head.replace(name, str(value))
    lines = (f"{_verb(each)} {number} {_words(each)}" for number, each in enumerate(requests))
    return "\n".join((head, *lines, "exit 0", ""))


def _verb(request: Request) -> str:
    verbs = {Command: "run", File: "text", Certificates: "certificates", Key: "key"}
    return verbs[type(request)]


def _words(request: Request) -> str:
    argv = request.argv if isinstance(request, Command) else (request.path,)
    return " ".join(shlex.quote(word.replace("\0", "")) for word in argv)


def read(printed: str, requests: Sequence[Request], late: Outcome | None) -> Iterator[Told]:
    """The answers in what the script printed; `late` is why the end of it may be missing."""
    parts: dict[tuple[int, str], list[str]] = {}
    for line in printed.split("\n"):
        number, _, rest = line.partition(" ")
        if number.isascii() and number.isdigit() and len(number) < 6:
            parts.setdefault((int(number), rest[:1]), []).append(rest[2:])
    for at, request in enumerate(requests):
        yield _told(request, {kind: parts.get((at, kind), []) for kind in "oerm"}, late)


def _told(request: Request, said: dict[str, list[str]], late: Outcome | None) -> Told:
    out, err = "\n".join(said["o"]), "\n".join(said["e"])
    code = said["r"][-1] if said["r"] else ""
    if not code:
        return Told(late or Outcome.FAILED, err="the other side said nothing")
    found = _ended(code, err)
    if not isinstance(request, Key):
        return Told(found, out, err)
    mode, owner = _mode(said["m"])
    text = public_value(out) if found is Outcome.DONE else ""
    if found is Outcome.FAILED or (found is Outcome.DONE and not text):
        why = "it holds no RSA or Ed25519 private key without a passphrase"
        return Told(Outcome.FAILED, "", why, mode, owner)
    return Told(found, text, err, mode, owner)


def _ended(code: str, err: str) -> Outcome:
    if code in ("126", "127"):
        return Outcome.MISSING
    if code == "124":  # what `timeout` says
        return Outcome.LATE
    return outcome(int(code) if code.isascii() and code.isdigit() else 1, err)


def _mode(lines: list[str]) -> tuple[int | None, str]:
    digits, _, owner = (lines[-1] if lines else "").partition(" ")
    octal = digits.isdigit() and all(c < "8" for c in digits) and len(digits) <= 5
    return (int(digits, 8) if octal else None), printable(owner, 100)


def public_value(pem: str) -> str:
    """The TXT value of a public key in PEM (SubjectPublicKeyInfo); empty for other kinds."""
    found = _PUBLIC.search(pem)
    body = "".join(found[1].split()) if found else ""
    try:
        der = binascii.a2b_base64(body, strict_mode=True)
    except binascii.Error:
        return ""
    if der.startswith(_SPKI_ED25519) and len(der) == len(_SPKI_ED25519) + 32:
        raw = binascii.b2a_base64(der[len(_SPKI_ED25519) :], newline=False).decode()
        return f"k=ed25519; p={raw}"
    rsa = bytes.fromhex("06092a864886f70d010101") in der[:40]
    return f"k=rsa; p={body}" if rsa else ""
