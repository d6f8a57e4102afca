"""Verbs of points (docs/points.md). Everything that moves points goes through `booking.book`."""
