"""My work and the list of cases, through their pages."""

from io import BytesIO

from openpyxl import load_workbook

from tests.stories import Story


def test_my_work_shows_what_waits_for_me_and_nothing_else(city, visit):
    story = Story(city).report()
    assert story.case.number in visit("li").get("/desk/work").text
    assert story.case.number not in visit("zhao").get("/desk/work").text


def test_queues_count_what_they_open(city, visit):
    Story(city).report()
    Story(city).report()
    page = visit("li").get("/desk/work?queue=accept").text
    assert page.count('class="list-title"') == 2


def test_words_of_two_characters_find_a_case(city, visit):
    story = Story(city).report(description="人行道井盖松动有异响", place="望江路12号")
    for words in ("井盖", "异响", "望江路", story.case.number, "井盖 松动"):
        assert story.case.number in visit("li").get("/desk/cases", query_string={"q": words}).text, words
    assert story.case.number not in visit("li").get("/desk/cases", query_string={"q": "路灯"}).text


def test_words_are_found_as_they_were_typed_not_in_pieces(city, visit):
    story = Story(city).report(description="井盖松动，锅盖丢失")
    assert story.case.number not in visit("li").get("/desk/cases", query_string={"q": "井盖丢"}).text
    assert story.case.number in visit("li").get("/desk/cases", query_string={"q": "井盖 丢失"}).text


def test_a_department_sees_its_own_cases_only(city, visit):
    story = Story(city).filed()
    other = "parks_clerk" if story.case.department.code != "landscaping" else "clerk"
    assert story.case.number in visit(f"clerk.{story.case.department.code}").get("/desk/cases").text
    assert story.case.number not in visit(other).get("/desk/cases").text


def test_the_rows_seen_are_exported(city, visit):
    story = Story(city).report(description="=cmd()|'/c calc'!A1 井盖丢失")
    answer = visit("wang").get("/desk/cases.xlsx?state=open")
    sheet = load_workbook(BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(min_row=2))
    assert [row[0].value for row in rows] == [story.case.number]
    assert rows[0][1].data_type == "s"


def test_a_search_is_kept_and_forgotten(city, visit):
    li = visit("li")
    li.post("/desk/saved-searches", data={"name": "超期在办", "query": "lamp=red&state=open", "page_name": "cases"})
    page = li.get("/desk/cases").text
    assert "超期在办" in page
    assert "lamp=red" in page


def test_a_page_of_work_and_a_page_of_cases_cost_few_statements(city, visit, statements):
    for _ in range(3):
        Story(city).report()
    li = visit("li")
    for address in ("/desk/work", "/desk/cases?q=垃圾"):
        li.get(address)
        with statements() as seen:
            li.get(address)
        assert len(seen) <= 12, "\n".join(seen)
