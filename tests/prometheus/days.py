#!/usr/bin/env python3
"""Tries deploy/prometheus/dundun.rules.yml: each alarm fires on a made-up day of its own, alone, and a
normal day is silent. Writes promtool's tests and runs them: days.py [FOLDER]."""
import json
import os
import re
import subprocess
import sys

RULES = os.path.abspath("deploy/prometheus/dundun.rules.yml")
MINUTES = 90  # of a day; alarms are asked for at the end
RC = 'route="ESMS_KE",carrier="acme"'


def still(value):
    return f"{value}x{MINUTES}"


def rising(step):
    return f"0+{step}x{MINUTES}"


# Two schedulers, as on two hosts, tell the same.
NORMAL = {
    'up{job="dundun",instance="a"}': still(1),
    **{f'dundun_hour_messages{{{RC},status="delivered",pid="{pid}"}}': still(950) for pid in (1, 2)},
    **{f'dundun_hour_messages{{{RC},status="failed",pid="{pid}"}}': still(50) for pid in (1, 2)},
    **{f'dundun_week_messages{{{RC},status="delivered",pid="{pid}"}}': still(6700) for pid in (1, 2)},
    **{f'dundun_week_messages{{{RC},status="failed",pid="{pid}"}}': still(300) for pid in (1, 2)},
    'dundun_carrier_usable{carrier="acme"}': still(1),
    'dundun_submits_total{carrier="acme",outcome="accepted"}': rising(100),
    'dundun_submits_total{carrier="acme",outcome="refused"}': rising(2),
    'dundun_submits_total{carrier="acme",outcome="unknown"}': still(3),
    'dundun_submits_total{carrier="loopback",outcome="accepted"}': rising(100),
    'dundun_receipts_total{carrier="acme",status="delivered"}': rising(95),
    'dundun_receipts_error_total{carrier="acme",code="27"}': rising(3),
    'dundun_receipts_unknown_word_total{carrier="acme"}': still(4),
    "dundun_receipts_unmatched": still(7),
    **{f'dundun_queue_age_seconds{{queue="{q}"}}': still(2)
       for q in ("events", "messages", "claims", "receipts", "mail", "webhooks")},
    'dundun_requests_total{route="POST /messages/send",status="2xx"}': rising(6000),
    'dundun_requests_total{route="POST /messages/send",status="5xx"}': rising(1),
    'dundun_request_seconds_bucket{route="POST /messages/send",le="0.05"}': rising(6000),
    'dundun_request_seconds_bucket{route="POST /messages/send",le="10"}': rising(6001),
    'dundun_request_seconds_bucket{route="POST /messages/send",le="+Inf"}': rising(6001),
    "dundun_journal_failed_batches_total": still(3),
    "dundun_held": still(0),
    "dundun_ws_redis_up": still(1),
    'dundun_payments_alarms_total{alarm="payment_paid_twice"}': still(1),
    "dundun_fx_feed_ok": still(1),
    "dundun_mails_given_up": still(0),
    "dundun_webhooks_dead": still(12),
    'dundun_build_info{version="0.2.0",pid="1"}': still(1),
    'dundun_build_info{version="0.2.0",pid="2"}': still(1),
}
QUEUE = 'dundun_queue_age_seconds{queue="%s"}'
HOUR = 'dundun_hour_messages{' + RC + ',status="%s",pid="%d"}'
GONE = None
# What differs from the normal day, and the labels of the alarm that has to come of it.
DAYS = [
    ("DundunDeliveryFell", {HOUR % ("delivered", p): still(800) for p in (1, 2)} |
     {HOUR % ("failed", p): still(200) for p in (1, 2)}, {"route": "ESMS_KE", "carrier": "acme"}),
    ("DundunVolumeUnusual", {HOUR % ("delivered", p): still(9000) for p in (1, 2)},
     {"route": "ESMS_KE", "carrier": "acme"}),
    ("DundunCarrierDown", {'dundun_carrier_usable{carrier="acme"}': still(0)}, {"carrier": "acme"}),
    ("DundunCarrierRefuses",
     {'dundun_submits_total{carrier="acme",outcome="refused"}': rising(40)}, {"carrier": "acme"}),
    ("DundunSubmitsInDoubt",
     {'dundun_submits_total{carrier="acme",outcome="unknown"}': rising(5)}, {"carrier": "acme"}),
    ("DundunReceiptsStopped",
     {'dundun_receipts_total{carrier="acme",status="delivered"}': still(900)}, {"carrier": "acme"}),
    ("DundunReceiptsUnmatched", {"dundun_receipts_unmatched": still(400)}, {}),
    ("DundunReceiptsNotUnderstood",
     {'dundun_receipts_unknown_word_total{carrier="acme"}': rising(1)}, {"carrier": "acme"}),
    ("DundunDown", {'up{job="dundun",instance="a"}': still(0)}, {"job": "dundun", "instance": "a"}),
    ("DundunNoScheduler", {QUEUE % "messages": GONE}, {"queue": "messages"}),
    *[("DundunQueueLate", {QUEUE % queue: still(age)}, {"queue": queue})
      for queue, age in (("events", 90), ("messages", 400), ("claims", 130), ("receipts", 400),
                         ("mail", 1000), ("webhooks", 400))],
    ("DundunErrors",
     {'dundun_requests_total{route="POST /messages/send",status="5xx"}': rising(100)}, {}),
    ("DundunSlow",
     {'dundun_request_seconds_bucket{route="POST /messages/send",le="0.05"}': rising(5000)}, {}),
    ("DundunJournalFails", {"dundun_journal_failed_batches_total": rising(1)}, {}),
    ("DundunRedisAway", {"dundun_ws_redis_up": still(0)}, {}),
    ("DundunPaymentsOdd", {'dundun_payments_alarms_total{alarm="payment_paid_twice"}': rising(1)},
     {"alarm": "payment_paid_twice"}),
    ("DundunRatesOld", {"dundun_fx_feed_ok": still(0)}, {}),
    ("DundunMailsGivenUp", {"dundun_mails_given_up": still(2)}, {}),
    ("DundunWebhooksDead", {"dundun_webhooks_dead": still(5000)}, {}),
    ("DundunHeld", {"dundun_held": still(1)}, {}),
    ("DundunReleasesDiffer", {'dundun_build_info{version="0.1.0",pid="3"}': still(1)}, {}),
]
# Nearly an alarm: fewer than 100 messages say nothing, and one bad minute is none.
QUIET = [
    {HOUR % ("delivered", p): still(40) for p in (1, 2)} | {HOUR % ("failed", p): still(50)
                                                            for p in (1, 2)},
    {'up{job="dundun",instance="a"}': f"1x{MINUTES - 2} 0 0"},
    {QUEUE % "messages": still(290)},
]

