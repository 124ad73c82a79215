"""``python -m simreal.commands``."""

import sys

from . import main

sys.exit(main())
