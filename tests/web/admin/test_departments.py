def values(**changed):
    return {"code": "cleaning", "name": "东城保洁公司", "short_name": "东城保洁", "kind": "enterprise", **changed}


def test_a_department_is_founded_below_another(visit, city):
    answer = visit("system_admin").post("/admin/departments/new", data=values(parent_id=city.sanitation.id))
    assert answer.status_code == 303
    assert city.department("cleaning").path.startswith(city.sanitation.path)


def test_its_code_stays_and_it_moves_with_its_form(visit, city):
    admin = visit("system_admin")
    admin.post("/admin/departments/new", data=values(parent_id=city.sanitation.id))
    page = f"/admin/departments/{city.department('cleaning').id}"
    assert admin.post(page, data=values(code="other")).status_code == 422
    assert admin.post(page, data=values(name="东城保洁有限公司", parent_id=city.parks.id)).status_code == 303
    moved = city.department("cleaning")
    assert moved.name == "东城保洁有限公司"
    assert moved.path.startswith(city.parks.path)


def test_a_merger_is_refused_while_people_serve_there(visit, city):
    page = f"/admin/departments/{city.parks.id}/merger"
    answer = visit("system_admin").post(page, data={"into_id": city.sanitation.id})
    assert answer.status_code == 422
    assert city.parks.is_active


def test_a_merged_department_names_its_successor(visit, city):
    admin = visit("system_admin")
    admin.post("/admin/departments/new", data=values())
    page = f"/admin/departments/{city.department('cleaning').id}/merger"
    assert admin.post(page, data={"into_id": city.sanitation.id}).status_code == 303
    assert city.department("cleaning").successor_id == city.sanitation.id
