"""Two writers at the same instant, for every POST of the back office: `python -m tests.two_writers` tries 30 pairs."""
