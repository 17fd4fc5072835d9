"""Settings in which so many calls of the model may wait for one another."""

from configs.settings import Settings


def budgeted(settings: Settings, calls: int) -> Settings:
    """Return the settings with another bound."""
    return settings.model_copy(update={"consult": settings.consult.model_copy(update={"max_calls": calls})})
