"""Verbs of people who serve."""
