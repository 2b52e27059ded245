package api

// machineCauses are of the machine: disk, files, ports, mail server.
var machineCauses = joined(diskCauses, listenerCauses, mailCauses)

var diskCauses = map[Cause]CauseInfo{
	"data_dir_unwritable": {
		Severity: Critical, Title: "DATA_DIR cannot be written to",
		Meaning:  "The database or the keys are to be kept there, and this user may not, or cannot, write there.",
		Remedy:   "Make the folder and give it to the user who runs the server, or name another one in DATA_DIR.",
		Commands: []string{"aiwfe-auth config show"},
	},
	"data_dir_open": {
		Severity: Warning, Title: "The data folder can be read by others",
		Meaning:  "Keys, the set-up link or the database lie where every user of this machine can read or change them.",
		Remedy:   "Take the rights of others away.",
		Commands: []string{"aiwfe-auth doctor --fix"},
	},
	"file_of_other_user": {
		Severity: Serious, Title: "A file belongs to another user",
		Meaning:  "Somebody ran the program as another user, often as root, and what it made is closed to the user who runs the server.",
		Remedy:   "Give the files to the user who owns DATA_DIR.",
		Commands: []string{"aiwfe-auth config show"},
		Explains: []Cause{"data_dir_unwritable"},
	},
	"disk_full": {
		Severity: Critical, Title: "The disk is full",
		Meaning:  "Nothing can be written, so no session can begin.",
		Remedy:   "Make room, or grow the disk.",
		Commands: []string{"df -h", "df -i"},
		Explains: []Cause{"data_dir_unwritable", "disk_nearly_full"},
	},
	"disk_nearly_full": {
		Severity: Warning, Title: "The disk is nearly full",
		Meaning:  "When it is full no session can begin.",
		Remedy:   "Make room, or grow the disk.",
		Commands: []string{"df -h", "df -i"},
	},
	"disk_read_only": {
		Severity: Critical, Title: "The disk can only be read",
		Meaning:  "The file system with the database is mounted read-only, as it is after a fault of the disk or in a hardened container.",
		Remedy:   "Mount it for writing, or put the database on a volume that can be written to.",
		Commands: []string{"findmnt", "dmesg | tail"},
		Explains: []Cause{"data_dir_unwritable"},
	},
	"backup_too_old": {
		Severity: Serious, Title: "There is no backup of late",
		Meaning: "BACKUP_EVERY plans backups, and none was made in more than twice that time: what is lost with the database now is lost for good. " +
			"Nobody is kept from signing in.",
		Remedy:   "Mend what the evidence names, mostly the folder of BACKUP_DIR or the room on its disk, and make one by hand.",
		Commands: []string{"aiwfe-auth backup create", "aiwfe-auth backup list"},
	},
	"sqlite_network_filesystem": {
		Severity: Serious, Title: "The SQLite file is on a network file system",
		Meaning: "SQLite needs locks and shared memory that network file systems do not give reliably: " +
			"the database is locked at random, and can be destroyed.",
		Remedy:   "Put the file on a disk of this machine, or use PostgreSQL.",
		Commands: []string{"findmnt", "aiwfe-auth config show"},
	},
	"database_corrupt": {
		Severity: Critical, Title: "The database file is damaged",
		Meaning:  "SQLite does not find what it wrote there: pages do not belong together, or it is no database at all. Reads and writes fail.",
		Remedy:   "Stop the server, keep a copy of the file and of those beside it (-wal, -shm), and restore the last backup.",
		Commands: []string{"sqlite3 FILE .recover | sqlite3 NEW"},
	},
	"open_files_limit": {
		Severity: Warning, Title: "Too few files may be open",
		Meaning:  "Each connection is an open file. With this limit some dozens of people at a time are all that the server can hold.",
		Remedy:   "Raise the limit of the service.",
		Commands: []string{"ulimit -n", "systemctl edit aiwfe-auth"},
	},
}

var listenerCauses = map[Cause]CauseInfo{
	"port_taken_by_other": {
		Severity: Critical, Title: "Another program listens on the port",
		Meaning:  "At LISTEN_ADDR something answers that is no aiwfe-auth, so the server cannot start there, and people reach the other program.",
		Remedy:   "Stop the other program, or choose another LISTEN_ADDR or PORT.",
		Commands: []string{"ss -ltnp"},
	},
	"listen_addr_unusable": {
		Severity: Critical, Title: "The server cannot listen at LISTEN_ADDR",
		Meaning:  "The address is not one of this machine, or this user may not listen there.",
		Remedy:   "Choose an address of this machine, or leave the host out to listen on all.",
		Commands: []string{"ip addr", "aiwfe-auth config show"},
	},
}

var mailCauses = map[Cause]CauseInfo{
	"smtp_unreachable": {
		Severity: Serious, Title: "The mail server does not answer",
		Meaning:  "Letters wait in the outbox: nobody can verify an address or set a new password.",
		Remedy:   "Check host and port in SMTP_URL, and the firewall.",
		Commands: []string{"aiwfe-auth mail list"},
	},
	"smtp_tls_mismatch": {
		Severity: Serious, Title: "The mail server speaks TLS in another way",
		Meaning:  "One side begins with TLS and the other with plain text and STARTTLS, so the two never understand each other.",
		Remedy:   "Use smtps:// for a port with TLS from the first byte (465), and smtp:// for one with STARTTLS (587).",
		Commands: []string{"aiwfe-auth mail test --to you@example.com"},
	},
	"smtp_certificate_untrusted": {
		Severity: Serious, Title: "The certificate of the mail server is not trusted",
		Meaning:  "It is for another name, has expired or comes from an unknown CA, so no letter and no password is sent.",
		Remedy:   "Name the host as in the certificate, or add the CA with SSL_CERT_FILE.",
		Commands: []string{"aiwfe-auth mail test --to you@example.com"},
	},
	"smtp_refuses_login": {
		Severity: Serious, Title: "The mail server refuses the login",
		Meaning:  "User or password in SMTP_URL are not accepted, or are missing, so letters wait in the outbox.",
		Remedy:   "Check user and password in SMTP_URL; % @ / # ? and : in them are written %25 %40 %2F %23 %3F and %3A.",
		Commands: []string{"aiwfe-auth mail test --to you@example.com"},
	},
	"smtp_refuses_sender": {
		Severity: Serious, Title: "The mail server refuses the sender",
		Meaning:  "It does not take letters from MAIL_FROM, so letters wait in the outbox.",
		Remedy:   "Set MAIL_FROM to an address that this user may send from.",
		Commands: []string{"aiwfe-auth mail test --to you@example.com"},
	},
}
