from django.urls import path

from scheduling.board import views

urlpatterns = [
    path("", views.home, name="home"),
    path("board/", views.board, name="board"),
    path("board/reports/", views.reports, name="reports"),
    *[
        path(f"my/{page.name}/", views.mine, {"page": page}, name=page.url_name)
        for page in views.MINE
    ],
]
