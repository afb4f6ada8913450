"""Ends the process when it is imported, or would."""

import sys

sys.exit(5)
