"""Addresses of the neighborhoods app."""

from django.urls import path

from neighborhoods.views import compounds, district_imports, me, setup

app_name = "neighborhoods"
urlpatterns = [
    path("accounts/me/", me.me, name="me"),
    path("setup/", setup.setup, name="setup"),
    path("desk/import/", district_imports.district_import, name="district-import"),
    path("desk/import/template.xlsx", district_imports.import_template, {"form": "xlsx"}, name="import-template-xlsx"),
    path("desk/import/template.csv", district_imports.import_template, {"form": "csv"}, name="import-template-csv"),
    path("desk/import/<uuid:uid>/", district_imports.import_preview, name="import-preview"),
    path("desk/import/<uuid:uid>/done/", district_imports.import_done, name="import-done"),
    path("desk/compounds/", compounds.compound_list, name="compound-list"),
    path("desk/compounds/<str:code>/posters/", compounds.poster_sheet, name="poster-sheet"),
]
