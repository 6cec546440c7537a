"""Holds the running API to its description with schemathesis, once for each role.

Runs beside a demo (go run ./tools/with-demo), whose address, ids and tokens stand in the environment. Any answer of 500
and above, any status, header, content type or body that the description does not name, and any input that breaks the
description and is taken all the same, is a failure.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
URL = os.environ["DEMO_URL"]
UNIT = os.environ["DEMO_UNIT"]

# A made-up input may be long; what is shown of a line is not.
LONGEST = 500

# The roles, each with the phases of schemathesis and how many inputs an operation gets in each. The administrator comes
# last: what it closes is closed.
ROLES = [
    ("organizer", "examples,coverage,fuzzing,stateful", 10),
    ("approver", "examples,fuzzing", 5),
    ("reviewer", "examples,fuzzing", 5),
    ("admin", "examples,coverage,fuzzing,stateful", 10),
]


def ask(role, method, path, body=None):
    """The JSON answer of the API to a request with the role's token."""
    request = urllib.request.Request(
        URL + "/api/v1" + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + token(role), "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def token(role):
    return os.environ["DEMO_TOKEN_" + role.upper()]


def ids(role, path):
    return [item["id"] for item in ask(role, "GET", path)["items"]]


def drafts(number):
    """Events of many states, so that each act has one that it suits."""
    made = []
    for n in range(number):
        event = ask("organizer", "POST", "/events", {
            "unit": UNIT, "type": "volunteer", "title": f"Contract {n}", "place": {"name": "Hall"},
            "local_start": "2031-03-02T07:00", "local_end": "2031-03-02T11:00",
            "slots": [{"name": "All", "capacity": 20}],
        })["id"]
        made.append(event)
        for role, act in [("organizer", "submit"), ("approver", "approve"), ("organizer", "publish")][: n % 4]:
            ask(role, "POST", f"/events/{event}/{act}")
    return made


def things():
    """Real ids by what they are of. What an operation may end for good is made for it here."""
    coming = os.environ["DEMO_COMING"]
    residents = ids("organizer", f"/residents?unit={UNIT}&limit=40")
    staff = ids("admin", f"/accounts?unit={UNIT}")
    villages = [
        ask("admin", "POST", "/units", {"kind": "village", "parent": UNIT, "names": {"vi": f"Thôn {n}"}})["id"]
        for n in range(5)
    ]
    accounts = [
        ask("admin", "POST", "/accounts", {"login": f"contract{n}", "name": "Contract", "unit": UNIT})["id"]
        for n in range(5)
    ]
    return {
        "units": [UNIT],
        "staff": staff,
        "villages": villages,
        "accounts": accounts,
        "events": drafts(12) + [coming, os.environ["DEMO_PAST"]],
        "residents": residents[10:],
        "spare": residents[:10],
        "registrations": ids("organizer", f"/events/{coming}/registrations?limit=30"),
        "scorecards": ids("reviewer", f"/scorecards?unit={UNIT}"),
    }


# Values that rules ask for and the description of a field cannot name.
VALUES = {
    "any": ["*"], "codes": ["24848"], "kinds": ["volunteer", "health"], "zones": ["Asia/Ho_Chi_Minh"],
    "languages": ["vi", "en", "pl"], "roles": ["organizer", "viewer"], "sources": ["tally", "paper"],
    "scopes": ["events:read", "units:read"], "starts": ["2031-04-06T07:00", "2031-04-13T07:00"],
    "ends": ["2031-04-13T11:00"], "later": ["2032-01-01T00:00:00Z"], "villagekind": ["village"], "sheetkinds": ["calls", "letters"],
    "notices": ["poster", "loudspeaker", "portal"], "slots": ["s1", "all"],
    "mails": ["a@example.org", "b@example.org"], "mailkind": ["email"], "given": ["reminders", "news"],
}

# Which parameter takes what, in all operations.
BIND = {
    "unit": "units", "resident": "residents", "event": "events", "village": "villages", "parent": "units", "into": "residents",
    "type": "kinds", "zone": "zones", "locale": "languages", "role": "roles", "local_start": "starts", "local_end": "ends",
    "slot": "slots", "scopes[*]": "scopes", "scans[*].source": "sources", "scans[*].slot": "slots", "residents[*]": "residents",
    "successors[*]": "units", "at": "later", "contacts[*].value": "mails", "contacts[*].kind": "mailkind",
    "choices[*].purpose": "given", "choices[*].source": "sources",
}

# And in those whose path begins with a noun, or that have a name of their own. What an operation ends for good it gets
# from what nothing else needs.
NOUNS = ["units", "accounts", "events", "residents", "scorecards"]
ONLY = {
    "close-unit": ("path.id", "villages"), "rename-unit": ("path.id", "villages"), "create-unit": ("body.kind", "villagekind"),
    "print-sheet": ("body.kind", "sheetkinds"), "add-notice": ("body.kind", "notices"),
    "erase-resident": ("path.id", "spare"), "merge-residents": ("path.id", "spare"),
}


def wholes(real):
    """Whole requests that succeed, for what rules let no made-up one through. Most make what the next one needs."""
    unit, village, account = {"id": UNIT}, real["villages"], real["accounts"]
    published = [{"id": event} for event in real["events"][3:12:4]]
    submitted = [{"id": event} for event in real["events"][1:12:4]]
    text = ask("organizer", "GET", "/consent-texts?locale=vi")["items"][0]
    rule = {"at": "18:00", "days_before": 1}
    event_rule = ask("organizer", "POST", f"/events/{published[0]['id']}/reminders", rule)["id"]
    unit_rule = ask("organizer", "POST", f"/units/{UNIT}/reminders", rule)["id"]
    grant = {"role": "viewer", "unit": UNIT}
    names = {"vi": "Thôn Mới"}
    return {
        "create-unit": [{"path": {}, "body": {"kind": "village", "parent": UNIT, "names": names}}],
        "rename-unit": [{"path": {"id": village[0]}, "body": {"names": names}}],
        "close-unit": [{"path": {"id": village[1]}, "body": {"at": "2031-01-01T00:00:00Z", "successors": [village[0]]}}],
        "create-account": [{"path": {}, "body": {"login": "contract", "name": "Contract", "unit": UNIT}}],
        "grant-role": [{"path": {"id": account[0]}, "body": grant}],
        "revoke-role": [{"path": {"id": account[0]}, "body": grant}],
        "issue-token": [{"path": {"id": account[0]}, "body": {"label": "Contract", "scopes": ["events:read"]}}],
        "create-reminder": [{"path": published[0], "body": rule}],
        "replace-reminder": [{"path": published[0] | {"rid": event_rule}, "body": rule}],
        "remove-reminder": [{"path": published[0] | {"rid": event_rule}}],
        "create-unit-reminder": [{"path": unit, "body": rule}],
        "replace-unit-reminder": [{"path": unit | {"rid": unit_rule}, "body": rule}],
        "remove-unit-reminder": [{"path": unit | {"rid": unit_rule}}],
        "return-event": [{"path": submitted[0], "body": {"note": "Not yet"}}],
        "approve-event": [{"path": path} for path in submitted[1:]],
        "publish-event": [{"path": {"id": event}} for event in real["events"][2:12:4]],
        "postpone-event": [{"path": published[1], "body": {"note": "Rain"}}],
        "resume-event": [{"path": published[1]}],
        "enter-registration": [{"path": published[0], "body": {"resident": person, "party": 2}} for person in real["residents"][:3]],
        "declare-household": [{"path": {}, "body": {"residents": real["residents"][:2]}}],
        "edit-resident": [{"path": {"id": real["residents"][0]}, "body": {"locale": "en"}}],
        "log-consents": [{"path": {"id": real["residents"][0]}, "body": {
            "choices": [{"purpose": text["purpose"], "given": True, "text": text["id"], "source": "paper"}]}}],
        "merge-residents": [{"path": {"id": real["spare"][0]}, "body": {"into": real["spare"][1]}}],
        "put-survey": [{"path": published[0], "body": {"items": [{"key": "overall"}]}}],
        "set-hold": [{"path": {}, "body": {"unit": UNIT, "reason": "contract"}}],
        "release-hold": [{"path": {"unit": UNIT}}],
        "print-sheet": [{"path": unit, "body": {"kind": kind}} for kind in VALUES["sheetkinds"]],
    }


def config(real):
    """The settings of schemathesis: HERE/schemathesis.toml with the ids of this demo."""
    bind = '{{ dictionary = "{}", probability = 0.9 }}'.format
    lines = [(HERE / "schemathesis.toml").read_text(encoding="utf-8")]
    for name, values in (VALUES | real).items():
        lines.append(f"[dictionaries.{name}]\nvalues = {json.dumps(values)}")
    lines += ["[parameters]", f'"path.rid" = {bind("registrations")}', f'"path.unit" = {bind("units")}']
    lines += [f'"path.code" = {bind("codes")}', f'"header.If-Match" = {bind("any")}']
    for name in ["unit", "resident", "event", "village"]:
        lines.append(f'"query.{name}" = {bind(BIND[name])}')
    lines += [f'"body.{name}" = {bind(values)}' for name, values in BIND.items()]
    for noun in NOUNS:
        lines += ["[[operations]]", f'include-path-regex = "^/api/v1/{noun}/[{{]id"', f'parameters = {{ "path.id" = {bind(noun)} }}']
    for operation, (name, values) in ONLY.items():
        lines += ["[[operations]]", f'include-operation-id = "{operation}"', f'parameters = {{ "{name}" = {bind(values)} }}']
    return "\n".join(lines) + "\n"


def run(role, phases, examples, program, work):
    """The exit code of schemathesis as the role, and how often each operation gave which status."""
    counts = work / f"counts-{role}.json"
    counts.unlink(missing_ok=True)
    command = [
        program, "--config-file", str(work / "schemathesis.toml"), "run", URL + "/openapi.json", "--no-color",
        "-H", "Authorization: Bearer " + token(role), "--phases", phases, "--max-examples", str(examples),
    ]
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE), "CONTRACT_COUNTS": str(counts),
        "CONTRACT_EXAMPLES": str(work / "examples.json"),
    }
    with subprocess.Popen(command, cwd=work, env=environment, stdout=subprocess.PIPE, text=True, errors="replace") as child:
        for line in child.stdout:
            print(line.rstrip("\n")[:LONGEST], flush=True)
    if not counts.exists():
        sys.exit("schemathesis asked nothing")
    return child.returncode, Counter(json.loads(counts.read_text(encoding="utf-8")))


