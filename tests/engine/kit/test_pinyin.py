import subprocess
import sys

import pytest

from engine.kit import pinyin
from engine.kit.config import ROOT


@pytest.mark.parametrize(
    ("name", "letters"), [("污水井盖", "wsjg"), ("泊位", "bw"), ("调整", "tz"), ("调查", "dc"), ("B区空调", "bqkt")]
)
def test_initials_follow_the_word_that_a_character_stands_in(name, letters):
    assert pinyin.initials(name) == letters


def test_a_name_is_spelt_in_full():
    assert pinyin.letters("王芳") == "wangfang"


def test_the_dictionary_is_not_read_by_whoever_names_nothing():
    looked = "import sys, wsgi; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", looked], cwd=ROOT, check=False).returncode == 0
