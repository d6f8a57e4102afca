"""Votes: who may vote, motions, ballots, counts. One function per verb (docs/votes.md)."""
