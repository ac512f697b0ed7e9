from . import grading
from . import lifecycle
from . import credit
from . import key_account
from . import complaint
