package api

// secretCauses are of secrets, judged by the bytes that count.
var secretCauses = map[Cause]CauseInfo{
	"secret_missing": {
		Severity: Critical, Title: "A required key is not set",
		Meaning:  "Outside development and test no key is made by itself, since it would differ from node to node and be lost with the disk.",
		Remedy:   "Make a key and keep it in a file that only the server may read.",
		Commands: []string{"openssl rand -base64 48"},
	},
	"secret_file_unreadable": {
		Severity: Critical, Title: "The file of a secret cannot be read",
		Meaning:  "A setting with _FILE names a file that is not there, is empty or is not for this user, so the server does not start.",
		Remedy:   "Name the right file, and let the user who runs the server read it.",
		Commands: []string{"aiwfe-auth config check"},
	},
	"secret_trailing_newline": {
		Severity: Serious, Title: "A secret has white space around it",
		Meaning: "A line break, a space or a byte order mark at an end counts as part of the secret. What another program or node makes " +
			"with the secret as people read it does not match: signatures fail though the secret looks right.",
		Remedy:   "Write the value anew without what stands around it.",
		Commands: []string{"printf %s \"$KEY\" > /path/of/the/file"},
		Explains: []Cause{"signing_key_changed"},
	},
	"secret_quoted": {
		Severity: Serious, Title: "A secret has quotation marks around it",
		Meaning: "Where no shell reads the file, as with docker --env-file, quotes become part of the value, " +
			"so the secret is another one than on the nodes that read it without.",
		Remedy:   "Take the quotation marks away where the value is set.",
		Commands: []string{"aiwfe-auth config show"},
		Explains: []Cause{"signing_key_changed"},
	},
	"secret_dollar_eaten": {
		Severity: Serious, Title: "A dollar sign in a secret was not read as it was meant",
		Meaning: "Compose files and shells put variables where they see a $, and write a $ as $$ or \\$. What arrived holds the traces of that: " +
			"it is another secret than the one that was meant.",
		Remedy:   "Write $ as $$ in a compose file and as $ everywhere else, or keep the secret in a file named by the _FILE form.",
		Commands: []string{"docker compose config", "aiwfe-auth config show"},
		Explains: []Cause{"signing_key_changed"},
	},
	"secret_base64_wrapped": {
		Severity: Serious, Title: "A secret was encoded once too often",
		Meaning: "The value has line breaks inside, as base64 has after 76 characters, or is base64 of a text. " +
			"The bytes as they stand are the key here, so whoever decodes them first has another one.",
		Remedy:   "Give the key on one line (base64 -w0), and give it encoded once.",
		Commands: []string{"openssl rand -base64 48 | tr -d '\\n'"},
		Explains: []Cause{"signing_key_changed"},
	},
	"secret_mangled": {
		Severity: Serious, Title: "A secret holds more than the secret",
		Meaning: "A name, a comment, escapes of another place or bytes of another encoding came along, and they count as part of the secret: " +
			"it is another one than where it was written down right.",
		Remedy:   "Write the secret alone, as plain text.",
		Commands: []string{"printf %s \"$KEY\" > /path/of/the/file"},
		Explains: []Cause{"signing_key_changed"},
	},
	"secret_placeholder": {
		Severity: Critical, Title: "A key is still the placeholder",
		Meaning:  "The key is a phrase that says that somebody was to put a key here, and anybody can guess it.",
		Remedy:   "Make a key and set it.",
		Commands: []string{"openssl rand -base64 48"},
	},
	"secret_published": {
		Severity: Critical, Title: "A key is published",
		Meaning:  "The key stands in a tutorial or an example, and attackers try it first.",
		Remedy:   "Make a key of your own and set it.",
		Commands: []string{"openssl rand -base64 48"},
	},
	"secret_weak": {
		Severity: Critical, Title: "A key could be guessed",
		Meaning:  "The key is made of words, of few characters or of a pattern, so whoever has one token can find it by trying.",
		Remedy:   "Make a random key and set it.",
		Commands: []string{"openssl rand -base64 48"},
	},
	"secret_too_short": {
		Severity: Critical, Title: "A key is too short",
		Meaning:  "Keys have 32 bytes at least. One that is shorter was often cut: at a $, at a #, at a line break.",
		Remedy:   "Make a random key and set it; if the one at hand is longer where it was written down, look at what cut it.",
		Commands: []string{"openssl rand -base64 48"},
	},
	"secret_shared": {
		Severity: Critical, Title: "One key serves two purposes",
		Meaning:  "The same key signs tokens and seals the database, so that a leak of the one undoes the other.",
		Remedy:   "Make a second key for one of the two.",
		Commands: []string{"openssl rand -base64 48"},
	},
	"secret_not_what_file_holds": {
		Severity: Critical, Title: "A secret is set twice, with two values",
		Meaning:  "The variable and the file that its _FILE form names hold different secrets, and nobody can tell which one is meant.",
		Remedy:   "Take one of the two out.",
		Commands: []string{"aiwfe-auth config check"},
	},
	"secret_file_open": {
		Severity: Warning, Title: "A file with a secret can be read by others",
		Meaning:  "Every user of this machine can read the key, and whoever has it can sign in as anybody.",
		Remedy:   "Give the file to the user who runs the server, with mode 0600.",
		Commands: []string{"aiwfe-auth doctor --fix"},
	},
	"data_key_wrong": {
		Severity: Serious, Title: "DATA_ENCRYPTION_KEY is not the key of this database",
		Meaning: "What this database holds was sealed with another key: codes of authenticator apps cannot be checked, waiting letters cannot be sent, " +
			"and every browser has to be met anew.",
		Remedy: "Set DATA_ENCRYPTION_KEY to the key with which the database was written, or add that one to DATA_ENCRYPTION_PREVIOUS_KEYS. " +
			"If it is lost for good, keys adopt takes the present one, and people set up their second factor again.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth keys adopt"},
		Explains: []Cause{"running_with_other_settings"},
	},
	"generated_keys_lost": {
		Severity: Serious, Title: "The keys that made themselves were made anew",
		Meaning: "In development and test keys make themselves and are kept in DATA_DIR. The database remembers others, so DATA_DIR was not kept, " +
			"or is another one: everybody is signed out at each start, and second factors cannot be checked.",
		Remedy:   "Keep DATA_DIR from start to start, as a volume, or set JWT_SECRET_KEY and DATA_ENCRYPTION_KEY.",
		Commands: []string{"openssl rand -base64 48", "aiwfe-auth config show"},
		Explains: []Cause{"data_key_wrong", "signing_key_changed"},
	},
	"key_compromised": {
		Severity: Serious, Title: "A key in use was declared compromised",
		Meaning: "Somebody declared this key compromised, and it is still the one that is configured. Tokens of a compromised signing key are " +
			"refused and none is signed, so nobody can sign in; under a compromised data key nothing is sealed anew.",
		Remedy: "Set a new key on every server. Where the data key is concerned, put the old one into DATA_ENCRYPTION_PREVIOUS_KEYS " +
			"until keys list says that it can go.",
		Commands: []string{"aiwfe-auth keys list", "aiwfe-auth keys rotate jwt"},
		Explains: []Cause{"signing_key_changed", "unknown_key_tokens", "running_with_other_settings", "server_unhealthy"},
	},
	"signing_key_changed": {
		Severity: Warning, Title: "The key that signs tokens is another one than before",
		Meaning: "Tokens that were signed with the earlier key are refused: everybody who has one is signed out once. If it comes again with " +
			"each start, or from node to node, the key is not the same everywhere.",
		Remedy:   "Give every node the same JWT_SECRET_KEY, and put the earlier one into JWT_PREVIOUS_SECRET_KEYS.",
		Explains: []Cause{"unknown_key_tokens"},
		Commands: []string{"aiwfe-auth config show"},
	},
}
