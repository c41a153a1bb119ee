"""What came from outside, is it safe? Photos, papers, workbooks."""
