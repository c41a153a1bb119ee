"""How do rows leave, how are they paged?"""
