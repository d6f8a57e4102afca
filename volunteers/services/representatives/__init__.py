"""Representatives: how they are chosen, whom they link, whom they visited, what was asked of them."""
