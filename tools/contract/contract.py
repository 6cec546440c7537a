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
import urllib.error
import urllib.request
import uuid
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
URL = os.environ["DEMO_URL"]
UNIT = os.environ["DEMO_UNIT"]

# A made-up input may be long; what is shown of a line is not.
LONGEST = 500

# The demo's time on the clocks of its units.
NOW = datetime.fromisoformat(os.environ["DEMO_NOW"].replace("Z", "+00:00")).astimezone(timezone(timedelta(hours=7)))

# The operations that never succeed here, each with its reason.
NEVER = {}

# How long the worker may take to put what is due on the call list.
PATIENCE = 60

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


def planned(start, end, acts):
    """An event that has been through so many acts towards its publication."""
    event = ask("organizer", "POST", "/events", {
        "unit": UNIT, "type": "volunteer", "title": "Contract", "place": {"name": "Hall"},
        "local_start": start, "local_end": end, "slots": [{"id": "all", "name": "All", "capacity": 20}],
    })["id"]
    for role, act in [("organizer", "submit"), ("approver", "approve"), ("organizer", "publish")][:acts]:
        ask(role, "POST", f"/events/{event}/{act}")
    return event


def drafts(number):
    """Events of many states, so that each act has one that it suits."""
    return [planned("2031-03-02T07:00", "2031-03-02T11:00", n % 4) for n in range(number)]


