"""What people who serve and their desks read."""
