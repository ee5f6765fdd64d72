from django.urls import path

from scheduling.board import views

urlpatterns = [
    path("", views.home, name="home"),
    path("board/", views.board, name="board"),
]
