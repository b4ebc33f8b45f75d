"""A TLS server on 127.0.0.1 before a plain one: what an SMSC with TLS looks like.

Usage: tls_proxy.py PORT TARGET_PORT CERTIFICATE_AND_KEY [CLIENTS_CA]
"""
import socket
import ssl
import sys
import threading


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(plain, context, target_port):
    try:
        secure = context.wrap_socket(plain, server_side=True)
    except (OSError, ssl.SSLError):
        plain.close()
        return
    target = socket.create_connection(("127.0.0.1", target_port))
    threading.Thread(target=pump, args=(target, secure), daemon=True).start()
    pump(secure, target)


def main():
    port, target_port, certificate, *clients = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if clients:
        context.load_verify_locations(clients[0])
        context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", int(port))) as listener:
        while True:
            plain, _ = listener.accept()
            threading.Thread(
                target=serve, args=(plain, context, int(target_port)), daemon=True
            ).start()


main()
