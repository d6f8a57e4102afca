"""Back office of casework: reference data by its rules, cases to be looked at only."""

from governance.admin import limits, records, reference
from governance.admin.rules import DecisionRuleAdmin

__all__ = ["DecisionRuleAdmin", "limits", "records", "reference"]
