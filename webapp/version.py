"""The version of the software, as written into figures, exports and the API document."""

VERSION = "0.1.0"
