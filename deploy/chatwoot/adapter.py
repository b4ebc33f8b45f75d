#!/usr/bin/python3
"""Between Dundun and an API channel of Chatwoot (deploy/chatwoot.md). It keeps nothing.

A text that comes in (webhook `mo_url`) becomes a message of the contact with that number. What an
agent answers (webhook of the channel) is sent, with Chatwoot's message id as Idempotency-Key.
"""
import base64
import hashlib
import hmac
import json
import os
import re
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY_BYTES_MAX = 1 << 20
ANSWER_BYTES_MAX = 4 << 20
SIGNATURE_AGE_S_MAX = 300
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


class Refused(Exception):
    """What the caller gets instead of 200."""

    def __init__(self, status, why):
        super().__init__(why)
        self.status = status


def setting(name, default=None):
    file = os.environ.get(name + "_FILE")
    value = open(file, encoding="utf-8").read().strip() if file else os.environ.get(name, default)
    if not value:
        sys.exit(f"adapter: {name} is not set")
    return value


class Settings:
    def __init__(self):
        self.listen = setting("LISTEN", "127.0.0.1:8095")
        self.dundun = setting("DUNDUN_URL").rstrip("/")
        self.key = setting("DUNDUN_KEY")
        self.webhook_secret = setting("DUNDUN_WEBHOOK_SECRET")
        # A name approved for the recipients' countries, or a number of the app's: +254…
        self.sender = os.environ.get("DUNDUN_SENDER", "")
        self.chatwoot = setting("CHATWOOT_URL").rstrip("/")
        self.account = int(setting("CHATWOOT_ACCOUNT"))
        self.inbox = int(setting("CHATWOOT_INBOX"))
        self.token = setting("CHATWOOT_TOKEN")
        self.path_secret = setting("CHATWOOT_PATH_SECRET")
        self.timeout_s = float(setting("TIMEOUT_S", "4"))  # Chatwoot waits for 5 s


def ask(url, headers, body=None, timeout_s=4.0, method=None):
    """Status and JSON of the answer; 503 for the caller if there is none."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            return answer.status, parsed(answer.read(ANSWER_BYTES_MAX))
    except urllib.error.HTTPError as error:
        return error.code, parsed(error.read(ANSWER_BYTES_MAX))
    except (OSError, ValueError) as error:
        raise Refused(503, f"{urllib.parse.urlsplit(url).netloc} does not answer") from error


def parsed(raw):
    try:
        return json.loads(raw or b"{}")
    except ValueError:
        return {}


class Chatwoot:
    """Chatwoot's application API, as far as one inbox needs it."""

    def __init__(self, settings):
        self.settings = settings
        self.base = f"{settings.chatwoot}/api/v1/accounts/{settings.account}"

    def call(self, path, body=None):
        status, answer = ask(self.base + path, {"api_access_token": self.settings.token}, body,
                             self.settings.timeout_s)
        if status == 422:
            return None  # somebody was faster
        if not 200 <= status < 300:
            raise Refused(503, f"Chatwoot answered {status}")
        return answer

    def find_contact(self, number):
        found = self.call("/contacts/search?q=" + urllib.parse.quote(number, safe=""))
        for contact in (found or {}).get("payload", []):
            if number in (contact.get("phone_number"), contact.get("identifier")):
                return contact["id"]
        return None

    def contact(self, number):
        contact = self.find_contact(number)
        if contact is not None:
            return contact
        body = {"inbox_id": self.settings.inbox, "name": number}
        if NUMBER.fullmatch(number):
            body["phone_number"] = number
        else:
            body["identifier"] = number  # a short code or a name
        made = self.call("/contacts", body)
        if made is None:
            return self.must(self.find_contact(number))
        return made["payload"]["contact"]["id"]

    @staticmethod
    def must(contact):
        if contact is None:
            raise Refused(503, "Chatwoot neither makes the contact nor has it")
        return contact

    def conversation(self, contact):
        """The newest of this inbox that is not resolved; otherwise a new one."""
        found = self.call(f"/contacts/{contact}/conversations")
        fitting = [one["id"] for one in (found or {}).get("payload", [])
                   if one.get("inbox_id") == self.settings.inbox and one.get("status") != "resolved"]
        if fitting:
            return max(fitting)
        made = self.call("/conversations", {"inbox_id": self.settings.inbox,
                                            "contact_id": contact, "status": "open"})
        return self.must(made)["id"]

    def has(self, conversation, inbound_id):
        found = self.call(f"/conversations/{conversation}/messages")
        return any((one.get("content_attributes") or {}).get("dundun_id") == inbound_id
                   for one in (found or {}).get("payload", []))

    def add(self, conversation, inbound_id, text):
        made = self.call(f"/conversations/{conversation}/messages",
                         {"content": text, "message_type": "incoming",
                          "content_attributes": {"dundun_id": inbound_id}})
        if made is None:
            raise Refused(503, "Chatwoot does not take the message")


