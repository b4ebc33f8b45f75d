#!/usr/bin/env python3
"""What the shipped programs are made of, as CycloneDX 1.5 JSON on stdout: the Debian packages that
they are linked with, those whose headers are compiled in, the servers beside them, and what of npm
is inside the portal.

Usage: sbom.py FOLDER [PROGRAM…]   the programs in FOLDER
       sbom.py --check FILE        complains about a list that is not whole
"""
import hashlib
import json
import os
import re
import subprocess
import sys
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HEADERS_ONLY = ["rapidjson-dev"]  # nothing of them is linked, and all of them is inside
SERVERS = ["nginx", "redis-server", "postgresql-15", "kannel"]  # what Dundun does not run without
NPM = re.compile(r"^pkg:npm/(%40[a-z0-9-]+/)?[a-z0-9.-]+@[0-9][\w.-]*$")
DEB = re.compile(r"^pkg:deb/debian/[a-z0-9][a-z0-9.%A-F-]*@[^@?]+\?arch=[a-z0-9]+&distro=debian-\d+$")


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def distribution():
    with open("/etc/os-release") as file:
        return dict(line.rstrip().split("=", 1) for line in file if "=" in line)["VERSION_ID"].strip('"')


def packages_of(program):
    """The Debian packages of the libraries that a program is linked with."""
    paths = re.findall(r"(/\S+) \(0x", said("ldd", program))
    # Debian moved /lib to /usr/lib; some packages still say the one, some the other.
    wanted = {form for path in paths for form in
              (os.path.realpath(path), path, os.path.realpath(path).replace("/usr/lib", "/lib", 1))}
    found = subprocess.run(["dpkg", "-S", *sorted(wanted)], capture_output=True, text=True).stdout
    return sorted({line.split(":")[0] for line in found.splitlines() if ": /" in line})


def facts_of(packages):
    form = "${binary:Package}\t${Version}\t${Architecture}\t${Homepage}\t${source:Package}\n"
    lines = said("dpkg-query", "-W", "-f", form, *packages).splitlines()
    return {line.split("\t")[0].split(":")[0]: line.split("\t")[1:] for line in lines}


def component(package, scope, distro, facts):
    version, architecture, homepage, source = facts[package]
    encoded = version.replace("+", "%2B").replace(":", "%3A").replace("~", "%7E")
    purl = (f"pkg:deb/debian/{package.replace('+', '%2B')}@{encoded}"
            f"?arch={architecture}&distro=debian-{distro}")
    about = {"type": "application" if package in SERVERS else "library", "bom-ref": purl,
             "name": package, "version": version, "scope": scope, "purl": purl,
             "properties": [{"name": "debian:source", "value": source}]}
    if homepage:
        about["externalReferences"] = [{"type": "website", "url": homepage}]
    return about


def portal_parts():
    """What of npm is inside the portal's page: no tool that builds it."""
    with open(os.path.join(ROOT, "portal/package-lock.json")) as file:
        packages = json.load(file)["packages"]
    wanted, parts = sorted(packages[""]["dependencies"]), {}
    while wanted:
        name = wanted.pop()
        about = packages["node_modules/" + name]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{about['version']}"
        parts[name] = {"type": "library", "bom-ref": purl, "name": name, "version": about["version"],
                       "scope": "required", "purl": purl,
                       "licenses": [{"license": {"id": about["license"]}}]}
        wanted += [inner for inner in about.get("dependencies", {}) if inner not in parts]
    return [parts[name] for name in sorted(parts)]


def program_of(path):
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    name = os.path.basename(path)
    return {"type": "application", "bom-ref": "dundun/" + name, "name": name,
            "hashes": [{"alg": "SHA-256", "content": digest}]}


def make(folder, names):
    distro = distribution()
    version = said("git", "describe", "--always", "--dirty").strip()
    programs = [program_of(os.path.join(folder, name)) for name in names]
    depends = {name: packages_of(os.path.join(folder, name)) for name in names}
    linked = sorted({package for packages in depends.values() for package in packages})
    facts = facts_of(linked + HEADERS_ONLY + SERVERS)
    packages = {name: component(name, "required", distro, facts) for name in linked + HEADERS_ONLY}
    servers = [component(name, "optional", distro, facts) for name in SERVERS]
    refs = {name: about["bom-ref"] for name, about in packages.items()}
    whole = {"type": "application", "bom-ref": "dundun", "name": "dundun", "version": version,
             "licenses": [{"license": {"name": "see LICENSE"}}]}
    portal = portal_parts()
    dependencies = [{"ref": "dundun",
                     "dependsOn": [p["bom-ref"] for p in programs + servers + portal]}]
    for name in names:
        inside = depends[name] + HEADERS_ONLY
        dependencies.append({"ref": "dundun/" + name, "dependsOn": sorted(refs[p] for p in inside)})
    body = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"timestamp": said("git", "log", "-1", "--format=%cI").strip(),
                         "component": whole},
            "components": programs + list(packages.values()) + servers + portal,
            "dependencies": dependencies}
    # The same programs have the same list.
    body["serialNumber"] = "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(body)))
    return body


def complaints(body):
    """What the specification and we miss in a list."""
    if body.get("bomFormat") != "CycloneDX" or body.get("specVersion") != "1.5":
        yield "is no CycloneDX 1.5"
    if not re.match(r"^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", body.get("serialNumber", "")):
        yield "has no serial number"
    refs = [about.get("bom-ref") for about in body.get("components", [])]
    if len(set(refs)) != len(refs):
        yield "names a part twice"
    for about in body.get("components", []):
        name = about.get("name", "?")
        if about.get("type") not in ("application", "library"):
            yield f"{name} has no type"
        if "purl" in about and not (DEB.match(about["purl"]) or NPM.match(about["purl"])):
            yield f"{name} has a purl that cannot be read: {about['purl']}"
        if "purl" not in about and not about.get("hashes"):
            yield f"{name} has neither purl nor hash"
    known = set(refs) | {"dundun"}
    for entry in body.get("dependencies", []):
        for ref in [entry.get("ref"), *entry.get("dependsOn", [])]:
            if ref not in known:
                yield f"depends on {ref}, which is not listed"
    named = {about.get("name") for about in body.get("components", [])}
    for must in ["messages", "ws-bridge", "libpq5", "libssl3", "libstdc++6", "libc6", "preact", *HEADERS_ONLY]:
        if must not in named:
            yield f"lacks {must}"


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--check":
        with open(sys.argv[2]) as file:
            wrong = list(complaints(json.load(file)))
        for line in wrong:
            print(f"{sys.argv[2]} {line}")
        sys.exit(1 if wrong else 0)
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    print(json.dumps(make(sys.argv[1], sys.argv[2:]), indent=1))


main()
