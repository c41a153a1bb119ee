"""The party page leads on to pages of its own; old addresses still lead somewhere."""
import re

import pytest

from partybuilding.models import Venue
from tests import factories
from tests.pages.figures import Reader

pytestmark = pytest.mark.django_db


def text(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, address
    return response.text


def test_it_works(visitor, facts):
    page = text(visitor, "/party/")
    for address in ("/party/figures/members/", "/party/figures/", "/party/730/", "/party/organisations/", "/venues/",
                    "/party/stories/programme/", "/party/stories/"):
        assert f'href="{address}' in page, address
        assert 'aria-current="page">党建</a>' in text(visitor, address), address
    assert "党员 <span" in page and "（2022 年 9 月）" in page
    assert "646" not in page + text(visitor, "/party/figures/members/"), "what two papers say is not subtracted"


def test_what_old_addresses_pointed_at_is_there(visitor, facts):
    page = Reader(text(visitor, "/party/"))
    wanted = {"figures", "board", "organisations", "venues", "stories", "discrepancies"}
    wanted |= {"members", "grids", "d-funds", "qiandenghu"}  # of figures of every level
    assert wanted <= page.ids


def test_every_figure_has_a_page_that_tells_all_of_it(visitor, facts):
    page = text(visitor, "/party/figures/members/")
    for words in ("2021 年 12 月 22—31 日之间", "《用赶考精神书写新时代答卷》", "<svg", "条从 0 起",
                  "只有两次，不连线"):
        assert words in page
    assert "polyline" not in page
    once = text(visitor, "/party/figures/care-beneficiaries/")
    assert "超 <span" in once and "没有画图" in once and "累计数，起算年份没有写明" in once
    assert "不是桂城的" in text(visitor, "/party/figures/d-funds/")
    assert "不是桂城的。" not in once
    text(visitor, "/party/figures/no-such/", 404)


def test_the_figures_of_others_stand_apart(visitor, facts):
    own, others = text(visitor, "/party/figures/").split("不是桂城的数")
    assert "每个村（社区）的支持经费" in others and "每个村（社区）的支持经费" not in own


def test_730_tells_its_points_by_theme(visitor, facts):
    page = text(visitor, "/party/730/")
    assert page.count("<h2>") - page.split("<footer")[1].count("<h2>") == 7
    assert page.count('href="/projects/730-') == 30 and page.count('class="mini"') == 30


def test_what_nobody_knows_of_any_place_is_said_once(visitor):
    source = factories.make_source()
    first, second = (Venue.objects.create(code=f"v{number}", name=f"第 {number} 站", kind="station", source=source)
                     for number in (1, 2))
    page = text(visitor, "/venues/")
    assert page.count("还不知道") == 1 and "还不知道：地址、电话、开放时间。" in page
    first.phone = "0757-00000000"
    first.save()
    page = text(visitor, "/venues/")
    assert "还不知道：地址、开放时间。" in page and "还不知道：电话。" in page
    assert page.index("还不知道：电话。") > page.index(second.name)
    assert first.get_absolute_url() == "/venues/#v1" and 'id="v1"' in page


def test_kinds_stand_in_their_order_each_once(visitor, facts):
    for address in ("/venues/", "/party/organisations/"):
        heads = re.findall("<h2>(.*?)</h2>", text(visitor, address).split("<footer")[0])
        assert len(heads) == len(set(heads)) > 4, address


def test_stories_by_kind(visitor):
    factories.make_fact(kind="programme", topic="某工程", text="引了“先这样。再那样。”一句。后面还有一句。")
    factories.make_fact(kind="goal", topic="某目标", text="别处的。", layer="district")
    page = text(visitor, "/party/")
    assert "引了“先这样。再那样。”一句。</p>" in page and "后面还有一句" not in page
    assert "后面还有一句" in text(visitor, "/party/stories/programme/")
    assert "别处的" in text(visitor, "/party/stories/others/")
    assert "别处的" not in text(visitor, "/party/stories/goal/")
    text(visitor, "/party/stories/no-such/", 404)


def test_stories_are_paged(visitor):
    for number in range(31):
        factories.make_fact(kind="goal", topic=f"第 {number:02} 个目标")
    assert 'rel="next" href="?page=2"' in text(visitor, "/party/stories/goal/")
    assert "第 30 个目标" in text(visitor, "/party/stories/goal/?page=2")
    text(visitor, "/party/stories/goal/?page=3", 404)
    assert "不是页码" in text(visitor, "/party/stories/goal/?page=x", 400)


def test_secretary_projects_are_a_line_each(visitor, facts):
    page = text(visitor, "/secretary-projects/")
    assert page.count('class="mini"') == page.count("目标、办法和出处") == 7
    assert "来源没有写明" not in page and 'id="sp2023-guihua"' in page
    text(visitor, "/secretary-projects/?page=2", 404)
