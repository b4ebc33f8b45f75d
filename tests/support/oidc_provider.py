"""An OpenID provider, for tests: RSA and EC keys of `cryptography`, which knows nothing of ours.

Usage: oidc_provider.py FOLDER. Writes FOLDER/port. FOLDER/tweaks (JSON, read at each request) says
what it does otherwise than a good one: claims (put over the usual ones; null takes one away), alg,
kid, forge (the signature's last bit is turned), down (a status for everything), token_status,
rotate (a new key is published and signs), issuer (of the document), asked (written by it: the last
request to the token endpoint, and how often each document was fetched).
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

folder = sys.argv[1]
CLIENT, SECRET = "dundun at work", "a secret / of & ours"
codes, counts = {}, {}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def big(number, size=None):
    return number.to_bytes(size or (number.bit_length() + 7) // 8, "big")


def new_keys(kid):
    return {"RS256": (kid + "-rsa", rsa.generate_private_key(65537, 2048)),
            "ES256": (kid + "-ec", ec.generate_private_key(ec.SECP256R1()))}


keys = {"published": new_keys("one"), "other": new_keys("two")}


def jwk(alg, kid, key):
    public = key.public_key().public_numbers()
    if alg == "RS256":
        return {
  "kty" : "RSA", "kid" : kid, "use" : "sig", "n" : b64(big(public.n)), "e" : b64(big(public.e))}
    return {"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "x": b64(big(public.x, 32)),
            "y": b64(big(public.y, 32))}


def signed(alg, message):
    """The signature, and the key's id; `none` and HS256 as attackers make them."""
    if alg == "none":
        return b"", None
    if alg == "HS256":
        kid, key = keys["published"]["RS256"]
        secret = json.dumps(jwk("RS256", kid, key)).encode()
        return hmac.new(secret, message, hashlib.sha256).digest(), kid
    kid, key = keys["other" if tweaks().get("rotate") or tweaks().get("foreign") else
                    "published"][alg]
    if alg == "RS256":
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256()), kid
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return big(r, 32) + big(s, 32), kid


def tweaks():
    try:
        with open(os.path.join(folder, "tweaks")) as file:
            return json.load(file)
    except (FileNotFoundError, ValueError):
        return {}


def id_token(nonce):
    wanted = tweaks()
    alg = wanted.get("alg", "RS256")
    now = int(time.time())
    claims = {
  "iss" : issuer,
          "aud" : CLIENT,
                  "sub" : "person-1",
                          "exp" : now + 300,
                          "iat" : now,
                                  "nonce" : nonce,
                                            "email" : "ann@example.com",
                                                      "email_verified" : True,
                                                                         "name" : "Ann"}
    for name, value in wanted.get("claims", {}).items():
        if value is None:
            claims.pop(name, None)
        elif name in ("exp", "iat", "nbf"):
            claims[name] = now + value
        else:
            claims[name] = value
    kid = signed(alg, b"")[1]
    header = {
  "alg" : alg, "typ" : "JWT", **({ "kid" : kid } if kid else {}), **wanted.get("header", {})}
    message = (b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims).encode())).encode()
    signature = signed(alg, message)[0]
    if wanted.get("forge"):
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    return message.decode() + "." + b64(signature)


class Provider(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        data = json.dumps(body).encode()
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def count(self):
        path = urllib.parse.urlsplit(self.path).path
        counts[path] = counts.get(path, 0) + 1
        with open(os.path.join(folder, "counts"), "w") as file:
            json.dump(counts, file)
        return path

    def do_GET(self):
        path = self.count()
        if "down" in tweaks():
            return self.answer(tweaks()["down"], {})
        if path == "/.well-known/openid-configuration":
            return self.answer(200, {
                "issuer": tweaks().get("issuer", issuer),
                "authorization_endpoint": issuer + "/authorize",
                "token_endpoint": issuer + "/token", "jwks_uri": issuer + "/keys",
                "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                "code_challenge_methods_supported": ["S256"]})
        if path == "/keys":
            published = dict(keys["other"] if tweaks().get("rotate") else keys["published"])
            return self.answer(200, {"keys": [jwk(alg, *key) for alg, key in published.items()]})
        if path == "/authorize":  # whoever comes is somebody, and agrees
            query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
            if query.get("client_id") != CLIENT or query.get("code_challenge_method") != "S256":
                return self.answer(400, {"error": "invalid_request"})
            code = b64(os.urandom(16))
            codes[code] = query
            back = urllib.parse.urlencode({"code": code, "state": query["state"]})
            return self.answer(302, {}, [("Location", query["redirect_uri"] + "?" + back)])
        return self.answer(404, {})

    def do_POST(self):
        self.count()
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(urllib.parse.parse_qsl(body))
        if "token_status" in tweaks():
            return self.answer(tweaks()["token_status"], {"error": "invalid_grant"})
        basic = base64.b64decode(self.headers.get("Authorization", "Basic ")[6:]).decode()
        client = tuple(urllib.parse.unquote(part) for part in basic.split(":"))
        asked = codes.pop(form.get("code"), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (client != (CLIENT, SECRET) or asked is None
                or b64(verifier) != asked["code_challenge"]
                or form.get("redirect_uri") != asked["redirect_uri"]):
            return self.answer(400, {"error": "invalid_grant"})
        return self.answer(200, {"token_type": "Bearer", "access_token": "none of yours",
                                 "id_token": id_token(asked["nonce"])})

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
issuer = f"http://127.0.0.1:{server.server_address[1]}"
with open(os.path.join(folder, "port.new"), "w") as file:
    file.write(str(server.server_address[1]))
os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
server.serve_forever()
