import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.attachments import names


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\照片\\现场 1.jpg", "现场 1.jpg"),
        ("a\0b\r\n.jpg", "ab.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("...jpg", "jpg"),
        ("", "file"),
        ('<b>"x"</b>.png', "b_.png"),
    ],
)
def test_names_are_made_harmless(given_name, kept):
    assert names.clean(given_name) == kept


@given(st.text(max_size=400))
def test_a_clean_name_stays_clean_and_short(text):
    kept = names.clean(text)
    assert names.clean(kept) == kept
    assert 0 < len(kept) <= names.LONGEST
    assert not set(kept) & set("/\\\0\r\n")
