"""Runs a Vensim model in PySD and prints every column that is asked for, as JSON.

    python3 export_pysd.py MODEL.mdl VARIABLE...

With no model, says whether PySD is there.
"""

import json
import sys
import warnings


def main() -> None:
    warnings.simplefilter("ignore")
    try:
        import numpy
        import pysd
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return
    if len(sys.argv) < 2:
        print(json.dumps({"version": pysd.__version__}))
        return
    numpy.seterr(all="ignore")
    # PySD writes tables of constants as numpy prints them, which is eight digits unless numpy is told otherwise.
    numpy.set_printoptions(floatmode="unique")
    model = pysd.read_vensim(sys.argv[1])
    results = model.run(return_columns=sys.argv[2:])
    print(json.dumps({name: list(results[name]) for name in results.columns}))


main()
