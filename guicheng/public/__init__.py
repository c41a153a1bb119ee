"""What do all public pages share, and what stands around every page?"""
