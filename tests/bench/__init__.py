"""`make bench`: how many requests a second the pages answer, beside a constant answer in the same run."""
