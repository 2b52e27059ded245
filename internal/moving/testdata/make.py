"""Makes the exports in this folder, by other programs than the one that reads them.

Needs Python 3.11, Django 3.2, bcrypt, the commands argon2 and htpasswd. Costs
are low, so that the tests are quick; the forms are those of the real systems.
The password of everybody is in PASSWORD, but where a name says otherwise.
"""

import base64
import gzip
import hashlib
import json
import os
import subprocess

import bcrypt
from django.conf import settings

settings.configure()
from django.contrib.auth import hashers  # noqa: E402

PASSWORD = "correct horse battery"
HERE = os.path.dirname(os.path.abspath(__file__))


def b64(b):
    return base64.b64encode(b).decode()


def raw64(b):
    return b64(b).rstrip("=")


def bc(prefix=b"2b", cost=4):
    return bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(cost)).decode().replace("$2b$", "$" + prefix.decode() + "$")


def argon2(kind, t, k, p, salt="somesalt", out="-e"):
    args = ["argon2", salt, "-" + kind, "-t", str(t), "-k", str(k), "-p", str(p), out]
    return subprocess.run(args, input=PASSWORD.encode(), capture_output=True, check=True).stdout.decode().strip()


def pbkdf2(digest, salt, n, length=None):
    return hashlib.pbkdf2_hmac(digest, PASSWORD.encode(), salt, n, length)


def scrypt(salt, n, r, p, length):
    return hashlib.scrypt(PASSWORD.encode(), salt=salt, n=n, r=r, p=p, dklen=length, maxmem=1 << 27)


def write(name, text):
    with open(os.path.join(HERE, name), "w", newline="") as f:
        f.write(text)


