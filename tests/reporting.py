"""What somebody sends who reports without an account, what is left of it, and the private page that follows it."""

import io

from django.core import mail
from PIL import Image

from core.models import Event, OutboxMessage
from governance.forms.draft import Draft
from governance.models import Contact, Issue, IssuePhoto
from governance.services.dispatch import take_issue
from governance.services.handling import log_contact, reply_issue
from governance.services.links import follow_token


def photo_file(name="photo.jpg", size=(60, 40)):
    out = io.BytesIO()
    Image.new("RGB", size, (10, 120, 60)).save(out, "JPEG")
    out.seek(0)
    out.name = name
    return out


def old_draft(**fields) -> Draft:
    """Begun a while ago, as by a person."""
    return Draft(**{"began": 1_700_000_000, **fields})


def whole_draft(place, **fields) -> Draft:
    said = {"area": place.code, "category": "IN03", "text": "东门四盏路灯不亮", "told": True}
    return old_draft(**{**said, **fields})


def asked_again(client, url, data=None):
    """The page a refused form leads back to: nothing with an answer to a form stays in the history of the browser."""
    answer = client.post(url, data or {})
    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{url.partition('?')[0]}?again=1")
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert 'class="mu-errors' in page.content.decode()
    return page


def nothing_written():
    counts = [model.objects.count() for model in (Issue, Contact, IssuePhoto, Event, OutboxMessage)]
    return not any(counts) and not mail.outbox


def follow_path(issue, verb=""):
    return f"/f/{follow_token(issue)}/" + (f"{verb}/" if verb else "")


def replied_to(issue, people):
    """Taken, talked about and answered by the grid worker."""
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="约好明天来")
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了三个灯头")
    return Issue.objects.get(pk=issue.pk)
