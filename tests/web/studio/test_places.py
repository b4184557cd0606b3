"""One way leads to each place: the rail to the rooms, the strip above the studio's pages to what lies beside them."""

STRIP = 'class="places"'
ARCHIVES = 'href="/studio/archives"'


def rail(page):
    return page[page.index('class="rail"') : page.index("<main")]


def strip(page):
    return page[page.index(STRIP) : page.index('class="page-head"')]


def test_who_draws_finds_everything_in_the_strip_and_one_entry_in_the_rail(visit):
    page = visit("system_admin").get("/studio/archives").text
    for address in ("/studio/", "/studio/forms", "/studio/tables", "/studio/watch", "/studio/archives"):
        assert f'href="{address}"' in strip(page)
    assert f'{ARCHIVES} aria-current="page"' in strip(page)
    assert ARCHIVES not in rail(page)


def test_who_only_agrees_to_archives_is_led_to_them_by_the_rail(visit):
    page = visit("security_admin").get("/studio/archives").text
    assert ARCHIVES in rail(page)
    assert STRIP not in page
