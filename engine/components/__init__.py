"""The register of components (部件): where each stands, who owns and maintains it. Their problems are cases."""
