from . import grading
from . import lifecycle
