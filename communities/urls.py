from django.urls import path

from communities import feeds
from communities.views import asking, finding, judging, my_data, own, places

urlpatterns = [
    path("communities/", places.community_index, name="community-index"),
    path("communities/<slug:slug>/", places.community_detail, name="community-detail"),
    path("communities/<slug:slug>/card.png", places.community_card, name="community-card"),
    path("communities/<slug:slug>/poster/", places.community_poster, name="community-poster"),
    path("communities/<slug:slug>/feed.xml", feeds.community_feed, name="community-feed"),
    path("secretary-projects/", places.secretary_index, name="secretary-index"),
    path("needs/new/", asking.choose, name="need-new"),
    path("needs/new/<slug:kind>/", asking.ask, name="need-ask"),
    path("needs/find/", finding.find, name="need-find"),
    path("needs/<slug:number>/<slug:key>/", own.own, name="need-own"),
    path("needs/<slug:number>/<slug:key>/judge/", judging.judge, name="need-judge"),
    path("needs/<slug:number>/<slug:key>/my-data/", my_data.show_my_data, name="need-my-data"),
]
