"""A configuration goes from city to city: compared, handed in, agreed to by a second person, applied, taken back."""

import json
from random import Random

import pytest
from sqlalchemy import select

from engine.access import granting, queries
from engine.access.actors import SYSTEM
from engine.access.models import Role
from engine.access.permissions import Scope
from engine.audit.models import AuditRecord
from engine.calendars import queries as calendars
from engine.cases.limits import HANDLING_DAYS
from engine.catalog import queries as catalog
from engine.decisions import publishing as deciding
from engine.decisions import queries as queried
from engine.decisions.content import Content, Example, Row
from engine.dispatch_rules import queries as rules
from engine.forms import catalogue
from engine.kit.db import db, unit_of_work
from engine.kit.errors import CityLoopError, Conflict, Invalid
from engine.organization.models import Department
from engine.process import definitions
from engine.settings import values
from engine.studio import archive_file, archive_rehearsing, archives, archiving, designing, form_publishing
from engine.studio.archive_file import Origin
from engine.studio.archive_models import ConfigurationArchive
from engine.studio.errors import (
    ArchiveIsStale,
    ArchiveNotOpen,
    ArchiveRefused,
    BroughtItOneself,
    NoSuchArchive,
    RightsAreAnothers,
)
from engine.studio.parts import registry
from engine.studio.parts.part import Hand
from engine.supervision import ladder
from tests.city import FOUNDED
from tests.engine.decisions.drawing_up import hours
from tests.engine.studio.at_once import at_once
from tests.engine.studio.redrawing import renamed, reviewed

ALL = [part.name for part in registry.PARTS]
CODE = "GBT30428.2-2013/component/0101"


def exported(city, names=("settings",)):
    with unit_of_work():
        return archiving.export(names, name="省标准", version="3", issuer="省厅", by=city.system_admin, at=FOUNDED)


def changed(content, part, change):
    """The archive after somebody changed the items of a part, and made the list of digests anew."""
    unpacked = archive_file.unpack(content)
    items = dict(registry.find(part).items(unpacked.parts[part]))
    made = change(items)
    items = items if made is None else made
    parts = dict(unpacked.parts) | {part: registry.find(part).files(items)}
    return archive_file.pack(unpacked.origin, parts)


def setting(name, value):
    return lambda items: items | {name: value}


def bring(city, content):
    with unit_of_work():
        return archives.bring(content, by=city.system_admin, at=FOUNDED).id


def submit(city, archive, parts=ALL, **more):
    with unit_of_work():
        archives.submit(archive, parts, note="与省标准一致", by=city.system_admin, at=FOUNDED, **more)


def approve(city, archive, by=None):
    with unit_of_work():
        return archives.approve(archive, note="", by=by or city.qian, at=FOUNDED)


def applied(city, content, parts=ALL, by=None, **more):
    archive = bring(city, content)
    submit(city, archive, parts, **more)
    approve(city, archive, by)
    return archive


def looks(archive):
    return {one["part"]: one for one in archives.find(archive).parts}


def differing(archive):
    counted = {name: (one["added"], one["changed"], one["removed"]) for name, one in looks(archive).items()}
    return {name: counts for name, counts in counted.items() if any(counts)}


def problems(archive, part):
    return [(key, text % params) for key, text, params in looks(archive)[part]["problems"]]


def test_what_was_exported_is_no_difference_where_it_came_from(city):
    content = exported(city, ALL)
    assert exported(city, ALL) == content
    archive = bring(city, content)
    assert list(looks(archive)) == ALL
    assert differing(archive) == {}
    assert not any(one["problems"] for one in looks(archive).values())
    assert [name for name, one in looks(archive).items() if not one["same"]] == ["tables", "forms"], "the city has none"


def test_no_person_and_no_secret_is_in_it(city):
    unpacked = archive_file.unpack(exported(city, ALL))
    text = b"".join(content for files in unpacked.parts.values() for content in files.values()).decode()
    for word in ("password", "session_epoch", "collector.chen", "assessment.mail_people", city.chen.name):
        assert word not in text


