"""Write readings as text, CSV, JSON lines and annotated pictures; one module for each format.

Writers take results (`numerals.reading.FileResult`) and a text stream.
"""
