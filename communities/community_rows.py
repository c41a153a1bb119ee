"""What the page of one community asks of the database, compiled once where it is asked of now."""
from communities.models import Community, SecretaryProject, Unit
from guicheng.access.units import behind
from guicheng.days.compiled import compiled
from projects.models import Discrepancy, Fact, Project
from projects.moments import at, columns_at, newest_first

KEY = Community._meta.pk
ROW = ["pk", "code", "name", "status", "moved_on", "is_sample", "parent__name", "project_list__title",
       "latest_update__text", "latest_update__effective_from", "latest_update__effective_on"]
SHOWN = 40  # a community with more projects is paged under /projects/


@compiled(slug=Community._meta.get_field("slug"))
def public_community(slug):
    return Community.objects.published().filter(slug=slug).select_related("source")


@compiled(community=KEY)
def projects(moment, community):
    """The newest of them, one more than is shown."""
    rows = newest_first(at(Project.objects.published().in_community(community), moment), moment)
    return rows.values(*columns_at(ROW, moment))[:SHOWN + 1]


def described(moment, **chosen):
    """The secretary projects that are chosen so, a queryset."""
    return SecretaryProject.objects.published().by(moment.day).filter(**chosen).select_related(
        "project", "community", "source")


@compiled(community=KEY)
def secretary_projects(moment, community):
    return described(moment, community=community)


@compiled(community=KEY)
def facts(moment, community):
    """What is told of it and of no project."""
    return Fact.objects.filter(community=community, project=None).published().by(moment.day).select_related("source")


@compiled(community=KEY)
def discrepancies(moment, community):
    return Discrepancy.objects.filter(community=community).published().told(moment.day)


@compiled(community=KEY)
def units(community):
    return Unit.objects.filter(community=community)


@compiled(community=KEY)
def venues(moment, community):
    return behind(Community, "venues").objects.filter(community=community).by(moment.day)


@compiled(community=KEY)
def organisations(moment, community):
    return behind(Community, "organisations").objects.filter(community=community).published().by(moment.day)


@compiled(community=KEY)
def metrics(moment, community):
    """Each with its readings at hand."""
    return behind(Community, "metrics").objects.filter(community=community).published().with_readings(
        moment.day, moment.known_at)
