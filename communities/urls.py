from django.urls import path

from communities import feeds, views

urlpatterns = [
    path("communities/", views.community_index, name="community-index"),
    path("communities/<slug:slug>/", views.community_detail, name="community-detail"),
    path("communities/<slug:slug>/card.png", views.community_card, name="community-card"),
    path("communities/<slug:slug>/poster/", views.community_poster, name="community-poster"),
    path("communities/<slug:slug>/feed.xml", feeds.community_feed, name="community-feed"),
    path("secretary-projects/", views.secretary_index, name="secretary-index"),
]
