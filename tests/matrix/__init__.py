"""Who may do what: table.py says it, world.py makes the people and rows, cells.py tries every cell."""
