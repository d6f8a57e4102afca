"""What happens between a right password or code and being signed in."""

from allauth.account.stages import EmailVerificationStage
from django.http import HttpResponse


class ProveEmailStage(EmailVerificationStage):
    """An account known by an e-mail address alone shows by a code that it can read the mail sent there.

    So sign-up answers the same for every address: a page that asks for a code.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if user and (not user.email or user.phone_verified):
            return None, True
        return super().handle()
