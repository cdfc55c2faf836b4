"""Judges plate reading on labelled pictures: truth in, figures and a sheet of every miss out.

Nothing here opens a picture file or loads a model: both are handed in.
"""