def test_a_part_changes_once_a_second_person_agrees(city):
    content = changed(exported(city), "settings", setting(HANDLING_DAYS.name, 9))
    archive = bring(city, content)
    assert differing(archive) == {"settings": (0, 1, 0)}
    told = archives.find(archive).differences["settings"]
    assert told[0]["lines"] == [{"name": "value", "before": "3", "after": "9"}]
    with pytest.raises(ArchiveNotOpen):
        approve(city, archive)
    submit(city, archive)
    with pytest.raises(BroughtItOneself):
        approve(city, archive, city.system_admin)
    approve(city, archive)
    assert values.get(HANDLING_DAYS) == 9
    row = archives.find(archive)
    assert (row.state, row.chosen, row.reviewed_by_id) == ("applied", ["settings"], city.qian.id)
    assert archives.standards()["settings"].issuer == "省厅"
    with pytest.raises(ArchiveNotOpen):
        approve(city, archive)
    of_archives = select(AuditRecord.action).where(AuditRecord.object_kind == "configuration").order_by(AuditRecord.id)
    assert db.session.scalars(of_archives).all() == [
        "configuration.exported", "configuration.brought", "configuration.submitted", "configuration.applied",
    ]  # fmt: skip


def test_two_who_agree_at_the_same_moment_apply_it_once(city):
    archive = bring(city, changed(exported(city), "settings", setting(HANDLING_DAYS.name, 9)))
    submit(city, archive)

    def agree():
        archives.approve(archive, note="", by=city.qian, at=FOUNDED)

    assert at_once(city, agree, agree) == ["ArchiveNotOpen", "done"]
    assert db.session.query(ConfigurationArchive).count() == 2, "itself, and what was before"


def test_of_two_archives_about_the_same_only_the_first_is_applied(city):
    both = [bring(city, changed(exported(city), "settings", setting(HANDLING_DAYS.name, days))) for days in (8, 9)]
    for archive in both:
        submit(city, archive)
    acts = [lambda one=one: archives.approve(one, note="", by=city.qian, at=FOUNDED) for one in both]
    assert at_once(city, *acts) == ["ArchiveIsStale", "done"]


def test_what_was_before_comes_back_by_the_same_way(city):
    applied(city, changed(exported(city), "settings", setting(HANDLING_DAYS.name, 9)))
    before = archives.standards()["settings"].before_id
    with unit_of_work():
        back = archives.bring_again(before, by=city.system_admin, at=FOUNDED).id
    assert differing(back) == {"settings": (0, 1, 0)}
    submit(city, back)
    approve(city, back)
    assert values.get(HANDLING_DAYS) == 3


def test_only_chosen_parts_are_applied(city):
    def longer(items):
        items[f"{CODE}#1"]["limit_a"] = 77.0

    content = changed(exported(city, ["settings", "filing_conditions"]), "settings", setting(HANDLING_DAYS.name, 9))
    content = changed(content, "filing_conditions", longer)
    archive = applied(city, content, ["filing_conditions"])
    assert archives.find(archive).chosen == ["filing_conditions"]
    assert values.get(HANDLING_DAYS) == 3
    found = catalog.by_code("GBT30428.2-2013", "component", "0101")
    assert catalog.conditions_of(found.id)[0].limit_a == 77


def test_nothing_is_handed_in_that_would_change_nothing(city):
    archive = bring(city, exported(city))
    with pytest.raises(Invalid) as refusal:
        submit(city, archive)
    assert "parts" in refusal.value.fields
    with pytest.raises(Invalid) as refusal, unit_of_work():
        archives.submit(archive, ALL, note=" ", by=city.system_admin, at=FOUNDED)
    assert "note" in refusal.value.fields


def test_what_changed_since_it_was_compared_is_compared_again(city):
    content = changed(exported(city), "settings", setting(HANDLING_DAYS.name, 9))
    archive = bring(city, content)
    submit(city, archive)
    with unit_of_work():
        values.set(HANDLING_DAYS, 5, by=city.system_admin, at=FOUNDED)
    with pytest.raises(ArchiveIsStale):
        approve(city, archive)
    assert values.get(HANDLING_DAYS) == 5
    with unit_of_work():
        archives.compare_again(archive, by=city.system_admin, at=FOUNDED)
    with pytest.raises(ArchiveNotOpen):
        approve(city, archive)
    submit(city, archive)
    approve(city, archive)
    assert values.get(HANDLING_DAYS) == 9


