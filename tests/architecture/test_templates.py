"""Templates hold something. An empty one draws nothing, and no other test notices what is missing."""

from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates"
# Silences a message or an element of the sign-in library.
SILENT = {
    "account/messages/logged_in.txt",
    "account/messages/login_code_sent.txt",
    "account/messages/phone_verification_sent.txt",
    "allauth/elements/hr.html",
}


def test_no_template_is_empty_by_accident():
    files = [path for path in TEMPLATES.rglob("*") if path.is_file()]
    empty = {path.relative_to(TEMPLATES).as_posix() for path in files if not path.read_text().strip()}
    assert len(files) > 100
    assert empty == SILENT
