package api

// rowCauses are of single rows, mostly made by hand or restored.
var rowCauses = map[Cause]CauseInfo{
	"row_unusable_hash": {
		Severity: Serious, Title: "An account has a password hash that cannot be checked",
		Meaning:  "The stored value is no hash of a kind that is checked here (argon2, bcrypt, PBKDF2, scrypt): it is missing, cut off, of another kind, or the password itself. Its owner is told that the password is wrong, whatever is typed.",
		Remedy:   "Give the owner a one-time link to set a new password; what is only wrapped or padded is mended in place.",
		Commands: []string{"aiwfe-auth user repair --email ADDRESS", "aiwfe-auth user reset-password --email ADDRESS"},
	},
	"row_expensive_hash": {
		Severity: Serious, Title: "An account has a password hash that is too dear to check",
		Meaning:  "The hash would cost more time or memory than one sign-in may take (bcrypt above cost 14, argon2 and scrypt above 256 MiB, PBKDF2 above 2,000,000 iterations), so it never runs, and its owner is told that the password is wrong.",
		Remedy:   "Give the owner a one-time link to set a new password.",
		Commands: []string{"aiwfe-auth user reset-password --email ADDRESS"},
	},
	"row_null_field": {
		Severity: Serious, Title: "An account has NULL where a value must stand",
		Meaning:  "A row that was inserted or restored by hand lacks a value that every sign-in reads. Its owner is refused or sees an error, though the password is right.",
		Remedy:   "Let the program put the defaults in.",
		Commands: []string{"aiwfe-auth user repair --all --dry-run", "aiwfe-auth user repair --all"},
	},
	"row_bad_status": {
		Severity: Serious, Title: "An account has a status that does not exist",
		Meaning:  "Only active, pending, disabled and locked are known; whoever has another one cannot sign in.",
		Remedy:   "Set the status that was meant.",
		Commands: []string{"aiwfe-auth user repair --email ADDRESS", "aiwfe-auth user enable --email ADDRESS"},
	},
	"row_bad_role": {
		Severity: Serious, Title: "An administrator's role is misspelled",
		Meaning:  "Only the role admin administers. One that is spelled otherwise counts as user: its owner signs in and is refused every administration page.",
		Remedy:   "Set the role.",
		Commands: []string{"aiwfe-auth user set-role --email ADDRESS --role admin"},
	},
	"row_duplicate_address": {
		Severity: Serious, Title: "One address stands in more than one row",
		Meaning:  "Rows that differ only in case or blanks are one address at sign-in. One of them is found, the others never, and the unique index that forbids it cannot be made.",
		Remedy:   "Keep the row that is used and give the others another address, or delete them.",
		Commands: []string{"aiwfe-auth user list --search ADDRESS"},
	},
	"row_address_unreachable": {
		Severity: Serious, Title: "An account has an address that no sign-in can find",
		Meaning:  "What people type is brought into one form (no blanks, lower case, host names in ASCII), and the stored address is in another or is none at all. Its owner is told that address or password are wrong.",
		Remedy:   "Let the program write the address in the form that is looked up.",
		Commands: []string{"aiwfe-auth user repair --all --dry-run", "aiwfe-auth user repair --all"},
	},
	"row_unreadable_field": {
		Severity: Serious, Title: "An account has a value of a type that cannot be read",
		Meaning:  "SQLite keeps what is given to it: text where a yes or no must stand, or a hash as bytes. Reading the row fails, so its owner sees an error.",
		Remedy:   "Let the program write the value in the type of the column.",
		Commands: []string{"aiwfe-auth user repair --all --dry-run", "aiwfe-auth user repair --all"},
	},
	"row_second_factor_missing": {
		Severity: Serious, Title: "An account is asked for a second factor that is gone",
		Meaning:  "The account says that it has a second factor, and there is none to answer with: the rows were not restored. Its owner gets past the password and no further.",
		Remedy:   "Take the demand away; the owner sets a new factor up.",
		Commands: []string{"aiwfe-auth user reset-factors --email ADDRESS"},
	},
	"row_orphan": {
		Severity: Warning, Title: "Sessions or factors belong to accounts that do not exist",
		Meaning:  "Rows hang on accounts that are gone: the users table was restored without the others, or rows were deleted while foreign keys were off. Those people cannot sign in any more.",
		Remedy:   "Restore the accounts from a backup, or delete the rows that hang on nothing.",
		Commands: []string{"aiwfe-auth user list"},
	},
}
