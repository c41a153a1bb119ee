"""Rows of every kind a version knows, by its own verbs: `python …/rows.py 0.1.0`, run in the folder of that version.

Everything is made up, no password works, and the clock goes by the minute, so that each row has an instant of its own.
"""
import sys
from datetime import date

import clock

CLOCK = clock.start(2021, 4, 30, 1, step=60)


from rows_first import ODD, speak_0_1_0, stated  # noqa: E402

from partybuilding.models import PartyOrganisation, Venue  # noqa: E402
from projects.models import PolicyDocument  # noqa: E402
from tests import factories as make  # noqa: E402

VERSION = sys.argv[1]


def after(version):
    return version <= VERSION


def person(username, name, *roles, **kw):
    user = make.make_user(username, name=name, roles=roles, **kw)
    user.set_unusable_password()
    user.save()
    return user


def make_people():
    """Somebody of each role, and one who is gone."""
    people = {
        "root": person("root", "总管理", is_staff=True, is_superuser=True),
        "boss": person("boss", "业务甲", "业务管理员"),
        "accounts": person("accounts", "账号乙", "系统管理员"),
        "clerk": person("clerk", "经办丙", "部门经办人"),
        "other": person("other", "经办丁", "部门经办人", "社区经办人"),
        "reviewer": person("reviewer", "审核戊", "审核员"),
        "leader": person("leader", "领导己", "领导"),
        "gone": person("gone", "离岗庚", "部门经办人", is_active=False),
    }
    if after("0.2.0"):
        people |= {
            "senior": person("senior", "终审辛", "审核员", is_established=True),
            "auditor": person("auditor", "审计壬", "安全审计员"),
            "watch": person("watch", "督办癸", "督办员"),
        }
    return people


def make_places(people):
    """The units, with their people, and what the party pages show."""
    office = make.make_department(name="城市建设办公室", short_name="城建办", phone="0757-00000000",
                                  address="示范路 1 号")
    office.clerks.add(people["clerk"], people["gone"])
    office.reviewers.add(people["reviewer"], *([people["senior"]] if after("0.2.0") else []))
    other = make.make_department(name="文化办公室", short_name="文化办")
    other.clerks.add(people["other"])
    other.reviewers.add(people["boss"])
    source = make.make_source(code="report-1", title="一篇报道", published_on=date(2021, 4, 30),
                              url="https://example.invalid/1")
    community = make.make_community(slug="first", name="第一", source=source, phone="0757-00000001",
                                    code="990000000001")
    community.clerks.add(people["other"])
    make.make_community(slug="second", name="第二", source=source)
    unit = make.make_unit(name="一号小区", community=community, source=source)
    kinds = PartyOrganisation.Kind
    party = make.make_organisation(code="party-1", name="第一党委", kind=kinds.COMMITTEE, source=source)
    make.make_organisation(code="party-2", name="第一临时党支部", kind=kinds.TEMPORARY_BRANCH, parent=party,
                           source=source, community=community, unit=unit, task="专班", started_on=date(2021, 5, 1))
    Venue.objects.create(code="venue-1", name="第一党群服务中心", kind="community_centre", community=community,
                         source=source, area=120, area_qualifier="约", opened_on=date(2021, 6, 1))
    metric = make.make_metric(slug="members", name="党员", unit="人", definition="在册的党员人数。")
    for code, value, day in (("read-1", 1200, date(2021, 4, 30)), ("read-2", "1234.5", date(2021, 9, 30))):
        make.make_reading(metric, code=code, value=value, qualifier="超", effective_on=day, source=source)
    return office, other, community, source


