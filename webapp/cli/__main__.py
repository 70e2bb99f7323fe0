"""``python -m webapp.cli``."""

import sys

from webapp.cli.main import main

sys.exit(main())