def test_removal_is_never_automatic(city):
    def without(items):
        del items[CODE]

    content = changed(exported(city, ["categories"]), "categories", without)
    archive = bring(city, content)
    assert differing(archive) == {"categories": (0, 0, 1)}
    submit(city, archive)
    approve(city, archive)
    assert catalog.by_code(*CODE.split("/")).is_active
    applied(city, content, removing=["categories"])
    assert not catalog.by_code(*CODE.split("/")).is_active
    assert differing(bring(city, content)) == {}


def test_rights_are_agreed_to_by_the_security_administrator_alone(city):
    def taught(items):
        items["inspector"] = {
            "name": "巡查员",
            "name_en": "Inspector",
            "scope": "city",
            "permissions": ["case.comment"],
        }
        items["leader"]["permissions"].append("case.export")
        items["leader"]["name"] = "分管领导"

    archive = bring(city, changed(exported(city, ["roles"]), "roles", taught))
    assert differing(archive) == {"roles": (1, 1, 0)}
    submit(city, archive)
    with pytest.raises(RightsAreAnothers):
        approve(city, archive)
    approve(city, archive, city.security_admin)
    roles = {role.code: role for role in queries.roles()}
    assert [one.permission for one in roles["inspector"].grants] == ["case.comment"]
    assert roles["leader"].name == "分管领导"
    assert "case.export" in {one.permission for one in roles["leader"].grants}


def test_nobody_agrees_to_rights_of_his_own(city):
    def more(items):
        items["security_administrator"]["permissions"].append("supervision.read")

    archive = bring(city, changed(exported(city, ["roles"]), "roles", more))
    submit(city, archive)
    with pytest.raises(Exception, match="Nobody may change a role that he holds himself"):
        approve(city, archive, city.security_admin)


def test_a_drawing_may_build_on_a_role_that_comes_with_it(city):
    drawn = renamed("handle", "repair").replace('role="handler"', 'role="welder"')
    assert "welder" in drawn

    def taught(items):
        items["welder"] = {"name": "焊工", "name_en": "Welder", "scope": "department", "permissions": ["case.handle"]}

    content = changed(
        exported(city, ["roles", "processes"]), "processes", lambda items: items | {"standard_case": drawn}
    )
    alone = bring(city, content)
    assert any("welder" in text for _, text in problems(alone, "processes"))
    together = bring(city, changed(content, "roles", taught))
    assert differing(together) == {"roles": (1, 0, 0), "processes": (0, 1, 0)}
    assert db.session.query(Role).filter_by(code="welder").first() is None, "a rehearsal leaves nothing"
    with pytest.raises(Invalid):
        submit(city, together, ["processes"])
    submit(city, together)
    approve(city, together, city.security_admin)
    published = definitions.active("standard_case")
    assert published.version == 2
    assert 'role="welder"' in registry.find("processes").read()["standard_case"]


def test_calendars_ladder_and_authority_list_are_carried(city):
    def holiday(items):
        items["standard"]["days"]["2026-07-01"] = ["off", [], "城市日"]
        items["named/夜班"] = items["standard"] | {"days": {}, "published": []}

    def silent(items):
        items["handling"]["rungs"] = items["handling"]["rungs"][:1]
        del items["reply"]

    def moved(items):
        key = next(key for key, item in items.items() if item["department"] != "landscaping")
        items[key]["department"] = "landscaping"
        items[key]["note"] = "moved"

    content = exported(city, ["calendars", "ladder", "authority"])
    for part, change in (("calendars", holiday), ("ladder", silent), ("authority", moved)):
        content = changed(content, part, change)
    archive = bring(city, content)
    assert differing(archive) == {"calendars": (1, 1, 0), "ladder": (0, 1, 1), "authority": (0, 1, 0)}
    submit(city, archive, removing=["ladder"])
    approve(city, archive)
    assert not calendars.working().hours.on(FOUNDED.date().replace(month=7, day=1))
    assert calendars.find(2).name == "夜班"
    assert len(ladder.own_rungs("handling")) == 1
    assert ladder.own_rungs("reply") == ()
    landscaping = db.session.query(Department).filter_by(code="landscaping").one()
    found = db.session.scalars(rules.in_force(department_id=landscaping.id)).all()
    assert [rule.version for rule in found if rule.note == "moved"] == [2]
    assert differing(bring(city, content)) == {}


