"""What the documents say about the code is true."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from governance.lifecycle import MOVES, State
from neighborhoods.actors import Role

ROOT = Path(settings.BASE_DIR)
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_diagram_shows_every_move_and_no_other():
    """Withdrawal, possible from many states, is said in a sentence instead."""
    drawn = set(re.findall(r"^    (\w+) --> (\w+)", read("docs/lifecycle.md"), re.MULTILINE))
    moves = {(a.value, b.value) for a, targets in MOVES.items() for b in targets if b != State.WITHDRAWN}
    assert drawn == moves


def test_glossary_names_every_role():
    named = set(re.findall(r"`(\w+)`", read("docs/glossary.md")))
    assert set(Role.values) <= named


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    missing = [
        link
        for link in links
        if not link.startswith(("http:", "https:", "docs/screenshots/")) and not (page.parent / link).exists()
    ]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_named_files_exist(page):
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_0-9]+\.(?:py|csv|md))`", page.read_text(encoding="utf-8"))
    assert not [name for name in named if not (ROOT / name).exists()]


def test_settings_in_the_readme_exist():
    table = re.findall(r"^\| (`[A-Z].*?) \|", read("README.md"), re.MULTILINE)
    named = set(re.findall(r"`([A-Z_]+)`", " ".join(table)))
    source = read("config/settings/base.py") + read("docs/running.md")
    assert {name for name in named if name not in source} == set()
