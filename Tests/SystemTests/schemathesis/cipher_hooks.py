"""A link leads from one content to the next request: in sequences nothing goes in batches."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta.phase.name.value != "stateful" or not isinstance(case.body, dict):
        return
    if "batch" in case.body:
        case.body = {"text": "Halo", "keyContext": "budi-sari-1"}
    elif isinstance(case.body.get("text"), str):
        case.body.setdefault("keyContext", "")
