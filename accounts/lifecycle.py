"""Names of what happens to accounts."""

ACCOUNT_OPENED = "account.opened"
ACCOUNT_DISABLED = "account.disabled"
ACCOUNT_CHANGED = "account.changed"
ACCOUNT_CONTACT_RELEASED = "account.contact_released"
ACCOUNT_ENABLED = "account.enabled"
SECOND_STEP_REMOVED = "account.second_step_removed"

EVENT_NAMES = frozenset(
    {
        ACCOUNT_OPENED,
        ACCOUNT_CHANGED,
        ACCOUNT_CONTACT_RELEASED,
        ACCOUNT_DISABLED,
        ACCOUNT_ENABLED,
        SECOND_STEP_REMOVED,
    }
)