def make_projects(office, other, community, source):
    """Three lists, one of them hidden; projects with and without a plan, parts, one carried over, one on no list."""
    key = make.make_list(slug="2021-key", title="2021 年重点项目", source=source, order=1)
    nearby = make.make_list(slug="2021-community", title="2021 年社区项目", kind="community", source=source, order=2)
    hidden = make.make_list(slug="2021-hidden", title="还没有公开的清单", source=source, order=3, is_published=False)
    roads = make.make_category(key, number=1, name="道路")
    make.make_declaration(key, code="declared-1", total=5, source=source)
    later = make.make_source(code="report-2", title="另一篇报道", published_on=date(2021, 12, 20))
    make.make_declaration(key, code="declared-2", total=5, done=2, categories=1, qualifier="约", source=later,
                          effective_on=date(2021, 12, 20))
    park = make.make_project(
        key, code="park", name="半月公园", number=1, category=roads, lead_department=office, community=community,
        source=source, planned_start=date(2021, 5, 1), planned_end=date(2021, 12, 31), budget="120.50",
        budget_source=source, target_quantity=3, target_unit="公里", description=ODD, place="示范路",
        phone="0757-00000002", supporting_departments=[other])
    projects = {
        "park": park,
        "road": make.make_project(key, code="road", name="示范路改造", number=2, category=roads, lead_department=office,
                                  source=source, planned_start=date(2021, 6, 1), planned_end=date(2021, 9, 30)),
        "school": make.make_project(key, code="school", name="第一小学", number=3, lead_department=other, source=source,
                                    planned_end=date(2022, 3, 31)),
        "silent": make.make_project(key, code="silent", name="没有消息的项目", number=4, source=source),
        "lane": make.make_part(park, code="lane", name="公园小路", lead_department=office),
        "lamp": make.make_project(nearby, code="lamp", name="路灯", number=1, community=community, source=source,
                                  lead_department=other),
        "free": make.make_project(code="free", name="不在清单上的项目", source=source, lead_department=office),
        "draft": make.make_project(key, code="draft", name="还没有公开的项目", number=9, source=source,
                                   lead_department=office, is_published=False),
        "hidden": make.make_project(hidden, code="hidden", name="清单没有公开的项目", number=1, source=source),
    }
    sample = make.make_list(slug="sample", title="示例清单", source=source, order=9, is_sample=True)
    projects["sample"] = make.make_project(sample, code="sample-1", name="示例项目", source=source, is_sample=True)
    projects["again"] = make.make_project(nearby, code="again", name="公园二期", number=2, continues=park,
                                          source=source, lead_department=office, membership="implied")
    make.make_alias(park, name="月亮公园")
    for code, text, due in (("park", "年内建成", date(2021, 12, 31)), ("road", "九月通车", date(2021, 9, 30)),
                            ("school", "三月开学", date(2022, 3, 31)), ("lamp", "十月亮灯", date(2021, 10, 31))):
        make.make_promise(projects[code], text=text, due_on=due, source=source)
    make.make_milestone(park, name="开工", planned_on=date(2021, 5, 1), actual_on=date(2021, 5, 8), source=source)
    make.make_milestone(park, name="完工", planned_on=date(2021, 12, 31), source=source)
    make.make_fact(code="fact-1", text="公园有一座桥。", project=park, value="2.5", unit="公里", qualifier="约",
                   source=source)
    make.make_fact(code="fact-2", text="社区有一所学校。", community=community, source=source)
    make.make_discrepancy(code="differs-1", project_list=key, source_1=source, source_2=later)
    PolicyDocument.objects.create(code="paper-1", title="工作指引", stage="issued", effective_on=date(2021, 7, 1),
                                  source=source)
    make.make_secretary_project(community, project=projects["lamp"])
    return projects


def main():
    people = make_people()
    office, other, community, source = make_places(people)
    projects = make_projects(office, other, community, source)
    CLOCK.set(2021, 12, 15, 1)
    stated(projects["park"], date(2021, 4, 30), source, status="planned", effective_from=date(2021, 4, 1))
    stated(projects["lamp"], date(2021, 6, 30), source, status="in_progress")
    stated(projects["free"], date(2021, 7, 1), source, status="standing", text="常年开放。")
    if VERSION == "0.1.0":
        speak_0_1_0(projects, people)
        return
    import rows_later

    rows_later.speak(projects, people)
    rows_later.work(projects, people, office)
    if after("0.3.0"):
        CLOCK.set(2022, 1, 10, 1)
        rows_later.close_quarters(projects, people, CLOCK)


if __name__ == "__main__":
    main()
