"""Are the walls proved? Each permission check and tenant filter is taken out in turn, and a test has to notice.

`python -m qa.guards` (one of the lines of `make qa`) works in three steps: it finds the guards in the
source (`sites`), lets the tests run once to learn which of them pass which guard (`plugin`), and then runs
those tests again for each guard with just that one taken out (`switch`). The files are never touched: a module
gets its switches on its way into the interpreter.
"""
