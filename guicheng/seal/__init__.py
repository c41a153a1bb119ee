"""What may no longer be read in public, who said so, and how is every answer covered?"""
