"""What keeps accidents small: checks of what a caller passes, whole files, threads that stop."""
