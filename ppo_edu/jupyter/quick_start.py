"""Imported before Jupyter, this has it start a second sooner.

Jupyter checks its settings by jsonschema. That imports rfc3987_syntax, if it is installed, which compiles 38
grammars for addresses in letters of all scripts. No schema of Jupyter's asks for such addresses, and
jsonschema does without: https://github.com/jupyter-server/jupyter_server/issues/1559
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)
