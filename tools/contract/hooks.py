"""Adds the whole requests of the file that CONTRACT_EXAMPLES names to what schemathesis makes up, keeps what the run itself
needs from being ended by it, and leaves the answers by operation and status in the file that CONTRACT_COUNTS names.
"""

import atexit
import json
import os
from collections import Counter

import schemathesis

counts = Counter()
with open(os.environ["CONTRACT_EXAMPLES"], encoding="utf-8") as source:
    given = json.load(source)


def name_of(operation):
    return operation.definition.raw.get("operationId")


@schemathesis.hook
def before_add_examples(context, examples):
    for whole in given["wholes"].get(name_of(context.operation), []):
        more = {"body": whole["body"], "media_type": "application/json"} if "body" in whole else {}
        examples.append(context.operation.Case(path_parameters=whole["path"], query=whole.get("query", {}), **more))


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """Another thing of its kind is ended in place of one that the run needs: operations are tried beside each other, so
    that what a whole request names could end before it is asked.
    """
    instead = given["instead"].get(name_of(case.operation))
    if instead and (case.path_parameters or {}).get("id") in instead["of"]:
        case.path_parameters["id"] = instead["it"]


@schemathesis.hook
def after_call(_context, case, response):
    counts[f"{name_of(case.operation)} {response.status_code}"] += 1


@atexit.register
def leave():
    with open(os.environ["CONTRACT_COUNTS"], "w", encoding="utf-8") as file:
        json.dump(counts, file)
