"""What the public reads is drawn once per change: when something was published, and the answers kept since."""
