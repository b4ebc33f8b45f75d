"""A mail server that keeps what it gets, for tests: aiosmtpd, which knows nothing of ours.

Usage: smtp_sink.py FOLDER. FOLDER has cert.pem and key.pem (without them it offers no TLS), and
`mode`, read at each recipient: ok, or an answer such as "451 later". Writes FOLDER/port, and for each
mail FOLDER/NNN.json: from, to, subject, text, tls, user, auto.
"""
import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder = sys.argv[1]
count = 0


class Keeper:
    async def handle_RCPT(self, server, session, envelope, address, options):
        with open(os.path.join(folder, "mode")) as file:
            mode = file.read().strip()
        if mode != "ok":
            return mode
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global count
        count += 1
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        kept = {
            "from": envelope.mail_from,
            "to": ",".join(envelope.rcpt_tos),
            "subject": str(mail["Subject"]),
            "text": mail.get_content(),
            "tls": session.ssl is not None,
            "user": session.auth_data or "",
            "auto": str(mail["Auto-Submitted"]),
        }
        path = os.path.join(folder, "%03d.json" % count)
        with open(path + ".new", "w") as file:
            json.dump(kept, file)
        os.rename(path + ".new", path)
        return "250 kept"


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"dundun", b"a password for mail")
    return AuthResult(success=good, auth_data=data.login.decode())


def make_server():
    cert = os.path.join(folder, "cert.pem")
    if not os.path.exists(cert):
        return SMTP(Keeper())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, os.path.join(folder, "key.pem"))
    return SMTP(Keeper(), tls_context=context, require_starttls=True, auth_required=True,
                authenticator=authenticate)


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(make_server, "127.0.0.1", 0)
    path = os.path.join(folder, "port")
    with open(path + ".new", "w") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    os.rename(path + ".new", path)
    await server.serve_forever()


asyncio.run(main())
