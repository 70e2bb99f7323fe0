"""Importing this imports every module of the service: what workers are forked from does it, once for all."""

import gc
from collections import deque

from webapp.application import found_blueprints

deque(found_blueprints(), maxlen=0)
gc.freeze()  # what is loaded stays: looking through it would copy its pages into every worker
