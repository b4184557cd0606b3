"""Places: 1, 2, 2, 4; ties are split by rework, then by the number due; small samples have no place."""

from engine.evaluation import ranking


def counts(due: int, on_time: int, reworked: int = 0, closure: int = 100) -> dict[str, int]:
    return {"due_handling": due, "handled_on_time": on_time, "reworked": reworked, "due_closure": closure}


def test_equal_ones_share_a_place_and_the_next_is_skipped() -> None:
    rows = {"a": counts(100, 99), "b": counts(100, 90), "c": counts(100, 90), "d": counts(100, 80)}
    places = [(place.key, place.rank) for place in ranking.rank(rows, sample=20)]
    assert places == [("a", 1), ("b", 2), ("c", 2), ("d", 4)]


def test_less_rework_goes_first_then_more_cases() -> None:
    rows = {"a": counts(100, 90, reworked=2), "b": counts(100, 90, reworked=1), "c": counts(200, 180, reworked=2)}
    assert [place.key for place in ranking.rank(rows, sample=20)] == ["b", "c", "a"]


def test_unrounded_rates_decide() -> None:
    rows = {"a": counts(100_000, 90_000), "b": counts(100_000, 90_001)}
    assert [place.key for place in ranking.rank(rows, sample=20)] == ["b", "a"]


def test_a_small_sample_is_listed_without_a_place() -> None:
    rows = {"small": counts(19, 19), "large": counts(20, 1), "idle": counts(0, 0)}
    places = {place.key: place.rank for place in ranking.rank(rows, sample=20)}
    assert places == {"large": 1, "small": None, "idle": None}


def test_grades_by_the_unrounded_rate() -> None:
    assert ranking.grade(counts(100_000, 94_999)) == "Good"
    assert ranking.grade(counts(100, 95)) == "Excellent"
    assert ranking.grade(counts(100, 10)) == "Failed"
    assert ranking.grade(counts(0, 0)) is None
