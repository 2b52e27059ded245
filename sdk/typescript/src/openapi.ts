// Made from api/openapi.json by `npm run types`. Do not edit.

export interface paths {
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the service is healthy, check by check
         * @description Open to anybody.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health/auth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether tokens sign and verify, and how the hash pool does; strangers get the status alone
         * @description In development and test open to this machine; elsewhere needs METRICS_TOKEN as bearer token, or an administrator.
         */
        get: operations["getAuthHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health/database": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Engine, version, pools and migrations; strangers get the status alone
         * @description In development and test open to this machine; elsewhere needs METRICS_TOKEN as bearer token, or an administrator.
         */
        get: operations["getDatabaseHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the program runs; asks nothing of the database
         * @description Open to anybody.
         */
        get: operations["getLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether requests should be sent here; answers within a second
         * @description Open to anybody.
         */
        get: operations["getReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/metrics/authentication": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The figures of signing in on all servers, each with its target
         * @description In development and test open to this machine; elsewhere needs METRICS_TOKEN as bearer token, or an administrator.
         */
        get: operations["getAuthMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What fires, what may soon, and what is resolved; silences, rules and receivers
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["listAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alerts/silences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keep alerts of a rule from being told of, for a while
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        post: operations["silenceAlerts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alerts/silences/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a silence before its time
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        delete: operations["unsilenceAlerts"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alerts/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test message to the receivers, and say of each how it went
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        post: operations["testAlerts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit, newest first
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All rows of the audit that the filters select, newest first, as one file
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * New rows of the audit as they are written, as server-sent events
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["streamAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the doctor found: causes with evidence and remedy
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["getDiagnosis"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/explain/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why a request was refused, step by step; or what an error code or a cause means
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["explain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/maintenance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * When maintenance is due, and the last report of each kind
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["getMaintenance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/metrics/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The figures of signing in over time, as charts draw them
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["getSeries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rules for applications that hold now, and whether the applications take connections
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["getPolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/policy/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether a person may reach a place, by which rule, and what it would take
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["checkPolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What sign-in pages found wrong with browsers in the last seven days, the newest first
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["listReports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Accounts, with search and cursor
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Make an account; its owner sets the password by a one-time link
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        post: operations["inviteUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One account
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["getUser"];
        put?: never;
        post?: never;
        /**
         * Delete an account; the audit stays
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        /**
         * Change name, role or status; what takes rights away holds at once
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        patch: operations["updateUser"];
        trace?: never;
    };
    "/api/v1/admin/users/{id}/factors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What protects an account
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["getUserSecurity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/reset-factors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove all second factors of somebody who lost them; the owner is told
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        post: operations["resetFactors"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A one-time link by which the owner sets a new password
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        post: operations["issueReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An account's live sessions
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        get: operations["listUserSessions"];
        put?: never;
        post?: never;
        /**
         * End all sessions of an account
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        delete: operations["endUserSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one session of an account
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        delete: operations["endUserSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/unlock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open an account that was locked or had too many failed attempts
         * @description Needs an administrator: a session of theirs, or a token with the scope admin.
         */
        post: operations["unlockUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/2fa": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What protects the own account
         * @description Needs a session cookie or a bearer token.
         */
        get: operations["getSecurity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/2fa/backup-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ten new backup codes, shown once; the old ones no longer work
         * @description Needs a session cookie or a bearer token.
         */
        post: operations["makeBackupCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/2fa/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer the challenge of a login with a second factor
         * @description Open to anybody.
         */
        post: operations["answerChallenge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/2fa/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove the authenticator app
         * @description Needs a session cookie or a bearer token.
         */
        delete: operations["removeTotp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/2fa/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the new seed count by one of its codes
         * @description Needs a session with a recent proof, or the challenge token of a login with enrollment_required.
         */
        post: operations["confirmTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/2fa/totp/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A new seed for an authenticator app; it counts once a code confirmed it
         * @description Needs a session with a recent proof, or the challenge token of a login with enrollment_required.
         */
        post: operations["setupTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/2fa/trusted-devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The devices that are not asked for the second factor
         * @description Needs a session cookie or a bearer token.
         */
        get: operations["listTrustedDevices"];
        put?: never;
        post?: never;
        /**
         * Trust no device any more
         * @description Needs a session cookie or a bearer token.
         */
        delete: operations["endAllTrust"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/2fa/trusted-devices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Trust one device no more
         * @description Needs a session cookie or a bearer token.
         */
        delete: operations["endTrust"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/2fa/webauthn/login/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Options for signing in by a passkey, for answering a challenge, or, when signed in, for a step-up
         * @description Open to anybody.
         */
        post: operations["getPasskeyRequestOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/2fa/webauthn/login/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in by a passkey alone
         * @description Open to anybody.
         */
        post: operations["loginByPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/2fa/webauthn/register/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Options for making a passkey
         * @description Needs a session with a recent proof, or the challenge token of a login with enrollment_required.
         */
        post: operations["getPasskeyCreationOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/2fa/webauthn/register/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add the passkey that a browser made
         * @description Needs a session with a recent proof, or the challenge token of a login with enrollment_required.
         */
        post: operations["addPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/2fa/webauthn/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a passkey
         * @description Needs a session cookie or a bearer token.
         */
        delete: operations["removePasskey"];
        options?: never;
        head?: never;
        /**
         * Give a passkey another name
         * @description Needs a session cookie or a bearer token.
         */
        patch: operations["renamePasskey"];
        trace?: never;
    };
    "/api/v1/auth/csrf-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A CSRF token for this browser, and the cookie it is bound to
         * @description Open to anybody.
         */
        get: operations["getCsrfToken"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/echo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How this very request arrived, for the doctor; other methods and longer paths are answered alike
         * @description Open to anybody.
         */
        get: operations["getEcho"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin the change of the own address: the new one gets a link, the old one is told
         * @description Needs a session cookie or a bearer token.
         */
        post: operations["changeEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/ext-authz/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether a request to an application may pass, for Envoy, which asks by the method, host and path of the request itself: every method answers so
         * @description Only for proxies in TRUSTED_PROXIES; the credential is that of the request which is asked about.
         */
        get: operations["extAuthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/forgot-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mail a link to set a new password; the answer is the same for every address
         * @description Open to anybody.
         */
        post: operations["forgotPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/forward": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether a request to an application may pass, for nginx, Caddy, Traefik and HAProxy: 200 with the headers of identity, or a redirect to the sign-in
         * @description Only for proxies in TRUSTED_PROXIES; the credential is that of the request which is asked about.
         */
        get: operations["forwardAuth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/jwt/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in by address and password; also takes the OAuth2 password form from clients that are no browser
         * @description Open to anybody.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/jwt/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End this session, everywhere at once
         * @description Open to anybody.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/jwt/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The next access token, by a refresh token or by the session cookie
         * @description Open to anybody.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/not-me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * This was not me: end everything and lock the account until its owner sets a new password
         * @description Open to anybody.
         */
        post: operations["reportNotMe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password; needs the current one and ends the other sessions
         * @description Needs a session cookie or a bearer token.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/reauth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prove again who is signed in (step-up), for sensitive changes
         * @description Needs a session cookie or a bearer token.
         */
        post: operations["reauthenticate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account, by invitation or where registration is open
         * @description Open to anybody.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/request-unlock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mail a link that lets the owner try again after too many attempts
         * @description Open to anybody.
         */
        post: operations["requestUnlock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/request-verify-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mail the link that proves an address; the answer is the same for every address
         * @description Open to anybody.
         */
        post: operations["requestVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password by a one-time link; ends all sessions and signs nobody in
         * @description Open to anybody.
         */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/selftest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What the sign-in page sees of its browser, judged together with what the server sees; for our own pages
         * @description Open to anybody.
         */
        post: operations["selfTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The own live sessions
         * @description Needs a session cookie or a bearer token.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /**
         * End all own sessions but this one
         * @description Needs a session cookie or a bearer token.
         */
        delete: operations["endOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one own session
         * @description Needs a session cookie or a bearer token.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is signed in
         * @description Needs a session cookie or a bearer token.
         */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The own personal access tokens
         * @description Needs a session cookie or a bearer token.
         */
        get: operations["listPersonalTokens"];
        put?: never;
        /**
         * Make a personal access token for a script; it is shown once
         * @description Needs a session cookie or a bearer token.
         */
        post: operations["makePersonalToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a personal access token, everywhere at once
         * @description Needs a session cookie or a bearer token.
         */
        delete: operations["revokePersonalToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/unlock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Forget the failed attempts at an account, by a link from its mailbox
         * @description Open to anybody.
         */
        post: operations["unlock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same as /api/v1/auth/forward, under its older name
         * @description Only for proxies in TRUSTED_PROXIES; the credential is that of the request which is asked about.
         */
        get: operations["verifyAuth"];
        put?: never;
        /**
         * Prove an address by a link: of a registration, or of a change of address
         * @description Open to anybody.
         */
        post: operations["verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a front end needs to know; nothing secret
         * @description Open to anybody.
         */
        get: operations["getConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The own account
         * @description Needs a session cookie or a bearer token.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        /**
         * Delete the own account for ever
         * @description Needs a session cookie or a bearer token.
         */
        delete: operations["deleteMe"];
        options?: never;
        head?: never;
        /**
         * Change the own profile
         * @description Needs a session cookie or a bearer token.
         */
        patch: operations["updateMe"];
        trace?: never;
    };
    "/api/v1/users/me/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened to the own account, newest first
         * @description Needs a session cookie or a bearer token.
         */
        get: operations["listMyActivity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything kept about oneself, without secrets
         * @description Needs a session cookie or a bearer token.
         */
        get: operations["exportMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The figures for Prometheus
         * @description In development and test open to this machine; elsewhere needs METRICS_TOKEN as bearer token, or an administrator.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Accepted: {
            detail: string;
        };
        Alert: {
            /** @description What the doctor knows of it; null where nothing is known. */
            cause: components["schemas"]["AlertCause"] | null;
            /**
             * Format: date-time
             * @description Null while it is pending.
             */
            fired_at: string | null;
            /** @description Names this episode, from firing to resolved. */
            id: string;
            /** @description Which of several, such as a host; empty where there is one. */
            label: string;
            /**
             * Format: date-time
             * @description Null until it is resolved.
             */
            resolved_at: string | null;
            /** @description What is watched; stable. */
            rule: string;
            /** @enum {string} */
            severity: "warning" | "critical";
            /** @description Whether a silence keeps it from being told of. */
            silenced: boolean;
            /**
             * Format: date-time
             * @description When it was first seen.
             */
            since: string;
            /** @enum {string} */
            state: "pending" | "firing" | "resolved";
            /** @description What was seen, in one sentence. */
            summary: string;
            /** @description What would be too much. */
            threshold: string;
        };
        AlertCause: {
            /** @description Stable name of the cause. */
            code: string;
            /** @description What to type, in the order in which it helps. */
            commands: string[];
            /** @description The page about this cause. */
            docs: string;
            /** @description What the doctor saw; empty where it only follows from the alert. */
            evidence: string;
            meaning: string;
            remedy: string;
            title: string;
        };
        AlertFiring: {
            count: number;
            rule: string;
            /** @enum {string} */
            severity: "warning" | "critical";
        };
        AlertList: {
            /** @description Firing, pending, and resolved within seven days. */
            items: components["schemas"]["Alert"][];
            /** @description Where notices go: mail, webhook, slack, syslog. */
            receivers: string[];
            rules: components["schemas"]["AlertRule"][];
            /** @description Those that count now. */
            silences: components["schemas"]["AlertSilence"][];
        };
        AlertRule: {
            /** @description How long it must be so before it fires. */
            for_seconds: number;
            name: string;
            severities: string[];
            threshold: string;
            watches: string;
        };
        AlertSilence: {
            /** Format: date-time */
            at: string;
            /** @description Id of the administrator, or host for the command line. */
            by: string;
            id: string;
            /** @description Empty for every one of the rule. */
            label: string;
            reason: string;
            /** @description A rule, or * for all. */
            rule: string;
            /** Format: date-time */
            until: string;
        };
        AlertTest: {
            /**
             * @description One receiver; all that are set up if left out.
             * @enum {string}
             */
            to?: "mail" | "webhook" | "slack" | "syslog";
        };
        AlertTestResults: {
            results: components["schemas"]["AlertTested"][];
        };
        AlertTested: {
            /** @description Why it failed, and what to do. */
            detail: string;
            receiver: string;
            sent: boolean;
            /** @description The step at which it failed; empty where it did not. */
            step: string;
            /** @description Where it went, without what is secret of it. */
            to: string;
        };
        AuditList: {
            items: components["schemas"]["AuditRow"][];
            next_cursor: string | null;
        };
        AuditRow: {
            /** @description Who decided, if not the user concerned. */
            actor_id?: string;
            address?: string;
            /** Format: date-time */
            at: string;
            /** @description What the client was told. */
            code?: string;
            /** Format: int64 */
            count: number;
            detail?: string;
            device_id?: string;
            event: string;
            /** @description The hash of the row and of all before it. */
            hash?: string;
            /** Format: int64 */
            id: number;
            ip?: string;
            /** @enum {string} */
            outcome: "success" | "refused";
            /** @description The private why. */
            reason?: string;
            request_id?: string;
            /**
             * Format: int64
             * @description The row's place in the chain, which it is given about a second after it was written.
             */
            seq?: number;
            session_id?: string;
            user_agent?: string;
            user_id?: string;
        };
        AuthHealth: {
            /**
             * @description Whether a fresh CSRF token verifies.
             * @enum {string}
             */
            csrf?: "operational" | "failing";
            hashing?: components["schemas"]["HashPool"];
            /** @description Fingerprint of the signing key, never the key. */
            key_id?: string;
            /** @enum {string} */
            status: "healthy" | "degraded" | "unhealthy";
            /**
             * @description Whether a fresh access token verifies.
             * @enum {string}
             */
            tokens?: "operational" | "failing";
        };
        AuthMetrics: {
            /** @description Alerts that fire now, by rule and severity. */
            alerts: components["schemas"]["AlertFiring"][];
            /** @description Whether these are the figures of this process alone, because the database cannot be asked. */
            alone: boolean;
            hashing: components["schemas"]["HashPool"];
            /** @description Servers that counted something within the last day; node=ID or node=HOST asks for one. */
            nodes: components["schemas"]["MetricsNode"][];
            pools: {
                [key: string]: components["schemas"]["PoolUse"];
            };
            /**
             * Format: int64
             * @description Sessions alive now; null while the database cannot be asked.
             */
            sessions_active: number | null;
            /**
             * Format: date-time
             * @description When this process began to count.
             */
            since: string;
            /** @description Each target with its verdict, over the last hour. */
            targets: components["schemas"]["Target"][];
            /** @description The last 5m, 1h and 24h. */
            windows: {
                [key: string]: components["schemas"]["MetricsWindow"];
            };
        };
        BackupCodes: {
            /** @description Each is good once. The ones from before no longer work. */
            codes: string[];
        };
        Blocked: {
            check: string;
            title: string;
            /** @description The causes that hold it up. */
            waits_for: string[];
        };
        BrowserReport: {
            /** Format: date-time */
            at: string;
            /** @description The six characters that the page showed. */
            code: string;
            /**
             * Format: int64
             * @description How often it was found.
             */
            count: number;
            /** @description What is wrong, the root first. */
            findings: components["schemas"]["Finding"][];
            ip: string;
            /**
             * Format: date-time
             * @description When the same was found last in the same browser.
             */
            last_at: string;
            page: string;
            request_id: string;
            user_agent: string;
        };
        BrowserReportList: {
            items: components["schemas"]["BrowserReport"][];
            /** @description Always null. */
            next_cursor: string | null;
        };
        CSRFFigures: {
            /** Format: int64 */
            failed: number;
            /** Format: int64 */
            issued: number;
            /** @description Refused requests by code. */
            refused: {
                [key: string]: number;
            };
        };
        CSRFToken: {
            /** @description Send it in the X-CSRF-TOKEN header of unsafe requests. Always of one length. */
            csrf_token: string;
        };
        ChallengeAnswer: {
            /** @description As the login gave it. */
            challenge_token: string;
            /** @description The code, blanks and hyphens do not count. */
            code?: string;
            /** @description What navigator.credentials.get gave, as JSON. */
            credential?: Record<string, unknown>;
            /**
             * @description If left out, six digits are a TOTP code and all else is a backup code.
             * @enum {string}
             */
            method?: "totp" | "webauthn" | "backup_code";
            /** @description Do not ask on this device for a while; for browsers. */
            trust_device?: boolean;
        };
        Chore: {
            /** @description Stable name, such as success_rate. */
            chore: string;
            /** @description What to type for it. */
            commands: string[];
            /** @description What the verdict rests on, one line each. */
            evidence: string[];
            /** @description What to do; empty where nothing is. */
            remedy: string;
            /** @description What was seen, in one line. */
            said: string;
            title: string;
            /** @enum {string} */
            verdict: "well" | "note" | "to_do" | "unknown";
        };
        /**
         * @description The stable name of an error. Codes are never renamed; new ones may be added.
         * @enum {string}
         */
        Code: "body_too_large" | "challenge_expired" | "csrf_token_expired" | "csrf_token_invalid" | "csrf_token_missing" | "database_unavailable" | "factor_exists" | "factor_limit_reached" | "forbidden" | "forward_auth_untrusted" | "internal_error" | "invalid_code" | "invalid_credentials" | "invitation_invalid" | "last_admin" | "last_factor" | "legacy_token_retired" | "link_invalid" | "mail_not_configured" | "malformed_json" | "malformed_request" | "method_not_allowed" | "not_authenticated" | "not_found" | "origin_not_allowed" | "overloaded" | "passkey_refused" | "passkeys_unusable" | "password_refused" | "reauth_required" | "registration_closed" | "reset_token_invalid" | "session_ended" | "session_limit_reached" | "setup_token_invalid" | "storage_full" | "stronger_proof_required" | "token_expired" | "token_invalid" | "token_limit_reached" | "too_many_attempts" | "unsupported_media_type" | "upstream_timeout" | "upstream_unavailable" | "user_already_exists" | "validation_failed" | "verify_token_invalid";
        Config: {
            api_base_url: string;
            /** @description Empty: the cookies belong to the one host of public_url. */
            cookie_domain: string;
            /** @enum {string} */
            environment: "development" | "test" | "staging" | "production";
            /** @description Of pages and letters, as tags. */
            languages: string[];
            /** @description Whether links for recovery can be sent. */
            mail: boolean;
            /** @description How one can prove who one is: password, passkey, totp, backup_code. */
            methods: string[];
            public_url: string;
            /** @enum {string} */
            registration: "closed" | "invite" | "open";
            version: string;
        };
        DatabaseFigures: {
            /**
             * Format: double
             * @description Null where nothing was asked.
             */
            error_ratio: number | null;
            /**
             * Format: int64
             * @description Of them, those that failed because the database was away or full.
             */
            errors: number;
            /**
             * Format: int64
             * @description Reads and transactions.
             */
            queries: number;
        };
        DatabaseHealth: {
            /** @enum {string} */
            database?: "connected" | "unreachable";
            /** @enum {string} */
            engine?: "sqlite" | "postgres";
            /**
             * Format: date-time
             * @description When the last good backup was made; missing where none was.
             */
            last_backup?: string;
            migrations?: components["schemas"]["MigrationState"];
            /** @description Whether a pooler such as pgbouncer stands in between. */
            pooler?: boolean;
            pools?: {
                [key: string]: components["schemas"]["Pool"];
            };
            /** @enum {string} */
            status: "healthy" | "degraded" | "unhealthy";
            version?: string;
        };
        Diagnosis: {
            /** Format: date-time */
            at: string;
            blocked: components["schemas"]["Blocked"][];
            checks: components["schemas"]["DoctorCheck"][];
            /** @description Root causes alone, the gravest first. */
            findings: components["schemas"]["Finding"][];
            /** @description Whether there is no finding. */
            healthy: boolean;
            notes: components["schemas"]["Note"][];
            /** Format: double */
            seconds: number;
            /** @description What was looked at: an address, or the configuration at hand. */
            subject: string;
            version: string;
        };
        DoctorCheck: {
            check: string;
            /** @description What was seen, or why it does not apply. */
            said?: string;
            /** Format: double */
            seconds: number;
            /** @enum {string} */
            state: "passed" | "failed" | "blocked" | "skipped";
            title: string;
        };
        Echo: {
            /**
             * Format: date-time
             * @description The time of the server.
             */
            at: string;
            body_bytes: number;
            body_sha256: string;
            /** @description The address that counts as the client's. */
            client: string;
            /** @enum {string} */
            client_kind: "loopback" | "private" | "public" | "none";
            /** @description By name. */
            cookies: components["schemas"]["EchoHeader"][];
            /** @description Whether TLS ends at this server. */
            encrypted: boolean;
            /** @description The kinds of forwarding headers that arrived. */
            families: string[];
            header_bytes: number;
            /** @description Those of a fixed list that arrived. */
            headers: components["schemas"]["EchoHeader"][];
            /** @description The entries of X-Forwarded-For, from the left. */
            hops: components["schemas"]["EchoHop"][];
            /** @description The Host header; an address that is not public is named by its kind. */
            host: string;
            /** @description New in each answer: twice the same comes from a cache. */
            id: string;
            /** @description The kid of tokens made now: all servers behind one address have the same. */
            key_id: string;
            method: string;
            /** @description The decoded path. */
            path: string;
            /**
             * @description The other end of the connection.
             * @enum {string}
             */
            peer_kind: "loopback" | "private" | "public" | "none";
            peer_port: number;
            /** @description Whether that end is one of TRUSTED_PROXIES. */
            peer_trusted: boolean;
            /** @description The HTTP version that arrived. */
            protocol: string;
            /** @description The query as it was written. */
            query: string;
            /** @description The path as it was written. */
            raw_path: string;
            /** @description The scheme that links and cookies are made for. */
            scheme: string;
            /** @description The headers of this answer, as they left. */
            sent: components["schemas"]["EchoLine"][];
            /** @description Always aiwfe-auth. */
            service: string;
        };
        EchoHeader: {
            count: number;
            /** @description Of a secret that a probe chose: the begin of its SHA-256. */
            digest?: string;
            name: string;
            /** @description Only what a probe chose, and what is no secret. */
            values?: string[];
        };
        EchoHop: {
            /** @description Only the client's and those of documentation; others are named by their kind. */
            address: string;
            trusted: boolean;
        };
        EchoLine: {
            name: string;
            value: string;
        };
        Ended: {
            ended: number;
        };
        EndpointTimes: {
            route: string;
            times: components["schemas"]["Times"];
        };
        EnrollRequest: {
            /** @description Of a login with enrollment_required; left out when signed in. */
            challenge_token?: string;
            /** @description For a passkey that the browser makes by itself after a password login. */
            conditional?: boolean;
        };
        Explained: {
            id: string;
            /**
             * @description What the id is: a request, an error code, a cause of the doctor, or the code that a browser showed.
             * @enum {string}
             */
            kind: "request" | "code" | "cause" | "report";
            steps: components["schemas"]["Step"][];
            verdict: components["schemas"]["Verdict"];
        };
        Export: {
            /** @description The newest 10,000 rows. */
            activity: components["schemas"]["AuditRow"][];
            /** Format: date-time */
            exported_at: string;
            language: string;
            personal_tokens: components["schemas"]["PersonalToken"][];
            security: components["schemas"]["Security"];
            sessions: components["schemas"]["Session"][];
            user: components["schemas"]["User"];
        };
        Fact: {
            /** @description Such as cookies_came, cookies_set, origin or client. */
            name: string;
            text: string;
        };
        Factor: {
            /** Format: date-time */
            created_at: string;
            id: string;
            /**
             * Format: date-time
             * @description Null if never.
             */
            last_used_at: string | null;
            /** @description The AAGUID of a passkey, in UUID form. */
            model?: string;
            name: string;
            /** @description Whether a passkey is kept in its maker's account and may be on several devices. */
            synced?: boolean;
        };
        FactorAdded: {
            /** @description With none, make some now. */
            backup_codes_left: number;
            factor: components["schemas"]["Factor"];
            /** @description The session of a login that waited for this. */
            login?: components["schemas"]["LoginAnswer"];
        };
        FactorName: {
            name: string;
        };
        FieldError: {
            /** @description What is wrong, such as required or wrong_type. */
            code: string;
            /** @description A sentence for the person. */
            detail: string;
            /** @description JSON Pointer (RFC 6901) to the field. */
            pointer: string;
        };
        Finding: {
            /** @description Checks that could not be made because of it. */
            blocks: string[];
            /** @description What is wrong, in sentences. */
            cause: string;
            /** @description Stable name of the cause. */
            code: string;
            /** @description The page about this cause. */
            docs: string;
            /** @description What was asked and what came back. Lines are separated by line breaks. */
            evidence: string;
            expected: string;
            /** @description The command or the line that mends it. */
            remedy: string;
            /** @description The setting or the place to change, with who set it; empty where there is none. */
            setting: string;
            /** @enum {string} */
            severity: "critical" | "error" | "warning";
            title: string;
        };
        HashPool: {
            /**
             * Format: double
             * @description Mean time of one hash.
             */
            cost_ms: number;
            /**
             * Format: int64
             * @description Hashes refused since the start because the queue was full; the client was told to come back.
             */
            refused: number;
            running: number;
            /**
             * Format: double
             * @description What a hash that came now would wait for a worker.
             */
            wait_ms: number;
            waiting: number;
            workers: number;
        };
        Health: {
            /** @description Each check with its state, such as database: connected. */
            checks?: {
                [key: string]: string;
            };
            /** @enum {string} */
            status: "healthy" | "degraded" | "unhealthy";
            version?: string;
        };
        Invited: {
            /** @description One-time, 7 days. Shown once: hand it to the person. */
            link: string;
            user: components["schemas"]["User"];
        };
        Invitee: {
            email: string;
            name?: string;
            /**
             * @description user, if left out.
             * @enum {string}
             */
            role?: "user" | "admin";
        };
        LoginAnswer: {
            /** @description JWT for the Authorization header. */
            access_token?: string;
            /** @description Names the waiting login, for 10 minutes. */
            challenge_token?: string;
            /** @description Policy demands a second factor and none is set up yet; the challenge is good for that alone. */
            enrollment_required?: boolean;
            /**
             * Format: int64
             * @description Seconds until the access token expires, or until the challenge does.
             */
            expires_in?: number;
            /** @description totp, webauthn, backup_code: how to answer, the one used last first. */
            methods?: string[];
            /** @description Only for clients that are no browser: a browser's session lives in its cookie. */
            refresh_token?: string;
            /** @description A second factor is due; there is no session yet. */
            requires_2fa?: boolean;
            /** @description The handle of the session. It opens nothing. */
            session_id?: string;
            /** @description Always bearer. */
            token_type?: string;
            /** @description Who signed in. */
            user?: components["schemas"]["User"];
        };
        LoginForm: {
            /**
             * @description Read and ignored, as are scope, client_id and client_secret.
             * @enum {string}
             */
            grant_type?: "password";
            /** Format: password */
            password: string;
            /** @description The address. */
            username: string;
        };
        LoginRequest: {
            /** @description The address, in any case. */
            email: string;
            /**
             * Format: password
             * @description The password, exactly as set: never trimmed or cut.
             */
            password: string;
        };
        MailRequest: {
            email: string;
        };
        Maintenance: {
            plans: components["schemas"]["MaintenancePlan"][];
            /** @description The last of each kind; a kind that was never done is missing. */
            reports: components["schemas"]["MaintenanceReport"][];
            time_zone: string;
        };
        MaintenanceModule: {
            module: string;
            version: string;
        };
        MaintenancePlan: {
            /** @enum {string} */
            kind: "daily" | "weekly" | "monthly";
            /**
             * Format: date-time
             * @description null where it is not scheduled.
             */
            next_at: string | null;
            /** @description Whether the server does it by itself. */
            scheduled: boolean;
        };
        MaintenanceReport: {
            /** Format: date-time */
            at: string;
            /** @description Who made it: a server by its id, or the command line. */
            by: string;
            /** @description What is to be done comes first. */
            chores: components["schemas"]["Chore"][];
            /** @enum {string} */
            kind: "daily" | "weekly" | "monthly";
            /** @description What the program is built from; weekly. */
            modules?: components["schemas"]["MaintenanceModule"][];
            /** Format: double */
            seconds: number;
            /** @description The configuration, without its secrets; weekly. */
            settings?: components["schemas"]["MaintenanceSetting"][];
            since?: components["schemas"]["MaintenanceSizes"];
            sizes?: components["schemas"]["MaintenanceSizes"];
            /** @description The address of the installation. */
            subject: string;
            /** @description How many chores found something to do. */
            to_do: number;
            version: string;
            /** @description Whether nothing is to be done. */
            well: boolean;
        };
        MaintenanceSetting: {
            name: string;
            origin: string;
            value: string;
        };
        MaintenanceSizes: {
            /** Format: date-time */
            at: string;
            /**
             * Format: int64
             * @description The database as a whole.
             */
            bytes: number;
            tables: components["schemas"]["TableSize"][];
        };
        MetricsNode: {
            host: string;
            id: string;
        };
        MetricsWindow: {
            /**
             * Format: int64
             * @description Sign-ins tried.
             */
            attempts: number;
            csrf: components["schemas"]["CSRFFigures"];
            database: components["schemas"]["DatabaseFigures"];
            /** @description Response times of each route that was asked. */
            endpoints: components["schemas"]["EndpointTimes"][];
            /** @description Refused sign-ins by code. */
            failures: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Attempts at unknown addresses, refused by a limit, or of who tries many accounts.
             */
            guessing: number;
            /** @description What password hashes waited for a worker. */
            hash_wait: components["schemas"]["Times"];
            /**
             * Format: double
             * @description Succeeded of honest attempts: without guessing, and without slips, for who mistypes and gets in did not fail.
             */
            honest_success_rate: number | null;
            /** @description Of sign-ins that succeeded; a refused one is held on purpose. */
            login_time: components["schemas"]["Times"];
            /** @description How much of each pool was in use. */
            pools: {
                [key: string]: components["schemas"]["PoolLevel"];
            };
            /**
             * Format: double
             * @description Sessions alive, on the average; null where nobody looked.
             */
            sessions_active: number | null;
            /**
             * Format: int64
             * @description Refused attempts that the same person made good within ten minutes.
             */
            slips: number;
            /** Format: int64 */
            succeeded: number;
            /**
             * Format: double
             * @description Succeeded of all; null where nothing was tried.
             */
            success_rate: number | null;
            /** @description Each target with its verdict over this window. */
            targets: components["schemas"]["Target"][];
            tokens: components["schemas"]["TokenFigures"];
        };
        MigrationState: {
            /** Format: int64 */
            current: number;
            pending: number;
        };
        NewAlertSilence: {
            /** @description Leave it out for every one of the rule. */
            label?: string;
            /** @description For how long, at most 43200 (30 days). */
            minutes: number;
            /** @description Why; whoever looks later reads it. */
            reason: string;
            /** @description A rule, or * for all. */
            rule: string;
        };
        NewPersonalToken: {
            /** @description 1 to 366; 90 if left out. */
            expires_in_days?: number;
            /** @description What it is for. */
            name: string;
            /** @description read, write, and admin for administrators. */
            scopes: string[];
        };
        Note: {
            code: string;
            text: string;
        };
        OneTimeLink: {
            /** @description One-time. Shown once: hand it to the person. */
            link: string;
        };
        OneTimeToken: {
            /** @description The token of the link. */
            token: string;
        };
        PasswordChange: {
            /**
             * Format: password
             * @description The current password.
             */
            current_password: string;
            /**
             * Format: password
             * @description At least 15 characters; any characters.
             */
            new_password: string;
        };
        PasswordReset: {
            /**
             * Format: password
             * @description The new password.
             */
            password: string;
            /** @description The token of the link. */
            token: string;
        };
        PersonalToken: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            /**
             * Format: date-time
             * @description Null if never.
             */
            last_used_at: string | null;
            name: string;
            scopes: string[];
            /** @description Shown once, when it is made. */
            token?: string;
        };
        PersonalTokenList: {
            items: components["schemas"]["PersonalToken"][];
            /** @description Always null. */
            next_cursor: string | null;
        };
        Policy: {
            applications: components["schemas"]["PolicyApplication"][];
            /** @description POLICY_FILE; empty where the default holds. */
            file: string;
            /** @description Whether the settings were changed since and could not be taken over; the doctor says why. */
            refused: boolean;
            rules: components["schemas"]["PolicyRule"][];
        };
        PolicyAnswer: {
            /** @description Whether there is a way in, if need be after a sign-in that is named. */
            allowed: boolean;
            detail: string;
            /** @description POLICY_FILE; empty where the default holds. */
            file: string;
            host: string;
            method: string;
            /** @description What else keeps people from the place. */
            notes: string[];
            path: string;
            /** @description Stable name of why, as in logs. */
            reason: string;
            /** @description The rule that decides; null where none is about the place. */
            rule: components["schemas"]["PolicyRule"] | null;
            /** @description The answer in one sentence. */
            summary: string;
            url: string;
            /** @description Null for a stranger. */
            user: components["schemas"]["PolicyPerson"] | null;
            /** @enum {string} */
            verdict: "allowed" | "sign_in" | "step_up" | "refused";
            /** @description Each way of the account with its own answer; none where everybody gets in, or nobody. */
            ways: components["schemas"]["PolicyWay"][];
        };
        PolicyApplication: {
            /** @description Whether it takes a connection just now. */
            connects: boolean;
            /** @description Empty for the host of PUBLIC_URL. */
            host: string;
            path: string;
            /** @description Where it listens. */
            url: string;
        };
        PolicyPerson: {
            email: string;
            id: string;
            role: string;
            /** @description yes, no_password, or why it cannot sign in. */
            sign_in: string;
            status: string;
        };
        PolicyRule: {
            /** @enum {string} */
            allow: "everyone" | "signed_in" | "nobody";
            /** @description How long ago the last full proof may be; 0 for any time. */
            fresh_seconds: number;
            hosts: string[];
            /** @description Where it begins in its file; 0 for the default. */
            line: number;
            methods: string[];
            name: string;
            paths: string[];
            /** @description second_factor or phishing_resistant; empty for any. */
            proof: string;
            /** @description One of them is enough. */
            roles: string[];
            /** @description All of them are needed. */
            scopes: string[];
            /** @description Who gets in, in words. */
            wants: string;
            /** @description The places in words. */
            where: string;
        };
        PolicyWay: {
            detail: string;
            /** @description Stable name: passkey, security_key, app, backup_code, trusted_device, app_to_set_up, password, token, session. */
            kind: string;
            /** @description The name of a token, the id of a session; empty for the rest. */
            label: string;
            method: string;
            reason: string;
            /** @enum {string} */
            verdict: "allowed" | "sign_in" | "step_up" | "refused";
            way: string;
        };
        Pool: {
            idle: number;
            in_use: number;
            size: number;
            /**
             * Format: int64
             * @description How often somebody had to wait for a connection.
             */
            waits: number;
        };
        PoolLevel: {
            /** Format: double */
            max: number;
            /** Format: double */
            mean: number;
        };
        PoolUse: {
            idle: number;
            in_use: number;
            size: number;
            /**
             * Format: double
             * @description In use, as a part of the size.
             */
            use: number;
            /** Format: int64 */
            waits: number;
        };
        Problem: {
            /** @description The stable code to switch on. */
            code: components["schemas"]["Code"];
            /** @description A sentence about this occurrence, safe to show to a person. */
            detail?: string;
            /** @description Faults of single fields. */
            errors?: components["schemas"]["FieldError"][];
            /** @description FastAPI-Users' constant for this case. */
            legacy_detail?: string;
            /** @description Six characters that lead an administrator to what is wrong with the browser; of a page's self-test only. */
            report?: string;
            /** @description The X-Request-ID of this answer; the operator finds the cause by it. */
            request_id: string;
            /** @description Seconds to wait, as in the Retry-After header. */
            retry_after?: number;
            /** @description The HTTP status. */
            status: number;
            /** @description What the code means; the same for every occurrence. */
            title: string;
            /** @description Address of a page about this code. */
            type: string;
        };
        ProfileChange: {
            /** @description Of pages and letters, as a tag such as de; empty follows the browser. */
            language?: string | null;
            /** @description The name to be shown. */
            name?: string | null;
        };
        Reauth: {
            /** @description Needed beside the password where the account has a second factor. */
            code?: string;
            /** @description What navigator.credentials.get gave, as JSON. */
            credential?: Record<string, unknown>;
            /** @enum {string} */
            method?: "totp" | "webauthn" | "backup_code";
            /**
             * Format: password
             * @description Needed unless a passkey that checked its user is given.
             */
            password?: string;
        };
        RefreshRequest: {
            /** @description The refresh token; each is good once. */
            refresh_token: string;
        };
        Registration: {
            email: string;
            /** @description The token of an invitation; needed where registration is by invitation. */
            invitation?: string;
            name?: string;
            /** Format: password */
            password: string;
        };
        Security: {
            backup_codes_left: number;
            /** @description Whether a second factor is asked at login. */
            enabled: boolean;
            /** @description Whether policy demands one of this account. */
            required: boolean;
            /** @description The authenticator app, or null. */
            totp: components["schemas"]["Factor"] | null;
            trusted_devices: components["schemas"]["TrustedDevice"][];
            /** @description Passkeys and security keys. */
            webauthn: components["schemas"]["Factor"][];
        };
        SelfTest: {
            /** @description Whether it was refused once and is sent with a fresh token. */
            again?: boolean;
            /** @description Whether the browser says that it keeps cookies. */
            cookies: boolean;
            /** @description Whether the page stands in a frame. */
            framed: boolean;
            /** @description Whether a cookie that the page itself wrote could be read again; only where it was tried. */
            kept?: boolean | null;
            /** @description The language of the page. */
            lang: string;
            /**
             * Format: int64
             * @description When the server made the page, in milliseconds since 1970, as the page says.
             */
            made: number;
            /**
             * Format: int64
             * @description The browser's clock, in milliseconds since 1970.
             */
            now: number;
            /**
             * Format: int64
             * @description Milliseconds since the browser asked for the page.
             */
            open: number;
            /** @description The origin in the address bar. */
            origin: string;
            /** @description The path of the page. */
            page: string;
            /** @description The Referrer-Policy of the page; only where it was asked for. */
            policy?: string | null;
            /** @description Whether the browser calls it a secure context. */
            secure: boolean;
        };
        SelfTestAnswer: {
            /**
             * @description The header of its own that the page should look at and tell in a second call.
             * @enum {string}
             */
            look?: "referrer-policy";
            /** @description Whether nothing was found. */
            ok: boolean;
            /** @description Six characters that lead an administrator to the cause. */
            report?: string;
            /** @description What the person can do, in the language of the page. */
            text?: string;
        };
        Series: {
            /** @description When each point begins, in seconds since 1970. The last one is not over yet. */
            at: number[];
            /** @description Refused sign-ins by reason. */
            failures: {
                [key: string]: (number | null)[];
            };
            /** @enum {string} */
            range: "1h" | "24h" | "7d" | "30d";
            /** @description The curves by name, each with a value for each point; null where nothing happened. */
            series: {
                [key: string]: (number | null)[];
            };
            /** @description The width of each point. */
            step_seconds: number;
            /** @description What a curve should stay above or below, by its name. */
            targets: {
                [key: string]: number;
            };
        };
        Session: {
            /** Format: date-time */
            created_at: string;
            /** @description Whether it is the one that asks. */
            current: boolean;
            /** @description Such as Firefox on Windows. */
            device: string;
            /**
             * Format: date-time
             * @description When it ends whatever its activity.
             */
            expires_at: string;
            /** @description The handle to end it by. */
            id: string;
            /** @description The address it began from. */
            ip: string;
            /**
             * @description Whether it lives in a cookie, in tokens, stands for a token of the old form, or is a personal access token.
             * @enum {string}
             */
            kind: "browser" | "token" | "legacy" | "personal";
            /** Format: date-time */
            last_seen_at: string;
            /** @description How it began, such as password+totp or passkey. */
            method: string;
        };
        SessionList: {
            items: components["schemas"]["Session"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
        };
        Status: {
            authenticated: boolean;
            scopes: string[];
            session: components["schemas"]["Session"];
            user: components["schemas"]["User"];
        };
        Step: {
            /**
             * Format: double
             * @description Seconds since the first step.
             */
            after: number;
            /** @description Whether it is the request that was asked for. */
            asked: boolean;
            /** Format: date-time */
            at: string;
            /** @description The private text of the error beneath. */
            cause: string;
            code: components["schemas"]["Code"];
            facts: components["schemas"]["Fact"][];
            /** @description What the request was for, such as login or csrf_token; other where it has no name. */
            kind: string;
            method: string;
            reason: string;
            refused: boolean;
            request_id: string;
            route: string;
            /** @description 0 where only the audit tells of it. */
            status: number;
            title: string;
        };
        TOTPConfirm: {
            /** @description Of a login with enrollment_required; left out when signed in. */
            challenge_token?: string;
            /** @description A code of the app. */
            code: string;
        };
        TOTPSetup: {
            /** @description For authenticator apps. */
            otpauth_uri: string;
            /** @description The same as an SVG image. */
            qr_svg: string;
            /** @description The setup key in base32. */
            secret: string;
        };
        TableSize: {
            /**
             * Format: int64
             * @description 0 where the database does not tell.
             */
            bytes: number;
            /** Format: int64 */
            rows: number;
            table: string;
        };
        Target: {
            /** @enum {string} */
            name: "success_rate" | "honest_success_rate" | "login_time" | "pool_use" | "response_time";
            /** @description The route or pool that the value is of, where it is the worst of several. */
            of?: string;
            /** @description Such as > 0.995, or < 2000 ms. */
            target: string;
            /**
             * Format: double
             * @description Null where there is nothing to judge yet.
             */
            value: number | null;
            /** @enum {string} */
            verdict: "met" | "missed" | "no_data";
        };
        Times: {
            /** Format: int64 */
            count: number;
            /** Format: double */
            mean_ms: number;
            /** Format: double */
            p50_ms: number;
            /** Format: double */
            p95_ms: number;
            /** Format: double */
            p99_ms: number;
        };
        TokenFigures: {
            /**
             * Format: int64
             * @description Access tokens issued.
             */
            access: number;
            /**
             * Format: int64
             * @description Uses of tokens of the old form.
             */
            legacy: number;
            /**
             * Format: int64
             * @description Refresh tokens rotated.
             */
            refresh: number;
        };
        Tokens: {
            /** @description JWT for the Authorization header. */
            access_token: string;
            /**
             * Format: int64
             * @description Seconds until the access token expires.
             */
            expires_in: number;
            /** @description Only for clients that are no browser: a browser's session lives in its cookie. */
            refresh_token?: string;
            /** @description The handle of the session. It opens nothing. */
            session_id: string;
            /** @description Always bearer. */
            token_type: string;
            /** @description Who signed in; at a login only. */
            user?: components["schemas"]["User"];
        };
        TrustedDevice: {
            /** @description Such as Firefox on Windows. */
            device: string;
            id: string;
            /** @description The address it was last used from. */
            ip: string;
            /** Format: date-time */
            last_seen_at: string;
            /**
             * Format: date-time
             * @description When it is asked again.
             */
            until: string;
        };
        TrustedDeviceList: {
            items: components["schemas"]["TrustedDevice"][];
            /** @description Always null. */
            next_cursor: string | null;
        };
        User: {
            /** Format: date-time */
            created_at: string;
            email: string;
            id: string;
            is_active: boolean;
            /** @description Whether the role is admin, under FastAPI-Users' name. */
            is_superuser: boolean;
            /** @description Whether the address is proven. */
            is_verified: boolean;
            name: string;
            /** @enum {string} */
            role: "user" | "admin";
            /** @enum {string} */
            status: "active" | "pending" | "disabled" | "locked";
            /** Format: date-time */
            updated_at: string;
        };
        UserChange: {
            is_verified?: boolean | null;
            name?: string | null;
            /** @enum {string|null} */
            role?: "user" | "admin" | null;
            /** @enum {string|null} */
            status?: "active" | "disabled" | "locked" | null;
        };
        UserList: {
            items: components["schemas"]["User"][];
            /** @description Give it as cursor for the next page; null on the last. */
            next_cursor: string | null;
        };
        Verdict: {
            /** @description Stable name of what brought it about; empty where the steps do not tell. */
            cause: string;
            /** @description What the client was told. */
            code: components["schemas"]["Code"];
            commands: string[];
            /** @description The page about the cause, or about the code. */
            docs: string;
            /** @description What was seen. Lines are separated by line breaks. */
            evidence: string;
            /** @description The private why. */
            reason: string;
            /** @description Whether a step was refused. */
            refused: boolean;
            remedy: string;
            /** @description The step that refused, counted from 1; 0 for none. */
            step: number;
            /** @description Why, in sentences. */
            text: string;
            title: string;
        };
        Verification: {
            /**
             * Format: password
             * @description A new password; needed where another browser registered.
             */
            password?: string;
            /** @description The token of the link. */
            token: string;
        };
        WebAuthnLogin: {
            /** @description What navigator.credentials.get gave, as JSON. */
            credential: Record<string, unknown>;
        };
        WebAuthnOptions: {
            /** @description Give it to PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON. */
            options: Record<string, unknown>;
        };
        WebAuthnOptionsRequest: {
            /** @description Of a login whose second factor is due. */
            challenge_token?: string;
        };
        WebAuthnRegistration: {
            /** @description Of a login with enrollment_required; left out when signed in. */
            challenge_token?: string;
            /** @description What navigator.credentials.create gave, as JSON. */
            credential: Record<string, unknown>;
            /** @description What its owner calls it; the maker's name if left out. */
            name?: string;
        };
    };
    responses: never;
    parameters: {
        /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
        "X-CSRF-TOKEN": string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    getAuthHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthHealth"];
                };
            };
        };
    };
    getDatabaseHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatabaseHealth"];
                };
            };
        };
    };
    getLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    getReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    getAuthMetrics: {
        parameters: {
            query?: {
                /** @description The id or the host of one server; all if left out. */
                node?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthMetrics"];
                };
            };
        };
    };
    listAlerts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertList"];
                };
            };
        };
    };
    silenceAlerts: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "rule": "",
                 *       "minutes": 1,
                 *       "reason": ""
                 *     }
                 */
                "application/json": components["schemas"]["NewAlertSilence"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertSilence"];
                };
            };
        };
    };
    unsilenceAlerts: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    testAlerts: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "to": "mail"
                 *     }
                 */
                "application/json": components["schemas"]["AlertTest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertTestResults"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Such as login. */
                event?: string;
                /** @description Somebody's address or id: rows of the account, and of the address. */
                user?: string;
                /** @description Whom it concerns. */
                user_id?: string;
                /** @description The canonical address. */
                address?: string;
                /** @description The client's address. */
                ip?: string;
                /** @description The X-Request-ID of an answer. */
                request_id?: string;
                /** @description success or refused. */
                outcome?: string;
                /** @description RFC 3339 time. */
                since?: string;
                /** @description RFC 3339 time. */
                until?: string;
                /** @description 1 to 200; 50 if left out. */
                limit?: string;
                /** @description next_cursor of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditList"];
                };
            };
        };
    };
    exportAudit: {
        parameters: {
            query?: {
                /** @description Such as login. */
                event?: string;
                /** @description Somebody's address or id: rows of the account, and of the address. */
                user?: string;
                /** @description Whom it concerns. */
                user_id?: string;
                /** @description The canonical address. */
                address?: string;
                /** @description The client's address. */
                ip?: string;
                /** @description The X-Request-ID of an answer. */
                request_id?: string;
                /** @description success or refused. */
                outcome?: string;
                /** @description RFC 3339 time. */
                since?: string;
                /** @description RFC 3339 time. */
                until?: string;
                /** @description csv or jsonl; csv if left out. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": string;
                    "text/csv": string;
                };
            };
        };
    };
    streamAudit: {
        parameters: {
            query?: {
                /** @description Such as login. */
                event?: string;
                /** @description Somebody's address or id: rows of the account, and of the address. */
                user?: string;
                /** @description Whom it concerns. */
                user_id?: string;
                /** @description The canonical address. */
                address?: string;
                /** @description The client's address. */
                ip?: string;
                /** @description The X-Request-ID of an answer. */
                request_id?: string;
                /** @description success or refused. */
                outcome?: string;
                /** @description RFC 3339 time. */
                since?: string;
                /** @description RFC 3339 time. */
                until?: string;
                /** @description Begin after this row; with the next row if left out. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    getDiagnosis: {
        parameters: {
            query?: {
                /** @description 1 looks now, the public address included; else the last diagnosis is given. */
                fresh?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
        };
    };
    explain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explained"];
                };
            };
        };
    };
    getMaintenance: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Maintenance"];
                };
            };
        };
    };
    getSeries: {
        parameters: {
            query?: {
                /** @description 1h, 24h, 7d or 30d; 24h if left out. */
                range?: string;
                /** @description The id or the host of one server; all if left out. */
                node?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Series"];
                };
            };
        };
    };
    getPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Policy"];
                };
            };
        };
    };
    checkPolicy: {
        parameters: {
            query?: {
                /** @description The address that is asked for, as it is sent. */
                url?: string;
                /** @description GET if left out. */
                method?: string;
                /** @description The address of an account; left out for a stranger. */
                user?: string;
                /** @description One session or token of the account; left out for every way in which it can sign in. */
                session?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyAnswer"];
                };
            };
        };
    };
    listReports: {
        parameters: {
            query?: {
                /** @description 1 to 200; 50 if left out. */
                limit?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BrowserReportList"];
                };
            };
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description Part of an address or a name. */
                q?: string;
                /** @description user or admin. */
                role?: string;
                /** @description active, pending, disabled or locked. */
                status?: string;
                /** @description 1 to 200; 50 if left out. */
                limit?: string;
                /** @description next_cursor of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
        };
    };
    inviteUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "name": "Ada Lovelace",
                 *       "role": "user"
                 *     }
                 */
                "application/json": components["schemas"]["Invitee"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invited"];
                };
            };
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace",
                 *       "role": "user",
                 *       "status": "active",
                 *       "is_verified": true
                 *     }
                 */
                "application/json": components["schemas"]["UserChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    getUserSecurity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Security"];
                };
            };
        };
    };
    resetFactors: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    issueReset: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneTimeLink"];
                };
            };
        };
    };
    listUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
        };
    };
    endUserSessions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ended"];
                };
            };
        };
    };
    endUserSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path: {
                /** @description The id, as a list gave it. */
                id: string;
                /** @description The id, as a list gave it. */
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    unlockUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    getSecurity: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Security"];
                };
            };
        };
    };
    makeBackupCodes: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupCodes"];
                };
            };
        };
    };
    answerChallenge: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "challenge_token": "d2FpdHMtZm9yLWEtY29kZQ",
                 *       "method": "totp",
                 *       "code": "287082",
                 *       "credential": {
                 *         "...": "as the browser gives it"
                 *       },
                 *       "trust_device": true
                 *     }
                 */
                "application/json": components["schemas"]["ChallengeAnswer"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginAnswer"];
                };
            };
        };
    };
    removeTotp: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    confirmTotp: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "287082",
                 *       "challenge_token": "d2FpdHMtZm9yLWEtY29kZQ"
                 *     }
                 */
                "application/json": components["schemas"]["TOTPConfirm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FactorAdded"];
                };
            };
        };
    };
    setupTotp: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "challenge_token": "d2FpdHMtZm9yLWEtY29kZQ",
                 *       "conditional": true
                 *     }
                 */
                "application/json": components["schemas"]["EnrollRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TOTPSetup"];
                };
            };
        };
    };
    listTrustedDevices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrustedDeviceList"];
                };
            };
        };
    };
    endAllTrust: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ended"];
                };
            };
        };
    };
    endTrust: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getPasskeyRequestOptions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "challenge_token": "d2FpdHMtZm9yLWEtY29kZQ"
                 *     }
                 */
                "application/json": components["schemas"]["WebAuthnOptionsRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebAuthnOptions"];
                };
            };
        };
    };
    loginByPasskey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "credential": {
                 *         "...": "as the browser gives it"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["WebAuthnLogin"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginAnswer"];
                };
            };
        };
    };
    getPasskeyCreationOptions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "challenge_token": "d2FpdHMtZm9yLWEtY29kZQ",
                 *       "conditional": true
                 *     }
                 */
                "application/json": components["schemas"]["EnrollRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebAuthnOptions"];
                };
            };
        };
    };
    addPasskey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "credential": {
                 *         "...": "as the browser gives it"
                 *       },
                 *       "name": "Ada Lovelace",
                 *       "challenge_token": "d2FpdHMtZm9yLWEtY29kZQ"
                 *     }
                 */
                "application/json": components["schemas"]["WebAuthnRegistration"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FactorAdded"];
                };
            };
        };
    };
    removePasskey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    renamePasskey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": components["schemas"]["FactorName"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getCsrfToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CSRFToken"];
                };
            };
        };
    };
    getEcho: {
        parameters: {
            query?: {
                /** @description Answer with this status: 401, 403, 404, 409 or 422. */
                status?: string;
                /** @description Add a header of so many bytes to the answer. */
                pad?: string;
                /** @description With 1, set two cookies that end within a minute. */
                cookies?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Echo"];
                };
            };
        };
    };
    changeEmail: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["MailRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    extAuthz: {
        parameters: {
            query?: never;
            header: {
                /** @description https or http, as the user's browser sees it. */
                "X-Forwarded-Proto": string;
                /** @description The addresses of the user and of proxies before this one. */
                "X-Forwarded-For"?: string;
                /** @description Names the answer, where a proxy of ours sends it. */
                "X-Request-ID"?: string;
                /** @description All cookies of the user's request. Authorization and Accept are looked at as well. */
                Cookie?: string;
                /** @description Another site's may not act for a user who has a cookie. */
                Origin?: string;
                /** @description Where the browser says that the request comes from. */
                "Sec-Fetch-Site"?: string;
                /** @description navigate with text/html in Accept is a person, who is led to a page or shown one. */
                "Sec-Fetch-Mode"?: string;
                /** @description A script, which is led nowhere. */
                "X-Requested-With"?: string;
                /** @description Begins a WebSocket, which may change something. */
                "Sec-WebSocket-Key"?: string;
                /** @description A preflight, which the application answers. */
                "Access-Control-Request-Method"?: string;
            };
            path: {
                /** @description The path of the application as it was sent, slashes and query too. */
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Found */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    forgotPassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["MailRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    forwardAuth: {
        parameters: {
            query?: never;
            header?: {
                /** @description The method. Caddy, Traefik and HAProxy send these four, each once. */
                "X-Forwarded-Method"?: string;
                /** @description https or http, wss or ws. */
                "X-Forwarded-Proto"?: string;
                /** @description The host as it was sent, with its port. */
                "X-Forwarded-Host"?: string;
                /** @description The path and query, as they were sent. */
                "X-Forwarded-Uri"?: string;
                /** @description The whole address. nginx sends this and X-Original-Method in place of the four above; both together are 400. */
                "X-Original-URL"?: string;
                /** @description The method, beside X-Original-URL. */
                "X-Original-Method"?: string;
                /** @description The addresses of the user and of proxies before this one. */
                "X-Forwarded-For"?: string;
                /** @description Names the answer, where a proxy of ours sends it. */
                "X-Request-ID"?: string;
                /** @description All cookies of the user's request. Authorization and Accept are looked at as well. */
                Cookie?: string;
                /** @description Another site's may not act for a user who has a cookie. */
                Origin?: string;
                /** @description Where the browser says that the request comes from. */
                "Sec-Fetch-Site"?: string;
                /** @description navigate with text/html in Accept is a person, who is led to a page or shown one. */
                "Sec-Fetch-Mode"?: string;
                /** @description A script, which is led nowhere. */
                "X-Requested-With"?: string;
                /** @description Begins a WebSocket, which may change something. */
                "Sec-WebSocket-Key"?: string;
                /** @description A preflight, which the application answers. */
                "Access-Control-Request-Method"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Found */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "plums in the icebox, so cold"
                 *     }
                 */
                "application/json": components["schemas"]["LoginRequest"];
                /**
                 * @example {
                 *       "username": "ada@example.com",
                 *       "password": "plums in the icebox, so cold",
                 *       "grant_type": "password"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["LoginForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginAnswer"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "aiwfe_rt_b25lLXVzZQ"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
        };
    };
    reportNotMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "b25lLXRpbWU"
                 *     }
                 */
                "application/json": components["schemas"]["OneTimeToken"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current_password": "the current one, in words",
                 *       "new_password": "plums in the icebox, so cold"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    reauthenticate: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "plums in the icebox, so cold",
                 *       "method": "totp",
                 *       "credential": {
                 *         "...": "as the browser gives it"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Reauth"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginAnswer"];
                };
            };
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "plums in the icebox, so cold",
                 *       "name": "Ada Lovelace",
                 *       "invitation": "Zm9yLXRoZS1pbnZpdGVk"
                 *     }
                 */
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    requestUnlock: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["MailRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    requestVerification: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["MailRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "b25lLXRpbWU",
                 *       "password": "plums in the icebox, so cold"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordReset"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    selfTest: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "page": "",
                 *       "origin": "",
                 *       "made": 1,
                 *       "open": 1,
                 *       "now": 1,
                 *       "framed": true,
                 *       "secure": true,
                 *       "cookies": true,
                 *       "kept": true,
                 *       "policy": "",
                 *       "again": true,
                 *       "lang": ""
                 *     }
                 */
                "application/json": components["schemas"]["SelfTest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SelfTestAnswer"];
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
        };
    };
    endOtherSessions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ended"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    listPersonalTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonalTokenList"];
                };
            };
        };
    };
    makePersonalToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace",
                 *       "scopes": [
                 *         "read"
                 *       ],
                 *       "expires_in_days": 1
                 *     }
                 */
                "application/json": components["schemas"]["NewPersonalToken"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonalToken"];
                };
            };
        };
    };
    revokePersonalToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path: {
                /** @description The id, as a list gave it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    unlock: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "b25lLXRpbWU"
                 *     }
                 */
                "application/json": components["schemas"]["OneTimeToken"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    verifyAuth: {
        parameters: {
            query?: never;
            header?: {
                /** @description The method. Caddy, Traefik and HAProxy send these four, each once. */
                "X-Forwarded-Method"?: string;
                /** @description https or http, wss or ws. */
                "X-Forwarded-Proto"?: string;
                /** @description The host as it was sent, with its port. */
                "X-Forwarded-Host"?: string;
                /** @description The path and query, as they were sent. */
                "X-Forwarded-Uri"?: string;
                /** @description The whole address. nginx sends this and X-Original-Method in place of the four above; both together are 400. */
                "X-Original-URL"?: string;
                /** @description The method, beside X-Original-URL. */
                "X-Original-Method"?: string;
                /** @description The addresses of the user and of proxies before this one. */
                "X-Forwarded-For"?: string;
                /** @description Names the answer, where a proxy of ours sends it. */
                "X-Request-ID"?: string;
                /** @description All cookies of the user's request. Authorization and Accept are looked at as well. */
                Cookie?: string;
                /** @description Another site's may not act for a user who has a cookie. */
                Origin?: string;
                /** @description Where the browser says that the request comes from. */
                "Sec-Fetch-Site"?: string;
                /** @description navigate with text/html in Accept is a person, who is led to a page or shown one. */
                "Sec-Fetch-Mode"?: string;
                /** @description A script, which is led nowhere. */
                "X-Requested-With"?: string;
                /** @description Begins a WebSocket, which may change something. */
                "Sec-WebSocket-Key"?: string;
                /** @description A preflight, which the application answers. */
                "Access-Control-Request-Method"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Found */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    verify: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "b25lLXRpbWU",
                 *       "password": "plums in the icebox, so cold"
                 *     }
                 */
                "application/json": components["schemas"]["Verification"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    getConfig: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Config"];
                };
            };
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    deleteMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always. */
                "X-CSRF-TOKEN"?: components["parameters"]["X-CSRF-TOKEN"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace",
                 *       "language": ""
                 *     }
                 */
                "application/json": components["schemas"]["ProfileChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    listMyActivity: {
        parameters: {
            query?: {
                /** @description 1 to 200; 50 if left out. */
                limit?: string;
                /** @description next_cursor of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditList"];
                };
            };
        };
    };
    exportMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
}
