"""Reads the characters of a found plate: rectified, one small int8 network, CTC decoding."""
