"""What keeps accidents small: a caller's values, files, threads, torch's settings."""
