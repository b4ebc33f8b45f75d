"""An authenticator of passkeys, for tests: written against WebAuthn Level 3 with cbor2 and
cryptography, which know nothing of ours.

Usage: passkey.py KEY_FILE < ASKED.json > CREDENTIAL.json. ASKED has `options`, what navigator would
be given (with pubKeyCredParams a passkey is made, otherwise it is shown), and `tweaks`: what this
one does otherwise than a good one. The passkey is kept in KEY_FILE.

tweaks: alg, origin, rp_id, type, challenge, cross_origin, up, uv, counter, backup (false, eligible,
done), user_handle, id, format, flip (a part whose last bit is turned), cut (a part and how many bytes
of it stay), attestation (hex, instead).
"""
import base64
import hashlib
import json
import os
import sys

import cbor2
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def big(number):
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def new_key(alg):
    """The key, and its COSE form."""
    if alg == -8:
        key = ed25519.Ed25519PrivateKey.generate()
        raw = key.public_key().public_bytes(serialization.Encoding.Raw,
                                            serialization.PublicFormat.Raw)
        return key, {
  1 : 1, 3 : -8, -1 : 6, -2 : raw}
    if alg == -257:
        key = rsa.generate_private_key(65537, 2048)
        public = key.public_key().public_numbers()
        return key, {
  1 : 3, 3 : -257, -1 : big(public.n), -2 : big(public.e)}
    if alg == -36:
        key = ec.generate_private_key(ec.SECP521R1())
        public = key.public_key().public_numbers()
        return key, {1: 2, 3: -36, -1: 3, -2: public.x.to_bytes(66, "big"),
                     -3: public.y.to_bytes(66, "big")}
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_numbers()
    return key, {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"),
                 -3: public.y.to_bytes(32, "big")}


def sign(key, message):
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


asked = json.load(sys.stdin)
options, tweaks = asked["options"], asked.get("tweaks", {})
making = "pubKeyCredParams" in options
path = sys.argv[1]


def client_data(origin):
    data = {
  "type" : "webauthn.create" if making else "webauthn.get",
           "challenge" : options["challenge"],
                         "origin" : origin,
                                    "crossOrigin" : False}
    for name, member in (("type", "type"), ("challenge", "challenge"), ("origin", "origin"),
                         ("cross_origin", "crossOrigin")):
        if name in tweaks:
            data[member] = tweaks[name]
    return json.dumps(data).encode()


def authenticator_data(rp_id, counter, credential=b""):
    flags = (1 if tweaks.get("up", True) else 0) | (4 if tweaks.get("uv", True) else 0)
    flags |= {"false": 0, "eligible": 8, "done": 24, "torn": 16}[tweaks.get("backup", "false")]
    flags |= 64 if credential else 0
    rp_id_hash = hashlib.sha256(tweaks.get("rp_id", rp_id).encode()).digest()
    return rp_id_hash + bytes([flags]) + counter.to_bytes(4, "big") + credential


def tampered(part, data):
    """The bytes of a part, as the tweaks want them."""
    if tweaks.get("flip") == part:
        data = data[:-1] + bytes([data[-1] ^ 1])
    if part in tweaks.get("cut", {}):
        data = data[:tweaks["cut"][part]]
    return b64(data)


def make():
    key, cose = new_key(tweaks.get("alg", -7))
    credential_id = os.urandom(32)
    attested = (bytes(16) + len(credential_id).to_bytes(2, "big") + credential_id
                + cbor2.dumps(cose, canonical=True))
    data = authenticator_data(options["rp"]["id"], tweaks.get("counter", 1), attested)
    attestation = cbor2.dumps({"fmt": tweaks.get("format", "none"), "attStmt": {},
                               "authData": data})
    if "attestation" in tweaks:
        attestation = bytes.fromhex(tweaks["attestation"])
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                            serialization.NoEncryption()).decode()
    with open(path, "w") as file:
        json.dump({"key": pem, "id": b64(credential_id), "counter": tweaks.get("counter", 1),
                   "handle": options["user"]["id"], "rp_id": options["rp"]["id"]}, file)
    return credential_id, {
        "clientDataJSON": tampered("clientDataJSON", client_data(asked["origin"])),
        "attestationObject": tampered("attestationObject", attestation),
        "transports": ["internal", "a word of tomorrow"],
    }


def show():
    with open(path) as file:
        kept = json.load(file)
    kept["counter"] = tweaks.get("counter", kept["counter"] + 1)
    with open(path, "w") as file:
        json.dump(kept, file)
    key = serialization.load_pem_private_key(kept["key"].encode(), None)
    data = authenticator_data(kept["rp_id"], kept["counter"])
    said = client_data(asked["origin"])
    signature = sign(key, data + hashlib.sha256(said).digest())
    return unb64(kept["id"]), {
        "clientDataJSON": tampered("clientDataJSON", said),
        "authenticatorData": tampered("authenticatorData", data),
        "signature": tampered("signature", signature),
        "userHandle": tweaks.get("user_handle", kept["handle"]),
    }


raw_id, response = make() if making else show()
shown_id = tweaks.get("id", b64(raw_id))
json.dump({"id": shown_id, "rawId": shown_id, "type": "public-key", "response": response,
           "authenticatorAttachment": "platform", "clientExtensionResults": {}}, sys.stdout)
