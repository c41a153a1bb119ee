"""What the back office is made of."""
