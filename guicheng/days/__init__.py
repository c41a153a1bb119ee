"""Which day, which quarter, which working day?"""
