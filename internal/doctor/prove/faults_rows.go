package prove

import (
	"context"
	"database/sql"
)

// person adds a row to the users as somebody would by hand.
const person = `INSERT INTO users (email, hashed_password, is_active, is_verified, role, status) VALUES `

// sound is a hash in which nothing is wrong.
const sound = "$2b$12$LQv3c1yqBWVHxkd0LHAkCOYz6TtxMQJqhN8/LewdBPj4J/HS.iK8i"

// statements runs SQL on the database of the copy.
func statements(list ...string) func(context.Context, *sql.DB) error {
	return func(ctx context.Context, db *sql.DB) error {
		for _, s := range list {
			if _, err := db.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	}
}

var rowFaults = []Fault{
	{
		Class: "rows", How: "a password in plain text where its hash belongs", Cause: "row_unusable_hash",
		rows: statements(person + `('bob@example.com', 'hunter2', TRUE, TRUE, 'user', 'active')`),
	},
	{
		Class: "rows", How: "a hash that was cut off", Cause: "row_unusable_hash",
		rows: statements(person + `('bob@example.com', '$2b$12$abcdefghijklmnopqrstuv', TRUE, TRUE, 'user', 'active')`),
	},
	{
		Class: "rows", How: "a status that nobody knows", Cause: "row_bad_status",
		rows: statements(person + `('bob@example.com', '` + sound + `', TRUE, TRUE, 'user', 'enabled')`),
	},
	{
		Class: "rows", How: "a role that nobody knows", Cause: "row_bad_role",
		rows: statements(person + `('bob@example.com', '` + sound + `', TRUE, TRUE, 'superuser', 'active')`),
	},
	{
		Class: "rows", How: "the only administrator is disabled", Cause: "no_usable_admin",
		rows: statements(`UPDATE users SET status = 'disabled', is_active = FALSE`),
	},
}
