#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Holds results documents to report/results.schema.json; --expect-failure turns
# the answer round, so that a test can show that the check can fail.
import json
import sys

import jsonschema


def main(arguments):
    expect_failure = "--expect-failure" in arguments
    schema_file, *documents = [a for a in arguments if a != "--expect-failure"]
    with open(schema_file) as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = False
    for name in documents:
        with open(name) as f:
            document = json.load(f)
        for error in validator.iter_errors(document):
            failed = True
            print(f"{name}: {'/'.join(map(str, error.path))}: {error.message[:200]}")
    return 0 if failed == expect_failure else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
