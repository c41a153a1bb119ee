"""The public pages as plain files with relative links, for a shared platform without Python or for a disk."""
