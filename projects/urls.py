from django.urls import path, register_converter

from guicheng.days.quarters import QuarterConverter
from projects import feeds, planned_days
from projects.views import cards, compare, projects, reports, verify

register_converter(QuarterConverter, "quarter")

urlpatterns = [
    path("lists/", projects.list_index, name="list-index"),
    path("lists/<slug:slug>/", projects.list_detail, name="list-detail"),
    path("lists/<slug:slug>/projects.csv", projects.list_csv, name="list-csv"),
    path("lists/<slug:slug>/promises/", projects.list_promises, name="list-promises"),
    path("lists/<slug:slug>/promises.csv", projects.list_promises_csv, name="list-promises-csv"),
    path("lists/<slug:slug>/feed.xml", feeds.list_feed, name="list-feed"),
    path("lists/<slug:slug>/planned.ics", planned_days.list_planned, name="list-planned"),
    path("feed.xml", feeds.feed, name="feed"),
    path("projects/", projects.project_index, name="project-index"),
    path("projects/<slug:code>/", projects.project_detail, name="project-detail"),
    path("projects/<slug:code>/card.png", cards.project_card, name="project-card"),
    path("projects/<slug:code>/poster/", cards.project_poster, name="project-poster"),
    path("reports/", reports.report_index, name="report-index"),
    path("reports/verify/", verify.verify, name="report-verify"),
    path("reports/compare/", compare.report_compare, name="report-compare"),
    path("reports/compare.xlsx", compare.compare_file, name="report-compare-file"),
    path("reports/<quarter:quarter>/", reports.report_detail, name="report-detail"),
    path("reports/<quarter:quarter>/print/", reports.report_print, name="report-print"),
    path("reports/<quarter:quarter>/card.png", cards.quarter_card, name="report-card"),
    path("reports/<quarter:quarter>.<str:extension>", reports.report_file, name="report-file"),
]