def test_departments_come_along_with_the_rules_that_name_them(city):
    def grown(items):
        items["sewers"] = {"name": "排水公司", "short_name": "排水", "kind": "enterprise", "parent": "waters",
                             "region_code": None, "credit_code": None, "phone": "010-123456"}  # fmt: skip
        items["waters"] = items["sewers"] | {
            "name": "水务局",
            "short_name": "水务",
            "kind": "municipal",
            "parent": None,
        }
        items["landscaping"] |= {"name": "园林绿化局", "parent": "waters"}

    def renamed_rule(items):
        key = next(iter(items))
        items[key] = items[key] | {"department": "sewers"}

    whole = exported(city, ["departments", "authority"])
    content = changed(changed(whole, "authority", renamed_rule), "departments", grown)
    archive = bring(city, content)
    assert differing(archive) == {"departments": (2, 1, 0), "authority": (0, 1, 0)}
    submit(city, archive)
    approve(city, archive)
    found = {one.code: one for one in db.session.query(Department)}
    assert found["sewers"].parent_id == found["waters"].id
    assert found["landscaping"].path == f"/{found['waters'].id}/{found['landscaping'].id}/"
    assert found["landscaping"].name == "园林绿化局"
    assert db.session.scalars(rules.in_force(department_id=found["sewers"].id)).first() is not None
    assert differing(bring(city, content)) == {}


def designed(city):
    """A form of the city's own is published; the archive of it."""
    with unit_of_work():
        draft = designing.begin_new("二级审批", "Second approval", by=city.system_admin, at=FOUNDED)
        form_publishing.publish(draft.id, revision=1, note="x", by=city.system_admin, at=FOUNDED)
    return exported(city, ["forms", "processes"])


def test_designed_forms_are_carried_and_drawings_may_show_them(city):
    content = designed(city)
    assert differing(bring(city, content)) == {}

    def asked(items):
        third = items["second_approval"] | {"name": "third_approval", "title": {"zh": "三级审批", "en": "Third"}}
        fields = [one | {"label": {"zh": "<b>意见</b>", "en": "x"}} for one in items["second_approval"]["fields"]]
        return {"second_approval": items["second_approval"] | {"fields": fields}, "third_approval": third}

    archive = bring(city, changed(content, "forms", asked))
    assert differing(archive) == {"forms": (1, 1, 0)}
    submit(city, archive)
    approve(city, archive)
    assert catalogue.load("second_approval").version == 2
    assert catalogue.load("third_approval").version == 1
    assert differing(bring(city, changed(content, "forms", asked))) == {}


def test_a_drawing_may_show_a_form_that_comes_with_it(city):
    content = designed(city)
    drawn = reviewed("third_approval", 'outcome == "return"')

    def more(items):
        return items | {"third_approval": items["second_approval"] | {"name": "third_approval"}}

    with_drawing = changed(content, "processes", lambda items: items | {"review": drawn})
    assert any("third_approval" in text for _, text in problems(bring(city, with_drawing), "processes"))
    together = bring(city, changed(with_drawing, "forms", more))
    assert not looks(together)["processes"]["problems"]
    assert "third_approval" not in catalogue.names(), "a rehearsal leaves nothing"
    submit(city, together)
    approve(city, together)
    assert "third_approval" in catalogue.names()


def with_table(city):
    """A decision table is in force; the archive of it."""
    content = Content(
        inputs=("category",), rows=(Row(("0110",), hours(4), "样例"), Row(("not(0110)",), hours(2, "working_days"))),
        examples=(Example("暴露垃圾", {"category": "0110"}, hours(4)),),
    )  # fmt: skip
    with unit_of_work():
        deciding.take_over("handling_limit", content, note="x", by=city.system_admin, at=FOUNDED)
    return exported(city, ["tables"])


def slower(items):
    """Another limit for what the first row is about, in the row and in the test case."""
    table = json.loads(json.dumps(items["handling_limit"]))
    table["rows"][0]["output"]["value"] = table["examples"][0]["expected"]["value"] = "6"
    return {"handling_limit": table}


