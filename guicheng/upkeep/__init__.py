"""Is it well, can it be restored, can it be brought to the next version?"""
