"""Places: regions, unit grids, responsibility grids, and which of them a point lies in. No components."""
