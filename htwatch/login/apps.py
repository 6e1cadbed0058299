from django.apps import AppConfig


class LoginConfig(AppConfig):
    name = "htwatch.login"
    verbose_name = "Login"

    def ready(self) -> None:
        from htwatch.login import noting  # noqa: PLC0415  models must be loaded first

        noting.connect()
