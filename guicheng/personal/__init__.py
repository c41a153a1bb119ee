"""What of a resident do we hold, and when does it go? Encrypted, found by a fingerprint, erased by a timetable."""
