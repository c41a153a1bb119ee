from django.urls import path, re_path, register_converter

from guicheng.days.quarters import QuarterConverter
from projects import views, views_compare, views_media, views_report, views_verify

register_converter(QuarterConverter, "quarter")

urlpatterns = [
    path("lists/", views.list_index, name="list-index"),
    path("lists/<slug:slug>/", views.list_detail, name="list-detail"),
    path("lists/<slug:slug>/projects.csv", views.list_csv, name="list-csv"),
    path("lists/<slug:slug>/promises/", views.list_promises, name="list-promises"),
    path("lists/<slug:slug>/promises.csv", views.list_promises_csv, name="list-promises-csv"),
    path("projects/", views.project_index, name="project-index"),
    path("projects/<slug:code>/", views.project_detail, name="project-detail"),
    re_path("^media/(?P<code>[0-9a-f]{32})-(?P<width>320|800|1600)[.]jpg$", views_media.photo_file, name="photo-file"),
    re_path("^papers/(?P<code>[0-9a-f]{32})[.]pdf$", views_media.paper_file, name="paper-file"),
    path("reports/", views_report.report_index, name="report-index"),
    path("reports/verify/", views_verify.verify, name="report-verify"),
    path("reports/compare/", views_compare.report_compare, name="report-compare"),
    path("reports/compare.xlsx", views_compare.compare_file, name="report-compare-file"),
    path("reports/<quarter:quarter>/", views_report.report_detail, name="report-detail"),
    path("reports/<quarter:quarter>/print/", views_report.report_print, name="report-print"),
    path("reports/<quarter:quarter>.<str:extension>", views_report.report_file, name="report-file"),
]
