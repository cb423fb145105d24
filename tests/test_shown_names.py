"""Text from the world as it is shown: escaped once, and never again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.message.author import author
from mailworthy.names import BadName, printable, to_ascii


@given(st.text(st.characters(exclude_categories=[])), st.integers(0, 30))
def test_what_is_shown_is_not_escaped_again(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert printable(shown) == printable(shown, limit) == shown
    assert not limit or len(shown) <= limit
    assert shown.isprintable()
    assert shown.replace("…", "").isascii()


@pytest.mark.parametrize("text", ["a" * 64, "a" * 200, f"b.{'a' * 64}.example", "é" * 300])
def test_why_a_name_is_none_is_escaped_once(text: str) -> None:
    with pytest.raises(BadName) as caught:
        to_ascii(text)
    detail = author([f"x@{text}".encode()]).detail
    for said in (str(caught.value), printable(str(caught.value)), printable(detail, 300)):
        assert "\\u{2026}" not in said
        assert "…" in said
