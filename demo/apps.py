from django.apps import AppConfig


class DemoConfig(AppConfig):
    """An invented district that shows everything the portal does. Never loaded in a real installation."""

    name = "demo"
