"""The file of an archive: alike each time, and whatever is wrong with one that came is said."""

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.studio import archive_file
from engine.studio.archive_file import Origin
from engine.studio.errors import ArchiveRefused
from tests.city import FOUNDED

ORIGIN = Origin.made("省标准", "2026.1", "省住房和城乡建设厅", city="临江市", by="管理员", at=FOUNDED)
PARTS = {"settings": {"settings.json": b'{"a": 1}\n'}, "processes": {"processes/appeal.bpmn": b"<x/>"}}


def packed(parts=PARTS, origin=ORIGIN):
    return archive_file.pack(origin, parts)


def zipped(files, **info):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files:
            one = zipfile.ZipInfo(path)
            one.compress_type = zipfile.ZIP_DEFLATED
            for name, value in info.items():
                setattr(one, name, value)
            archive.writestr(one, content)
    return stream.getvalue()


def rewritten(change, source=None):
    """The archive after somebody changed its files, given as a dict, and zipped them again."""
    with zipfile.ZipFile(io.BytesIO(source or packed())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    return zipped(files.items())


def refused(content):
    with pytest.raises(ArchiveRefused) as refusal:
        archive_file.unpack(content)
    return str(refusal.value.fields["file"][0])


def test_it_is_read_as_it_was_written():
    unpacked = archive_file.unpack(packed())
    assert unpacked.origin == ORIGIN
    assert {name: dict(files) for name, files in unpacked.parts.items()} == PARTS


def test_the_same_configuration_gives_the_same_bytes():
    turned = {name: PARTS[name] for name in reversed(PARTS)}
    assert packed(turned) == packed()
    later = archive_file.pack(Origin.made("省标准", "2026.1", "", city="", by="", at=FOUNDED), PARTS)
    with zipfile.ZipFile(io.BytesIO(packed())) as one, zipfile.ZipFile(io.BytesIO(later)) as other:
        same = {name for name in one.namelist() if one.read(name) == other.read(name)}
    assert same == {"settings.json", "processes/appeal.bpmn"}


FLAT = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text() | st.floats(-1e300, 1e300)
JSON = st.recursive(
    FLAT, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)


@given(st.dictionaries(st.text(), JSON))
def test_what_is_written_as_json_is_read_back(value):
    try:
        found = archive_file.read_json(archive_file.written(value))
    except ValueError:  # brackets in texts count as depth, zeros are not kept
        assert any(sign in json.dumps(value) for sign in ("[", "{", "\\u0000"))
    else:
        assert found == value


def edit(path, content):
    return lambda files: files.__setitem__(path, content)


def test_a_part_that_was_changed_by_hand_is_named():
    assert "settings.json has been changed" in refused(rewritten(edit("settings.json", b'{"a": 2}\n')))
    assert "processes/appeal.bpmn is missing" in refused(rewritten(lambda files: files.pop("processes/appeal.bpmn")))
    assert "roles.json is in the archive, but not" in refused(rewritten(edit("roles.json", b"{}")))


@pytest.mark.parametrize(
    "path", ["../evil.json", "/etc/passwd", "a/b/c.json", "settings.JSON", "C:\\x.json", "a\\b.json", "x.html",
             "set\0.json", "processes/", "設定.json"],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(path):
    assert "has a name that no configuration has" in refused(zipped([(path, b"{}")]))


def test_a_file_that_stands_there_twice_is_refused():
    with pytest.warns(UserWarning):
        content = zipped([("a.json", b"{}"), ("a.json", b"{}")])
    assert "more than once" in refused(content)


def test_bombs_are_refused_before_they_are_unpacked():
    assert "too large" in refused(zipped([(f"a{number}.json", b" " * 9_000_000) for number in range(6)]))
    assert "too large" in refused(zipped([(f"a{number}.json", b"") for number in range(501)]))
    assert "larger than 10 MB" in refused(b"x" * (10 * 1024**2 + 1))


def test_a_size_that_is_not_true_is_refused():
    honest = zipped([("manifest.json", b" " * 1000)])
    lying = honest.replace((1000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert "broken" in refused(lying)


def test_other_ways_of_packing_are_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("manifest.json", b"{}")
    assert "packed in a way" in refused(stream.getvalue())
    encrypted = bytearray(zipped([("manifest.json", b"{}")]))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.index(mark) + place] |= 1
    assert "encrypted" in refused(bytes(encrypted))


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"%PDF-1.7", b"PK\x03\x04" + b"\0" * 40, packed()[:-30], packed()[40:]]
)
def test_what_is_no_zip_is_refused(content):
    assert refused(content)


@pytest.mark.parametrize(
    "manifest",
    [
        b"", b"[]", b"{", b"{}", b"[" * 100_000, b'{"format": "cityloop-configuration"}',
        b'{"format":"x","format":"y"}', b'{"a": NaN}', b'{"a": 1e999}', b'"\\ud800"', b'"\\u0000"', b"\xff\xfe",
    ],
)  # fmt: skip
def test_a_list_that_is_none_is_refused(manifest):
    assert refused(rewritten(edit("manifest.json", manifest)))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("format_version", 2, "another version of the program"), ("format", "else", "no archive of a configuration"),
        ("name", "x" * 121, "cannot be read"), ("issuer", None, "cannot be read"), ("parts", [], "cannot be read"),
        ("parts", {"settings": []}, "cannot be read"),
        ("parts", {"settings": {"settings.json": None}}, "has been changed"),
        ("parts", {"settings": {"../x": {}}}, "is missing"),
    ],
)  # fmt: skip
def test_a_list_of_another_shape_is_refused(name, value, said):
    def change(files):
        files["manifest.json"] = json.dumps(json.loads(files["manifest.json"]) | {name: value}).encode()

    assert said in refused(rewritten(change))


@given(st.binary(max_size=300), st.integers(0, 10_000))
def test_no_damage_does_more_than_be_refused(noise, place):
    whole = packed()
    place %= len(whole)
    damaged = whole[:place] + noise + whole[place + len(noise) :]
    try:
        unpacked = archive_file.unpack(damaged)
    except ArchiveRefused:
        return
    assert {name: dict(files) for name, files in unpacked.parts.items()} == PARTS
