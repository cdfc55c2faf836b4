"""Weather stations that speak NMEA 0183: sentences so far; the station's machine is to come."""
