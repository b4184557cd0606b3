"""Measurements, side by side in one run and printed as ratios. Nothing here is a test: machines are noisy."""
