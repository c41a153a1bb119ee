"""What residents ask: asked, taken on, handled, answered, judged. Which move leads where: `moves.py`."""
