"""Trains the plate reader on plates rendered here: `python -m models.plate_reader.train`."""
