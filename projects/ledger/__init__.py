"""What was said of a project, how it is entered, mended and read."""
