"""What reporters write that is not XML, made XML: an ampersand alone, control characters."""

import re

# XML 1.0 §2.2: no control characters but tab and line ends, no U+FFFE and U+FFFF.
_ILLEGAL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_REFERENCE = re.compile(rb"&#(x?)([0-9a-fA-F]{1,7});")
_LESS = re.compile(rb"<(?![A-Za-z_/!?])")
_REPLACEMENT = "�".encode()


def mend(text: bytes) -> bytes:
    """The same text with what XML forbids replaced or escaped; UTF-8 in and out, linear."""
    text = _ILLEGAL.sub(_REPLACEMENT, text)
    text = _REFERENCE.sub(_legal, text)
    text = _AMPERSAND.sub(b"&amp;", text)
    return _LESS.sub(b"&lt;", text)


def _legal(reference: re.Match[bytes]) -> bytes:
    try:
        code = int(reference[2], 16 if reference[1] else 10)
    except ValueError:  # hexadecimal digits without the x: the ampersand is escaped later
        return reference[0]
    allowed = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return reference[0] if allowed or 0x10000 <= code < 0x110000 else _REPLACEMENT
