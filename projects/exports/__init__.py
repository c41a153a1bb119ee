"""What a file of projects holds, and the long files that are made beside the pages."""
