from django.apps import AppConfig


class WishesConfig(AppConfig):
    name = "tests.wishes"
    label = "wishes"
    verbose_name = "示例心愿"
