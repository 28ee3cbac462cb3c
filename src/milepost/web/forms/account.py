"""allauth's forms in the house's look, with our words on them."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as second_step
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.contrib.auth import get_user_model

from milepost.web.account import NOBODY, PASSWORD_RULES

CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "inp inp-code", "maxlength": "20"}


class Look:
    """Gives inputs their class, takes placeholders away, and says the rules of a password before it is typed."""

    fields: dict[str, forms.Field]
    labels: dict[str, str] = {}  # noqa: RUF012 - a table

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if not isinstance(field.widget, (forms.CheckboxInput, forms.HiddenInput)):
                field.widget.attrs["class"] = "inp"
            field.label = self.labels.get(name, field.label)
            field.help_text = PASSWORD_RULES if name == "password1" else ""
            if name == "code":
                field.widget.attrs.update(CODE)


class Login(Look, account.LoginForm):
    labels = {"login": "E-mail address", "remember": "Keep me signed in here"}  # noqa: RUF012 - a table


class ResetPassword(Look, account.ResetPasswordForm):
    labels = {"email": "E-mail address"}  # noqa: RUF012 - a table

    def clean_email(self) -> str:
        """Put nobody in the place of a person who is not here: their mail is composed, so the answer takes as long."""
        email = str(super().clean_email())
        self.users = self.users or [get_user_model()(pk=NOBODY, email=email)]
        return email


class ResetPasswordKey(Look, account.ResetPasswordKeyForm):
    labels = {"password1": "New password", "password2": "The same again"}  # noqa: RUF012 - a table


class ChangePassword(Look, account.ChangePasswordForm):
    labels = {  # noqa: RUF012 - a table
        "oldpassword": "Password until now", "password1": "New password", "password2": "The same again",
    }  # fmt: skip


class SetPassword(Look, account.SetPasswordForm):
    labels = {"password1": "New password", "password2": "The same again"}  # noqa: RUF012 - a table


class Reauthenticate(Look, account.ReauthenticateForm):
    pass


class SecondStep(Look, second_step.AuthenticateForm):
    pass


class ConfirmSecondStep(Look, second_step.ReauthenticateForm):
    pass


class ActivateApp(Look, totp.ActivateTOTPForm):
    labels = {"code": "The code that it shows"}  # noqa: RUF012 - a table


class AddPasskey(Look, passkeys.AddWebAuthnForm):
    pass


class RenamePasskey(Look, passkeys.EditWebAuthnForm):
    pass