def test_decision_tables_are_carried_with_their_test_cases(city):
    content = with_table(city)
    assert differing(bring(city, content)) == {}
    archive = applied(city, changed(content, "tables", slower))
    told = archives.find(archive).differences["tables"][0]["lines"]
    assert [line["after"] for line in told] == [
        '"0110" · → · 6 · working_hours · 样例',
        "category = 0110 · → · 6 · working_hours",
    ]
    assert queried.active("handling_limit").version == 2
    assert differing(bring(city, changed(content, "tables", slower))) == {}
    applied(city, changed(content, "tables", lambda items: {}), removing=["tables"])
    assert queried.active("handling_limit") is None


def test_a_table_whose_test_case_fails_is_not_put_in_force(city):
    def wrong(items):
        items = slower(items)
        items["handling_limit"]["examples"][0]["expected"]["value"] = "5"
        return items

    content = with_table(city)
    for change, said in (
        (wrong, "test case expects"),
        (setting("no_such", slower(registry.find("tables").read())["handling_limit"]), "no such decision"),
        (setting("handling_limit", {"rows": []}), "“inputs” is missing"),
    ):
        archive = bring(city, changed(content, "tables", change))
        assert any(said in text for _, text in problems(archive, "tables")), problems(archive, "tables")


def mutated(items, rng):
    """The items with something somewhere in them replaced by something else."""
    items = json.loads(json.dumps(items))
    noise = [None, True, 0, -1, 1e308, "", "x" * 300, "<script>", [], [[]], {}, {"zh": 1}, ["x", None], "2026-99-99"]
    if not items or rng.random() < 0.1:
        items[rng.choice(["", "x", "a/b/c", "*", "#1", "named/", "standard"])] = rng.choice(noise)
        return items
    place, name = items, rng.choice(list(items))
    while isinstance(place[name], dict | list) and place[name] and rng.random() < 0.8:
        place = place[name]
        name = rng.choice(list(place)) if isinstance(place, dict) else rng.randrange(len(place))
    place[name] = rng.choice(noise)
    return items


@pytest.mark.parametrize("part", [name for name in ALL if name != "processes"])
def test_no_mutation_of_a_part_breaks_its_check(city, part):
    """Whatever stands in a hand-made archive is told as a problem or is in order: nothing raises, nothing is lost."""
    {"forms": designed, "tables": with_table}.get(part, lambda _: None)(city)
    rng, whole = Random(11), registry.find(part)
    here = dict(list(whole.read().items())[:20])
    for _ in range(60):
        found = mutated(here, rng)
        with unit_of_work():
            look, new = archive_rehearsing.look(whole, found, FOUNDED)
        assert isinstance(look.plain()["problems"], list)
        if new and not look.problems:
            try:
                whole.put(new, Hand(SYSTEM, FOUNDED))
            except CityLoopError as refusal:
                assert refusal.sentence
            db.session.rollback()


