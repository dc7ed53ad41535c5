"""How a picture becomes pixels in milliseconds, and which controls move it."""
