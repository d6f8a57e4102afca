"""Who may do what for people who serve. Pure."""
