"""Two to four servers under the same requests, side by side."""
