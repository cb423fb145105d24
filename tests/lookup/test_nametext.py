"""Names between text and wire, with dnspython as the judge."""

import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.lookup.nametext import canonical, label_text, wire_labels, wire_name

labels = st.lists(st.binary(min_size=1, max_size=20), max_size=6)


@given(labels)
def test_octets_survive_as_text(parts: list[bytes]) -> None:
    name = dns.name.Name([*parts, b""])
    text = ".".join(map(label_text, parts)) or "."
    assert text == name.canonicalize().to_text(omit_final_dot=True)
    assert wire_labels(text) == tuple(part.lower() for part in parts)
    assert wire_name(text) == name.canonicalize().to_wire()
    assert canonical(text) == text


@given(st.text(st.sampled_from("aB.\\019 é@*_-\u2603"), max_size=24))
def test_any_text_is_a_name_or_none(text: str) -> None:
    found = canonical(text)
    assert found is None or canonical(found) == found
    assert (wire_name(text) is None) == (found is None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".", "."),
        ("A.b", "a.b"),
        ("\\097", "a"),
        ("\\.a", "\\.a"),
        ("a\\046b", "a\\.b"),
        ("a b", "a\\032b"),
        ("\xe4", "\\228"),
        ("\\\\", "\\\\"),
        ("*.a", "*.a"),
        ("@", "\\@"),
        ("", None),
        ("a.", None),
        (".a", None),
        ("a..b", None),
        ("\\", None),
        ("a\\", None),
        ("\\1", None),
        ("\\12a", None),
        ("\\256", None),
        ("\u2603", None),
        ("a" * 63, "a" * 63),
        ("a" * 64, None),
        ("\\097" * 63, "a" * 63),
        (".".join(["a" * 63] * 3 + ["b" * 61]), ".".join(["a" * 63] * 3 + ["b" * 61])),
        (".".join(["a" * 63] * 3 + ["b" * 62]), None),
        (".".join(["a"] * 127), ".".join(["a"] * 127)),
        (".".join(["a"] * 128), None),
    ],
)
def test_one_spelling(text: str, expected: str | None) -> None:
    assert canonical(text) == expected
