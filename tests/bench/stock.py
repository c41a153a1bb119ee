"""What Django gives for nothing, over the same rows and columns: the portal's pages are measured beside it."""
from django.contrib import admin
from django.http import HttpResponse
from django.template import engines
from django.urls import path
from django.views.generic import DetailView, ListView

from projects.models import Project

LIST = engines["django"].from_string("""<!doctype html><title>{{ view.kwargs }}</title><table>{% for row in page_obj %}
<tr><td><a href="{{ row.get_absolute_url }}">{{ row.name }}</a></td><td>{{ row.get_status_display }}</td>
<td>{{ row.moved_on }}</td><td>{{ row.project_list }}</td><td>{{ row.community }}</td><td>{{ row.lead_department }}</td>
</tr>{% endfor %}</table>{{ paginator.count }}""")
PAGE = engines["django"].from_string("""<!doctype html><h1>{{ object.name }}</h1><p>{{ object.description }}
{{ object.get_status_display }} {{ object.moved_on }} {{ object.project_list }} {{ object.community }}
{{ object.lead_department }}""")


class StockList(ListView):
    queryset = Project.objects.select_related("project_list", "community", "lead_department")
    ordering, paginate_by = ["-moved_on", "-pk"], 20

    def render_to_response(self, context, **kwargs):
        return HttpResponse(LIST.render(context, self.request))


class StockPage(DetailView):
    queryset = Project.objects.select_related("project_list", "community", "lead_department")

    def render_to_response(self, context, **kwargs):
        return HttpResponse(PAGE.render(context, self.request))


class StockProject(Project):
    class Meta:
        proxy, app_label = True, "projects"


@admin.register(StockProject)
class StockAdmin(admin.ModelAdmin):
    """In the portal's frame: what is compared is the list."""

    list_display = ["name", "status", "moved_on", "project_list", "community", "lead_department", "percent_shown"]
    list_filter = ["status", "project_list", "community", "lead_department", "is_published", "is_sample"]
    list_select_related = ["project_list", "community", "lead_department"]
    list_per_page = 50
    ordering = ["-moved_on", "-pk"]

    def has_view_permission(self, request, obj=None):
        return True


urlpatterns = [path("list/", StockList.as_view()), path("page/<int:pk>/", StockPage.as_view())]
