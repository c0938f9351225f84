"""The embed doctor: for site developers, what is wrong with a page and the line that mends it."""
