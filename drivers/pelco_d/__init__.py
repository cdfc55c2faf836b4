"""Pan-tilt heads that speak Pelco-D: frames so far; the head's machine and driver are to come."""
