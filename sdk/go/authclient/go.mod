module github.com/aiwfe/aiwfe-auth/sdk/go/authclient

go 1.22
