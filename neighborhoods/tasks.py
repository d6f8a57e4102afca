"""What Celery runs for this app."""

from celery import shared_task

from neighborhoods.services.trees import check_trees as verify


@shared_task(name="neighborhoods.check_trees", time_limit=300, soft_time_limit=280)
def check_trees() -> None:
    """Nightly: look at every tree and report."""
    verify()
