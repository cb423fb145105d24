"""The profiles that are shipped, in `profiles/*.toml` beside this module."""

import tomllib
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

import msgspec

from mailworthy.errors import UsageError
from mailworthy.names import printable
from mailworthy.receive.profile import Profile

FIRST = "strict"  # the receiver that users run themselves


def parse(text: str) -> Profile:
    """The profile in TOML text; anything that is not of its form is a UsageError."""
    try:
        return msgspec.convert(tomllib.loads(text), Profile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"the profile cannot be read: {error}") from error


@cache
def names() -> tuple[str, ...]:
    """The names of all profiles: strict first, then in the order of the alphabet."""
    folder = files("mailworthy.receive").joinpath("profiles")
    found = [f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")]
    return tuple(sorted(found, key=lambda name: (name != FIRST, name)))


def load(name: str) -> Profile:
    """One profile by its name. Raises UsageError for any other, and lists those there are."""
    if name not in names():
        known, near = ", ".join(names()), get_close_matches(name.lower(), (*names(), "all"), 1)
        meant = f"did you mean {near[0]}? There are: {known}" if near else f"there are: {known}"
        raise UsageError(f"there is no profile {printable(name, 60)}; {meant}")
    return _read(name)


def every() -> tuple[Profile, ...]:
    """All profiles in the order of `names`."""
    return tuple(map(_read, names()))


@cache
def _read(name: str) -> Profile:
    path = files("mailworthy.receive").joinpath("profiles", f"{name}.toml")
    profile = parse(path.read_text(encoding="utf-8"))
    if not profile.extends:
        return profile
    own = {line.id for line in profile.lines}
    base = _read(profile.extends)
    kept = [line for line in base.lines if line.id not in own]
    algorithms = profile.algorithms or base.algorithms
    return msgspec.structs.replace(profile, lines=(*kept, *profile.lines), algorithms=algorithms)
