"""Where does a word stand, however it is typed? Folding, pinyin, words that mean the same, rows that are searched."""
