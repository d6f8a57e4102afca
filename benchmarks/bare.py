"""The two views everything is compared with: one without a query, one with a transaction of three rows."""

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path
from django.views.decorators.csrf import ensure_csrf_cookie

TABLE = "CREATE TABLE IF NOT EXISTS bench_row (id bigserial PRIMARY KEY, at timestamptz DEFAULT now(), text text)"


@ensure_csrf_cookie
def hello(_request: HttpRequest) -> HttpResponse:
    """No query, no template."""
    return HttpResponse("hello")


def insert(request: HttpRequest) -> HttpResponse:
    """One transaction, three rows, one redirect."""
    with transaction.atomic(), connection.cursor() as cursor:
        for number in range(3):
            cursor.execute("INSERT INTO bench_row (text) VALUES (%s) RETURNING id", [f"{request.path} {number}"])
    return HttpResponseRedirect("/hello/")


# the middleware names pages of the portal, so they are there too, behind
urlpatterns = [path("hello/", hello), path("insert/", insert), path("", include("config.urls"))]
