"""Members checking in: apply, answer, posts, pledges, the page for the employer."""