BAD = {
    "departments": [
        (setting("x", {"name": "x", "short_name": "x", "kind": "guild", "parent": None, "region_code": None,
                       "credit_code": None, "phone": None}), "“kind”"),
        (lambda items: {"x": items["landscaping"] | {"parent": "nowhere"}}, "nowhere is not known"),
        (lambda items: {"x": items["landscaping"] | {"parent": "y"}, "y": items["landscaping"] | {"parent": "x"}},
         "below itself"),
        (lambda items: {"x" * 41: items["landscaping"]}, "is taken"),
        (lambda items: {"x": items["landscaping"] | {"phone": "<script>"}}, "“phone”"),
    ],
    "forms": [
        (setting("x", []), "no form that a city designs"),
        (setting("person", {"name": "person"}), "no form that a city designs"),
        (setting("suspension", {"name": "suspension", "title": "x", "submit": "x",
                                "fields": [{"name": "x", "label": "x", "kind": "text"}]}), "cannot be taken out"),
        (setting("own", {"name": "own", "title": "x", "submit": "x", "fields": [{"name": "x", "label": "x",
                 "kind": "script"}]}), "no kind of field"),
    ],
    "settings": [
        (setting("no.such", 1), "no such setting"),
        (setting("assessment.mail_people", "x@example.cn"), "no such setting"),
        (setting(HANDLING_DAYS.name, "9"), "right kind"),
        (setting(HANDLING_DAYS.name, 10**9), "most allowed"),
        (setting(HANDLING_DAYS.name, None), "right kind"),
        (setting(HANDLING_DAYS.name, [[]]), "right kind"),
    ],
    "roles": [
        (setting("x", {}), "“permissions” is missing"),
        (setting("x", []), "is missing"),
        (setting("Bad Code", {"name": "x", "name_en": "x", "scope": "own", "permissions": []}), "small letters"),
        (setting("x", {"name": "x", "name_en": "x", "scope": "all", "permissions": []}), "“scope”"),
        (setting("x", {"name": "x", "name_en": "x", "scope": "own", "permissions": ["root"]}), "“permissions.0”"),
        (setting("x", {"name": "x", "name_en": "x", "scope": "own", "permissions": ["access.manage", "audit.read"]}),
         "three persons"),
        (setting("x", {"name": "x" * 61, "name_en": "x", "scope": "own", "permissions": [], "id": 1}), "“id”"),
    ],
    "calendars": [
        (lambda items: {"standard": items["standard"] | {"time_zone": "Europe/Rome"}}, "cannot be changed"),
        (lambda items: {"named/x": items["standard"] | {"time_zone": "../../etc/passwd"}}, "no such time zone"),
        (lambda items: {"x": items["standard"]}, "no calendar"),
        (lambda items: {"standard": items["standard"] | {"weeks": []}}, "needs some working hours"),
        (lambda items: {"standard": items["standard"] | {"weeks": [{"season": None, "days": {"0": [[600, 60]]}}]}},
         "ends before it begins"),
        (lambda items: {"standard": items["standard"] | {"days": {"2026-02-30": ["off", [], ""]}}}, "“days.2026-02-30"),
        (lambda items: {"standard": items["standard"] | {"days": {"3026-02-03": ["off", [], ""]}}}, "years from"),
        (lambda items: {"standard": items["standard"] | {"days": {"2026-02-03": ["odd", [], ""]}}}, "day off or"),
        (lambda items: {"standard": items["standard"] | {"published": [2031]}}, "No holiday of 2031"),
    ],
    "categories": [
        (lambda items: {"x": items[CODE]}, "digits"),
        (lambda items: {f"{CODE[:-4]}01x1": items[CODE]}, "digits"),
        (lambda items: {CODE: items[CODE] | {"major_code": "99"}}, "does not begin"),
        (lambda items: {CODE: items[CODE] | {"geometry": "sphere"}}, "“geometry”"),
    ],
    "filing_conditions": [
        (lambda items: {f"{CODE}#1": items[f"{CODE}#1"] | {"limit_b": 0}}, "between 0 and 1000"),
        (lambda items: {f"{CODE}#1": items[f"{CODE}#1"] | {"limit_b": "x"}}, "“limit_b”"),
        (lambda items: {"GBT30428.2-2013/component/9999#1": items[f"{CODE}#1"]}, "no category with this code"),
        (lambda items: {f"{CODE}#one": items[f"{CODE}#1"]}, "no category with this code"),
    ],
    "authority": [
        (lambda items: {"x": next(iter(items.values()))}, "does not say what"),
        (lambda items: {(key := next(iter(items))): items[key] | {"department": "nowhere"}}, "nowhere is not known"),
        (lambda items: {(key := next(iter(items))): items[key] | {"valid_to": "1999-01-01"}}, "comes before the first"),
        (lambda items: {(key := next(iter(items))): items[key] | {"valid_to": "soon"}}, "“valid_to”"),
    ],
    "ladder": [
        (lambda items: {"nothing": items["handling"]}, "no such clock"),
        (lambda items: {"reply": {"rungs": items["handling"]["rungs"] * 4}}, "at most 12"),
        (lambda items: {"reply": {"rungs": [items["handling"]["rungs"][0] | {"role": "king"}]}}, "who is to hear"),
        (lambda items: {"reply": {"rungs": [items["handling"]["rungs"][0] | {"value": 401}]}}, "from 0 to 400"),
        (lambda items: {"reply": {"rungs": [items["handling"]["rungs"][0] | {"unit": "weeks"}]}}, "“rungs.0.unit”"),
    ],
    "processes": [
        (lambda items: {"appeal": "<x/>"}, "cannot be read"),
        (lambda items: {"appeal": "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>" + items["appeal"]},
         "document type"),
        (lambda items: {"appeal": items["appeal"].replace("userTask", "manual")}, ""),
        (lambda items: {"appeal": items["appeal"].replace("</bpmn:process>", "<bpmn:scriptTask id='evil' name='x'>"
         "<bpmn:script>__import__('os').system('id')</bpmn:script></bpmn:scriptTask></bpmn:process>")}, ""),
    ],
}  # fmt: skip


