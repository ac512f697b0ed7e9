from . import grading
from . import lifecycle
from . import credit
