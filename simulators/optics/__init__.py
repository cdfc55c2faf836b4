"""What the camera on the pole sees: projection, vehicles, street, weather, lens and sensor."""
