"""What came from outside, is it safe? Photos, papers, workbooks, and files that are there whole or not at all."""
