"""How JupyterLab is started for the lessons, and what it takes to run them."""
