"""Looking inside a trained run: features, calibration, what it looks at, and which factors make it fail."""
