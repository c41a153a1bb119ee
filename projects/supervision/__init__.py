"""Which project is late or silent, who has to answer, and what is sent each day."""