class Adapter:
    def __init__(self, settings):
        self.settings = settings
        self.chatwoot = Chatwoot(settings)
        self.turn = threading.Lock()  # two texts of a new number make one contact

    def check_signature(self, headers, body):
        sent_at = headers.get("webhook-timestamp", "")
        if not sent_at.isdigit() or abs(time.time() - int(sent_at)) > SIGNATURE_AGE_S_MAX:
            raise Refused(401, "webhook-timestamp is missing or too far off")
        key = base64.b64decode(self.settings.webhook_secret.removeprefix("whsec_"))
        signed = f"{headers.get('webhook-id', '')}.{sent_at}.".encode() + body
        wanted = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        given = headers.get("webhook-signature", "").split(" ")
        if not any(hmac.compare_digest(wanted.encode(), one.encode()) for one in given):
            raise Refused(401, "webhook-signature is wrong")

    def from_dundun(self, headers, body):
        self.check_signature(headers, body)
        event = parsed(body)
        if event.get("event") != "message.inbound":
            return "ignored"
        inbound_id, number, text = (str(event.get(name) or "")
                                    for name in ("message_id", "from", "text"))
        if not inbound_id or not number:
            raise Refused(400, "message_id or from is missing")
        with self.turn:
            conversation = self.chatwoot.conversation(self.chatwoot.contact(number))
            # The same call comes again after an answer that was lost.
            if self.chatwoot.has(conversation, inbound_id):
                return "known"
            self.chatwoot.add(conversation, inbound_id, text or " ")
        return "taken"

    def from_chatwoot(self, body):
        event = parsed(body)
        is_answer = (event.get("event") == "message_created"
                     and event.get("message_type") in ("outgoing", "template")
                     and not event.get("private")
                     and (event.get("inbox") or {}).get("id") == self.settings.inbox)
        if not is_answer:
            return "ignored"
        text = str(event.get("content") or "")
        if not text.strip():
            raise Refused(422, "only texts can be sent, no attachments")
        sender = ((event.get("conversation") or {}).get("meta") or {}).get("sender") or {}
        number = str(sender.get("phone_number") or "")
        if not NUMBER.fullmatch(number):
            raise Refused(422, "the contact has no phone number with its country code")
        return self.send(f"chatwoot-{self.settings.account}-{int(event['id'])}", number, text)

    def send(self, key, number, text):
        own_number = self.settings.sender.startswith("+")
        if own_number:
            url = self.settings.dundun + "/v1/sms/send"
            headers = {"X-API-Key": self.settings.key}
            body = {"to": number, "from": self.settings.sender, "body": text}
        else:
            url = self.settings.dundun + "/v1/messages/send"
            headers = {"Authorization": "Bearer " + self.settings.key}
            body = {"to": number, "text": text}
            if self.settings.sender:
                body["sender_id"] = self.settings.sender
        headers["Idempotency-Key"] = key
        status, answer = ask(url, headers, body, self.settings.timeout_s)
        if 200 <= status < 300:
            return "sent"
        why = answer.get("message") or answer.get("error") or answer.get("detail") or ""
        raise Refused(422 if 400 <= status < 500 and status not in (409, 429) else 503,
                      f"Dundun answered {status}: {why}"[:300])


class Handler(BaseHTTPRequestHandler):
    adapter = None
    server_version, sys_version = "dundun-chatwoot", ""
    timeout = 20  # of a read

    def do_POST(self):
        try:
            self.answer(200, {"result": self.result()})
        except Refused as refused:
            self.log_message("%s: %s", self.path.split("/")[1][:20], refused)
            self.answer(refused.status, {"error": str(refused)})
        except (KeyError, TypeError, ValueError, AttributeError):
            self.answer(400, {"error": "not an event as it is documented"})

    def result(self):
        size = int(self.headers.get("Content-Length") or 0)
        if not 0 < size <= BODY_BYTES_MAX:
            raise Refused(413, "the body is empty or too large")
        body = self.rfile.read(size)
        if self.path == "/dundun":
            return self.adapter.from_dundun(self.headers, body)
        wanted = "/chatwoot/" + self.adapter.settings.path_secret
        if hmac.compare_digest(self.path.encode(), wanted.encode()):
            return self.adapter.from_chatwoot(body)
        raise Refused(404, "no such path")

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 503:
            self.send_header("Retry-After", "5")
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code="-", size="-"):
        pass  # the path is a secret


def main():
    settings = Settings()
    host, _, port = settings.listen.rpartition(":")
    Handler.adapter = Adapter(settings)
    ThreadingHTTPServer((host, int(port)), Handler).serve_forever()


if __name__ == "__main__":
    main()
