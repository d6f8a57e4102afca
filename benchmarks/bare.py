"""The two views everything is compared with: one without a query, one with a transaction of three rows."""

from typing import ClassVar

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie

TABLE = "CREATE TABLE IF NOT EXISTS bench_row (id bigserial PRIMARY KEY, at timestamptz, text text)"


class BenchRow(models.Model):
    """A row as plain as a row can be."""

    at = models.DateTimeField()
    text = models.TextField()

    objects: ClassVar[models.Manager["BenchRow"]] = models.Manager()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "bench_row"

    def __str__(self) -> str:
        return self.text


@ensure_csrf_cookie
def hello(_request: HttpRequest) -> HttpResponse:
    """No query, no template."""
    return HttpResponse("hello")


def insert(request: HttpRequest) -> HttpResponse:
    """One transaction, three rows, one redirect."""
    with transaction.atomic():
        for number in range(3):
            BenchRow.objects.create(at=timezone.now(), text=f"{request.path} {number}")
    return HttpResponseRedirect("/hello/")


# the middleware names pages of the portal, so they are there too, behind
urlpatterns = [path("hello/", hello), path("insert/", insert), path("", include("config.urls"))]
