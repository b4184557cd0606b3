"""Reports stand on the engine, know nothing of requests, and take the reader's locale as an argument."""
