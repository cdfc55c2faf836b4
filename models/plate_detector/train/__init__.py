"""Makes the detector: draws its pictures, fits it, converts it, judges it."""
