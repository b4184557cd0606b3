"""My department: what its people have in hand and who has what, its due dates, who stands in for whom, the feed."""
