"""The words of the volunteers app: states, moves, names of events."""