def today(begins, ends):
    """A published event of today, by hours from now."""
    return planned(*((NOW + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M") for hours in (begins, ends)), 3)


def consent(purpose):
    """A consent to the text of the purpose, given on paper."""
    texts = ask("organizer", "GET", "/consent-texts?locale=vi")["items"]
    text = next(text["id"] for text in texts if text["purpose"] == purpose)
    return {"purpose": purpose, "given": True, "text": text, "source": "paper"}


def called():
    """A sheet of calls to make, since a Sunday of today was called off whose people have a phone and nothing else."""
    event = today(4, 8)
    for n in range(3):
        person = ask("organizer", "POST", "/residents", {
            "unit": UNIT, "name": f"Contract {n}", "locale": "vi", "contacts": [{"kind": "phone", "value": f"+8491211130{n}"}],
            "consents": [consent("registration")],
        })["id"]
        ask("organizer", "POST", f"/events/{event}/registrations", {"resident": person, "party": 1})
    ask("organizer", "POST", f"/events/{event}/cancel", {"note": "Rain"})
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return ask("organizer", "POST", f"/units/{UNIT}/sheets", {"kind": "calls", "urgent": True})["id"]
        except urllib.error.HTTPError as refused:
            if refused.code != 409 or time.monotonic() > until:
                raise
            time.sleep(0.2)


def things(role, sheet):
    """Real ids by what they are of, for one role: what the roles before it ended is ended. What an operation may end for
    good is made for it here.
    """
    coming = os.environ["DEMO_COMING"]
    residents = ids("organizer", f"/residents?unit={UNIT}&limit=40")
    staff = ask("admin", "GET", f"/accounts?unit={UNIT}")["items"]
    villages = [
        ask("admin", "POST", "/units", {"kind": "village", "parent": UNIT, "names": {"vi": f"Thôn {n}"}})["id"]
        for n in range(5)
    ]
    accounts = [
        ask("admin", "POST", "/accounts", {"login": f"contract.{role}.{n}", "name": "Contract", "unit": UNIT})["id"]
        for n in range(5)
    ]
    return {
        "sheets": [sheet],
        "own": [account["id"] for account in staff if account["login"] == role],
        "units": [UNIT],
        "staff": [account["id"] for account in staff],
        "villages": villages,
        "accounts": accounts,
        "events": drafts(16) + [coming, os.environ["DEMO_PAST"]],
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
NOUNS = ["units", "accounts", "events", "residents", "scorecards", "sheets"]
ONLY = {
    "close-unit": ("path.id", "villages"), "rename-unit": ("path.id", "villages"), "create-unit": ("body.kind", "villagekind"),
    "print-sheet": ("body.kind", "sheetkinds"), "add-notice": ("body.kind", "notices"),
    "erase-resident": ("path.id", "spare"), "merge-residents": ("path.id", "spare"),
}


def counted(event):
    """The path of a count at the door of the event."""
    entry = str(uuid.uuid4())
    ask("organizer", "POST", f"/events/{event}/attendance", {"scans": [{"id": entry, "source": "tally", "people": 3}]})
    return {"id": event, "entry": entry}


def wholes(role, real):
    """Whole requests that succeed, for what rules let no made-up one through. Most make what the next one needs."""
    unit, village, account, sheet = {"id": UNIT}, real["villages"], real["accounts"], {"id": real["sheets"][0]}
    begun, over = today(-2, 3), today(-4, 1)
    ask("organizer", "POST", f"/events/{over}/close")
    tried = [{"number": 2, "outcome": "not_reached"}]
    ask("organizer", "POST", f"/sheets/{sheet['id']}/results", {"form": f"before {role}", "results": tried})
    draft, submitted, approved, published = ([{"id": event} for event in real["events"][n:16:4]] for n in range(4))
    gone = today(5, 6)
    ask("organizer", "POST", f"/events/{gone}/cancel", {"note": "Rain"})
    later = {"local_start": "2031-03-09T07:00", "local_end": "2031-03-09T11:00", "place": {"name": "Hall"}}
    rule = {"at": "18:00", "days_before": 1}
    event_rule = ask("organizer", "POST", f"/events/{published[0]['id']}/reminders", rule)["id"]
    unit_rule = ask("organizer", "POST", f"/units/{UNIT}/reminders", rule)["id"]
    grant = {"role": "viewer", "unit": UNIT}
    names = {"vi": "Thôn Mới"}
    return {
        "create-unit": [{"path": {}, "body": {"kind": "village", "parent": UNIT, "names": names}}],
        "rename-unit": [{"path": {"id": village[0]}, "body": {"names": names}}],
        "close-unit": [{"path": {"id": village[1]}, "body": {"at": "2031-01-01T00:00:00Z", "successors": [village[0]]}}],
        "create-account": [{"path": {}, "body": {"login": f"contract.{role}", "name": "Contract", "unit": UNIT}}],
        "grant-role": [{"path": {"id": account[0]}, "body": grant}],
        "revoke-role": [{"path": {"id": account[0]}, "body": grant}],
        "get-account-address": [{"path": {"id": account[1]}}],
        "give-account-address": [{"path": {"id": account[n]}, "body": {"address": f"contract.{role}@example.org"}} for n in range(1, 4)],
        "take-account-address": [{"path": {"id": account[1]}}],
        "issue-token": [{"path": {"id": own}, "body": {"label": "Contract", "scopes": ["events:read"]}} for own in real["own"]],
        "create-reminder": [{"path": published[0], "body": rule}],
        "replace-reminder": [{"path": published[0] | {"rid": event_rule}, "body": rule}],
        "remove-reminder": [{"path": published[0] | {"rid": event_rule}}],
        "create-unit-reminder": [{"path": unit, "body": rule}],
        "replace-unit-reminder": [{"path": unit | {"rid": unit_rule}, "body": rule}],
        "remove-unit-reminder": [{"path": unit | {"rid": unit_rule}}],
        "create-event": [{"path": {}, "body": later | {
            "unit": UNIT, "type": "volunteer", "title": "Contract", "slots": [{"id": "all", "name": "All"}]}}],
        "edit-event": [{"path": draft[0], "body": {"title": "Contract, edited"}}],
        "submit-event": [{"path": draft[1]}],
        "return-event": [{"path": submitted[0], "body": {"note": "Not yet"}}],
        "withdraw-event": [{"path": submitted[1]}],
        "approve-event": [{"path": path} for path in submitted[2:]],
        "publish-event": [{"path": path} for path in approved[1:]],
        "reschedule-event": [{"path": approved[0], "body": later}],
        "cancel-event": [{"path": published[2], "body": {"note": "Rain"}}],
        "restore-event": [{"path": {"id": gone}}],
        "try-timeline": [{"path": published[0], "body": {"act": "cancel"}}],
        "get-scorecard": [{"path": {"id": card}} for card in real["scorecards"]],
        "open-figure": [{"path": {"id": card, "criterion": "held"}} for card in real["scorecards"]],
        "verify-audit": [{"path": {}, "query": {"unit": UNIT}}],
        "list-holds": [{"path": {}}],
        "postpone-event": [{"path": published[1], "body": {"note": "Rain"}}],
        "resume-event": [{"path": published[1]}],
        "close-event": [{"path": {"id": begun}}],
        "report-event": [{"path": {"id": over}, "body": {"households": 3, "villages": 1, "officials": 2, "summary": "Done"}}],
        "undo-attendance": [{"path": counted(over)}],
        "enter-registration": [{"path": published[0], "body": {"resident": person, "party": 2}} for person in real["residents"][:3]],
        "declare-household": [{"path": {}, "body": {"residents": real["residents"][:2]}}],
        "create-resident": [{"path": {}, "body": {"unit": UNIT, "name": "Contract", "locale": "vi"}}],
        "edit-resident": [{"path": {"id": real["residents"][0]}, "body": {"locale": "en"}}],
        "log-consents": [{"path": {"id": real["residents"][0]}, "body": {
            "choices": [consent("reminders")]}}],
        "merge-residents": [{"path": {"id": real["spare"][0]}, "body": {"into": real["spare"][1]}}],
        "put-survey": [{"path": published[0], "body": {"items": [{"key": "overall"}]}}],
        "set-hold": [{"path": {}, "body": {"unit": UNIT, "reason": "contract"}}],
        "release-hold": [{"path": {"unit": UNIT}}],
        "print-sheet": [{"path": unit, "body": {"kind": "calls", "urgent": True}}],
        "get-sheet": [{"path": sheet}],
        "enter-results": [{"path": sheet, "body": {"form": f"as {role}", "results": [{"number": 1, "outcome": "not_reached"}]}}],
        "undo-result": [{"path": sheet, "body": {"form": f"as {role}", "number": 2}}],
    }


def config(real):
    """The settings of schemathesis: HERE/schemathesis.toml with the ids of this demo."""
    bind = '{{ dictionary = "{}", probability = 0.9 }}'.format
    lines = [(HERE / "schemathesis.toml").read_text(encoding="utf-8")]
    for name, values in (VALUES | {name: values for name, values in real.items() if values}).items():
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
    """The operations that never did what they are for, and how many there are."""
    with urllib.request.urlopen(URL + "/openapi.json", timeout=30) as answer:
        paths = json.load(answer)["paths"]
    all_of_them = {operation["operationId"] for methods in paths.values() for operation in methods.values()}
    done = {key.split()[0] for key in answers if key.split()[1].startswith("2")}
    return sorted(all_of_them - done), len(all_of_them)


def prepare(role, sheet, work):
    """Leaves for schemathesis what it asks with as the role."""
    real = things(role, sheet)
    (work / "schemathesis.toml").write_text(config(real), encoding="utf-8")
    *accounts, account = real["accounts"]
    *villages, village = real["villages"]
    (work / "examples.json").write_text(json.dumps({
        "wholes": wholes(role, real),
        "instead": {
            "disable-account": {"of": real["staff"] + accounts, "it": account},
            "revoke-role": {"of": real["staff"], "it": account},
            "close-unit": {"of": [UNIT] + villages, "it": village},
        },
    }), encoding="utf-8")


def main():
    program, work = sys.argv[1], Path(sys.argv[2]).resolve()
    work.mkdir(parents=True, exist_ok=True)
    sheet, failed, answers = called(), [], Counter()
    for role, phases, examples in ROLES:
        began = time.monotonic()
        print(f"\n== as {role}", flush=True)
        prepare(role, sheet, work)
        code, counts = run(role, phases, examples, program, work)
        answers += counts
        print(f"== as {role}: {counts.total()} requests in {time.monotonic() - began:.0f} s", flush=True)
        if code != 0:
            failed.append(role)
    missed, number = unreached(answers)
    print(f"\n{answers.total()} requests; {number - len(missed)} of {number} operations succeeded at least once.")
    for operation in missed:
        print(f"never: {operation}: {NEVER.get(operation, 'for no reason')}")
    if failed:
        sys.exit("the API and its description disagree: as " + ", ".join(failed))
    wrong = sorted(set(missed) ^ set(NEVER))
    if wrong:
        sys.exit("they succeed never without a reason, or with one in vain: see wholes and NEVER in contract.py: " + ", ".join(wrong))


if __name__ == "__main__":
    main()
