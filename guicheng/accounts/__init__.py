"""Who is this person, how do they get in, what did they take along?"""
