"""One mail, to see whether mail leaves."""

from django.conf import settings

from milepost import mail

SUBJECT = "Milepost can send mail"
TEXT = "Somebody who runs Milepost sent this to see whether mail arrives. It did; nothing else is to be done.\n"


def send_test(to: str) -> str:
    """Send one mail and return what became of it.

    Raises:
        NotSent: it did not leave.
    """
    mail.send(to=[to], subject=SUBJECT, text=TEXT)
    if settings.MAIL.place == "console":
        return "No mail server is set, so the mail was printed and went nowhere. Set MILEPOST_MAIL_URL."
    return f"{settings.MAIL.place} has taken the mail to {to} from {settings.DEFAULT_FROM_EMAIL}."
