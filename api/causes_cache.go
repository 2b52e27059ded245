package api

// cacheCauses are of Valkey or Redis. With REDIS_URL the nodes share limits and
// hear of revocations at once; accounts and sessions stay in the database, so
// none of these takes an account away, and only what keeps Valkey from working
// at all is more than a warning.
var cacheCauses = map[Cause]CauseInfo{
	"redis_url_wrong": {
		Severity: Serious, Title: "REDIS_URL does not lead to a database of Valkey",
		Meaning: "REDIS_URL can be read, but what it asks for is not there: a number of a database that the server does not have, " +
			"or a server that holds no data, such as a sentinel. Nodes cannot share limits and revocations.",
		Remedy:   "Write REDIS_URL as redis://user:password@host:6379/0, with the number of a database that exists; a cluster has only 0.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth doctor"},
	},
	"redis_unreachable": {
		Severity: Serious, Title: "Valkey cannot be reached",
		Meaning: "No Valkey or Redis answers where REDIS_URL points: the name is unknown, nobody listens, or nothing comes back. " +
			"Each node then counts attempts by itself, and hears of revocations later.",
		Remedy:   "Start Valkey, or correct host and port in REDIS_URL; look at bind and at the firewall between the two machines.",
		Commands: []string{"valkey-cli -h HOST -p PORT ping", "aiwfe-auth config show"},
	},
	"redis_refuses_login": {
		Severity: Serious, Title: "Valkey refuses user name or password",
		Meaning:  "Valkey answers and does not let us in: it wants a password and REDIS_URL has none, or the one it has is wrong.",
		Remedy:   "Put the password of requirepass, or of the ACL user, into REDIS_URL: redis://user:password@host; special characters are percent-encoded.",
		Commands: []string{"valkey-cli -h HOST --askpass --user USER ping", "aiwfe-auth config show"},
	},
	"redis_permission_denied": {
		Severity: Serious, Title: "The Valkey user may not do what we need",
		Meaning:  "The login succeeds, and then the access list of this user forbids a command or a key of ours.",
		Remedy:   "Give the user our keys, and the commands on them; no channel is used.",
		Commands: []string{"valkey-cli ACL SETUSER USER on '~aiwfe:*' +@all -@dangerous +info"},
	},
	"redis_protected_mode": {
		Severity: Serious, Title: "Valkey is in protected mode",
		Meaning:  "Valkey has no password and so answers only clients on its own machine.",
		Remedy:   "Set a password on the Valkey server and put it into REDIS_URL.",
		Commands: []string{"valkey-cli CONFIG SET requirepass NEW-PASSWORD"},
	},
	"redis_tls_mismatch": {
		Severity: Serious, Title: "REDIS_URL and Valkey disagree on TLS",
		Meaning:  "One side speaks TLS and the other does not, or Valkey demands a client certificate, so every connection fails at its first byte.",
		Remedy:   "Write rediss:// where the port speaks TLS and redis:// where it does not.",
		Commands: []string{"openssl s_client -connect HOST:PORT", "aiwfe-auth config show"},
	},
	"redis_certificate_refused": {
		Severity: Serious, Title: "The certificate of Valkey does not count here",
		Meaning:  "Valkey shows a certificate of another name, one that has expired, or one of an authority that this machine does not know.",
		Remedy:   "Use the name that the certificate has in REDIS_URL, renew it, or let SSL_CERT_FILE name a bundle with its authority.",
		Commands: []string{"openssl s_client -connect HOST:PORT -servername HOST -showcerts"},
	},
	"redis_not_redis": {
		Severity: Serious, Title: "Something else than Valkey answers at REDIS_URL",
		Meaning:  "The port takes connections and does not speak the protocol of Valkey: it is a web server, a database or a proxy.",
		Remedy:   "Correct host and port in REDIS_URL; Valkey's usual port is 6379.",
		Commands: []string{"valkey-cli -h HOST -p PORT ping", "aiwfe-auth config show"},
	},
	"redis_loading": {
		Severity: Serious, Title: "Valkey is still reading its data",
		Meaning:  "Valkey has just started and loads its file from disk; until that is done it answers nothing else.",
		Remedy:   "Wait until it is done and look again. If it takes minutes, the file is much larger than what we keep there: give us an instance of our own.",
		Commands: []string{"valkey-cli INFO persistence", "aiwfe-auth doctor"},
	},
	"redis_read_only": {
		Severity: Serious, Title: "Valkey takes no writes",
		Meaning:  "REDIS_URL leads to a replica, or to a primary that has too few replicas to take a write, so limits and revocations cannot be shared.",
		Remedy:   "Let REDIS_URL name the primary; after a failover that is another host than before.",
		Commands: []string{"valkey-cli INFO replication", "valkey-cli ROLE"},
	},
	"redis_disk_failed": {
		Severity: Serious, Title: "Valkey cannot save to its disk and takes no writes",
		Meaning:  "The last snapshot of Valkey failed, so it refuses every write: its disk is full or may not be written to.",
		Remedy:   "Make room on the disk of Valkey or mend the rights of its folder; it takes writes again after the next good snapshot.",
		Commands: []string{"valkey-cli INFO persistence", "valkey-cli BGSAVE"},
	},
	"redis_evicts": {
		Severity: Warning, Title: "Valkey throws keys away when its memory is full",
		Meaning: "The eviction policy lets Valkey drop any key to make room, so what the nodes have counted together " +
			"vanishes at the very moment of the highest load; each of them then has its own count alone.",
		Remedy:   "Set the policy to noeviction, also in the configuration file, and give a cache that may evict an instance of its own.",
		Commands: []string{"valkey-cli CONFIG SET maxmemory-policy noeviction", "valkey-cli CONFIG REWRITE"},
		Explains: []Cause{"redis_emptied"},
	},
	"redis_full": {
		Severity: Serious, Title: "The memory that Valkey may use is full",
		Meaning:  "Valkey has reached maxmemory and may not evict, so it refuses writes, or soon will.",
		Remedy:   "Raise maxmemory, or move what else lies there to another instance.",
		Commands: []string{"valkey-cli INFO memory", "valkey-cli --bigkeys", "valkey-cli CONFIG SET maxmemory 256mb"},
	},
	"redis_wrong_instance": {
		Severity: Serious, Title: "This Valkey belongs to another deployment",
		Meaning: "The database and the Valkey do not belong together: another deployment keeps what its nodes share in the same " +
			"place. A flush or a full memory there hits both, and where one is a copy of the other with the same keys, the requests of one " +
			"count against the addresses of the other.",
		Remedy:   "Give each deployment an instance of its own, or at least another number of a database in REDIS_URL.",
		Commands: []string{"aiwfe-auth config show", "valkey-cli GET aiwfe:deployment"},
	},
	"redis_restarted_empty": {
		Severity: Warning, Title: "Valkey came back empty from a restart",
		Meaning: "What we keep there was gone after a restart of Valkey: it does not save to disk. Nobody lost an account or a session, " +
			"but what the nodes had counted together began anew.",
		Remedy:   "Turn on the append-only file, also in the configuration file, and give its folder a volume that outlives the container.",
		Commands: []string{"valkey-cli CONFIG SET appendonly yes", "valkey-cli CONFIG REWRITE", "valkey-cli INFO persistence"},
	},
	"redis_emptied": {
		Severity: Warning, Title: "Somebody emptied Valkey while it ran",
		Meaning: "Keys of ours that never expire are gone, though Valkey was not restarted: a FLUSHALL or FLUSHDB of another program " +
			"or person, or an eviction. What the nodes had counted together began anew.",
		Remedy:   "Find out who shares this instance and flushes it, and give us one of our own, or forbid the command to the others.",
		Commands: []string{"valkey-cli INFO commandstats", "valkey-cli ACL SETUSER OTHER -flushall -flushdb"},
	},
	"redis_cluster_down": {
		Severity: Serious, Title: "The Valkey cluster does not serve all of its keys",
		Meaning:  "Valkey runs as a cluster of which a part is missing, so some keys have no server.",
		Remedy:   "Bring the missing nodes back; valkey-cli tells which slots nobody serves.",
		Commands: []string{"valkey-cli CLUSTER INFO", "valkey-cli --cluster check HOST:PORT"},
	},
}
