"""The first run in a browser: from an empty portal to a loaded district and its posters, in every way of reading."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from neighborhoods.models import Area, Compound
from neighborhoods.services.district_file.template import template_csv
from neighborhoods.services.setup import set_up_code

pytestmark = pytest.mark.django_db(transaction=True)

PREVIEW = re.compile("/desk/import/[0-9a-f-]{36}/$")


def in_every_way(page, set_mode, axe) -> None:
    for theme, lang in [("elder", ""), ("dark", "en"), ("", "")]:
        for name in (settings.THEME_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME):
            page.context.clear_cookies(name=name)
        set_mode(page, theme=theme, lang=lang)
        page.reload()
        axe(page)


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_empty_portal_becomes_a_district(request, device, set_mode, axe, shot):
    page = request.getfixturevalue(device)
    page.goto("/")
    expect(page).to_have_url("/setup/")
    in_every_way(page, set_mode, axe)

    page.get_by_label("启用码").fill(set_up_code())
    page.get_by_label("姓名").fill("管某")
    page.get_by_label("电子邮箱").fill("admin@example.invalid")
    page.locator("input[name=password]").fill("Linli-2026-start")
    page.locator("input[name=again]").fill("Linli-2026-start")
    page.locator("main form .mu-btn--main").click()
    expect(page).to_have_url("/desk/import/")
    in_every_way(page, set_mode, axe)

    def send(name: str, content: bytes) -> None:
        page.goto("/desk/import/")
        page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
        page.locator("main form .mu-btn--main").click()

    send("别的.csv", "姓名,电话\n张三,1".encode())
    expect(page.locator(".mu-errors")).to_be_visible()
    axe(page)

    sample = template_csv()
    send("坏.csv", sample.replace("网格".encode(), "宫殿".encode()))
    expect(page).to_have_url(PREVIEW)
    in_every_way(page, set_mode, axe)
    shot(page, f"first-run-broken-{device}")
    assert not Area.objects.exists()

    send("示例.csv", sample)
    expect(page).to_have_url(PREVIEW)
    in_every_way(page, set_mode, axe)
    shot(page, f"first-run-preview-{device}")
    page.locator("main form .mu-btn--main").click()
    expect(page).to_have_url(re.compile("/done/$"))
    in_every_way(page, set_mode, axe)
    shot(page, f"first-run-done-{device}")
    assert Area.objects.exists()

    page.goto("/desk/compounds/")
    in_every_way(page, set_mode, axe)
    page.goto(f"/desk/compounds/{Compound.objects.order_by('code')[0].code}/posters/")
    in_every_way(page, set_mode, axe)
    shot(page, f"first-run-posters-{device}")
