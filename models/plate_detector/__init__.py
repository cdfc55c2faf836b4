"""Finds number plates in a luma picture: four corners each, by an int8 network of our own."""

from models.plate_detector.detector import TfliteDetector, load_detector

__all__ = ["TfliteDetector", "load_detector"]
