"""Long exports, of whatever is listed: wishes, which only the tests know, are exported as projects are."""
import csv
from types import SimpleNamespace

import django_filters
import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction

from guicheng.tables.exports import Column
from guicheng.tables.filters import KeptFilter, PagedFilter
from guicheng.tables.long_exports import Export, LongExports
from tests import factories
from tests.wishes.models import Wish, WishFile

pytestmark = pytest.mark.django_db
COLUMNS = [Column("心愿", "text", width=40), Column("社区", "community__name")]


class WishFilter(KeptFilter, PagedFilter):
    q = django_filters.CharFilter(label="搜索", field_name="text", lookup_expr="contains")

    nothing_chosen = "全部心愿"

    def __init__(self, data, user):
        super().__init__(data, Wish.objects.visible_to(user), {})


@pytest.fixture
def files(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    made = LongExports(WishFile, Export(
        "心愿明细", "心愿", "wishes.view_wish", COLUMNS,
        lambda rows, columns: rows.order_by("pk").values_list(*[column.source for column in columns]), WishFilter,
        lambda user: [unit.pk for unit in Wish.units_served_by(user)]), "wishes")
    made.work = SimpleNamespace(enqueue=lambda pk: None)
    return made


@pytest.fixture
def clerk():
    here, there = factories.make_community(), factories.make_community()
    user = factories.make_user("wisher")
    user.user_permissions.add(Permission.objects.get(codename="view_wish"))
    here.clerks.add(user)
    for community, text in ((here, "示例：长椅"), (here, "示例：路灯"), (there, "示例：别处")):
        Wish(community=community, text=text).save_draft(user)
    return user


def written(files, file):
    with files.path_of(file).open(encoding="utf-8-sig") as lines:
        return list(csv.reader(lines))


def test_it_works(files, clerk):
    """What the person sees, under the filter, whole and with its fingerprint; nothing of other communities."""
    file = files.start(clerk, {"q": "长椅"}, "csv")
    assert (file.state, file.what, file.total) == ("finished", "名称等有“长椅”", 1) and file.sha256
    assert [row[0] for row in written(files, file)] == ["心愿", "示例：长椅"]
    assert [row[0] for row in written(files, files.start(clerk, {}, "csv"))[1:]] == ["示例：长椅", "示例：路灯"]
    assert file.file_name.startswith("心愿明细") and file.scope


def test_a_long_one_waits_and_is_asked_for_once(files, clerk):
    files.LONG = 0
    file = files.start(clerk, {}, "csv")
    assert file.is_waiting and files.start(clerk, {}, "csv") == file
    files.LONG = 2  # nothing is said from a second connection, which this transaction would lock out
    files.run(file.pk)
    file.refresh_from_db()
    assert file.is_finished and not file.is_waiting


def test_who_may_no_longer_see_them_gets_none(files, clerk):
    files.LONG = 0
    file = files.start(clerk, {}, "csv")
    clerk.user_permissions.clear()
    files.run(file.pk)
    file.refresh_from_db()
    assert (file.state, file.message) == ("failed", "申请人现在不能看心愿，没有生成。")


def test_what_no_row_names_is_swept(files, clerk):
    file = files.start(clerk, {}, "csv")
    (files.folder() / "half.csv").write_text("")
    assert files.sweep() == 1 and files.path_of(file).exists() and files.remove_old() == 0


def test_finished_means_whole(files, clerk):
    file = files.start(clerk, {}, "csv")
    with pytest.raises(IntegrityError), transaction.atomic():
        WishFile.objects.filter(pk=file.pk).update(sha256="")
