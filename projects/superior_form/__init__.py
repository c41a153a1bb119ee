"""上级表样: the superior's blank workbook, filled from what the portal knows. Nothing else of the workbook changes."""