def keycloak():
    def password(algorithm, n, key, salt, more=None):
        return {
            "id": "c-" + algorithm, "type": "password", "createdDate": 1700000000000,
            "secretData": json.dumps({"value": b64(key), "salt": b64(salt), "additionalParameters": {}}),
            "credentialData": json.dumps({"hashIterations": n, "algorithm": algorithm, "additionalParameters": more or {}}),
        }

    def otp(**more):
        data = {"subType": "totp", "digits": 6, "counter": 0, "period": 30, "algorithm": "HmacSHA1"}
        data.update(more)
        return {
            "id": "c-otp", "type": "otp", "userLabel": "Phone", "createdDate": 1700000000000,
            "secretData": json.dumps({"value": "Quohp7t2mrLMUwft3g90"}), "credentialData": json.dumps(data),
        }

    salt = bytes(range(16))
    users = []

    def user(name, *credentials, **more):
        u = {
            "id": "00000000-0000-4000-8000-%012d" % len(users), "username": name, "email": name + "@kc.example",
            "emailVerified": True, "firstName": name.capitalize(), "lastName": "Example", "enabled": True,
            "createdTimestamp": 1600000000000, "totp": False, "credentials": list(credentials),
            "disableableCredentialTypes": [], "requiredActions": [], "realmRoles": ["default-roles-example"], "notBefore": 0, "groups": [],
        }
        u.update(more)
        users.append(u)

    sha256 = password("pbkdf2-sha256", 1000, pbkdf2("sha256", salt, 1000, 64), salt)
    sha512 = password("pbkdf2-sha512", 1000, pbkdf2("sha512", salt, 1000, 64), salt)
    # The argon2 command takes text as salt.
    key = bytes.fromhex(argon2("id", 5, 7168, 1, "saltsaltsaltsalt", "-r"))
    parameters = {"hashLength": ["32"], "memory": ["7168"], "type": ["id"], "version": ["1.3"], "parallelism": ["1"]}
    user("sha1", password("pbkdf2", 1000, pbkdf2("sha1", salt, 1000, 64), salt))
    user("sha256", sha256)
    user("sha512", sha512)
    user("argon2", password("argon2", 5, key, b"saltsaltsaltsalt", parameters))
    user("otp", sha512, otp())
    user("otpbase32", sha512, dict(otp(secretEncoding="BASE32"), secretData=json.dumps({"value": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"})))
    user("disabled", sha512, enabled=False)
    user("admin", sha512, clientRoles={"realm-management": ["realm-admin"]})
    user("unverified", sha512, emailVerified=False, requiredActions=["VERIFY_EMAIL"])
    user("mustchange", sha512, requiredActions=["UPDATE_PASSWORD"])
    user("social", federatedIdentities=[{"identityProvider": "google", "userId": "1", "userName": "x"}])
    user("ldap", federationLink="4f0c5b9a-ldap")
    user("otpsha256", sha512, otp(algorithm="HmacSHA256"))
    user("otp8", sha512, otp(digits=8))
    user("hotp", sha512, otp(subType="hotp"))
    user("key", sha512, {"type": "webauthn", "secretData": "{}", "credentialData": "{\"aaguid\":\"x\"}"})
    user("dear", password("pbkdf2-sha256", 1000000000, pbkdf2("sha256", salt, 1, 64), salt))
    user("broken", dict(sha512, secretData="{\"value\":"))
    user("noaddress", sha512, email=None)
    user("old", {
        "type": "password", "hashedSaltedValue": b64(pbkdf2("sha256", salt, 2000, 64)), "salt": b64(salt),
        "hashIterations": 2000, "counter": 0, "algorithm": "pbkdf2-sha256", "digits": 0,
    })
    users.append({
        "id": "00000000-0000-4000-8000-999999999999", "username": "service-account-backend", "enabled": True,
        "emailVerified": False, "serviceAccountClientId": "backend", "credentials": [],
    })
    realm = {
        "id": "example", "realm": "example", "enabled": True, "otpPolicyAlgorithm": "HmacSHA1",
        "roles": {"realm": [{"name": "users", "attributes": {}}]}, "users": users, "clients": [{"clientId": "users"}],
    }
    write("keycloak.json", json.dumps(realm, indent=2) + "\n")
    with open(os.path.join(HERE, "keycloak.json.gz"), "wb") as f:
        f.write(gzip.compress(json.dumps(realm).encode(), mtime=0))


def fastapi():
    rows = ["id,email,hashed_password,is_active,is_superuser,is_verified,role,status,name,created_at"]
    for name, hash, active, super, verified, role, status in [
        ("bcrypt", bc(), "t", "f", "t", "USER", "ACTIVE"),
        ("bcrypt2a", bc(b"2a"), "t", "f", "t", "user", "active"),
        ("argon2", argon2("id", 3, 64, 4), "true", "false", "true", "UserRole.USER", "UserStatus.ACTIVE"),
        ("admin", bc(), "1", "1", "1", "admin", "active"),
        ("disabled", bc(), "f", "f", "t", "user", "active"),
        ("banned", bc(), "t", "f", "t", "user", "banned"),
        ("strange", bc(), "t", "f", "t", "user", "frozen"),
        ("plain", "hunter2hunter2", "t", "f", "t", "user", "active"),
    ]:
        rows.append("%s,%s@fa.example,\"%s\",%s,%s,%s,%s,%s,\"Name, %s\",2024-05-06 07:08:09.123456+00:00" % (
            hashlib.md5(name.encode()).hexdigest(), name, hash, active, super, verified, role, status, name))
    write("fastapi.csv", "\n".join(rows) + "\n")


def gotrue():
    rows = ["instance_id,id,aud,role,email,encrypted_password,email_confirmed_at,banned_until,raw_app_meta_data,raw_user_meta_data,"
            "is_super_admin,created_at,confirmed_at,is_sso_user,deleted_at,is_anonymous"]
    at = "2024-05-06 07:08:09.123456+00"

    def user(name, hash, confirmed=at, banned="", app=None, super="", sso="f", deleted="", anonymous="f", email=True):
        app = json.dumps(app or {"provider": "email", "providers": ["email"]}).replace('"', '""')
        meta = json.dumps({"full_name": name.capitalize() + " Example", "avatar_url": "x"}).replace('"', '""')
        rows.append(",".join([
            "00000000-0000-0000-0000-000000000000", "11111111-0000-4000-8000-%012d" % len(rows), "authenticated", "authenticated",
            name + "@gt.example" if email else "", hash if "," not in hash else '"%s"' % hash, confirmed, banned, '"%s"' % app, '"%s"' % meta, super, at, confirmed, sso, deleted, anonymous]))

    user("bcrypt", bc(b"2a"))
    user("argon2", argon2("id", 2, 64, 1))
    user("argon2i", argon2("i", 2, 64, 1))
    user("banned", bc(b"2a"), banned="2199-01-01 00:00:00+00")
    user("unbanned", bc(b"2a"), banned="2020-01-01 00:00:00+00")
    user("unconfirmed", bc(b"2a"), confirmed="")
    user("google", "", app={"provider": "google", "providers": ["google"]})
    user("admin", bc(b"2a"), super="t")
    user("deleted", bc(b"2a"), deleted=at)
    user("phone", "", email=False)
    user("firebase", "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=ou9tdYTGyYm8kuR6Dt0Bp0kDuAYoXrK16mbZO4yGwAn3oLspjnN0$C0sHCg9ek77hsg==$ZGlmZmVyZW50")
    write("gotrue.csv", "\n".join(rows) + "\n")


def kratos():
    salt = bytes(range(16))
    list_ = []

    def identity(name, hash=None, state="active", verified=True, traits=None, **credentials):
        email = name + "@kr.example"
        c = {k.replace("__", "-"): v for k, v in credentials.items()}
        if hash:
            c["password"] = {"type": "password", "identifiers": [email], "config": {"hashed_password": hash}, "version": 0}
        list_.append({
            "id": "22222222-0000-4000-8000-%012d" % len(list_), "credentials": c, "schema_id": "default", "schema_url": "x", "state": state,
            "traits": traits or {"email": email, "name": {"first": name.capitalize(), "last": "Example"}},
            "verifiable_addresses": [{"id": "v", "value": email, "verified": verified, "via": "email", "status": "completed"}],
            "metadata_public": None, "metadata_admin": None, "created_at": "2024-05-06T07:08:09.123456Z", "updated_at": "2024-05-06T07:08:09Z",
        })

    identity("bcrypt", bc(b"2a"))
    identity("argon2id", argon2("id", 2, 64, 1))
    identity("argon2i", argon2("i", 2, 64, 1))
    for digest in ("sha1", "sha256", "sha512"):
        identity(digest, "$pbkdf2-%s$i=1000,l=128$%s$%s" % (digest, raw64(salt), raw64(pbkdf2(digest, salt, 1000, 128))))
    identity("scrypt", "$scrypt$ln=1024,r=8,p=1$%s$%s" % (b64(salt), b64(scrypt(salt, 1024, 8, 1, 32))))
    identity("inactive", bc(b"2a"), state="inactive")
    identity("unverified", bc(b"2a"), verified=False)
    link = "otpauth://totp/Example:x?algorithm=SHA1&digits=6&issuer=Example&period=30&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    identity("totp", bc(b"2a"), totp={"type": "totp", "config": {"totp_url": link}})
    identity("totpsha512", bc(b"2a"), totp={"type": "totp", "config": {"totp_url": link.replace("SHA1", "SHA512")}})
    identity("oidc", oidc={"type": "oidc", "config": {"providers": []}})
    identity("md5", "$md5$CY9rzUYh03PK3k6DJie09g==")
    identity("flat", bc(b"2a"), traits={"email": "flat@kr.example", "name": "Flat Example"})
    write("kratos.json", json.dumps(list_) + "\n")


def auth0():
    salt = bytes(range(16))
    lines = []

    def user(who, **more):
        u = {"_id": {"$oid": "33333333%016d" % len(lines)}, "email_verified": True, "email": who + "@a0.example",
             "tenant": "example", "connection": "Username-Password-Authentication", "_tmp_is_unique": True}
        u.update(more)
        lines.append(json.dumps(u))

    user("bcrypt", passwordHash=bc(b"2b"), password_set_date={"$date": "2024-05-06T07:08:09.123Z"})
    user("bcrypt2a", passwordHash=bc(b"2a"))
    user("imported", custom_password_hash={"algorithm": "bcrypt", "hash": {"value": bc(b"2b"), "encoding": "utf8"}})
    user("pbkdf2", custom_password_hash={"algorithm": "pbkdf2", "hash": {
        "value": "$pbkdf2-sha512$i=1000,l=64$%s$%s" % (raw64(salt), raw64(pbkdf2("sha512", salt, 1000, 64))), "encoding": "utf8"}})
    user("argon2", custom_password_hash={"algorithm": "argon2", "hash": {"value": argon2("id", 2, 64, 1), "encoding": "utf8"}})
    user("scrypt", custom_password_hash={
        "algorithm": "scrypt", "hash": {"value": scrypt(b"abc123abc", 1024, 8, 1, 64).hex(), "encoding": "hex"},
        "salt": {"value": "abc123abc", "encoding": "utf8"}, "keylen": 64, "cost": 1024, "blockSize": 8, "parallelization": 1})
    user("md5", custom_password_hash={"algorithm": "md5", "hash": {"value": hashlib.md5(PASSWORD.encode()).hexdigest(), "encoding": "hex"}})
    user("utf16", custom_password_hash={"algorithm": "bcrypt", "hash": {"value": bc(), "encoding": "utf8"}, "password": {"encoding": "utf16le"}})
    user("blocked", passwordHash=bc(b"2b"), blocked=True, name="Blocked Example")
    user("totp", passwordHash=bc(b"2b"), mfa_factors=[{"totp": {"secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}}])
    user("sms", passwordHash=bc(b"2b"), mfa_factors=[{"phone": {"value": "+15551234567"}}])
    lines.append(json.dumps({"user_id": "google-oauth2|1", "email": "google@a0.example", "email_verified": True, "name": "google@a0.example",
                             "created_at": "2024-05-06T07:08:09.123Z", "identities": [{"provider": "google-oauth2", "isSocial": True}]}))
    write("auth0.ndjson", "\n".join(lines) + "\n")


def django():
    class SHA256(hashers.PBKDF2PasswordHasher):
        iterations = 1000

    class SHA1(hashers.PBKDF2SHA1PasswordHasher):
        iterations = 1000

    class Argon2(hashers.Argon2PasswordHasher):
        memory_cost = 64

    class Digest(hashers.BCryptSHA256PasswordHasher):
        rounds = 4

    class Bcrypt(hashers.BCryptPasswordHasher):
        rounds = 4

    objects = [{"model": "contenttypes.contenttype", "pk": 1, "fields": {"app_label": "auth", "model": "user"}}]
    rows = ["id,password,last_login,is_superuser,username,first_name,last_name,email,is_staff,is_active,date_joined"]

    def user(name, hash, super=False, active=True, email=None):
        pk = len(objects)
        email = name + "@dj.example" if email is None else email
        objects.append({"model": "auth.user", "pk": pk, "fields": {
            "password": hash, "last_login": None, "is_superuser": super, "username": name if email else name + "@dj.example",
            "first_name": name.capitalize(), "last_name": "Example", "email": email, "is_staff": super, "is_active": active,
            "date_joined": "2024-05-06T07:08:09.123Z", "groups": [], "user_permissions": []}})
        rows.append("%d,\"%s\",,%s,%s,%s,Example,%s,%s,%s,2024-05-06 07:08:09.123456+00" % (
            pk, hash, "t" if super else "f", name if email else name + "@dj.example", name.capitalize(), email.replace("@dj", "@csv.dj"),
            "t" if super else "f", "t" if active else "f"))

    user("sha256", SHA256().encode(PASSWORD, SHA256().salt()))
    user("sha1", SHA1().encode(PASSWORD, SHA1().salt()))
    user("argon2", Argon2().encode(PASSWORD, Argon2().salt()))
    user("digest", Digest().encode(PASSWORD, Digest().salt()))
    user("bcrypt", Bcrypt().encode(PASSWORD, Bcrypt().salt()))
    # Django 4.0 and later; made by hashlib, in the form of its hasher.
    user("scrypt", "scrypt$1024$seasalt$8$1$" + b64(scrypt(b"seasalt", 1024, 8, 1, 64)))
    user("admin", SHA256().encode(PASSWORD, SHA256().salt()), super=True)
    user("inactive", SHA256().encode(PASSWORD, SHA256().salt()), active=False)
    user("unusable", hashers.make_password(None))
    user("byname", SHA256().encode(PASSWORD, SHA256().salt()), email="")
    user("md5", hashers.MD5PasswordHasher().encode(PASSWORD, "salt1234"))
    write("django.json", json.dumps(objects, indent=2) + "\n")
    write("django.csv", "\n".join(rows) + "\n")


def htpasswd():
    def line(name, *how):
        args = ["htpasswd", "-nb", *how, name, PASSWORD]
        return subprocess.run(args, capture_output=True, check=True).stdout.decode().strip()

    write("htpasswd", "\n".join([
        "# made by htpasswd", line("bcrypt@ht.example", "-B", "-C", "4"), line("name", "-B", "-C", "4"),
        line("sha@ht.example", "-s"), line("apr1@ht.example", "-m"), line("crypt@ht.example", "-d"), "", "nothing"]) + "\n")


keycloak(), fastapi(), gotrue(), kratos(), auth0(), django(), htpasswd()