def unreached(answers):
    """The operations that never did what they are for. Where there are many, little was tried."""
    with urllib.request.urlopen(URL + "/openapi.json", timeout=30) as answer:
        paths = json.load(answer)["paths"]
    all_of_them = {operation["operationId"] for methods in paths.values() for operation in methods.values()}
    done = {key.split()[0] for key in answers if key.split()[1].startswith("2")}
    return sorted(all_of_them - done), len(all_of_them)


def main():
    program, work = sys.argv[1], Path(sys.argv[2]).resolve()
    work.mkdir(parents=True, exist_ok=True)
    real = things()
    (work / "schemathesis.toml").write_text(config(real), encoding="utf-8")
    spare = real["accounts"][-1]
    (work / "examples.json").write_text(json.dumps({
        "wholes": wholes(real),
        "needed": [UNIT] + real["staff"],
        "instead": {"disable-account": spare, "revoke-role": spare, "close-unit": real["villages"][-1]},
    }), encoding="utf-8")
    failed, answers = [], Counter()
    for role, phases, examples in ROLES:
        began = time.monotonic()
        print(f"\n== as {role}", flush=True)
        code, counts = run(role, phases, examples, program, work)
        answers += counts
        print(f"== as {role}: {counts.total()} requests in {time.monotonic() - began:.0f} s", flush=True)
        if code != 0:
            failed.append(role)
    missed, number = unreached(answers)
    print(f"\n{answers.total()} requests; {number - len(missed)} of {number} operations succeeded at least once.")
    print("Never: " + ", ".join(missed))
    if failed:
        sys.exit("the API and its description disagree: as " + ", ".join(failed))
    if len(missed) > number // 4:
        sys.exit("too few operations were reached for this to prove anything: see the ids in contract.py")


if __name__ == "__main__":
    main()