alarms = re.findall(r"alert: (\w+)", open(RULES, encoding="utf-8").read())
severity = dict(re.findall(r"alert: (\w+).*?severity: (\w+)", open(RULES, encoding="utf-8").read(),
                           re.S))
page = open("deploy/watching.md", encoding="utf-8").read()
wrong = [f"{name} has no day in tests/prometheus/days.py" for name in alarms
         if name not in [day[0] for day in DAYS]]
wrong += [f"deploy/watching.md does not say what to do about {name}" for name in alarms
          if f"`{name}`" not in page]


def test(changes, fires, labels):
    series = {k: v for k, v in (NORMAL | changes).items() if v is not GONE}
    return {"interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in series.items()],
            "alert_rule_test": [
                {"eval_time": f"{MINUTES}m", "alertname": name,
                 "exp_alerts": [{"exp_labels": labels | {"severity": severity[name]}}]
                 if name == fires else []} for name in alarms]}


def without_words(rules):
    """Annotations are words: promtool would compare them to the letter."""
    kept, skipping = [], False
    for line in rules.split("\n"):
        indent = len(line) - len(line.lstrip())
        if line.strip() == "annotations:":
            skipping, level = True, indent
        elif skipping and indent <= level and line.strip():
            skipping = False
        if not skipping:
            kept.append(line)
    return "\n".join(kept)


folder = sys.argv[1] if len(sys.argv) > 1 else "build/prometheus"
os.makedirs(folder, exist_ok=True)
with open(f"{folder}/rules.yml", "w", encoding="utf-8") as out:
    out.write(without_words(open(RULES, encoding="utf-8").read()))
days = [test({}, None, {})] + [test(*(day[1], day[0], day[2])) for day in DAYS]
days += [test(changes, None, {}) for changes in QUIET]
with open(f"{folder}/days.yml", "w", encoding="utf-8") as out:  # JSON is YAML
    json.dump({"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": days}, out)
for command in (["check", "rules", RULES], ["test", "rules", f"{folder}/days.yml"]):
    run = subprocess.run(["promtool", *command], capture_output=True, text=True)
    if run.returncode != 0:
        wrong.append(run.stdout + run.stderr)
for line in wrong:
    print(line)
sys.exit(1 if wrong else 0)
