"""What residents ask: asked, taken on, handled, answered, judged. The moves: `communities.models.need_moves`."""
