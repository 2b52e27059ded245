-- An index of every three letters in a row, by which accounts are searched by a
-- part of their address or name. It keeps numbers of accounts and no text, and
-- what is deleted goes out of it at once. Whatever program writes, triggers keep
-- it. A table whose ids are not numbers is searched without it, as before.

-- +goose Up
CREATE VIRTUAL TABLE users_search USING fts5 (
    email, name, content = '', detail = none, columnsize = 0, tokenize = 'trigram case_sensitive 1'
);
INSERT INTO users_search (users_search, rank) VALUES ('secure-delete', 1);
INSERT INTO users_search (rowid, email, name)
    SELECT id, lower(email), lower(name) FROM users WHERE typeof(id) = 'integer';

-- +goose StatementBegin
CREATE TRIGGER users_search_insert AFTER INSERT ON users WHEN typeof(new.id) = 'integer' BEGIN
    INSERT INTO users_search (rowid, email, name) VALUES (new.id, lower(new.email), lower(new.name));
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_search_delete AFTER DELETE ON users WHEN typeof(old.id) = 'integer' BEGIN
    INSERT INTO users_search (users_search, rowid, email, name) VALUES ('delete', old.id, lower(old.email), lower(old.name));
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_search_update AFTER UPDATE OF id, email, name ON users
WHEN typeof(old.id) = 'integer' AND typeof(new.id) = 'integer'
    AND (old.id <> new.id OR old.email IS NOT new.email OR old.name IS NOT new.name) BEGIN
    INSERT INTO users_search (users_search, rowid, email, name) VALUES ('delete', old.id, lower(old.email), lower(old.name));
    INSERT INTO users_search (rowid, email, name) VALUES (new.id, lower(new.email), lower(new.name));
END;
-- +goose StatementEnd

-- +goose Down
SELECT 1;
