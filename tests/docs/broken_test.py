"""A page with a broken example is found: each kind of break by itself, beside the same page unbroken."""

import sys
import unittest

from blocks import differs
from pages_test import faults_of

PROGRAM, ROOT = sys.argv[1], sys.argv[2]

GOOD = '''# A page

It links to [the models](models/seeds) and to [another place](https://example.org/nowhere).

```yaml two.yaml
inputs:
  x: float[B, 8]
layers: [Linear(4), ReLU]
```

```yaml on=two.yaml
layers: [Linear(5)]
```

```yaml wrong.yaml error=M6003
inputs: {x: "float[B, 8]"}
layers:
  - Linear(4, in_features=9)
```

```yaml warning=M4026
inputs: {x: "float[B, 8]"}
modules: {a: Linear(4), unused: ReLU}
forward: a(x)
```

```console
$ modelc check two.yaml
two.yaml: ok (36 parameters)
$ modelc check wrong.yaml
wrong.yaml:3:27: error[M6003]: `Linear` receives 8 features …
…
help: drop in_features, …
```

```sh
modelc check two.yaml     # as a script
tools/run summary two.yaml
```

```sh norun
modelc train two.yaml --set data.root=elsewhere -o runs/first
modelc weights show there.pt
```

<!-- file table.csv
a,b
1,2
-->

```python norun
print("only read")
```
'''

BREAKS = {
    "a description that does not compile": ("layers: [Linear(4), ReLU]", "layers: [Linaer(4), ReLU]"),
    "a part that does not compile": ("layers: [Linear(5)]", "layers: [Linear(5, 8)]"),
    "a wrong one that is right": ("in_features=9", "in_features=8"),
    "a wrong one with another code": ("error=M6003", "error=M6001"),
    "a wrong one with one more fault": ("in_features=9)", "in_features=9)\n  - Linaer(3)"),
    "a warning that is not said": (" warning=M4026", ""),
    "a warning that does not come": (", unused: ReLU", ""),
    "another figure": ("36 parameters", "37 parameters"),
    "a line too many": ("(36 parameters)\n", "(36 parameters)\nand more\n"),
    "other words": ("drop in_features", "leave in_features"),
    "a command that fails": ("modelc check two.yaml     #", "modelc check three.yaml     #"),
    "a command that is not there": ("tools/run summary", "tools/run sumary"),
    "an option that is not there": ("-o runs/first", "--output-folder runs/first"),
    "a command of two words that is not there": ("weights show", "wheights show"),
    "a part of nothing": ("on=two.yaml", "on=three.yaml"),
    "a link to nothing": ("(models/seeds)", "(models/seedlings)"),
    "no language": ("```python norun", "```"),
    "an unknown mark": ("```python norun", "```python never"),
    "no end": ("-->", ""),
}


class Broken(unittest.TestCase):
    def test_the_page_as_it_stands_is_sound(self):
        faults, tried = faults_of(PROGRAM, ROOT, GOOD, ROOT)
        self.assertEqual((faults, tried), ([], 8))

    def test_each_break_is_found(self):
        for name, (before, after) in BREAKS.items():
            with self.subTest(name):
                self.assertIn(before, GOOD)
                self.assertNotEqual(faults_of(PROGRAM, ROOT, GOOD.replace(before, after), ROOT)[0], [])

    def test_numbers_about_right(self):
        self.assertIsNone(differs(["loss 0.52 in 3"], ["loss 0.50 in 3"], about=True))
        self.assertIsNotNone(differs(["loss 0.52 in 3"], ["loss 0.40 in 3"], about=True))
        self.assertIsNotNone(differs(["loss 0.52 in 3"], ["loss 0.50 in 4"], about=True))
        self.assertIsNotNone(differs(["loss 0.52"], ["loss 0.50"]))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
