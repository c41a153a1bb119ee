from django.urls import path

from communities import views

urlpatterns = [
    path("communities/", views.community_index, name="community-index"),
    path("communities/<slug:slug>/", views.community_detail, name="community-detail"),
    path("secretary-projects/", views.secretary_index, name="secretary-index"),
]
