"""What the documents say about the code is true."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from core.seeds import rows_of
from governance.lifecycle import MOVES, State, Urgency
from governance.lifecycle.matters import MATTER_MOVES
from governance.lifecycle.meetings import MEETING_MOVES
from governance.lifecycle.motions import MOTION_MOVES
from governance.lifecycle.tasks import TASK_MOVES
from neighborhoods.actors import Role

ROOT = Path(settings.BASE_DIR)
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def moves_of(machine: dict, unsaid: frozenset = frozenset()) -> set[tuple[str, str]]:
    return {(a.value, b.value) for a, targets in machine.items() for b in targets if b not in unsaid}


# Withdrawing an issue, possible from many states, is said in a sentence instead.
MACHINES = {
    "issue": moves_of(MOVES, frozenset({State.WITHDRAWN})),
    "task": moves_of(TASK_MOVES),
    "matter": moves_of(MATTER_MOVES),
    "meeting": moves_of(MEETING_MOVES),
}


def test_diagrams_show_every_move_and_no_other():
    blocks = re.findall(r"```mermaid\n(.*?)```", read("docs/lifecycle.md"), re.DOTALL)
    drawn = [set(re.findall(r"^    (\w+) --> (\w+)", block, re.MULTILINE)) for block in blocks]
    for name, machine in MACHINES.items():
        assert machine in drawn, name
    assert len(drawn) == len(MACHINES)


def test_the_diagram_of_motions_shows_every_move_and_no_other():
    drawn = set(re.findall(r"^    (\w+) --> (\w+)", read("docs/votes.md"), re.MULTILINE))
    assert drawn == {(a.value, b.value) for a, targets in MOTION_MOVES.items() for b in targets}


def test_glossary_names_every_role():
    named = set(re.findall(r"`(\w+)`", read("docs/glossary.md")))
    assert set(Role.values) <= named


def test_glossary_explains_the_letters_of_urgency():
    explained = re.findall(r"`([A-Z])` (\w+)", read("docs/glossary.md"))
    assert explained == [(urgency.value, urgency.name.lower()) for urgency in Urgency]


def test_glossary_lists_the_categories():
    listed = re.findall(
        r"^\| ([A-Z]{2}\d\d) \| (.+?) \| (.+?) \| (.+?) \| (.) \| (.) \|$", read("docs/glossary.md"), re.MULTILINE
    )
    columns = ("code", "name_zh", "name_en", "usual_lead_zh", "urgency", "danger_urgency")
    rows = rows_of(ROOT / "governance/reference/categories.csv")
    assert listed == [tuple(one[column] or "–" for column in columns) for one in rows]


def test_both_readmes_name_the_same_variables_accounts_and_pages():
    english, chinese = (
        set(re.findall(r"`([A-Z][A-Z_]{3,}|[a-z]+@demo\.invalid|/[a-z/]+/)`", read(name)))
        for name in ("README.md", "README.zh-CN.md")
    )
    assert english == chinese


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


# Said in words: made or found at the start, or a value that says nothing to a reader.
IN_WORDS = {
    "DATABASE_URL": "private services",
    "REDIS_URL": "private services",
    "SECRET_KEY": "made at the first start",
    "FIELD_KEY": "made at the first start",
    "LOCAL_DIR": "`.local`",
    "MEDIA_ROOT": "`.local/media`",
    "ALLOWED_HOSTS": "loopback",
    "EMAIL_URL": "files in `.local/mail`",
    "SMS_BACKENDS": "files in `.local/sms`",
}
OF_THE_LAUNCHER = {"HOST", "PORT"}


def _said(cell: str, names: list[str]) -> dict[str, str]:
    values = cell.split(", ")
    return dict(zip(names, values * len(names) if len(values) == 1 else values, strict=True)) if cell else {}


def settings_in_the_readme() -> tuple[dict[str, str], dict[str, str]]:
    """What the table says by default, and what it says about production."""
    base: dict[str, str] = {}
    production: dict[str, str] = {}
    for named, cell in re.findall(r"^\| (`[A-Z][^|]*) \| ([^|]+) \|", read("README.md"), re.MULTILINE):
        names = re.findall(r"`([A-Z_]+)`", named)
        everywhere, _only, there = cell.replace("only in production", "; in production").partition("; in production ")
        base |= _said(everywhere, names)
        production |= _said(there, names)
    return base, production


def settings_in(module: str) -> dict[str, str]:
    """The name and default of every `env.…(name, default)`."""
    found = {}
    for node in ast.walk(ast.parse(read(f"config/settings/{module}.py"))):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env.") and node.args):
            continue
        if ast.unparse(node.func) == "env.read_env":
            continue
        # a default may be a sum or depend on the demonstration, whose values are not those of a real portal
        given = [*node.args[1:], *(word.value for word in node.keywords if word.arg == "default")]
        default = given[0].orelse if given and isinstance(given[0], ast.IfExp) else given[0] if given else None
        name = ast.literal_eval(node.args[0])
        found[name] = IN_WORDS.get(name) or _as_written(eval(ast.unparse(default), {}))  # noqa: S307
    return found


def _as_written(value: object) -> str:
    """As one would write it into the environment."""
    if isinstance(value, list):
        value = ",".join(value)
    text = str(int(value)) if isinstance(value, bool) else str(value)
    return f"`{text}`" if text else "none"


def test_the_readme_names_every_setting_with_its_default():
    base, production = settings_in_the_readme()
    assert {name: value for name, value in base.items() if name not in OF_THE_LAUNCHER} == settings_in("base")
    assert production == settings_in("production")
    launcher = read("launcher/environment.py")
    for name in OF_THE_LAUNCHER:
        default = re.search(rf'"{name}"\) or "([^"]+)"', launcher)
        assert default, name
        assert base[name] == f"`{default[1]}`"
