"""The figures of a run as a Markdown table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured, the figure, the aim, and whether it is reached."""

    name: str
    figure: str
    aim: str
    is_reached: bool
    note: str = ""

    def __str__(self) -> str:
        return f"| {self.name} | {self.figure} | {self.aim} | {'yes' if self.is_reached else 'NO'} | {self.note} |"


HEAD = "| what | figure | aim | reached | details |\n|---|---|---|---|---|"


def at_least(name: str, value: float, aim: float, note: str = "") -> Row:
    """A figure that must reach its aim."""
    return Row(name, f"{value:.2f}", f"≥ {aim:g}", value >= aim, note)


def at_most(name: str, value: float, aim: float, unit: str = "", note: str = "") -> Row:
    """A figure that must stay below its aim."""
    return Row(name, f"{value:.2f}{unit}", f"≤ {aim:g}{unit}", value <= aim, note)