@pytest.mark.parametrize("part", BAD)
def test_what_was_written_by_hand_is_checked_as_if_it_were_typed_in(city, part):
    whole = exported(city, [part])
    for change, said in BAD[part]:
        archive = bring(city, changed(whole, part, change))
        told = problems(archive, part)
        assert any(said in text for _, text in told), (said, told)
        with pytest.raises(Invalid):
            submit(city, archive, [part])


def test_parts_and_files_that_are_none_are_refused(city):
    origin = Origin("x")
    for parts in (
        {"people": {"people.json": b"{}"}},
        {"settings": {"people.json": b"{}"}},
        {"settings": {"settings.json": b"[]"}},
        {"settings": {"settings.json": b"{"}},
        {"settings": {}},
        {"processes": {"roles/appeal.bpmn": b"<x/>"}},
        {"processes": {"processes/appeal.bpmn": b"\xff"}},
    ):
        with pytest.raises(ArchiveRefused):
            bring(city, archive_file.pack(origin, parts))


def test_an_archive_is_returned_taken_up_and_given_up(city):
    archive = bring(city, changed(exported(city), "settings", setting(HANDLING_DAYS.name, 9)))
    submit(city, archive)
    with pytest.raises(Invalid), unit_of_work():
        archives.send_back(archive, reason="", by=city.qian, at=FOUNDED)
    with unit_of_work():
        archives.send_back(archive, reason="期限过长", by=city.qian, at=FOUNDED)
    assert archives.find(archive).review_note == "期限过长"
    submit(city, archive)
    with unit_of_work():
        archives.discard(archive, by=city.system_admin, at=FOUNDED)
    with pytest.raises(ArchiveNotOpen):
        approve(city, archive)
    with pytest.raises(NoSuchArchive):
        archives.find(99)


def test_what_a_room_refuses_at_the_last_moment_undoes_the_whole(city, monkeypatch):
    def more(items):
        items["leader"]["permissions"].append("case.export")

    content = changed(exported(city, ["roles", "settings"]), "settings", setting(HANDLING_DAYS.name, 9))
    archive = bring(city, changed(content, "roles", more))
    submit(city, archive)

    def broken(*_, **__):
        raise Conflict

    monkeypatch.setattr(values, "set", broken)
    with pytest.raises(Conflict):
        approve(city, archive, city.security_admin)
    assert archives.find(archive).state == "submitted"
    assert db.session.query(ConfigurationArchive).count() == 1, "what was kept before is gone too"
    role = next(role for role in queries.roles() if role.code == "leader")
    assert "case.export" not in {one.permission for one in role.grants}


def test_an_export_says_what_it_is_called(city):
    for name, parts, field in (("", ALL, "name"), ("x", [], "parts")):
        with pytest.raises(Invalid) as refusal:
            archiving.export(parts, name=name, version="", issuer="", by=city.system_admin, at=FOUNDED)
        assert field in refusal.value.fields


def test_a_role_is_described_anew_but_not_by_who_holds_it(city):
    role = next(role for role in queries.roles() if role.code == "security_administrator")
    with pytest.raises(Exception, match="Nobody may change"):
        granting.describe(role, "x", "x", Scope.own, by=city.security_admin, at=FOUNDED)


def test_manifest_tells_where_it_was_made(city):
    origin = archive_file.unpack(exported(city)).origin
    assert (origin.name, origin.version, origin.issuer) == ("省标准", "3", "省厅")
    assert origin.city
    assert origin.made_by == city.system_admin.name
    assert json.loads(json.dumps(origin.made_at)).startswith("2026-01-05")
