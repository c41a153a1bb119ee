"""What residents ask: asked, taken on, handled, answered, judged. Which move leads where: `communities/models/need_moves.py`."""
