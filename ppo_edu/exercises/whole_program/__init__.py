"""The program that a learner writes from an empty cell: how its parts are taken, asked, watched and judged.

No style is asked for. What is handed in is one class, or functions in a list (`handed`); a network may give
probabilities or a distribution (`model`); an update is judged by the weights that it leaves (`update`), and
a program by what its environments see of it (`watched`, `learning`). `as_a_file` writes it to a file.
"""
